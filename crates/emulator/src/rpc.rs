//! Executes one RPC, over either protocol: authentication, validation, dispatch.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use prost::Message;
use prost_reflect::DynamicMessage;
use scalekit::raw::connections as api;

use crate::code::Code;
use crate::connection::ConnectionHandle;
use crate::faults::Site;
use crate::inject::{self, ResponseFault};
use crate::schema::Rpc;
use crate::services::{accounts, connections, mcp, providers, tools};
use crate::shared::Shared;
use crate::status::{Status, invalid, unauthenticated};

/// Authenticates, validates and executes a call. Returns the encoded response and what a fault does
/// to it.
pub(crate) async fn serve(
    shared: &Arc<Shared>,
    rpc: &Rpc,
    headers: &HeaderMap,
    connection: &ConnectionHandle,
    request: Bytes,
) -> (Result<Vec<u8>, Status>, ResponseFault) {
    if let Err(status) = authorize(shared, rpc, headers) {
        return (Err(status), ResponseFault::none());
    }
    let call = check_and_dispatch(shared, rpc, request);
    inject::run(shared, Site::Rpc(rpc), connection, call).await
}

fn authorize(shared: &Shared, rpc: &Rpc, headers: &HeaderMap) -> Result<(), Status> {
    authenticate(shared, headers)?;
    if rpc.open_to_clients() {
        Ok(())
    } else {
        Err(permission_denied(rpc))
    }
}

/// Checks that the headers carry a valid access token. Some clients send an old and a new token; one
/// valid token is enough.
pub(crate) fn authenticate(shared: &Shared, headers: &HeaderMap) -> Result<(), Status> {
    let valid = headers
        .get_all(http::header::AUTHORIZATION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        // Several values of one header may arrive joined by commas.
        .flat_map(|value| value.split(','))
        .filter_map(|value| value.trim().strip_prefix("Bearer "))
        .any(|token| shared.tokens.is_valid(token, shared.clock.now()));
    if valid {
        return Ok(());
    }
    Err(unauthenticated())
}

fn permission_denied(rpc: &Rpc) -> Status {
    Status::new(
        Code::PermissionDenied,
        format!(
            "{} requires authentication of type {}, which client credentials do not provide",
            rpc.full_name, rpc.authentication_name
        ),
    )
    .resource(rpc.full_name.clone(), rpc.permissions.clone())
}

async fn check_and_dispatch(
    shared: &Arc<Shared>,
    rpc: &Rpc,
    request: Bytes,
) -> Result<Vec<u8>, Status> {
    let message = DynamicMessage::decode(rpc.input.clone(), request.clone())
        .map_err(|error| invalid("request", format!("cannot be decoded: {error}")))?;
    shared.schema.validator.check(&message)?;
    dispatch(shared, rpc, request).await
}

fn decode<T: Message + Default>(bytes: Bytes) -> Result<T, Status> {
    T::decode(bytes).map_err(|error| invalid("request", format!("cannot be decoded: {error}")))
}

/// Calls the handler of an RPC. An RPC without a handler is unimplemented.
async fn dispatch(shared: &Arc<Shared>, rpc: &Rpc, request: Bytes) -> Result<Vec<u8>, Status> {
    macro_rules! table {
        ($($service:literal { $($name:literal $(($request:path))? => $handler:path),* $(,)? })*) => {
            match rpc.full_name.as_str() {
                $($(
                    concat!("scalekit.v1.", $service, "/", $name) =>
                        Ok($handler(shared, &decode$(::<$request>)?(request)?)?.encode_to_vec()),
                )*)*
                "scalekit.v1.tools.ToolService/ExecuteTool" => {
                    Ok(tools::execute(shared, &decode(request)?).await?.encode_to_vec())
                }
                _ => Err(unimplemented(&rpc.full_name)),
            }
        };
    }
    table! {
        "tools.ToolService" {
            "CreateTool" => tools::create,
            "ListTools" => tools::list,
            "ListScopedTools" => tools::list_scoped,
            "ListAvailableTools" => tools::list_available,
            "SearchTools" => tools::search,
            "SetToolDefault" => tools::set_default,
            "UpdateTool" => tools::update,
            "DeleteTool" => tools::delete,
            "RefreshTools" => tools::refresh,
        }
        "connected_accounts.ConnectedAccountService" {
            "ListConnectedAccounts" => accounts::list,
            "SearchConnectedAccounts" => accounts::search,
            "CreateConnectedAccount" => accounts::create,
            "UpdateConnectedAccount" => accounts::update,
            "DeleteConnectedAccount" => accounts::delete,
            "GetMagicLinkForConnectedAccount" => accounts::magic_link,
            "GetConnectedAccount" => accounts::get_by_id,
            "DisconnectConnectedAccount" => accounts::disconnect,
            "GetConnectedAccountAuth" => accounts::get_auth,
            "GetConnectedAccountDetails" => accounts::get_details,
            "VerifyConnectedAccountUser" => accounts::verify,
        }
        "connections.ConnectionService" {
            "CreateEnvironmentConnection" => connections::create_in_environment,
            "CreateConnection" => connections::create_in_organization,
            "GetEnvironmentConnection" (api::GetEnvironmentConnectionRequest) => connections::get,
            "GetConnection" (api::GetConnectionRequest) => connections::get,
            "ListConnections" => connections::list,
            "ListOrganizationConnections" => connections::list_of_organizations,
            "SearchOrganizationConnections" => connections::search_of_organizations,
            "UpdateEnvironmentConnection" => connections::update_in_environment,
            "UpdateConnection" => connections::update_in_organization,
            "DeleteEnvironmentConnection" (api::DeleteEnvironmentConnectionRequest) => connections::delete,
            "DeleteConnection" (api::DeleteConnectionRequest) => connections::delete,
            "EnableEnvironmentConnection" (api::ToggleEnvironmentConnectionRequest) => connections::enable,
            "EnableConnection" (api::ToggleConnectionRequest) => connections::enable,
            "DisableEnvironmentConnection" (api::ToggleEnvironmentConnectionRequest) => connections::disable,
            "DisableConnection" (api::ToggleConnectionRequest) => connections::disable,
            "ListAppConnections" => connections::list_app,
        }
        "providers.ProviderService" {
            "CreateProvider" => providers::create,
            "CreateCustomProvider" => providers::create_custom,
            "UpdateProvider" => providers::update,
            "UpdateCustomProvider" => providers::update_custom,
            "DeleteProvider" => providers::delete,
            "DeleteCustomProvider" => providers::delete_custom,
            "ListProviders" => providers::list,
        }
        "mcp.McpService" {
            "CreateMcp" => mcp::create,
            "GetMcp" => mcp::get,
            "ListMcp" => mcp::list,
            "DeleteMcp" => mcp::delete,
            "CreateMcpConfig" => mcp::create_config,
            "UpdateMcpConfig" => mcp::update_config,
            "ListMcpConfigs" => mcp::list_configs,
            "GetMcpConfig" => mcp::get_config,
            "DeleteMcpConfig" => mcp::delete_config,
            "EnsureMcpInstance" => mcp::ensure_instance,
            "ListMcpInstances" => mcp::list_instances,
            "DeleteMcpInstance" => mcp::delete_instance,
            "UpdateMcpInstance" => mcp::update_instance,
            "GetMcpInstance" => mcp::get_instance,
            "GetMcpInstanceAuthState" => mcp::instance_auth_state,
            "CreateMcpSessionToken" => mcp::session_token,
            "ListMcpConnectedAccounts" => mcp::connected_accounts,
        }
    }
}

/// The response to an RPC that the emulator does not implement.
pub(crate) fn unimplemented(rpc: &str) -> Status {
    Status::new(
        Code::Unimplemented,
        format!("the emulator does not implement {rpc}"),
    )
}
