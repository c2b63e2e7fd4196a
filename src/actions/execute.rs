//! Executing a tool with a user's account.

use serde_core::Serialize;

use crate::call::{
    Call, account_setter, call_builder, may_be_idempotent, operations, owner_setters, text_setters,
};
use crate::model::not_blank;
use crate::raw::tools as wire;
use crate::{Client, Error, ToolOutput, json};

call_builder! {
    /// Executes a tool with a user's account.
    ///
    /// Whose account it is: [`account`](Self::account), or [`identifier`](Self::identifier) alone
    /// when the user has one account for the tool's provider.
    ///
    /// **Never sent twice**, unless it is certain that the first was not processed, or you declare
    /// the call [`idempotent`](Self::idempotent). When it fails, [`Error::outcome`] tells whether
    /// it may have happened.
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
    /// refused: then [`Error::tool_error`] has the execution id; those of every call.
    ExecuteTool(wire::ExecuteToolRequest) -> ToolOutput
}
may_be_idempotent!(ExecuteTool);
account_setter!(ExecuteTool);
owner_setters!(ExecuteTool, 100);
text_setters!(ExecuteTool {
    /// The user, as your application names them.
    identifier => [identifier];
    /// The connection's name, with [`identifier`](Self::identifier): needed when the user has
    /// accounts at several connections of the tool's provider; at most 400 characters.
    connector => [connector];
    /// The account by its id (`ca_…`), instead of identifier and connector.
    connected_account_id => [connected_account_id];
    /// The run of your agent that this execution belongs to, for the service's logs; at most 255
    /// characters.
    agent_run_id => [agent_run_id];
});

impl ExecuteTool {
    pub(crate) fn new(client: &Client, tool_name: String) -> Self {
        let request = not_blank("tool_name", tool_name).map(|tool_name| wire::ExecuteToolRequest {
            tool_name,
            params: Some(json::Struct::default()),
            ..Default::default()
        });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// The tool's input: anything that serializes to a JSON object. `()`, `None` and `null` are an
    /// empty one.
    pub fn params(mut self, input: impl Serialize) -> Self {
        self.call.request.params = self.call.check(json::to_input("input", &input));
        self
    }

    /// The tool's input as JSON text, as language models deliver it. Text that is empty, blank or
    /// `null` is an empty object, as some models call a tool without parameters.
    pub fn params_json(mut self, input: impl AsRef<str>) -> Self {
        let input = json::text_to_input("input", input.as_ref());
        self.call.request.params = self.call.check(input);
        self
    }

    /// Makes the call.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<ToolOutput, Error> {
        let answer = self.call.unary(&operations::EXECUTE_TOOL).await?;
        Ok(ToolOutput::from_wire(answer))
    }
}
