//! The RPCs over REST.

use scalekit_emulator::{Account, AccountStatus, Code as GrpcCode, Seed, Status};
use serde_json::{Value, json};
use std::time::Duration;

use crate::support::{Harness, seeded, start};

fn seed() -> Seed {
    Seed::builtin()
        .account(Account::new("gmail", "a@x.test").id("ca_1"))
        .account(Account::new("exa", "b@x.test").status(AccountStatus::PendingAuth))
}

async fn ok(harness: &Harness, verb: &str, path: &str, body: Option<Value>) -> Value {
    let response = harness.rest(verb, path, body).await;
    assert_eq!(response.status, 200, "{verb} {path}: {}", response.text());
    response.json()
}

#[tokio::test]
async fn parameters_reach_nested_repeated_and_wrapped_fields() {
    let harness = seeded(seed()).await;
    let path = "/api/v1/tools?filter.provider=GMAIL&filter.summary=true&page_size=5\
                &filter.tool_name=gmail_send_mail&filter.toolName=gmail_fetch_mails";
    let response = ok(&harness, "GET", path, None).await;
    assert_eq!(response["tool_names"].as_array().unwrap().len(), 2);
    assert_eq!(response["tools"], json!([]));
    assert_eq!(response["total_size"], 2);
    let call = harness.emulator.calls_to("ListTools").pop().unwrap();
    assert_eq!(
        call.request,
        json!({
            "filter": { "provider": "GMAIL", "summary": true,
                "toolName": ["gmail_send_mail", "gmail_fetch_mails"] },
            "pageSize": 5,
        })
    );
    let path = "/api/v1/connected_accounts?connection_names=gmail&connectionNames=exa&identifier=a%40x.test";
    assert_eq!(ok(&harness, "GET", path, None).await["total_size"], 1);
    // An empty required message is present all the same.
    let path = "/api/v1/tools/scoped?identifier=a@x.test&filter=";
    assert_eq!(ok(&harness, "GET", path, None).await["total_size"], 2);
}

#[tokio::test]
async fn an_unknown_or_invalid_parameter_is_rejected() {
    let harness = start().await;
    for (query, field) in [
        ("nope=1", "nope"),
        ("filter.nope=1", "filter.nope"),
        ("page_size.x=1", "page_size.x"),
        ("filter.summary=yes", "filter.summary"),
        ("filter=x", "filter"),
        ("page_size=many", "request"),
    ] {
        let response = harness
            .rest("GET", &format!("/api/v1/tools?{query}"), None)
            .await;
        assert_eq!(response.status, 400, "{query}");
        let response = response.json();
        assert_eq!(response["code"], 3);
        let violation = &response["details"][0]["validation_error_info"]["field_violations"][0];
        assert_eq!(violation["field"], field, "{response}");
    }
}

#[tokio::test]
async fn a_body_is_the_request_or_one_field_of_it() {
    let harness = seeded(seed()).await;
    let response = ok(
        &harness,
        "POST",
        "/api/v1/execute_tool",
        Some(json!({
            "tool_name": "gmail_fetch_mails", "connectedAccountId": "ca_1",
            "params": { "max_results": 1 },
        })),
    )
    .await;
    // Whole numbers have no fraction.
    assert_eq!(response["data"]["result_size"].to_string(), "1");
    assert!(response["execution_id"].is_string());
    let response = ok(
        &harness,
        "POST",
        "/api/v1/tools",
        Some(json!({ "provider": "GMAIL", "definition": { "name": "gmail_new" } })),
    )
    .await;
    assert_eq!(response["tool"]["definition"]["name"], "gmail_new");
    let id = response["tool"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        ok(&harness, "DELETE", &format!("/api/v1/tools/{id}"), None).await,
        json!({})
    );
    for (body, field) in [
        ("[]", "body"),
        ("{", "body"),
        ("{\"toolname\":1}", "request"),
    ] {
        let request = http::Request::post(harness.url("/api/v1/execute_tool"))
            .header("authorization", format!("Bearer {}", harness.token))
            .body(body.to_owned().into())
            .unwrap();
        let response = harness.send(request).await;
        assert_eq!(response.status, 400);
        assert_eq!(
            response.json()["details"][0]["validation_error_info"]["field_violations"][0]["field"],
            field
        );
    }
}

#[tokio::test]
async fn literal_paths_precede_variables_and_verbs_are_part_of_a_path() {
    let harness = seeded(seed()).await;
    let response = ok(&harness, "GET", "/api/v1/connected_accounts/ca_1", None).await;
    assert_eq!(response["connected_account"]["id"], "ca_1");
    // `this` is the portal's account and not an id.
    let response = harness
        .rest("GET", "/api/v1/connected_accounts/this", None)
        .await;
    assert_eq!(response.status, 400);
    let path = "/api/v1/connected_accounts/auth?id=ca_1";
    let response = ok(&harness, "GET", path, None).await;
    assert!(response["connected_account"]["authorization_details"]["oauth_token"].is_object());
    let path = "/api/v1/connected_accounts/details?connector=gmail&identifier=a@x.test";
    let response = ok(&harness, "GET", path, None).await;
    assert_eq!(
        response["connected_account"]["authorization_details"],
        Value::Null
    );
    let path = "/api/v1/connected_accounts/ca_1:disconnect";
    let response = ok(&harness, "POST", path, Some(json!({}))).await;
    assert_eq!(response["connected_account"]["status"], "DISCONNECTED");
    assert_eq!(response["connected_account"]["authorization_type"], "OAUTH");
    let response = ok(
        &harness,
        "POST",
        "/api/v1/tools:search",
        Some(json!({ "query": "mail" })),
    )
    .await;
    assert_eq!(response["tools"].as_array().unwrap().len(), 2);
    let response = ok(
        &harness,
        "GET",
        "/api/v1/connected_accounts:search?query=x.test",
        None,
    )
    .await;
    assert_eq!(response["total_size"], 2);
    let delete = Some(json!({ "id": "ca_1" }));
    ok(
        &harness,
        "POST",
        "/api/v1/connected_accounts:delete",
        delete,
    )
    .await;
}

#[tokio::test]
async fn the_whole_flow_works_over_rest() {
    let harness = start().await;
    let account = json!({ "connector": "gmail", "identifier": "a@x.test" });
    let mut create = account.clone();
    create["connected_account"] = json!({ "authorization_details": {} });
    let created = ok(
        &harness,
        "POST",
        "/api/v1/connected_accounts",
        Some(create.clone()),
    )
    .await;
    assert_eq!(created["connected_account"]["status"], "PENDING_AUTH");
    let again = harness
        .rest("POST", "/api/v1/connected_accounts", Some(create))
        .await;
    assert_eq!(again.status, 409);
    let mut link = account.clone();
    link["user_verify_url"] = json!("https://app.test/verify");
    let link = ok(
        &harness,
        "POST",
        "/api/v1/connected_accounts/magic_link",
        Some(link),
    )
    .await;
    assert!(link["expiry"].as_str().unwrap().ends_with('Z'));
    let location = harness
        .emulator
        .consent(
            link["link"].as_str().unwrap(),
            scalekit_emulator::Consent::Allow,
        )
        .await
        .unwrap()
        .unwrap();
    let id = crate::support::query(&location)["auth_request_id"].clone();
    let verify = json!({ "auth_request_id": id, "identifier": "a@x.test" });
    ok(
        &harness,
        "POST",
        "/api/v1/connected_accounts/user/verify",
        Some(verify),
    )
    .await;
    let update = json!({
        "connector": "gmail", "identifier": "a@x.test",
        "connected_account": { "api_config": { "n": 1 } },
    });
    let updated = ok(&harness, "PUT", "/api/v1/connected_accounts", Some(update)).await;
    assert_eq!(updated["connected_account"]["status"], "ACTIVE");
    assert_eq!(
        updated["connected_account"]["api_config"],
        json!({ "n": 1 })
    );
    ok(
        &harness,
        "POST",
        "/api/v1/connected_accounts:delete",
        Some(account),
    )
    .await;
}

#[tokio::test]
async fn errors_have_the_status_and_the_details_of_the_rpc() {
    let harness = start().await;
    for (code, status) in [
        (GrpcCode::InvalidArgument, 400),
        (GrpcCode::FailedPrecondition, 400),
        (GrpcCode::OutOfRange, 400),
        (GrpcCode::Unauthenticated, 401),
        (GrpcCode::PermissionDenied, 403),
        (GrpcCode::NotFound, 404),
        (GrpcCode::AlreadyExists, 409),
        (GrpcCode::Aborted, 409),
        (GrpcCode::ResourceExhausted, 429),
        (GrpcCode::Cancelled, 499),
        (GrpcCode::Unknown, 500),
        (GrpcCode::Internal, 500),
        (GrpcCode::DataLoss, 500),
        (GrpcCode::Unimplemented, 501),
        (GrpcCode::Unavailable, 503),
        (GrpcCode::DeadlineExceeded, 504),
    ] {
        harness.emulator.fail_next(
            "ListTools",
            Status::new(code, "no")
                .request_id("req_x")
                .retry_after(Duration::from_millis(1500)),
        );
        let response = harness.rest("GET", "/api/v1/tools", None).await;
        assert_eq!(response.status, status);
        assert_eq!(response.header("retry-after"), Some("2"));
        let body = response.json();
        assert_eq!(body["code"], code as i32);
        assert_eq!(body["message"], "no");
        assert_eq!(body["details"][0]["error_code"], code.name());
        assert_eq!(body["details"][0]["request_info"]["request_id"], "req_x");
        assert_eq!(body["details"][1]["retry_delay"], "1.5s");
    }
}

#[tokio::test]
async fn unknown_paths_and_verbs_have_different_errors() {
    let harness = start().await;
    assert_eq!(harness.rest("GET", "/api/v1/nope", None).await.status, 404);
    assert_eq!(
        harness.rest("DELETE", "/api/v1/tools", None).await.status,
        405
    );
    assert_eq!(harness.rest("GET", "/elsewhere", None).await.status, 404);
    let response = harness
        .rest("GET", "/api/v1/my-app-connections", None)
        .await;
    assert_eq!(response.status, 403);
    assert!(
        response.json()["message"]
            .as_str()
            .unwrap()
            .contains("SESSION_USER")
    );
}
