//! Lists the connections to which users can connect accounts.

use crate::call::{Call, call_builder, operations, pageable, text_setters};
use crate::raw::connections as wire;
use crate::{AppConnection, Client, Error, Page};

call_builder! {
    /// Lists the connections of the environment to which users can connect accounts.
    ///
    /// Await it for one page, or use [`pages`](Self::pages) or [`items`](Self::items). Retried
    /// after transient failures.
    ///
    /// # Errors
    /// `BadRequest` when a filter or the page token is not acceptable. Also the errors of every
    /// call.
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
    /// The maximum number of connections on a page; at most 30.
);

impl ListConnections {
    pub(super) fn new(client: &Client) -> Self {
        Self {
            call: Call::new(client, wire::ListAppConnectionsRequest::default()),
        }
    }

    /// Requests one page.
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
