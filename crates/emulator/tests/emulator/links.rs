//! Authorization links and the consent page.

use std::time::Duration;

use scalekit::raw::connected_accounts as api;
use scalekit::raw::connected_accounts::ConnectorStatus;
use scalekit_emulator::{
    Account, Connection, Consent, Emulator, ErrorKind, Seed, UserVerification,
};
use tonic::Code;

use crate::support::{Harness, query, seeded, start, with};

async fn verify(harness: &Harness, id: &str, identifier: &str) -> Result<String, Code> {
    harness
        .accounts()
        .verify_connected_account_user(harness.with_token(api::VerifyConnectedAccountUserRequest {
            auth_request_id: id.to_owned(),
            identifier: identifier.to_owned(),
        }))
        .await
        .map(|response| response.into_inner().post_user_verify_redirect_url)
        .map_err(|status| status.code())
}

#[tokio::test]
async fn a_link_creates_the_account_and_states_its_expiry() {
    let harness = start().await;
    let response = harness
        .accounts()
        .get_magic_link_for_connected_account(harness.with_token(
            api::GetMagicLinkForConnectedAccountRequest {
                connector: Some("gmail".to_owned()),
                identifier: Some("a@x.test".to_owned()),
                ..Default::default()
            },
        ))
        .await
        .unwrap()
        .into_inner();
    assert!(response.link.starts_with(harness.emulator.env_url()));
    let now = harness
        .emulator
        .clock()
        .now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let lifetime = response.expiry.unwrap().seconds - i64::try_from(now).unwrap();
    assert!((58..=60).contains(&lifetime), "{lifetime}");
    let account = harness.account("gmail", "a@x.test").await;
    assert_eq!(account.status(), ConnectorStatus::PendingAuth);
    assert_ne!(harness.link("gmail", "a@x.test").await, response.link);
}

#[tokio::test]
async fn a_link_needs_a_connection_and_by_id_an_account() {
    let harness = start().await;
    let code = |request| async {
        harness
            .accounts()
            .get_magic_link_for_connected_account(harness.with_token(request))
            .await
            .unwrap_err()
            .code()
    };
    let unknown_connection = api::GetMagicLinkForConnectedAccountRequest {
        connector: Some("nope".to_owned()),
        identifier: Some("a@x.test".to_owned()),
        ..Default::default()
    };
    assert_eq!(code(unknown_connection).await, Code::NotFound);
    let unknown_account = api::GetMagicLinkForConnectedAccountRequest {
        id: Some("ca_404".to_owned()),
        ..Default::default()
    };
    assert_eq!(code(unknown_account).await, Code::NotFound);
    assert_eq!(code(Default::default()).await, Code::InvalidArgument);
}

#[tokio::test]
async fn consent_redirects_to_the_application_which_verifies_the_user_once() {
    let harness = start().await;
    let link = harness.link("gmail", "a@x.test").await;
    let location = harness
        .emulator
        .consent(&link, Consent::Allow)
        .await
        .unwrap()
        .unwrap();
    assert!(location.starts_with("https://app.test/verify?keep=1&"));
    let query = query(&location);
    assert_eq!(query["state"], "s 1");
    let id = &query["auth_request_id"];
    let status = harness.account("gmail", "a@x.test").await.status();
    assert_eq!(status, ConnectorStatus::PendingVerification);
    assert_eq!(
        verify(&harness, id, "b@x.test").await.unwrap_err(),
        Code::PermissionDenied
    );
    let url = verify(&harness, id, "a@x.test").await.unwrap();
    assert!(url.starts_with(harness.emulator.env_url()));
    assert_eq!(harness.bare("GET", &url, "").await.status, 200);
    let status = harness.account("gmail", "a@x.test").await.status();
    assert_eq!(status, ConnectorStatus::Active);
    assert_eq!(
        verify(&harness, id, "a@x.test").await.unwrap_err(),
        Code::NotFound
    );
    assert_eq!(
        verify(&harness, "never", "a@x.test").await.unwrap_err(),
        Code::NotFound
    );
}

#[tokio::test]
async fn a_later_consent_invalidates_an_earlier_verification() {
    let harness = start().await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let link = harness.link("gmail", "a@x.test").await;
        let location = harness
            .emulator
            .consent(&link, Consent::Allow)
            .await
            .unwrap();
        ids.push(query(&location.unwrap())["auth_request_id"].clone());
    }
    assert_eq!(
        verify(&harness, &ids[0], "a@x.test").await.unwrap_err(),
        Code::NotFound
    );
    verify(&harness, &ids[1], "a@x.test").await.unwrap();
}

#[tokio::test]
async fn without_a_verify_url_the_account_is_active_at_once() {
    let harness = start().await;
    let link = harness
        .accounts()
        .get_magic_link_for_connected_account(harness.with_token(
            api::GetMagicLinkForConnectedAccountRequest {
                connector: Some("gmail".to_owned()),
                identifier: Some("a@x.test".to_owned()),
                ..Default::default()
            },
        ))
        .await
        .unwrap()
        .into_inner()
        .link;
    assert_eq!(
        harness
            .emulator
            .consent(&link, Consent::Allow)
            .await
            .unwrap(),
        None
    );
    let status = harness.account("gmail", "a@x.test").await.status();
    assert_eq!(status, ConnectorStatus::Active);
}

#[tokio::test]
async fn no_verification_is_needed_in_scalekit_users_mode() {
    let harness = seeded(Seed::empty().connection(
        Connection::oauth("gmail", "GMAIL").user_verification(UserVerification::ScalekitUsers),
    ))
    .await;
    let link = harness.link("gmail", "a@x.test").await;
    assert_eq!(
        harness
            .emulator
            .consent(&link, Consent::Allow)
            .await
            .unwrap(),
        None
    );
    let status = harness.account("gmail", "a@x.test").await.status();
    assert_eq!(status, ConnectorStatus::Active);
}

#[tokio::test]
async fn denying_redirects_with_an_error_and_keeps_the_account() {
    let harness = start().await;
    let link = harness.link("gmail", "a@x.test").await;
    let location = harness
        .emulator
        .consent(&link, Consent::Deny)
        .await
        .unwrap();
    let query = query(&location.unwrap());
    assert_eq!(query["error"], "access_denied");
    assert_eq!(query["state"], "s 1");
    assert!(!query.contains_key("auth_request_id"));
    let status = harness.account("gmail", "a@x.test").await.status();
    assert_eq!(status, ConnectorStatus::PendingAuth);
}

#[tokio::test]
async fn a_link_works_once_and_not_after_its_expiry() {
    let harness = with(Emulator::builder().link_lifetime(Duration::from_secs(30))).await;
    let link = harness.link("gmail", "a@x.test").await;
    harness
        .emulator
        .consent(&link, Consent::Allow)
        .await
        .unwrap();
    let error = harness
        .emulator
        .consent(&link, Consent::Allow)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Consent);
    assert!(error.to_string().contains("410"), "{error}");
    let link = harness.link("gmail", "a@x.test").await;
    harness.emulator.clock().advance(Duration::from_secs(31));
    let page = harness.bare("GET", &link, "").await;
    assert_eq!(page.status, 410);
    assert!(page.text().contains("no longer works"));
    assert_eq!(
        harness.form(&link, &[("decision", "allow")]).await.status,
        410
    );
    let unknown = harness.url("/connect/unknown");
    assert_eq!(harness.bare("GET", &unknown, "").await.status, 410);
}

#[tokio::test]
async fn a_page_opened_in_time_can_be_submitted_after_the_link_expired() {
    let harness = start().await;
    let link = harness.link("gmail", "a@x.test").await;
    assert_eq!(harness.bare("GET", &link, "").await.status, 200);
    harness.emulator.clock().advance(Duration::from_secs(300));
    assert_eq!(harness.bare("GET", &link, "").await.status, 410);
    assert_eq!(
        harness.form(&link, &[("decision", "allow")]).await.status,
        303
    );
}

#[tokio::test]
async fn the_page_is_accessible_and_escapes_its_input() {
    let harness = seeded(
        Seed::empty().connection(Connection::oauth("mail: one", "GOOGLE_MAIL").scopes(["<b>"])),
    )
    .await;
    let link = harness
        .link("mail: one", "<script>alert(1)</script>\"'&")
        .await;
    let page = harness.bare("GET", &link, "").await;
    assert_eq!(page.status, 200);
    let html = page.text();
    assert!(!html.contains("<script"), "{html}");
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
    assert!(html.contains("&lt;b&gt;"));
    for needed in [
        "<html lang=\"en\">",
        "Connect Google Mail",
        "mail: one",
        "<form method=\"post\"",
        ">Allow<",
        ">Deny<",
    ] {
        assert!(html.contains(needed), "{needed} in {html}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(
        policy.contains("form-action 'self' https://app.test;"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
}

#[tokio::test]
async fn other_connections_ask_for_their_fields() {
    let harness = seeded(
        Seed::builtin()
            .connection(Connection::basic("basic", "BASIC"))
            .connection(Connection::bearer("bearer", "BEARER")),
    )
    .await;
    for (connection, fields) in [
        ("exa", vec!["api_key"]),
        ("basic", vec!["username", "password"]),
        ("bearer", vec!["token"]),
    ] {
        let link = harness.link(connection, "a@x.test").await;
        let html = harness.bare("GET", &link, "").await.text();
        for field in &fields {
            assert!(html.contains(&format!("<label for=\"{field}\">")), "{html}");
            assert!(html.contains(&format!("name=\"{field}\"")), "{html}");
        }
        // The page names the missing field, and the link can still be used.
        let again = harness.form(&link, &[("decision", "allow")]).await;
        assert_eq!(again.status, 422);
        assert!(again.text().contains("role=\"alert\""));
        let values: Vec<(&str, &str)> = fields.iter().map(|field| (*field, "v")).collect();
        // No user is verified: an API key was entered, and the browser stays on the page.
        let location = harness.emulator.consent(&link, Consent::form(values)).await;
        assert_eq!(location.unwrap(), None);
        let account = harness.account(connection, "a@x.test").await;
        assert_eq!(account.status(), ConnectorStatus::Active);
        assert!(account.authorization_details.is_some());
    }
    let link = harness.link("exa", "b@x.test").await;
    harness
        .emulator
        .consent(&link, Consent::Allow)
        .await
        .unwrap();
    let link = harness.link("exa", "c@x.test").await;
    let location = harness
        .emulator
        .consent(&link, Consent::Deny)
        .await
        .unwrap();
    assert_eq!(query(&location.unwrap())["error"], "access_denied");
}

#[tokio::test]
async fn a_form_without_a_decision_changes_nothing() {
    let harness = start().await;
    let link = harness.link("gmail", "a@x.test").await;
    assert_eq!(harness.form(&link, &[("x", "y")]).await.status, 400);
    assert_eq!(harness.bare("PUT", &link, "").await.status, 405);
    harness
        .emulator
        .consent(&link, Consent::Allow)
        .await
        .unwrap();
}

#[tokio::test]
async fn deleting_an_account_invalidates_its_links() {
    let harness =
        seeded(Seed::builtin().account(Account::new("gmail", "a@x.test").id("ca_1"))).await;
    let link = harness.link("gmail", "a@x.test").await;
    harness
        .accounts()
        .delete_connected_account(harness.with_token(api::DeleteConnectedAccountRequest {
            id: Some("ca_1".to_owned()),
            ..Default::default()
        }))
        .await
        .unwrap();
    assert_eq!(harness.bare("GET", &link, "").await.status, 410);
}
