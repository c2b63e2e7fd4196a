//! Tools: definitions, the accounts they run with, and their output.

use std::fmt;
use std::sync::OnceLock;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{non_empty, open_enum, system_time, timestamp};
use crate::json::{self, Struct};
use crate::raw::tools as wire;
use crate::{AccountRef, Error};

/// A tool of the catalogue.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Tool {
    /// The id, `tol_…`.
    pub id: String,
    /// The provider, such as `GMAIL`.
    pub provider: String,
    /// The tags.
    pub tags: Vec<String>,
    /// Whether this is the default version of the tool; `None` if not specified.
    pub is_default: Option<bool>,
    /// The time of the last change.
    #[serde(with = "timestamp")]
    pub updated_at: Option<SystemTime>,
    definition: LazyObject,
    metadata: LazyObject,
}

/// An object that is decoded on first use: most tools of a list are never used.
#[derive(Clone, Default)]
struct LazyObject {
    wire: Struct,
    value: OnceLock<Value>,
}

impl From<Option<Struct>> for LazyObject {
    fn from(wire: Option<Struct>) -> Self {
        Self {
            wire: wire.unwrap_or_default(),
            value: OnceLock::new(),
        }
    }
}

impl LazyObject {
    fn value(&self) -> &Value {
        self.value.get_or_init(|| {
            let value = self.wire.value();
            value.unwrap_or_else(|_| Value::Object(Map::new()))
        })
    }
}

impl Serialize for LazyObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.wire.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for LazyObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_object(deserializer).map(|wire| Some(wire).into())
    }
}

/// Reads a JSON object into its encoded form.
fn read_object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Struct, D::Error> {
    let object = Map::deserialize(deserializer)?;
    Struct::new(&object).map_err(serde::de::Error::custom)
}

impl fmt::Debug for LazyObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.wire.fmt(f)
    }
}

/// Hints about the effects of a tool. The provider is not bound by them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ToolAnnotations {
    /// The display title.
    pub title: Option<String>,
    /// The tool does not change anything.
    pub read_only_hint: Option<bool>,
    /// The tool may delete or overwrite data.
    pub destructive_hint: Option<bool>,
    /// Repeated calls with the same input have no further effect.
    pub idempotent_hint: Option<bool>,
    /// The tool interacts with external entities, such as the web.
    pub open_world_hint: Option<bool>,
}

impl From<wire::Tool> for Tool {
    fn from(tool: wire::Tool) -> Self {
        Self {
            id: tool.id,
            provider: tool.provider,
            tags: tool.tags,
            is_default: tool.is_default,
            updated_at: system_time(tool.updated_at),
            definition: tool.definition.into(),
            metadata: tool.metadata.into(),
        }
    }
}

impl Tool {
    /// Creates a tool from its definition: any value that serializes to an object with `name`,
    /// `description` and `input_schema`. Use it for tests, or for tools of your own besides those
    /// of Scalekit.
    ///
    /// ```
    /// let tool = scalekit::Tool::from_definition(&serde_json::json!({
    ///     "name": "echo",
    ///     "description": "Returns its input.",
    ///     "input_schema": { "type": "object" },
    /// }))?;
    /// assert_eq!(tool.name(), "echo");
    /// # Ok::<(), scalekit::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) when it is not an object, or holds
    /// an integer that a double cannot represent exactly.
    pub fn from_definition(definition: &impl Serialize) -> Result<Self, Error> {
        let definition = json::to_struct("definition", definition)?;
        Ok(Self {
            definition: Some(definition).into(),
            ..Self::default()
        })
    }

    pub(crate) fn from_wire(tool: Option<wire::Tool>) -> Result<Self, Error> {
        tool.map(Self::from)
            .ok_or_else(|| Error::decode("a tool in the response is empty"))
    }

    /// The whole definition. An empty object if it cannot be decoded.
    ///
    /// It is decoded on first use. [`name`](Self::name) and [`description`](Self::description) do
    /// not decode it.
    pub fn definition(&self) -> &Value {
        self.definition.value()
    }

    /// Deserializes the definition into your type. Strings can be borrowed.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the definition does not match the type.
    pub fn definition_as<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        self.definition.wire.json().map_err(|error| {
            let form = std::any::type_name::<T>();
            Error::decode(format!(
                "the definition of tool {} is not a {form}: {error}",
                self.id
            ))
        })
    }

    /// The metadata of the tool, decoded on first use.
    pub fn metadata(&self) -> &Value {
        self.metadata.value()
    }

    /// The name; empty if the definition has none.
    ///
    /// Names can be longer than the 64 characters that language-model APIs accept.
    pub fn name(&self) -> &str {
        self.definition.wire.text("name").unwrap_or_default()
    }

    /// The description; empty if the definition has none.
    pub fn description(&self) -> &str {
        self.definition.wire.text("description").unwrap_or_default()
    }

    /// The JSON schema of the input.
    pub fn input_schema(&self) -> Option<&Value> {
        self.definition().get("input_schema")
    }

    /// The JSON schema of the output, if the definition has one.
    pub fn output_schema(&self) -> Option<&Value> {
        self.definition().get("output_schema")
    }

    /// The hints about the effects of the tool.
    pub fn annotations(&self) -> ToolAnnotations {
        let Some(annotations) = self.definition().get("annotations") else {
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
}

/// A tool that a user can call, with the account that it runs with.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ScopedTool {
    /// The tool.
    pub tool: Tool,
    /// The application's identifier of the user.
    pub identifier: String,
    /// The id of the account that the tool runs with, `ca_…`.
    pub connected_account_id: String,
}

impl ScopedTool {
    /// Creates a tool that runs with this account.
    pub fn new(
        tool: Tool,
        identifier: impl Into<String>,
        connected_account_id: impl Into<String>,
    ) -> Self {
        Self {
            tool,
            identifier: identifier.into(),
            connected_account_id: connected_account_id.into(),
        }
    }

    /// A reference to the account, for
    /// [`ExecuteTool::account`](crate::actions::ExecuteTool::account).
    pub fn account(&self) -> AccountRef {
        AccountRef::id(&self.connected_account_id)
    }

    pub(crate) fn from_wire(scoped: wire::ScopedTool) -> Result<Self, Error> {
        Ok(Self {
            tool: Tool::from_wire(scoped.tool)?,
            identifier: scoped.identifier,
            connected_account_id: scoped.connected_account_id,
        })
    }
}

open_enum! {
    /// Whether a user can call a tool through a connection.
    pub enum Readiness {
        /// Not specified.
        Unspecified = 0 => "TOOL_READINESS_STATE_UNSPECIFIED",
        /// The user can call it.
        Ready = 1 => "TOOL_READINESS_STATE_READY",
        /// The user must authorize the account first. A connection at which the user has no account
        /// is not listed.
        NeedsConnection = 2 => "TOOL_READINESS_STATE_NEEDS_CONNECTION",
        /// The user must authorize again.
        NeedsReauth = 3 => "TOOL_READINESS_STATE_NEEDS_REAUTH",
    }
}

/// The readiness of one connection through which a tool can be called.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ConnectionReadiness {
    /// The name of the connection.
    pub connection_name: String,
    /// The id of the user's account, `ca_…`.
    pub connected_account_id: Option<String>,
    /// Whether the user can call the tool through it.
    pub readiness: Readiness,
}

/// A search result.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SearchedTool {
    /// The name.
    pub name: String,
    /// The provider.
    pub provider: String,
    /// The description.
    pub description: String,
    /// The relevance; higher is better. Scores of different searches cannot be compared.
    pub score: f64,
    /// The user's connections through which it can be called. Filled only if the search had an
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

/// The tools of an account, reloaded from its provider.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RefreshedTools {
    /// The tools.
    pub tools: Vec<Tool>,
    /// The number of tools, as reported by the server.
    pub total_size: u32,
}

/// The output of a tool.
///
/// The result stays encoded until it is read. `Debug` shows the execution id, not the result.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ToolOutput {
    /// The id of the execution, for logs and support.
    pub execution_id: String,
    #[serde(deserialize_with = "read_object")]
    data: Struct,
}

impl ToolOutput {
    /// Creates an output with this result: any value that serializes to a JSON object. Use it for
    /// tests.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) when it is not an object, or holds
    /// an integer that a double cannot represent exactly.
    pub fn new(execution_id: impl Into<String>, result: &impl Serialize) -> Result<Self, Error> {
        Ok(Self {
            execution_id: execution_id.into(),
            data: json::to_struct("result", result)?,
        })
    }

    pub(crate) fn from_wire(response: wire::ExecuteToolResponse) -> Self {
        Self {
            execution_id: response.execution_id,
            data: response.data.unwrap_or_default(),
        }
    }

    /// Deserializes the result into your type.
    ///
    /// Integral numbers up to 2^53 are integers. NaN and infinities, which JSON does not have, are
    /// null. The last of several fields with the same name wins. Strings can be borrowed from the
    /// output.
    ///
    /// ```
    /// # fn run(output: scalekit::ToolOutput) -> Result<(), scalekit::Error> {
    /// #[derive(serde::Deserialize)]
    /// struct Mails<'a> {
    ///     total: u32,
    ///     #[serde(borrow)]
    ///     subjects: Vec<&'a str>,
    /// }
    /// let mails: Mails = output.json()?;
    /// # let _ = (mails.total, mails.subjects);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) with the path if the result does not match
    /// the type or nests deeper than 100 levels. The tool has run.
    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        self.data.json().map_err(|error| {
            let form = std::any::type_name::<T>();
            self.unreadable(format_args!("is not a {form}: {error}"))
        })
    }

    /// The result as a JSON object, with the conversions of [`json`](Self::json).
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if it nests deeper than 100 levels or cannot
    /// be decoded. The tool has run.
    pub fn value(&self) -> Result<Value, Error> {
        let value = self.data.value();
        value.map_err(|error| self.unreadable(format_args!("cannot be read: {error}")))
    }

    /// The result as JSON text.
    ///
    /// # Errors
    /// The errors of [`value`](Self::value).
    pub fn text(&self) -> Result<String, Error> {
        self.value().map(|value| value.to_string())
    }

    /// The result as JSON text of at most `max_bytes` bytes, for the context of a language model. A
    /// longer text is cut and ends with a note of about 35 bytes, which is there even if it alone is
    /// longer than `max_bytes`.
    ///
    /// ```
    /// let output = scalekit::ToolOutput::new("exec_1", &serde_json::json!({ "text": "x".repeat(90) }))?;
    /// let text = output.truncated_text(60)?;
    /// assert!(text.ends_with("… [truncated: 27 of 101 bytes]"));
    /// # Ok::<(), scalekit::Error>(())
    /// ```
    ///
    /// # Errors
    /// The errors of [`value`](Self::value).
    pub fn truncated_text(&self, max_bytes: usize) -> Result<String, Error> {
        self.text().map(|text| truncated(text, max_bytes))
    }

    fn unreadable(&self, what: fmt::Arguments<'_>) -> Error {
        Error::decode(format!(
            "the tool ran (execution {}), but its result {what}",
            self.execution_id
        ))
        .with_call("execute_tool")
    }
}

impl fmt::Debug for ToolOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolOutput")
            .field("execution_id", &self.execution_id)
            .finish_non_exhaustive()
    }
}

/// Cuts the text between characters, so that it fits together with the note.
fn truncated(mut text: String, max_bytes: usize) -> String {
    let whole = text.len();
    if whole <= max_bytes {
        return text;
    }
    let remark = |kept: usize| format!("… [truncated: {kept} of {whole} bytes]");
    // No number is longer than that of the whole.
    let mut kept = max_bytes.saturating_sub(remark(whole).len());
    while !text.is_char_boundary(kept) {
        kept -= 1;
    }
    text.truncate(kept);
    text.push_str(&remark(kept));
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_definition_is_not_read_before_somebody_asks() {
        let definition = json!({
            "name": "echo",
            "description": "Says it again.",
            "input_schema": {"type": "object"},
            "annotations": {"read_only_hint": true},
        });
        let tool = Tool::from(wire::Tool {
            definition: Some(Struct::new(&definition).expect("an object")),
            ..wire::Tool::default()
        });
        assert_eq!(
            (tool.name(), tool.description()),
            ("echo", "Says it again.")
        );
        assert!(tool.definition.value.get().is_none());

        #[derive(serde::Deserialize)]
        struct Named<'a> {
            name: &'a str,
        }
        let named: Named<'_> = tool.definition_as().expect("a name");
        assert_eq!(named.name, "echo");
        assert!(tool.definition.value.get().is_none());

        assert_eq!(tool.definition(), &definition);
        assert_eq!(tool.input_schema(), Some(&json!({"type": "object"})));
        assert_eq!(tool.annotations().read_only_hint, Some(true));
        assert_eq!(tool.metadata(), &json!({}));
        let error = tool.definition_as::<u8>().expect_err("an object");
        assert!(error.to_string().contains("is not a u8"), "{error}");
    }
}
