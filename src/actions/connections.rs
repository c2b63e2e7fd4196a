//! Listing the connections that users can connect accounts to.

use crate::call::{Call, call_builder, operations, pageable, text_setters};
use crate::raw::connections as wire;
use crate::{AppConnection, Client, Error, Page};

call_builder! {
    /// Lists the connections of the environment that users can connect accounts to.
    ///
    /// Await it for one page, or use [`pages`](Self::pages) or [`items`](Self::items). Repeated
    /// after transient failures.
    ///
    /// # Errors
    /// `BadRequest` when a filter or the page token is not acceptable; those of every call.
    ListConnections(wire::ListAppConnectionsRequest) -> Page<AppConnection>
}
text_setters!(ListConnections {
    /// Only connections to this provider, such as `GMAIL`.
    provider => [provider];
    /// Only connections that match this text.
    query => [query];
});
pageable!(
    ListConnections of AppConnection,
    /// How many connections a page has at most; 30 or less.
);

impl ListConnections {
    pub(super) fn new(client: &Client) -> Self {
        Self {
            call: Call::new(client, wire::ListAppConnectionsRequest::default()),
        }
    }

    /// Fetches one page.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<Page<AppConnection>, Error> {
        let response: wire::ListAppConnectionsResponse =
            self.call.unary(&operations::LIST_CONNECTIONS).await?;
        Ok(Page::new(
            response.connections.into_iter().map(Into::into).collect(),
            response.total_size,
            response.next_page_token,
            response.prev_page_token,
        ))
    }
}
