//! Search for tools, and reload the tools of an account.

use crate::builder::{
    account_request, may_be_idempotent, owner_setters, rpc_builder, text_setters,
};
use crate::model::not_blank;
use crate::raw::tools as wire;
use crate::{AccountRef, RefreshedTools, SearchedTool};

rpc_builder! {
    /// Finds the tools that match a description of a task, the best match first.
    ///
    /// Retried after transient failures.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let found = client.tools().search_tools("send an e-mail").top_k(3).await?;
    /// for tool in &found {
    ///     println!("{:.2} {}", tool.score, tool.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the query is blank; `BadRequest` when it is longer than 256 characters.
    /// Also the errors of every call.
    SearchTools(query: String) -> Vec<SearchedTool>,
    rpc: SEARCH_TOOLS(wire::SearchToolsRequest) -> wire::SearchToolsResponse,
    request: Ok(wire::SearchToolsRequest {
        query: not_blank("query", query)?,
        ..Default::default()
    }),
    response: |response| Ok(response.tools.into_iter().map(Into::into).collect()),
}
text_setters!(SearchTools {
    /// Also returns, for each tool, the connections through which this user can call it; at most
    /// 100 characters.
    identifier => [identifier];
});

impl SearchTools {
    /// The maximum number of results; 10 by default, at most 50.
    pub fn top_k(mut self, top_k: u32) -> Self {
        self.call.request.top_k = top_k;
        self
    }
}

rpc_builder! {
    /// Reloads the tools of an account at a custom MCP server from that server. For an account at any
    /// other provider, the service returns `BadRequest`.
    ///
    /// Not retried after a failure that leaves open whether it took effect.
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank; `NotFound` when there is no such account.
    /// Also the errors of every call.
    RefreshTools(account: AccountRef) -> RefreshedTools,
    rpc: REFRESH_TOOLS(wire::RefreshToolsRequest) -> wire::RefreshToolsResponse,
    request: Ok(account_request!(account => wire::RefreshToolsRequest { connected_account_id })),
    response: |response| Ok(RefreshedTools {
        tools: response.tools.into_iter().map(Into::into).collect(),
        total_size: response.total_size,
    }),
}
may_be_idempotent!(RefreshTools);
owner_setters!(RefreshTools, 100);
