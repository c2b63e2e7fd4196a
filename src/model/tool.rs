//! Tools: what can be called, for whom, and what a call returned.

use std::time::SystemTime;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{non_empty, open_enum, system_time};
use crate::raw::tools as wire;
use crate::{Error, json};

/// A tool of the catalogue.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tool {
    /// Its id, `tol_…`.
    pub id: String,
    /// The provider that it acts at, such as `GMAIL`.
    pub provider: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Whether this version is the one that its name stands for; `None` when not said.
    pub is_default: Option<bool>,
    /// When it was last changed.
    pub updated_at: Option<SystemTime>,
    definition: Value,
    metadata: Value,
}

/// What a tool says of its effects. They are hints: the provider is not bound by them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolAnnotations {
    /// A title for people.
    pub title: Option<String>,
    /// It changes nothing.
    pub read_only_hint: Option<bool>,
    /// It may destroy something.
    pub destructive_hint: Option<bool>,
    /// Repeating it with the same input changes nothing more.
    pub idempotent_hint: Option<bool>,
    /// It reaches an open world, such as the web.
    pub open_world_hint: Option<bool>,
}

impl From<wire::Tool> for Tool {
    fn from(tool: wire::Tool) -> Self {
        let object = |fields: Option<prost_types::Struct>| {
            fields.map_or_else(|| Value::Object(Map::new()), json::from_struct)
        };
        Self {
            id: tool.id,
            provider: tool.provider,
            tags: tool.tags,
            is_default: tool.is_default,
            updated_at: system_time(tool.updated_at),
            definition: object(tool.definition),
            metadata: object(tool.metadata),
        }
    }
}

impl Tool {
    pub(crate) fn from_wire(tool: Option<wire::Tool>) -> Result<Self, Error> {
        tool.map(Self::from)
            .ok_or_else(|| Error::decode("a tool in the answer is empty"))
    }

    /// The whole definition, as the service gives it.
    pub fn definition(&self) -> &Value {
        &self.definition
    }

    /// What the service knows of the tool besides its definition.
    pub fn metadata(&self) -> &Value {
        &self.metadata
    }

    /// The name to call it by; empty when the definition has none.
    ///
    /// Names can be longer than the 64 characters that language-model APIs accept.
    pub fn name(&self) -> &str {
        self.text("name")
    }

    /// What it does; empty when the definition does not say.
    pub fn description(&self) -> &str {
        self.text("description")
    }

    /// The JSON schema of its input.
    pub fn input_schema(&self) -> Option<&Value> {
        self.definition.get("input_schema")
    }

    /// The JSON schema of its result, where the definition has one.
    pub fn output_schema(&self) -> Option<&Value> {
        self.definition.get("output_schema")
    }

    /// What it says of its effects.
    pub fn annotations(&self) -> ToolAnnotations {
        let Some(annotations) = self.definition.get("annotations") else {
            return ToolAnnotations::default();
        };
        let hint = |name| annotations.get(name).and_then(Value::as_bool);
        ToolAnnotations {
            title: annotations
                .get("title")
                .and_then(Value::as_str)
                .map(str::to_owned),
            read_only_hint: hint("read_only_hint"),
            destructive_hint: hint("destructive_hint"),
            idempotent_hint: hint("idempotent_hint"),
            open_world_hint: hint("open_world_hint"),
        }
    }

    fn text(&self, key: &str) -> &str {
        self.definition
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// A tool that a user can call, and the account that it would use.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScopedTool {
    /// The tool.
    pub tool: Tool,
    /// The user, as the application names them.
    pub identifier: String,
    /// The account that a call uses, `ca_…`.
    pub connected_account_id: String,
}

impl ScopedTool {
    pub(crate) fn from_wire(scoped: wire::ScopedTool) -> Result<Self, Error> {
        Ok(Self {
            tool: Tool::from_wire(scoped.tool)?,
            identifier: scoped.identifier,
            connected_account_id: scoped.connected_account_id,
        })
    }
}

open_enum! {
    /// Whether a user could call a tool through a connection right now.
    pub enum Readiness {
        /// Not said.
        Unspecified = 0 => "TOOL_READINESS_STATE_UNSPECIFIED",
        /// Yes.
        Ready = 1 => "TOOL_READINESS_STATE_READY",
        /// Not before the user authorizes the account. A connection at which the user has no
        /// account at all is not listed.
        NeedsConnection = 2 => "TOOL_READINESS_STATE_NEEDS_CONNECTION",
        /// Not before the user authorizes again.
        NeedsReauth = 3 => "TOOL_READINESS_STATE_NEEDS_REAUTH",
    }
}

/// How a user stands with one connection that a found tool can be called through.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectionReadiness {
    /// The connection's name.
    pub connection_name: String,
    /// The user's account there, `ca_…`.
    pub connected_account_id: Option<String>,
    /// Whether it can be used.
    pub readiness: Readiness,
}

/// A tool that a search found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SearchedTool {
    /// The name to call it by.
    pub name: String,
    /// The provider that it acts at.
    pub provider: String,
    /// What it does.
    pub description: String,
    /// How well it fits; higher is better. Compare it only within one answer.
    pub score: f64,
    /// The user's connections that it can be called through; filled only when the search had an
    /// identifier.
    pub connections: Vec<ConnectionReadiness>,
}

impl From<wire::SearchedTool> for SearchedTool {
    fn from(tool: wire::SearchedTool) -> Self {
        Self {
            name: tool.name,
            provider: tool.provider,
            description: tool.description,
            score: tool.score,
            connections: tool
                .connections
                .into_iter()
                .map(|connection| ConnectionReadiness {
                    connection_name: connection.connection_name,
                    connected_account_id: non_empty(connection.connected_account_id),
                    readiness: connection.readiness_state.into(),
                })
                .collect(),
        }
    }
}

/// The tools of an account, read anew from its provider.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefreshedTools {
    /// The tools.
    pub tools: Vec<Tool>,
    /// How many there are, as the server counts.
    pub total_size: u32,
}

/// What a tool returned.
///
/// `Debug` shows the execution id, not the data.
#[derive(Clone)]
#[non_exhaustive]
pub struct ToolOutput {
    /// The id of the execution, for support and logs.
    pub execution_id: String,
    /// The result. Integral numbers are integers.
    pub data: Value,
}

impl ToolOutput {
    pub(crate) fn from_wire(answer: wire::ExecuteToolResponse) -> Self {
        Self {
            execution_id: answer.execution_id,
            data: answer
                .data
                .map_or_else(|| Value::Object(Map::new()), json::from_struct),
        }
    }

    /// The result as a type of yours.
    ///
    /// ```
    /// # fn run(output: scalekit::ToolOutput) -> Result<(), scalekit::Error> {
    /// #[derive(serde::Deserialize)]
    /// struct Mails {
    ///     total: u32,
    /// }
    /// let mails: Mails = output.typed()?;
    /// # let _ = mails.total;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) when the result does not have that form;
    /// the tool has run nevertheless.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<T, Error> {
        T::deserialize(&self.data).map_err(|error| {
            Error::decode(format!(
                "the tool ran (execution {}), but its result is not a {}: {error}",
                self.execution_id,
                std::any::type_name::<T>(),
            ))
            .with_call("execute_tool")
        })
    }
}

impl std::fmt::Debug for ToolOutput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToolOutput")
            .field("execution_id", &self.execution_id)
            .finish_non_exhaustive()
    }
}
