//! Searching tools, and reading an account's tools anew.

use crate::call::{
    Call, account_setter, call_builder, may_be_idempotent, operations, owner_setters, text_setters,
};
use crate::model::not_blank;
use crate::raw::tools as wire;
use crate::{Client, Error, RefreshedTools, SearchedTool, Tool};

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
        let answer: wire::SearchToolsResponse = self.call.unary(&operations::SEARCH_TOOLS).await?;
        Ok(answer.tools.into_iter().map(Into::into).collect())
    }
}

call_builder! {
    /// Reads the tools of an account at a custom MCP server anew. Accounts at other providers have
    /// none of their own, which is a `BadRequest`.
    ///
    /// Not repeated after a failure that leaves open whether it happened.
    ///
    /// # Errors
    /// `InvalidInput` when the account is named by blanks; `NotFound` when there is no such
    /// account; those of every call.
    RefreshTools(wire::RefreshToolsRequest) -> RefreshedTools
}
may_be_idempotent!(RefreshTools);
account_setter!(RefreshTools);
owner_setters!(RefreshTools, 100);
text_setters!(RefreshTools {
    /// The user, as your application names them; at most 100 characters.
    identifier => [identifier];
    /// The connection's name, with [`identifier`](Self::identifier); at most 400 characters.
    connector => [connector];
    /// The account by its id (`ca_…`), instead of identifier and connector.
    connected_account_id => [connected_account_id];
});

impl RefreshTools {
    pub(super) fn new(client: &Client) -> Self {
        Self {
            call: Call::new(client, wire::RefreshToolsRequest::default()),
        }
    }

    /// Makes the call.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<RefreshedTools, Error> {
        let answer: wire::RefreshToolsResponse =
            self.call.unary(&operations::REFRESH_TOOLS).await?;
        Ok(RefreshedTools {
            tools: answer.tools.into_iter().map(Tool::from).collect(),
            total_size: answer.total_size,
        })
    }
}
