//! The journal, and the endpoints for tests in other processes.

use std::time::{Duration, SystemTime};

use scalekit::raw::connected_accounts as api;
use scalekit_emulator::{Account, CallStatus, Code, Consent, Details, Protocol, Seed};
use serde_json::json;

use crate::support::{by_name, seeded, start};

#[tokio::test]
async fn calls_are_recorded_in_order_with_their_requests() {
    let harness = seeded(Seed::builtin().account(Account::new("gmail", "a@x.test"))).await;
    let mut request = harness.with_token(by_name("gmail", "a@x.test"));
    request
        .metadata_mut()
        .insert("x-sdk-version", "Scalekit-Rust/0.1.0".parse().unwrap());
    harness
        .accounts()
        .get_connected_account_details(request)
        .await
        .unwrap();
    harness
        .proxy("POST", "/echo?q=1", "gmail", "a@x.test", "{\"n\":5}")
        .await;
    harness.rest("GET", "/api/v1/tools?page_size=3", None).await;
    let calls = harness.emulator.calls();
    let seen: Vec<_> = calls
        .iter()
        .map(|call| {
            (
                call.seq,
                call.protocol,
                call.method.as_str(),
                call.rpc.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (1, Protocol::Oauth, "POST /oauth/token", None),
            (
                2,
                Protocol::Grpc,
                "scalekit.v1.connected_accounts.ConnectedAccountService/GetConnectedAccountDetails",
                Some("GetConnectedAccountDetails")
            ),
            (3, Protocol::Proxy, "POST /proxy/echo?q=1", None),
            (
                4,
                Protocol::Rest,
                "GET /api/v1/tools?page_size=3",
                Some("ListTools")
            ),
        ]
    );
    assert_eq!(calls[0].request["grant_type"], "client_credentials");
    assert_eq!(calls[0].status, CallStatus::Http(200));
    assert_eq!(
        calls[1].request,
        json!({ "connector": "gmail", "identifier": "a@x.test" })
    );
    assert_eq!(
        calls[1].header("x-sdk-version"),
        Some("Scalekit-Rust/0.1.0")
    );
    assert_eq!(calls[1].header("x-nothing"), None);
    assert_eq!(calls[1].status, CallStatus::Rpc(Code::Ok));
    assert_eq!(calls[2].request, json!({ "n": 5 }));
    assert_eq!(calls[2].header("identifier"), Some("a@x.test"));
    assert_eq!(calls[3].request, json!({ "pageSize": 3 }));
    assert!(calls.iter().all(|call| call.status.is_ok()));
    assert_eq!(harness.emulator.calls_to("ListTools").len(), 1);
}

#[tokio::test]
async fn no_credential_is_printed_or_returned_over_http() {
    let harness = start().await;
    let details = api::AuthorizationDetails {
        details: Some(api::authorization_details::Details::OauthToken(
            api::OauthToken {
                access_token: "SENTINEL-access".to_owned(),
                refresh_token: "SENTINEL-refresh".to_owned(),
                ..Default::default()
            },
        )),
    };
    harness
        .accounts()
        .create_connected_account(harness.with_token(api::CreateConnectedAccountRequest {
            connector: Some("gmail".to_owned()),
            identifier: Some("a@x.test".to_owned()),
            connected_account: Some(api::CreateConnectedAccount {
                authorization_details: Some(details),
                api_config: None,
            }),
            ..Default::default()
        }))
        .await
        .unwrap();
    let link = harness.link("exa", "a@x.test").await;
    let form = Consent::form([("api_key", "SENTINEL-key")]);
    assert!(!format!("{form:?}").contains("SENTINEL"));
    harness.emulator.consent(&link, form).await.unwrap();
    harness
        .proxy(
            "POST",
            "/echo?key=SENTINEL-query",
            "exa",
            "a@x.test",
            "SENTINEL-body",
        )
        .await;
    let secrets = [
        "SENTINEL",
        harness.token.as_str(),
        harness.emulator.client_secret(),
        link.rsplit('/').next().unwrap(),
    ];
    let debug = format!("{:?}", harness.emulator.calls());
    let listed = harness.bare("GET", "/_emulator/calls", "").await.text();
    for secret in secrets {
        assert!(!debug.contains(secret), "{secret} in {debug}");
        assert!(!listed.contains(secret), "{secret} in {listed}");
    }
    assert!(debug.contains("CreateConnectedAccount"));
    // A test in the same process sees everything.
    let calls = harness.emulator.calls_to("CreateConnectedAccount");
    let token = &calls[0].request["connectedAccount"]["authorizationDetails"]["oauthToken"];
    assert_eq!(token["accessToken"], "SENTINEL-access");
    for debug in [
        format!("{:?}", harness.emulator),
        format!("{:?}", Details::api_key("SENTINEL")),
        format!(
            "{:?}",
            Account::new("a", "b").details(Details::oauth("SENTINEL"))
        ),
    ] {
        assert!(!debug.contains("SENTINEL"), "{debug}");
        assert!(!debug.contains(harness.emulator.client_secret()), "{debug}");
    }
}

#[tokio::test]
async fn the_admin_endpoints_serve_other_processes() {
    let harness = start().await;
    let health = harness.bare("GET", "/_emulator/health", "").await;
    assert_eq!(health.json(), json!({ "status": "ok" }));
    harness.rest("GET", "/api/v1/tools", None).await;
    let calls = harness.bare("GET", "/_emulator/calls", "").await.json();
    assert_eq!(calls["token_requests"], 1);
    let last = calls["calls"].as_array().unwrap().last().unwrap();
    assert_eq!(last["rpc"], "ListTools");
    assert_eq!(last["status"], "OK");
    assert_eq!(last["headers"]["authorization"], json!(["[redacted]"]));
    // Reading the journal is not recorded in it.
    assert_eq!(harness.emulator.calls().len(), 2);
    let clock = || async {
        harness.bare("GET", "/_emulator/clock", "").await.json()["unix_seconds"]
            .as_f64()
            .unwrap()
    };
    let before = clock().await;
    let moved = harness
        .bare("POST", "/_emulator/clock", "{\"advance_seconds\": 500}")
        .await;
    assert_eq!(moved.status, 200);
    assert!(clock().await >= before + 500.0);
    let set = harness
        .bare("POST", "/_emulator/clock", "{\"unix_seconds\": 1000000000}")
        .await;
    assert_eq!(set.status, 200);
    assert!((clock().await - 1_000_000_000.0).abs() < 60.0);
    for wrong in [
        "",
        "{}",
        "{\"advance_seconds\": -1}",
        "{\"advance_seconds\":1,\"unix_seconds\":1}",
    ] {
        let response = harness.bare("POST", "/_emulator/clock", wrong).await;
        assert_eq!(response.status, 400, "{wrong}");
    }
    harness.link("gmail", "a@x.test").await;
    assert_eq!(
        harness.bare("POST", "/_emulator/reset", "").await.status,
        200
    );
    assert!(harness.emulator.calls().is_empty());
    assert!((clock().await - before).abs() < 60.0);
    harness.bare("POST", "/_emulator/revoke_tokens", "").await;
    assert_eq!(harness.rest("GET", "/api/v1/tools", None).await.status, 401);
    assert_eq!(harness.bare("GET", "/_emulator/nope", "").await.status, 404);
}

#[tokio::test]
async fn a_reset_restores_the_seed_and_keeps_tokens() {
    let harness = seeded(Seed::builtin().account(Account::new("gmail", "a@x.test"))).await;
    harness.link("gmail", "b@x.test").await;
    harness
        .emulator
        .fail_next("ListTools", scalekit_emulator::Fault::http(500));
    harness.emulator.clock().advance(Duration::from_secs(5_000));
    harness.emulator.reset();
    let drift = harness
        .emulator
        .clock()
        .now()
        .duration_since(SystemTime::now())
        .unwrap_or_else(|behind| behind.duration());
    assert!(drift < Duration::from_secs(1));
    assert_eq!(harness.emulator.token_requests(), 0);
    assert_eq!(harness.rest("GET", "/api/v1/tools", None).await.status, 200);
    let response = harness
        .rest("GET", "/api/v1/connected_accounts", None)
        .await;
    assert_eq!(response.json()["total_size"], 1);
}

#[tokio::test]
async fn stopping_ends_connections_and_frees_the_port() {
    let harness = start().await;
    harness.rest("GET", "/api/v1/tools", None).await;
    let address = harness.emulator.address();
    harness.emulator.shutdown().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    let dropped = start().await;
    let address = dropped.emulator.address();
    drop(dropped);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
