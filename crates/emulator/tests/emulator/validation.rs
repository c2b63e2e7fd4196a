//! Validation by the rules of the API description.

use scalekit::raw::connected_accounts as ca;
use scalekit::raw::connections as conn;
use scalekit::raw::mcp;
use scalekit::raw::providers as prov;
use scalekit::raw::tools;
use tonic::Code;

use crate::support::{start, violations};

/// Expects these violations, in any order.
macro_rules! breaks {
    ($harness:expr, $client:ident . $rpc:ident ( $request:expr ), $($wanted:expr),+ $(,)?) => {{
        let status = $harness
            .$client()
            .$rpc($harness.with_token($request))
            .await
            .unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        let mut found = violations(&status);
        found.sort();
        let mut wanted: Vec<(String, String)> = [$($wanted),+]
            .iter()
            .map(|(field, rule): &(&str, &str)| (field.to_string(), rule.to_string()))
            .collect();
        wanted.sort();
        assert_eq!(found, wanted);
    }};
}

#[tokio::test]
async fn strings_have_lengths_in_characters_patterns_and_prefixes() {
    let harness = start().await;
    let list = |identifier: &str, connector: &str| ca::ListConnectedAccountsRequest {
        identifier: Some(identifier.to_owned()),
        connector: Some(connector.to_owned()),
        ..Default::default()
    };
    // 100 characters, 200 bytes.
    harness
        .accounts()
        .list_connected_accounts(harness.with_token(list(&"é".repeat(100), "gmail")))
        .await
        .unwrap();
    breaks!(
        harness,
        accounts.list_connected_accounts(list(&"é".repeat(101), "gmail")),
        ("identifier", "string.max_len")
    );
    breaks!(
        harness,
        accounts.list_connected_accounts(list("a", "gm/ail")),
        ("connector", "string.pattern")
    );
    breaks!(
        harness,
        accounts.list_connected_accounts(list(&"a".repeat(101), &"/".repeat(401))),
        ("identifier", "string.max_len"),
        ("connector", "string.max_len"),
        ("connector", "string.pattern"),
    );
    let by_id = ca::GetConnectedAccountByIdentifierRequest {
        id: Some("acc_1".to_owned()),
        ..Default::default()
    };
    breaks!(
        harness,
        accounts.get_connected_account_auth(by_id),
        ("id", "string.prefix")
    );
}

#[tokio::test]
async fn a_value_without_presence_is_checked_even_if_it_is_zero() {
    let harness = start().await;
    breaks!(
        harness,
        accounts.verify_connected_account_user(ca::VerifyConnectedAccountUserRequest::default()),
        ("auth_request_id", "string.min_len"),
        ("identifier", "string.min_len"),
    );
    breaks!(
        harness,
        tools.delete_tool(tools::DeleteToolRequest::default()),
        ("id", "string.prefix")
    );
}

#[tokio::test]
async fn a_required_field_must_be_present() {
    let harness = start().await;
    breaks!(
        harness,
        accounts.create_connected_account(ca::CreateConnectedAccountRequest::default()),
        ("connected_account", "required")
    );
    breaks!(
        harness,
        tools.execute_tool(tools::ExecuteToolRequest::default()),
        ("tool_name", "required")
    );
    breaks!(
        harness,
        tools.search_tools(tools::SearchToolsRequest::default()),
        ("query", "required")
    );
}

#[tokio::test]
async fn numbers_have_bounds() {
    let harness = start().await;
    let list = |page_size| ca::ListConnectedAccountsRequest {
        page_size,
        ..Default::default()
    };
    harness
        .accounts()
        .list_connected_accounts(harness.with_token(list(99)))
        .await
        .unwrap();
    breaks!(
        harness,
        accounts.list_connected_accounts(list(100)),
        ("page_size", "uint32.gte_lt")
    );
    let app = conn::ListAppConnectionsRequest {
        page_size: 31,
        query: Some("ab".to_owned()),
        ..Default::default()
    };
    breaks!(
        harness,
        connections.list_app_connections(app),
        ("page_size", "uint32.lte"),
        ("query", "string.min_len"),
    );
}

#[tokio::test]
async fn lists_and_maps_and_their_elements_are_checked() {
    let harness = start().await;
    let mut names: Vec<String> = (0..21).map(|number| format!("c{number}")).collect();
    names[2] = "not/ok".to_owned();
    names[5] = String::new();
    let list = ca::ListConnectedAccountsRequest {
        connection_names: names,
        ..Default::default()
    };
    breaks!(
        harness,
        accounts.list_connected_accounts(list),
        ("connection_names", "repeated.max_items"),
        ("connection_names[2]", "string.pattern"),
        ("connection_names[5]", "string.min_len"),
    );
    let provider = prov::CreateCustomProvider {
        display_name: "Mine".to_owned(),
        auth_patterns: Some(scalekit::raw::json::ListValue::default()),
        proxy_url: "https://x.test".to_owned(),
        metadata: [("ab".to_owned(), "v".to_owned())].into(),
        ..Default::default()
    };
    breaks!(
        harness,
        providers.create_custom_provider(prov::CreateCustomProviderRequest {
            provider: Some(provider)
        }),
        ("provider.metadata[\"ab\"]", "string.min_len")
    );
}

#[tokio::test]
async fn nested_messages_are_checked_with_their_path() {
    let harness = start().await;
    let list = tools::ListToolsRequest {
        filter: Some(tools::Filter {
            query: Some("ab".to_owned()),
            connected_account_id: Some("x".to_owned()),
            ..Default::default()
        }),
        ..Default::default()
    };
    breaks!(
        harness,
        tools.list_tools(list),
        ("filter.query", "string.min_len"),
        ("filter.connected_account_id", "string.prefix"),
    );
    let config = mcp::McpConfig {
        name: "Not Allowed".to_owned(),
        connection_tool_mappings: vec![Default::default()],
        ..Default::default()
    };
    breaks!(
        harness,
        mcp.create_mcp_config(mcp::CreateMcpConfigRequest {
            config: Some(config)
        }),
        ("config.name", "string.pattern"),
        (
            "config.connection_tool_mappings[0].connection_name",
            "required"
        ),
    );
}

#[tokio::test]
async fn cel_rules_are_checked() {
    let harness = start().await;
    let both = ca::ListConnectedAccountsRequest {
        connector: Some("gmail".to_owned()),
        connection_names: vec!["gmail".to_owned()],
        ..Default::default()
    };
    breaks!(
        harness,
        accounts.list_connected_accounts(both),
        ("", "connector_or_connection_names_not_both")
    );
    let neither = mcp::CreateMcpSessionTokenRequest {
        identifier: "a".to_owned(),
        access_level: "ROOT".to_owned(),
        ..Default::default()
    };
    breaks!(
        harness,
        mcp.create_mcp_session_token(neither),
        ("", "mcp_config_id_xor_key_id"),
        ("access_level", "string.in"),
    );
    let status = harness
        .connections()
        .create_environment_connection(harness.with_token(
            conn::CreateEnvironmentConnectionRequest {
                connection: Some(conn::CreateConnection {
                    r#type: 99,
                    ..Default::default()
                }),
                flags: None,
            },
        ))
        .await
        .unwrap_err();
    let found = violations(&status);
    assert_eq!(found[0].0, "connection");
    assert!(found.contains(&("connection.type".to_owned(), "enum.defined_only".to_owned())));
}

#[tokio::test]
async fn an_unauthenticated_caller_learns_nothing_about_the_request() {
    let harness = start().await;
    let status = harness
        .tools()
        .execute_tool(tools::ExecuteToolRequest::default())
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
}
