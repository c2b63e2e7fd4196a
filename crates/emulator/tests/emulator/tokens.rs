//! The token endpoint, and access with tokens.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use scalekit::raw::tools::ListToolsRequest;
use scalekit_emulator::Emulator;
use serde_json::{Value, json};
use tonic::Code;

use crate::support::{info, request, start, with};

#[tokio::test]
async fn client_credentials_give_a_signed_token_that_the_key_set_verifies() {
    let harness = start().await;
    let mut parts = harness.token.split('.');
    let (header, claims, signature) = (
        parts.next().unwrap(),
        parts.next().unwrap(),
        parts.next().unwrap(),
    );
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let header_json: Value = serde_json::from_slice(&decode(header)).unwrap();
    let claims_json: Value = serde_json::from_slice(&decode(claims)).unwrap();
    let keys = harness.bare("GET", "/keys", "").await.json();
    let key = &keys["keys"][0];
    assert_eq!(header_json["kid"], key["kid"]);
    assert_eq!(header_json["alg"], "RS256");
    assert_eq!(claims_json["iss"], harness.emulator.env_url());
    let number = |name: &str| decode(key[name].as_str().unwrap());
    RsaPublicKeyComponents {
        n: number("n"),
        e: number("e"),
    }
    .verify(
        &RSA_PKCS1_2048_8192_SHA256,
        format!("{header}.{claims}").as_bytes(),
        &decode(signature),
    )
    .unwrap();
}

#[tokio::test]
async fn the_response_states_the_lifetime_of_the_token() {
    let harness = with(Emulator::builder().token_lifetime(Duration::from_secs(77))).await;
    let response = harness
        .form(
            "/oauth/token",
            &[
                ("grant_type", "client_credentials"),
                ("client_id", harness.emulator.client_id()),
                ("client_secret", harness.emulator.client_secret()),
            ],
        )
        .await
        .json();
    assert_eq!(response["expires_in"], 77);
    assert_eq!(response["token_type"], "Bearer");
    assert_eq!(harness.emulator.token_requests(), 2);
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_grant_are_rejected() {
    let harness = start().await;
    let wrong = [
        ("grant_type", "client_credentials"),
        ("client_id", harness.emulator.client_id()),
        ("client_secret", "wrong"),
    ];
    let response = harness.form("/oauth/token", &wrong).await;
    assert_eq!(response.status, 401);
    assert_eq!(response.json()["error"], "invalid_client");
    assert!(response.json()["error_description"].is_string());
    let response = harness
        .form("/oauth/token", &[("grant_type", "password")])
        .await;
    assert_eq!(response.status, 400);
    assert_eq!(response.json()["error"], "unsupported_grant_type");
    assert_eq!(harness.bare("GET", "/oauth/token", "").await.status, 405);
}

#[tokio::test]
async fn without_a_valid_token_a_call_is_unauthenticated_on_both_protocols() {
    let harness = start().await;
    for token in ["", "nonsense"] {
        let status = harness
            .tools()
            .list_tools(request(token, ListToolsRequest::default()))
            .await
            .unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated);
        assert_eq!(info(&status).error_code, "UNAUTHENTICATED");
        assert!(info(&status).request_info.is_some());
    }
    let response = harness.bare("GET", "/api/v1/tools", "").await;
    assert_eq!(response.status, 401);
    assert_eq!(response.json()["code"], 16);
    let detail = &response.json()["details"][0];
    assert_eq!(
        detail["@type"],
        "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo"
    );
    assert_eq!(detail["error_code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_token_expires_by_the_clock_and_by_revocation() {
    let harness = with(Emulator::builder().token_lifetime(Duration::from_secs(60))).await;
    let list = || async {
        harness
            .tools()
            .list_tools(harness.with_token(ListToolsRequest::default()))
            .await
            .map_err(|status| status.code())
    };
    assert!(list().await.is_ok());
    harness.emulator.clock().advance(Duration::from_secs(61));
    assert_eq!(list().await.unwrap_err(), Code::Unauthenticated);
    harness.emulator.clock().set(SystemTime::now());
    assert!(list().await.is_ok());
    harness.emulator.revoke_tokens();
    assert_eq!(list().await.unwrap_err(), Code::Unauthenticated);
}

#[tokio::test]
async fn one_valid_token_among_several_is_enough() {
    let harness = start().await;
    let mut request = tonic::Request::new(ListToolsRequest::default());
    let values = [
        "Bearer outdated".to_owned(),
        format!("Bearer {}", harness.token),
    ];
    for value in &values {
        request
            .metadata_mut()
            .append("authorization", value.parse().unwrap());
    }
    harness.tools().list_tools(request).await.unwrap();
    let call = harness.emulator.calls_to("ListTools").pop().unwrap();
    assert_eq!(call.headers("authorization"), values);
}

#[tokio::test]
async fn the_token_endpoint_can_fail_on_demand() {
    use scalekit_emulator::{Code, Fault, Status};
    let harness = start().await;
    harness.emulator.fail_next("/oauth/token", Fault::http(502));
    harness
        .emulator
        .fail_next("/oauth/token", Status::new(Code::Unavailable, "later"));
    assert_eq!(harness.bare("POST", "/oauth/token", "").await.status, 502);
    let response = harness.bare("POST", "/oauth/token", "").await;
    assert_eq!(response.status, 503);
    assert_eq!(
        response.json(),
        json!({ "error": "server_error", "error_description": "later" })
    );
    harness.fetch_token().await;
}
