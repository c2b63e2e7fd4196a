//! Search for tools, and reload the tools of an account.

use crate::call::{Call, call_builder, may_be_idempotent, operations, owner_setters, text_setters};
use crate::model::not_blank;
use crate::raw::tools as wire;
use crate::{AccountRef, Client, Error, RefreshedTools, SearchedTool, Tool};

call_builder! {
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
    SearchTools(wire::SearchToolsRequest) -> Vec<SearchedTool>
}
text_setters!(SearchTools {
    /// Also returns, for each tool, the connections through which this user can call it; at most
    /// 100 characters.
    identifier => [identifier];
});

impl SearchTools {
    pub(super) fn new(client: &Client, query: String) -> Self {
        let request = not_blank("query", query).map(|query| wire::SearchToolsRequest {
            query,
            ..Default::default()
        });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// The maximum number of results; 10 by default, at most 50.
    pub fn top_k(mut self, top_k: u32) -> Self {
        self.call.request.top_k = top_k;
        self
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<Vec<SearchedTool>, Error> {
        let response: wire::SearchToolsResponse =
            self.call.unary(&operations::SEARCH_TOOLS).await?;
        Ok(response.tools.into_iter().map(Into::into).collect())
    }
}

call_builder! {
    /// Reloads the tools of an account at a custom MCP server from that server. For an account at any
    /// other provider, the service returns `BadRequest`.
    ///
    /// Not retried after a failure that leaves open whether it took effect.
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank; `NotFound` when there is no such account.
    /// Also the errors of every call.
    RefreshTools(wire::RefreshToolsRequest) -> RefreshedTools
}
may_be_idempotent!(RefreshTools);
owner_setters!(RefreshTools, 100);

impl RefreshTools {
    pub(super) fn new(client: &Client, account: AccountRef) -> Self {
        let request = account
            .into_fields()
            .map(|account| wire::RefreshToolsRequest {
                connector: account.connector,
                identifier: account.identifier,
                connected_account_id: account.id,
                ..Default::default()
            });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<RefreshedTools, Error> {
        let response: wire::RefreshToolsResponse =
            self.call.unary(&operations::REFRESH_TOOLS).await?;
        Ok(RefreshedTools {
            tools: response.tools.into_iter().map(Tool::from).collect(),
            total_size: response.total_size,
        })
    }
}
