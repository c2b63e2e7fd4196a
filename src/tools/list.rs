//! Lists of tools: the catalogue, the tools of a user, and those available to a user.

use crate::builder::{call_builder, leave_out_empty, page, pageable, rpc_builder, text_setters};
use crate::call::operations;
use crate::model::not_blank;
use crate::raw::tools as wire;
use crate::{Error, Page, ScopedTool, Tool};

rpc_builder! {
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
    ListTools() -> Page<Tool>,
    rpc: LIST_TOOLS(wire::ListToolsRequest) -> wire::ListToolsResponse,
    request: Ok(wire::ListToolsRequest::default()),
    prepare: |call| leave_out_empty(&mut call.request.filter),
    response: |response| page!(response.tools),
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
        page!(response.tool_names)
    }
}

rpc_builder! {
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
    ListScopedTools(identifier: String) -> Page<ScopedTool>,
    rpc: LIST_SCOPED_TOOLS(wire::ListScopedToolsRequest) -> wire::ListScopedToolsResponse,
    request: Ok(wire::ListScopedToolsRequest {
        identifier: not_blank("identifier", identifier)?,
        // The service rejects a request without it, even if nothing is filtered.
        filter: Some(wire::ScopedToolFilter::default()),
        ..Default::default()
    }),
    response: |response| page!(response.tools, ScopedTool::from_wire),
}
pageable!(
    ListScopedTools of ScopedTool,
    /// The maximum number of tools on a page.
);

impl ListScopedTools {
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
}

rpc_builder! {
    /// Lists the tools available to a user, with or without a connected account.
    ///
    /// Await it for one page, or use [`pages`](Self::pages) or [`items`](Self::items). Retried
    /// after transient failures.
    ///
    /// # Errors
    /// `InvalidInput` when the identifier is blank; `BadRequest` when the page token is not
    /// acceptable. Also the errors of every call.
    ListAvailableTools(identifier: String) -> Page<Tool>,
    rpc: LIST_AVAILABLE_TOOLS(wire::ListAvailableToolsRequest)
        -> wire::ListAvailableToolsResponse,
    request: Ok(wire::ListAvailableToolsRequest {
        identifier: not_blank("identifier", identifier)?,
        ..Default::default()
    }),
    response: |response| page!(response.tools),
}
pageable!(
    ListAvailableTools of Tool,
    /// The maximum number of tools on a page.
);
