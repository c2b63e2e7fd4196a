// This file is @generated from spec/proto.

/// What the details of an error hold.
pub(crate) static ERROR_INFO: &Message = &SCALEKIT_V1_ERRDETAILS_ERROR_INFO;

/// The REST side of each RPC, by its gRPC path.
pub(crate) static ROUTES: &[(&str, Route)] = &[
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/ListConnectedAccounts", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/connected_accounts")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_LIST_CONNECTED_ACCOUNTS_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_LIST_CONNECTED_ACCOUNTS_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/SearchConnectedAccounts", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/connected_accounts:search")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_SEARCH_CONNECTED_ACCOUNTS_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_SEARCH_CONNECTED_ACCOUNTS_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/CreateConnectedAccount", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/connected_accounts")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_CREATE_CONNECTED_ACCOUNT_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_CREATE_CONNECTED_ACCOUNT_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/UpdateConnectedAccount", Route {
        bindings: &[
            Binding { verb: Method::PUT, path: &[Part::Literal("/api/v1/connected_accounts")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_UPDATE_CONNECTED_ACCOUNT_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_UPDATE_CONNECTED_ACCOUNT_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/DeleteConnectedAccount", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/connected_accounts:delete")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_DELETE_CONNECTED_ACCOUNT_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_DELETE_CONNECTED_ACCOUNT_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/GetMagicLinkForConnectedAccount", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/connected_accounts/magic_link")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_MAGIC_LINK_FOR_CONNECTED_ACCOUNT_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_MAGIC_LINK_FOR_CONNECTED_ACCOUNT_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/AuthorizeOrgWideCredential", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/connected_accounts/org_wide/authorize")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_AUTHORIZE_ORG_WIDE_CREDENTIAL_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_AUTHORIZE_ORG_WIDE_CREDENTIAL_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/GetConnectedAccount", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/connected_accounts/"), Part::Variable("id")], body: Body::None },
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/connected_accounts/this")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_CONNECTED_ACCOUNT_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_CONNECTED_ACCOUNT_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/DisconnectConnectedAccount", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/connected_accounts/"), Part::Variable("id"), Part::Literal(":disconnect")], body: Body::Whole },
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/connected_accounts/-:disconnect")], body: Body::Whole },
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/connected_accounts/this:disconnect")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_DISCONNECT_CONNECTED_ACCOUNT_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_DISCONNECT_CONNECTED_ACCOUNT_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/GetRedirectUrl", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/connected_accounts/portal/redirect_url")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_REDIRECT_URL_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_REDIRECT_URL_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/CreateRedirectUrl", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/connected_accounts/portal/redirect_url")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_CREATE_REDIRECT_URL_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_REDIRECT_URL_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/GetConnectedAccountAuth", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/connected_accounts/auth")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_CONNECTED_ACCOUNT_BY_IDENTIFIER_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_CONNECTED_ACCOUNT_BY_IDENTIFIER_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/GetConnectedAccountDetails", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/connected_accounts/details")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_CONNECTED_ACCOUNT_BY_IDENTIFIER_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_CONNECTED_ACCOUNT_BY_IDENTIFIER_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/VerifyConnectedAccountUser", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/connected_accounts/user/verify")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_VERIFY_CONNECTED_ACCOUNT_USER_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_VERIFY_CONNECTED_ACCOUNT_USER_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/ListMyAppConnections", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/my-app-connections")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_LIST_MY_APP_CONNECTIONS_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_LIST_MY_APP_CONNECTIONS_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/DisconnectMyConnectedAccount", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/my-connected-accounts/"), Part::Variable("id"), Part::Literal(":disconnect")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_DISCONNECT_MY_CONNECTED_ACCOUNT_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_DISCONNECT_CONNECTED_ACCOUNT_RESPONSE,
    }),
    ("/scalekit.v1.connected_accounts.ConnectedAccountService/GetMyConnectionMagicLink", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/my-app-connections/"), Part::Variable("connection_name"), Part::Literal(":magic-link")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_MY_CONNECTION_MAGIC_LINK_REQUEST,
        output: &SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_MY_CONNECTION_MAGIC_LINK_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/CreateEnvironmentConnection", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/connections")], body: Body::Field("connection") },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_CREATE_ENVIRONMENT_CONNECTION_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_CREATE_CONNECTION_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/CreateConnection", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/organizations/"), Part::Variable("organization_id"), Part::Literal("/connections")], body: Body::Field("connection") },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_CREATE_CONNECTION_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_CREATE_CONNECTION_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/AssignDomainsToConnection", Route {
        bindings: &[
            Binding { verb: Method::PUT, path: &[Part::Literal("/api/v1/organizations/"), Part::Variable("organization_id"), Part::Literal("/connections/"), Part::Variable("connection_id"), Part::Literal("/domains")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_ASSIGN_DOMAINS_TO_CONNECTION_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_ASSIGN_DOMAINS_TO_CONNECTION_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/GetEnvironmentConnection", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/connections/"), Part::Variable("connection_id")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_GET_ENVIRONMENT_CONNECTION_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/GetConnection", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/organizations/"), Part::Variable("organization_id"), Part::Literal("/connections/"), Part::Variable("id")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/ListConnections", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/connections")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_LIST_CONNECTIONS_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_LIST_CONNECTIONS_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/ListOrganizationConnections", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/organizations/-/connections")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_LIST_ORGANIZATION_CONNECTIONS_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_LIST_ORGANIZATION_CONNECTIONS_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/SearchOrganizationConnections", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/organizations/-/connections:search")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_SEARCH_ORGANIZATION_CONNECTIONS_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_SEARCH_ORGANIZATION_CONNECTIONS_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/UpdateEnvironmentConnection", Route {
        bindings: &[
            Binding { verb: Method::PATCH, path: &[Part::Literal("/api/v1/connections/"), Part::Variable("connection_id")], body: Body::Field("connection") },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_UPDATE_ENVIRONMENT_CONNECTION_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_UPDATE_CONNECTION_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/UpdateConnection", Route {
        bindings: &[
            Binding { verb: Method::PATCH, path: &[Part::Literal("/api/v1/organizations/"), Part::Variable("organization_id"), Part::Literal("/connections/"), Part::Variable("id")], body: Body::Field("connection") },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_UPDATE_CONNECTION_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_UPDATE_CONNECTION_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/DeleteEnvironmentConnection", Route {
        bindings: &[
            Binding { verb: Method::DELETE, path: &[Part::Literal("/api/v1/connections/"), Part::Variable("connection_id")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_DELETE_ENVIRONMENT_CONNECTION_REQUEST,
        output: &GOOGLE_PROTOBUF_EMPTY,
    }),
    ("/scalekit.v1.connections.ConnectionService/DeleteConnection", Route {
        bindings: &[
            Binding { verb: Method::DELETE, path: &[Part::Literal("/api/v1/organizations/"), Part::Variable("organization_id"), Part::Literal("/connections/"), Part::Variable("id")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_DELETE_CONNECTION_REQUEST,
        output: &GOOGLE_PROTOBUF_EMPTY,
    }),
    ("/scalekit.v1.connections.ConnectionService/EnableEnvironmentConnection", Route {
        bindings: &[
            Binding { verb: Method::PATCH, path: &[Part::Literal("/api/v1/connections/"), Part::Variable("connection_id"), Part::Literal(":enable")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_TOGGLE_ENVIRONMENT_CONNECTION_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_TOGGLE_CONNECTION_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/EnableConnection", Route {
        bindings: &[
            Binding { verb: Method::PATCH, path: &[Part::Literal("/api/v1/organizations/"), Part::Variable("organization_id"), Part::Literal("/connections/"), Part::Variable("id"), Part::Literal(":enable")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_TOGGLE_CONNECTION_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_TOGGLE_CONNECTION_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/DisableEnvironmentConnection", Route {
        bindings: &[
            Binding { verb: Method::PATCH, path: &[Part::Literal("/api/v1/connections/"), Part::Variable("connection_id"), Part::Literal(":disable")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_TOGGLE_ENVIRONMENT_CONNECTION_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_TOGGLE_CONNECTION_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/DisableConnection", Route {
        bindings: &[
            Binding { verb: Method::PATCH, path: &[Part::Literal("/api/v1/organizations/"), Part::Variable("organization_id"), Part::Literal("/connections/"), Part::Variable("id"), Part::Literal(":disable")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_TOGGLE_CONNECTION_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_TOGGLE_CONNECTION_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/GetConnectionTestResult", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/connections/"), Part::Variable("connection_id"), Part::Literal("/test-requests/"), Part::Variable("test_request_id")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_TEST_RESULT_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_TEST_RESULT_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/ListAppConnections", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/connections/app")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_LIST_APP_CONNECTIONS_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_LIST_APP_CONNECTIONS_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/GetConnectionContext", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/organizations/"), Part::Variable("organization_id"), Part::Literal("/connections/"), Part::Variable("connection_id"), Part::Literal("/contexts")], body: Body::None },
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/connections/"), Part::Variable("connection_id"), Part::Literal("/contexts")], body: Body::None },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_CONTEXT_REQUEST,
        output: &SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_CONTEXT_RESPONSE,
    }),
    ("/scalekit.v1.connections.ConnectionService/UpdateConnectionContext", Route {
        bindings: &[
            Binding { verb: Method::PUT, path: &[Part::Literal("/api/v1/organizations/"), Part::Variable("organization_id"), Part::Literal("/connections/"), Part::Variable("connection_id"), Part::Literal("/contexts")], body: Body::Field("context") },
            Binding { verb: Method::PUT, path: &[Part::Literal("/api/v1/connections/"), Part::Variable("connection_id"), Part::Literal("/contexts")], body: Body::Field("context") },
        ],
        input: &SCALEKIT_V1_CONNECTIONS_UPDATE_CONNECTION_CONTEXT_REQUEST,
        output: &GOOGLE_PROTOBUF_EMPTY,
    }),
    ("/scalekit.v1.mcp.McpService/CreateMcp", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/mcp")], body: Body::Field("mcp") },
        ],
        input: &SCALEKIT_V1_MCP_CREATE_MCP_REQUEST,
        output: &SCALEKIT_V1_MCP_CREATE_MCP_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/GetMcp", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/mcp/"), Part::Variable("mcp_id")], body: Body::None },
        ],
        input: &SCALEKIT_V1_MCP_GET_MCP_REQUEST,
        output: &SCALEKIT_V1_MCP_GET_MCP_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/ListMcp", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/mcp")], body: Body::None },
        ],
        input: &SCALEKIT_V1_MCP_LIST_MCP_REQUEST,
        output: &SCALEKIT_V1_MCP_LIST_MCP_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/DeleteMcp", Route {
        bindings: &[
            Binding { verb: Method::DELETE, path: &[Part::Literal("/api/v1/mcp/"), Part::Variable("mcp_id")], body: Body::None },
        ],
        input: &SCALEKIT_V1_MCP_DELETE_MCP_REQUEST,
        output: &SCALEKIT_V1_MCP_DELETE_MCP_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/CreateMcpConfig", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/mcp/configs")], body: Body::Field("config") },
        ],
        input: &SCALEKIT_V1_MCP_CREATE_MCP_CONFIG_REQUEST,
        output: &SCALEKIT_V1_MCP_CREATE_MCP_CONFIG_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/UpdateMcpConfig", Route {
        bindings: &[
            Binding { verb: Method::PUT, path: &[Part::Literal("/api/v1/mcp/configs/"), Part::Variable("config_id")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_MCP_UPDATE_MCP_CONFIG_REQUEST,
        output: &SCALEKIT_V1_MCP_UPDATE_MCP_CONFIG_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/ListMcpConfigs", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/mcp/configs")], body: Body::None },
        ],
        input: &SCALEKIT_V1_MCP_LIST_MCP_CONFIGS_REQUEST,
        output: &SCALEKIT_V1_MCP_LIST_MCP_CONFIGS_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/GetMcpConfig", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/mcp/configs/"), Part::Variable("config_id")], body: Body::None },
        ],
        input: &SCALEKIT_V1_MCP_GET_MCP_CONFIG_REQUEST,
        output: &SCALEKIT_V1_MCP_GET_MCP_CONFIG_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/DeleteMcpConfig", Route {
        bindings: &[
            Binding { verb: Method::DELETE, path: &[Part::Literal("/api/v1/mcp/configs/"), Part::Variable("config_id")], body: Body::None },
        ],
        input: &SCALEKIT_V1_MCP_DELETE_MCP_CONFIG_REQUEST,
        output: &SCALEKIT_V1_MCP_DELETE_MCP_CONFIG_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/EnsureMcpInstance", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/mcp/instances")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_MCP_ENSURE_MCP_INSTANCE_REQUEST,
        output: &SCALEKIT_V1_MCP_ENSURE_MCP_INSTANCE_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/ListMcpInstances", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/mcp/instances")], body: Body::None },
        ],
        input: &SCALEKIT_V1_MCP_LIST_MCP_INSTANCES_REQUEST,
        output: &SCALEKIT_V1_MCP_LIST_MCP_INSTANCES_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/DeleteMcpInstance", Route {
        bindings: &[
            Binding { verb: Method::DELETE, path: &[Part::Literal("/api/v1/mcp/instances/"), Part::Variable("instance_id")], body: Body::None },
        ],
        input: &SCALEKIT_V1_MCP_DELETE_MCP_INSTANCE_REQUEST,
        output: &SCALEKIT_V1_MCP_DELETE_MCP_INSTANCE_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/UpdateMcpInstance", Route {
        bindings: &[
            Binding { verb: Method::PATCH, path: &[Part::Literal("/api/v1/mcp/instances/"), Part::Variable("instance_id")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_MCP_UPDATE_MCP_INSTANCE_REQUEST,
        output: &SCALEKIT_V1_MCP_UPDATE_MCP_INSTANCE_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/GetMcpInstance", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/mcp/instances/"), Part::Variable("instance_id")], body: Body::None },
        ],
        input: &SCALEKIT_V1_MCP_GET_MCP_INSTANCE_REQUEST,
        output: &SCALEKIT_V1_MCP_GET_MCP_INSTANCE_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/GetMcpInstanceAuthState", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/mcp/instances/"), Part::Variable("instance_id"), Part::Literal(":get_auth_state")], body: Body::None },
        ],
        input: &SCALEKIT_V1_MCP_GET_MCP_INSTANCE_AUTH_STATE_REQUEST,
        output: &SCALEKIT_V1_MCP_GET_MCP_INSTANCE_AUTH_STATE_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/CreateMcpSessionToken", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/mcp/configs/"), Part::Variable("mcp_config_id"), Part::Literal("/tokens")], body: Body::Whole },
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/mcp/connections/"), Part::Variable("key_id"), Part::Literal("/tokens")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_MCP_CREATE_MCP_SESSION_TOKEN_REQUEST,
        output: &SCALEKIT_V1_MCP_CREATE_MCP_SESSION_TOKEN_RESPONSE,
    }),
    ("/scalekit.v1.mcp.McpService/ListMcpConnectedAccounts", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/mcp/configs/"), Part::Variable("config_id"), Part::Literal("/connected_accounts")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_MCP_LIST_MCP_CONNECTED_ACCOUNTS_REQUEST,
        output: &SCALEKIT_V1_MCP_LIST_MCP_CONNECTED_ACCOUNTS_RESPONSE,
    }),
    ("/scalekit.v1.providers.ProviderService/CreateProvider", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/providers")], body: Body::Field("provider") },
        ],
        input: &SCALEKIT_V1_PROVIDERS_CREATE_PROVIDER_REQUEST,
        output: &SCALEKIT_V1_PROVIDERS_CREATE_PROVIDER_RESPONSE,
    }),
    ("/scalekit.v1.providers.ProviderService/CreateCustomProvider", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/custom-providers")], body: Body::Field("provider") },
        ],
        input: &SCALEKIT_V1_PROVIDERS_CREATE_CUSTOM_PROVIDER_REQUEST,
        output: &SCALEKIT_V1_PROVIDERS_CREATE_PROVIDER_RESPONSE,
    }),
    ("/scalekit.v1.providers.ProviderService/UpdateProvider", Route {
        bindings: &[
            Binding { verb: Method::PUT, path: &[Part::Literal("/api/v1/providers/"), Part::Variable("identifier")], body: Body::Field("provider") },
        ],
        input: &SCALEKIT_V1_PROVIDERS_UPDATE_PROVIDER_REQUEST,
        output: &SCALEKIT_V1_PROVIDERS_UPDATE_PROVIDER_RESPONSE,
    }),
    ("/scalekit.v1.providers.ProviderService/UpdateCustomProvider", Route {
        bindings: &[
            Binding { verb: Method::PUT, path: &[Part::Literal("/api/v1/custom-providers/"), Part::Variable("identifier")], body: Body::Field("provider") },
        ],
        input: &SCALEKIT_V1_PROVIDERS_UPDATE_CUSTOM_PROVIDER_REQUEST,
        output: &SCALEKIT_V1_PROVIDERS_UPDATE_PROVIDER_RESPONSE,
    }),
    ("/scalekit.v1.providers.ProviderService/DeleteProvider", Route {
        bindings: &[
            Binding { verb: Method::DELETE, path: &[Part::Literal("/api/v1/providers/"), Part::Variable("identifier")], body: Body::None },
        ],
        input: &SCALEKIT_V1_PROVIDERS_DELETE_PROVIDER_REQUEST,
        output: &SCALEKIT_V1_PROVIDERS_DELETE_PROVIDER_RESPONSE,
    }),
    ("/scalekit.v1.providers.ProviderService/DeleteCustomProvider", Route {
        bindings: &[
            Binding { verb: Method::DELETE, path: &[Part::Literal("/api/v1/custom-providers/"), Part::Variable("identifier")], body: Body::None },
        ],
        input: &SCALEKIT_V1_PROVIDERS_DELETE_PROVIDER_REQUEST,
        output: &SCALEKIT_V1_PROVIDERS_DELETE_PROVIDER_RESPONSE,
    }),
    ("/scalekit.v1.providers.ProviderService/ListProviders", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/providers")], body: Body::None },
        ],
        input: &SCALEKIT_V1_PROVIDERS_LIST_PROVIDERS_REQUEST,
        output: &SCALEKIT_V1_PROVIDERS_LIST_PROVIDERS_RESPONSE,
    }),
    ("/scalekit.v1.providers.ProviderService/ListMyProviders", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/my-providers")], body: Body::None },
        ],
        input: &SCALEKIT_V1_PROVIDERS_LIST_MY_PROVIDERS_REQUEST,
        output: &SCALEKIT_V1_PROVIDERS_LIST_PROVIDERS_RESPONSE,
    }),
    ("/scalekit.v1.tools.ToolService/CreateTool", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/tools")], body: Body::Field("tool") },
        ],
        input: &SCALEKIT_V1_TOOLS_CREATE_TOOL_REQUEST,
        output: &SCALEKIT_V1_TOOLS_CREATE_TOOL_RESPONSE,
    }),
    ("/scalekit.v1.tools.ToolService/ListTools", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/tools")], body: Body::None },
        ],
        input: &SCALEKIT_V1_TOOLS_LIST_TOOLS_REQUEST,
        output: &SCALEKIT_V1_TOOLS_LIST_TOOLS_RESPONSE,
    }),
    ("/scalekit.v1.tools.ToolService/ListScopedTools", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/tools/scoped")], body: Body::None },
        ],
        input: &SCALEKIT_V1_TOOLS_LIST_SCOPED_TOOLS_REQUEST,
        output: &SCALEKIT_V1_TOOLS_LIST_SCOPED_TOOLS_RESPONSE,
    }),
    ("/scalekit.v1.tools.ToolService/ListAvailableTools", Route {
        bindings: &[
            Binding { verb: Method::GET, path: &[Part::Literal("/api/v1/tools/available")], body: Body::None },
        ],
        input: &SCALEKIT_V1_TOOLS_LIST_AVAILABLE_TOOLS_REQUEST,
        output: &SCALEKIT_V1_TOOLS_LIST_AVAILABLE_TOOLS_RESPONSE,
    }),
    ("/scalekit.v1.tools.ToolService/SearchTools", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/tools:search")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_TOOLS_SEARCH_TOOLS_REQUEST,
        output: &SCALEKIT_V1_TOOLS_SEARCH_TOOLS_RESPONSE,
    }),
    ("/scalekit.v1.tools.ToolService/SetToolDefault", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/tools:set_default")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_TOOLS_SET_TOOL_DEFAULT_REQUEST,
        output: &SCALEKIT_V1_TOOLS_SET_TOOL_DEFAULT_RESPONSE,
    }),
    ("/scalekit.v1.tools.ToolService/UpdateTool", Route {
        bindings: &[
            Binding { verb: Method::PUT, path: &[Part::Literal("/api/v1/tools")], body: Body::Field("tool") },
        ],
        input: &SCALEKIT_V1_TOOLS_UPDATE_TOOL_REQUEST,
        output: &SCALEKIT_V1_TOOLS_UPDATE_TOOL_RESPONSE,
    }),
    ("/scalekit.v1.tools.ToolService/DeleteTool", Route {
        bindings: &[
            Binding { verb: Method::DELETE, path: &[Part::Literal("/api/v1/tools/"), Part::Variable("id")], body: Body::None },
        ],
        input: &SCALEKIT_V1_TOOLS_DELETE_TOOL_REQUEST,
        output: &GOOGLE_PROTOBUF_EMPTY,
    }),
    ("/scalekit.v1.tools.ToolService/ExecuteTool", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/execute_tool")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_TOOLS_EXECUTE_TOOL_REQUEST,
        output: &SCALEKIT_V1_TOOLS_EXECUTE_TOOL_RESPONSE,
    }),
    ("/scalekit.v1.tools.ToolService/RefreshTools", Route {
        bindings: &[
            Binding { verb: Method::POST, path: &[Part::Literal("/api/v1/tools:refresh")], body: Body::Whole },
        ],
        input: &SCALEKIT_V1_TOOLS_REFRESH_TOOLS_REQUEST,
        output: &SCALEKIT_V1_TOOLS_REFRESH_TOOLS_RESPONSE,
    }),
];

static GOOGLE_PROTOBUF_EMPTY: Message = Message {
    fields: &[
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_AUTHORIZATION_DETAILS: Message = Message {
    fields: &[
        Field { number: 1, name: "oauth_token", json_name: "oauthToken", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_OAUTH_TOKEN) },
        Field { number: 2, name: "static_auth", json_name: "staticAuth", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_STATIC_AUTH) },
        Field { number: 3, name: "google_dwd", json_name: "googleDwd", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_GOOGLE_DWD_AUTH) },
        Field { number: 4, name: "trusted_idp", json_name: "trustedIdp", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_TRUSTED_IDP_AUTH) },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_AUTHORIZE_ORG_WIDE_CREDENTIAL_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "authorization_details", json_name: "authorizationDetails", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_AUTHORIZATION_DETAILS) },
        Field { number: 3, name: "api_config", json_name: "apiConfig", shape: Shape::Optional, kind: Kind::Struct },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_AUTHORIZE_ORG_WIDE_CREDENTIAL_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "link", json_name: "link", shape: Shape::Optional, kind: Kind::String },
        Field { number: 2, name: "expiry", json_name: "expiry", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 3, name: "connected_account_id", json_name: "connectedAccountId", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "status", json_name: "status", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTOR_STATUS) },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTED_ACCOUNT: Message = Message {
    fields: &[
        Field { number: 1, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "status", json_name: "status", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTOR_STATUS) },
        Field { number: 4, name: "authorization_type", json_name: "authorizationType", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTOR_TYPE) },
        Field { number: 5, name: "authorization_details", json_name: "authorizationDetails", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_AUTHORIZATION_DETAILS) },
        Field { number: 6, name: "token_expires_at", json_name: "tokenExpiresAt", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 7, name: "updated_at", json_name: "updatedAt", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 8, name: "connector", json_name: "connector", shape: Shape::Single, kind: Kind::String },
        Field { number: 9, name: "last_used_at", json_name: "lastUsedAt", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 10, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 11, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 12, name: "api_config", json_name: "apiConfig", shape: Shape::Optional, kind: Kind::Struct },
        Field { number: 13, name: "is_org_wide_credential", json_name: "isOrgWideCredential", shape: Shape::Single, kind: Kind::Bool },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTED_ACCOUNT_FOR_LIST: Message = Message {
    fields: &[
        Field { number: 1, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "status", json_name: "status", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTOR_STATUS) },
        Field { number: 4, name: "authorization_type", json_name: "authorizationType", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTOR_TYPE) },
        Field { number: 6, name: "token_expires_at", json_name: "tokenExpiresAt", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 7, name: "updated_at", json_name: "updatedAt", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 8, name: "connector", json_name: "connector", shape: Shape::Single, kind: Kind::String },
        Field { number: 9, name: "last_used_at", json_name: "lastUsedAt", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 10, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 11, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 12, name: "is_org_wide_credential", json_name: "isOrgWideCredential", shape: Shape::Single, kind: Kind::Bool },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTOR_STATUS: Enum = Enum(&[
    (0, "CONNECTION_STATUS_UNSPECIFIED"),
    (1, "ACTIVE"),
    (2, "EXPIRED"),
    (3, "PENDING_AUTH"),
    (4, "PENDING_VERIFICATION"),
    (5, "DISCONNECTED"),
]);

static SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTOR_TYPE: Enum = Enum(&[
    (0, "CONNECTION_TYPE_UNSPECIFIED"),
    (1, "OAUTH"),
    (2, "API_KEY"),
    (3, "BASIC_AUTH"),
    (4, "BEARER_TOKEN"),
    (5, "CUSTOM"),
    (6, "BASIC"),
    (7, "OAUTH_M2M"),
    (8, "TRELLO_OAUTH1"),
    (9, "GOOGLE_DWD"),
    (10, "TRUSTED_IDP"),
    (11, "SMART_FHIR"),
    (12, "NO_AUTH"),
]);

static SCALEKIT_V1_CONNECTED_ACCOUNTS_CREATE_CONNECTED_ACCOUNT: Message = Message {
    fields: &[
        Field { number: 5, name: "authorization_details", json_name: "authorizationDetails", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_AUTHORIZATION_DETAILS) },
        Field { number: 11, name: "api_config", json_name: "apiConfig", shape: Shape::Optional, kind: Kind::Struct },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_CREATE_CONNECTED_ACCOUNT_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 2, name: "user_id", json_name: "userId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 3, name: "connector", json_name: "connector", shape: Shape::Optional, kind: Kind::String },
        Field { number: 4, name: "identifier", json_name: "identifier", shape: Shape::Optional, kind: Kind::String },
        Field { number: 5, name: "connected_account", json_name: "connectedAccount", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CREATE_CONNECTED_ACCOUNT) },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_CREATE_CONNECTED_ACCOUNT_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connected_account", json_name: "connectedAccount", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTED_ACCOUNT) },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_CREATE_REDIRECT_URL_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "scope_selection", json_name: "scopeSelection", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_SCOPE_SELECTION) },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_DELETE_CONNECTED_ACCOUNT_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 2, name: "user_id", json_name: "userId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 3, name: "connector", json_name: "connector", shape: Shape::Optional, kind: Kind::String },
        Field { number: 4, name: "identifier", json_name: "identifier", shape: Shape::Optional, kind: Kind::String },
        Field { number: 5, name: "id", json_name: "id", shape: Shape::Optional, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_DELETE_CONNECTED_ACCOUNT_RESPONSE: Message = Message {
    fields: &[
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_DISCONNECT_CONNECTED_ACCOUNT_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_DISCONNECT_CONNECTED_ACCOUNT_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connected_account", json_name: "connectedAccount", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTED_ACCOUNT) },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_DISCONNECT_MY_CONNECTED_ACCOUNT_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_CONNECTED_ACCOUNT_BY_IDENTIFIER_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 2, name: "user_id", json_name: "userId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 3, name: "connector", json_name: "connector", shape: Shape::Optional, kind: Kind::String },
        Field { number: 4, name: "identifier", json_name: "identifier", shape: Shape::Optional, kind: Kind::String },
        Field { number: 5, name: "id", json_name: "id", shape: Shape::Optional, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_CONNECTED_ACCOUNT_BY_IDENTIFIER_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connected_account", json_name: "connectedAccount", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTED_ACCOUNT) },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_CONNECTED_ACCOUNT_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_CONNECTED_ACCOUNT_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connected_account", json_name: "connectedAccount", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTED_ACCOUNT) },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_MAGIC_LINK_FOR_CONNECTED_ACCOUNT_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 2, name: "user_id", json_name: "userId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 3, name: "connector", json_name: "connector", shape: Shape::Optional, kind: Kind::String },
        Field { number: 4, name: "identifier", json_name: "identifier", shape: Shape::Optional, kind: Kind::String },
        Field { number: 5, name: "id", json_name: "id", shape: Shape::Optional, kind: Kind::String },
        Field { number: 7, name: "state", json_name: "state", shape: Shape::Optional, kind: Kind::String },
        Field { number: 8, name: "user_verify_url", json_name: "userVerifyUrl", shape: Shape::Optional, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_MAGIC_LINK_FOR_CONNECTED_ACCOUNT_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "link", json_name: "link", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "expiry", json_name: "expiry", shape: Shape::Optional, kind: Kind::Timestamp },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_MY_CONNECTION_MAGIC_LINK_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "connection_name", json_name: "connectionName", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_MY_CONNECTION_MAGIC_LINK_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "link", json_name: "link", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "expiry", json_name: "expiry", shape: Shape::Optional, kind: Kind::Timestamp },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_REDIRECT_URL_REQUEST: Message = Message {
    fields: &[
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_GET_REDIRECT_URL_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "redirect_url", json_name: "redirectUrl", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_GOOGLE_DWD_AUTH: Message = Message {
    fields: &[
        Field { number: 1, name: "subject", json_name: "subject", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "access_token", json_name: "accessToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "scopes", json_name: "scopes", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 4, name: "token_expires_at", json_name: "tokenExpiresAt", shape: Shape::Optional, kind: Kind::Timestamp },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_LIST_CONNECTED_ACCOUNTS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 2, name: "user_id", json_name: "userId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 3, name: "connector", json_name: "connector", shape: Shape::Optional, kind: Kind::String },
        Field { number: 4, name: "identifier", json_name: "identifier", shape: Shape::Optional, kind: Kind::String },
        Field { number: 5, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::String },
        Field { number: 6, name: "page_size", json_name: "pageSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 7, name: "page_token", json_name: "pageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 8, name: "query", json_name: "query", shape: Shape::Single, kind: Kind::String },
        Field { number: 9, name: "connection_names", json_name: "connectionNames", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 10, name: "is_org_wide_credential", json_name: "isOrgWideCredential", shape: Shape::Optional, kind: Kind::Bool },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_LIST_CONNECTED_ACCOUNTS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connected_accounts", json_name: "connectedAccounts", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTED_ACCOUNT_FOR_LIST) },
        Field { number: 2, name: "total_size", json_name: "totalSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 3, name: "next_page_token", json_name: "nextPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "prev_page_token", json_name: "prevPageToken", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_LIST_MY_APP_CONNECTIONS_REQUEST: Message = Message {
    fields: &[
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_LIST_MY_APP_CONNECTIONS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connections", json_name: "connections", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_MY_APP_CONNECTION_ENTRY) },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_MY_APP_CONNECTION_ENTRY: Message = Message {
    fields: &[
        Field { number: 1, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "connection_name", json_name: "connectionName", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "enabled", json_name: "enabled", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 5, name: "user_status", json_name: "userStatus", shape: Shape::Single, kind: Kind::String },
        Field { number: 6, name: "connected_account_id", json_name: "connectedAccountId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_OAUTH_TOKEN: Message = Message {
    fields: &[
        Field { number: 1, name: "access_token", json_name: "accessToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "refresh_token", json_name: "refreshToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "scopes", json_name: "scopes", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 4, name: "domain", json_name: "domain", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_SCOPE_SELECTION: Message = Message {
    fields: &[
        Field { number: 1, name: "scopes", json_name: "scopes", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 2, name: "optional_scopes", json_name: "optionalScopes", shape: Shape::Repeated, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_SEARCH_CONNECTED_ACCOUNTS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "query", json_name: "query", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "page_size", json_name: "pageSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 3, name: "page_token", json_name: "pageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_SEARCH_CONNECTED_ACCOUNTS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connected_accounts", json_name: "connectedAccounts", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTED_ACCOUNT_FOR_LIST) },
        Field { number: 2, name: "total_size", json_name: "totalSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 3, name: "next_page_token", json_name: "nextPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "prev_page_token", json_name: "prevPageToken", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_STATIC_AUTH: Message = Message {
    fields: &[
        Field { number: 1, name: "details", json_name: "details", shape: Shape::Optional, kind: Kind::Struct },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_TRUSTED_IDP_AUTH: Message = Message {
    fields: &[
        Field { number: 1, name: "db_user", json_name: "dbUser", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "access_key_id", json_name: "accessKeyId", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "secret_access_key", json_name: "secretAccessKey", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "session_token", json_name: "sessionToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 5, name: "expiry", json_name: "expiry", shape: Shape::Optional, kind: Kind::Timestamp },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_UPDATE_CONNECTED_ACCOUNT: Message = Message {
    fields: &[
        Field { number: 5, name: "authorization_details", json_name: "authorizationDetails", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_AUTHORIZATION_DETAILS) },
        Field { number: 10, name: "api_config", json_name: "apiConfig", shape: Shape::Optional, kind: Kind::Struct },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_UPDATE_CONNECTED_ACCOUNT_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 2, name: "user_id", json_name: "userId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 3, name: "connector", json_name: "connector", shape: Shape::Optional, kind: Kind::String },
        Field { number: 4, name: "identifier", json_name: "identifier", shape: Shape::Optional, kind: Kind::String },
        Field { number: 5, name: "connected_account", json_name: "connectedAccount", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_UPDATE_CONNECTED_ACCOUNT) },
        Field { number: 6, name: "id", json_name: "id", shape: Shape::Optional, kind: Kind::String },
        Field { number: 7, name: "scope_selection", json_name: "scopeSelection", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_SCOPE_SELECTION) },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_UPDATE_CONNECTED_ACCOUNT_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connected_account", json_name: "connectedAccount", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTED_ACCOUNTS_CONNECTED_ACCOUNT) },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_VERIFY_CONNECTED_ACCOUNT_USER_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "auth_request_id", json_name: "authRequestId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTED_ACCOUNTS_VERIFY_CONNECTED_ACCOUNT_USER_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "post_user_verify_redirect_url", json_name: "postUserVerifyRedirectUrl", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_ASSIGN_DOMAINS_TO_CONNECTION_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "domain_ids", json_name: "domainIds", shape: Shape::Repeated, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_ASSIGN_DOMAINS_TO_CONNECTION_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connection", json_name: "connection", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_CONNECTION) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_CODE_CHALLENGE_TYPE: Enum = Enum(&[
    (0, "CODE_CHALLENGE_TYPE_UNSPECIFIED"),
    (1, "NUMERIC"),
    (2, "ALPHANUMERIC"),
]);

static SCALEKIT_V1_CONNECTIONS_CONFIGURATION_TYPE: Enum = Enum(&[
    (0, "CONFIGURATION_TYPE_UNSPECIFIED"),
    (1, "DISCOVERY"),
    (2, "MANUAL"),
]);

static SCALEKIT_V1_CONNECTIONS_CONNECTION: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_PROVIDER) },
        Field { number: 3, name: "type", json_name: "type", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_TYPE) },
        Field { number: 4, name: "status", json_name: "status", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_STATUS) },
        Field { number: 5, name: "enabled", json_name: "enabled", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 6, name: "debug_enabled", json_name: "debugEnabled", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 7, name: "organization_id", json_name: "organizationId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 8, name: "ui_button_title", json_name: "uiButtonTitle", shape: Shape::Single, kind: Kind::String },
        Field { number: 9, name: "configuration_type", json_name: "configurationType", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONFIGURATION_TYPE) },
        Field { number: 12, name: "test_connection_uri", json_name: "testConnectionUri", shape: Shape::Single, kind: Kind::String },
        Field { number: 15, name: "attribute_mapping", json_name: "attributeMapping", shape: Shape::Map, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_CONNECTION_ATTRIBUTE_MAPPING_ENTRY) },
        Field { number: 16, name: "create_time", json_name: "createTime", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 17, name: "update_time", json_name: "updateTime", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 18, name: "oidc_config", json_name: "oidcConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_OIDC_CONNECTION_CONFIG) },
        Field { number: 19, name: "saml_config", json_name: "samlConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_SAML_CONNECTION_CONFIG_RESPONSE) },
        Field { number: 20, name: "oauth_config", json_name: "oauthConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_O_AUTH_CONNECTION_CONFIG) },
        Field { number: 22, name: "passwordless_config", json_name: "passwordlessConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_PASSWORD_LESS_CONFIG) },
        Field { number: 23, name: "provider_key", json_name: "providerKey", shape: Shape::Single, kind: Kind::String },
        Field { number: 24, name: "domains", json_name: "domains", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_DOMAINS_DOMAIN) },
        Field { number: 25, name: "key_id", json_name: "keyId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 26, name: "static_config", json_name: "staticConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_STATIC_AUTH_CONFIG) },
        Field { number: 27, name: "webauthn_config", json_name: "webauthnConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION) },
        Field { number: 28, name: "google_dwd_config", json_name: "googleDwdConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_GOOGLE_DWD_CONFIG) },
        Field { number: 29, name: "mcp_server_url", json_name: "mcpServerUrl", shape: Shape::Optional, kind: Kind::String },
        Field { number: 30, name: "resolved_proxy_url", json_name: "resolvedProxyUrl", shape: Shape::Optional, kind: Kind::String },
        Field { number: 31, name: "auth_mode", json_name: "authMode", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_AUTH_MODE) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_CONNECTION_ATTRIBUTE_MAPPING_ENTRY: Message = Message {
    fields: &[
        Field { number: 1, name: "key", json_name: "key", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "value", json_name: "value", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_CONNECTION_AUTH_MODE: Enum = Enum(&[
    (0, "CONNECTION_AUTH_MODE_UNSPECIFIED"),
    (1, "USER"),
    (2, "ORG_WIDE"),
]);

static SCALEKIT_V1_CONNECTIONS_CONNECTION_PROVIDER: Enum = Enum(&[
    (0, "CONNECTION_PROVIDER_UNSPECIFIED"),
    (1, "OKTA"),
    (2, "GOOGLE"),
    (3, "MICROSOFT_AD"),
    (4, "AUTH0"),
    (5, "ONELOGIN"),
    (6, "PING_IDENTITY"),
    (7, "JUMPCLOUD"),
    (8, "CUSTOM"),
    (9, "GITHUB"),
    (10, "GITLAB"),
    (11, "LINKEDIN"),
    (12, "SALESFORCE"),
    (13, "MICROSOFT"),
    (14, "IDP_SIMULATOR"),
    (15, "SCALEKIT"),
    (16, "ADFS"),
]);

static SCALEKIT_V1_CONNECTIONS_CONNECTION_STATUS: Enum = Enum(&[
    (0, "CONNECTION_STATUS_UNSPECIFIED"),
    (1, "DRAFT"),
    (2, "IN_PROGRESS"),
    (3, "COMPLETED"),
]);

static SCALEKIT_V1_CONNECTIONS_CONNECTION_TYPE: Enum = Enum(&[
    (0, "INVALID"),
    (1, "OIDC"),
    (2, "SAML"),
    (3, "PASSWORD"),
    (4, "OAUTH"),
    (5, "PASSWORDLESS"),
    (6, "BASIC"),
    (7, "BEARER"),
    (8, "API_KEY"),
    (9, "WEBAUTHN"),
    (10, "OAUTH_M2M"),
    (11, "TRELLO_OAUTH1"),
    (12, "GOOGLE_DWD"),
    (13, "TRUSTED_IDP"),
    (14, "SMART_FHIR"),
    (15, "NO_AUTH"),
]);

static SCALEKIT_V1_CONNECTIONS_CREATE_CONNECTION: Message = Message {
    fields: &[
        Field { number: 1, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_PROVIDER) },
        Field { number: 2, name: "type", json_name: "type", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_TYPE) },
        Field { number: 3, name: "provider_key", json_name: "providerKey", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "key_id", json_name: "keyId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 5, name: "context", json_name: "context", shape: Shape::Optional, kind: Kind::Struct },
        Field { number: 6, name: "auth_mode", json_name: "authMode", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_AUTH_MODE) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_CREATE_CONNECTION_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "connection", json_name: "connection", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_CREATE_CONNECTION) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_CREATE_CONNECTION_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connection", json_name: "connection", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_CONNECTION) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_CREATE_ENVIRONMENT_CONNECTION_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "connection", json_name: "connection", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_CREATE_CONNECTION) },
        Field { number: 2, name: "flags", json_name: "flags", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_FLAGS) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_DELETE_CONNECTION_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_DELETE_ENVIRONMENT_CONNECTION_REQUEST: Message = Message {
    fields: &[
        Field { number: 3, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_FLAGS: Message = Message {
    fields: &[
        Field { number: 1, name: "is_login", json_name: "isLogin", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 2, name: "is_app", json_name: "isApp", shape: Shape::Single, kind: Kind::Bool },
    ],
};

static SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_CONTEXT_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "organization_id", json_name: "organizationId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_CONTEXT_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "context", json_name: "context", shape: Shape::Optional, kind: Kind::Struct },
    ],
};

static SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connection", json_name: "connection", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_CONNECTION) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_TEST_RESULT_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "test_request_id", json_name: "testRequestId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_GET_CONNECTION_TEST_RESULT_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "status", json_name: "status", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_TEST_RESULT_STATUS) },
        Field { number: 2, name: "user_info", json_name: "userInfo", shape: Shape::Optional, kind: Kind::String },
        Field { number: 3, name: "error", json_name: "error", shape: Shape::Optional, kind: Kind::String },
        Field { number: 4, name: "error_description", json_name: "errorDescription", shape: Shape::Optional, kind: Kind::String },
        Field { number: 5, name: "error_details", json_name: "errorDetails", shape: Shape::Optional, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_GET_ENVIRONMENT_CONNECTION_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_GOOGLE_DWD_CONFIG: Message = Message {
    fields: &[
        Field { number: 1, name: "service_account_json", json_name: "serviceAccountJson", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 2, name: "scopes", json_name: "scopes", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 3, name: "token_uri", json_name: "tokenUri", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 4, name: "scope_selection_allowed", json_name: "scopeSelectionAllowed", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 5, name: "required_scopes", json_name: "requiredScopes", shape: Shape::Repeated, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_IDP_CERTIFICATE: Message = Message {
    fields: &[
        Field { number: 1, name: "certificate", json_name: "certificate", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "create_time", json_name: "createTime", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 3, name: "expiry_time", json_name: "expiryTime", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 4, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 5, name: "issuer", json_name: "issuer", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_LIST_APP_CONNECTIONS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "page_size", json_name: "pageSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 2, name: "page_token", json_name: "pageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "provider", json_name: "provider", shape: Shape::Optional, kind: Kind::String },
        Field { number: 4, name: "query", json_name: "query", shape: Shape::Optional, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_LIST_APP_CONNECTIONS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connections", json_name: "connections", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_LIST_CONNECTION) },
        Field { number: 2, name: "next_page_token", json_name: "nextPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "prev_page_token", json_name: "prevPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "total_size", json_name: "totalSize", shape: Shape::Single, kind: Kind::Uint32 },
    ],
};

static SCALEKIT_V1_CONNECTIONS_LIST_CONNECTION: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_PROVIDER) },
        Field { number: 3, name: "type", json_name: "type", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_TYPE) },
        Field { number: 4, name: "status", json_name: "status", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_STATUS) },
        Field { number: 5, name: "enabled", json_name: "enabled", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 6, name: "organization_id", json_name: "organizationId", shape: Shape::Single, kind: Kind::String },
        Field { number: 7, name: "ui_button_title", json_name: "uiButtonTitle", shape: Shape::Single, kind: Kind::String },
        Field { number: 8, name: "domains", json_name: "domains", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 9, name: "organization_name", json_name: "organizationName", shape: Shape::Single, kind: Kind::String },
        Field { number: 10, name: "provider_key", json_name: "providerKey", shape: Shape::Single, kind: Kind::String },
        Field { number: 11, name: "key_id", json_name: "keyId", shape: Shape::Single, kind: Kind::String },
        Field { number: 12, name: "created_at", json_name: "createdAt", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 13, name: "mcp_server_url", json_name: "mcpServerUrl", shape: Shape::Single, kind: Kind::String },
        Field { number: 14, name: "auth_mode", json_name: "authMode", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_AUTH_MODE) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_LIST_CONNECTIONS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 3, name: "domain", json_name: "domain", shape: Shape::Optional, kind: Kind::String },
        Field { number: 4, name: "include", json_name: "include", shape: Shape::Optional, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_LIST_CONNECTIONS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connections", json_name: "connections", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_LIST_CONNECTION) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_LIST_ORGANIZATION_CONNECTIONS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "page_size", json_name: "pageSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 2, name: "page_token", json_name: "pageToken", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_LIST_ORGANIZATION_CONNECTIONS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "next_page_token", json_name: "nextPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "total_size", json_name: "totalSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 3, name: "prev_page_token", json_name: "prevPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "connections", json_name: "connections", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_LIST_CONNECTION) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_NAME_ID_FORMAT: Enum = Enum(&[
    (0, "NAME_ID_FORMAT_NIL"),
    (1, "UNSPECIFIED"),
    (2, "EMAIL"),
    (3, "TRANSIENT"),
    (4, "PERSISTENT"),
]);

static SCALEKIT_V1_CONNECTIONS_OAUTH_EXTENSIONS: Message = Message {
    fields: &[
        Field { number: 1, name: "smart", json_name: "smart", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_SMART_CONFIG) },
        Field { number: 2, name: "extra_authorize_params", json_name: "extraAuthorizeParams", shape: Shape::Map, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_OAUTH_EXTENSIONS_EXTRA_AUTHORIZE_PARAMS_ENTRY) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_OAUTH_EXTENSIONS_EXTRA_AUTHORIZE_PARAMS_ENTRY: Message = Message {
    fields: &[
        Field { number: 1, name: "key", json_name: "key", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "value", json_name: "value", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_OIDC_CONNECTION_CONFIG: Message = Message {
    fields: &[
        Field { number: 1, name: "issuer", json_name: "issuer", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 2, name: "discovery_endpoint", json_name: "discoveryEndpoint", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 3, name: "authorize_uri", json_name: "authorizeUri", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 4, name: "token_uri", json_name: "tokenUri", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 5, name: "user_info_uri", json_name: "userInfoUri", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 6, name: "jwks_uri", json_name: "jwksUri", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 8, name: "client_id", json_name: "clientId", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 9, name: "client_secret", json_name: "clientSecret", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 10, name: "scopes", json_name: "scopes", shape: Shape::Repeated, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_OIDC_SCOPE) },
        Field { number: 11, name: "token_auth_type", json_name: "tokenAuthType", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_TOKEN_AUTH_TYPE) },
        Field { number: 12, name: "redirect_uri", json_name: "redirectUri", shape: Shape::Single, kind: Kind::String },
        Field { number: 13, name: "pkce_enabled", json_name: "pkceEnabled", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 14, name: "idp_logout_required", json_name: "idpLogoutRequired", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 15, name: "post_logout_redirect_uri", json_name: "postLogoutRedirectUri", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 16, name: "backchannel_logout_redirect_uri", json_name: "backchannelLogoutRedirectUri", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 17, name: "sync_user_profile_on_login", json_name: "syncUserProfileOnLogin", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 18, name: "jit_provisioning_with_sso_enabled", json_name: "jitProvisioningWithSsoEnabled", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_OIDC_SCOPE: Enum = Enum(&[
    (0, "OIDC_SCOPE_UNSPECIFIED"),
    (1, "openid"),
    (2, "profile"),
    (3, "email"),
    (4, "address"),
    (5, "phone"),
]);

static SCALEKIT_V1_CONNECTIONS_OPTIONAL_SCOPES: Message = Message {
    fields: &[
        Field { number: 1, name: "scopes", json_name: "scopes", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 2, name: "field_name", json_name: "fieldName", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_O_AUTH_CONNECTION_CONFIG: Message = Message {
    fields: &[
        Field { number: 3, name: "authorize_uri", json_name: "authorizeUri", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 4, name: "token_uri", json_name: "tokenUri", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 5, name: "user_info_uri", json_name: "userInfoUri", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 8, name: "client_id", json_name: "clientId", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 9, name: "client_secret", json_name: "clientSecret", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 10, name: "scopes", json_name: "scopes", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 12, name: "redirect_uri", json_name: "redirectUri", shape: Shape::Single, kind: Kind::String },
        Field { number: 13, name: "pkce_enabled", json_name: "pkceEnabled", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 14, name: "prompt", json_name: "prompt", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 15, name: "use_platform_creds", json_name: "usePlatformCreds", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 16, name: "access_type", json_name: "accessType", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 17, name: "custom_scope_name", json_name: "customScopeName", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 18, name: "sync_user_profile_on_login", json_name: "syncUserProfileOnLogin", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 19, name: "token_access_type", json_name: "tokenAccessType", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 20, name: "tenant_id", json_name: "tenantId", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 21, name: "is_cimd", json_name: "isCimd", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 22, name: "app_name", json_name: "appName", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 23, name: "optional_scopes", json_name: "optionalScopes", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_OPTIONAL_SCOPES) },
        Field { number: 24, name: "extensions", json_name: "extensions", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_OAUTH_EXTENSIONS) },
        Field { number: 25, name: "token_endpoint_auth_method", json_name: "tokenEndpointAuthMethod", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 26, name: "googleads_developer_token", json_name: "googleadsDeveloperToken", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 27, name: "scope_selection_allowed", json_name: "scopeSelectionAllowed", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 28, name: "required_scopes", json_name: "requiredScopes", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 29, name: "required_optional_scopes", json_name: "requiredOptionalScopes", shape: Shape::Repeated, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_PASSWORDLESS_TYPE: Enum = Enum(&[
    (0, "PasswordlessType_UNSPECIFIED"),
    (1, "LINK"),
    (2, "OTP"),
    (3, "LINK_OTP"),
]);

static SCALEKIT_V1_CONNECTIONS_PASSWORD_LESS_CONFIG: Message = Message {
    fields: &[
        Field { number: 1, name: "type", json_name: "type", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_PASSWORDLESS_TYPE) },
        Field { number: 2, name: "frequency", json_name: "frequency", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Uint32) },
        Field { number: 3, name: "validity", json_name: "validity", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Uint32) },
        Field { number: 4, name: "enforce_same_browser_origin", json_name: "enforceSameBrowserOrigin", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 5, name: "code_challenge_length", json_name: "codeChallengeLength", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Uint32) },
        Field { number: 6, name: "code_challenge_type", json_name: "codeChallengeType", shape: Shape::Optional, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CODE_CHALLENGE_TYPE) },
        Field { number: 7, name: "regenerate_passwordless_credentials_on_resend", json_name: "regeneratePasswordlessCredentialsOnResend", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_REQUEST_BINDING: Enum = Enum(&[
    (0, "REQUEST_BINDING_UNSPECIFIED"),
    (1, "HTTP_POST"),
    (2, "HTTP_REDIRECT"),
]);

static SCALEKIT_V1_CONNECTIONS_SAML_CONNECTION_CONFIG_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "idp_metadata_url", json_name: "idpMetadataUrl", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 2, name: "idp_entity_id", json_name: "idpEntityId", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 3, name: "idp_sso_url", json_name: "idpSsoUrl", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 4, name: "idp_certificate", json_name: "idpCertificate", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 5, name: "idp_slo_url", json_name: "idpSloUrl", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 6, name: "ui_button_title", json_name: "uiButtonTitle", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 7, name: "idp_name_id_format", json_name: "idpNameIdFormat", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_NAME_ID_FORMAT) },
        Field { number: 8, name: "idp_sso_request_binding", json_name: "idpSsoRequestBinding", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_REQUEST_BINDING) },
        Field { number: 9, name: "idp_slo_request_binding", json_name: "idpSloRequestBinding", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_REQUEST_BINDING) },
        Field { number: 10, name: "saml_signing_option", json_name: "samlSigningOption", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_SAML_SIGNING_OPTIONS) },
        Field { number: 14, name: "force_authn", json_name: "forceAuthn", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 15, name: "default_redirect_uri", json_name: "defaultRedirectUri", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 16, name: "assertion_encrypted", json_name: "assertionEncrypted", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 17, name: "want_request_signed", json_name: "wantRequestSigned", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 18, name: "certificate_id", json_name: "certificateId", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 19, name: "idp_slo_required", json_name: "idpSloRequired", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 20, name: "sp_entity_id", json_name: "spEntityId", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 21, name: "sp_assertion_url", json_name: "spAssertionUrl", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 22, name: "sp_slo_url", json_name: "spSloUrl", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 23, name: "sync_user_profile_on_login", json_name: "syncUserProfileOnLogin", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 24, name: "jit_provisioning_with_sso_enabled", json_name: "jitProvisioningWithSsoEnabled", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_SAML_CONNECTION_CONFIG_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "sp_entity_id", json_name: "spEntityId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "sp_assertion_url", json_name: "spAssertionUrl", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "sp_metadata_url", json_name: "spMetadataUrl", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "idp_metadata_url", json_name: "idpMetadataUrl", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 5, name: "idp_entity_id", json_name: "idpEntityId", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 6, name: "idp_sso_url", json_name: "idpSsoUrl", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 7, name: "idp_certificates", json_name: "idpCertificates", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_IDP_CERTIFICATE) },
        Field { number: 8, name: "idp_slo_url", json_name: "idpSloUrl", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 9, name: "ui_button_title", json_name: "uiButtonTitle", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 10, name: "idp_name_id_format", json_name: "idpNameIdFormat", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_NAME_ID_FORMAT) },
        Field { number: 11, name: "idp_sso_request_binding", json_name: "idpSsoRequestBinding", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_REQUEST_BINDING) },
        Field { number: 12, name: "idp_slo_request_binding", json_name: "idpSloRequestBinding", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_REQUEST_BINDING) },
        Field { number: 13, name: "saml_signing_option", json_name: "samlSigningOption", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_SAML_SIGNING_OPTIONS) },
        Field { number: 14, name: "allow_idp_initiated_login", json_name: "allowIdpInitiatedLogin", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 15, name: "force_authn", json_name: "forceAuthn", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 16, name: "default_redirect_uri", json_name: "defaultRedirectUri", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 17, name: "assertion_encrypted", json_name: "assertionEncrypted", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 18, name: "want_request_signed", json_name: "wantRequestSigned", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 19, name: "certificate_id", json_name: "certificateId", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 20, name: "idp_slo_required", json_name: "idpSloRequired", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 21, name: "sp_slo_url", json_name: "spSloUrl", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 22, name: "sync_user_profile_on_login", json_name: "syncUserProfileOnLogin", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 23, name: "jit_provisioning_with_sso_enabled", json_name: "jitProvisioningWithSsoEnabled", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_SAML_SIGNING_OPTIONS: Enum = Enum(&[
    (0, "SAML_SIGNING_OPTIONS_UNSPECIFIED"),
    (1, "NO_SIGNING"),
    (2, "SAML_ONLY_RESPONSE_SIGNING"),
    (3, "SAML_ONLY_ASSERTION_SIGNING"),
    (4, "SAML_RESPONSE_ASSERTION_SIGNING"),
    (5, "SAML_RESPONSE_OR_ASSERTION_SIGNING"),
]);

static SCALEKIT_V1_CONNECTIONS_SEARCH_ORGANIZATION_CONNECTIONS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "query", json_name: "query", shape: Shape::Optional, kind: Kind::String },
        Field { number: 2, name: "provider", json_name: "provider", shape: Shape::Optional, kind: Kind::String },
        Field { number: 3, name: "status", json_name: "status", shape: Shape::Optional, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_STATUS) },
        Field { number: 4, name: "connection_type", json_name: "connectionType", shape: Shape::Optional, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_TYPE) },
        Field { number: 5, name: "page_size", json_name: "pageSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 6, name: "page_token", json_name: "pageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 7, name: "enabled", json_name: "enabled", shape: Shape::Optional, kind: Kind::Bool },
    ],
};

static SCALEKIT_V1_CONNECTIONS_SEARCH_ORGANIZATION_CONNECTIONS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "next_page_token", json_name: "nextPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "total_size", json_name: "totalSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 3, name: "prev_page_token", json_name: "prevPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "connections", json_name: "connections", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_LIST_CONNECTION) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_SMART_CONFIG: Message = Message {
    fields: &[
        Field { number: 1, name: "aud", json_name: "aud", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "domain", json_name: "domain", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_STATIC_AUTH_CONFIG: Message = Message {
    fields: &[
        Field { number: 1, name: "static_config", json_name: "staticConfig", shape: Shape::Optional, kind: Kind::Struct },
    ],
};

static SCALEKIT_V1_CONNECTIONS_TEST_RESULT_STATUS: Enum = Enum(&[
    (0, "PENDING"),
    (1, "SUCCESS"),
    (2, "FAILURE"),
]);

static SCALEKIT_V1_CONNECTIONS_TOGGLE_CONNECTION_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_TOGGLE_CONNECTION_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "enabled", json_name: "enabled", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 2, name: "error_message", json_name: "errorMessage", shape: Shape::Optional, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_TOGGLE_ENVIRONMENT_CONNECTION_REQUEST: Message = Message {
    fields: &[
        Field { number: 2, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_TOKEN_AUTH_TYPE: Enum = Enum(&[
    (0, "TOKEN_AUTH_TYPE_UNSPECIFIED"),
    (1, "URL_PARAMS"),
    (2, "BASIC_AUTH"),
]);

static SCALEKIT_V1_CONNECTIONS_UPDATE_CONNECTION: Message = Message {
    fields: &[
        Field { number: 2, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_PROVIDER) },
        Field { number: 3, name: "type", json_name: "type", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONNECTION_TYPE) },
        Field { number: 6, name: "debug_enabled", json_name: "debugEnabled", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 8, name: "ui_button_title", json_name: "uiButtonTitle", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 11, name: "configuration_type", json_name: "configurationType", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_CONNECTIONS_CONFIGURATION_TYPE) },
        Field { number: 15, name: "attribute_mapping", json_name: "attributeMapping", shape: Shape::Map, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_UPDATE_CONNECTION_ATTRIBUTE_MAPPING_ENTRY) },
        Field { number: 16, name: "oidc_config", json_name: "oidcConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_OIDC_CONNECTION_CONFIG) },
        Field { number: 17, name: "saml_config", json_name: "samlConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_SAML_CONNECTION_CONFIG_REQUEST) },
        Field { number: 18, name: "oauth_config", json_name: "oauthConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_O_AUTH_CONNECTION_CONFIG) },
        Field { number: 20, name: "passwordless_config", json_name: "passwordlessConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_PASSWORD_LESS_CONFIG) },
        Field { number: 21, name: "provider_key", json_name: "providerKey", shape: Shape::Single, kind: Kind::String },
        Field { number: 22, name: "key_id", json_name: "keyId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 23, name: "static_config", json_name: "staticConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_STATIC_AUTH_CONFIG) },
        Field { number: 24, name: "webauthn_config", json_name: "webauthnConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION) },
        Field { number: 25, name: "google_dwd_config", json_name: "googleDwdConfig", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_GOOGLE_DWD_CONFIG) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_UPDATE_CONNECTION_ATTRIBUTE_MAPPING_ENTRY: Message = Message {
    fields: &[
        Field { number: 1, name: "key", json_name: "key", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "value", json_name: "value", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_UPDATE_CONNECTION_CONTEXT_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "organization_id", json_name: "organizationId", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "context", json_name: "context", shape: Shape::Optional, kind: Kind::Struct },
    ],
};

static SCALEKIT_V1_CONNECTIONS_UPDATE_CONNECTION_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "organization_id", json_name: "organizationId", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "connection", json_name: "connection", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_UPDATE_CONNECTION) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_UPDATE_CONNECTION_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connection", json_name: "connection", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_CONNECTION) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_UPDATE_ENVIRONMENT_CONNECTION_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "connection", json_name: "connection", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_UPDATE_CONNECTION) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION: Message = Message {
    fields: &[
        Field { number: 1, name: "rp", json_name: "rp", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION_RP) },
        Field { number: 2, name: "attestation", json_name: "attestation", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION_ATTESTATION) },
        Field { number: 3, name: "authenticators", json_name: "authenticators", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION_AUTHENTICATORS) },
        Field { number: 4, name: "authenticator_selection", json_name: "authenticatorSelection", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION_AUTHENTICATOR_SELECTION) },
        Field { number: 5, name: "timeout", json_name: "timeout", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION_TIMEOUT) },
        Field { number: 6, name: "enable_auto_registration", json_name: "enableAutoRegistration", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 7, name: "show_passkey_button", json_name: "showPasskeyButton", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 8, name: "enable_conditional_login", json_name: "enableConditionalLogin", shape: Shape::Single, kind: Kind::Bool },
    ],
};

static SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION_ATTESTATION: Message = Message {
    fields: &[
        Field { number: 1, name: "conveyance_preference", json_name: "conveyancePreference", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 2, name: "enterprise_approved_ids", json_name: "enterpriseApprovedIds", shape: Shape::Repeated, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION_AUTHENTICATORS: Message = Message {
    fields: &[
        Field { number: 1, name: "validate_entry", json_name: "validateEntry", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 2, name: "validate_entry_permit_zero_aaguid", json_name: "validateEntryPermitZeroAaguid", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 3, name: "validate_anchors", json_name: "validateAnchors", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 4, name: "validate_status", json_name: "validateStatus", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 5, name: "validate_attestation_type", json_name: "validateAttestationType", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 6, name: "desired_authenticator_status", json_name: "desiredAuthenticatorStatus", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 7, name: "undesired_authenticator_status", json_name: "undesiredAuthenticatorStatus", shape: Shape::Repeated, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION_AUTHENTICATOR_SELECTION: Message = Message {
    fields: &[
        Field { number: 1, name: "user_verification", json_name: "userVerification", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
        Field { number: 2, name: "authenticator_attachment", json_name: "authenticatorAttachment", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::String) },
    ],
};

static SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION_RP: Message = Message {
    fields: &[
        Field { number: 1, name: "ids", json_name: "ids", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 2, name: "origins", json_name: "origins", shape: Shape::Repeated, kind: Kind::String },
    ],
};

static SCALEKIT_V1_CONNECTIONS_WEB_AUTH_CONFIGURATION_TIMEOUT: Message = Message {
    fields: &[
        Field { number: 1, name: "registration", json_name: "registration", shape: Shape::Optional, kind: Kind::Duration },
        Field { number: 2, name: "registration_uvd", json_name: "registrationUvd", shape: Shape::Optional, kind: Kind::Duration },
        Field { number: 3, name: "login", json_name: "login", shape: Shape::Optional, kind: Kind::Duration },
        Field { number: 4, name: "login_uvd", json_name: "loginUvd", shape: Shape::Optional, kind: Kind::Duration },
    ],
};

static SCALEKIT_V1_DOMAINS_DOMAIN: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "domain", json_name: "domain", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "environment_id", json_name: "environmentId", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "organization_id", json_name: "organizationId", shape: Shape::Single, kind: Kind::String },
        Field { number: 6, name: "txt_record_key", json_name: "txtRecordKey", shape: Shape::Single, kind: Kind::String },
        Field { number: 7, name: "txt_record_secret", json_name: "txtRecordSecret", shape: Shape::Single, kind: Kind::String },
        Field { number: 8, name: "verification_status", json_name: "verificationStatus", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_DOMAINS_VERIFICATION_STATUS) },
        Field { number: 9, name: "create_time", json_name: "createTime", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 10, name: "update_time", json_name: "updateTime", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 12, name: "domain_type", json_name: "domainType", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_DOMAINS_DOMAIN_TYPE) },
        Field { number: 13, name: "verification_method", json_name: "verificationMethod", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_DOMAINS_VERIFICATION_METHOD) },
    ],
};

static SCALEKIT_V1_DOMAINS_DOMAIN_TYPE: Enum = Enum(&[
    (0, "DOMAIN_TYPE_UNSPECIFIED"),
    (1, "ALLOWED_EMAIL_DOMAIN"),
    (2, "ORGANIZATION_DOMAIN"),
]);

static SCALEKIT_V1_DOMAINS_VERIFICATION_METHOD: Enum = Enum(&[
    (0, "VERIFICATION_METHOD_UNSPECIFIED"),
    (1, "ADMIN"),
    (2, "DNS"),
    (3, "NOT_APPLICABLE"),
]);

static SCALEKIT_V1_DOMAINS_VERIFICATION_STATUS: Enum = Enum(&[
    (0, "VERIFICATION_STATUS_UNSPECIFIED"),
    (1, "PENDING"),
    (2, "VERIFIED"),
    (3, "FAILED"),
    (4, "AUTO_VERIFIED"),
]);

static SCALEKIT_V1_ERRDETAILS_DEBUG_INFO: Message = Message {
    fields: &[
        Field { number: 1, name: "stack_entries", json_name: "stackEntries", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 2, name: "detail", json_name: "detail", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_ERRDETAILS_ERROR_INFO: Message = Message {
    fields: &[
        Field { number: 1, name: "error_code", json_name: "errorCode", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "debug_info", json_name: "debugInfo", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_ERRDETAILS_DEBUG_INFO) },
        Field { number: 3, name: "help_info", json_name: "helpInfo", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_ERRDETAILS_HELP_INFO) },
        Field { number: 4, name: "localized_message_info", json_name: "localizedMessageInfo", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_ERRDETAILS_LOCALIZED_MESSAGE_INFO) },
        Field { number: 5, name: "resource_info", json_name: "resourceInfo", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_ERRDETAILS_RESOURCE_INFO) },
        Field { number: 6, name: "request_info", json_name: "requestInfo", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_ERRDETAILS_REQUEST_INFO) },
        Field { number: 8, name: "validation_error_info", json_name: "validationErrorInfo", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_ERRDETAILS_VALIDATION_ERROR_INFO) },
        Field { number: 9, name: "tool_error_info", json_name: "toolErrorInfo", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_ERRDETAILS_TOOL_ERROR_INFO) },
    ],
};

static SCALEKIT_V1_ERRDETAILS_HELP_INFO: Message = Message {
    fields: &[
        Field { number: 1, name: "links", json_name: "links", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_ERRDETAILS_HELP_INFO_LINK) },
    ],
};

static SCALEKIT_V1_ERRDETAILS_HELP_INFO_LINK: Message = Message {
    fields: &[
        Field { number: 1, name: "description", json_name: "description", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "url", json_name: "url", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_ERRDETAILS_LOCALIZED_MESSAGE_INFO: Message = Message {
    fields: &[
        Field { number: 1, name: "locale", json_name: "locale", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "message", json_name: "message", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_ERRDETAILS_REQUEST_INFO: Message = Message {
    fields: &[
        Field { number: 1, name: "request_id", json_name: "requestId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "serving_data", json_name: "servingData", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_ERRDETAILS_RESOURCE_INFO: Message = Message {
    fields: &[
        Field { number: 2, name: "resource_name", json_name: "resourceName", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "owner", json_name: "owner", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "description", json_name: "description", shape: Shape::Single, kind: Kind::String },
        Field { number: 5, name: "required_permissions", json_name: "requiredPermissions", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 6, name: "user", json_name: "user", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_ERRDETAILS_TOOL_ERROR_INFO: Message = Message {
    fields: &[
        Field { number: 1, name: "execution_id", json_name: "executionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "tool_error_message", json_name: "toolErrorMessage", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "tool_error_code", json_name: "toolErrorCode", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_ERRDETAILS_VALIDATION_ERROR_INFO: Message = Message {
    fields: &[
        Field { number: 1, name: "field_violations", json_name: "fieldViolations", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_ERRDETAILS_VALIDATION_ERROR_INFO_FIELD_VIOLATION) },
    ],
};

static SCALEKIT_V1_ERRDETAILS_VALIDATION_ERROR_INFO_FIELD_VIOLATION: Message = Message {
    fields: &[
        Field { number: 1, name: "field", json_name: "field", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "description", json_name: "description", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "constraint", json_name: "constraint", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_CREATE_MCP_CONFIG_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "config", json_name: "config", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_CONFIG) },
    ],
};

static SCALEKIT_V1_MCP_CREATE_MCP_CONFIG_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "config", json_name: "config", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_CONFIG) },
    ],
};

static SCALEKIT_V1_MCP_CREATE_MCP_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "mcp", json_name: "mcp", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP) },
    ],
};

static SCALEKIT_V1_MCP_CREATE_MCP_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "mcp", json_name: "mcp", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP) },
    ],
};

static SCALEKIT_V1_MCP_CREATE_MCP_SESSION_TOKEN_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "mcp_config_id", json_name: "mcpConfigId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "expiry", json_name: "expiry", shape: Shape::Optional, kind: Kind::Duration },
        Field { number: 4, name: "key_id", json_name: "keyId", shape: Shape::Single, kind: Kind::String },
        Field { number: 5, name: "access_level", json_name: "accessLevel", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_CREATE_MCP_SESSION_TOKEN_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "token", json_name: "token", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "expires_at", json_name: "expiresAt", shape: Shape::Optional, kind: Kind::Timestamp },
    ],
};

static SCALEKIT_V1_MCP_DELETE_MCP_CONFIG_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "config_id", json_name: "configId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_DELETE_MCP_CONFIG_RESPONSE: Message = Message {
    fields: &[
    ],
};

static SCALEKIT_V1_MCP_DELETE_MCP_INSTANCE_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "instance_id", json_name: "instanceId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_DELETE_MCP_INSTANCE_RESPONSE: Message = Message {
    fields: &[
    ],
};

static SCALEKIT_V1_MCP_DELETE_MCP_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "mcp_id", json_name: "mcpId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_DELETE_MCP_RESPONSE: Message = Message {
    fields: &[
    ],
};

static SCALEKIT_V1_MCP_ENSURE_MCP_INSTANCE_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "name", json_name: "name", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "config_name", json_name: "configName", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "user_identifier", json_name: "userIdentifier", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_ENSURE_MCP_INSTANCE_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "instance", json_name: "instance", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_INSTANCE) },
    ],
};

static SCALEKIT_V1_MCP_GET_MCP_CONFIG_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "config_id", json_name: "configId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_GET_MCP_CONFIG_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "config", json_name: "config", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_CONFIG) },
    ],
};

static SCALEKIT_V1_MCP_GET_MCP_INSTANCE_AUTH_STATE_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "instance_id", json_name: "instanceId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "include_auth_links", json_name: "includeAuthLinks", shape: Shape::Single, kind: Kind::Bool },
    ],
};

static SCALEKIT_V1_MCP_GET_MCP_INSTANCE_AUTH_STATE_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connections", json_name: "connections", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_INSTANCE_CONNECTION_AUTH_STATE) },
    ],
};

static SCALEKIT_V1_MCP_GET_MCP_INSTANCE_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "instance_id", json_name: "instanceId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_GET_MCP_INSTANCE_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "instance", json_name: "instance", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_INSTANCE) },
    ],
};

static SCALEKIT_V1_MCP_GET_MCP_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "mcp_id", json_name: "mcpId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_GET_MCP_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "mcp", json_name: "mcp", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP) },
    ],
};

static SCALEKIT_V1_MCP_LIST_MCP_CONFIGS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "filter", json_name: "filter", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_LIST_MCP_CONFIGS_REQUEST_FILTER) },
        Field { number: 2, name: "search", json_name: "search", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "page_size", json_name: "pageSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 4, name: "page_token", json_name: "pageToken", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_LIST_MCP_CONFIGS_REQUEST_FILTER: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "name", json_name: "name", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "mcp_server_url", json_name: "mcpServerUrl", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_LIST_MCP_CONFIGS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "configs", json_name: "configs", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_CONFIG) },
        Field { number: 2, name: "next_page_token", json_name: "nextPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "prev_page_token", json_name: "prevPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "total_size", json_name: "totalSize", shape: Shape::Single, kind: Kind::Uint32 },
    ],
};

static SCALEKIT_V1_MCP_LIST_MCP_CONNECTED_ACCOUNTS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "config_id", json_name: "configId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "include_auth_link", json_name: "includeAuthLink", shape: Shape::Single, kind: Kind::Bool },
    ],
};

static SCALEKIT_V1_MCP_LIST_MCP_CONNECTED_ACCOUNTS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "connected_accounts", json_name: "connectedAccounts", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_CONNECTION_AUTH_STATE) },
    ],
};

static SCALEKIT_V1_MCP_LIST_MCP_INSTANCES_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "filter", json_name: "filter", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_LIST_MCP_INSTANCES_REQUEST_FILTER) },
        Field { number: 2, name: "search", json_name: "search", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "page_size", json_name: "pageSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 4, name: "page_token", json_name: "pageToken", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_LIST_MCP_INSTANCES_REQUEST_FILTER: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "name", json_name: "name", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "config_name", json_name: "configName", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "user_identifier", json_name: "userIdentifier", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_LIST_MCP_INSTANCES_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "instances", json_name: "instances", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_INSTANCE) },
        Field { number: 2, name: "next_page_token", json_name: "nextPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "prev_page_token", json_name: "prevPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "total_size", json_name: "totalSize", shape: Shape::Single, kind: Kind::Uint32 },
    ],
};

static SCALEKIT_V1_MCP_LIST_MCP_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "filter", json_name: "filter", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_LIST_MCP_REQUEST_FILTER) },
    ],
};

static SCALEKIT_V1_MCP_LIST_MCP_REQUEST_FILTER: Message = Message {
    fields: &[
        Field { number: 1, name: "connected_account_identifier", json_name: "connectedAccountIdentifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "link_token", json_name: "linkToken", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_LIST_MCP_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "mcps", json_name: "mcps", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP) },
    ],
};

static SCALEKIT_V1_MCP_MCP: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "tool_mappings", json_name: "toolMappings", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_MCP_TOOL_MAPPING) },
        Field { number: 3, name: "connected_account_identifier", json_name: "connectedAccountIdentifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "url", json_name: "url", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_MCP_CONFIG: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "name", json_name: "name", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "description", json_name: "description", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "connection_tool_mappings", json_name: "connectionToolMappings", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_CONFIG_CONNECTION_TOOL_MAPPING) },
        Field { number: 5, name: "mcp_server_url", json_name: "mcpServerUrl", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_MCP_CONFIG_CONNECTION_TOOL_MAPPING: Message = Message {
    fields: &[
        Field { number: 1, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "connection_name", json_name: "connectionName", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "tools", json_name: "tools", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 5, name: "connected_account_id", json_name: "connectedAccountId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 6, name: "connected_account_status", json_name: "connectedAccountStatus", shape: Shape::Optional, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_MCP_CONNECTION_AUTH_STATE: Message = Message {
    fields: &[
        Field { number: 1, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "connection_name", json_name: "connectionName", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "connected_account_id", json_name: "connectedAccountId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 5, name: "connected_account_status", json_name: "connectedAccountStatus", shape: Shape::Optional, kind: Kind::String },
        Field { number: 6, name: "authentication_link", json_name: "authenticationLink", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_MCP_INSTANCE: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "name", json_name: "name", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "user_identifier", json_name: "userIdentifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "config", json_name: "config", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_CONFIG) },
        Field { number: 5, name: "last_used_at", json_name: "lastUsedAt", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 6, name: "updated_at", json_name: "updatedAt", shape: Shape::Optional, kind: Kind::Timestamp },
        Field { number: 7, name: "url", json_name: "url", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_MCP_INSTANCE_CONNECTION_AUTH_STATE: Message = Message {
    fields: &[
        Field { number: 1, name: "connection_id", json_name: "connectionId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "connection_name", json_name: "connectionName", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "connected_account_id", json_name: "connectedAccountId", shape: Shape::Single, kind: Kind::String },
        Field { number: 5, name: "connected_account_status", json_name: "connectedAccountStatus", shape: Shape::Single, kind: Kind::String },
        Field { number: 6, name: "authentication_link", json_name: "authenticationLink", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_TOOL_MAPPING: Message = Message {
    fields: &[
        Field { number: 1, name: "tool_names", json_name: "toolNames", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 2, name: "connection_name", json_name: "connectionName", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "status", json_name: "status", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_UPDATE_MCP_CONFIG_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "config_id", json_name: "configId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "description", json_name: "description", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "connection_tool_mappings", json_name: "connectionToolMappings", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_CONFIG_CONNECTION_TOOL_MAPPING) },
    ],
};

static SCALEKIT_V1_MCP_UPDATE_MCP_CONFIG_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "config", json_name: "config", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_CONFIG) },
    ],
};

static SCALEKIT_V1_MCP_UPDATE_MCP_INSTANCE_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "instance_id", json_name: "instanceId", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "name", json_name: "name", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "config_name", json_name: "configName", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_MCP_UPDATE_MCP_INSTANCE_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "instance", json_name: "instance", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_MCP_MCP_INSTANCE) },
    ],
};

static SCALEKIT_V1_PROVIDERS_CREATE_CUSTOM_PROVIDER: Message = Message {
    fields: &[
        Field { number: 1, name: "display_name", json_name: "displayName", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "description", json_name: "description", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "auth_patterns", json_name: "authPatterns", shape: Shape::Optional, kind: Kind::ListValue },
        Field { number: 7, name: "proxy_url", json_name: "proxyUrl", shape: Shape::Single, kind: Kind::String },
        Field { number: 8, name: "proxy_enabled", json_name: "proxyEnabled", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 9, name: "icon_src", json_name: "iconSrc", shape: Shape::Single, kind: Kind::String },
        Field { number: 10, name: "metadata", json_name: "metadata", shape: Shape::Map, kind: Kind::Message(&SCALEKIT_V1_PROVIDERS_CREATE_CUSTOM_PROVIDER_METADATA_ENTRY) },
    ],
};

static SCALEKIT_V1_PROVIDERS_CREATE_CUSTOM_PROVIDER_METADATA_ENTRY: Message = Message {
    fields: &[
        Field { number: 1, name: "key", json_name: "key", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "value", json_name: "value", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_PROVIDERS_CREATE_CUSTOM_PROVIDER_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "provider", json_name: "provider", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_PROVIDERS_CREATE_CUSTOM_PROVIDER) },
    ],
};

static SCALEKIT_V1_PROVIDERS_CREATE_PROVIDER: Message = Message {
    fields: &[
        Field { number: 2, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "display_name", json_name: "displayName", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "description", json_name: "description", shape: Shape::Single, kind: Kind::String },
        Field { number: 5, name: "categories", json_name: "categories", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 6, name: "auth_patterns", json_name: "authPatterns", shape: Shape::Optional, kind: Kind::ListValue },
        Field { number: 7, name: "icon_src", json_name: "iconSrc", shape: Shape::Single, kind: Kind::String },
        Field { number: 8, name: "display_priority", json_name: "displayPriority", shape: Shape::Single, kind: Kind::Int32 },
        Field { number: 9, name: "coming_soon", json_name: "comingSoon", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 10, name: "proxy_url", json_name: "proxyUrl", shape: Shape::Single, kind: Kind::String },
        Field { number: 11, name: "proxy_enabled", json_name: "proxyEnabled", shape: Shape::Single, kind: Kind::Bool },
    ],
};

static SCALEKIT_V1_PROVIDERS_CREATE_PROVIDER_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "provider", json_name: "provider", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_PROVIDERS_CREATE_PROVIDER) },
    ],
};

static SCALEKIT_V1_PROVIDERS_CREATE_PROVIDER_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "provider", json_name: "provider", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_PROVIDERS_PROVIDER) },
    ],
};

static SCALEKIT_V1_PROVIDERS_DELETE_PROVIDER_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_PROVIDERS_DELETE_PROVIDER_RESPONSE: Message = Message {
    fields: &[
    ],
};

static SCALEKIT_V1_PROVIDERS_LIST_MY_PROVIDERS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "page_size", json_name: "pageSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 2, name: "page_token", json_name: "pageToken", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_PROVIDERS_LIST_PROVIDERS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "page_size", json_name: "pageSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 3, name: "page_token", json_name: "pageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "filter", json_name: "filter", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_PROVIDERS_LIST_PROVIDERS_REQUEST_FILTER) },
    ],
};

static SCALEKIT_V1_PROVIDERS_LIST_PROVIDERS_REQUEST_FILTER: Message = Message {
    fields: &[
        Field { number: 1, name: "provider_type", json_name: "providerType", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_PROVIDERS_PROVIDER_TYPE) },
    ],
};

static SCALEKIT_V1_PROVIDERS_LIST_PROVIDERS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "providers", json_name: "providers", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_PROVIDERS_PROVIDER) },
        Field { number: 2, name: "next_page_token", json_name: "nextPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "total_size", json_name: "totalSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 4, name: "prev_page_token", json_name: "prevPageToken", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_PROVIDERS_PROVIDER: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "display_name", json_name: "displayName", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "description", json_name: "description", shape: Shape::Single, kind: Kind::String },
        Field { number: 5, name: "categories", json_name: "categories", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 6, name: "auth_patterns", json_name: "authPatterns", shape: Shape::Optional, kind: Kind::ListValue },
        Field { number: 7, name: "icon_src", json_name: "iconSrc", shape: Shape::Single, kind: Kind::String },
        Field { number: 8, name: "display_priority", json_name: "displayPriority", shape: Shape::Single, kind: Kind::Int32 },
        Field { number: 9, name: "coming_soon", json_name: "comingSoon", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 10, name: "proxy_url", json_name: "proxyUrl", shape: Shape::Single, kind: Kind::String },
        Field { number: 11, name: "proxy_enabled", json_name: "proxyEnabled", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 12, name: "is_custom", json_name: "isCustom", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 13, name: "is_custom_mcp", json_name: "isCustomMcp", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 14, name: "metadata", json_name: "metadata", shape: Shape::Map, kind: Kind::Message(&SCALEKIT_V1_PROVIDERS_PROVIDER_METADATA_ENTRY) },
    ],
};

static SCALEKIT_V1_PROVIDERS_PROVIDER_METADATA_ENTRY: Message = Message {
    fields: &[
        Field { number: 1, name: "key", json_name: "key", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "value", json_name: "value", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_PROVIDERS_PROVIDER_TYPE: Enum = Enum(&[
    (0, "DEFAULT"),
    (1, "CUSTOM"),
    (2, "ALL"),
]);

static SCALEKIT_V1_PROVIDERS_UPDATE_CUSTOM_PROVIDER: Message = Message {
    fields: &[
        Field { number: 1, name: "display_name", json_name: "displayName", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "description", json_name: "description", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "auth_patterns", json_name: "authPatterns", shape: Shape::Optional, kind: Kind::ListValue },
        Field { number: 7, name: "proxy_url", json_name: "proxyUrl", shape: Shape::Single, kind: Kind::String },
        Field { number: 8, name: "proxy_enabled", json_name: "proxyEnabled", shape: Shape::Single, kind: Kind::Bool },
        Field { number: 9, name: "icon_src", json_name: "iconSrc", shape: Shape::Single, kind: Kind::String },
        Field { number: 10, name: "metadata", json_name: "metadata", shape: Shape::Map, kind: Kind::Message(&SCALEKIT_V1_PROVIDERS_UPDATE_CUSTOM_PROVIDER_METADATA_ENTRY) },
    ],
};

static SCALEKIT_V1_PROVIDERS_UPDATE_CUSTOM_PROVIDER_METADATA_ENTRY: Message = Message {
    fields: &[
        Field { number: 1, name: "key", json_name: "key", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "value", json_name: "value", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_PROVIDERS_UPDATE_CUSTOM_PROVIDER_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "provider", json_name: "provider", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_PROVIDERS_UPDATE_CUSTOM_PROVIDER) },
    ],
};

static SCALEKIT_V1_PROVIDERS_UPDATE_PROVIDER: Message = Message {
    fields: &[
        Field { number: 3, name: "display_name", json_name: "displayName", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "description", json_name: "description", shape: Shape::Single, kind: Kind::String },
        Field { number: 5, name: "categories", json_name: "categories", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 6, name: "auth_patterns", json_name: "authPatterns", shape: Shape::Optional, kind: Kind::ListValue },
        Field { number: 7, name: "icon_src", json_name: "iconSrc", shape: Shape::Single, kind: Kind::String },
        Field { number: 8, name: "display_priority", json_name: "displayPriority", shape: Shape::Single, kind: Kind::Int32 },
        Field { number: 9, name: "coming_soon", json_name: "comingSoon", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 10, name: "proxy_url", json_name: "proxyUrl", shape: Shape::Single, kind: Kind::String },
        Field { number: 11, name: "proxy_enabled", json_name: "proxyEnabled", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
    ],
};

static SCALEKIT_V1_PROVIDERS_UPDATE_PROVIDER_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "provider", json_name: "provider", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_PROVIDERS_UPDATE_PROVIDER) },
    ],
};

static SCALEKIT_V1_PROVIDERS_UPDATE_PROVIDER_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "provider", json_name: "provider", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_PROVIDERS_PROVIDER) },
    ],
};

static SCALEKIT_V1_TOOLS_CONNECTION_READINESS: Message = Message {
    fields: &[
        Field { number: 1, name: "connection_name", json_name: "connectionName", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "connected_account_id", json_name: "connectedAccountId", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "readiness_state", json_name: "readinessState", shape: Shape::Single, kind: Kind::Enum(&SCALEKIT_V1_TOOLS_TOOL_READINESS_STATE) },
    ],
};

static SCALEKIT_V1_TOOLS_CREATE_TOOL_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "tool", json_name: "tool", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_TOOLS_TOOL) },
    ],
};

static SCALEKIT_V1_TOOLS_CREATE_TOOL_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "tool", json_name: "tool", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_TOOLS_TOOL) },
    ],
};

static SCALEKIT_V1_TOOLS_DELETE_TOOL_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_TOOLS_EXECUTE_TOOL_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "tool_name", json_name: "toolName", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "identifier", json_name: "identifier", shape: Shape::Optional, kind: Kind::String },
        Field { number: 3, name: "params", json_name: "params", shape: Shape::Optional, kind: Kind::Struct },
        Field { number: 4, name: "connected_account_id", json_name: "connectedAccountId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 5, name: "connector", json_name: "connector", shape: Shape::Optional, kind: Kind::String },
        Field { number: 6, name: "organization_id", json_name: "organizationId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 7, name: "user_id", json_name: "userId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 8, name: "agent_run_id", json_name: "agentRunId", shape: Shape::Optional, kind: Kind::String },
    ],
};

static SCALEKIT_V1_TOOLS_EXECUTE_TOOL_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "data", json_name: "data", shape: Shape::Optional, kind: Kind::Struct },
        Field { number: 2, name: "execution_id", json_name: "executionId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_TOOLS_FILTER: Message = Message {
    fields: &[
        Field { number: 1, name: "summary", json_name: "summary", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 2, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "tool_name", json_name: "toolName", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 5, name: "query", json_name: "query", shape: Shape::Optional, kind: Kind::String },
        Field { number: 6, name: "connector", json_name: "connector", shape: Shape::Optional, kind: Kind::String },
        Field { number: 7, name: "organization_id", json_name: "organizationId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 8, name: "user_id", json_name: "userId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 9, name: "connected_account_id", json_name: "connectedAccountId", shape: Shape::Optional, kind: Kind::String },
    ],
};

static SCALEKIT_V1_TOOLS_LIST_AVAILABLE_TOOLS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "page_size", json_name: "pageSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 3, name: "page_token", json_name: "pageToken", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_TOOLS_LIST_AVAILABLE_TOOLS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "next_page_token", json_name: "nextPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "total_size", json_name: "totalSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 3, name: "prev_page_token", json_name: "prevPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "tools", json_name: "tools", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_TOOLS_TOOL) },
    ],
};

static SCALEKIT_V1_TOOLS_LIST_SCOPED_TOOLS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "filter", json_name: "filter", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_TOOLS_SCOPED_TOOL_FILTER) },
        Field { number: 3, name: "page_size", json_name: "pageSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 4, name: "page_token", json_name: "pageToken", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_TOOLS_LIST_SCOPED_TOOLS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "next_page_token", json_name: "nextPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "total_size", json_name: "totalSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 3, name: "prev_page_token", json_name: "prevPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 5, name: "tools", json_name: "tools", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_TOOLS_SCOPED_TOOL) },
    ],
};

static SCALEKIT_V1_TOOLS_LIST_TOOLS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "filter", json_name: "filter", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_TOOLS_FILTER) },
        Field { number: 2, name: "page_size", json_name: "pageSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 3, name: "page_token", json_name: "pageToken", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_TOOLS_LIST_TOOLS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "next_page_token", json_name: "nextPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "total_size", json_name: "totalSize", shape: Shape::Single, kind: Kind::Uint32 },
        Field { number: 3, name: "prev_page_token", json_name: "prevPageToken", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "tool_names", json_name: "toolNames", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 5, name: "tools", json_name: "tools", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_TOOLS_TOOL) },
    ],
};

static SCALEKIT_V1_TOOLS_REFRESH_TOOLS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "identifier", json_name: "identifier", shape: Shape::Optional, kind: Kind::String },
        Field { number: 2, name: "connected_account_id", json_name: "connectedAccountId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 3, name: "connector", json_name: "connector", shape: Shape::Optional, kind: Kind::String },
        Field { number: 4, name: "organization_id", json_name: "organizationId", shape: Shape::Optional, kind: Kind::String },
        Field { number: 5, name: "user_id", json_name: "userId", shape: Shape::Optional, kind: Kind::String },
    ],
};

static SCALEKIT_V1_TOOLS_REFRESH_TOOLS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "tools", json_name: "tools", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_TOOLS_TOOL) },
        Field { number: 2, name: "total_size", json_name: "totalSize", shape: Shape::Single, kind: Kind::Uint32 },
    ],
};

static SCALEKIT_V1_TOOLS_SCOPED_TOOL: Message = Message {
    fields: &[
        Field { number: 1, name: "tool", json_name: "tool", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_TOOLS_TOOL) },
        Field { number: 2, name: "identifier", json_name: "identifier", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "connected_account_id", json_name: "connectedAccountId", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_TOOLS_SCOPED_TOOL_FILTER: Message = Message {
    fields: &[
        Field { number: 1, name: "providers", json_name: "providers", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 2, name: "tool_names", json_name: "toolNames", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 3, name: "connection_names", json_name: "connectionNames", shape: Shape::Repeated, kind: Kind::String },
    ],
};

static SCALEKIT_V1_TOOLS_SEARCHED_TOOL: Message = Message {
    fields: &[
        Field { number: 1, name: "name", json_name: "name", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "description", json_name: "description", shape: Shape::Single, kind: Kind::String },
        Field { number: 4, name: "score", json_name: "score", shape: Shape::Single, kind: Kind::Double },
        Field { number: 5, name: "connections", json_name: "connections", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_TOOLS_CONNECTION_READINESS) },
    ],
};

static SCALEKIT_V1_TOOLS_SEARCH_TOOLS_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "query", json_name: "query", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "identifier", json_name: "identifier", shape: Shape::Optional, kind: Kind::String },
        Field { number: 3, name: "top_k", json_name: "topK", shape: Shape::Single, kind: Kind::Uint32 },
    ],
};

static SCALEKIT_V1_TOOLS_SEARCH_TOOLS_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "tools", json_name: "tools", shape: Shape::Repeated, kind: Kind::Message(&SCALEKIT_V1_TOOLS_SEARCHED_TOOL) },
    ],
};

static SCALEKIT_V1_TOOLS_SET_TOOL_DEFAULT_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "name", json_name: "name", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "schema_version", json_name: "schemaVersion", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "tool_version", json_name: "toolVersion", shape: Shape::Single, kind: Kind::String },
    ],
};

static SCALEKIT_V1_TOOLS_SET_TOOL_DEFAULT_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "tool", json_name: "tool", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_TOOLS_TOOL) },
    ],
};

static SCALEKIT_V1_TOOLS_TOOL: Message = Message {
    fields: &[
        Field { number: 1, name: "id", json_name: "id", shape: Shape::Single, kind: Kind::String },
        Field { number: 2, name: "provider", json_name: "provider", shape: Shape::Single, kind: Kind::String },
        Field { number: 3, name: "definition", json_name: "definition", shape: Shape::Optional, kind: Kind::Struct },
        Field { number: 4, name: "metadata", json_name: "metadata", shape: Shape::Optional, kind: Kind::Struct },
        Field { number: 5, name: "tags", json_name: "tags", shape: Shape::Repeated, kind: Kind::String },
        Field { number: 6, name: "is_default", json_name: "isDefault", shape: Shape::Optional, kind: Kind::Wrapper(&Kind::Bool) },
        Field { number: 7, name: "updated_at", json_name: "updatedAt", shape: Shape::Optional, kind: Kind::Timestamp },
    ],
};

static SCALEKIT_V1_TOOLS_TOOL_READINESS_STATE: Enum = Enum(&[
    (0, "TOOL_READINESS_STATE_UNSPECIFIED"),
    (1, "TOOL_READINESS_STATE_READY"),
    (2, "TOOL_READINESS_STATE_NEEDS_CONNECTION"),
    (3, "TOOL_READINESS_STATE_NEEDS_REAUTH"),
]);

static SCALEKIT_V1_TOOLS_UPDATE_TOOL_REQUEST: Message = Message {
    fields: &[
        Field { number: 1, name: "tool", json_name: "tool", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_TOOLS_TOOL) },
    ],
};

static SCALEKIT_V1_TOOLS_UPDATE_TOOL_RESPONSE: Message = Message {
    fields: &[
        Field { number: 1, name: "tool", json_name: "tool", shape: Shape::Optional, kind: Kind::Message(&SCALEKIT_V1_TOOLS_TOOL) },
    ],
};
