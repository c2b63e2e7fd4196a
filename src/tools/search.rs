//! Searching tools, and reloading an account's tools.

use crate::call::{Call, call_builder, may_be_idempotent, operations, owner_setters, text_setters};
use crate::model::not_blank;
use crate::raw::tools as wire;
use crate::{AccountRef, Client, Error, RefreshedTools, SearchedTool, Tool};

call_builder! {
    /// Finds the tools that fit a job described in words, the best first.
    ///
    /// Repeated after transient failures: it only reads.
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
    /// `InvalidInput` when the query is blank; `BadRequest` when it is longer than 256 characters;
    /// those of every call.
    SearchTools(wire::SearchToolsRequest) -> Vec<SearchedTool>
}
text_setters!(SearchTools {
    /// Says for each tool through which of this user's connections it could be called; at most 100
    /// characters.
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

    /// How many tools to find at most: 10 unless set, 50 at most.
    pub fn top_k(mut self, top_k: u32) -> Self {
        self.call.request.top_k = top_k;
        self
    }

    /// Makes the call.
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
    /// `InvalidInput` when the account is named by blanks; `NotFound` when there is no such
    /// account; those of every call.
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

    /// Makes the call.
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
