//! Authorization links, consent and verification.

use std::time::{Duration, SystemTime};

use scalekit::{AccountRef, AccountStatus, ErrorKind, Outcome, StaticAuth};
use scalekit_emulator::{Connection, Consent, Emulator, UserVerification};

use super::harness::{GMAIL, emulator, emulator_with, serve};

fn parameter(url: &str, name: &str) -> String {
    let query = url.split_once('?').expect("a query").1;
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .unwrap_or_else(|| panic!("no {name} in {url}"))
        .1
        .into_owned()
}

#[tokio::test]
async fn a_user_consents_and_is_verified() {
    let emulator = emulator().await;
    let client = emulator.client();
    let actions = client.actions();
    let link = actions
        .get_authorization_link(GMAIL)
        .user_verify_url("https://app.example.com/connected?from=mail")
        .state("s t&te")
        .await
        .expect("a link");
    let expiry = link.expiry.expect("an expiry");
    assert!(expiry > SystemTime::now() && expiry < SystemTime::now() + Duration::from_secs(600));
    let account = actions
        .get_connected_account_details(GMAIL)
        .await
        .expect("created");
    assert_eq!(account.status, AccountStatus::PendingAuth);

    let callback = emulator
        .consent(&link.link, Consent::Allow)
        .await
        .expect("consent");
    let callback = callback.expect("a redirect");
    assert!(
        callback.starts_with("https://app.example.com/connected?"),
        "{callback}"
    );
    assert_eq!(parameter(&callback, "from"), "mail");
    assert_eq!(parameter(&callback, "state"), "s t&te");
    let account = actions
        .get_connected_account_details(GMAIL)
        .await
        .expect("it");
    assert_eq!(account.status, AccountStatus::PendingVerification);

    let id = parameter(&callback, "auth_request_id");
    let mallory = actions
        .verify_connected_account_user(&id, "mallory@example.com")
        .await;
    let error = mallory.expect_err("not the user of the link");
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(error.is_forbidden());

    actions
        .verify_connected_account_user(&id, GMAIL.1)
        .await
        .expect("verified");
    let account = actions
        .get_connected_account_details(GMAIL)
        .await
        .expect("it");
    assert_eq!(account.status, AccountStatus::Active);

    let again = actions.verify_connected_account_user(&id, GMAIL.1).await;
    assert!(again.expect_err("used").is_not_found());
    let unknown = actions
        .verify_connected_account_user("nonsense", GMAIL.1)
        .await;
    assert!(unknown.expect_err("unknown").is_not_found());
}

#[tokio::test]
async fn a_link_by_account_id_sends_every_optional_field() {
    let emulator = emulator().await;
    let client = emulator.client();
    let found = client
        .actions()
        .get_or_create_connected_account("gmail", "bob")
        .await;
    let account = found.expect("an account").account;
    client
        .actions()
        .get_authorization_link(account.reference())
        .await
        .expect("a link by id");
    let calls = emulator.calls_to("GetMagicLinkForConnectedAccount");
    let sent = &calls.last().expect("a call").request;
    assert_eq!(sent["id"], account.id);
    assert!(
        sent.get("connector").is_none() && sent.get("identifier").is_none(),
        "{sent}"
    );

    client
        .actions()
        .get_authorization_link(("gmail", "carol"))
        .organization_id("org_1")
        .user_id("usr_1")
        .state("st")
        .user_verify_url("http://127.0.0.1/x")
        .await
        .expect("a link");
    let calls = emulator.calls_to("GetMagicLinkForConnectedAccount");
    let sent = &calls.last().expect("a call").request;
    for (field, value) in [
        ("connector", "gmail"),
        ("identifier", "carol"),
        ("organizationId", "org_1"),
        ("userId", "usr_1"),
        ("state", "st"),
        ("userVerifyUrl", "http://127.0.0.1/x"),
    ] {
        assert_eq!(sent[field], value, "{sent}");
    }
}

#[tokio::test]
async fn a_link_works_once_and_expires() {
    let emulator = serve(Emulator::builder().link_lifetime(Duration::from_secs(30))).await;
    let client = emulator.client();
    let link = client
        .actions()
        .get_authorization_link(GMAIL)
        .await
        .expect("a link");
    emulator
        .consent(&link.link, Consent::Allow)
        .await
        .expect("consent");
    assert!(
        emulator.consent(&link.link, Consent::Allow).await.is_err(),
        "used twice"
    );

    let link = client
        .actions()
        .get_authorization_link(("gmail", "late"))
        .await
        .expect("a link");
    emulator.clock().advance(Duration::from_secs(31));
    assert!(
        emulator.consent(&link.link, Consent::Allow).await.is_err(),
        "expired"
    );
}

#[tokio::test]
async fn a_user_who_denies_stays_unconnected() {
    let emulator = emulator().await;
    let client = emulator.client();
    let link = client
        .actions()
        .get_authorization_link(GMAIL)
        .user_verify_url("https://app.example.com/connected")
        .await
        .expect("a link");
    let callback = emulator
        .consent(&link.link, Consent::Deny)
        .await
        .expect("denied");
    assert_eq!(
        parameter(&callback.expect("a redirect"), "error"),
        "access_denied"
    );
    let account = client
        .actions()
        .get_connected_account_details(GMAIL)
        .await
        .expect("it");
    assert_eq!(account.status, AccountStatus::PendingAuth);
}

#[tokio::test]
async fn consent_activates_the_account_in_scalekit_users_mode() {
    let emulator = emulator_with(|seed| {
        let connection = Connection::oauth("internal", "GMAIL");
        seed.connection(connection.user_verification(UserVerification::ScalekitUsers))
    })
    .await;
    let client = emulator.client();
    let account = ("internal", "dan");
    let link = client
        .actions()
        .get_authorization_link(account)
        .await
        .expect("a link");
    emulator
        .consent(&link.link, Consent::Allow)
        .await
        .expect("consent");
    let account = client
        .actions()
        .get_connected_account_details(account)
        .await
        .expect("it");
    assert_eq!(account.status, AccountStatus::Active);
}

#[tokio::test]
async fn an_unknown_connection_or_account_is_not_found() {
    let emulator = emulator().await;
    let client = emulator.client();
    for account in [
        AccountRef::named("nowhere", "alice"),
        AccountRef::id("ca_0"),
    ] {
        let error = client
            .actions()
            .get_authorization_link(account.clone())
            .await;
        let error = error.expect_err("no such account");
        assert!(error.is_not_found(), "{account:?}: {error}");
        assert_eq!(error.outcome(), Outcome::Rejected);
        assert_eq!(error.call(), "get_authorization_link");
    }
}

#[tokio::test]
async fn invalid_arguments_fail_before_anything_is_sent() {
    let emulator = emulator().await;
    let client = emulator.client();
    let actions = client.actions();
    let errors = [
        (
            actions.get_authorization_link((" ", "alice")).await.err(),
            "connection_name",
        ),
        (
            actions.get_authorization_link(("gmail", "")).await.err(),
            "identifier",
        ),
        (
            actions
                .get_authorization_link(AccountRef::id(""))
                .await
                .err(),
            "connected_account_id",
        ),
        (
            actions
                .get_authorization_link(GMAIL)
                .user_verify_url("ftp://x")
                .await
                .err(),
            "user_verify_url",
        ),
        (
            actions
                .get_authorization_link(GMAIL)
                .user_verify_url("/relative")
                .await
                .err(),
            "user_verify_url",
        ),
        (
            actions
                .verify_connected_account_user("", "alice")
                .await
                .err(),
            "auth_request_id",
        ),
        (
            actions.verify_connected_account_user("x", "  ").await.err(),
            "identifier",
        ),
    ];
    for (error, parameter) in errors {
        let error = error.expect(parameter);
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.outcome(), Outcome::NotSent);
        assert!(error.message().starts_with(parameter), "{error}");
    }
    assert!(
        emulator.calls().is_empty(),
        "nothing was sent, not even for a token"
    );
}

#[tokio::test]
async fn a_form_connects_an_account_with_an_api_key() {
    let emulator = emulator().await;
    let client = emulator.client();
    let account = ("exa", "erin");
    let link = client
        .actions()
        .get_authorization_link(account)
        .await
        .expect("a link");
    let form = Consent::form([("api_key", "key-123")]);
    emulator.consent(&link.link, form).await.expect("consent");
    let account = client
        .actions()
        .get_connected_account(account)
        .await
        .expect("it");
    assert_eq!(account.status, AccountStatus::Active);
    let Some(scalekit::AuthorizationDetails::StaticAuth(auth)) = account.authorization_details
    else {
        panic!("static credentials")
    };
    let expected = StaticAuth::new().field("api_key", "key-123");
    assert_eq!(auth.expose(), expected.expose());
}
