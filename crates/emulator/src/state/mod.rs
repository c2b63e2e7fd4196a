//! The in-memory state of one emulator, and the transitions that several handlers share.

mod account_ref;
mod accounts;
mod credentials;
mod find;
mod links;
mod records;
mod runs;

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use scalekit::raw::{connections, mcp, providers};

pub(crate) use account_ref::AccountRef;
pub(crate) use credentials::Injection;
pub(crate) use find::find;
pub(crate) use links::{ConsentResult, Prompt};
pub(crate) use records::{
    AccountRecord, ConnectionRecord, Link, McpInstanceRecord, ToolRecord, Verification,
};
use runs::Runs;

use crate::ids::Ids;
use crate::seed::{AccountStatus, Connection, Seed};
use crate::status::{Status, not_found};
use crate::tool_schema::InputSchema;

/// Everything that `reset` restores from the seed.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) ids: Ids,
    pub(crate) connections: Vec<ConnectionRecord>,
    pub(crate) accounts: Vec<AccountRecord>,
    pub(crate) tools: Vec<ToolRecord>,
    pub(crate) links: HashMap<String, Link>,
    pub(crate) verifications: HashMap<String, Verification>,
    pub(crate) providers: Vec<providers::Provider>,
    pub(crate) mcp_configs: Vec<mcp::McpConfig>,
    pub(crate) mcp_instances: Vec<McpInstanceRecord>,
    pub(crate) mcps: Vec<mcp::Mcp>,
    /// How often each tool was executed.
    pub(crate) executions: BTreeMap<String, u64>,
    /// How often any tool was executed for each agent run.
    pub(crate) runs: Runs,
}

impl State {
    /// The state that `seed` describes.
    pub(crate) fn from_seed(seed: &Seed, now: SystemTime) -> Self {
        let mut state = State::default();
        for spec in &seed.connections {
            state.add_connection(spec.clone(), now);
        }
        for spec in &seed.tools {
            let id = spec.id.clone().unwrap_or_else(|| state.ids.next("tol"));
            state.tools.push(ToolRecord {
                id,
                spec: spec.clone(),
                definition: None,
                is_default: true,
                updated_at: now,
                input: InputSchema::default(),
            });
        }
        for account in &seed.accounts {
            state.seed_account(account, now);
        }
        state
    }

    pub(crate) fn add_connection(
        &mut self,
        spec: Connection,
        now: SystemTime,
    ) -> &mut ConnectionRecord {
        let id = spec.id.clone().unwrap_or_else(|| self.ids.next("conn"));
        if !self
            .providers
            .iter()
            .any(|provider| provider.identifier.eq_ignore_ascii_case(&spec.provider))
        {
            let provider = self.provider_of(&spec);
            self.providers.push(provider);
        }
        let at = self.connections.len();
        self.connections.push(ConnectionRecord {
            id,
            spec,
            settings: None,
            attribute_mapping: HashMap::new(),
            debug_enabled: false,
            ui_button_title: String::new(),
            auth_mode: connections::ConnectionAuthMode::User as i32,
            created_at: now,
            updated_at: now,
        });
        &mut self.connections[at]
    }

    /// The catalogue entry of a provider that is known only from a connection.
    fn provider_of(&mut self, spec: &Connection) -> providers::Provider {
        providers::Provider {
            id: self.ids.next("prv"),
            identifier: spec.provider.clone(),
            display_name: title_case(&spec.provider),
            proxy_url: spec.proxy_url.clone().unwrap_or_default(),
            proxy_enabled: spec.proxy_enabled,
            ..providers::Provider::default()
        }
    }

    pub(crate) fn connection_named(&self, name: &str) -> Result<&ConnectionRecord, Status> {
        let at = find(
            &self.connections,
            "connection",
            format_args!("connection named \"{name}\""),
            |connection| connection.spec.name == name,
        )?;
        Ok(&self.connections[at])
    }

    pub(crate) fn tool_named(&self, name: &str) -> Result<usize, Status> {
        find(
            &self.tools,
            "tool",
            format_args!("tool named \"{name}\""),
            |tool| tool.spec.name == name,
        )
    }

    pub(crate) fn connection_by_id(&self, id: &str) -> Option<&ConnectionRecord> {
        self.connections
            .iter()
            .find(|connection| connection.id == id)
    }

    /// The connection of an account. Deleting a connection deletes its accounts.
    pub(crate) fn connection_of(
        &self,
        account: &AccountRecord,
    ) -> Result<&ConnectionRecord, Status> {
        self.connection_by_id(&account.connection_id)
            .ok_or_else(|| {
                not_found(
                    "connection",
                    format!("the connection of account {} does not exist", account.id),
                )
            })
    }

    /// Whether `tool` can be run through `connection`.
    pub(crate) fn serves(connection: &ConnectionRecord, tool: &ToolRecord) -> bool {
        match &tool.spec.connection {
            Some(name) => *name == connection.spec.name,
            None => tool
                .spec
                .provider
                .eq_ignore_ascii_case(&connection.spec.provider),
        }
    }

    /// Renews the tokens that have expired by `now`, and expires the accounts without a refresh token.
    pub(crate) fn expire(&mut self, now: SystemTime) {
        for account in &mut self.accounts {
            if account.status == AccountStatus::Active
                && account.token_expires_at.is_some_and(|at| at <= now)
                && !account.renew(now)
            {
                account.status = AccountStatus::Expired;
                account.updated_at = now;
            }
        }
    }
}

/// Turns `GOOGLE_CALENDAR` into `Google Calendar`.
pub(crate) fn title_case(key: &str) -> String {
    key.split(['_', '-', ' '])
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().collect::<String>() + &letters.as_str().to_lowercase()
            })
        })
        .collect::<Vec<_>>()
        .join(" ")
}
