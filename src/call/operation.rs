//! The operations of the facade: their paths and retry classes.

use std::time::Duration;

#[cfg(not(feature = "_codegen"))]
include!("../../generated/operations.rs");
#[cfg(feature = "_codegen")]
include!(concat!(env!("OUT_DIR"), "/operations.rs"));

/// An operation of the API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    /// The name of the method, or the path of an RPC called through `raw`, for errors and logs.
    pub name: &'static str,
    /// The gRPC path; empty for a proxied request.
    pub path: &'static str,
    /// Whether doing it twice has the same effect as doing it once, as `spec/operations.toml` says.
    pub idempotent: bool,
    pub class: Class,
}

/// Determines the default deadline.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Class {
    /// Calls that manage state in Scalekit.
    Control,
    /// Calls that list, search or execute tools. The load balancer ends them after 62 s.
    Tool,
    /// Proxied requests.
    Proxy,
}

impl Class {
    pub const fn default_timeout(self) -> Duration {
        Duration::from_secs(match self {
            Class::Control => 20,
            Class::Tool => 60,
            Class::Proxy => 30,
        })
    }
}

impl Operation {
    /// An RPC of the facade. Fails to compile for a path that the spec does not have.
    const fn rpc(name: &'static str, path: &'static str, class: Class) -> Self {
        let mut index = 0;
        while index < IDEMPOTENT.len() {
            let (known, idempotent) = IDEMPOTENT[index];
            if equal(known.as_bytes(), path.as_bytes()) {
                return Self {
                    name,
                    path,
                    idempotent,
                    class,
                };
            }
            index += 1;
        }
        panic!("the spec has no such RPC")
    }

    /// The RPC at a path; `None` if the spec does not have it.
    #[cfg(feature = "unstable-raw")]
    pub fn at(path: &str) -> Option<Self> {
        let index = IDEMPOTENT
            .binary_search_by(|(known, _)| (*known).cmp(path))
            .ok()?;
        let (path, idempotent) = IDEMPOTENT[index];
        let class = match path.starts_with("/scalekit.v1.tools.") {
            true => Class::Tool,
            false => Class::Control,
        };
        Some(Self {
            name: path,
            path,
            idempotent,
            class,
        })
    }
}

/// `==` of byte strings, which a constant cannot call.
const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

macro_rules! operations {
    ($($const:ident = $name:literal, $path:literal, $class:ident;)+) => {
        /// Every RPC that the facade makes, and the proxied request.
        pub(crate) mod operations {
            use super::{Class, Operation};
            $(
                pub(crate) const $const: Operation = Operation::rpc($name, $path, Class::$class);
            )+
            #[cfg(test)]
            pub(crate) const ALL: &[Operation] = &[$($const),+];
            /// The idempotency of a proxied request is that of its HTTP method.
            pub(crate) const REQUEST: Operation =
                Operation { name: "request", path: "", idempotent: false, class: Class::Proxy };
        }
    };
}

operations! {
    GET_AUTHORIZATION_LINK = "get_authorization_link",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/GetMagicLinkForConnectedAccount", Control;
    VERIFY_CONNECTED_ACCOUNT_USER = "verify_connected_account_user",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/VerifyConnectedAccountUser", Control;
    GET_CONNECTED_ACCOUNT = "get_connected_account",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/GetConnectedAccountAuth", Control;
    GET_CONNECTED_ACCOUNT_DETAILS = "get_connected_account_details",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/GetConnectedAccountDetails", Control;
    LIST_CONNECTED_ACCOUNTS = "list_connected_accounts",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/ListConnectedAccounts", Control;
    SEARCH_CONNECTED_ACCOUNTS = "search_connected_accounts",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/SearchConnectedAccounts", Control;
    CREATE_CONNECTED_ACCOUNT = "create_connected_account",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/CreateConnectedAccount", Control;
    UPDATE_CONNECTED_ACCOUNT = "update_connected_account",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/UpdateConnectedAccount", Control;
    DELETE_CONNECTED_ACCOUNT = "delete_connected_account",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/DeleteConnectedAccount", Control;
    DISCONNECT_CONNECTED_ACCOUNT = "disconnect_connected_account",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/DisconnectConnectedAccount", Control;
    LIST_CONNECTIONS = "list_connections",
        "/scalekit.v1.connections.ConnectionService/ListAppConnections", Control;
    GET_ENVIRONMENT_CONNECTION = "get_environment_connection",
        "/scalekit.v1.connections.ConnectionService/GetEnvironmentConnection", Control;
    CREATE_ENVIRONMENT_CONNECTION = "create_environment_connection",
        "/scalekit.v1.connections.ConnectionService/CreateEnvironmentConnection", Control;
    UPDATE_ENVIRONMENT_CONNECTION = "update_environment_connection",
        "/scalekit.v1.connections.ConnectionService/UpdateEnvironmentConnection", Control;
    ENABLE_ENVIRONMENT_CONNECTION = "enable_environment_connection",
        "/scalekit.v1.connections.ConnectionService/EnableEnvironmentConnection", Control;
    DISABLE_ENVIRONMENT_CONNECTION = "disable_environment_connection",
        "/scalekit.v1.connections.ConnectionService/DisableEnvironmentConnection", Control;
    DELETE_ENVIRONMENT_CONNECTION = "delete_environment_connection",
        "/scalekit.v1.connections.ConnectionService/DeleteEnvironmentConnection", Control;
    LIST_TOOLS = "list_tools", "/scalekit.v1.tools.ToolService/ListTools", Tool;
    LIST_SCOPED_TOOLS = "list_scoped_tools", "/scalekit.v1.tools.ToolService/ListScopedTools", Tool;
    LIST_AVAILABLE_TOOLS = "list_available_tools",
        "/scalekit.v1.tools.ToolService/ListAvailableTools", Tool;
    SEARCH_TOOLS = "search_tools", "/scalekit.v1.tools.ToolService/SearchTools", Tool;
    REFRESH_TOOLS = "refresh_tools", "/scalekit.v1.tools.ToolService/RefreshTools", Tool;
    EXECUTE_TOOL = "execute_tool", "/scalekit.v1.tools.ToolService/ExecuteTool", Tool;
    CREATE_CONFIG = "create_config", "/scalekit.v1.mcp.McpService/CreateMcpConfig", Control;
    UPDATE_CONFIG = "update_config", "/scalekit.v1.mcp.McpService/UpdateMcpConfig", Control;
    LIST_CONFIGS = "list_configs", "/scalekit.v1.mcp.McpService/ListMcpConfigs", Control;
    GET_CONFIG = "get_config", "/scalekit.v1.mcp.McpService/GetMcpConfig", Control;
    DELETE_CONFIG = "delete_config", "/scalekit.v1.mcp.McpService/DeleteMcpConfig", Control;
    LIST_MCP_CONNECTED_ACCOUNTS = "list_mcp_connected_accounts",
        "/scalekit.v1.mcp.McpService/ListMcpConnectedAccounts", Control;
    CREATE_SESSION_TOKEN = "create_session_token",
        "/scalekit.v1.mcp.McpService/CreateMcpSessionToken", Control;
    LIST_PROVIDERS = "list_providers", "/scalekit.v1.providers.ProviderService/ListProviders", Control;
    CREATE_CUSTOM_PROVIDER = "create_custom_provider",
        "/scalekit.v1.providers.ProviderService/CreateCustomProvider", Control;
    UPDATE_CUSTOM_PROVIDER = "update_custom_provider",
        "/scalekit.v1.providers.ProviderService/UpdateCustomProvider", Control;
    DELETE_CUSTOM_PROVIDER = "delete_custom_provider",
        "/scalekit.v1.providers.ProviderService/DeleteCustomProvider", Control;
}
