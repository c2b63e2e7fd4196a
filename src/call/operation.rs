//! The operations of the facade: where each goes, and whether it may be repeated.

use std::time::Duration;

/// An operation of the API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The name of the facade's method, for errors and logs.
    pub name: &'static str,
    /// The gRPC path; empty for what is not an RPC.
    pub path: &'static str,
    /// Whether doing it twice is the same as doing it once. Where the API's HTTP verb is POST it is
    /// not, unless a comment says why it is.
    pub idempotent: bool,
    pub class: Class,
}

/// What a default deadline depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Class {
    /// Scalekit's own state.
    Control,
    /// Tools: the load balancer in front of the service cuts these at 62 s.
    Tool,
    /// Proxied requests.
    Request,
}

impl Class {
    pub const fn default_timeout(self) -> Duration {
        Duration::from_secs(match self {
            Class::Control => 20,
            Class::Tool => 60,
            Class::Request => 30,
        })
    }
}

macro_rules! operations {
    ($( $(#[$meta:meta])* $const:ident = $name:literal, $path:literal, $class:ident, $idempotent:literal; )+) => {
        /// Every operation that the facade makes.
        pub(crate) mod operations {
            use super::{Class, Operation};
            $(
                $(#[$meta])*
                pub(crate) const $const: Operation = Operation {
                    name: $name,
                    path: $path,
                    idempotent: $idempotent,
                    class: Class::$class,
                };
            )+
        }
    };
}

operations! {
    GET_AUTHORIZATION_LINK = "get_authorization_link",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/GetMagicLinkForConnectedAccount", Control, false;
    VERIFY_CONNECTED_ACCOUNT_USER = "verify_connected_account_user",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/VerifyConnectedAccountUser", Control, false;
    GET_CONNECTED_ACCOUNT = "get_connected_account",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/GetConnectedAccountAuth", Control, true;
    GET_CONNECTED_ACCOUNT_DETAILS = "get_connected_account_details",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/GetConnectedAccountDetails", Control, true;
    LIST_CONNECTED_ACCOUNTS = "list_connected_accounts",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/ListConnectedAccounts", Control, true;
    CREATE_CONNECTED_ACCOUNT = "create_connected_account",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/CreateConnectedAccount", Control, false;
    // PUT
    UPDATE_CONNECTED_ACCOUNT = "update_connected_account",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/UpdateConnectedAccount", Control, true;
    // POST: a repeat could delete an account that was connected anew in between.
    DELETE_CONNECTED_ACCOUNT = "delete_connected_account",
        "/scalekit.v1.connected_accounts.ConnectedAccountService/DeleteConnectedAccount", Control, false;
    LIST_CONNECTIONS = "list_connections",
        "/scalekit.v1.connections.ConnectionService/ListAppConnections", Control, true;
    LIST_TOOLS = "list_tools", "/scalekit.v1.tools.ToolService/ListTools", Tool, true;
    LIST_SCOPED_TOOLS = "list_scoped_tools", "/scalekit.v1.tools.ToolService/ListScopedTools", Tool, true;
    LIST_AVAILABLE_TOOLS = "list_available_tools", "/scalekit.v1.tools.ToolService/ListAvailableTools", Tool, true;
    // POST, but it only reads.
    SEARCH_TOOLS = "search_tools", "/scalekit.v1.tools.ToolService/SearchTools", Tool, true;
    REFRESH_TOOLS = "refresh_tools", "/scalekit.v1.tools.ToolService/RefreshTools", Tool, false;
    EXECUTE_TOOL = "execute_tool", "/scalekit.v1.tools.ToolService/ExecuteTool", Tool, false;
    // The idempotency of a proxied request is that of its HTTP method.
    REQUEST = "request", "", Request, false;
}
