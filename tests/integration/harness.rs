//! The fixtures of the tests of one transport: an emulator, and clients that use this transport.

use std::ops::Deref;

use scalekit::{Client, ClientBuilder, Error, ErrorKind, OauthToken, Outcome};
use scalekit_emulator::{
    Builder, Code, Connection, Emulator, Fault, Seed, Status, Tool, ToolFailure,
};
use serde_json::json;

use super::TRANSPORT;
use crate::canary;

/// A connection name and a user, as most tests use them.
pub const GMAIL: (&str, &str) = ("gmail", "alice@example.com");

/// An emulator whose clients use the transport under test.
pub struct Served(Option<Emulator>);

impl Served {
    pub fn client(&self) -> Client {
        self.client_builder().build().expect("a client")
    }

    pub fn client_builder(&self) -> ClientBuilder {
        (**self).client_builder().transport(TRANSPORT)
    }

    /// Makes the next attempt at `rpc` fail with "unavailable". The returned function counts the
    /// attempts since.
    pub fn unavailable_once(&self, rpc: &'static str) -> impl Fn() -> usize {
        let status = Status::new(Code::Unavailable, "not now");
        self.fail_next(rpc, Fault::status(status));
        let before = self.calls_to(rpc).len();
        move || self.calls_to(rpc).len() - before
    }

    /// Expects that each call was rejected before anything was sent, even for a token.
    #[track_caller]
    pub fn assert_nothing_was_sent(&self, errors: impl IntoIterator<Item = Option<Error>>) {
        for error in errors {
            let error = error.expect("an error");
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert_eq!(error.outcome(), Outcome::NotSent);
        }
        assert!(self.calls().is_empty());
    }

    pub async fn shutdown(mut self) {
        if let Some(emulator) = self.0.take() {
            emulator.shutdown().await;
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(emulator) = &self.0 {
            canary::check("the journal", &format!("{:?}", emulator.calls()));
        }
    }
}

impl Deref for Served {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        self.0.as_ref().expect("not shut down")
    }
}

/// An emulator with the built-in seed.
pub async fn emulator() -> Served {
    serve(Emulator::builder()).await
}

/// An emulator with a custom seed, whose client secret the canary knows.
pub async fn serve(builder: Builder) -> Served {
    Served(Some(canary::emulator(builder).await))
}

/// A client builder that sets only the transport.
pub fn client_builder() -> ClientBuilder {
    Client::builder().transport(TRANSPORT)
}

/// An emulator with the built-in seed and the additions of `seed`.
pub async fn emulator_with(seed: impl FnOnce(Seed) -> Seed) -> Served {
    serve(Emulator::builder().seed(seed(Seed::builtin()))).await
}

/// An emulator in which Alice has an active Gmail account.
pub async fn connected() -> (Served, Client) {
    let emulator = emulator().await;
    let client = emulator.client();
    connect(&client).await;
    (emulator, client)
}

pub async fn connect(client: &Client) {
    client
        .actions()
        .create_connected_account(GMAIL.0, GMAIL.1, OauthToken::new("ya29.sentinel-access"))
        .await
        .expect("an account");
}

/// A Gmail tool that fails in this way, and one that echoes its call.
pub fn test_tools(seed: Seed) -> Seed {
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
