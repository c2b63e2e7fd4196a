//! The crate against the emulator, over real sockets: one binary, a module per part.

mod accounts;
mod authorization;
mod client;
mod errors;
mod execute;
mod quickstart;
mod raw;
mod request;
mod secrets;
mod tools;

use scalekit::{Client, OauthToken};
use scalekit_emulator::{Connection, Emulator, Seed, Tool, ToolFailure};
use serde_json::json;

/// A connection name and a user, as most tests use them.
const GMAIL: (&str, &str) = ("gmail", "alice@example.com");

/// An emulator with the built-in seed.
async fn emulator() -> Emulator {
    Emulator::start().await.expect("the emulator starts")
}

/// An emulator with the built-in seed and what `seed` adds.
async fn emulator_with(seed: impl FnOnce(Seed) -> Seed) -> Emulator {
    let seed = seed(Seed::builtin());
    Emulator::builder()
        .seed(seed)
        .start()
        .await
        .expect("the emulator starts")
}

/// An emulator in which Alice has an active Gmail account.
async fn connected() -> (Emulator, Client) {
    let emulator = emulator().await;
    let client = emulator.client();
    connect(&client).await;
    (emulator, client)
}

async fn connect(client: &Client) {
    client
        .actions()
        .create_connected_account(GMAIL.0, GMAIL.1, OauthToken::new("ya29.sentinel-access"))
        .await
        .expect("an account");
}

/// A tool at Gmail that fails in the way given, and one that echoes its call.
fn test_tools(seed: Seed) -> Seed {
    use scalekit_emulator::Code;
    let failing = |name: &str, code, provider_code: &str| {
        Tool::new(name, "GMAIL").failure(ToolFailure::new(
            code,
            provider_code,
            "the provider said no",
        ))
    };
    seed.tool(failing(
        "fail_rate",
        Code::ResourceExhausted,
        "RATE_LIMITED",
    ))
    .tool(failing("fail_auth", Code::Unauthenticated, "INVALID_GRANT"))
    .tool(failing(
        "fail_scope",
        Code::PermissionDenied,
        "MISSING_SCOPE",
    ))
    .tool(failing("fail_other", Code::Internal, "BOOM"))
    .tool(Tool::new("echo", "GMAIL").handler(|call| {
        Ok(json!({
            "input": call.input,
            "identifier": call.identifier,
            "connection": call.connection_name,
            "account": call.connected_account_id,
            "organization": call.organization_id,
            "user": call.user_id,
            "run": call.agent_run_id,
        }))
    }))
    .connection(Connection::oauth("gmail-2", "GMAIL"))
}
