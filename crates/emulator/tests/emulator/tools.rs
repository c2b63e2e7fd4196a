//! Tools: lists, search and management.

use scalekit::raw::tools as api;
use scalekit::raw::tools::ToolReadinessState as Readiness;
use scalekit_emulator::{Account, AccountStatus, Annotations, Connection, Emulator, Seed, Tool};
use serde_json::json;
use tonic::Code;

use crate::support::{Harness, from_struct, seeded, start, to_struct, with};

async fn list(harness: &Harness, filter: api::Filter) -> Vec<String> {
    let response = harness
        .tools()
        .list_tools(harness.with_token(api::ListToolsRequest {
            filter: Some(filter),
            page_size: 100,
            ..Default::default()
        }))
        .await
        .unwrap()
        .into_inner();
    response.tools.iter().map(name).collect()
}

fn name(tool: &api::Tool) -> String {
    let definition = from_struct(tool.definition.as_ref().unwrap());
    definition["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_tool_has_its_whole_definition() {
    let harness = start().await;
    let response = harness
        .tools()
        .list_tools(harness.with_token(api::ListToolsRequest {
            filter: Some(api::Filter {
                tool_name: vec!["gmail_send_mail".to_owned()],
                ..Default::default()
            }),
            ..Default::default()
        }))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(response.total_size, 1);
    let tool = &response.tools[0];
    assert!(tool.id.starts_with("tol_"));
    assert_eq!(tool.provider, "GMAIL");
    assert!(tool.updated_at.is_some());
    assert_eq!(tool.is_default, Some(true));
    assert_eq!(tool.tags, ["mail", "write"]);
    let definition = from_struct(tool.definition.as_ref().unwrap());
    assert_eq!(definition["name"], "gmail_send_mail");
    assert_eq!(
        definition["input_schema"]["required"],
        json!(["to", "subject", "body"])
    );
    assert_eq!(definition["output_schema"]["type"], "object");
    assert_eq!(definition["annotations"]["read_only_hint"], false);
    assert_eq!(definition["annotations"]["title"], "Send mail");
}

fn rich() -> Seed {
    Seed::builtin()
        .connection(Connection::oauth("crm", "CRM").enabled(false))
        .tool(Tool::new("crm_find", "CRM").description("Finds a customer"))
        .tool(
            Tool::custom_mcp("exa", "EXA", "deep_search")
                .description("Searches deeper")
                .annotations(Annotations::read_only("Deep")),
        )
        .account(Account::new("gmail", "a@x.test").id("ca_1"))
        .account(
            Account::new("exa", "a@x.test")
                .id("ca_2")
                .status(AccountStatus::Expired),
        )
        .account(
            Account::new("gmail", "b@x.test")
                .organization("org_1")
                .user("usr_1"),
        )
}

#[tokio::test]
async fn every_filter_narrows_the_list() {
    let harness = seeded(rich()).await;
    let harness = &harness;
    type Filter = api::Filter;
    assert_eq!(list(harness, Filter::default()).await.len(), 6);
    let provider = Filter {
        provider: "gmail".to_owned(),
        ..Filter::default()
    };
    assert_eq!(
        list(harness, provider).await,
        ["gmail_fetch_mails", "gmail_send_mail"]
    );
    let query = Filter {
        query: Some("search".to_owned()),
        ..Filter::default()
    };
    assert_eq!(
        list(harness, query).await,
        ["exa_search", "c-exa_deep_search"]
    );
    let connector = Filter {
        connector: Some("exa".to_owned()),
        ..Filter::default()
    };
    assert_eq!(
        list(harness, connector).await,
        ["exa_search", "c-exa_deep_search"]
    );
    let identifier = Filter {
        identifier: "a@x.test".to_owned(),
        ..Filter::default()
    };
    assert_eq!(list(harness, identifier).await.len(), 4);
    let both = Filter {
        identifier: "a@x.test".to_owned(),
        connector: Some("gmail".to_owned()),
        ..Filter::default()
    };
    assert_eq!(list(harness, both).await.len(), 2);
    let account = Filter {
        connected_account_id: Some("ca_2".to_owned()),
        ..Filter::default()
    };
    assert_eq!(list(harness, account).await.len(), 2);
    let organization = Filter {
        organization_id: Some("org_1".to_owned()),
        user_id: Some("usr_1".to_owned()),
        ..Filter::default()
    };
    assert_eq!(list(harness, organization).await.len(), 2);
    let nobody = Filter {
        identifier: "nobody".to_owned(),
        ..Filter::default()
    };
    assert!(list(harness, nobody).await.is_empty());
}

#[tokio::test]
async fn a_summary_has_names_only() {
    let harness = start().await;
    let response = harness
        .tools()
        .list_tools(harness.with_token(api::ListToolsRequest {
            filter: Some(api::Filter {
                summary: Some(true),
                provider: "GMAIL".to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        }))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        response.tool_names,
        ["gmail_fetch_mails", "gmail_send_mail"]
    );
    assert!(response.tools.is_empty());
}

#[tokio::test]
async fn tools_come_in_pages() {
    let mut seed = Seed::empty();
    for number in 0..45 {
        seed = seed.tool(Tool::new(format!("tool_{number:02}"), "MANY"));
    }
    let harness = with(Emulator::builder().seed(seed).default_page_size(20)).await;
    let mut sizes = Vec::new();
    let mut token = String::new();
    loop {
        let page = harness
            .tools()
            .list_tools(harness.with_token(api::ListToolsRequest {
                page_token: token,
                ..Default::default()
            }))
            .await
            .unwrap()
            .into_inner();
        sizes.push(page.tools.len());
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(sizes, [20, 20, 5]);
    let status = harness
        .tools()
        .list_tools(harness.with_token(api::ListToolsRequest {
            page_token: "made up".to_owned(),
            ..Default::default()
        }))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn scoped_tools_are_those_of_active_accounts() {
    let harness = seeded(rich()).await;
    let scoped = |filter: Option<api::ScopedToolFilter>| {
        let request = harness.with_token(api::ListScopedToolsRequest {
            identifier: "a@x.test".to_owned(),
            filter,
            ..Default::default()
        });
        let mut client = harness.tools();
        async move { client.list_scoped_tools(request).await }
    };
    let all = scoped(Some(Default::default())).await.unwrap().into_inner();
    assert_eq!(all.total_size, 2);
    assert_eq!(all.tools[0].identifier, "a@x.test");
    assert_eq!(all.tools[0].connected_account_id, "ca_1");
    let none = api::ScopedToolFilter {
        connection_names: vec!["exa".to_owned()],
        ..Default::default()
    };
    assert_eq!(scoped(Some(none)).await.unwrap().into_inner().total_size, 0);
    let one = api::ScopedToolFilter {
        providers: vec!["GMAIL".to_owned()],
        tool_names: vec!["gmail_send_mail".to_owned()],
        ..Default::default()
    };
    assert_eq!(scoped(Some(one)).await.unwrap().into_inner().total_size, 1);
    let status = scoped(None).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(
        crate::support::violations(&status),
        [("filter".to_owned(), "required".to_owned())]
    );
}

#[tokio::test]
async fn available_tools_are_those_of_enabled_connections() {
    let harness = seeded(rich()).await;
    let response = harness
        .tools()
        .list_available_tools(harness.with_token(api::ListAvailableToolsRequest {
            identifier: "new@x.test".to_owned(),
            page_size: 50,
            ..Default::default()
        }))
        .await
        .unwrap()
        .into_inner();
    let names: Vec<String> = response.tools.iter().map(name).collect();
    assert_eq!(names.len(), 5);
    assert!(!names.contains(&"crm_find".to_owned()));
}

#[tokio::test]
async fn search_ranks_tools_and_reports_readiness() {
    let harness = seeded(rich()).await;
    let search = |query: &str, identifier: Option<&str>, top_k: u32| {
        let request = harness.with_token(api::SearchToolsRequest {
            query: query.to_owned(),
            identifier: identifier.map(ToOwned::to_owned),
            top_k,
        });
        let mut client = harness.tools();
        async move {
            client
                .search_tools(request)
                .await
                .unwrap()
                .into_inner()
                .tools
        }
    };
    let found = search("send a mail", None, 0).await;
    assert_eq!(found[0].name, "gmail_send_mail");
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert!(found.iter().all(|tool| tool.connections.is_empty()));
    assert_eq!(search("mail", None, 1).await.len(), 1);
    assert!(search("zzz", None, 0).await.is_empty());
    let readiness = |tool: &api::SearchedTool| tool.connections[0].readiness_state();
    let found = search("gmail_send_mail", Some("a@x.test"), 1).await;
    assert_eq!(readiness(&found[0]), Readiness::Ready);
    assert_eq!(found[0].connections[0].connected_account_id, "ca_1");
    let found = search("exa_search", Some("a@x.test"), 1).await;
    assert_eq!(readiness(&found[0]), Readiness::NeedsReauth);
    let found = search("exa_search", Some("new@x.test"), 1).await;
    assert_eq!(readiness(&found[0]), Readiness::NeedsConnection);
    assert_eq!(found[0].connections[0].connection_name, "exa");
}

#[tokio::test]
async fn refresh_returns_the_tools_of_the_connection() {
    let harness = seeded(rich()).await;
    let refresh = |connector: &str| {
        let request = harness.with_token(api::RefreshToolsRequest {
            identifier: Some("a@x.test".to_owned()),
            connector: Some(connector.to_owned()),
            ..Default::default()
        });
        let mut client = harness.tools();
        async move { client.refresh_tools(request).await }
    };
    assert_eq!(refresh("exa").await.unwrap().into_inner().total_size, 2);
    assert_eq!(refresh("crm").await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn tools_are_created_changed_and_deleted() {
    let harness = seeded(rich()).await;
    let definition = |description: &str| {
        Some(to_struct(&json!({
            "name": "gmail_archive",
            "description": description,
            "input_schema": { "type": "object", "required": ["id"] },
            "extension": { "kept": [1, true] },
        })))
    };
    let create = || {
        harness.with_token(api::CreateToolRequest {
            tool: Some(api::Tool {
                provider: "GMAIL".to_owned(),
                definition: definition("Archives"),
                ..Default::default()
            }),
        })
    };
    let tool = harness
        .tools()
        .create_tool(create())
        .await
        .unwrap()
        .into_inner()
        .tool
        .unwrap();
    assert_eq!(tool.definition, definition("Archives"));
    let status = harness.tools().create_tool(create()).await.unwrap_err();
    assert_eq!(status.code(), Code::AlreadyExists);
    let executed = harness
        .execute("gmail_archive", "gmail", "a@x.test", json!({}))
        .await;
    let refused = executed.map_err(|status| status.code()) == Err(Code::InvalidArgument);
    assert_eq!(refused, cfg!(feature = "validation"));
    let updated = harness
        .tools()
        .update_tool(harness.with_token(api::UpdateToolRequest {
            tool: Some(api::Tool {
                id: tool.id.clone(),
                definition: definition("Archives a mail"),
                ..Default::default()
            }),
        }))
        .await
        .unwrap()
        .into_inner()
        .tool
        .unwrap();
    assert_eq!(updated.definition, definition("Archives a mail"));
    assert_eq!(updated.provider, "GMAIL");
    harness
        .tools()
        .set_tool_default(harness.with_token(api::SetToolDefaultRequest {
            name: "gmail_archive".to_owned(),
            schema_version: "1".to_owned(),
            tool_version: "2".to_owned(),
        }))
        .await
        .unwrap();
    let delete = || {
        harness.with_token(api::DeleteToolRequest {
            id: tool.id.clone(),
        })
    };
    harness.tools().delete_tool(delete()).await.unwrap();
    let status = harness.tools().delete_tool(delete()).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}
