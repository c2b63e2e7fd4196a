//! Lists of tools: the catalogue, the tools of a user, and those available to a user.

use crate::call::{Call, call_builder, leave_out_empty, operations, pageable, text_setters};
use crate::model::not_blank;
use crate::raw::tools as wire;
use crate::{Client, Error, Page, ScopedTool, Tool};

call_builder! {
    /// Lists the tools of the catalogue. It has about 16,000 tools: set a filter.
    ///
    /// A page has 300 tools by default, 1,000 at most, and 100 at most with a query (descriptors of
    /// `scalekit-sdk-python` 2.21.0).
    ///
    /// Await it for one page, or use [`pages`](Self::pages) or [`items`](Self::items). Retried
    /// after transient failures.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let page = client.tools().list_tools().provider("GMAIL").page_size(20).await?;
    /// for tool in &page.items {
    ///     println!("{}: {}", tool.name(), tool.description());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `BadRequest` when a filter or the page token is not acceptable; `NotFound` when the account
    /// that a filter names does not exist. Also the errors of every call.
    ListTools(wire::ListToolsRequest) -> Page<Tool>
}
text_setters!(ListTools {
    /// Only tools of this provider, such as `GMAIL`; at most 50 characters.
    provider => [filter.get_or_insert_default().provider];
    /// Only tools of this user; at most 100 characters.
    identifier => [filter.get_or_insert_default().identifier];
    /// Only tools whose names match this text; 3 to 100 characters.
    query => [filter.get_or_insert_default().query];
    /// The name of the connection, with [`identifier`](Self::identifier); at most 400 characters.
    /// Adds the custom MCP tools of the account.
    connection_name => [filter.get_or_insert_default().connector];
    /// The organization that the account belongs to; at most 32 characters.
    organization_id => [filter.get_or_insert_default().organization_id];
    /// The Scalekit user that the account belongs to; at most 32 characters.
    user_id => [filter.get_or_insert_default().user_id];
    /// The id of the account (`ca_…`), instead of identifier and connection name.
    connected_account_id => [filter.get_or_insert_default().connected_account_id];
});
pageable!(
    ListTools of Tool,
    /// The maximum number of tools on a page; at most 1,000, or 100 with a query.
);

impl ListTools {
    pub(super) fn new(client: &Client) -> Self {
        Self {
            call: Call::new(client, wire::ListToolsRequest::default()),
        }
    }

    /// Only the tools of these names.
    pub fn tool_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let filter = self.call.request.filter.get_or_insert_default();
        filter.tool_name = names.into_iter().map(Into::into).collect();
        self
    }

    /// Lists only the names, in a much smaller response.
    pub fn summary(mut self) -> ListToolNames {
        self.call.request.filter.get_or_insert_default().summary = Some(true);
        ListToolNames { call: self.call }
    }

    /// Requests one page.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(mut self) -> Result<Page<Tool>, Error> {
        leave_out_empty(&mut self.call.request.filter);
        let response: wire::ListToolsResponse = self.call.unary(&operations::LIST_TOOLS).await?;
        Ok(Page::new(
            response.tools.into_iter().map(Tool::from).collect(),
            response.total_size,
            response.next_page_token,
            response.prev_page_token,
        ))
    }
}

call_builder! {
    /// Lists the names of tools; see [`ListTools::summary`].
    ///
    /// # Errors
    /// The errors of [`ListTools`].
    ListToolNames(wire::ListToolsRequest) -> Page<String>
}
pageable!(
    ListToolNames of String,
    /// The maximum number of names on a page.
);

impl ListToolNames {
    /// Requests one page.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<Page<String>, Error> {
        let response: wire::ListToolsResponse = self.call.unary(&operations::LIST_TOOLS).await?;
        Ok(Page::new(
            response.tool_names,
            response.total_size,
            response.next_page_token,
            response.prev_page_token,
        ))
    }
}

call_builder! {
    /// Lists the tools that a user can call with their connected accounts, each with its account.
    ///
    /// Await it for one page, or use [`pages`](Self::pages) or [`items`](Self::items). Retried
    /// after transient failures.
    ///
    /// With [`Transport::Rest`](crate::Transport::Rest), set a filter: the service requires one,
    /// and an empty filter has no defined form in a query. It is sent as `filter=`, which some
    /// gateways reject.
    ///
    /// # Errors
    /// `InvalidInput` when the identifier is blank; `BadRequest` when a filter or the page token is
    /// not acceptable. Also the errors of every call.
    ListScopedTools(wire::ListScopedToolsRequest) -> Page<ScopedTool>
}
pageable!(
    ListScopedTools of ScopedTool,
    /// The maximum number of tools on a page.
);

impl ListScopedTools {
    pub(super) fn new(client: &Client, identifier: String) -> Self {
        let request = not_blank("identifier", identifier).map(|identifier| {
            wire::ListScopedToolsRequest {
                identifier,
                // The service rejects a request without it, even if nothing is filtered.
                filter: Some(wire::ScopedToolFilter::default()),
                ..Default::default()
            }
        });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Only tools of these providers.
    pub fn providers(mut self, providers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter().providers = providers.into_iter().map(Into::into).collect();
        self
    }

    /// Only the tools of these names.
    pub fn tool_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter().tool_names = names.into_iter().map(Into::into).collect();
        self
    }

    /// Only tools of accounts at these connections.
    pub fn connection_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter().connection_names = names.into_iter().map(Into::into).collect();
        self
    }

    fn filter(&mut self) -> &mut wire::ScopedToolFilter {
        self.call.request.filter.get_or_insert_default()
    }

    /// Requests one page.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<Page<ScopedTool>, Error> {
        let operation = &operations::LIST_SCOPED_TOOLS;
        let response: wire::ListScopedToolsResponse = self.call.unary(operation).await?;
        let tools: Result<Vec<_>, _> = response
            .tools
            .into_iter()
            .map(ScopedTool::from_wire)
            .collect();
        Ok(Page::new(
            tools.map_err(|error| error.with_call(operation.name))?,
            response.total_size,
            response.next_page_token,
            response.prev_page_token,
        ))
    }
}

call_builder! {
    /// Lists the tools available to a user, with or without a connected account.
    ///
    /// Await it for one page, or use [`pages`](Self::pages) or [`items`](Self::items). Retried
    /// after transient failures.
    ///
    /// # Errors
    /// `InvalidInput` when the identifier is blank; `BadRequest` when the page token is not
    /// acceptable. Also the errors of every call.
    ListAvailableTools(wire::ListAvailableToolsRequest) -> Page<Tool>
}
pageable!(
    ListAvailableTools of Tool,
    /// The maximum number of tools on a page.
);

impl ListAvailableTools {
    pub(super) fn new(client: &Client, identifier: String) -> Self {
        let request =
            not_blank("identifier", identifier).map(|identifier| wire::ListAvailableToolsRequest {
                identifier,
                ..Default::default()
            });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Requests one page.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<Page<Tool>, Error> {
        let response: wire::ListAvailableToolsResponse =
            self.call.unary(&operations::LIST_AVAILABLE_TOOLS).await?;
        Ok(Page::new(
            response.tools.into_iter().map(Tool::from).collect(),
            response.total_size,
            response.next_page_token,
            response.prev_page_token,
        ))
    }
}
