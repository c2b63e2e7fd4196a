//! ExecuteTool: selects the account, checks the input, runs the tool.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use scalekit::raw::tools as api;
use serde_json::json;

use super::http_tool;
use crate::ids;
use crate::json::{from_struct, to_struct};
use crate::seed::{AccountStatus, Outcome, ToolCall};
use crate::shared::Shared;
use crate::state::{AccountRef, Injection, State, ToolRecord};
use crate::status::{Status, internal, invalid, not_found, precondition};
use crate::tool_schema::Checked;

/// Everything that the execution needs, copied so that the tool runs without holding the lock.
struct Prepared {
    call: ToolCall,
    outcome: Option<Outcome>,
    delay: Duration,
    credentials: Option<Injection>,
}

pub(crate) async fn execute(
    shared: &Shared,
    request: &api::ExecuteToolRequest,
) -> Result<api::ExecuteToolResponse, Status> {
    let prepared = prepare(shared, request)?;
    if !prepared.delay.is_zero() {
        tokio::time::sleep(prepared.delay).await;
    }
    let execution_id = prepared.call.execution_id.clone();
    {
        // Counted after the delay: a call that was cancelled during it executed nothing.
        let mut state = shared.state();
        *state
            .executions
            .entry(prepared.call.tool_name.clone())
            .or_default() += 1;
        if let Some(run) = &prepared.call.agent_run_id {
            state.runs.count(run);
        }
        let now = shared.clock.now();
        if let Some(account) = state
            .accounts
            .iter_mut()
            .find(|account| account.id == prepared.call.connected_account_id)
        {
            account.last_used_at = Some(now);
        }
    }
    let result = match prepared.outcome {
        None => Ok(json!({ "tool_name": prepared.call.tool_name, "input": prepared.call.input })),
        Some(Outcome::Result(value)) => Ok(value),
        Some(Outcome::Failure(failure)) => Err(failure),
        Some(Outcome::Handler(handler)) => {
            // A task of its own, so that a panic in the handler fails one call and not the connection.
            let call = prepared.call;
            tokio::spawn(async move {
                let future = std::panic::catch_unwind(AssertUnwindSafe(|| handler(call)));
                match future {
                    Ok(future) => Some(future.await),
                    Err(_) => None,
                }
            })
            .await
            .ok()
            .flatten()
            .ok_or_else(|| internal("the tool's handler panicked"))?
        }
        Some(Outcome::Http(url)) => {
            http_tool::execute(shared, &url, &prepared.call, prepared.credentials).await
        }
    };
    match result {
        Ok(value) => Ok(api::ExecuteToolResponse {
            data: Some(to_struct(&value)),
            execution_id,
        }),
        Err(failure) => Err(
            Status::new(failure.code, failure.message.clone()).tool_error(
                execution_id,
                failure.tool_error_code,
                failure.message,
            ),
        ),
    }
}

fn prepare(shared: &Shared, request: &api::ExecuteToolRequest) -> Result<Prepared, Status> {
    let state = shared.state();
    let tool = &state.tools[state.tool_named(&request.tool_name)?];
    let at = account_for(&state, tool, request)?;
    let account = &state.accounts[at];
    let connection = state.connection_of(account)?;
    if !State::serves(connection, tool) {
        return Err(invalid(
            "connector",
            format!(
                "tool \"{}\" belongs to provider {}, not to connection \"{}\" of {}",
                tool.spec.name, tool.spec.provider, connection.spec.name, connection.spec.provider
            ),
        ));
    }
    if !connection.spec.enabled {
        return Err(precondition(format!(
            "connection \"{}\" is disabled",
            connection.spec.name
        )));
    }
    let remedy = match account.status {
        AccountStatus::Active => None,
        AccountStatus::PendingAuth => Some("send the user to an authorization link"),
        AccountStatus::PendingVerification => {
            Some("call VerifyConnectedAccountUser with the auth_request_id")
        }
        AccountStatus::Expired | AccountStatus::Disconnected => {
            Some("send the user to a new authorization link")
        }
    };
    if let Some(remedy) = remedy {
        // The service's message also names the state and says "not active".
        return Err(precondition(format!(
            "connected account {} of \"{}\" on \"{}\" is not active ({}): {remedy}",
            account.id,
            account.identifier,
            connection.spec.name,
            account.status.to_proto().as_str_name()
        ))
        .resource("connected_account", std::iter::empty::<String>()));
    }
    let input = request
        .params
        .as_ref()
        .map_or_else(|| json!({}), from_struct);
    if tool
        .input
        .check(&tool.spec.name, &tool.spec.input_schema, &input)?
        == Checked::Unchecked
    {
        shared.journal.log(format_args!(
            "{}: tool input not validated (built without the feature `validation`)",
            tool.spec.name
        ));
    }
    Ok(Prepared {
        call: ToolCall {
            tool_name: tool.spec.name.clone(),
            input,
            connected_account_id: account.id.clone(),
            identifier: account.identifier.clone(),
            connection_name: connection.spec.name.clone(),
            organization_id: account.organization_id.clone(),
            user_id: account.user_id.clone(),
            agent_run_id: request.agent_run_id.clone(),
            execution_id: format!("exec_{}", ids::random(15)),
        },
        outcome: tool.spec.outcome.clone(),
        delay: tool.spec.delay,
        credentials: account.injection(connection),
    })
}

/// The account to execute with: by id, by connection and owner, or the owner's only suitable account.
fn account_for(
    state: &State,
    tool: &ToolRecord,
    request: &api::ExecuteToolRequest,
) -> Result<usize, Status> {
    let wanted = AccountRef::new(
        request.connected_account_id.as_deref(),
        request.connector.as_deref(),
        request.identifier.as_deref(),
        request.organization_id.as_deref(),
        request.user_id.as_deref(),
    );
    if wanted.id.is_some() || wanted.connector.is_some() {
        return state.find_account(wanted);
    }
    if !wanted.has_owner() {
        return Err(invalid(
            "identifier",
            "name the account by connected_account_id, or by identifier",
        ));
    }
    let fitting: Vec<usize> = state
        .accounts
        .iter()
        .enumerate()
        .filter(|(_, account)| {
            wanted.covers(account)
                && state
                    .connection_of(account)
                    .is_ok_and(|connection| State::serves(connection, tool))
        })
        .map(|(at, _)| at)
        .collect();
    let active: Vec<usize> = fitting
        .iter()
        .copied()
        .filter(|at| state.accounts[*at].status == AccountStatus::Active)
        .collect();
    match (active.as_slice(), fitting.as_slice()) {
        ([only], _) | ([], [only, ..]) => Ok(*only),
        ([], []) => Err(not_found(
            "connected_account",
            format!(
                "there is no connected account for {} at provider {}: get an authorization link \
                 first",
                wanted.owner(),
                tool.spec.provider
            ),
        )),
        _ => Err(invalid(
            "connector",
            format!(
                "{} has several accounts at provider {}: name the connection",
                wanted.owner(),
                tool.spec.provider
            ),
        )),
    }
}
