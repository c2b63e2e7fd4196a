//! The generated REST client with the facade's token and headers.

use scalekit::raw::rest::types::{
    ConnectedAccountsAuthorizationDetails, ConnectedAccountsCreateConnectedAccount,
    ConnectedAccountsCreateConnectedAccountRequest, ConnectedAccountsOauthToken,
    ToolsExecuteToolRequest,
};
use scalekit::raw::rest::{Error, RedactedText};
use scalekit_emulator::{Code, Fault, Protocol, Seed, Status};
use serde_json::json;

use crate::grpc::harness::{GMAIL, connected, emulator, emulator_with, test_tools};

#[tokio::test]
async fn an_operation_carries_a_token_that_is_renewed() {
    let emulator = emulator().await;
    let client = emulator.client();
    let rest = client.raw().rest().expect("a client");
    let list = || {
        rest.tool_service_list_tools(
            None,
            None,
            None,
            None,
            Some("GMAIL"),
            None,
            None,
            None,
            None,
            Some(2),
            None,
        )
    };
    let page = list().await.expect("a page");
    assert_eq!(page.tools.len(), 2);
    assert!(
        page.tools
            .iter()
            .all(|tool| tool.provider.as_deref() == Some("GMAIL"))
    );
    let call = &emulator.calls_to("ListTools")[0];
    assert_eq!(call.protocol, Protocol::Rest);
    for header in [
        "authorization",
        "user-agent",
        "x-sdk-version",
        "x-api-version",
    ] {
        assert_eq!(call.headers(header).len(), 1, "{header}");
    }
    list().await.expect("another page");
    assert_eq!(emulator.token_requests(), 1);
}

#[tokio::test]
async fn a_body_is_sent_and_an_error_has_its_details() {
    let (_emulator, client) = {
        let emulator = emulator_with(|seed: Seed| test_tools(seed)).await;
        let client = emulator.client();
        crate::grpc::harness::connect(&client).await;
        (emulator, client)
    };
    let rest = client.raw().rest().expect("a client");
    let mut request = ToolsExecuteToolRequest {
        tool_name: Some("echo".into()),
        connector: Some(GMAIL.0.into()),
        identifier: Some(GMAIL.1.into()),
        params: serde_json::from_value(json!({"n": 1})).expect("an object"),
        ..Default::default()
    };
    let response = rest
        .tool_service_execute_tool(&request)
        .await
        .expect("executed");
    let data = serde_json::to_value(&response.data).expect("JSON");
    assert_eq!(data["input"], json!({"n": 1}));

    request.tool_name = Some("fail_scope".into());
    let error = rest
        .tool_service_execute_tool(&request)
        .await
        .expect_err("no scope");
    let Error::ErrorResponse(response) = error else {
        panic!("{error:?}")
    };
    assert_eq!((response.status().as_u16(), response.code), (403, Some(7)));
    let detail = serde_json::to_value(&response.details[0]).expect("JSON");
    assert_eq!(detail["error_code"], "TOOL_ERROR");
}

#[tokio::test]
async fn a_credential_is_sent_but_not_printed() {
    let (_emulator, client) = connected().await;
    let rest = client.raw().rest().expect("a client");
    let token = ConnectedAccountsOauthToken {
        access_token: Some(RedactedText("sentinel-access".into())),
        ..Default::default()
    };
    let request = ConnectedAccountsCreateConnectedAccountRequest {
        connector: Some(GMAIL.0.into()),
        identifier: Some("bob".into()),
        connected_account: Some(ConnectedAccountsCreateConnectedAccount {
            authorization_details: Some(ConnectedAccountsAuthorizationDetails {
                oauth_token: Some(token),
                ..Default::default()
            }),
            ..Default::default()
        }),
        ..Default::default()
    };
    assert!(!format!("{request:?}").contains("sentinel"));
    rest.connected_account_service_create_connected_account(&request)
        .await
        .expect("created");
    let account = client
        .actions()
        .get_connected_account((GMAIL.0, "bob"))
        .await
        .expect("it");
    let Some(scalekit::AuthorizationDetails::OauthToken(token)) = account.authorization_details
    else {
        panic!("a token")
    };
    assert_eq!(token.access_token.expose(), "sentinel-access");
}

#[tokio::test]
async fn an_error_that_quotes_a_credential_does_not_show_it() {
    let (emulator, client) = connected().await;
    let rest = client.raw().rest().expect("a client");
    let request = || ConnectedAccountsCreateConnectedAccountRequest {
        connector: Some(GMAIL.0.into()),
        identifier: Some("bob".into()),
        connected_account: Some(ConnectedAccountsCreateConnectedAccount {
            authorization_details: Some(ConnectedAccountsAuthorizationDetails {
                oauth_token: Some(ConnectedAccountsOauthToken {
                    access_token: Some(RedactedText("sentinel-access".into())),
                    ..Default::default()
                }),
                ..Default::default()
            }),
            ..Default::default()
        }),
        ..Default::default()
    };
    let text = format!("bob: sentinel-access, {}", emulator.client_secret());
    let status = Status::new(Code::InvalidArgument, text);
    emulator.fail_next("CreateConnectedAccount", Fault::status(status));
    let error = rest
        .connected_account_service_create_connected_account(&request())
        .await
        .expect_err("refused");
    assert!(
        !format!("{error} {error:?}").contains("sentinel"),
        "{error:?}"
    );
    let Error::ErrorResponse(response) = error else {
        panic!("{error:?}")
    };
    let message = response.message.as_deref();
    assert_eq!(message, Some("bob: [redacted], [redacted]"));
}
