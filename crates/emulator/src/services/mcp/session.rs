//! MCP session tokens.

use std::ops::RangeInclusive;
use std::time::Duration;

use scalekit::raw::mcp as api;
use serde_json::json;

use super::lookup::{find_config, has_active_account};
use crate::clock::timestamp;
use crate::ids;
use crate::shared::Shared;
use crate::state::State;
use crate::status::{Status, internal, invalid, not_found, precondition};

/// The lifetime of a session token in seconds, unless the caller sets one.
const DEFAULT_LIFETIME: u64 = 3_600;

/// The lifetimes that a caller can set, in seconds.
const LIFETIME_RANGE: RangeInclusive<u64> = 60..=86_400;

/// Rejects a disabled connection, and a user without an active account on it.
fn check_connection(state: &State, name: &str, identifier: &str) -> Result<(), Status> {
    if !state.connection_named(name)?.spec.enabled {
        return Err(not_found(
            "connection",
            format!("there is no active connection named \"{name}\""),
        ));
    }
    if !has_active_account(state, name, identifier) {
        return Err(precondition(format!(
            "\"{identifier}\" has no active account at \"{name}\""
        )));
    }
    Ok(())
}

pub(crate) fn session_token(
    shared: &Shared,
    request: &api::CreateMcpSessionTokenRequest,
) -> Result<api::CreateMcpSessionTokenResponse, Status> {
    {
        let state = shared.state();
        if request.key_id.is_empty() {
            find_config(&state, &request.mcp_config_id)?;
        } else {
            check_connection(&state, &request.key_id, &request.identifier)?;
        }
    }
    let lifetime = match &request.expiry {
        None => DEFAULT_LIFETIME,
        Some(expiry) => u64::try_from(expiry.seconds)
            .ok()
            .filter(|seconds| LIFETIME_RANGE.contains(seconds))
            .ok_or_else(|| {
                let (least, most) = (LIFETIME_RANGE.start(), LIFETIME_RANGE.end());
                invalid("expiry", format!("must be {least} to {most} seconds"))
            })?,
    };
    let now = shared.clock.unix();
    let claims = json!({
        "iss": shared.settings.env_url,
        "sub": request.identifier,
        "mcp_config_id": request.mcp_config_id,
        "key_id": request.key_id,
        "access_level": if request.access_level.is_empty() { "FULL" } else { &request.access_level },
        "iat": now,
        "exp": now + lifetime,
        "jti": ids::random(12),
    });
    // Signed like an access token, but not issued as one: no RPC accepts it.
    let token = shared
        .tokens
        .sign(&claims)
        .ok_or_else(|| internal("the token could not be signed"))?;
    Ok(api::CreateMcpSessionTokenResponse {
        token,
        expires_at: Some(timestamp(
            shared.clock.now() + Duration::from_secs(lifetime),
        )),
    })
}
