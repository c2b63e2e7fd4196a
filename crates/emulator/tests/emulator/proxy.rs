//! Proxied requests.

use scalekit_emulator::{Account, AccountStatus, Connection, Details, Seed};
use serde_json::json;

use crate::support::{seeded, start};

fn seed() -> Seed {
    Seed::builtin()
        .connection(Connection::basic("basic", "BASIC"))
        .connection(Connection::bearer("bearer", "BEARER"))
        .connection(Connection::api_key("keyed", "KEYED").api_key_header("x-token"))
        .connection(Connection::oauth("closed", "CLOSED").proxy_enabled(false))
        .account(Account::new("gmail", "a@x.test").details(Details::oauth("user-token")))
        .account(Account::new("exa", "a@x.test").details(Details::api_key("user-key")))
        .account(Account::new("basic", "a@x.test").details(Details::basic("u", "p")))
        .account(Account::new("bearer", "a@x.test").details(Details::bearer("b-token")))
        .account(Account::new("keyed", "a@x.test").details(Details::api_key("k2")))
        .account(Account::new("hackernews", "a@x.test"))
        .account(Account::new("closed", "a@x.test"))
        .account(Account::new("gmail", "pending").status(AccountStatus::PendingAuth))
        .account(Account::new("gmail", "zoë@x.test").details(Details::oauth("zoe-token")))
}

#[tokio::test]
async fn the_accounts_credentials_replace_the_callers() {
    let harness = seeded(seed()).await;
    for (connection, header, value) in [
        ("gmail", "authorization", json!("Bearer user-token")),
        ("exa", "x-api-key", json!("user-key")),
        ("basic", "authorization", json!("Basic dTpw")),
        ("bearer", "authorization", json!("Bearer b-token")),
        ("keyed", "x-token", json!("k2")),
        ("hackernews", "authorization", json!(null)),
    ] {
        let echo = harness
            .proxy("GET", "/echo", connection, "a@x.test", "")
            .await
            .json();
        assert_eq!(echo["headers"][header], value, "{connection}");
        for ours in ["connection_name", "identifier"] {
            assert!(echo["headers"].get(ours).is_none(), "{echo}");
        }
        assert!(!echo.to_string().contains(&harness.token));
    }
    assert!(
        harness
            .account("gmail", "a@x.test")
            .await
            .last_used_at
            .is_some()
    );
}

#[tokio::test]
async fn method_path_query_headers_and_body_are_forwarded_unchanged() {
    let harness = seeded(seed()).await;
    let path = "/echo/a%2Fb/../c//d;e?x=1&x=%20&y=a+b";
    for verb in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let request = http::Request::builder()
            .method(verb)
            .uri(harness.url(&format!("/proxy{path}")))
            .header("authorization", format!("Bearer {}", harness.token))
            .header("connection_name", "gmail")
            .header("identifier", "a@x.test")
            .header("x-mine", "one")
            .header("x-mine", "two")
            .header("content-type", "text/plain")
            .body("b\u{fc}rste".to_owned().into())
            .unwrap();
        let response = harness.send(request).await;
        assert_eq!(response.header("x-provider"), Some("emulator"));
        let echo = response.json();
        assert_eq!(echo["method"], verb);
        assert_eq!(echo["path"], "/echo/a%2Fb/../c//d;e");
        assert_eq!(echo["query"], "x=1&x=%20&y=a+b");
        assert_eq!(echo["body"], "bürste");
        assert_eq!(echo["headers"]["x-mine"], json!(["one", "two"]));
        assert_eq!(echo["headers"]["content-type"], "text/plain");
    }
}

#[tokio::test]
async fn the_responses_of_the_provider_are_returned_unchanged() {
    let harness = seeded(seed()).await;
    for status in [201, 400, 401, 403, 404, 429, 500, 503] {
        let response = harness
            .proxy("GET", &format!("/status/{status}"), "gmail", "a@x.test", "")
            .await;
        assert_eq!(response.status, status);
        assert_eq!(response.json()["provider"], "emulator");
    }
    let response = harness
        .proxy("GET", "/redirect", "gmail", "a@x.test", "")
        .await;
    assert_eq!(response.status, 302);
    assert!(
        response
            .header("location")
            .unwrap()
            .starts_with("https://redirected.invalid")
    );
}

#[tokio::test]
async fn the_proxys_own_401_differs_from_the_providers() {
    let harness = seeded(seed()).await;
    let theirs = harness
        .proxy("GET", "/status/401", "gmail", "a@x.test", "")
        .await;
    assert!(theirs.json().get("code").is_none());
    harness.emulator.revoke_tokens();
    let ours = harness
        .proxy("GET", "/status/401", "gmail", "a@x.test", "")
        .await;
    assert_eq!(ours.status, 401);
    assert_eq!(ours.header("content-type"), Some("application/json"));
    assert_eq!(
        ours.json(),
        json!({ "detail": "invalid token", "code": "UNAUTHORIZED" })
    );
}

#[tokio::test]
async fn the_account_must_be_named_exist_and_be_active() {
    let harness = seeded(seed()).await;
    let disabled = "TOOL_PROXY_DISABLED";
    for (connection, identifier, status, code, text) in [
        ("nope", "a@x.test", 404, "NOT_FOUND", "no connection named"),
        ("gmail", "nobody", 404, "NOT_FOUND", "no connected account"),
        (
            "gmail",
            "pending",
            400,
            "FAILED_PRECONDITION",
            "PENDING_AUTH",
        ),
        ("gmail", "pending", 400, "FAILED_PRECONDITION", "not active"),
        (
            "closed",
            "a@x.test",
            403,
            disabled,
            "proxy not enabled for provider",
        ),
        ("", "a@x.test", 400, "INVALID_ARGUMENT", "connection_name"),
        ("gmail", "", 400, "INVALID_ARGUMENT", "identifier"),
    ] {
        let response = harness
            .proxy("GET", "/echo", connection, identifier, "")
            .await;
        assert_eq!(response.status, status, "{connection} {identifier}");
        let body = response.json();
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(2));
        assert_eq!(body["code"], code);
        let detail = body["detail"].as_str().unwrap();
        assert!(detail.contains(text), "{detail}");
    }
    let request = http::Request::get(harness.url("/proxy/echo"))
        .header("authorization", format!("Bearer {}", harness.token))
        .body(Default::default())
        .unwrap();
    assert_eq!(harness.send(request).await.status, 400);
}

#[tokio::test]
async fn identifiers_may_be_utf8() {
    let harness = seeded(seed()).await;
    let request = http::Request::get(harness.url("/proxy/echo"))
        .header("authorization", format!("Bearer {}", harness.token))
        .header("connection_name", "gmail")
        .header("identifier", "zoë@x.test".as_bytes())
        .body(Default::default())
        .unwrap();
    let echo = harness.send(request).await.json();
    assert_eq!(echo["headers"]["authorization"], "Bearer zoe-token");
}

#[tokio::test]
async fn the_provider_knows_its_users_by_their_tokens() {
    let harness = seeded(seed()).await;
    let path = "/gmail/v1/users/me/profile";
    let response = harness.proxy("GET", path, "gmail", "a@x.test", "").await;
    assert_eq!(response.json()["emailAddress"], "a@x.test");
    let response = harness
        .proxy(
            "GET",
            "/gmail/v1/users/me/messages",
            "gmail",
            "a@x.test",
            "",
        )
        .await;
    assert_eq!(response.json()["messages"].as_array().unwrap().len(), 3);
    let response = harness
        .proxy("GET", path, "hackernews", "a@x.test", "")
        .await;
    assert_eq!(response.status, 401);
    let direct = harness.bare("GET", &format!("/_provider{path}"), "").await;
    assert_eq!(direct.status, 401);
}

#[tokio::test]
async fn a_connection_can_forward_to_another_provider() {
    let provider = start().await;
    let harness = seeded(
        Seed::empty()
            .connection(Connection::oauth("up", "UP").proxy_url(provider.url("/_provider/")))
            .connection(Connection::oauth("down", "DOWN").proxy_url("http://127.0.0.1:1"))
            .account(Account::new("up", "a@x.test").details(Details::oauth("t")))
            .account(Account::new("down", "a@x.test")),
    )
    .await;
    let response = harness
        .proxy("POST", "/echo/x?y=1", "up", "a@x.test", "{\"n\":5}")
        .await;
    let echo = response.json();
    assert_eq!(echo["path"], "/echo/x");
    assert_eq!(echo["json"], json!({ "n": 5 }));
    assert_eq!(echo["headers"]["authorization"], "Bearer t");
    let host = provider.emulator.address().to_string();
    assert_eq!(echo["headers"]["host"], host.as_str());
    let response = harness
        .proxy("GET", "/redirect", "up", "a@x.test", "")
        .await;
    assert_eq!(response.status, 302);
    let response = harness.proxy("GET", "/x", "down", "a@x.test", "").await;
    assert_eq!(response.status, 503);
}

#[tokio::test]
async fn the_proxy_can_fail_before_or_after_forwarding() {
    use scalekit_emulator::{Code, Fault, Status};
    let provider = start().await;
    let harness = seeded(
        Seed::empty()
            .connection(Connection::oauth("up", "UP").proxy_url(provider.url("/_provider")))
            .account(Account::new("up", "a@x.test")),
    )
    .await;
    let emulator = &harness.emulator;
    emulator.fail_next("/proxy", Fault::http(502).after_executing());
    emulator.fail_next("/proxy", Status::new(Code::Unavailable, "later"));
    let send = || harness.proxy("POST", "/echo", "up", "a@x.test", "x");
    assert_eq!(send().await.status, 502);
    assert_eq!(provider.emulator.calls_to("POST /_provider/echo").len(), 1);
    assert_eq!(send().await.status, 503);
    assert_eq!(provider.emulator.calls_to("POST /_provider/echo").len(), 1);
    assert_eq!(send().await.status, 200);
}
