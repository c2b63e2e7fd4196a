//! Connections: the AgentKit list and management.

use scalekit::raw::connections as api;
use scalekit::raw::connections::ConnectionType;
use scalekit_emulator::{Account, Connection, Seed};
use serde_json::json;
use tonic::Code;

use crate::support::{Harness, by_name, seeded, start};

async fn app(harness: &Harness, request: api::ListAppConnectionsRequest) -> Vec<String> {
    let response = harness
        .connections()
        .list_app_connections(harness.with_token(request))
        .await
        .unwrap()
        .into_inner();
    response
        .connections
        .into_iter()
        .map(|connection| connection.key_id)
        .collect()
}

#[tokio::test]
async fn app_connections_are_listed_filtered_and_paged() {
    let harness = start().await;
    let response = harness
        .connections()
        .list_app_connections(harness.with_token(Default::default()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(response.total_size, 3);
    let gmail = &response.connections[0];
    assert_eq!(gmail.key_id, "gmail");
    assert_eq!(gmail.provider_key, "GMAIL");
    assert_eq!(gmail.r#type(), ConnectionType::Oauth);
    assert_eq!(gmail.status(), api::ConnectionStatus::Completed);
    assert!(gmail.enabled && gmail.id.starts_with("conn_") && gmail.created_at.is_some());
    let provider = api::ListAppConnectionsRequest {
        provider: Some("exa".to_owned()),
        ..Default::default()
    };
    assert_eq!(app(&harness, provider).await, ["exa"]);
    let query = api::ListAppConnectionsRequest {
        query: Some("NEWS".to_owned()),
        ..Default::default()
    };
    assert_eq!(app(&harness, query).await, ["hackernews"]);
    let mut request = api::ListAppConnectionsRequest {
        page_size: 2,
        ..Default::default()
    };
    let first = harness
        .connections()
        .list_app_connections(harness.with_token(request.clone()))
        .await
        .unwrap()
        .into_inner();
    request.page_token = first.next_page_token;
    assert_eq!(app(&harness, request).await, ["hackernews"]);
}

#[tokio::test]
async fn a_connection_is_created_changed_toggled_and_deleted() {
    let harness = start().await;
    let created = harness
        .connections()
        .create_environment_connection(harness.with_token(
            api::CreateEnvironmentConnectionRequest {
                connection: Some(api::CreateConnection {
                    r#type: ConnectionType::Oauth as i32,
                    provider_key: "GMAIL".to_owned(),
                    key_id: Some("work".to_owned()),
                    ..Default::default()
                }),
                flags: None,
            },
        ))
        .await
        .unwrap()
        .into_inner()
        .connection
        .unwrap();
    let id = created.id.clone();
    assert_eq!(created.key_id.as_deref(), Some("work"));
    let updated = harness
        .connections()
        .update_environment_connection(harness.with_token(
            api::UpdateEnvironmentConnectionRequest {
                connection_id: id.clone(),
                connection: Some(api::UpdateConnection {
                    provider_key: "GMAIL".to_owned(),
                    key_id: Some("work mail".to_owned()),
                    settings: Some(api::update_connection::Settings::OauthConfig(
                        api::OAuthConnectionConfig {
                            scopes: vec!["mail.read".to_owned()],
                            client_secret: Some("SENTINEL".to_owned()),
                            ..Default::default()
                        },
                    )),
                    ..Default::default()
                }),
            },
        ))
        .await
        .unwrap()
        .into_inner()
        .connection
        .unwrap();
    assert_eq!(updated.key_id.as_deref(), Some("work mail"));
    assert!(!format!("{updated:?}").contains("SENTINEL"));
    let link = harness.link("work mail", "a@x.test").await;
    assert!(
        harness
            .bare("GET", &link, "")
            .await
            .text()
            .contains("mail.read")
    );
    harness
        .emulator
        .consent(&link, scalekit_emulator::Consent::Allow)
        .await
        .unwrap();
    let toggle = || {
        harness.with_token(api::ToggleEnvironmentConnectionRequest {
            connection_id: id.clone(),
        })
    };
    let mut client = harness.connections();
    let disabled = client
        .disable_environment_connection(toggle())
        .await
        .unwrap();
    assert!(!disabled.into_inner().enabled);
    let response = harness
        .proxy("GET", "/echo", "work mail", "a@x.test", "")
        .await;
    assert_eq!(response.status, 400);
    let enabled = client
        .enable_environment_connection(toggle())
        .await
        .unwrap();
    assert!(enabled.into_inner().enabled);
    let get = || {
        harness.with_token(api::GetEnvironmentConnectionRequest {
            connection_id: id.clone(),
        })
    };
    client.get_environment_connection(get()).await.unwrap();
    client
        .delete_environment_connection(harness.with_token(
            api::DeleteEnvironmentConnectionRequest {
                connection_id: id.clone(),
            },
        ))
        .await
        .unwrap();
    let status = client.get_environment_connection(get()).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    let status = harness
        .accounts()
        .get_connected_account_details(harness.with_token(by_name("work mail", "a@x.test")))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn names_are_unique_and_login_connections_are_unimplemented() {
    let harness = start().await;
    let create = |kind: ConnectionType, name: &str| {
        let request = harness.with_token(api::CreateEnvironmentConnectionRequest {
            connection: Some(api::CreateConnection {
                r#type: kind as i32,
                provider_key: "EXA".to_owned(),
                key_id: Some(name.to_owned()),
                ..Default::default()
            }),
            flags: None,
        });
        let mut client = harness.connections();
        async move {
            client
                .create_environment_connection(request)
                .await
                .map_err(|status| status.code())
        }
    };
    assert_eq!(
        create(ConnectionType::ApiKey, "exa").await.unwrap_err(),
        Code::AlreadyExists
    );
    assert_eq!(
        create(ConnectionType::Saml, "sso").await.unwrap_err(),
        Code::Unimplemented
    );
    create(ConnectionType::Bearer, "other").await.unwrap();
}

#[tokio::test]
async fn connections_of_an_organization_are_separate() {
    let harness = seeded(
        Seed::builtin()
            .connection(
                Connection::api_key("theirs", "EXA")
                    .organization("org_1")
                    .id("conn_1"),
            )
            .account(Account::new("theirs", "a@x.test")),
    )
    .await;
    let path = "/api/v1/organizations/org_1/connections/conn_1";
    assert_eq!(harness.rest("GET", path, None).await.status, 200);
    let other = "/api/v1/organizations/org_2/connections/conn_1";
    assert_eq!(harness.rest("GET", other, None).await.status, 404);
    assert_eq!(
        harness
            .rest("GET", "/api/v1/connections/conn_1", None)
            .await
            .status,
        404
    );
    let list = harness
        .rest("GET", "/api/v1/connections?organization_id=org_1", None)
        .await
        .json();
    assert_eq!(list["connections"][0]["key_id"], "theirs");
    let list = harness
        .rest("GET", "/api/v1/connections", None)
        .await
        .json();
    assert_eq!(list["connections"].as_array().unwrap().len(), 3);
    let list = harness
        .rest("GET", "/api/v1/organizations/-/connections", None)
        .await;
    assert_eq!(list.json()["total_size"], 1);
    let path = "/api/v1/organizations/-/connections:search?query=thei&enabled=true&connection_type=API_KEY";
    assert_eq!(
        harness.rest("GET", path, None).await.json()["total_size"],
        1
    );
    let response = harness
        .rest(
            "POST",
            "/api/v1/organizations/org_1/connections",
            Some(json!({ "type": "API_KEY", "provider_key": "EXA" })),
        )
        .await;
    assert_eq!(response.json()["connection"]["organization_id"], "org_1");
    let path = "/api/v1/organizations/org_1/connections/conn_1";
    let response = harness
        .rest("PATCH", &format!("{path}:disable"), None)
        .await;
    assert_eq!(response.json()["enabled"], false);
    let response = harness
        .rest(
            "PATCH",
            path,
            Some(json!({ "provider_key": "EXA", "key_id": "renamed" })),
        )
        .await;
    assert_eq!(response.json()["connection"]["key_id"], "renamed");
    assert_eq!(harness.rest("DELETE", path, None).await.status, 200);
    assert_eq!(harness.rest("DELETE", path, None).await.status, 404);
}
