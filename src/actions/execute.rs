//! Executes a tool with a user's account.

use crate::builder::{account_setter, may_be_idempotent, owner_setters, rpc_builder, text_setters};
use crate::json::Struct;
use crate::model::not_blank;
use crate::raw::tools as wire;
use crate::{Error, ToolOutput};

rpc_builder! {
    /// Executes a tool with a user's account.
    ///
    /// Set the account with [`account`](Self::account). [`identifier`](Self::identifier) alone is
    /// enough if the user has one account for the provider of the tool.
    ///
    /// **Never sent twice**, unless the first request was certainly not processed, or you declare
    /// the call [`idempotent`](Self::idempotent). If it fails, [`Error::outcome`] tells whether it
    /// may have taken effect.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let output = client
    ///     .actions()
    ///     .execute_tool("gmail_fetch_mails", serde_json::json!({ "max_results": 5 }))
    ///     .account(("gmail", "alice@example.com"))
    ///     .await?;
    /// println!("{}: {}", output.execution_id, output.value()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the input is not a JSON object or holds an integer that the wire cannot
    /// carry exactly, or a name is blank; `NotFound` when there is no such tool or account;
    /// `BadRequest` when the input does not fit the tool's schema or the account is not active;
    /// `Tool`, `ToolRateLimit`, `ToolUnauthorized` and `ToolForbidden` when the provider failed or
    /// refused: then [`Error::tool_error`] has the execution id. Also the errors of every call.
    ExecuteTool(tool_name: String, input: Result<Struct, Error>) -> ToolOutput,
    rpc: EXECUTE_TOOL(wire::ExecuteToolRequest) -> wire::ExecuteToolResponse,
    request: Ok(wire::ExecuteToolRequest {
        tool_name: not_blank("tool_name", tool_name)?,
        params: Some(input?),
        ..Default::default()
    }),
    response: |response| Ok(ToolOutput::from_wire(response)),
}
may_be_idempotent!(ExecuteTool);
account_setter!(ExecuteTool);
owner_setters!(ExecuteTool, 100);
text_setters!(ExecuteTool {
    /// The application's identifier of the user.
    identifier => [identifier];
    /// The name of the connection, with [`identifier`](Self::identifier); at most 400 characters.
    /// Required if the user has accounts at several connections of the provider.
    connection_name => [connector];
    /// The id of the account (`ca_…`), instead of identifier and connection name.
    connected_account_id => [connected_account_id];
    /// The id of the agent run, for the service's logs; at most 255 characters.
    agent_run_id => [agent_run_id];
});
