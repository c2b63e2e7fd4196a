//! Lists, searches and refreshes tools.

use scalekit::{AccountRef, ErrorKind, OauthToken, Readiness};
use scalekit_emulator::{Connection, Seed, Tool};
use serde_json::json;

use super::harness::{GMAIL, connect, connected, emulator, emulator_with};

/// Many tools of one provider, and a custom MCP tool of one connection.
fn many(seed: Seed) -> Seed {
    let seed = seed
        .connection(Connection::bearer("mcp-1", "CUSTOM"))
        .tool(Tool::custom_mcp("mcp-1", "CUSTOM", "lookup"));
    (0..45).fold(seed, |seed, index| {
        seed.tool(Tool::new(format!("bulk_{index:02}"), "BULK").description("one of many"))
    })
}

#[tokio::test]
async fn a_tool_has_its_definition_and_accessors_for_its_fields() {
    let emulator = emulator().await;
    let client = emulator.client();
    let page = client
        .tools()
        .list_tools()
        .tool_names(["gmail_fetch_mails"])
        .await
        .expect("a page");
    let [tool] = &page.items[..] else {
        panic!("one tool")
    };
    assert_eq!(tool.name(), "gmail_fetch_mails");
    assert_eq!(tool.provider, "GMAIL");
    assert!(!tool.description().is_empty());
    assert!(tool.id.starts_with("tol_"));
    let schema = tool.input_schema().expect("a schema");
    assert_eq!(schema["type"], "object");
    assert!(schema["properties"]["max_results"].is_object());
    assert!(tool.output_schema().is_some());
    assert_eq!(tool.annotations().read_only_hint, Some(true));
    assert_eq!(tool.definition()["input_schema"], *schema);
    let send = client
        .tools()
        .list_tools()
        .tool_names(["gmail_send_mail"])
        .await
        .expect("a page");
    assert_eq!(send.items[0].annotations().read_only_hint, Some(false));
}

#[tokio::test]
async fn the_catalogue_filters_pages_and_summarises() {
    let emulator = emulator_with(many).await;
    let client = emulator.client();
    let list = || client.tools().list_tools();
    let page = list().provider("BULK").page_size(20).await.expect("a page");
    assert_eq!((page.items.len(), page.total_size), (20, 45));
    assert!(page.next_page_token.is_some());
    let all = list()
        .provider("BULK")
        .page_size(20)
        .items()
        .collect()
        .await
        .expect("all");
    assert_eq!(all.len(), 45);
    let names = list()
        .provider("BULK")
        .summary()
        .page_size(20)
        .items()
        .collect()
        .await
        .expect("all");
    assert_eq!(names.len(), 45);
    assert!(names.iter().all(|name| name.starts_with("bulk_")));
    let found = list().query("send").items().collect().await.expect("found");
    assert!(found.iter().any(|tool| tool.name() == "gmail_send_mail"));
    let token = list()
        .page_size(2)
        .await
        .expect("a page")
        .next_page_token
        .expect("more");
    assert!(
        !list()
            .page_size(2)
            .page_token(token)
            .await
            .expect("a page")
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn every_filter_of_the_catalogue_is_sent() {
    let (emulator, client) = connected().await;
    let account = client
        .actions()
        .get_connected_account_details(GMAIL)
        .await
        .expect("it");
    client
        .tools()
        .list_tools()
        .provider("GMAIL")
        .identifier(GMAIL.1)
        .connection_name(GMAIL.0)
        .query("mail")
        .tool_names(["gmail_fetch_mails"])
        .organization_id("org_1")
        .user_id("usr_1")
        .connected_account_id(&account.id)
        .await
        .ok();
    let calls = emulator.calls_to("ListTools");
    let filter = &calls[0].request["filter"];
    assert_eq!(filter["provider"], "GMAIL");
    assert_eq!(filter["identifier"], GMAIL.1);
    assert_eq!(filter["connector"], GMAIL.0);
    assert_eq!(filter["query"], "mail");
    assert_eq!(filter["toolName"], json!(["gmail_fetch_mails"]));
    assert_eq!(filter["organizationId"], "org_1");
    assert_eq!(filter["userId"], "usr_1");
    assert_eq!(filter["connectedAccountId"], account.id);
}

#[tokio::test]
async fn an_empty_filter_is_not_sent() {
    let emulator = emulator().await;
    let client = emulator.client();
    let none: [&str; 0] = [];
    let list = client.tools().list_tools().tool_names(none).page_size(1);
    list.await.expect("a page");
    client.mcp().list_configs().name("").await.expect("a page");
    assert_eq!(
        emulator.calls_to("ListTools")[0].request,
        json!({"pageSize": 1})
    );
    assert_eq!(emulator.calls_to("ListMcpConfigs")[0].request, json!({}));
}

#[tokio::test]
async fn the_catalogue_rejects_invalid_arguments() {
    let emulator = emulator().await;
    let client = emulator.client();
    let error = client
        .tools()
        .list_tools()
        .query("ab")
        .await
        .expect_err("too short");
    assert_eq!(error.kind(), ErrorKind::BadRequest);
    assert!(
        error.field_violations()[0].field.contains("query"),
        "{error:?}"
    );
    assert!(
        client
            .tools()
            .list_tools()
            .page_token("forged")
            .await
            .is_err()
    );
    assert!(
        client
            .tools()
            .list_tools()
            .connected_account_id("nonsense")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn scoped_tools_are_those_of_connected_accounts() {
    let emulator = emulator_with(many).await;
    let client = emulator.client();
    let scoped = || client.tools().list_scoped_tools(GMAIL.1);
    assert!(
        scoped().await.expect("a page").items.is_empty(),
        "nothing is connected"
    );
    connect(&client).await;
    client
        .actions()
        .get_or_create_connected_account("hackernews", GMAIL.1)
        .await
        .expect("an account");
    let account = client
        .actions()
        .get_connected_account_details(GMAIL)
        .await
        .expect("it");
    let all = scoped().page_size(2).items().collect().await.expect("all");
    let names: Vec<_> = all.iter().map(|scoped| scoped.tool.name()).collect();
    assert!(names.contains(&"gmail_send_mail") && names.contains(&"hackernews_top_stories"));
    let mail = all
        .iter()
        .find(|scoped| scoped.tool.name() == "gmail_send_mail")
        .expect("it");
    assert_eq!(mail.identifier, GMAIL.1);
    assert_eq!(mail.connected_account_id, account.id);

    let only = scoped().providers(["HACKERNEWS"]).await.expect("a page");
    assert!(
        only.items
            .iter()
            .all(|scoped| scoped.tool.provider == "HACKERNEWS")
    );
    let only = scoped().connection_names(["gmail"]).await.expect("a page");
    assert!(
        only.items
            .iter()
            .all(|scoped| scoped.tool.provider == "GMAIL")
    );
    let only = scoped()
        .tool_names(["gmail_send_mail"])
        .await
        .expect("a page");
    assert_eq!(only.items.len(), 1);
    for call in emulator.calls_to("ListScopedTools") {
        assert!(
            call.request.get("filter").is_some(),
            "the filter is always sent"
        );
    }
}

#[tokio::test]
async fn available_tools_include_those_of_unconnected_providers() {
    let emulator = emulator().await;
    let client = emulator.client();
    let all = client
        .tools()
        .list_available_tools(GMAIL.1)
        .page_size(1)
        .items()
        .collect()
        .await;
    let all = all.expect("all");
    assert!(all.iter().any(|tool| tool.name() == "gmail_send_mail"));
}

#[tokio::test]
async fn a_search_ranks_tools_and_reports_readiness() {
    let (_emulator, client) = connected().await;
    let search = || client.tools().search_tools("send mail");
    let found = search().await.expect("found");
    assert_eq!(found[0].name, "gmail_send_mail");
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert!(found[0].connections.is_empty(), "no identifier was given");
    assert_eq!(search().top_k(1).await.expect("found").len(), 1);

    let found = search().identifier(GMAIL.1).await.expect("found");
    let ready = &found[0].connections[0];
    assert_eq!(
        (ready.connection_name.as_str(), ready.readiness),
        ("gmail", Readiness::Ready)
    );
    assert!(ready.connected_account_id.is_some());

    let pending = client
        .actions()
        .get_or_create_connected_account("gmail", "new")
        .await;
    pending.expect("an account");
    let found = search().identifier("new").await.expect("found");
    assert_eq!(
        found[0].connections[0].readiness,
        Readiness::NeedsConnection
    );
    let long = client.tools().search_tools("x".repeat(257)).await;
    assert!(long.expect_err("too long").is_bad_request());
}

#[tokio::test]
async fn refresh_reads_an_account_s_tools() {
    let emulator = emulator_with(many).await;
    let client = emulator.client();
    let token = scalekit::StaticAuth::new().field("token", "t");
    let account = client
        .actions()
        .create_connected_account("mcp-1", "u", token)
        .await
        .expect("it");
    let by_id = client.tools().refresh_tools(&account).await.expect("tools");
    assert!(
        by_id
            .tools
            .iter()
            .any(|tool| tool.name() == "c-mcp-1_lookup"),
        "{by_id:?}"
    );
    assert_eq!(by_id.total_size as usize, by_id.tools.len());
    let by_name = client.tools().refresh_tools(("mcp-1", "u")).await;
    assert_eq!(by_name.expect("tools").total_size, by_id.total_size);
    let all = client
        .tools()
        .refresh_tools(AccountRef::id(&account.id))
        .organization_id("org_9")
        .user_id("usr_9")
        .await;
    assert!(all.is_err() || all.is_ok_and(|tools| tools.total_size == by_id.total_size));
    let sent = emulator
        .calls_to("RefreshTools")
        .last()
        .expect("a call")
        .request
        .clone();
    assert_eq!(
        (&sent["organizationId"], &sent["userId"]),
        (&json!("org_9"), &json!("usr_9"))
    );
    let error = client.tools().refresh_tools(("mcp-1", "nobody")).await;
    assert!(error.expect_err("no account").is_not_found());
}

#[tokio::test]
async fn blank_arguments_fail_before_anything_is_sent() {
    let emulator = emulator().await;
    let client = emulator.client();
    let errors = [
        client.tools().list_scoped_tools("").await.err(),
        client.tools().list_available_tools(" ").await.err(),
        client.tools().search_tools("").await.err(),
        client.tools().refresh_tools(("gmail", "")).await.err(),
        client.tools().execute_tool("", ()).await.err(),
    ];
    for error in errors {
        assert_eq!(error.expect("an error").kind(), ErrorKind::InvalidInput);
    }
    assert!(emulator.calls().is_empty());
}

#[tokio::test]
async fn a_list_is_a_stream() {
    use futures_core::Stream;
    fn is_stream<T>(_: &impl Stream<Item = Result<T, scalekit::Error>>) {}
    let emulator = emulator().await;
    let client = emulator.client();
    client
        .actions()
        .create_connected_account("gmail", "u", OauthToken::new("t"))
        .await
        .expect("an account");
    let mut items = client.tools().list_scoped_tools("u").page_size(1).items();
    is_stream(&items);
    is_stream(&client.tools().list_tools().pages());
    assert!(items.next().await.expect("an item").is_ok());
}
