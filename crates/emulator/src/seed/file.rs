//! Seeds in TOML or JSON: everything that code can express, except closures.

use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde_json::Value;

use super::{Account, AccountStatus, Annotations, Connection, Details, Outcome, Seed, Tool};
use crate::error::{Error, ErrorKind};
use crate::faults::{Entry, FaultPlan};
use crate::json;
use crate::seed::ToolFailure;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Adds to the built-in seed instead of an empty one.
    #[serde(default)]
    builtin: bool,
    #[serde(default)]
    connections: Vec<Connection>,
    #[serde(default)]
    accounts: Vec<AccountEntry>,
    #[serde(default)]
    tools: Vec<ToolEntry>,
    /// The seed of the faults' probabilities.
    #[serde(default)]
    fault_seed: u64,
    #[serde(default)]
    faults: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountEntry {
    connection: String,
    identifier: String,
    id: Option<String>,
    organization_id: Option<String>,
    user_id: Option<String>,
    status: Option<AccountStatus>,
    details: Option<Details>,
    api_config: Option<Value>,
    /// Seconds since the epoch.
    token_expires_at: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolEntry {
    name: String,
    provider: String,
    /// The tool belongs to this connection only. Its name becomes `c-<connection>_<name>`.
    connection: Option<String>,
    id: Option<String>,
    #[serde(default)]
    description: String,
    input_schema: Option<Schema>,
    output_schema: Option<Schema>,
    annotations: Option<Annotations>,
    metadata: Option<Value>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    delay_ms: u64,
    result: Option<Value>,
    failure: Option<ToolFailure>,
    http: Option<String>,
}

/// A schema as a table, or as JSON text, which is easier to copy into TOML.
#[derive(Deserialize)]
#[serde(untagged)]
enum Schema {
    Text(String),
    Tree(Value),
}

impl Schema {
    fn into_value(self, key: &str) -> Result<Value, String> {
        match self {
            Schema::Tree(value) => Ok(value),
            Schema::Text(text) => {
                serde_json::from_str(&text).map_err(|error| format!("{key}: {error}"))
            }
        }
    }
}

impl Seed {
    /// Reads a seed from TOML.
    ///
    /// At the top level: `builtin = true` to add to the built-in seed instead of an empty one, and
    /// the lists
    /// - `connections`: `name`, `provider`, `type` (`OAUTH`, `API_KEY`, `BASIC_AUTH`,
    ///   `BEARER_TOKEN`, `NO_AUTH` and so on), and optionally `enabled`, `scopes`, `proxy_url`,
    ///   `proxy_enabled`, `user_verification` (`APPLICATION` or `SCALEKIT_USERS`),
    ///   `api_key_header`, `organization_id`, `id`;
    /// - `accounts`: `connection`, `identifier`, and optionally `id`, `organization_id`,
    ///   `user_id`, `status` (`ACTIVE`, `PENDING_AUTH` and so on), `details` (a table whose `type`
    ///   is `oauth_token`, `static_auth`, `google_dwd` or `trusted_idp`), `api_config`,
    ///   `token_expires_at` (seconds since the epoch);
    /// - `tools`: `name`, `provider`, and optionally `connection` (then the name becomes
    ///   `c-<connection>_<name>`), `id`, `description`, `input_schema` and `output_schema` (tables
    ///   or JSON text), `annotations`, `metadata`, `tags`, `delay_ms`, and one of `result`,
    ///   `failure` (`code`, `tool_error_code`, `message`) and `http` (a URL);
    /// - `faults`, as in [`FaultPlan`]: `target`; one of `status` (`code`, `message`,
    ///   `retry_after_ms`), `http` (a status), `close = true`, `reset` (a code), `go_away = true`,
    ///   `black_hole = true`, `half_body = true`, `malformed = true`, `content_type`,
    ///   `oversized_bytes`, `revoke_tokens = true` and `expire_early_ms`, or only a `delay_ms`; and
    ///   optionally `nth`, `probability`, `times`, `delay_ms`, `after_executing`. `fault_seed` at
    ///   the top level is the plan's seed.
    ///
    /// # Errors
    /// [`ErrorKind::Seed`] with the line and the invalid key.
    ///
    /// ```
    /// let seed = scalekit_emulator::Seed::from_toml(r#"
    ///     [[connections]]
    ///     name = "notes"
    ///     provider = "NOTES"
    ///     type = "API_KEY"
    ///
    ///     [[tools]]
    ///     name = "notes_count"
    ///     provider = "NOTES"
    ///     result = { count = 3 }
    /// "#)?;
    /// # Ok::<(), scalekit_emulator::Error>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        toml::from_str(text)
            .map_err(|error| error.to_string())
            .and_then(build)
            .map_err(|message| wrong("seed", &message))
    }

    /// Reads a seed from JSON, with the keys of [`from_toml`](Seed::from_toml).
    ///
    /// # Errors
    /// [`ErrorKind::Seed`] with the line and the invalid key.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        json::read(text.as_bytes())
            .and_then(build)
            .map_err(|message| wrong("seed", &message))
    }

    /// Reads a seed from a file: JSON if its name ends in `.json`, TOML otherwise.
    ///
    /// # Errors
    /// [`ErrorKind::Seed`] with the name of the file.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::with(ErrorKind::Seed, format!("cannot read {name}"), error))?;
        let file: Result<File, String> = if path.extension().is_some_and(|end| end == "json") {
            json::read(text.as_bytes())
        } else {
            toml::from_str(&text).map_err(|error| error.to_string())
        };
        file.and_then(build)
            .map_err(|message| wrong(&name, &message))
    }
}

fn wrong(name: &str, message: &str) -> Error {
    Error::new(ErrorKind::Seed, format!("{name}: {}", message.trim()))
}

fn build(file: File) -> Result<Seed, String> {
    let mut seed = if file.builtin {
        Seed::builtin()
    } else {
        Seed::empty()
    };
    seed.connections.extend(file.connections);
    for entry in file.accounts {
        seed.accounts.push(entry.into());
    }
    for (index, entry) in file.tools.into_iter().enumerate() {
        let name = entry.name.clone();
        let tool = entry
            .into_tool()
            .map_err(|message| format!("tools[{index}] ({name}): {message}"))?;
        seed.tools.push(tool);
    }
    seed.faults = FaultPlan::from_entries(file.fault_seed, file.faults)?;
    seed.check().map_err(|error| error.to_string())?;
    Ok(seed)
}

impl From<AccountEntry> for Account {
    fn from(entry: AccountEntry) -> Self {
        Account {
            connection: entry.connection,
            identifier: entry.identifier,
            id: entry.id,
            organization_id: entry.organization_id,
            user_id: entry.user_id,
            status: entry.status.unwrap_or(AccountStatus::Active),
            details: entry.details,
            api_config: entry.api_config,
            token_expires_at: entry
                .token_expires_at
                .map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)),
        }
    }
}

impl ToolEntry {
    fn into_tool(self) -> Result<Tool, String> {
        let outcome = match (self.result, self.failure, self.http) {
            (None, None, None) => None,
            (Some(result), None, None) => Some(Outcome::Result(result)),
            (None, Some(failure), None) => Some(Outcome::Failure(failure)),
            (None, None, Some(url)) => Some(Outcome::Http(url)),
            _ => return Err("set only one of result, failure and http".to_owned()),
        };
        let mut tool = match self.connection {
            Some(connection) => Tool::custom_mcp(connection, self.provider, self.name),
            None => Tool::new(self.name, self.provider),
        };
        if let Some(schema) = self.input_schema {
            tool.input_schema = schema.into_value("input_schema")?;
        }
        if let Some(schema) = self.output_schema {
            tool.output_schema = Some(schema.into_value("output_schema")?);
        }
        tool.id = self.id;
        tool.description = self.description;
        tool.annotations = self.annotations;
        tool.metadata = self.metadata;
        tool.tags = self.tags;
        tool.delay = Duration::from_millis(self.delay_ms);
        tool.outcome = outcome;
        Ok(tool)
    }
}
