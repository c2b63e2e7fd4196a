//! Clients for the tests: raw gRPC over HTTP/2, raw HTTP/1.1, and shortcuts.

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use prost::Message as _;
use scalekit::raw::connected_accounts as ca;
use scalekit::raw::connected_accounts::connected_account_service_client::ConnectedAccountServiceClient;
use scalekit::raw::connections::connection_service_client::ConnectionServiceClient;
use scalekit::raw::errdetails::ErrorInfo;
use scalekit::raw::json::Struct;
use scalekit::raw::mcp::mcp_service_client::McpServiceClient;
use scalekit::raw::providers::provider_service_client::ProviderServiceClient;
use scalekit::raw::tools as api;
use scalekit::raw::tools::tool_service_client::ToolServiceClient;
use scalekit_emulator::{Builder, Emulator, Seed};
use serde_json::Value;

pub type Grpc = Client<HttpConnector, tonic::body::Body>;

/// An emulator with a valid token and clients.
pub struct Harness {
    pub emulator: Emulator,
    pub token: String,
    grpc: Grpc,
    http: Client<HttpConnector, Full<Bytes>>,
}

/// A plain HTTP response.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Response {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!(
                "not JSON ({error}): {}",
                String::from_utf8_lossy(&self.body)
            )
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

pub async fn start() -> Harness {
    with(Emulator::builder()).await
}

pub async fn seeded(seed: Seed) -> Harness {
    with(Emulator::builder().seed(seed)).await
}

pub async fn with(builder: Builder) -> Harness {
    let emulator = builder.start().await.unwrap();
    // Without it, every small request waits for the peer's delayed acknowledgement.
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let mut harness = Harness {
        emulator,
        token: String::new(),
        grpc: Client::builder(TokioExecutor::new())
            .http2_only(true)
            .build(connector.clone()),
        http: Client::builder(TokioExecutor::new()).build(connector),
    };
    harness.token = harness.fetch_token().await;
    harness
}

impl Harness {
    pub async fn fetch_token(&self) -> String {
        let response = self
            .form(
                "/oauth/token",
                &[
                    ("grant_type", "client_credentials"),
                    ("client_id", self.emulator.client_id()),
                    ("client_secret", self.emulator.client_secret()),
                ],
            )
            .await;
        assert_eq!(response.status, 200, "{}", response.text());
        response.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.emulator.env_url())
    }

    pub async fn send(&self, request: http::Request<Bytes>) -> Response {
        let response = self.http.request(request.map(Full::new)).await.unwrap();
        let (parts, body) = response.into_parts();
        Response {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    /// A request to a path or URL, without a token.
    pub async fn bare(&self, verb: &str, path: &str, body: &str) -> Response {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            self.url(path)
        };
        let request = http::Request::builder()
            .method(verb)
            .uri(url)
            .body(Bytes::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.bare("POST", path, &body).await
    }

    /// A REST call with the token.
    pub async fn rest(&self, verb: &str, path: &str, body: Option<Value>) -> Response {
        let request = http::Request::builder()
            .method(verb)
            .uri(self.url(path))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(body.map_or_else(Bytes::new, |body| body.to_string().into()))
            .unwrap();
        self.send(request).await
    }

    /// A proxied request.
    pub async fn proxy(
        &self,
        verb: &str,
        path: &str,
        connection: &str,
        identifier: &str,
        body: &str,
    ) -> Response {
        let request = http::Request::builder()
            .method(verb)
            .uri(self.url(&format!("/proxy{path}")))
            .header("authorization", format!("Bearer {}", self.token))
            .header("connection_name", connection)
            .header("identifier", identifier)
            .body(Bytes::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }

    /// A gRPC request with the token.
    pub fn with_token<T>(&self, message: T) -> tonic::Request<T> {
        request(&self.token, message)
    }

    fn origin(&self) -> http::Uri {
        self.emulator.env_url().parse().unwrap()
    }

    pub fn tools(&self) -> ToolServiceClient<Grpc> {
        ToolServiceClient::with_origin(self.grpc.clone(), self.origin())
    }

    pub fn accounts(&self) -> ConnectedAccountServiceClient<Grpc> {
        ConnectedAccountServiceClient::with_origin(self.grpc.clone(), self.origin())
    }

    pub fn connections(&self) -> ConnectionServiceClient<Grpc> {
        ConnectionServiceClient::with_origin(self.grpc.clone(), self.origin())
    }

    pub fn providers(&self) -> ProviderServiceClient<Grpc> {
        ProviderServiceClient::with_origin(self.grpc.clone(), self.origin())
    }

    pub fn mcp(&self) -> McpServiceClient<Grpc> {
        McpServiceClient::with_origin(self.grpc.clone(), self.origin())
    }

    pub fn raw_grpc(&self) -> tonic::client::Grpc<Grpc> {
        tonic::client::Grpc::with_origin(self.grpc.clone(), self.origin())
    }

    /// A link for an account of an application at app.test.
    pub async fn link(&self, connection: &str, identifier: &str) -> String {
        let response = self
            .accounts()
            .get_magic_link_for_connected_account(self.with_token(
                ca::GetMagicLinkForConnectedAccountRequest {
                    connector: Some(connection.to_owned()),
                    identifier: Some(identifier.to_owned()),
                    state: Some("s 1".to_owned()),
                    user_verify_url: Some("https://app.test/verify?keep=1".to_owned()),
                    ..Default::default()
                },
            ))
            .await
            .unwrap();
        response.into_inner().link
    }

    pub async fn account(&self, connection: &str, identifier: &str) -> ca::ConnectedAccount {
        self.accounts()
            .get_connected_account_auth(self.with_token(by_name(connection, identifier)))
            .await
            .unwrap()
            .into_inner()
            .connected_account
            .unwrap()
    }

    pub async fn execute(
        &self,
        tool: &str,
        connection: &str,
        identifier: &str,
        input: Value,
    ) -> Result<api::ExecuteToolResponse, tonic::Status> {
        self.tools()
            .execute_tool(self.with_token(api::ExecuteToolRequest {
                tool_name: tool.to_owned(),
                identifier: Some(identifier.to_owned()),
                connector: Some(connection.to_owned()),
                params: Some(to_struct(&input)),
                ..Default::default()
            }))
            .await
            .map(tonic::Response::into_inner)
    }
}

pub fn request<T>(token: &str, message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    let value = format!("Bearer {token}").parse().unwrap();
    request.metadata_mut().insert("authorization", value);
    request
}

pub fn by_name(connection: &str, identifier: &str) -> ca::GetConnectedAccountByIdentifierRequest {
    ca::GetConnectedAccountByIdentifierRequest {
        connector: Some(connection.to_owned()),
        identifier: Some(identifier.to_owned()),
        ..Default::default()
    }
}

/// The `ErrorInfo` of a failed RPC.
pub fn info(status: &tonic::Status) -> ErrorInfo {
    detail(
        status,
        "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo",
    )
    .map(|bytes| ErrorInfo::decode(bytes.as_slice()).unwrap())
    .unwrap()
}

/// One detail of a failed RPC, encoded.
pub fn detail(status: &tonic::Status, type_url: &str) -> Option<Vec<u8>> {
    #[derive(Clone, PartialEq, prost::Message)]
    struct RpcStatus {
        #[prost(message, repeated, tag = "3")]
        details: Vec<prost_types::Any>,
    }
    RpcStatus::decode(status.details())
        .unwrap()
        .details
        .into_iter()
        .find(|any| any.type_url == type_url)
        .map(|any| any.value)
}

/// The violated fields and constraints of a failed RPC.
pub fn violations(status: &tonic::Status) -> Vec<(String, String)> {
    info(status)
        .validation_error_info
        .map(|info| info.field_violations)
        .unwrap_or_default()
        .into_iter()
        .map(|violation| (violation.field, violation.constraint))
        .collect()
}

pub fn to_struct(value: &Value) -> Struct {
    Struct::new(value).unwrap()
}

pub fn from_struct(value: &Struct) -> Value {
    value.value().unwrap()
}

/// The query parameters of a redirect.
pub fn query(location: &str) -> std::collections::BTreeMap<String, String> {
    let (_, query) = location.split_once('?').unwrap();
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}
