//! Random calls give the same results and the same errors on both transports.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use scalekit::{
    AuthPattern, Client, ConnectionToolMapping, ConnectionType, Error, McpServerRef, OauthConfig,
    OauthToken, ProviderType, StaticAuth, Transport,
};
use scalekit_emulator::{Connection, Emulator, Seed, Tool};
use serde_json::{Value, json};

use crate::canary;

#[derive(Clone, Debug)]
enum Call {
    ListTools(ListTools),
    ListToolNames(ListTools),
    ListScopedTools(String, Vec<String>),
    ListAvailableTools(String, u32),
    Search(String, u32, Option<String>),
    Execute(Value, Named),
    Create(Named, Details, Option<Value>),
    Update(Named, Option<Value>),
    Get(Named),
    GetDetails(Named),
    Delete(Named),
    ListAccounts(Option<String>, Option<String>, u32),
    ListConnections(Option<String>, Option<String>, u32),
    CreateConnection(String, ConnectionType, String, Option<Value>),
    UpdateConnection(String, Option<String>, Option<Box<OauthConfig>>),
    ToggleConnection(bool),
    DeleteConnection,
    Disconnect(Option<String>),
    Link(Named, Option<String>),
    CreateConfig(String, Named),
    ListConfigs(Option<String>, Option<String>, u32),
    ListConfigAccounts(String, bool),
    SessionToken(Named, u64),
    CreateProvider(String, Value, Vec<(String, String)>),
    DeleteProvider(String),
    ListProviders(Option<String>, Option<ProviderType>, u32),
}

#[derive(Clone, Debug)]
struct ListTools {
    provider: Option<String>,
    identifier: Option<String>,
    query: Option<String>,
    tool_names: Vec<String>,
    page_size: u32,
}

#[derive(Clone, Debug)]
struct Named {
    connection: String,
    identifier: String,
}

#[derive(Clone, Debug)]
enum Details {
    Token(String, Vec<String>),
    Static(Value),
}

/// Text with characters that a path, a query or JSON must escape.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,8}", "\\PC{0,12}", "[&=%+/?#.:;, \"\\\\]{1,6}"]
}

/// Text that is often an existing name.
fn provider() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec!["GMAIL", "GITHUB", "SLACK"]).prop_map(str::to_owned),
        1 => text(),
    ]
}

fn named() -> impl Strategy<Value = Named> {
    let connection = prop_oneof![
        4 => prop::sample::select(vec!["gmail", "gmail-2", "github"]).prop_map(str::to_owned),
        1 => text(),
    ];
    let identifier = prop_oneof![
        4 => prop::sample::select(vec!["alice@example.com", "b ö&=%/?#+"]).prop_map(str::to_owned),
        1 => text(),
    ];
    (connection, identifier).prop_map(|(connection, identifier)| Named {
        connection,
        identifier,
    })
}

/// Over REST, some texts are a path segment. Two texts that would be more than one segment are
/// rejected without a request.
fn is_segment(text: &str) -> bool {
    text != "." && text != ".."
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_992_i64..=9_007_199_254_740_992).prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has it", |number| number.is_finite())
            .prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("\\PC{0,5}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn json_object() -> impl Strategy<Value = Value> {
    prop::collection::btree_map("\\PC{0,5}", json_value(), 0..6)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

fn list_tools() -> impl Strategy<Value = ListTools> {
    (
        prop::option::of(provider()),
        prop::option::of(text()),
        prop::option::of(text()),
        prop::collection::vec(text(), 0..3),
        0..40_u32,
    )
        .prop_map(
            |(provider, identifier, query, tool_names, page_size)| ListTools {
                provider,
                identifier,
                query,
                tool_names,
                page_size,
            },
        )
}

fn connection_type() -> impl Strategy<Value = ConnectionType> {
    prop::sample::select(vec![
        ConnectionType::Oauth,
        ConnectionType::ApiKey,
        ConnectionType::Saml,
        ConnectionType::from(99),
    ])
}

fn oauth_config() -> impl Strategy<Value = OauthConfig> {
    (
        prop::option::of(text()),
        prop::option::of(text()),
        prop::collection::vec(text(), 0..3),
        prop::option::of(any::<bool>()),
    )
        .prop_map(|(id, secret, scopes, pkce_enabled)| {
            let mut config = OauthConfig::new().scopes(scopes.clone());
            config.client_id = id;
            config.client_secret = secret.map(Into::into);
            config.pkce_enabled = pkce_enabled;
            config.required_optional_scopes = scopes;
            config
        })
}

fn call() -> impl Strategy<Value = Call> {
    let details = prop_oneof![
        (text(), prop::collection::vec(text(), 0..3))
            .prop_map(|(token, scopes)| Details::Token(token, scopes)),
        json_object().prop_map(Details::Static),
    ];

    prop_oneof![
        list_tools().prop_map(Call::ListTools),
        list_tools().prop_map(Call::ListToolNames),
        (text(), prop::collection::vec(provider(), 0..3))
            .prop_map(|(identifier, providers)| Call::ListScopedTools(identifier, providers)),
        (text(), 0..40_u32)
            .prop_map(|(identifier, size)| Call::ListAvailableTools(identifier, size)),
        (text(), 0..60_u32, prop::option::of(text()))
            .prop_map(|(query, top_k, identifier)| Call::Search(query, top_k, identifier)),
        (json_object(), named()).prop_map(|(input, account)| Call::Execute(input, account)),
        (named(), details, prop::option::of(json_object()))
            .prop_map(|(account, details, config)| Call::Create(account, details, config)),
        (named(), prop::option::of(json_object()))
            .prop_map(|(account, config)| Call::Update(account, config)),
        named().prop_map(Call::Get),
        named().prop_map(Call::GetDetails),
        named().prop_map(Call::Delete),
        (
            prop::option::of(provider()),
            prop::option::of(text()),
            0..120_u32
        )
            .prop_map(|(provider, identifier, size)| Call::ListAccounts(
                provider, identifier, size
            )),
        (
            prop::option::of(provider()),
            prop::option::of(text()),
            0..40_u32
        )
            .prop_map(|(provider, query, size)| Call::ListConnections(provider, query, size)),
        (
            provider(),
            connection_type(),
            // The name that the service chooses for one without a name is random.
            text().prop_map(|text| format!("n{text}")),
            prop::option::of(json_object())
        )
            .prop_map(|(provider, kind, name, context)| Call::CreateConnection(
                provider, kind, name, context
            )),
        (
            provider(),
            prop::option::of(text()),
            prop::option::of(oauth_config().prop_map(Box::new))
        )
            .prop_map(|(provider, name, config)| Call::UpdateConnection(provider, name, config)),
        any::<bool>().prop_map(Call::ToggleConnection),
        Just(Call::DeleteConnection),
        prop::option::of(text().prop_filter("a path", |text| is_segment(text)))
            .prop_map(Call::Disconnect),
        (named(), prop::option::of(text())).prop_map(|(account, state)| Call::Link(account, state)),
        (text(), named()).prop_map(|(name, mapping)| Call::CreateConfig(name, mapping)),
        (
            prop::option::of(provider()),
            prop::option::of(text()),
            0..40_u32
        )
            .prop_map(|(provider, search, size)| Call::ListConfigs(provider, search, size)),
        (text(), any::<bool>())
            .prop_map(|(identifier, links)| Call::ListConfigAccounts(identifier, links)),
        (named(), 0..100_000_u64)
            .prop_filter("a path", |(named, _)| is_segment(&named.connection))
            .prop_map(|(named, seconds)| Call::SessionToken(named, seconds)),
        (
            text(),
            json_object(),
            prop::collection::vec((text(), text()), 0..3)
        )
            .prop_map(|(name, extra, metadata)| Call::CreateProvider(name, extra, metadata)),
        text()
            .prop_filter("a path", |text| is_segment(text))
            .prop_map(Call::DeleteProvider),
        (
            prop::option::of(provider()),
            prop::option::of(prop::sample::select(vec![
                ProviderType::Default,
                ProviderType::Custom,
                ProviderType::All,
            ])),
            0..40_u32
        )
            .prop_map(|(identifier, kind, size)| Call::ListProviders(identifier, kind, size)),
    ]
}

/// Makes a call and describes its result.
async fn outcome(client: &Client, call: &Call) -> String {
    match result(client, call).await {
        Ok(described) => described,
        Err(error) => format!(
            "{:?} {:?} {:?} {:?} {:?} attempts {}: {error}",
            error.kind(),
            error.outcome(),
            error.code(),
            error.http_status(),
            error.error_code(),
            error.attempts(),
        ),
    }
}

async fn result(client: &Client, call: &Call) -> Result<String, Error> {
    let (actions, tools) = (client.actions(), client.tools());
    let reference = |named: &Named| (named.connection.clone(), named.identifier.clone());
    Ok(match call.clone() {
        Call::ListTools(wanted) => {
            let mut list = tools.list_tools().page_size(wanted.page_size);
            if let Some(provider) = wanted.provider {
                list = list.provider(provider);
            }
            if let Some(identifier) = wanted.identifier {
                list = list.identifier(identifier);
            }
            if let Some(query) = wanted.query {
                list = list.query(query);
            }
            format!("{:?}", list.tool_names(wanted.tool_names).await?)
        }
        Call::ListToolNames(wanted) => {
            let mut list = tools.list_tools();
            if let Some(provider) = wanted.provider {
                list = list.provider(provider);
            }
            if let Some(query) = wanted.query {
                list = list.query(query);
            }
            format!("{:?}", list.summary().page_size(wanted.page_size).await?)
        }
        Call::ListScopedTools(identifier, providers) => {
            let list = tools.list_scoped_tools(identifier).providers(providers);
            format!("{:?}", list.await?)
        }
        Call::ListAvailableTools(identifier, size) => {
            let list = tools.list_available_tools(identifier).page_size(size);
            format!("{:?}", list.await?)
        }
        Call::Search(query, top_k, identifier) => {
            let mut search = tools.search_tools(query).top_k(top_k);
            if let Some(identifier) = identifier {
                search = search.identifier(identifier);
            }
            format!("{:?}", search.await?)
        }
        Call::Execute(input, account) => {
            let output = actions
                .execute_tool("echo", &input)
                .account(reference(&account));
            // Execution ids are random.
            let output = output.await?;
            format!("{} {}", output.execution_id.is_empty(), output.value()?)
        }
        Call::Create(account, details, config) => {
            let details = match details {
                Details::Token(token, scopes) => OauthToken::new(token).scopes(scopes).into(),
                Details::Static(fields) => {
                    let Value::Object(fields) = fields else {
                        return Ok("not an object".to_owned());
                    };
                    let mut details = StaticAuth::new();
                    for (name, value) in fields {
                        details = details.field(name, value);
                    }
                    scalekit::AuthorizationDetails::from(details)
                }
            };
            let Named {
                connection,
                identifier,
            } = account;
            let mut create = actions.create_connected_account(connection, identifier, details);
            if let Some(config) = config {
                create = create.api_config(config);
            }
            described(&create.await?)
        }
        Call::Update(account, config) => {
            let mut update = actions.update_connected_account(reference(&account));
            if let Some(config) = config {
                update = update.api_config(config);
            }
            described(&update.await?)
        }
        Call::Get(account) => described(&actions.get_connected_account(reference(&account)).await?),
        Call::GetDetails(account) => described(
            &actions
                .get_connected_account_details(reference(&account))
                .await?,
        ),
        Call::Delete(account) => {
            actions
                .delete_connected_account(reference(&account))
                .await?;
            "deleted".to_owned()
        }
        Call::ListAccounts(provider, identifier, size) => {
            let mut list = actions.list_connected_accounts().page_size(size);
            if let Some(provider) = provider {
                list = list.provider(provider);
            }
            if let Some(identifier) = identifier {
                list = list.identifier(identifier);
            }
            format!("{:?}", list.await?)
        }
        Call::ListConnections(provider, query, size) => {
            let mut list = actions.list_connections().page_size(size);
            if let Some(provider) = provider {
                list = list.provider(provider);
            }
            if let Some(query) = query {
                list = list.query(query);
            }
            format!("{:?}", list.await?)
        }
        Call::CreateConnection(provider, kind, name, context) => {
            let mut create = actions.create_environment_connection(provider, kind);
            create = create.connection_name(name);
            if let Some(context) = context {
                create = create.context(context);
            }
            let created = create.await?;
            format!("{created:?} {:?}", created.config)
        }
        Call::UpdateConnection(provider, name, config) => {
            let id = first_connection(client).await?;
            let mut update = actions.update_environment_connection(id, provider);
            if let Some(name) = name {
                update = update.connection_name(name);
            }
            if let Some(config) = config {
                update = update.config(*config);
            }
            format!("{:?}", update.await?)
        }
        Call::ToggleConnection(enable) => {
            let id = first_connection(client).await?;
            let is_enabled = match enable {
                true => actions.enable_environment_connection(id).await?,
                false => actions.disable_environment_connection(id).await?,
            };
            is_enabled.to_string()
        }
        Call::DeleteConnection => {
            let id = first_connection(client).await?;
            actions.delete_environment_connection(&id).await?;
            let read = actions.get_environment_connection(id).await;
            read.expect_err("deleted").to_string()
        }
        Call::Disconnect(id) => {
            let id = match id {
                Some(id) => id,
                None => {
                    let accounts = actions.list_connected_accounts().await?;
                    let first = accounts.items.into_iter().next();
                    first.map_or_else(|| "ca_none".to_owned(), |account| account.id)
                }
            };
            described(&actions.disconnect_connected_account(id).await?)
        }
        Call::Link(account, state) => {
            let mut link = actions.get_authorization_link(reference(&account));
            if let Some(state) = state {
                link = link.state(state);
            }
            // Links are random.
            let link = link.await?;
            format!("{} {}", link.link.is_empty(), link.expiry.is_some())
        }
        Call::CreateConfig(name, mapping) => {
            let connection =
                ConnectionToolMapping::new(mapping.connection).tools(["gmail_fetch_mails"]);
            let create = client.mcp().create_config(name);
            let create = create.description(mapping.identifier);
            format!("{:?}", create.connection_tool_mappings([connection]).await?)
        }
        Call::ListConfigs(provider, search, size) => {
            let mut list = client.mcp().list_configs().page_size(size);
            if let Some(provider) = provider {
                list = list.provider(provider);
            }
            if let Some(search) = search {
                list = list.search(search);
            }
            format!("{:?}", list.await?)
        }
        Call::ListConfigAccounts(identifier, links) => {
            let configs = client.mcp().list_configs().await?;
            let id = configs.items.first().map_or("none", |config| &config.id);
            let mut list = client.mcp().list_connected_accounts(id, identifier);
            if links {
                list = list.include_auth_link();
            }
            format!("{:?}", list.await?)
        }
        Call::SessionToken(
            Named {
                connection,
                identifier,
            },
            seconds,
        ) => {
            let token = client
                .mcp()
                .create_session_token(McpServerRef::connection(connection), identifier)
                .expiry(Duration::from_secs(seconds));
            // Tokens are random.
            let token = token.await?;
            format!("{} {:?}", token.token.expose().is_empty(), token.expires_at)
        }
        Call::CreateProvider(name, extra, metadata) => {
            let mut pattern = AuthPattern::no_auth("None");
            for (key, value) in extra.as_object().into_iter().flatten() {
                pattern = pattern.with(key, value.clone());
            }
            let create = client
                .providers()
                .create_custom_provider(name, "https://acme.example", [pattern])
                .metadata(metadata);
            let created = create.await?;
            let patterns = created.auth_patterns.iter().map(AuthPattern::as_object);
            let patterns: Vec<_> = patterns.collect();
            format!("{created:?} {patterns:?} {:?}", created.metadata)
        }
        Call::DeleteProvider(identifier) => {
            client
                .providers()
                .delete_custom_provider(identifier)
                .await?;
            "deleted".to_owned()
        }
        Call::ListProviders(identifier, kind, size) => {
            let mut list = client.providers().list_providers().page_size(size);
            if let Some(identifier) = identifier {
                list = list.identifier(identifier);
            }
            if let Some(kind) = kind {
                list = list.provider_type(kind);
            }
            format!("{:?}", list.await?)
        }
    })
}

/// The id of the first connection in the list.
async fn first_connection(client: &Client) -> Result<String, Error> {
    let connections = client.actions().list_connections().await?;
    let first = connections.items.into_iter().next();
    Ok(first.map_or_else(|| "conn_none".to_owned(), |connection| connection.id))
}

/// An account, including what its `Debug` hides.
fn described(account: &scalekit::ConnectedAccount) -> String {
    use scalekit::AuthorizationDetails as Details;
    let credentials = match &account.authorization_details {
        Some(Details::OauthToken(token)) => {
            format!("{:?} {:?}", token.access_token.expose(), token.scopes)
        }
        Some(Details::StaticAuth(fields)) => format!("{:?}", fields.expose()),
        other => format!("{other:?}"),
    };
    format!("{account:?} {credentials} {:?}", account.api_config)
}

/// The text without times and addresses, which differ between the emulators.
fn comparable(text: &str, emulator: &Emulator) -> String {
    let text = text.replace(emulator.env_url(), "ENV_URL");
    let mut parts = text.split("SystemTime {");
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked.push_str("SystemTime");
        masked.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
    }
    masked
}

async fn emulator() -> Emulator {
    let echo = Tool::new("echo", "GMAIL")
        .handler(|call| Ok(json!({ "input": call.input, "account": call.connected_account_id })));
    let seed = Seed::builtin()
        .tool(echo)
        .connection(Connection::oauth("gmail-2", "GMAIL"));
    canary::emulator(Emulator::builder().seed(seed)).await
}

#[test]
fn random_calls_have_equal_results_on_both_transports() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let (left, right) = runtime.block_on(async { (emulator().await, emulator().await) });
    let client = |emulator: &Emulator, transport| {
        let client = emulator.client_builder().transport(transport).build();
        client.expect("a client")
    };
    let (grpc, rest) = (
        client(&left, Transport::Grpc),
        client(&right, Transport::Rest),
    );
    let start = Call::Create(
        Named {
            connection: "gmail".to_owned(),
            identifier: "alice@example.com".to_owned(),
        },
        Details::Token("token".to_owned(), Vec::new()),
        None,
    );
    let config = ProptestConfig {
        // The seeds of failures are stored next to this file.
        failure_persistence: Some(Box::new(
            proptest::test_runner::FileFailurePersistence::WithSource("proptest-regressions"),
        )),
        source_file: Some(file!()),
        ..ProptestConfig::default()
    };
    TestRunner::new(config)
        .run(&prop::collection::vec(call(), 1..8), |calls| {
            left.reset();
            right.reset();
            runtime.block_on(async {
                for call in std::iter::once(&start).chain(&calls) {
                    let over_grpc = outcome(&grpc, call).await;
                    let over_rest = outcome(&rest, call).await;
                    prop_assert_eq!(
                        comparable(&over_grpc, &left),
                        comparable(&over_rest, &right),
                        "{:?}",
                        call
                    );
                }
                Ok(())
            })
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}
