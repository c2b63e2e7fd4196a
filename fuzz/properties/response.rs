//! The responses to calls, on both transports.

use bytes::Bytes;
use prost::Message;

use super::choice;
use crate::call::{Operation, operations};
use crate::raw::{connected_accounts as accounts, connections, mcp, providers, tools};
use crate::transport::transcode::{self, Route, from_json, to_json};
use crate::transport::{decode, grpc, rest};
use crate::{
    AppConnection, AuthorizationLink, ConnectedAccount, ConnectedAccountSummary, Error, ErrorKind,
    McpConfig, McpSessionToken, Outcome, Provider, ScopedTool, SearchedTool, Tool, ToolOutput,
    Transport,
};

/// The JSON response to the operation that the first byte selects.
pub fn rest_response(data: &[u8]) -> bool {
    let (index, body) = choice(data);
    response(Transport::Rest, index, body)
}

/// The framed response to the operation that the first byte selects. The bytes are also read inside a
/// valid frame, so that inputs get past the frame header.
pub fn grpc_response(data: &[u8]) -> bool {
    let (index, body) = choice(data);
    let length = u32::try_from(body.len()).unwrap_or_default();
    let framed = [&[0], &length.to_be_bytes()[..], body].concat();
    response(Transport::Grpc, index, &framed);
    response(Transport::Grpc, index, body)
}

/// An operation and how the facade reads a response to it.
pub(super) struct Response {
    pub operation: &'static Operation,
    read: fn(&Route, Transport, &[u8]) -> Result<(), Error>,
}

/// The responses of the facade: operation, message, conversion to the facade's type.
macro_rules! responses {
    ($($operation:ident: $message:ty => $convert:expr;)+) => {
        &[$(Response {
            operation: &operations::$operation,
            read: |route, transport, body| {
                let message: $message = match transport {
                    Transport::Grpc => decode(grpc::unframe(Bytes::copy_from_slice(body))?)?,
                    Transport::Rest => decode(rest::decode(route, body)?)?,
                };
                if transport == Transport::Rest {
                    check_transcoding(route, &message);
                }
                let convert: fn($message) -> Result<(), Error> = |message| check_debug($convert(message)?);
                convert(message)
            },
        }),+]
    };
}

/// Checks that a facade type can be formatted.
fn check_debug(value: impl std::fmt::Debug) -> Result<(), Error> {
    let _ = format!("{value:?}");
    Ok(())
}

type Read<T> = Result<T, Error>;

pub(super) const RESPONSES: &[Response] = responses! {
    EXECUTE_TOOL: tools::ExecuteToolResponse => |a| Read::Ok(ToolOutput::from_wire(a));
    LIST_TOOLS: tools::ListToolsResponse
        => |a: tools::ListToolsResponse| Read::Ok(Vec::from_iter(a.tools.into_iter().map(Tool::from)));
    LIST_SCOPED_TOOLS: tools::ListScopedToolsResponse
        => |a: tools::ListScopedToolsResponse| {
            Result::<Vec<_>, _>::from_iter(a.tools.into_iter().map(ScopedTool::from_wire))
        };
    SEARCH_TOOLS: tools::SearchToolsResponse
        => |a: tools::SearchToolsResponse| {
            Read::Ok(Vec::from_iter(a.tools.into_iter().map(SearchedTool::from)))
        };
    GET_CONNECTED_ACCOUNT: accounts::GetConnectedAccountByIdentifierResponse
        => |a: accounts::GetConnectedAccountByIdentifierResponse| {
            ConnectedAccount::from_wire(a.connected_account)
        };
    LIST_CONNECTED_ACCOUNTS: accounts::ListConnectedAccountsResponse
        => |a: accounts::ListConnectedAccountsResponse| {
            let accounts = a.connected_accounts.into_iter();
            Read::Ok(Vec::from_iter(accounts.map(ConnectedAccountSummary::from)))
        };
    GET_AUTHORIZATION_LINK: accounts::GetMagicLinkForConnectedAccountResponse
        => AuthorizationLink::from_wire;
    LIST_CONNECTIONS: connections::ListAppConnectionsResponse
        => |a: connections::ListAppConnectionsResponse| {
            Read::Ok(Vec::from_iter(a.connections.into_iter().map(AppConnection::from)))
        };
    LIST_CONFIGS: mcp::ListMcpConfigsResponse
        => |a: mcp::ListMcpConfigsResponse| {
            Read::Ok(Vec::from_iter(a.configs.into_iter().map(McpConfig::from)))
        };
    CREATE_SESSION_TOKEN: mcp::CreateMcpSessionTokenResponse => McpSessionToken::from_wire;
    CREATE_CUSTOM_PROVIDER: providers::CreateProviderResponse
        => |a: providers::CreateProviderResponse| Provider::from_wire(a.provider);
};

/// Checks that a decoded message survives the way to JSON and back.
fn check_transcoding<M: Message + Default + PartialEq + Clone>(route: &Route, message: &M) {
    if *message != message.clone() {
        return; // It contains a NaN.
    }
    let fields = to_json(route.output, &message.encode_to_vec()).expect("it was JSON");
    let bytes = from_json(route.output, fields).expect("it is JSON");
    assert!(
        M::decode(&*bytes).expect("a message") == *message,
        "{bytes:?}"
    );
}

/// Reads a response as the facade does. Every failure is a short `Decode` error.
fn response(transport: Transport, index: usize, body: &[u8]) -> bool {
    let Response { operation, read } = &RESPONSES[index % RESPONSES.len()];
    let route = transcode::route(operation.path).expect("a REST form");
    let read = read(route, transport, body);
    if let Err(error) = &read {
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Decode, Outcome::Unknown)
        );
        let text = error.to_string();
        assert!(text.len() < 400, "{text}");
    }
    read.is_ok()
}
