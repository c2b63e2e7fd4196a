//! Reading, creating, changing, disconnecting, deleting and listing accounts.

use std::time::Duration;

use scalekit::{
    AccountRef, AccountStatus, AuthorizationDetails, AuthorizationType, ErrorKind, GoogleDwd,
    OauthToken, Outcome, ScopeSelection, StaticAuth, TrustedIdp,
};
use scalekit_emulator::{Code, Connection, ConnectionKind, Emulator, Fault, Status};
use serde_json::json;

use super::harness::{GMAIL, connected, emulator, emulator_with, serve};

#[tokio::test]
async fn every_kind_of_credentials_is_sent_and_returned() {
    let emulator = emulator_with(|seed| {
        seed.connection(Connection::new("dwd", "GOOGLE", ConnectionKind::GoogleDwd))
            .connection(Connection::new("rds", "AWS", ConnectionKind::TrustedIdp))
    })
    .await;
    let client = emulator.client();
    let actions = client.actions();

    let token = OauthToken::new("at")
        .refresh_token("rt")
        .scopes(["mail"])
        .domain("d.example");
    let created = actions
        .create_connected_account("gmail", "u", token)
        .await
        .expect("created");
    assert_eq!(created.status, AccountStatus::Active);
    assert_eq!(created.authorization_type, AuthorizationType::Oauth);
    assert_eq!(created.provider, "GMAIL");
    assert!(created.id.starts_with("ca_"), "{}", created.id);
    let read = actions
        .get_connected_account(("gmail", "u"))
        .await
        .expect("it");
    let Some(AuthorizationDetails::OauthToken(token)) = read.authorization_details else {
        panic!("an OAuth token")
    };
    assert_eq!(token.access_token.expose(), "at");
    assert_eq!(token.refresh_token.expect("a refresh token").expose(), "rt");
    assert_eq!(
        (token.scopes, token.domain),
        (vec!["mail".to_owned()], Some("d.example".into()))
    );

    let auth = StaticAuth::new().field("api_key", "k").field("port", 8080);
    actions
        .create_connected_account("exa", "u", auth)
        .await
        .expect("created");
    let read = actions
        .get_connected_account(("exa", "u"))
        .await
        .expect("it");
    let Some(AuthorizationDetails::StaticAuth(auth)) = read.authorization_details else {
        panic!("static credentials")
    };
    assert_eq!(
        serde_json::to_value(auth.expose()).expect("json"),
        json!({"api_key": "k", "port": 8080})
    );

    actions
        .create_connected_account("dwd", "u", GoogleDwd::new("boss@x.dev"))
        .await
        .expect("created");
    let read = actions
        .get_connected_account(("dwd", "u"))
        .await
        .expect("it");
    assert!(matches!(
        read.authorization_details,
        Some(AuthorizationDetails::GoogleDwd(GoogleDwd { subject, .. })) if subject == "boss@x.dev"
    ));

    actions
        .create_connected_account("rds", "u", TrustedIdp::new("reader"))
        .await
        .expect("created");
    let read = actions
        .get_connected_account(("rds", "u"))
        .await
        .expect("it");
    assert!(matches!(
        read.authorization_details,
        Some(AuthorizationDetails::TrustedIdp(TrustedIdp { db_user, .. })) if db_user == "reader"
    ));
}

#[tokio::test]
async fn create_sends_every_option_and_rejects_a_duplicate() {
    let emulator = emulator().await;
    let client = emulator.client();
    let create = || {
        client
            .actions()
            .create_connected_account("gmail", "frank", OauthToken::new("at"))
            .organization_id("org_1")
            .user_id("usr_1")
            .api_config(json!({"region": "eu", "retries": 3}))
    };
    let account = create().await.expect("created");
    assert_eq!(
        account.api_config,
        Some(json!({"region": "eu", "retries": 3}))
    );
    let sent = &emulator.calls_to("CreateConnectedAccount")[0].request;
    assert_eq!(sent["organizationId"], "org_1");
    assert_eq!(sent["userId"], "usr_1");

    let error = create().await.expect_err("a duplicate");
    assert!(error.is_conflict(), "{error}");
    assert_eq!(error.code(), Some(scalekit::Code::AlreadyExists));
    assert_eq!(error.http_status(), Some(409));
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert_eq!(emulator.calls_to("CreateConnectedAccount").len(), 2);
}

#[tokio::test]
async fn create_at_an_unknown_connection_is_not_found() {
    let emulator = emulator().await;
    let client = emulator.client();
    let created = client
        .actions()
        .create_connected_account("nowhere", "u", OauthToken::new("at"))
        .await;
    assert!(created.expect_err("no connection").is_not_found());
}

#[tokio::test]
async fn get_details_returns_no_credentials_and_get_auth_does() {
    let (_emulator, client) = connected().await;
    let details = client
        .actions()
        .get_connected_account_details(GMAIL)
        .await
        .expect("it");
    assert!(details.authorization_details.is_none());
    assert_eq!(details.identifier, GMAIL.1);
    assert_eq!(details.connection_name, GMAIL.0);
    let with = client
        .actions()
        .get_connected_account(details.reference())
        .await
        .expect("by id");
    assert!(with.authorization_details.is_some());
    assert_eq!(with.id, details.id);
}

#[tokio::test]
async fn an_unknown_account_is_not_found() {
    let emulator = emulator().await;
    let client = emulator.client();
    let actions = client.actions();
    for account in [
        AccountRef::named("gmail", "nobody"),
        AccountRef::id("ca_404"),
    ] {
        let errors = [
            actions.get_connected_account(account.clone()).await.err(),
            actions
                .get_connected_account_details(account.clone())
                .await
                .err(),
            actions
                .update_connected_account(account.clone())
                .api_config(json!({}))
                .await
                .err(),
            actions
                .delete_connected_account(account.clone())
                .await
                .err(),
        ];
        for error in errors {
            assert!(error.expect("an error").is_not_found(), "{account:?}");
        }
    }
}

#[tokio::test]
async fn blank_names_fail_before_anything_is_sent() {
    let emulator = emulator().await;
    let client = emulator.client();
    let actions = client.actions();
    let blank = AccountRef::named("gmail", " ");
    let token = OauthToken::new("at");
    let errors = [
        actions.get_connected_account(blank.clone()).await.err(),
        actions
            .get_connected_account_details(blank.clone())
            .await
            .err(),
        actions.update_connected_account(blank.clone()).await.err(),
        actions.delete_connected_account(blank.clone()).await.err(),
        actions
            .create_connected_account("gmail", "", token)
            .await
            .err(),
        actions
            .get_or_create_connected_account("gmail", "")
            .await
            .err(),
        actions
            .upsert_connected_account("gmail", "u")
            .api_config([1])
            .await
            .err(),
    ];
    for error in errors {
        let error = error.expect("an error");
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert_eq!(error.attempts(), 0);
    }
    assert!(emulator.calls().is_empty());
}

#[tokio::test]
async fn update_changes_the_given_fields_and_keeps_the_rest() {
    let (emulator, client) = connected().await;
    let updated = client
        .actions()
        .update_connected_account(GMAIL)
        .api_config(json!({"region": "us"}))
        .scope_selection(ScopeSelection::new(["mail.read"]).optional(["mail.send"]))
        .organization_id("org_1")
        .user_id("usr_1")
        .await;
    // The account belongs to no organization, and the emulator looks for the one in the request.
    assert!(updated.expect_err("another owner").is_not_found());
    let sent = emulator.calls_to("UpdateConnectedAccount")[0]
        .request
        .clone();
    assert_eq!(sent["organizationId"], "org_1");
    assert_eq!(
        sent["scopeSelection"],
        json!({"scopes": ["mail.read"], "optionalScopes": ["mail.send"]})
    );

    let updated = client
        .actions()
        .update_connected_account(GMAIL)
        .api_config(json!({"a": 1}));
    assert_eq!(
        updated.await.expect("updated").api_config,
        Some(json!({"a": 1}))
    );
    let replaced = client
        .actions()
        .update_connected_account(GMAIL)
        .authorization_details(OauthToken::new("new-token"))
        .await;
    replaced.expect("updated");
    let account = client
        .actions()
        .get_connected_account(GMAIL)
        .await
        .expect("it");
    assert_eq!(account.api_config, Some(json!({"a": 1})), "kept");
    assert!(matches!(
        account.authorization_details,
        Some(AuthorizationDetails::OauthToken(token)) if token.access_token.expose() == "new-token"
    ));
}

#[tokio::test]
async fn delete_removes_the_account() {
    let (_emulator, client) = connected().await;
    client
        .actions()
        .delete_connected_account(GMAIL)
        .await
        .expect("deleted");
    let error = client.actions().get_connected_account_details(GMAIL).await;
    assert!(error.expect_err("gone").is_not_found());
}

#[tokio::test]
async fn a_disconnected_account_stays_and_cannot_be_used() {
    let (emulator, client) = connected().await;
    let actions = client.actions();
    let account = actions
        .get_connected_account_details(GMAIL)
        .await
        .expect("it");
    let disconnected = actions
        .disconnect_connected_account(&account.id)
        .await
        .expect("disconnected");
    assert_eq!(disconnected.id, account.id);
    assert_eq!(disconnected.status, AccountStatus::Disconnected);
    assert!(disconnected.authorization_details.is_none());
    let read = actions
        .get_connected_account(GMAIL)
        .await
        .expect("it stays");
    assert_eq!(read.status, AccountStatus::Disconnected);
    assert!(read.authorization_details.is_none());
    let executed = actions.execute_tool("gmail_fetch_mails", json!({}));
    let error = executed.account(GMAIL).await.expect_err("not usable");
    assert!(error.is_bad_request(), "{error}");

    let error = actions.disconnect_connected_account("ca_none").await;
    assert!(error.expect_err("there is none").is_not_found());
    let before = emulator.calls().len();
    let error = actions.disconnect_connected_account(" ").await;
    assert_eq!(
        error.expect_err("blank").outcome(),
        Outcome::NotSent,
        "the service would take the account of the token"
    );
    assert_eq!(emulator.calls().len(), before);
}

#[tokio::test]
async fn a_disconnect_that_may_have_happened_is_not_repeated_unless_declared() {
    let (emulator, client) = connected().await;
    let actions = client.actions();
    let account = actions
        .get_connected_account_details(GMAIL)
        .await
        .expect("it");
    let attempts = emulator.unavailable_once("DisconnectConnectedAccount");
    let error = actions.disconnect_connected_account(&account.id).await;
    let error = error.expect_err("may have happened");
    assert_eq!((error.outcome(), attempts()), (Outcome::Unknown, 1));
    let attempts = emulator.unavailable_once("DisconnectConnectedAccount");
    let disconnect = actions.disconnect_connected_account(&account.id);
    disconnect.idempotent(true).await.expect("disconnected");
    assert_eq!(attempts(), 2);
}

#[tokio::test]
async fn get_or_create_updates_an_existing_account() {
    let (emulator, client) = connected().await;
    let found = client
        .actions()
        .upsert_connected_account(GMAIL.0, GMAIL.1)
        .authorization_details(OauthToken::new("newer"))
        .api_config(json!({"b": 2}))
        .await
        .expect("found");
    assert!(!found.created);
    assert_eq!(found.account.api_config, Some(json!({"b": 2})));
    assert!(found.account.authorization_details.is_none());
    assert_eq!(emulator.calls_to("UpdateConnectedAccount").len(), 1);
    let account = client
        .actions()
        .get_connected_account(GMAIL)
        .await
        .expect("it");
    assert!(matches!(
        account.authorization_details,
        Some(AuthorizationDetails::OauthToken(token)) if token.access_token.expose() == "newer"
    ));
}

#[tokio::test]
async fn get_or_create_returns_other_errors() {
    let emulator = emulator().await;
    let client = emulator.client();
    let error = client
        .actions()
        .get_or_create_connected_account("nowhere", "u")
        .await;
    assert!(error.expect_err("no connection").is_not_found());
    let denied = Status::new(Code::PermissionDenied, "no");
    emulator.fail_next("GetConnectedAccountDetails", Fault::status(denied));
    let error = client
        .actions()
        .get_or_create_connected_account("gmail", "u")
        .await;
    let error = error.expect_err("denied");
    assert!(error.is_forbidden());
    assert_eq!(error.call(), "get_connected_account_details");
}

#[tokio::test]
async fn a_list_filters_and_pages() {
    let emulator = emulator().await;
    let client = emulator.client();
    let actions = client.actions();
    for index in 0..25 {
        let user = format!("user-{index:02}");
        actions
            .create_connected_account("gmail", user, OauthToken::new("t"))
            .await
            .expect("made");
    }
    let key = StaticAuth::new().field("api_key", "k");
    actions
        .create_connected_account("exa", "user-00", key)
        .await
        .expect("made");

    let page = actions
        .list_connected_accounts()
        .page_size(10)
        .await
        .expect("a page");
    assert_eq!((page.items.len(), page.total_size), (10, 26));
    assert!(page.prev_page_token.is_none());
    let next = page.next_page_token.expect("more");
    let second = actions
        .list_connected_accounts()
        .page_size(10)
        .page_token(&next)
        .await;
    let second = second.expect("a page");
    assert_ne!(second.items[0].id, page.items[0].id);
    assert!(second.prev_page_token.is_some());

    let all = actions
        .list_connected_accounts()
        .page_size(10)
        .items()
        .collect()
        .await
        .expect("all");
    let ids: std::collections::BTreeSet<_> = all.iter().map(|account| &account.id).collect();
    assert_eq!((all.len(), ids.len()), (26, 26));
    let mut pages = actions.list_connected_accounts().page_size(10).pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.expect("a page").items.len());
    }
    assert_eq!(sizes, [10, 10, 6]);

    let count = |list: scalekit::actions::ListConnectedAccounts| async move {
        list.items().collect().await.expect("a list").len()
    };
    assert_eq!(
        count(actions.list_connected_accounts().connection_name("exa")).await,
        1
    );
    assert_eq!(
        count(
            actions
                .list_connected_accounts()
                .connection_names(["exa", "gmail"])
        )
        .await,
        26
    );
    assert_eq!(
        count(actions.list_connected_accounts().identifier("user-00")).await,
        2
    );
    assert_eq!(
        count(actions.list_connected_accounts().provider("EXA")).await,
        1
    );
    assert_eq!(
        count(actions.list_connected_accounts().query("user-0")).await,
        11
    );
    assert_eq!(
        count(actions.list_connected_accounts().organization_id("org_9")).await,
        0
    );
    assert_eq!(
        count(actions.list_connected_accounts().user_id("usr_9")).await,
        0
    );
    // No account of the emulator holds a shared credential.
    let org_wide = |is| actions.list_connected_accounts().is_org_wide_credential(is);
    assert_eq!(count(org_wide(true)).await, 0);
    assert_eq!(count(org_wide(false)).await, 26);
}

#[tokio::test]
async fn a_list_error_names_the_argument_that_the_server_rejects() {
    let emulator = emulator().await;
    let client = emulator.client();
    let list = || client.actions().list_connected_accounts();
    let both = list()
        .connection_name("gmail")
        .connection_names(["exa"])
        .await;
    assert!(both.expect_err("one or the other").is_bad_request());
    let error = list().page_size(100).await.expect_err("too many");
    assert_eq!(error.field_violations()[0].field, "page_size");
    assert!(!error.field_violations()[0].constraint.is_empty());
    assert!(
        list()
            .page_token("forged")
            .await
            .expect_err("not a token")
            .is_bad_request()
    );
}

#[tokio::test]
async fn a_list_continues_after_an_empty_page() {
    let emulator = serve(Emulator::builder().empty_pages(true)).await;
    let client = emulator.client();
    for user in ["a", "b", "c"] {
        let token = OauthToken::new("t");
        client
            .actions()
            .create_connected_account("gmail", user, token)
            .await
            .expect("made");
    }
    let mut pages = client
        .actions()
        .list_connected_accounts()
        .page_size(1)
        .pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.expect("a page").items.len());
    }
    assert_eq!(sizes, [1, 0, 1, 0, 1]);
    let all = client
        .actions()
        .list_connected_accounts()
        .page_size(1)
        .items()
        .collect()
        .await;
    assert_eq!(all.expect("all").len(), 3);
}

#[tokio::test]
async fn accounts_of_connections_without_authorization_are_active_at_once() {
    let emulator = emulator().await;
    let client = emulator.client();
    let found = client
        .actions()
        .get_or_create_connected_account("hackernews", "u")
        .await;
    let account = found.expect("an account").account;
    assert_eq!(account.status, AccountStatus::Active);
    assert_eq!(account.authorization_type, AuthorizationType::NoAuth);
}

#[tokio::test]
async fn a_create_of_unknown_outcome_is_not_retried_unless_declared_idempotent() {
    let emulator = emulator().await;
    let client = emulator.client();
    let unavailable = || Fault::status(Status::new(Code::Unavailable, "gone")).after_executing();
    emulator.fail_next("CreateConnectedAccount", unavailable());
    let create = || {
        client
            .actions()
            .create_connected_account("gmail", "once", OauthToken::new("t"))
    };
    let error = create().await.expect_err("the response was lost");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::ServiceUnavailable, Outcome::Unknown)
    );
    assert_eq!(error.attempts(), 1);
    assert_eq!(emulator.calls_to("CreateConnectedAccount").len(), 1);

    emulator.fail_next(
        "CreateConnectedAccount",
        Fault::status(Status::new(Code::Unavailable, "x")),
    );
    let created = client
        .actions()
        .create_connected_account("gmail", "twice", OauthToken::new("t"))
        .idempotent(true)
        .timeout(Duration::from_secs(10))
        .await;
    assert!(created.is_ok());
    assert_eq!(emulator.calls_to("CreateConnectedAccount").len(), 3);
}

#[tokio::test]
async fn get_or_create_reports_who_created_the_account() {
    let (emulator, client) = connected().await;
    let get_or_create = |user: &str| {
        let call = client
            .actions()
            .get_or_create_connected_account("gmail", user);
        call.idempotent(true).send()
    };
    let fault = || Fault::status(Status::new(Code::Unavailable, "x"));
    // Created by the first attempt, whose response was lost.
    emulator.fail_next("CreateConnectedAccount", fault().after_executing());
    let found = get_or_create("lost").await.expect("an account");
    assert_eq!((found.created, found.certain), (true, false));
    assert_eq!(emulator.calls_to("CreateConnectedAccount").len(), 1 + 2);
    // Not created by the first attempt, but by the second.
    emulator.fail_next("CreateConnectedAccount", fault());
    let found = get_or_create("second").await.expect("an account");
    assert_eq!((found.created, found.certain), (true, true));
    let found = get_or_create("second").await.expect("an account");
    assert_eq!((found.created, found.certain), (false, true));
    // Another caller created it first, so the conflict is not with an earlier attempt.
    let not_there = Fault::status(Status::new(Code::NotFound, "no account"));
    emulator.fail_next("GetConnectedAccountDetails", not_there);
    let found = get_or_create("second").await.expect("an account");
    assert_eq!((found.created, found.certain), (false, true));
}

#[tokio::test]
async fn a_search_finds_accounts_by_text() {
    let (emulator, client) = connected().await;
    let actions = client.actions();
    let key = StaticAuth::new().field("api_key", "k");
    let other = actions
        .create_connected_account("exa", GMAIL.1, key)
        .await
        .expect("made");
    let search = || actions.search_connected_accounts("alice@");
    let found = search()
        .page_size(1)
        .items()
        .collect()
        .await
        .expect("found");
    assert_eq!(found.len(), 2);
    let only = search()
        .connection_id(&other.connection_id)
        .await
        .expect("found");
    assert_eq!((only.items.len(), &only.items[0].id), (1, &other.id));
    assert!(
        actions
            .search_connected_accounts("ab")
            .await
            .expect_err("too short")
            .is_bad_request()
    );
    assert!(search().page_size(31).await.is_err());
    assert!(search().page_token("forged").await.is_err());
    let before = emulator.calls().len();
    let blank = actions.search_connected_accounts(" ").await;
    assert_eq!(blank.expect_err("blank").kind(), ErrorKind::InvalidInput);
    assert_eq!(emulator.calls().len(), before);
}
