//! The initial state of an emulator: connections, connected accounts, tools and faults.

mod account;
mod connection;
mod file;
mod tool;

use std::collections::BTreeSet;

pub use account::{Account, AccountStatus, Details};
pub use connection::{Connection, ConnectionKind, UserVerification};
pub(crate) use tool::Outcome;
pub use tool::{Annotations, Tool, ToolCall, ToolFailure};

use crate::error::{Error, ErrorKind};
use crate::faults::FaultPlan;
use crate::tool_schema::check_schema;

/// The state and the faults that an emulator starts with and that [`reset`](crate::Emulator::reset)
/// restores.
///
/// ```
/// use scalekit_emulator::{Account, Connection, Seed, Tool};
/// use serde_json::json;
///
/// let seed = Seed::empty()
///     .connection(Connection::oauth("gmail", "GMAIL"))
///     .account(Account::new("gmail", "alice@example.com"))
///     .tool(Tool::new("gmail_ping", "GMAIL").result(json!({ "pong": true })));
/// # let _ = seed;
/// ```
#[derive(Clone, Debug, Default)]
pub struct Seed {
    pub(crate) connections: Vec<Connection>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) faults: FaultPlan,
}

impl Seed {
    /// An empty seed.
    pub fn empty() -> Self {
        Seed::default()
    }

    /// Adds a connection.
    #[must_use]
    pub fn connection(mut self, connection: Connection) -> Self {
        self.connections.push(connection);
        self
    }

    /// Adds a connected account.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Adds a tool.
    #[must_use]
    pub fn tool(mut self, tool: Tool) -> Self {
        self.tools.push(tool);
        self
    }

    /// Sets the faults that apply from the start.
    #[must_use]
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = plan;
        self
    }

    /// Rejects an inconsistent seed.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let mut names = BTreeSet::new();
        for connection in &self.connections {
            if connection.name.is_empty() {
                return Err(problem("connections: a connection has no name"));
            }
            if !names.insert(connection.name.as_str()) {
                return Err(problem(format!(
                    "connections: \"{}\" appears twice",
                    connection.name
                )));
            }
            if let Some(url) = &connection.proxy_url
                && url.parse::<http::Uri>().is_err()
            {
                return Err(problem(format!(
                    "connections.{}.proxy_url: not a URL",
                    connection.name
                )));
            }
        }
        let mut accounts = BTreeSet::new();
        for account in &self.accounts {
            if !names.contains(account.connection.as_str()) {
                return Err(problem(format!(
                    "accounts: \"{}\" refers to the unknown connection \"{}\"",
                    account.identifier, account.connection
                )));
            }
            if !accounts.insert((
                account.connection.as_str(),
                account.identifier.as_str(),
                account.organization_id.as_deref(),
                account.user_id.as_deref(),
            )) {
                return Err(problem(format!(
                    "accounts: \"{}\" appears twice on connection \"{}\"",
                    account.identifier, account.connection
                )));
            }
        }
        let mut tools = BTreeSet::new();
        for tool in &self.tools {
            if !tools.insert(tool.name.as_str()) {
                return Err(problem(format!("tools: \"{}\" appears twice", tool.name)));
            }
            if let Some(connection) = &tool.connection
                && !names.contains(connection.as_str())
            {
                return Err(problem(format!(
                    "tools.{}.connection: unknown connection \"{connection}\"",
                    tool.name
                )));
            }
            for (key, schema) in [
                ("input_schema", Some(&tool.input_schema)),
                ("output_schema", tool.output_schema.as_ref()),
            ] {
                if let Some(schema) = schema
                    && let Err(error) = check_schema(schema)
                {
                    return Err(problem(format!(
                        "tools.{}.{key}: not a JSON schema: {error}",
                        tool.name
                    )));
                }
            }
        }
        Ok(())
    }
}

fn problem(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Seed, format!("seed: {}", message.into()))
}
