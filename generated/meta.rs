// This file is @generated from spec/lock.toml.
/// The revision of the API that the bindings speak.
pub const API_VERSION: &str = "20261012";
/// The version of the published package that the spec was taken from.
pub const SPEC_PACKAGE_VERSION: &str = "2.21.0";
/// Full names of the AgentKit services, from `spec/agentkit.toml`.
pub const AGENTKIT_SERVICES: &[&str] = &[
    "scalekit.v1.connected_accounts.ConnectedAccountService",
    "scalekit.v1.connections.ConnectionService",
    "scalekit.v1.mcp.McpService",
    "scalekit.v1.providers.ProviderService",
    "scalekit.v1.tools.ToolService",
];
