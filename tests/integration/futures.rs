//! The size of the futures of calls: the memory that each call in flight takes, and the cost to
//! move it.

use scalekit::{AuthPattern, Client, ConnectionType, McpServerRef, OauthToken};
use serde_json::json;

/// 2 KiB, so that a thousand calls in flight need 2 MB.
const LIMIT: usize = 2048;

#[test]
fn the_future_of_every_call_is_small() {
    let client = Client::builder()
        .env_url("https://acme.example")
        .client_id("skc_1")
        .client_secret("secret")
        .build()
        .expect("a client");
    let (actions, tools, mcp) = (client.actions(), client.tools(), client.mcp());
    let providers = client.providers();
    let (account, token) = (("gmail", "alice"), || OauthToken::new("token"));
    let mut sizes = Vec::new();
    macro_rules! measure {
        ($($call:expr),+ $(,)?) => {
            $(sizes.push((stringify!($call), size_of_val(&$call)));)+
        };
    }
    measure![
        actions.execute_tool("t", json!({})).send(),
        actions.get_authorization_link(account).send(),
        actions.verify_connected_account_user("r", "alice").send(),
        actions.get_connected_account(account).send(),
        actions.get_connected_account_details(account).send(),
        actions
            .get_or_create_connected_account("gmail", "alice")
            .send(),
        actions
            .create_connected_account("gmail", "alice", token())
            .send(),
        actions.update_connected_account(account).send(),
        actions.delete_connected_account(account).send(),
        actions.list_connected_accounts().send(),
        actions.search_connected_accounts("ali").send(),
        actions.list_connections().send(),
        actions.disconnect_connected_account("ca_1").send(),
        actions.get_environment_connection("conn_1").send(),
        actions
            .create_environment_connection("HUBSPOT", ConnectionType::Oauth)
            .send(),
        actions
            .update_environment_connection("conn_1", "HUBSPOT")
            .send(),
        actions.enable_environment_connection("conn_1").send(),
        actions.disable_environment_connection("conn_1").send(),
        actions.delete_environment_connection("conn_1").send(),
        actions.request("gmail", "alice", "/").send(),
        actions.request("gmail", "alice", "/").send_streaming(),
        tools.list_tools().send(),
        tools.list_scoped_tools("alice").send(),
        tools.list_available_tools("alice").send(),
        tools.search_tools("mail").send(),
        tools.refresh_tools(("c", "u")).send(),
        mcp.create_config("c").send(),
        mcp.update_config("c").send(),
        mcp.list_configs().send(),
        mcp.get_config("c").send(),
        mcp.delete_config("c").send(),
        mcp.list_connected_accounts("c", "alice").send(),
        mcp.create_session_token(McpServerRef::connection("c"), "alice")
            .send(),
        providers
            .create_custom_provider("p", "https://p.example", [AuthPattern::api_key("Key")])
            .send(),
        providers
            .update_custom_provider("p", "p", "https://p.example", [AuthPattern::api_key("Key")])
            .send(),
        providers.delete_custom_provider("p").send(),
        providers.list_providers().send(),
    ];
    sizes.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let listed: Vec<String> = sizes
        .iter()
        .map(|(call, size)| format!("{size:5} {call}"))
        .collect();
    println!("{}", listed.join("\n"));
    assert!(
        sizes[0].1 <= LIMIT,
        "beyond {LIMIT} bytes:\n{}",
        listed.join("\n")
    );
}
