//! Listing, reading, creating, changing, enabling and deleting connections.

use scalekit::{
    ConnectionAuthMode, ConnectionConfig, ConnectionStatus, ConnectionType, EnvironmentConnection,
    ErrorKind, GoogleDwdConfig, OauthConfig, Outcome, StaticAuth,
};
use serde_json::json;

use super::harness::{Served, emulator};

const SENTINEL: &str = "sentinel-0xC0FFEE";

#[tokio::test]
async fn connections_are_listed_with_names_to_use() {
    let emulator = emulator().await;
    let client = emulator.client();
    let page = client.actions().list_connections().await.expect("a page");
    let gmail = page
        .items
        .iter()
        .find(|c| c.connection_name == "gmail")
        .expect("gmail");
    assert_eq!(gmail.provider, "GMAIL");
    assert_eq!(gmail.connection_type, scalekit::ConnectionType::Oauth);
    assert!(gmail.enabled);
    let exa = client
        .actions()
        .list_connections()
        .provider("EXA")
        .await
        .expect("a page");
    assert_eq!(exa.items.len(), 1);
    let found = client
        .actions()
        .list_connections()
        .query("hacker")
        .await
        .expect("a page");
    assert_eq!(found.items[0].connection_name, "hackernews");
    let mut one_by_one = client.actions().list_connections().page_size(1).items();
    let mut names = Vec::new();
    while let Some(connection) = one_by_one.next().await {
        names.push(connection.expect("a connection").connection_name);
    }
    assert_eq!(names.len(), page.total_size as usize);
    assert!(
        client
            .actions()
            .list_connections()
            .page_size(31)
            .await
            .is_err()
    );
    assert!(
        client
            .actions()
            .list_connections()
            .page_token("forged")
            .await
            .is_err()
    );
}

async fn hubspot(emulator: &Served) -> EnvironmentConnection {
    let client = emulator.client();
    client
        .actions()
        .create_environment_connection("HUBSPOT", ConnectionType::Oauth)
        .connection_name("sales")
        .await
        .expect("created")
}

#[tokio::test]
async fn a_connection_is_created_read_changed_and_deleted() {
    let emulator = emulator().await;
    let client = emulator.client();
    let actions = client.actions();
    let created = actions
        .create_environment_connection("HUBSPOT", ConnectionType::Oauth)
        .connection_name("sales")
        .auth_mode(ConnectionAuthMode::OrgWide)
        .context(json!({"domain": "eu.example.com"}))
        .await
        .expect("created");
    let sent = emulator.calls_to("CreateEnvironmentConnection")[0]
        .request
        .clone();
    assert_eq!(sent["connection"]["context"]["domain"], "eu.example.com");
    assert!(created.id.starts_with("conn_"), "{}", created.id);
    assert_eq!(created.connection_name, "sales");
    assert_eq!(created.provider, "HUBSPOT");
    assert_eq!(created.connection_type, ConnectionType::Oauth);
    assert_eq!(created.auth_mode, ConnectionAuthMode::OrgWide);
    assert_eq!(created.status, ConnectionStatus::Completed);
    assert!(created.enabled && !created.debug_enabled);
    assert!(created.created_at.is_some() && created.updated_at.is_some());
    assert!(created.resolved_proxy_url.is_some());

    let mut config = OauthConfig::new()
        .client_id("client")
        .client_secret(SENTINEL)
        .scopes(["crm.read", "crm.write"])
        .use_platform_creds(false);
    config.authorize_uri = Some("https://hubspot.example/authorize".to_owned());
    config.optional_scopes = vec!["crm.admin".to_owned()];
    config.optional_scopes_field_name = Some("optional_scope".to_owned());
    config.required_scopes = vec!["crm.read".to_owned()];
    config.scope_selection_allowed = Some(true);
    let changed = actions
        .update_environment_connection(&created.id, "HUBSPOT")
        .connection_name("sales-eu")
        .debug_enabled(true)
        .config(config)
        .await
        .expect("changed");
    assert_eq!(changed.connection_name, "sales-eu");
    assert!(changed.debug_enabled);
    let sent = emulator.calls_to("UpdateEnvironmentConnection")[0]
        .request
        .clone();
    let sent = &sent["connection"]["oauthConfig"];
    assert_eq!(sent["clientId"], "client");

    let changed = actions
        .update_environment_connection(&created.id, "HUBSPOT")
        .await
        .expect("nothing to change");
    assert_eq!(changed.connection_name, "sales-eu", "what is not set stays");

    let read = actions
        .get_environment_connection(&created.id)
        .await
        .expect("it");
    let Some(ConnectionConfig::Oauth(config)) = read.config else {
        panic!("an OAuth client")
    };
    assert_eq!(config.client_id.as_deref(), Some("client"));
    assert!(config.client_secret.is_none());
    assert_eq!(config.scopes, ["crm.read", "crm.write"]);
    assert_eq!(config.optional_scopes, ["crm.admin"]);
    let field = config.optional_scopes_field_name.as_deref();
    assert_eq!(field, Some("optional_scope"));
    assert_eq!(config.required_scopes, ["crm.read"]);
    assert_eq!(config.scope_selection_allowed, Some(true));
    assert_eq!(config.use_platform_creds, Some(false));
    assert!(config.authorize_uri.is_some() && config.token_uri.is_none());

    actions
        .delete_environment_connection(&created.id)
        .await
        .expect("deleted");
    let gone = [
        actions.delete_environment_connection(&created.id).await,
        actions
            .get_environment_connection(&created.id)
            .await
            .map(drop),
        actions
            .update_environment_connection(&created.id, "HUBSPOT")
            .await
            .map(drop),
        actions
            .enable_environment_connection(&created.id)
            .await
            .map(drop),
        actions
            .disable_environment_connection(&created.id)
            .await
            .map(drop),
    ];
    for result in gone {
        assert!(result.expect_err("there is none").is_not_found());
    }
}

#[tokio::test]
async fn a_connection_is_disabled_and_enabled() {
    let emulator = emulator().await;
    let client = emulator.client();
    let actions = client.actions();
    let id = hubspot(&emulator).await.id;
    for enabled in [false, false, true] {
        let is_enabled = match enabled {
            true => actions.enable_environment_connection(&id).await,
            false => actions.disable_environment_connection(&id).await,
        };
        assert_eq!(is_enabled.expect("toggled"), enabled);
        let read = actions.get_environment_connection(&id).await.expect("it");
        assert_eq!(read.enabled, enabled);
    }
}

#[tokio::test]
async fn every_kind_of_configuration_is_sent_and_comes_back_without_secrets() {
    let emulator = emulator().await;
    let client = emulator.client();
    let actions = client.actions();
    let key = actions
        .create_environment_connection("ACME", ConnectionType::ApiKey)
        .await
        .expect("created");
    assert!(!key.connection_name.is_empty(), "the service chooses one");
    let config = StaticAuth::new().field("region", "eu").field("port", 8080);
    let changed = actions
        .update_environment_connection(&key.id, "ACME")
        .config(config)
        .await
        .expect("changed");
    let Some(ConnectionConfig::Static(fields)) = changed.config else {
        panic!("static fields")
    };
    assert_eq!(
        json!(fields.expose()),
        json!({"region": "eu", "port": 8080})
    );

    let google = actions
        .create_environment_connection("GOOGLE", ConnectionType::GoogleDwd)
        .await
        .expect("created");
    let config = GoogleDwdConfig::new()
        .service_account_json(SENTINEL)
        .scopes(["calendar"]);
    let changed = actions
        .update_environment_connection(&google.id, "GOOGLE")
        .config(config)
        .await
        .expect("changed");
    let Some(ConnectionConfig::GoogleDwd(config)) = changed.config else {
        panic!("a service account")
    };
    assert_eq!(config.scopes, ["calendar"]);
    assert!(config.service_account_json.is_none());
}

#[tokio::test]
async fn a_connection_that_cannot_be_is_refused() {
    let emulator = emulator().await;
    let client = emulator.client();
    let actions = client.actions();
    hubspot(&emulator).await;
    let again = actions
        .create_environment_connection("HUBSPOT", ConnectionType::Oauth)
        .connection_name("sales");
    let error = again.await.expect_err("a duplicate");
    assert!(error.is_conflict(), "{error}");
    let long = actions.get_environment_connection("c".repeat(33)).await;
    let error = long.expect_err("too long");
    assert_eq!(error.field_violations()[0].field, "connection_id");
    let long = actions
        .update_environment_connection("conn_1", "HUBSPOT")
        .connection_name("c".repeat(301));
    let error = long.await.expect_err("too long");
    assert_eq!(error.field_violations()[0].field, "connection.key_id");
}

#[tokio::test]
async fn what_is_wrong_locally_is_not_sent() {
    let emulator = emulator().await;
    let client = emulator.client();
    let actions = client.actions();
    let unknown: ConnectionType = "TELEPATHY".parse().expect("a value");
    let inexact = StaticAuth::new().field("n", 9_007_199_254_740_993_i64);
    let create = |provider| actions.create_environment_connection(provider, ConnectionType::Oauth);
    let mode: ConnectionAuthMode = "SOMEBODY".parse().expect("a value");
    emulator.assert_nothing_was_sent([
        create(" ").await.err(),
        create("HUBSPOT").context(["a list"]).await.err(),
        create("HUBSPOT").auth_mode(mode).await.err(),
        actions
            .create_environment_connection("HUBSPOT", unknown)
            .await
            .err(),
        actions
            .update_environment_connection("", "HUBSPOT")
            .await
            .err(),
        actions
            .update_environment_connection("conn_1", "")
            .await
            .err(),
        actions
            .update_environment_connection("conn_1", "HUBSPOT")
            .config(inexact)
            .await
            .err(),
        actions.get_environment_connection("").await.err(),
        actions.enable_environment_connection("").await.err(),
        actions.disable_environment_connection("").await.err(),
        actions.delete_environment_connection("").await.err(),
    ]);
}

#[tokio::test]
async fn only_a_creation_is_not_repeated() {
    let emulator = emulator().await;
    let client = emulator.client();
    let actions = client.actions();
    let id = hubspot(&emulator).await.id;
    let create = || actions.create_environment_connection("HUBSPOT", ConnectionType::Oauth);
    let attempts = emulator.unavailable_once("CreateEnvironmentConnection");
    let error = create().await.expect_err("may have happened");
    assert_eq!((error.outcome(), attempts()), (Outcome::Unknown, 1));
    let attempts = emulator.unavailable_once("CreateEnvironmentConnection");
    create().idempotent(true).await.expect("created");
    assert_eq!(attempts(), 2);

    let attempts = emulator.unavailable_once("GetEnvironmentConnection");
    actions.get_environment_connection(&id).await.expect("it");
    assert_eq!(attempts(), 2);
    let attempts = emulator.unavailable_once("UpdateEnvironmentConnection");
    let update = actions.update_environment_connection(&id, "HUBSPOT");
    update.await.expect("changed");
    assert_eq!(attempts(), 2);
    let attempts = emulator.unavailable_once("DisableEnvironmentConnection");
    let disable = actions.disable_environment_connection(&id);
    disable.await.expect("disabled");
    assert_eq!(attempts(), 2);
    let attempts = emulator.unavailable_once("EnableEnvironmentConnection");
    let enable = actions.enable_environment_connection(&id);
    enable.await.expect("enabled");
    assert_eq!(attempts(), 2);
    let attempts = emulator.unavailable_once("DeleteEnvironmentConnection");
    let delete = actions.delete_environment_connection(&id);
    delete.await.expect("deleted");
    assert_eq!(attempts(), 2);
}

#[tokio::test]
async fn printing_shows_no_secret_of_a_configuration() {
    let mut config = OauthConfig::new()
        .client_id("client")
        .client_secret(SENTINEL);
    config.googleads_developer_token = Some(SENTINEL.into());
    let google = GoogleDwdConfig::new().service_account_json(SENTINEL);
    let fixed = StaticAuth::new().field("api_key", SENTINEL);
    let emulator = emulator().await;
    let client = emulator.client();
    let update = client
        .actions()
        .update_environment_connection("conn_1", "HUBSPOT")
        .config(config.clone());
    let mut printed = format!("{config:?} {update:?}");
    assert!(printed.contains("client_id: Some(\"client\")"), "{printed}");
    for config in [google.into(), fixed.into(), ConnectionConfig::from(config)] {
        printed += &format!("{config:#?}");
    }
    let error = update.await.expect_err("there is none");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    printed += &format!("{error} {error:?}");
    assert!(!printed.contains(SENTINEL), "{printed}");
}
