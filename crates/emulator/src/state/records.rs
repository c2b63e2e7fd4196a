//! The records that the state consists of.

use std::collections::HashMap;
use std::time::SystemTime;

use scalekit::raw::connected_accounts::authorization_details::Details;
use scalekit::raw::connections;
use scalekit::raw::json::Struct;

use crate::seed::{AccountStatus, Connection, Tool};
use crate::tool_schema::InputSchema;

/// A connection, with the fields that the service adds.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionRecord {
    pub(crate) id: String,
    pub(crate) spec: Connection,
    pub(crate) settings: Option<connections::connection::Settings>,
    pub(crate) attribute_mapping: HashMap<String, String>,
    pub(crate) debug_enabled: bool,
    pub(crate) ui_button_title: String,
    pub(crate) auth_mode: i32,
    pub(crate) created_at: SystemTime,
    pub(crate) updated_at: SystemTime,
}

/// A tool, with the fields that the service adds.
#[derive(Clone, Debug)]
pub(crate) struct ToolRecord {
    pub(crate) id: String,
    pub(crate) spec: Tool,
    /// The definition of a tool that was created through the API, unchanged.
    pub(crate) definition: Option<Struct>,
    pub(crate) is_default: bool,
    pub(crate) updated_at: SystemTime,
    /// The compiled schema that checks inputs.
    pub(crate) input: InputSchema,
}

/// A virtual MCP server for one user.
#[derive(Clone, Debug)]
pub(crate) struct McpInstanceRecord {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) config_id: String,
    pub(crate) user_identifier: String,
    pub(crate) updated_at: SystemTime,
}

/// A connected account.
#[derive(Clone)]
pub(crate) struct AccountRecord {
    pub(crate) id: String,
    pub(crate) connection_id: String,
    pub(crate) identifier: String,
    pub(crate) organization_id: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) status: AccountStatus,
    pub(crate) details: Option<Details>,
    pub(crate) api_config: Option<Struct>,
    /// The scopes that the next consent asks for, if the request selected some.
    pub(crate) scopes: Vec<String>,
    pub(crate) token_expires_at: Option<SystemTime>,
    pub(crate) updated_at: SystemTime,
    pub(crate) last_used_at: Option<SystemTime>,
}

impl AccountRecord {
    /// An account without credentials, outside of all organizations.
    pub(super) fn new(
        id: String,
        connection_id: String,
        identifier: &str,
        status: AccountStatus,
        now: SystemTime,
    ) -> Self {
        AccountRecord {
            id,
            connection_id,
            identifier: identifier.to_owned(),
            organization_id: None,
            user_id: None,
            status,
            details: None,
            api_config: None,
            scopes: Vec::new(),
            token_expires_at: None,
            updated_at: now,
            last_used_at: None,
        }
    }
}

impl std::fmt::Debug for AccountRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountRecord")
            .field("id", &self.id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// An authorization link that is not completed.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) account_id: String,
    pub(crate) expires_at: SystemTime,
    pub(crate) opened_at: Option<SystemTime>,
    pub(crate) state: String,
    pub(crate) user_verify_url: String,
}

/// A consent that the application has yet to verify.
#[derive(Clone, Debug)]
pub(crate) struct Verification {
    pub(crate) account_id: String,
    pub(crate) identifier: String,
    pub(crate) expires_at: SystemTime,
}
