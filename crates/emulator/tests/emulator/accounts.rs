//! Connected accounts: creation, status, lists, scopes.

use std::time::Duration;

use scalekit::raw::connected_accounts as api;
use scalekit::raw::connected_accounts::authorization_details::Details as Proto;
use scalekit::raw::connected_accounts::{ConnectorStatus, ConnectorType};
use scalekit_emulator::{Account, AccountStatus, Connection, Details, Emulator, Seed};
use serde_json::json;
use tonic::Code;

use crate::support::{Harness, by_name, info, seeded, start, to_struct, violations, with};

fn oauth(token: &str, refresh: &str) -> api::AuthorizationDetails {
    api::AuthorizationDetails {
        details: Some(Proto::OauthToken(api::OauthToken {
            access_token: token.to_owned(),
            refresh_token: refresh.to_owned(),
            scopes: vec!["read".to_owned()],
            domain: String::new(),
        })),
    }
}

fn create(
    connection: &str,
    identifier: &str,
    details: Option<api::AuthorizationDetails>,
) -> api::CreateConnectedAccountRequest {
    api::CreateConnectedAccountRequest {
        connector: Some(connection.to_owned()),
        identifier: Some(identifier.to_owned()),
        connected_account: Some(api::CreateConnectedAccount {
            authorization_details: details,
            api_config: None,
        }),
        ..Default::default()
    }
}

async fn created(
    harness: &Harness,
    request: api::CreateConnectedAccountRequest,
) -> Result<api::ConnectedAccount, tonic::Status> {
    harness
        .accounts()
        .create_connected_account(harness.with_token(request))
        .await
        .map(|response| response.into_inner().connected_account.unwrap())
}

#[tokio::test]
async fn an_account_without_credentials_is_pending_and_with_them_active() {
    let harness = start().await;
    let pending = created(&harness, create("gmail", "a@x.test", None))
        .await
        .unwrap();
    assert_eq!(pending.status(), ConnectorStatus::PendingAuth);
    assert_eq!(pending.authorization_type(), ConnectorType::Oauth);
    assert_eq!(pending.connector, "gmail");
    assert_eq!(pending.provider, "GMAIL");
    assert!(pending.id.starts_with("ca_") && pending.id.len() <= 32);
    assert!(pending.updated_at.is_some());
    let active = created(&harness, create("gmail", "b@x.test", Some(oauth("t", ""))))
        .await
        .unwrap();
    assert_eq!(active.status(), ConnectorStatus::Active);
    assert!(active.token_expires_at.is_some());
}

#[tokio::test]
async fn an_empty_oauth_token_counts_as_no_credentials() {
    let harness = start().await;
    for connection in ["gmail", "exa"] {
        let account = created(
            &harness,
            create(connection, "a@x.test", Some(oauth("", ""))),
        )
        .await
        .unwrap();
        assert_eq!(account.status(), ConnectorStatus::PendingAuth);
    }
}

#[tokio::test]
async fn an_account_without_authentication_is_active_at_once() {
    let harness = start().await;
    let account = created(&harness, create("hackernews", "a@x.test", None))
        .await
        .unwrap();
    assert_eq!(account.status(), ConnectorStatus::Active);
    assert_eq!(account.authorization_type(), ConnectorType::NoAuth);
}

#[tokio::test]
async fn a_duplicate_and_an_unknown_connection_are_rejected() {
    let harness = start().await;
    created(&harness, create("gmail", "a@x.test", None))
        .await
        .unwrap();
    let status = created(&harness, create("gmail", "a@x.test", None))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::AlreadyExists);
    assert_eq!(info(&status).error_code, "ALREADY_EXISTS");
    let status = created(&harness, create("nope", "a@x.test", None))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(
        info(&status).resource_info.unwrap().resource_name,
        "connection"
    );
}

#[tokio::test]
async fn credentials_must_fit_the_connection_and_a_rejected_account_is_not_created() {
    let harness = start().await;
    let status = created(&harness, create("exa", "a@x.test", Some(oauth("t", ""))))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(
        violations(&status)[0].0,
        "connected_account.authorization_details"
    );
    let status = harness
        .accounts()
        .get_connected_account_auth(harness.with_token(by_name("exa", "a@x.test")))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn only_auth_returns_credentials() {
    let harness = start().await;
    let account = created(
        &harness,
        create("gmail", "a@x.test", Some(oauth("secret", "r"))),
    )
    .await
    .unwrap();
    let auth = harness.account("gmail", "a@x.test").await;
    assert_eq!(auth.authorization_details, Some(oauth("secret", "r")));
    let details = harness
        .accounts()
        .get_connected_account_details(harness.with_token(by_name("gmail", "a@x.test")))
        .await
        .unwrap()
        .into_inner()
        .connected_account
        .unwrap();
    assert_eq!(details.authorization_details, None);
    assert_eq!(details.id, account.id);
    let by_id = harness
        .accounts()
        .get_connected_account(harness.with_token(api::GetConnectedAccountRequest {
            id: account.id.clone(),
        }))
        .await
        .unwrap()
        .into_inner()
        .connected_account
        .unwrap();
    assert_eq!(by_id.authorization_details, None);
}

#[tokio::test]
async fn an_account_is_named_by_id_or_by_connection_and_identifier() {
    let harness = start().await;
    let account = created(&harness, create("gmail", "a@x.test", None))
        .await
        .unwrap();
    let get = |request| async {
        harness
            .accounts()
            .get_connected_account_details(harness.with_token(request))
            .await
            .map(|r| r.into_inner().connected_account.unwrap().id)
            .map_err(|status| status.code())
    };
    let by_id = api::GetConnectedAccountByIdentifierRequest {
        id: Some(account.id.clone()),
        ..Default::default()
    };
    assert_eq!(get(by_id).await.unwrap(), account.id);
    assert_eq!(get(by_name("gmail", "a@x.test")).await.unwrap(), account.id);
    assert_eq!(
        get(by_name("gmail", "b@x.test")).await.unwrap_err(),
        Code::NotFound
    );
    let unknown = api::GetConnectedAccountByIdentifierRequest {
        id: Some("ca_1".to_owned()),
        ..Default::default()
    };
    assert_eq!(get(unknown).await.unwrap_err(), Code::NotFound);
    let nothing = api::GetConnectedAccountByIdentifierRequest::default();
    assert_eq!(get(nothing).await.unwrap_err(), Code::InvalidArgument);
}

#[tokio::test]
async fn an_update_replaces_credentials_and_configuration() {
    let harness = start().await;
    created(&harness, create("gmail", "a@x.test", None))
        .await
        .unwrap();
    let updated = harness
        .accounts()
        .update_connected_account(harness.with_token(api::UpdateConnectedAccountRequest {
            connector: Some("gmail".to_owned()),
            identifier: Some("a@x.test".to_owned()),
            connected_account: Some(api::UpdateConnectedAccount {
                authorization_details: Some(oauth("new", "")),
                api_config: Some(to_struct(&json!({ "region": "eu" }))),
            }),
            ..Default::default()
        }))
        .await
        .unwrap()
        .into_inner()
        .connected_account
        .unwrap();
    assert_eq!(updated.status(), ConnectorStatus::Active);
    assert_eq!(updated.authorization_details, Some(oauth("new", "")));
    assert_eq!(
        updated.api_config,
        Some(to_struct(&json!({ "region": "eu" })))
    );
    let status = harness
        .accounts()
        .update_connected_account(harness.with_token(api::UpdateConnectedAccountRequest {
            id: Some("ca_404".to_owned()),
            connected_account: Some(api::UpdateConnectedAccount::default()),
            ..Default::default()
        }))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn selected_scopes_are_granted_by_the_next_consent() {
    let harness = start().await;
    created(&harness, create("gmail", "a@x.test", None))
        .await
        .unwrap();
    harness
        .accounts()
        .update_connected_account(harness.with_token(api::UpdateConnectedAccountRequest {
            connector: Some("gmail".to_owned()),
            identifier: Some("a@x.test".to_owned()),
            connected_account: Some(api::UpdateConnectedAccount::default()),
            scope_selection: Some(api::ScopeSelection {
                scopes: vec!["mail.read".to_owned()],
                optional_scopes: vec!["mail.labels".to_owned()],
            }),
            ..Default::default()
        }))
        .await
        .unwrap();
    let link = harness.link("gmail", "a@x.test").await;
    assert!(
        harness
            .bare("GET", &link, "")
            .await
            .text()
            .contains("mail.labels")
    );
    harness
        .emulator
        .consent(&link, scalekit_emulator::Consent::Allow)
        .await
        .unwrap();
    let details = harness
        .account("gmail", "a@x.test")
        .await
        .authorization_details;
    let Some(Proto::OauthToken(token)) = details.unwrap().details else {
        panic!("no OAuth token");
    };
    assert_eq!(token.scopes, ["mail.read", "mail.labels"]);
}

#[tokio::test]
async fn a_deleted_account_is_gone_and_a_disconnected_one_has_no_credentials() {
    let harness = seeded(
        Seed::builtin()
            .account(Account::new("gmail", "a@x.test").id("ca_1"))
            .account(Account::new("gmail", "b@x.test").id("ca_2")),
    )
    .await;
    let delete = || {
        harness.with_token(api::DeleteConnectedAccountRequest {
            id: Some("ca_1".to_owned()),
            ..Default::default()
        })
    };
    harness
        .accounts()
        .delete_connected_account(delete())
        .await
        .unwrap();
    let status = harness
        .accounts()
        .delete_connected_account(delete())
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    let account = harness
        .accounts()
        .disconnect_connected_account(harness.with_token(api::DisconnectConnectedAccountRequest {
            id: "ca_2".to_owned(),
        }))
        .await
        .unwrap()
        .into_inner()
        .connected_account
        .unwrap();
    assert_eq!(account.status(), ConnectorStatus::Disconnected);
    let auth = harness.account("gmail", "b@x.test").await;
    assert_eq!(auth.authorization_details, None);
}

#[tokio::test]
async fn an_expired_token_is_renewed_or_the_account_expires() {
    let harness = start().await;
    created(
        &harness,
        create("gmail", "renew@x.test", Some(oauth("t1", "r1"))),
    )
    .await
    .unwrap();
    created(
        &harness,
        create("gmail", "expire@x.test", Some(oauth("t2", ""))),
    )
    .await
    .unwrap();
    harness.emulator.clock().advance(Duration::from_secs(3_601));
    let renewed = harness.account("gmail", "renew@x.test").await;
    assert_eq!(renewed.status(), ConnectorStatus::Active);
    assert_ne!(renewed.authorization_details, Some(oauth("t1", "r1")));
    let expired = harness.account("gmail", "expire@x.test").await;
    assert_eq!(expired.status(), ConnectorStatus::Expired);
}

#[tokio::test]
async fn the_same_identifier_in_two_organizations_is_two_accounts() {
    let harness = seeded(
        Seed::builtin()
            .account(
                Account::new("gmail", "a@x.test")
                    .organization("org_1")
                    .id("ca_1"),
            )
            .account(
                Account::new("gmail", "a@x.test")
                    .organization("org_2")
                    .id("ca_2"),
            )
            .account(
                Account::new("gmail", "b@x.test")
                    .organization("org_1")
                    .user("usr_1")
                    .id("ca_3"),
            ),
    )
    .await;
    let get = |organization: Option<&str>, user: Option<&str>, identifier: &str| {
        let mut request = by_name("gmail", identifier);
        request.organization_id = organization.map(ToOwned::to_owned);
        request.user_id = user.map(ToOwned::to_owned);
        let request = harness.with_token(request);
        let mut client = harness.accounts();
        async move {
            client
                .get_connected_account_details(request)
                .await
                .map(|r| r.into_inner().connected_account.unwrap().id)
                .map_err(|status| status.code())
        }
    };
    assert_eq!(get(Some("org_2"), None, "a@x.test").await.unwrap(), "ca_2");
    assert_eq!(
        get(None, None, "a@x.test").await.unwrap_err(),
        Code::FailedPrecondition
    );
    assert_eq!(get(None, None, "b@x.test").await.unwrap(), "ca_3");
    assert_eq!(
        get(Some("org_1"), Some("usr_2"), "b@x.test")
            .await
            .unwrap_err(),
        Code::NotFound
    );
}

fn many() -> Seed {
    let mut seed = Seed::builtin().connection(Connection::oauth("other", "GMAIL"));
    for number in 0..25 {
        let connection = if number % 5 == 0 { "other" } else { "gmail" };
        seed = seed.account(Account::new(connection, format!("user{number:02}@x.test")));
    }
    seed.account(
        Account::new("exa", "user00@x.test")
            .details(Details::api_key("k"))
            .status(AccountStatus::Expired)
            .organization("org_1"),
    )
}

async fn list(
    harness: &Harness,
    request: api::ListConnectedAccountsRequest,
) -> Result<api::ListConnectedAccountsResponse, tonic::Status> {
    harness
        .accounts()
        .list_connected_accounts(harness.with_token(request))
        .await
        .map(tonic::Response::into_inner)
}

#[tokio::test]
async fn lists_are_filtered() {
    let harness = seeded(many()).await;
    let count = |request| async { list(&harness, request).await.unwrap().total_size };
    type List = api::ListConnectedAccountsRequest;
    assert_eq!(count(List::default()).await, 26);
    let connector = List {
        connector: Some("other".to_owned()),
        ..List::default()
    };
    assert_eq!(count(connector).await, 5);
    let names = List {
        connection_names: vec!["other".to_owned(), "exa".to_owned()],
        ..List::default()
    };
    assert_eq!(count(names).await, 6);
    let identifier = List {
        identifier: Some("user00@x.test".to_owned()),
        ..List::default()
    };
    assert_eq!(count(identifier).await, 2);
    let provider = List {
        provider: "exa".to_owned(),
        ..List::default()
    };
    assert_eq!(count(provider).await, 1);
    let organization = List {
        organization_id: Some("org_1".to_owned()),
        ..List::default()
    };
    assert_eq!(count(organization).await, 1);
    let query = List {
        query: "USER1".to_owned(),
        ..List::default()
    };
    assert_eq!(count(query).await, 10);
}

#[tokio::test]
async fn pages_are_consecutive_and_a_foreign_token_is_rejected() {
    let harness = seeded(many()).await;
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let page = list(
            &harness,
            api::ListConnectedAccountsRequest {
                connector: Some("gmail".to_owned()),
                page_size: 8,
                page_token: token,
                ..Default::default()
            },
        )
        .await
        .unwrap();
        assert_eq!(page.total_size, 20);
        seen.extend(page.connected_accounts.into_iter().map(|a| a.identifier));
        token = page.next_page_token;
        if token.is_empty() {
            assert!(!page.prev_page_token.is_empty());
            break;
        }
        // The token is valid for this list with these filters only.
        let status = list(
            &harness,
            api::ListConnectedAccountsRequest {
                page_token: token.clone(),
                ..Default::default()
            },
        )
        .await
        .unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(violations(&status)[0].0, "page_token");
    }
    assert_eq!(seen.len(), 20);
    seen.dedup();
    assert_eq!(seen.len(), 20);
}

#[tokio::test]
async fn empty_pages_can_be_inserted() {
    let harness = with(Emulator::builder().seed(many()).empty_pages(true)).await;
    let mut sizes = Vec::new();
    let mut token = String::new();
    loop {
        let page = list(
            &harness,
            api::ListConnectedAccountsRequest {
                page_token: token,
                ..Default::default()
            },
        )
        .await
        .unwrap();
        sizes.push(page.connected_accounts.len());
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(sizes, [10, 0, 10, 0, 6]);
}

#[tokio::test]
async fn search_finds_parts_of_identifiers() {
    let harness = seeded(many()).await;
    let search = |query: &str, connection_id: &str| {
        let request = harness.with_token(api::SearchConnectedAccountsRequest {
            query: query.to_owned(),
            connection_id: connection_id.to_owned(),
            page_size: 30,
            page_token: String::new(),
        });
        let mut client = harness.accounts();
        async move {
            let response = client.search_connected_accounts(request).await.unwrap();
            response.into_inner().connected_accounts
        }
    };
    let found = search("user0", "").await;
    assert_eq!(found.len(), 11);
    let connection = found
        .iter()
        .find(|account| account.connector == "other")
        .unwrap()
        .connection_id
        .clone();
    assert_eq!(search("user0", &connection).await.len(), 2);
    assert_eq!(search("nobody", "").await.len(), 0);
}
