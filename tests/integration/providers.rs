//! The catalogue of providers, and custom providers.

use scalekit::providers::CreateCustomProvider;
use scalekit::{AuthField, AuthPattern, Client, Code, ConnectionType, Outcome, ProviderType};
use serde_json::json;

use super::harness::emulator;

const URL: &str = "https://mcp.acme.example";

fn create(client: &Client, name: &str) -> CreateCustomProvider {
    let patterns = [AuthPattern::oauth("OAuth").mcp()];
    client
        .providers()
        .create_custom_provider(name, URL, patterns)
}

#[tokio::test]
async fn a_provider_is_created_changed_and_deleted() {
    let emulator = emulator().await;
    let client = emulator.client();
    let providers = client.providers();
    let created = create(&client, "Acme MCP")
        .description("Orders")
        .icon_src("https://acme.example/icon.png")
        .metadata([("team", "sales")])
        .await
        .expect("created");
    assert!(!created.id.is_empty());
    assert_eq!(created.identifier, "ACME_MCP");
    assert_eq!(created.display_name, "Acme MCP");
    assert_eq!(created.description, "Orders");
    assert_eq!(created.icon_src, "https://acme.example/icon.png");
    assert_eq!(created.proxy_url, URL);
    assert_eq!(created.metadata["team"], "sales");
    assert!(created.proxy_enabled && created.is_custom && created.is_custom_mcp);
    assert!(!created.coming_soon && created.categories.is_empty());
    assert_eq!(created.display_priority, 0);
    let [pattern] = &created.auth_patterns[..] else {
        panic!("one pattern")
    };
    assert_eq!(pattern.connection_type(), ConnectionType::Oauth);
    assert_eq!(pattern.display_name(), "OAuth");

    let changed = providers
        .update_custom_provider(&created.identifier, "Acme", URL, created.auth_patterns)
        .metadata([("team", "support"), ("tier", "one")])
        .await
        .expect("changed");
    assert_eq!(changed.display_name, "Acme");
    assert_eq!(changed.metadata.len(), 2);
    assert_eq!(changed.description, "Orders", "what is not set stays");
    assert!(changed.proxy_enabled);
    let changed = providers
        .update_custom_provider("ACME_MCP", "Acme", "https://b.example", [])
        .description("Invoices")
        .icon_src("https://b.example/icon.png")
        .proxy_enabled(false)
        .await
        .expect("changed");
    assert_eq!(changed.description, "Invoices");
    assert_eq!(changed.icon_src, "https://b.example/icon.png");
    assert!(changed.metadata.is_empty() && changed.auth_patterns.is_empty());
    assert!(!changed.proxy_enabled && !changed.is_custom_mcp);

    providers
        .delete_custom_provider("ACME_MCP")
        .await
        .expect("deleted");
    let gone = [
        providers.delete_custom_provider("ACME_MCP").await,
        providers
            .update_custom_provider("ACME_MCP", "Acme", URL, [])
            .await
            .map(drop),
        // A catalogue provider is not a custom provider.
        providers.delete_custom_provider("GMAIL").await,
    ];
    for result in gone {
        assert!(result.expect_err("there is none").is_not_found());
    }
}

#[tokio::test]
async fn a_list_has_the_providers_of_one_type_or_of_both() {
    let emulator = emulator().await;
    let client = emulator.client();
    let providers = client.providers();
    create(&client, "Acme").await.expect("created");
    let names = async |list: scalekit::providers::ListProviders| {
        let listed = list.items().collect().await.expect("a list");
        let mut names: Vec<_> = listed.into_iter().map(|one| one.identifier).collect();
        names.sort();
        names
    };
    let list = || providers.list_providers();
    let of = |provider_type| list().provider_type(provider_type);
    assert_eq!(names(of(ProviderType::Custom)).await, ["ACME"]);
    let catalogue = ["EXA", "GMAIL", "HACKERNEWS"];
    assert_eq!(names(of(ProviderType::Default)).await, catalogue);
    let all = ["ACME", "EXA", "GMAIL", "HACKERNEWS"];
    assert_eq!(names(of(ProviderType::All).page_size(1)).await, all);
    assert_eq!(names(list().identifier("GMAIL")).await, ["GMAIL"]);
    assert!(names(list().identifier("NONE")).await.is_empty());

    let page = of(ProviderType::All).page_size(3).await.expect("a page");
    assert_eq!((page.items.len(), page.total_size), (3, 4));
    let error = list().identifier("ü").await.expect_err("not an identifier");
    assert_eq!(error.field_violations()[0].field, "identifier");
    let error = list().page_token("forged").await.expect_err("not a token");
    assert!(error.is_bad_request(), "{error}");
    let attempts = emulator.unavailable_once("ListProviders");
    list().await.expect("a page");
    assert_eq!(attempts(), 2);
}

#[tokio::test]
async fn every_field_of_a_pattern_is_sent_and_returned() {
    let emulator = emulator().await;
    let client = emulator.client();
    let region = AuthField::text("region", "Region")
        .path_param()
        .with("options", json!([{"value": "eu"}]));
    let key = AuthField::password("api_key", "Key")
        .hint("Settings")
        .required()
        .header_name("X-Key");
    let pattern = AuthPattern::api_key("API key")
        .description("A key")
        .field(key)
        .field(region)
        .account_field(AuthField::text("workspace", "Workspace"))
        .auth_header_key_override("x-api-key")
        .allowed_proxy_domains(["acme.example"])
        .with("retries", 3);
    let providers = client.providers();
    let provider = providers
        .create_custom_provider("Acme", URL, [pattern.clone()])
        .await
        .expect("created");
    assert_eq!(provider.auth_patterns, [pattern]);
    let fields = provider.auth_patterns[0].as_object();
    assert_eq!(
        json!(fields),
        json!({
            "type": "API_KEY",
            "display_name": "API key",
            "description": "A key",
            "fields": [
                {"field_name": "api_key", "label": "Key", "input_type": "password",
                 "hint": "Settings", "required": true, "header_name": "X-Key"},
                {"field_name": "region", "label": "Region", "input_type": "text",
                 "is_path_param": true, "options": [{"value": "eu"}]},
            ],
            "account_fields":
                [{"field_name": "workspace", "label": "Workspace", "input_type": "text"}],
            "auth_header_key_override": "x-api-key",
            "allowed_proxy_domains": ["acme.example"],
            "retries": 3,
        })
    );

    let oauth = AuthPattern::oauth("O").pkce_enabled(false);
    assert_eq!(
        oauth.as_object()["oauth_config"],
        json!({"pkce_enabled": false})
    );
    for (pattern, kind) in [
        (AuthPattern::bearer("B"), ConnectionType::Bearer),
        (AuthPattern::no_auth("N"), ConnectionType::NoAuth),
        (
            AuthPattern::no_auth("N").with("type", "oauth_m2m"),
            ConnectionType::OauthM2m,
        ),
        (
            AuthPattern::no_auth("N").with("type", "LATER"),
            "LATER".parse().expect("a value"),
        ),
    ] {
        assert_eq!(pattern.connection_type(), kind);
    }
}

#[tokio::test]
async fn an_invalid_provider_is_rejected() {
    let emulator = emulator().await;
    let client = emulator.client();
    create(&client, "Acme").await.expect("created");
    let error = create(&client, "Acme").await.expect_err("a duplicate");
    assert!(error.is_conflict(), "{error}");
    assert_eq!(error.code(), Some(Code::AlreadyExists));

    let providers = client.providers();
    for (refused, field) in [
        (create(&client, "Ümlaut"), "provider.display_name"),
        (create(&client, &"x".repeat(201)), "provider.display_name"),
        (
            providers.create_custom_provider("New", "http://plain.example", []),
            "provider.proxy_url",
        ),
        (
            create(&client, "New").icon_src("icon.png"),
            "provider.icon_src",
        ),
        (
            create(&client, "New").metadata([("id", "short")]),
            "provider.metadata",
        ),
    ] {
        let error = refused.await.expect_err(field);
        assert!(error.is_bad_request(), "{error}");
        let named = &error.field_violations()[0].field;
        assert!(named.starts_with(field), "{named}");
    }
    let error = providers
        .update_custom_provider("ACME", "A", "http://plain.example", [])
        .await
        .expect_err("no https");
    assert_eq!(error.field_violations()[0].field, "provider.proxy_url");
    let error = providers.delete_custom_provider("x".repeat(256)).await;
    let error = error.expect_err("too long");
    assert_eq!(error.field_violations()[0].field, "identifier");
}

#[tokio::test]
async fn invalid_arguments_are_not_sent() {
    let emulator = emulator().await;
    let client = emulator.client();
    let providers = client.providers();
    let inexact = || [AuthPattern::no_auth("N").with("n", 9_007_199_254_740_993_i64)];
    let errors = [
        providers.create_custom_provider("", URL, []).await.err(),
        providers
            .create_custom_provider("Acme", " ", [])
            .await
            .err(),
        providers
            .create_custom_provider("Acme", URL, inexact())
            .await
            .err(),
        providers
            .update_custom_provider("", "Acme", URL, [])
            .await
            .err(),
        providers
            .update_custom_provider("ACME", "", URL, [])
            .await
            .err(),
        providers
            .update_custom_provider("ACME", "Acme", URL, inexact())
            .await
            .err(),
        providers.delete_custom_provider(" ").await.err(),
    ];
    emulator.assert_nothing_was_sent(errors);
}

#[tokio::test]
async fn only_an_update_is_retried() {
    let emulator = emulator().await;
    let client = emulator.client();
    let providers = client.providers();
    create(&client, "Acme").await.expect("created");
    let attempts = emulator.unavailable_once("CreateCustomProvider");
    create(&client, "Other")
        .await
        .expect_err("may have happened");
    assert_eq!(attempts(), 1);
    let attempts = emulator.unavailable_once("UpdateCustomProvider");
    providers
        .update_custom_provider("ACME", "Acme", URL, [])
        .await
        .expect("changed");
    assert_eq!(attempts(), 2);
    let attempts = emulator.unavailable_once("DeleteCustomProvider");
    let error = providers.delete_custom_provider("ACME").await;
    assert_eq!(
        error.expect_err("may have happened").outcome(),
        Outcome::Unknown
    );
    assert_eq!(attempts(), 1);
    let attempts = emulator.unavailable_once("DeleteCustomProvider");
    providers
        .delete_custom_provider("ACME")
        .idempotent(true)
        .await
        .expect("deleted");
    assert_eq!(attempts(), 2);
}

#[tokio::test]
async fn debug_shows_no_free_form_values() {
    const SENTINEL: &str = "sentinel-0xC0FFEE";
    let emulator = emulator().await;
    let client = emulator.client();
    let field = AuthField::password("api_key", "Key").with("default", SENTINEL);
    let pattern = AuthPattern::api_key("Key")
        .field(field.clone())
        .with("secret", SENTINEL);
    let create = client
        .providers()
        .create_custom_provider("Acme", URL, [pattern.clone()])
        .metadata([("note", SENTINEL)]);
    let mut printed = format!("{field:?} {pattern:#?} {create:?}");
    let provider = create.await.expect("created");
    assert_eq!(
        provider.metadata["note"], SENTINEL,
        "it is there, for who asks"
    );
    printed += &format!("{provider:?} {provider:#?}");
    assert!(!printed.contains(SENTINEL), "{printed}");
    assert!(
        printed.contains("note") && printed.contains("API_KEY"),
        "{printed}"
    );
}
