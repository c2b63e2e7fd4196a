//! MCP servers, configurations, instances and session tokens.

use scalekit::raw::mcp as api;
use scalekit_emulator::{Account, Consent, Seed};
use tonic::Code;

use crate::support::{Harness, request, seeded};

async fn harness() -> Harness {
    seeded(Seed::builtin().account(Account::new("gmail", "a@x.test").id("ca_1"))).await
}

fn mapping(connection: &str, tools: &[&str]) -> api::McpConfigConnectionToolMapping {
    api::McpConfigConnectionToolMapping {
        connection_name: connection.to_owned(),
        tools: tools.iter().map(ToString::to_string).collect(),
        ..Default::default()
    }
}

async fn create(
    harness: &Harness,
    name: &str,
    mappings: Vec<api::McpConfigConnectionToolMapping>,
) -> Result<api::McpConfig, Code> {
    harness
        .mcp()
        .create_mcp_config(harness.with_token(api::CreateMcpConfigRequest {
            config: Some(api::McpConfig {
                name: name.to_owned(),
                connection_tool_mappings: mappings,
                ..Default::default()
            }),
        }))
        .await
        .map(|response| response.into_inner().config.unwrap())
        .map_err(|status| status.code())
}

#[tokio::test]
async fn configurations_are_created_listed_changed_and_deleted() {
    let harness = harness().await;
    let config = create(
        &harness,
        "inbox",
        vec![mapping("gmail", &["gmail_fetch_mails"])],
    )
    .await
    .unwrap();
    assert!(config.mcp_server_url.contains(&config.id));
    assert_eq!(config.connection_tool_mappings[0].provider, "GMAIL");
    assert_eq!(
        create(&harness, "inbox", vec![]).await.unwrap_err(),
        Code::AlreadyExists
    );
    assert_eq!(
        create(&harness, "x", vec![mapping("nope", &[])])
            .await
            .unwrap_err(),
        Code::NotFound
    );
    assert_eq!(
        create(&harness, "x", vec![mapping("exa", &["gmail_fetch_mails"])])
            .await
            .unwrap_err(),
        Code::NotFound
    );
    create(&harness, "search", vec![mapping("exa", &[])])
        .await
        .unwrap();
    let list = |filter: api::list_mcp_configs_request::Filter, search: &str| {
        let request = harness.with_token(api::ListMcpConfigsRequest {
            filter: Some(filter),
            search: search.to_owned(),
            ..Default::default()
        });
        let mut client = harness.mcp();
        async move {
            client
                .list_mcp_configs(request)
                .await
                .unwrap()
                .into_inner()
                .total_size
        }
    };
    type Filter = api::list_mcp_configs_request::Filter;
    assert_eq!(list(Filter::default(), "").await, 2);
    assert_eq!(list(Filter::default(), "INB").await, 1);
    let provider = Filter {
        provider: "EXA".to_owned(),
        ..Filter::default()
    };
    assert_eq!(list(provider, "").await, 1);
    let name = Filter {
        name: "inbox".to_owned(),
        ..Filter::default()
    };
    assert_eq!(list(name, "").await, 1);
    let mut client = harness.mcp();
    let updated = client
        .update_mcp_config(harness.with_token(api::UpdateMcpConfigRequest {
            config_id: config.id.clone(),
            description: "Mail".to_owned(),
            connection_tool_mappings: vec![mapping("gmail", &[]), mapping("exa", &[])],
        }))
        .await
        .unwrap()
        .into_inner()
        .config
        .unwrap();
    assert_eq!(updated.description, "Mail");
    assert_eq!(updated.connection_tool_mappings.len(), 2);
    let get = || {
        harness.with_token(api::GetMcpConfigRequest {
            config_id: config.id.clone(),
        })
    };
    client.get_mcp_config(get()).await.unwrap();
    client
        .delete_mcp_config(harness.with_token(api::DeleteMcpConfigRequest {
            config_id: config.id.clone(),
        }))
        .await
        .unwrap();
    assert_eq!(
        client.get_mcp_config(get()).await.unwrap_err().code(),
        Code::NotFound
    );
}

#[tokio::test]
async fn accounts_of_a_configuration_have_links_on_request() {
    let harness = harness().await;
    let config = create(
        &harness,
        "both",
        vec![mapping("gmail", &[]), mapping("exa", &[])],
    )
    .await
    .unwrap();
    let list = |links| {
        let request = harness.with_token(api::ListMcpConnectedAccountsRequest {
            config_id: config.id.clone(),
            identifier: "a@x.test".to_owned(),
            include_auth_link: links,
        });
        let mut client = harness.mcp();
        async move {
            let response = client.list_mcp_connected_accounts(request).await.unwrap();
            response.into_inner().connected_accounts
        }
    };
    let accounts = list(false).await;
    assert_eq!(accounts[0].connected_account_id.as_deref(), Some("ca_1"));
    assert_eq!(
        accounts[0].connected_account_status.as_deref(),
        Some("ACTIVE")
    );
    assert_eq!(accounts[1].connected_account_id, None);
    assert!(
        accounts
            .iter()
            .all(|account| account.authentication_link.is_empty())
    );
    let accounts = list(true).await;
    assert!(
        !accounts[0].authentication_link.is_empty(),
        "an active account can be authorized again"
    );
    let link = &accounts[1].authentication_link;
    harness
        .emulator
        .consent(link, Consent::Allow)
        .await
        .unwrap();
    let accounts = list(true).await;
    assert_eq!(
        accounts[1].connected_account_status.as_deref(),
        Some("ACTIVE")
    );
}

#[tokio::test]
async fn instances_belong_to_one_user() {
    let harness = harness().await;
    create(
        &harness,
        "one",
        vec![mapping("gmail", &[]), mapping("exa", &[])],
    )
    .await
    .unwrap();
    create(&harness, "two", vec![]).await.unwrap();
    let mut client = harness.mcp();
    let ensure = |config: &str| {
        harness.with_token(api::EnsureMcpInstanceRequest {
            config_name: config.to_owned(),
            user_identifier: "a@x.test".to_owned(),
            ..Default::default()
        })
    };
    let first = client
        .ensure_mcp_instance(ensure("one"))
        .await
        .unwrap()
        .into_inner();
    let again = client
        .ensure_mcp_instance(ensure("one"))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first, again);
    let status = client
        .ensure_mcp_instance(ensure("none"))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    let id = first.instance.unwrap().id;
    let state = client
        .get_mcp_instance_auth_state(harness.with_token(api::GetMcpInstanceAuthStateRequest {
            instance_id: id.clone(),
            include_auth_links: true,
        }))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(state.connections[0].connected_account_status, "ACTIVE");
    assert!(!state.connections[1].authentication_link.is_empty());
    let updated = client
        .update_mcp_instance(harness.with_token(api::UpdateMcpInstanceRequest {
            instance_id: id.clone(),
            name: "mine".to_owned(),
            config_name: "two".to_owned(),
        }))
        .await
        .unwrap()
        .into_inner()
        .instance
        .unwrap();
    assert_eq!(updated.config.unwrap().name, "two");
    let list = client
        .list_mcp_instances(harness.with_token(api::ListMcpInstancesRequest {
            filter: Some(api::list_mcp_instances_request::Filter {
                config_name: "two".to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        }))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(list.total_size, 1);
    let get = || {
        harness.with_token(api::GetMcpInstanceRequest {
            instance_id: id.clone(),
        })
    };
    client.get_mcp_instance(get()).await.unwrap();
    client
        .delete_mcp_instance(harness.with_token(api::DeleteMcpInstanceRequest {
            instance_id: id.clone(),
        }))
        .await
        .unwrap();
    assert_eq!(
        client.get_mcp_instance(get()).await.unwrap_err().code(),
        Code::NotFound
    );
}

#[tokio::test]
async fn servers_are_created_listed_and_deleted() {
    let harness = harness().await;
    let mut client = harness.mcp();
    let mcp = client
        .create_mcp(harness.with_token(api::CreateMcpRequest {
            mcp: Some(api::Mcp {
                connected_account_identifier: "a@x.test".to_owned(),
                tool_mappings: vec![api::ToolMapping {
                    connection_name: "gmail".to_owned(),
                    tool_names: vec!["gmail_fetch_mails".to_owned()],
                    status: String::new(),
                }],
                ..Default::default()
            }),
        }))
        .await
        .unwrap()
        .into_inner()
        .mcp
        .unwrap();
    assert_eq!(mcp.tool_mappings[0].status, "ACTIVE");
    let list = client
        .list_mcp(harness.with_token(api::ListMcpRequest::default()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(list.mcps, std::slice::from_ref(&mcp));
    let get = || {
        harness.with_token(api::GetMcpRequest {
            mcp_id: mcp.id.clone(),
        })
    };
    client.get_mcp(get()).await.unwrap();
    client
        .delete_mcp(harness.with_token(api::DeleteMcpRequest {
            mcp_id: mcp.id.clone(),
        }))
        .await
        .unwrap();
    assert_eq!(
        client.get_mcp(get()).await.unwrap_err().code(),
        Code::NotFound
    );
}

#[tokio::test]
async fn a_session_token_is_for_one_configuration_or_connection_and_no_rpc_accepts_it() {
    let harness = harness().await;
    let config = create(&harness, "inbox", vec![]).await.unwrap();
    let mut client = harness.mcp();
    let token = |config: &str, connection: &str, seconds: i64| {
        harness.with_token(api::CreateMcpSessionTokenRequest {
            mcp_config_id: config.to_owned(),
            key_id: connection.to_owned(),
            identifier: "a@x.test".to_owned(),
            expiry: Some(prost_types::Duration { seconds, nanos: 0 }),
            access_level: "READ_ONLY".to_owned(),
        })
    };
    let session = client
        .create_mcp_session_token(token(&config.id, "", 600))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(session.token.split('.').count(), 3);
    assert!(session.expires_at.is_some());
    client
        .create_mcp_session_token(token("", "gmail", 600))
        .await
        .unwrap();
    for (request, code) in [
        (token("none", "", 600), Code::NotFound),
        (token("", "none", 600), Code::NotFound),
        (token("", "exa", 600), Code::FailedPrecondition),
        (token("", "gmail", 59), Code::InvalidArgument),
        (token("", "gmail", 90_000), Code::InvalidArgument),
    ] {
        let status = client.create_mcp_session_token(request).await.unwrap_err();
        assert_eq!(status.code(), code);
    }
    let status = client
        .list_mcp(request(&session.token, api::ListMcpRequest::default()))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    let response = harness
        .rest(
            "POST",
            "/api/v1/mcp/connections/gmail/tokens",
            Some(serde_json::json!({ "identifier": "a@x.test", "expiry": "60s" })),
        )
        .await;
    assert_eq!(response.status, 200, "{}", response.text());
}
