//! MCP: configurations, the connection state of users, session tokens.

use std::time::{Duration, SystemTime};

use scalekit::mcp::CreateConfig;
use scalekit::{
    AccountStatus, Client, Code, ConnectionToolMapping, ErrorKind, McpAccessLevel, McpConfig,
    McpServerRef, Outcome,
};
use scalekit_emulator::{Connection, Consent, Emulator};
use serde_json::json;

use super::harness::{GMAIL, connected, emulator, emulator_with, serve};

/// A configuration with one Gmail tool and all tools of Exa.
fn both(client: &Client, name: &str) -> CreateConfig {
    client.mcp().create_config(name).connection_tool_mappings([
        ConnectionToolMapping::new("gmail").tools(["gmail_fetch_mails"]),
        ConnectionToolMapping::new("exa"),
    ])
}

async fn config(client: &Client) -> McpConfig {
    both(client, "both").await.expect("a configuration")
}

#[tokio::test]
async fn a_configuration_is_created_read_changed_and_deleted() {
    let emulator = emulator().await;
    let client = emulator.client();
    let mcp = client.mcp();
    let created = both(&client, "inbox_1")
        .description("Reads mails")
        .await
        .expect("created");
    assert_eq!(created.name, "inbox_1");
    assert_eq!(created.description.as_deref(), Some("Reads mails"));
    assert!(created.mcp_server_url.contains(&created.id), "{created:?}");
    let [mail, exa] = &created.connection_tool_mappings[..] else {
        panic!("two connections")
    };
    assert_eq!(mail.connection_name, "gmail");
    assert_eq!(mail.tools, ["gmail_fetch_mails"]);
    assert_eq!(mail.provider.as_deref(), Some("GMAIL"));
    assert!(
        mail.connection_id
            .as_ref()
            .expect("an id")
            .starts_with("conn_")
    );
    assert_eq!(mail.connected_account_id, None);
    assert_eq!(mail.connected_account_status, None);
    assert!(exa.tools.is_empty());

    let read = mcp.get_config(&created.id).await.expect("it");
    assert_eq!(format!("{read:?}"), format!("{created:?}"));

    let changed = mcp
        .update_config(&created.id)
        .connection_tool_mappings([exa.clone()])
        .await
        .expect("changed");
    assert_eq!(changed.connection_tool_mappings, std::slice::from_ref(exa));
    assert_eq!(changed.description.as_deref(), Some("Reads mails"));
    let changed = mcp
        .update_config(&created.id)
        .description("Searches")
        .await
        .expect("changed");
    assert_eq!(changed.description.as_deref(), Some("Searches"));
    assert_eq!(changed.connection_tool_mappings, std::slice::from_ref(exa));
    let sent = &emulator.calls_to("UpdateMcpConfig")[0].request;
    assert_eq!(
        sent["connectionToolMappings"],
        json!([{"connectionName": "exa"}]),
        "what the service sets is not sent back"
    );

    mcp.delete_config(&created.id).await.expect("deleted");
    let gone = [
        mcp.get_config(&created.id).await.map(drop),
        mcp.update_config(&created.id).await.map(drop),
        mcp.delete_config(&created.id).await,
    ];
    for result in gone {
        let error = result.expect_err("it is gone");
        assert!(error.is_not_found(), "{error}");
        assert_eq!(error.outcome(), Outcome::Rejected);
    }
}

#[tokio::test]
async fn an_invalid_configuration_is_rejected() {
    let emulator = emulator().await;
    let client = emulator.client();
    config(&client).await;
    let error = both(&client, "both").await.expect_err("a duplicate");
    assert!(error.is_conflict(), "{error}");
    assert_eq!(error.code(), Some(Code::AlreadyExists));

    for name in ["Upper", "with space", &"x".repeat(101)] {
        let error = both(&client, name).await.expect_err(name);
        assert!(error.is_bad_request(), "{error}");
        assert_eq!(error.code(), Some(Code::InvalidArgument));
        assert_eq!(error.field_violations()[0].field, "config.name");
    }
    let many = || (0..26).map(|_| ConnectionToolMapping::new("gmail"));
    let create = client.mcp().create_config("many");
    let error = create.connection_tool_mappings(many()).await;
    let error = error.expect_err("too many");
    assert_eq!(
        error.field_violations()[0].field,
        "config.connection_tool_mappings"
    );
    let update = client.mcp().update_config("cfg");
    let error = update.connection_tool_mappings(many()).await;
    let error = error.expect_err("too many");
    assert_eq!(
        error.field_violations()[0].field,
        "connection_tool_mappings"
    );

    let unknown = [
        ConnectionToolMapping::new("nobody"),
        ConnectionToolMapping::new("exa").tools(["gmail_fetch_mails"]),
    ];
    for mapping in unknown {
        let create = client.mcp().create_config("new");
        let error = create.connection_tool_mappings([mapping]).await;
        assert!(error.expect_err("unknown").is_not_found());
    }
}

#[tokio::test]
async fn configurations_are_filtered() {
    let emulator = emulator().await;
    let client = emulator.client();
    let inbox = client
        .mcp()
        .create_config("inbox")
        .description("Reads mails")
        .connection_tool_mappings([ConnectionToolMapping::new("gmail")])
        .await
        .expect("created");
    client.mcp().create_config("empty").await.expect("created");
    let list = || client.mcp().list_configs();
    assert_eq!(list().await.expect("a page").total_size, 2);
    for narrowed in [
        list().id(&inbox.id),
        list().name("inbox"),
        list().provider("GMAIL"),
        list().mcp_server_url(&inbox.mcp_server_url),
        list().search("MAILS"),
    ] {
        let page = narrowed.await.expect("a page");
        assert_eq!(page.total_size, 1);
        assert_eq!(page.items[0].id, inbox.id);
    }
    for (refused, field) in [
        (list().name("not a name"), "filter.name"),
        (list().page_size(31), "page_size"),
        (list().page_token("forged"), "page_token"),
    ] {
        let error = refused.await.expect_err(field);
        assert!(error.is_bad_request(), "{error}");
        assert_eq!(error.field_violations()[0].field, field);
    }
}

#[tokio::test]
async fn configurations_are_listed_page_by_page() {
    let emulator = serve(Emulator::builder().default_page_size(2).empty_pages(true)).await;
    let client = emulator.client();
    for index in 0..5 {
        let name = format!("config-{index}");
        client.mcp().create_config(name).await.expect("created");
    }
    let list = || client.mcp().list_configs();
    let first = list().await.expect("a page");
    assert_eq!((first.items.len(), first.total_size), (2, 5));
    let token = first.next_page_token.expect("more");
    assert!(list().page_token(token).await.is_ok());

    let mut pages = list().page_size(3).pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.expect("a page").items.len());
    }
    assert_eq!(sizes, [3, 0, 2], "past an empty page");
    let items = list().items().collect().await.expect("all");
    let names: Vec<_> = items.iter().map(|config| config.name.as_str()).collect();
    let expected = ["config-0", "config-1", "config-2", "config-3", "config-4"];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_user_s_accounts_are_listed_with_links_on_request() {
    let (emulator, client) = connected().await;
    let config = config(&client).await;
    let list = || client.mcp().list_connected_accounts(&config.id, GMAIL.1);
    let states = list().await.expect("states");
    let [mail, exa] = &states[..] else {
        panic!("two connections")
    };
    assert_eq!(mail.connection_name, "gmail");
    assert_eq!(mail.provider, "GMAIL");
    assert!(mail.connection_id.starts_with("conn_"));
    assert!(
        mail.connected_account_id
            .as_ref()
            .expect("one")
            .starts_with("ca_")
    );
    assert_eq!(mail.connected_account_status, Some(AccountStatus::Active));
    assert_eq!(exa.connected_account_id, None);
    assert_eq!(exa.connected_account_status, None);
    assert!(
        states
            .iter()
            .all(|state| state.authentication_link.is_none())
    );

    let states = list().include_auth_link().await.expect("states");
    let link = states[1].authentication_link.as_ref().expect("a link");
    assert!(
        states[0].authentication_link.is_some(),
        "also an active one"
    );
    emulator
        .consent(link, Consent::Allow)
        .await
        .expect("consented");
    let states = list().await.expect("states");
    assert_eq!(
        states[1].connected_account_status,
        Some(AccountStatus::Active)
    );

    let none = client.mcp().list_connected_accounts("cfg_0", "u").await;
    assert!(none.expect_err("no configuration").is_not_found());
}

#[tokio::test]
async fn a_session_token_is_for_one_server() {
    let (emulator, client) = connected().await;
    let config = config(&client).await;
    let mcp = client.mcp();
    let before = SystemTime::now();
    let session = mcp
        .create_session_token(config.server(), GMAIL.1)
        .await
        .expect("a token");
    assert_eq!(session.token.expose().split('.').count(), 3);
    let lifetime = session.expires_at.expect("a time");
    let lifetime = lifetime.duration_since(before).expect("later");
    assert!(
        (3_598..=3_660).contains(&lifetime.as_secs()),
        "{lifetime:?}"
    );

    mcp.create_session_token(McpServerRef::connection("gmail"), GMAIL.1)
        .expiry(Duration::from_millis(900_999))
        .access_level(McpAccessLevel::ReadOnly)
        .await
        .expect("a token");
    let calls = emulator.calls_to("CreateMcpSessionToken");
    assert_eq!(
        calls[0].request,
        json!({"mcpConfigId": config.id, "identifier": GMAIL.1})
    );
    assert_eq!(
        calls[1].request,
        json!({
            "keyId": "gmail",
            "identifier": GMAIL.1,
            "expiry": "900s",
            "accessLevel": "READ_ONLY",
        })
    );
}

#[tokio::test]
async fn an_invalid_session_token_request_is_rejected() {
    let emulator =
        emulator_with(|seed| seed.connection(Connection::oauth("off", "GMAIL").enabled(false)))
            .await;
    let client = emulator.client();
    let config = config(&client).await;
    let token = |server| client.mcp().create_session_token(server, GMAIL.1);
    for server in [
        McpServerRef::config("cfg_0"),
        McpServerRef::connection("nobody"),
        McpServerRef::connection("off"),
    ] {
        let error = token(server).await.expect_err("no such server");
        assert!(error.is_not_found(), "{error}");
    }
    let error = token(McpServerRef::connection("gmail")).await;
    let error = error.expect_err("not connected");
    assert_eq!(error.code(), Some(Code::FailedPrecondition));
    for seconds in [0, 59, 86_401] {
        let expiry = Duration::from_secs(seconds);
        let error = token(config.server()).expiry(expiry).await;
        let error = error.expect_err("no lifetime");
        assert!(error.is_bad_request(), "{error}");
        assert_eq!(error.field_violations()[0].field, "expiry");
    }
    let long = "x".repeat(256);
    let error = client
        .mcp()
        .create_session_token(config.server(), long)
        .await;
    let error = error.expect_err("too long");
    assert_eq!(error.field_violations()[0].field, "identifier");
    let error = token(config.server()).expiry(Duration::MAX).await;
    let error = error.expect_err("no transport can encode it");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn blank_arguments_fail_before_anything_is_sent() {
    let emulator = emulator().await;
    let client = emulator.client();
    let mcp = client.mcp();
    let errors = [
        mcp.create_config("").await.err(),
        mcp.update_config(" ").await.err(),
        mcp.get_config("").await.err(),
        mcp.delete_config("").await.err(),
        mcp.list_connected_accounts("", "u").await.err(),
        mcp.list_connected_accounts("cfg", "").await.err(),
        mcp.create_session_token(McpServerRef::config(""), "u")
            .await
            .err(),
        mcp.create_session_token(McpServerRef::connection(""), "u")
            .await
            .err(),
        mcp.create_session_token(McpServerRef::config("cfg"), "")
            .await
            .err(),
    ];
    emulator.assert_nothing_was_sent(errors);
}

#[tokio::test]
async fn only_idempotent_calls_are_retried() {
    let (emulator, client) = connected().await;
    let config = config(&client).await;
    let mcp = client.mcp();

    let attempts = emulator.unavailable_once("GetMcpConfig");
    mcp.get_config(&config.id).await.expect("it");
    assert_eq!(attempts(), 2);
    let attempts = emulator.unavailable_once("ListMcpConfigs");
    mcp.list_configs().await.expect("a page");
    assert_eq!(attempts(), 2);
    let attempts = emulator.unavailable_once("UpdateMcpConfig");
    mcp.update_config(&config.id)
        .description("d")
        .await
        .expect("it");
    assert_eq!(attempts(), 2);
    let attempts = emulator.unavailable_once("ListMcpConnectedAccounts");
    let list = || mcp.list_connected_accounts(&config.id, GMAIL.1);
    list().await.expect("states");
    assert_eq!(attempts(), 2);

    let attempts = emulator.unavailable_once("ListMcpConnectedAccounts");
    let error = list().include_auth_link().await.expect_err("makes links");
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(attempts(), 1);
    let attempts = emulator.unavailable_once("CreateMcpConfig");
    mcp.create_config("other")
        .await
        .expect_err("may have happened");
    assert_eq!(attempts(), 1);
    let attempts = emulator.unavailable_once("CreateMcpSessionToken");
    let token = || mcp.create_session_token(config.server(), GMAIL.1);
    token().await.expect_err("may have happened");
    assert_eq!(attempts(), 1);
    let attempts = emulator.unavailable_once("CreateMcpSessionToken");
    token().idempotent(true).await.expect("a token");
    assert_eq!(attempts(), 2);
    let attempts = emulator.unavailable_once("DeleteMcpConfig");
    mcp.delete_config(&config.id).await.expect("deleted");
    assert_eq!(attempts(), 2);
}

#[tokio::test]
async fn debug_shows_neither_token_nor_link() {
    let (_emulator, client) = connected().await;
    let config = config(&client).await;
    let session = client
        .mcp()
        .create_session_token(config.server(), GMAIL.1)
        .await
        .expect("a token");
    let printed = format!("{session:?} {session:#?}");
    assert!(!printed.contains(session.token.expose()), "{printed}");
    let states = client
        .mcp()
        .list_connected_accounts(&config.id, GMAIL.1)
        .include_auth_link()
        .await
        .expect("states");
    let printed = format!("{states:?} {states:#?}");
    for state in &states {
        let link = state.authentication_link.as_ref().expect("a link");
        assert!(!printed.contains(link), "{printed}");
    }
    assert!(printed.contains("gmail"), "what is no secret is shown");
}
