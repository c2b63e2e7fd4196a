//! Seeded tools: definition and outcome.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::code::Code;

/// A failure at the tool's provider. The caller receives it as `TOOL_ERROR` with the execution id.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolFailure {
    /// The gRPC code, for example [`Code::ResourceExhausted`] for the provider's rate limit.
    pub code: Code,
    /// The provider's own code.
    #[serde(default)]
    pub tool_error_code: String,
    /// The provider's own message.
    pub message: String,
}

impl ToolFailure {
    /// A failure with the provider's code and message.
    pub fn new(code: Code, tool_error_code: impl Into<String>, message: impl Into<String>) -> Self {
        ToolFailure {
            code,
            tool_error_code: tool_error_code.into(),
            message: message.into(),
        }
    }
}

/// One execution, as passed to a handler.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ToolCall {
    /// The tool's name.
    pub tool_name: String,
    /// The input, valid by the tool's schema. Integral numbers are integers.
    pub input: Value,
    /// The account that the tool is executed with.
    pub connected_account_id: String,
    /// The account's identifier.
    pub identifier: String,
    /// The account's connection.
    pub connection_name: String,
    /// The organization of the account, if any.
    pub organization_id: Option<String>,
    /// The user of the account, if any.
    pub user_id: Option<String>,
    /// The agent run id of the request, if any.
    pub agent_run_id: Option<String>,
    /// The id of this execution.
    pub execution_id: String,
}

/// What a tool's handler returns.
type ToolFuture = Pin<Box<dyn Future<Output = Result<Value, ToolFailure>> + Send>>;
type Handler = Arc<dyn Fn(ToolCall) -> ToolFuture + Send + Sync>;

/// The outcome of an execution.
#[derive(Clone)]
pub(crate) enum Outcome {
    Result(Value),
    Failure(ToolFailure),
    Handler(Handler),
    Http(String),
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Result(_) => f.write_str("Result"),
            Outcome::Failure(failure) => f.debug_tuple("Failure").field(failure).finish(),
            Outcome::Handler(_) => f.write_str("Handler"),
            Outcome::Http(_) => f.write_str("Http"),
        }
    }
}

/// Annotations of a tool, as in MCP.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Annotations {
    /// A title for people.
    pub title: Option<String>,
    /// The tool does not modify its environment.
    pub read_only_hint: Option<bool>,
    /// The tool may delete or overwrite data.
    pub destructive_hint: Option<bool>,
    /// Repeated calls with the same input have no additional effect.
    pub idempotent_hint: Option<bool>,
    /// The tool interacts with external entities.
    pub open_world_hint: Option<bool>,
}

impl Annotations {
    /// The annotations of a tool that only reads.
    pub fn read_only(title: impl Into<String>) -> Self {
        Annotations {
            title: Some(title.into()),
            read_only_hint: Some(true),
            destructive_hint: Some(false),
            idempotent_hint: Some(true),
            open_world_hint: Some(true),
        }
    }

    /// The annotations of a tool that writes and must not be repeated blindly.
    pub fn writing(title: impl Into<String>) -> Self {
        Annotations {
            title: Some(title.into()),
            read_only_hint: Some(false),
            destructive_hint: Some(false),
            idempotent_hint: Some(false),
            open_world_hint: Some(true),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut fields = serde_json::Map::new();
        if let Some(title) = &self.title {
            fields.insert("title".to_owned(), json!(title));
        }
        for (name, hint) in [
            ("read_only_hint", self.read_only_hint),
            ("destructive_hint", self.destructive_hint),
            ("idempotent_hint", self.idempotent_hint),
            ("open_world_hint", self.open_world_hint),
        ] {
            if let Some(hint) = hint {
                fields.insert(name.to_owned(), json!(hint));
            }
        }
        Value::Object(fields)
    }
}

/// A tool of a provider, or of one connection.
#[derive(Clone, Debug)]
pub struct Tool {
    pub(crate) name: String,
    pub(crate) provider: String,
    pub(crate) connection: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) description: String,
    pub(crate) input_schema: Value,
    pub(crate) output_schema: Option<Value>,
    pub(crate) annotations: Option<Annotations>,
    pub(crate) metadata: Option<Value>,
    pub(crate) tags: Vec<String>,
    pub(crate) delay: Duration,
    pub(crate) outcome: Option<Outcome>,
}

impl Tool {
    /// A tool of every connection of `provider`. Without a configured outcome, it returns its
    /// input.
    pub fn new(name: impl Into<String>, provider: impl Into<String>) -> Self {
        Tool {
            name: name.into(),
            provider: provider.into(),
            connection: None,
            id: None,
            description: String::new(),
            input_schema: json!({ "type": "object" }),
            output_schema: None,
            annotations: None,
            metadata: None,
            tags: Vec::new(),
            delay: Duration::ZERO,
            outcome: None,
        }
    }

    /// A tool of a custom MCP server behind one connection. Its name becomes
    /// `c-<connection>_<tool>`.
    pub fn custom_mcp(
        connection: impl Into<String>,
        provider: impl Into<String>,
        tool: impl Into<String>,
    ) -> Self {
        let connection = connection.into();
        let mut custom = Tool::new(format!("c-{connection}_{}", tool.into()), provider);
        custom.connection = Some(connection);
        custom
    }

    /// Sets the tool's id (`tol_…`). By default, tools are numbered.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets the description that a model chooses the tool by.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Sets the JSON schema that inputs must satisfy. Without the feature `validation`, inputs are
    /// not checked.
    #[must_use]
    pub fn input_schema(mut self, schema: Value) -> Self {
        self.input_schema = schema;
        self
    }

    /// Sets the JSON schema of the results.
    #[must_use]
    pub fn output_schema(mut self, schema: Value) -> Self {
        self.output_schema = Some(schema);
        self
    }

    /// Sets the annotations.
    #[must_use]
    pub fn annotations(mut self, annotations: Annotations) -> Self {
        self.annotations = Some(annotations);
        self
    }

    /// Sets the metadata, any object.
    #[must_use]
    pub fn metadata(mut self, metadata: Value) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// Sets the tags.
    #[must_use]
    pub fn tags<S: Into<String>>(mut self, tags: impl IntoIterator<Item = S>) -> Self {
        self.tags = tags.into_iter().map(Into::into).collect();
        self
    }

    /// Delays each execution in real time.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Always returns this result, an object.
    #[must_use]
    pub fn result(mut self, result: Value) -> Self {
        self.outcome = Some(Outcome::Result(result));
        self
    }

    /// Always returns this failure.
    #[must_use]
    pub fn failure(mut self, failure: ToolFailure) -> Self {
        self.outcome = Some(Outcome::Failure(failure));
        self
    }

    /// Returns the result of a function. It runs on the server's threads, so it must not block.
    #[must_use]
    pub fn handler<F>(mut self, handler: F) -> Self
    where
        F: Fn(ToolCall) -> Result<Value, ToolFailure> + Send + Sync + 'static,
    {
        let handler = Arc::new(handler);
        self.outcome = Some(Outcome::Handler(Arc::new(move |call| {
            let handler = Arc::clone(&handler);
            Box::pin(async move { handler(call) })
        })));
        self
    }

    /// Returns the result of a future.
    #[must_use]
    pub fn async_handler<F, R>(mut self, handler: F) -> Self
    where
        F: Fn(ToolCall) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Value, ToolFailure>> + Send + 'static,
    {
        self.outcome = Some(Outcome::Handler(Arc::new(move |call| {
            Box::pin(handler(call))
        })));
        self
    }

    /// Returns the response to `POST url`. The request carries `tool_name`, `input`, `identifier`,
    /// `connection_name`, `connected_account_id` and `execution_id` as JSON, and the user's
    /// credentials as `Authorization`. A status of 400 or more becomes a tool error.
    #[must_use]
    pub fn http(mut self, url: impl Into<String>) -> Self {
        self.outcome = Some(Outcome::Http(url.into()));
        self
    }

    /// The definition in the API.
    pub(crate) fn definition(&self) -> Value {
        let mut definition = json!({
            "name": self.name,
            "description": self.description,
            "input_schema": self.input_schema,
        });
        if let Some(schema) = &self.output_schema {
            definition["output_schema"] = schema.clone();
        }
        if let Some(annotations) = &self.annotations {
            definition["annotations"] = annotations.to_json();
        }
        definition
    }
}
