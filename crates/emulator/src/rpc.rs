//! One RPC from request to answer, whichever protocol it came by.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use prost::Message;
use prost_reflect::DynamicMessage;

use crate::faults::{Ending, Site, around};
use crate::line::Line;
use crate::schema::Rpc;
use crate::services::{accounts, connections, execute, mcp, providers, tools};
use crate::shared::Shared;
use crate::status::{Code, Status, invalid};

/// Authenticates, checks, executes; returns the encoded answer, and what a fault does to it.
pub(crate) async fn serve(
    shared: &Arc<Shared>,
    rpc: &Rpc,
    headers: &HeaderMap,
    line: &Line,
    request: Bytes,
) -> (Result<Vec<u8>, Status>, Ending) {
    if let Err(status) = admit(shared, rpc, headers) {
        return (Err(status), Ending::none());
    }
    let call = check_and_dispatch(shared, rpc, request);
    around(shared, Site::Rpc(rpc), line, call).await
}

fn admit(shared: &Shared, rpc: &Rpc, headers: &HeaderMap) -> Result<(), Status> {
    authenticate(shared, headers)?;
    if rpc.open_to_clients() {
        Ok(())
    } else {
        Err(closed(rpc))
    }
}

/// Whether the headers carry a token that is valid now. Some clients send an old and a new one:
/// one valid token is enough.
pub(crate) fn authenticate(shared: &Shared, headers: &HeaderMap) -> Result<(), Status> {
    let valid = headers
        .get_all(http::header::AUTHORIZATION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        // Several values of one header may arrive joined.
        .flat_map(|value| value.split(','))
        .filter_map(|value| value.trim().strip_prefix("Bearer "))
        .any(|token| shared.tokens.is_valid(token, shared.clock.now()));
    if valid {
        return Ok(());
    }
    Err(unauthenticated())
}

/// The answer to a call whose token is not valid.
pub(crate) fn unauthenticated() -> Status {
    Status::new(Code::Unauthenticated, "a valid access token is required")
}

fn closed(rpc: &Rpc) -> Status {
    Status::new(
        Code::PermissionDenied,
        format!(
            "{} needs authentication of type {}, which client credentials do not give",
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

/// The RPCs that the emulator answers. Any other is unimplemented, by name.
async fn dispatch(shared: &Arc<Shared>, rpc: &Rpc, request: Bytes) -> Result<Vec<u8>, Status> {
    macro_rules! table {
        ($($service:literal { $($name:literal => $handler:path),* $(,)? })*) => {
            match rpc.full_name.as_str() {
                $($(
                    concat!("scalekit.v1.", $service, "/", $name) =>
                        Ok($handler(shared, &decode(request)?)?.encode_to_vec()),
                )*)*
                "scalekit.v1.tools.ToolService/ExecuteTool" => {
                    Ok(execute::execute(shared, &decode(request)?).await?.encode_to_vec())
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
            "GetEnvironmentConnection" => connections::get_in_environment,
            "GetConnection" => connections::get_in_organization,
            "ListConnections" => connections::list,
            "ListOrganizationConnections" => connections::list_of_organizations,
            "SearchOrganizationConnections" => connections::search_of_organizations,
            "UpdateEnvironmentConnection" => connections::update_in_environment,
            "UpdateConnection" => connections::update_in_organization,
            "DeleteEnvironmentConnection" => connections::delete_in_environment,
            "DeleteConnection" => connections::delete_in_organization,
            "EnableEnvironmentConnection" => connections::enable_in_environment,
            "EnableConnection" => connections::enable_in_organization,
            "DisableEnvironmentConnection" => connections::disable_in_environment,
            "DisableConnection" => connections::disable_in_organization,
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

/// The answer to an RPC that the emulator does not know.
pub(crate) fn unimplemented(rpc: &str) -> Status {
    Status::new(
        Code::Unimplemented,
        format!("the emulator does not implement {rpc}"),
    )
}
