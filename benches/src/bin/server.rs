//! A server that records the responses of an emulator once and repeats them, so that it never limits a
//! measurement. Prints a line of JSON when it is ready.
//!
//! usage: server [CERTIFICATE KEY]

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use prost::Message;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use scalekit::raw;
use scalekit_benches::result::Mails;
use scalekit_benches::{CONNECTION, IDENTIFIER, LARGE_TOOL, SMALL_TOOL, TOOLS};
use scalekit_emulator::{Account, Connection, Emulator, Seed, Tool};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let tls = match &*arguments {
        [] => None,
        [certificate, key] => Some(acceptor(certificate, key)?),
        _ => return Err("usage: server [CERTIFICATE KEY]".into()),
    };
    let responses = Arc::new(Responses::record().await?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let url = match tls {
        Some(_) => format!("https://localhost:{port}"),
        None => format!("http://127.0.0.1:{port}"),
    };
    println!(
        "{}",
        json!({ "env_url": url, "client_id": "skc_bench", "client_secret": "bench" })
    );
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve(stream, tls.clone(), responses.clone()));
    }
}

fn acceptor(certificate: &str, key: &str) -> Result<tokio_rustls::TlsAcceptor, Error> {
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(key)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(tokio_rustls::TlsAcceptor::from(Arc::new(config)))
}

async fn serve(
    stream: TcpStream,
    tls: Option<tokio_rustls::TlsAcceptor>,
    responses: Arc<Responses>,
) {
    let service = service_fn(move |request| {
        let responses = responses.clone();
        async move { Ok::<_, Infallible>(responses.respond(request).await) }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http2().max_concurrent_streams(1_000);
    // The client decides how a connection ends.
    let _ = match tls {
        None => {
            builder
                .serve_connection(TokioIo::new(stream), service)
                .await
        }
        Some(tls) => match tls.accept(stream).await {
            Ok(stream) => {
                builder
                    .serve_connection(TokioIo::new(stream), service)
                    .await
            }
            Err(_) => return,
        },
    };
}

/// The encoded responses.
struct Responses {
    by_path: HashMap<&'static str, Bytes>,
    large: Bytes,
    token: Bytes,
    trailers: HeaderMap,
}

impl Responses {
    async fn record() -> Result<Self, Error> {
        let tools = (0..TOOLS - 2).map(tool);
        let seed = Seed::empty()
            .connection(Connection::oauth(CONNECTION, "GMAIL"))
            .account(
                Account::new(CONNECTION, IDENTIFIER)
                    .details(scalekit_emulator::Details::oauth("ya29.example")),
            )
            .tool(Tool::new(SMALL_TOOL, "GMAIL").result(json!({ "ok": true, "id": "msg_1" })))
            .tool(Tool::new(LARGE_TOOL, "GMAIL").result(serde_json::to_value(Mails::example())?));
        let emulator = Emulator::builder()
            .seed(tools.fold(seed, Seed::tool))
            .start()
            .await?;
        let client = emulator.client();
        let execute = async |tool: &str| -> Result<Bytes, Error> {
            let request = raw::tools::ExecuteToolRequest {
                tool_name: tool.to_owned(),
                connector: Some(CONNECTION.to_owned()),
                identifier: Some(IDENTIFIER.to_owned()),
                ..Default::default()
            };
            let response = client.raw().tool_service().execute_tool(request).await?;
            Ok(framed(&response.into_inner()))
        };
        let list = raw::tools::ListToolsRequest {
            page_size: TOOLS as u32,
            ..Default::default()
        };
        let list = client.raw().tool_service().list_tools(list).await?;
        let account = raw::connected_accounts::GetConnectedAccountByIdentifierRequest {
            connector: Some(CONNECTION.to_owned()),
            identifier: Some(IDENTIFIER.to_owned()),
            ..Default::default()
        };
        let accounts = client.raw().connected_account_service();
        let account = { accounts }.get_connected_account_auth(account).await?;
        let by_path = HashMap::from([
            (
                "/scalekit.v1.tools.ToolService/ExecuteTool",
                execute(SMALL_TOOL).await?,
            ),
            (
                "/scalekit.v1.tools.ToolService/ListTools",
                framed(&list.into_inner()),
            ),
            (
                "/scalekit.v1.connected_accounts.ConnectedAccountService/GetConnectedAccountAuth",
                framed(&account.into_inner()),
            ),
        ]);
        let token = json!({
            "access_token": "bench-token",
            "expires_in": 86_400,
            "token_type": "Bearer",
        });
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static("0"));
        Ok(Self {
            by_path,
            large: execute(LARGE_TOOL).await?,
            token: token.to_string().into(),
            trailers,
        })
    }

    async fn respond(&self, request: Request<Incoming>) -> Response<ResponseBody> {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let Ok(body) = body.collect().await.map(|body| body.to_bytes()) else {
            return Response::new(Full::default().with_trailers(no_trailers()));
        };
        if path == "/oauth/token" || path == "/keys" {
            let mut response =
                Response::new(Full::new(self.token.clone()).with_trailers(no_trailers()));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert("content-type", json);
            return response;
        }
        let is_large = || {
            body.windows(LARGE_TOOL.len())
                .any(|window| window == LARGE_TOOL.as_bytes())
        };
        let message = match self.by_path.get(path) {
            Some(_) if path.ends_with("/ExecuteTool") && is_large() => self.large.clone(),
            Some(message) => message.clone(),
            None => Bytes::new(),
        };
        let trailers = Box::pin(std::future::ready(Some(Ok(self.trailers.clone()))));
        let mut response = Response::new(Full::new(message).with_trailers(trailers as Trailers));
        let grpc = HeaderValue::from_static("application/grpc");
        response.headers_mut().insert("content-type", grpc);
        response
    }
}

type Trailers =
    std::pin::Pin<Box<dyn Future<Output = Option<Result<HeaderMap, Infallible>>> + Send>>;
type ResponseBody = http_body_util::combinators::WithTrailers<Full<Bytes>, Trailers>;

fn no_trailers() -> Trailers {
    Box::pin(std::future::ready(None))
}

fn tool(number: usize) -> Tool {
    Tool::new(format!("bench_tool_{number}"), "GMAIL")
        .description("Finds what was asked for, and says where it is and since when.")
        .input_schema(json!({
            "type": "object",
            "properties": {
                "query": { "type": "string", "description": "What to look for, in plain words" },
                "max_results": { "type": "integer", "minimum": 1, "maximum": 100, "default": 10 },
                "labels": { "type": "array", "items": { "type": "string" } },
                "since": { "type": "string", "format": "date-time" },
                "include_archived": { "type": "boolean", "default": false }
            },
            "required": ["query"]
        }))
}

fn framed(message: &impl Message) -> Bytes {
    let mut bytes = BytesMut::new();
    bytes.put_u8(0);
    bytes.put_u32(message.encoded_len() as u32);
    message.encode_raw(&mut bytes);
    bytes.freeze()
}
