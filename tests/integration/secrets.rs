//! Neither `Debug` nor `Display` shows a credential.

use scalekit::{AuthorizationDetails, OauthToken, Secret, StaticAuth};
use scalekit_emulator::{Code, Fault, Status};
use serde_json::json;

use super::harness::{GMAIL, emulator};

const SENTINEL: &str = "sentinel-0xC0FFEE";

#[tokio::test]
async fn debug_and_display_show_no_credential() {
    let emulator = emulator().await;
    let client = emulator.client();
    let actions = client.actions();
    let token = || OauthToken::new(SENTINEL).refresh_token(SENTINEL);
    let fixed = || StaticAuth::new().field("api_key", SENTINEL);
    let create = actions
        .create_connected_account(GMAIL.0, GMAIL.1, token())
        .api_config(json!({"key": SENTINEL}));
    let mut printed = vec![
        format!("{:?}", Secret::from(SENTINEL)),
        format!("{:?}", token()),
        format!("{:?}", fixed()),
        format!("{:?}", AuthorizationDetails::from(token())),
        format!("{:#?}", AuthorizationDetails::from(fixed())),
        format!("{create:?}"),
        format!(
            "{:?}",
            actions
                .update_connected_account(GMAIL)
                .authorization_details(fixed())
        ),
        format!(
            "{:?}",
            actions
                .upsert_connected_account("a", "b")
                .authorization_details(fixed())
        ),
        format!(
            "{:?}",
            actions.execute_tool("t", json!({"password": SENTINEL}))
        ),
        format!(
            "{:?}",
            actions
                .request("a", "b", "/")
                .json(&json!({"password": SENTINEL}))
        ),
    ];
    printed.push(format!("{:#?}", create.await.expect("created")));
    let account = actions.get_connected_account(GMAIL).await.expect("it");
    printed.push(format!("{account:?} {account:#?}"));
    let Some(AuthorizationDetails::OauthToken(read)) = account.authorization_details else {
        panic!("a token")
    };
    assert_eq!(
        read.access_token.expose(),
        SENTINEL,
        "it is there, for who asks"
    );
    let link = actions.get_authorization_link(GMAIL).await.expect("a link");
    assert!(!format!("{link:?}").contains(&link.link));
    let response = actions
        .request(GMAIL.0, GMAIL.1, "/echo")
        .await
        .expect("a response");
    assert!(
        response.text().expect("text").contains(SENTINEL),
        "the provider got it"
    );
    printed.push(format!("{response:?}"));
    printed.push(format!("{client:?} {:?}", emulator.client_builder()));
    emulator.fail_next(
        "GetConnectedAccountAuth",
        Fault::status(Status::new(Code::Internal, "no")),
    );
    let error = actions
        .get_connected_account(GMAIL)
        .await
        .expect_err("a fault");
    printed.push(format!("{error} {error:?} {error:#?}"));
    for text in printed {
        assert!(!text.contains(SENTINEL), "{text}");
        assert!(!text.contains(emulator.client_secret()), "{text}");
    }
}

#[test]
fn debug_of_generated_messages_shows_no_credential() {
    use scalekit::raw::connected_accounts::{
        AuthorizationDetails, CreateConnectedAccount, CreateConnectedAccountRequest, OauthToken,
        authorization_details::Details,
    };
    let token = OauthToken {
        access_token: SENTINEL.into(),
        refresh_token: SENTINEL.into(),
        scopes: vec!["mail".into()],
        domain: String::new(),
    };
    let request = CreateConnectedAccountRequest {
        connected_account: Some(CreateConnectedAccount {
            authorization_details: Some(AuthorizationDetails {
                details: Some(Details::OauthToken(token)),
            }),
            api_config: Some(scalekit::raw::json::Struct::default()),
        }),
        ..Default::default()
    };
    let printed = format!("{request:?} {request:#?}");
    assert!(!printed.contains(SENTINEL), "{printed}");
    assert!(
        printed.contains("mail"),
        "what is no secret is shown: {printed}"
    );
}
