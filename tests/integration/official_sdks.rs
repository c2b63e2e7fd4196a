//! Defects of the official SDKs (Node 2.11.0 and Python 2.21.0, observed by running them), each by
//! name, and that this crate does not have them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Method, StatusCode};
use scalekit::{AccountStatus, Client, ErrorKind, OauthToken, Outcome, StaticAuth};
use scalekit_emulator::{Code, Fault, Status, Tool};
use serde_json::{Value, json};

use super::harness::{GMAIL, connect, connected, emulator, emulator_with, test_tools};

/// Lists tools with 64 concurrent calls.
async fn list_tools_at_once(client: &Client) {
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.tools().list_tools().await.map(drop) })
        })
        .collect();
    for task in tasks {
        task.await.expect("joined").expect("a page");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_first_calls_share_one_token() {
    let emulator = emulator().await;
    let client = emulator.client();
    list_tools_at_once(&client).await;
    assert_eq!(emulator.token_requests(), 1);
    let calls = emulator.calls();
    assert!(
        calls[0].method.contains("/oauth/token"),
        "the token came first"
    );
}

#[tokio::test]
async fn a_wrong_client_secret_is_a_typed_error() {
    let emulator = emulator().await;
    let builder = emulator.client_builder().client_secret("sentinel-wrong");
    let client = builder.build().expect("a client");
    let error = client.tools().list_tools().await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(
        (error.http_status(), error.outcome()),
        (Some(401), Outcome::NotSent)
    );
}

#[tokio::test]
async fn after_a_refresh_the_new_token_is_sent_and_the_old_one_is_not() {
    let emulator = emulator().await;
    let client = emulator.client();
    client.tools().list_tools().await.expect("a page");
    emulator.revoke_tokens();
    client.tools().list_tools().await.expect("a page");
    let calls = emulator.calls_to("ListTools");
    let sent: Vec<_> = calls
        .iter()
        .map(|call| call.headers("authorization"))
        .collect();
    assert!(
        sent.iter()
            .all(|tokens| tokens.len() == 1 && !tokens[0].contains(','))
    );
    assert_ne!(sent.first(), sent.last());
}

#[tokio::test]
async fn a_tool_runs_once_whatever_the_response() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let emulator = emulator_with(|seed| {
        seed.tool(Tool::new("send", "GMAIL").handler(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(json!({}))
        }))
    })
    .await;
    let client = emulator.client();
    connect(&client).await;
    let faults = [
        Fault::status(Status::new(Code::Unavailable, "gone")),
        Fault::status(Status::new(Code::Internal, "broken")),
        Fault::status(Status::new(Code::DeadlineExceeded, "slow")),
        Fault::http(429),
        Fault::http(502),
        Fault::http(503),
        Fault::http(504),
    ];
    for (index, fault) in faults.into_iter().enumerate() {
        emulator.fail_next("ExecuteTool", fault.after_executing());
        let sent = client
            .actions()
            .execute_tool("send", json!({}))
            .account(GMAIL)
            .await;
        let error = sent.expect_err("a fault");
        assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
        assert_eq!(runs.load(Ordering::SeqCst), index + 1, "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_calls_after_a_revoked_token_make_one_token_request() {
    let emulator = emulator().await;
    let client = emulator.client();
    client.tools().list_tools().await.expect("a page");
    emulator.revoke_tokens();
    list_tools_at_once(&client).await;
    assert_eq!(emulator.token_requests(), 2);
}

#[tokio::test]
async fn a_redirect_from_the_proxy_is_a_response_and_is_not_followed() {
    let (emulator, client) = connected().await;
    let before = emulator.calls().len();
    let response = client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/redirect")
        .method(Method::POST)
        .json(&json!({"secret": "body"}))
        .await
        .expect("a response");
    assert!(response.status().is_redirection());
    assert!(response.headers().contains_key("location"));
    assert_eq!(emulator.calls().len(), before + 1);
    response.error_for_status().expect("a redirect is no error");
}

#[tokio::test]
async fn a_host_header_and_headers_that_select_an_account_are_rejected() {
    let (emulator, client) = connected().await;
    let before = emulator.calls().len();
    for name in ["Host", "authorization", "connection_name", "identifier"] {
        let request = client.actions().request(GMAIL.0, GMAIL.1, "/echo");
        let error = request.header(name, "mallory").await.expect_err(name);
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::InvalidInput, Outcome::NotSent)
        );
    }
    assert_eq!(emulator.calls().len(), before);
}

#[tokio::test]
async fn debug_of_a_client_an_account_or_an_error_shows_no_secret() {
    let (emulator, client) = connected().await;
    client.tools().list_tools().await.expect("a token is held");
    let account = client
        .actions()
        .get_connected_account(GMAIL)
        .await
        .expect("it");
    emulator.fail_next("ListTools", Status::new(Code::Internal, "no"));
    let error = client.tools().list_tools().await.expect_err("a fault");
    let printed = format!("{client:?} {account:?} {error:?} {error}");
    for secret in ["sentinel-", "eyJ", emulator.client_secret()] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[tokio::test]
async fn the_http_status_of_a_gateway_is_reported_unchanged() {
    let emulator = emulator().await;
    let client = emulator.client();
    for (status, kind) in [
        (404, ErrorKind::NotImplemented),
        (429, ErrorKind::ServiceUnavailable),
    ] {
        emulator.fail_next("RefreshTools", Fault::http(status));
        let error = client
            .tools()
            .refresh_tools(("gmail", "u"))
            .await
            .expect_err("a status");
        assert_eq!((error.kind(), error.http_status()), (kind, Some(status)));
        assert!(!error.message().contains("[object"), "{error}");
    }
}

#[tokio::test]
async fn static_credentials_are_sent_on_create() {
    let emulator = emulator().await;
    let client = emulator.client();
    let details = StaticAuth::new().field("api_key", "sentinel-key");
    let create = client
        .actions()
        .create_connected_account("exa", "alice", details);
    create.await.expect("created");
    let sent = &emulator.calls_to("CreateConnectedAccount")[0].request;
    let text = sent.to_string();
    assert!(
        text.contains("\"staticAuth\"") && text.contains("sentinel-key"),
        "{text}"
    );
}

#[tokio::test]
async fn organization_and_user_are_sent_with_every_call_that_takes_them() {
    let emulator = emulator_with(test_tools).await;
    let client = emulator.client();
    let actions = client.actions();
    let (organization, user) = ("org_1", "usr_1");
    macro_rules! owned {
        ($call:expr) => {
            $call
                .organization_id(organization)
                .user_id(user)
                .await
                .expect("done")
        };
    }
    let account = ("gmail", "frank");
    owned!(actions.create_connected_account("gmail", "frank", OauthToken::new("sentinel-token")));
    owned!(actions.get_connected_account(account));
    owned!(actions.get_connected_account_details(account));
    owned!(actions.get_or_create_connected_account("gmail", "frank"));
    owned!(actions.list_connected_accounts());
    owned!(actions.get_authorization_link(account));
    owned!(actions.execute_tool("echo", json!({})).account(account));
    owned!(actions.delete_connected_account(account));
    let calls = emulator.calls();
    let rpcs: Vec<_> = calls.iter().filter(|call| call.rpc.is_some()).collect();
    assert_eq!(rpcs.len(), 8);
    for call in rpcs {
        let rpc = &call.rpc;
        assert_eq!(call.request["organizationId"], organization, "{rpc:?}");
        assert_eq!(call.request["userId"], user, "{rpc:?}");
    }
}

#[tokio::test]
async fn unset_times_are_absent_and_integers_stay_integers() {
    let five = Tool::new("five", "GMAIL").result(json!({ "five": 5 }));
    let emulator = emulator_with(|seed| seed.tool(five)).await;
    let client = emulator.client();
    connect(&client).await;
    let account = client
        .actions()
        .get_connected_account_details(GMAIL)
        .await
        .expect("it");
    assert_eq!(account.last_used_at, None, "it was never used");
    let output = client
        .actions()
        .execute_tool("five", json!({}))
        .account(GMAIL)
        .await;
    assert_eq!(
        output.expect("a result").value().expect("JSON").to_string(),
        r#"{"five":5}"#
    );
}

#[tokio::test]
async fn concurrent_get_or_create_creates_one_account_without_conflict() {
    let emulator = emulator().await;
    let client = emulator.client();
    // No caller sees the account before all have looked for it.
    emulator.fail_next(
        "GetConnectedAccountDetails",
        Fault::status(Status::new(Code::NotFound, "not yet")).times(8),
    );
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                client
                    .actions()
                    .get_or_create_connected_account("gmail", "race")
                    .await
            })
        })
        .collect();
    let mut created = 0;
    let mut ids = std::collections::BTreeSet::new();
    for task in tasks {
        let found = task.await.expect("joined").expect("an account");
        created += usize::from(found.created);
        ids.insert(found.account.id);
    }
    assert_eq!((created, ids.len()), (1, 1));
}

#[tokio::test]
async fn get_or_create_reads_no_credentials_and_respects_organization_and_user() {
    let emulator = emulator().await;
    let client = emulator.client();
    let get = || {
        client
            .actions()
            .get_or_create_connected_account("gmail", "gina")
    };
    let first = get()
        .organization_id("org_1")
        .user_id("usr_1")
        .await
        .expect("created");
    assert!(first.created);
    assert_eq!(first.account.status, AccountStatus::PendingAuth);
    let second = get()
        .organization_id("org_1")
        .user_id("usr_1")
        .await
        .expect("found");
    assert!(!second.created);
    assert_eq!(second.account.id, first.account.id);
    assert!(second.account.authorization_details.is_none());
    assert!(
        emulator.calls_to("GetConnectedAccountAuth").is_empty(),
        "credentials were read"
    );
    assert!(
        emulator.calls_to("UpdateConnectedAccount").is_empty(),
        "nothing to update"
    );
    for call in emulator.calls_to("GetConnectedAccountDetails") {
        assert_eq!(call.request["organizationId"], "org_1");
        assert_eq!(call.request["userId"], "usr_1");
    }
}

#[tokio::test]
async fn a_proxied_request_as_first_call_has_a_token() {
    let (emulator, _) = connected().await;
    let client = emulator.client();
    let request = client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/gmail/v1/users/me/profile");
    assert_eq!(request.await.expect("a response").status(), StatusCode::OK);
}

#[tokio::test]
async fn a_provider_s_own_401_is_a_response_and_is_not_retried() {
    let (emulator, client) = connected().await;
    client.tools().list_tools().await.expect("a token");
    let (tokens, calls) = (emulator.token_requests(), emulator.calls().len());
    let request = client.actions().request(GMAIL.0, GMAIL.1, "/status/401");
    let response = request.method(Method::POST).await.expect("a response");
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        (emulator.token_requests(), emulator.calls().len()),
        (tokens, calls + 1)
    );
}

#[tokio::test]
async fn a_form_is_sent_as_multipart() {
    let (_emulator, client) = connected().await;
    let request = client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/echo")
        .method(Method::POST);
    let response = request
        .multipart([("title", "Report")])
        .await
        .expect("a response");
    let echo: Value = response.json().expect("json");
    let content_type = echo["headers"]["content-type"].as_str().expect("a type");
    assert!(
        content_type.starts_with("multipart/form-data; boundary="),
        "{content_type}"
    );
    let body = echo["body"].as_str().expect("text");
    assert!(body.contains("name=\"title\"\r\n\r\nReport\r\n"), "{body}");
}

#[tokio::test]
async fn a_path_cannot_escape_from_the_proxy_to_the_management_api() {
    let (emulator, client) = connected().await;
    let before = emulator.calls().len();
    for path in [
        "/../api/v1/connected_accounts/auth",
        "/%2e%2e/api/v1/connected_accounts/auth",
        "/%2E%2e%2fapi/v1/connected_accounts/auth",
        "/%252e%252e/oauth/token",
        "/x/..;/../oauth/token",
        "/..\\oauth/token",
        "//elsewhere.example/",
        "https://elsewhere.example/",
    ] {
        let error = client
            .actions()
            .request(GMAIL.0, GMAIL.1, path)
            .await
            .expect_err(path);
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::InvalidInput, Outcome::NotSent)
        );
        assert!(error.message().starts_with("path "), "{error}");
    }
    assert_eq!(emulator.calls().len(), before);
}

#[tokio::test]
async fn all_pages_of_the_scoped_tools_are_read() {
    let tools = (0..25).map(|number| Tool::new(format!("tool_{number:02}"), "GMAIL"));
    let emulator = emulator_with(|seed| tools.fold(seed, scalekit_emulator::Seed::tool)).await;
    let client = emulator.client();
    connect(&client).await;
    let all = client
        .tools()
        .list_scoped_tools(GMAIL.1)
        .items()
        .collect()
        .await
        .expect("all");
    let ours = all
        .iter()
        .filter(|scoped| scoped.tool.name().starts_with("tool_"));
    assert_eq!(ours.count(), 25);
    assert!(emulator.calls_to("ListScopedTools").len() > 1);
}
