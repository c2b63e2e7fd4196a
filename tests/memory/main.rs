//! The memory that a response takes, by counting: at most 16 times its size, however small its
//! values.

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::{BufMut, Bytes, BytesMut};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use peak_alloc::PeakAlloc;
use prost::encoding::{WireType, encode_key, encode_varint};
use scalekit::{Client, ErrorKind, Page, Tool, Transport};

#[global_allocator]
static COUNTER: PeakAlloc = PeakAlloc;

/// The maximum memory of a call, as a multiple of the response's size.
const TIMES: usize = 16;

/// The number of tools in a response that has many objects as well.
const SPREAD: usize = 9_000;

const TOKEN: &str = r#"{"access_token":"sentinel-token","expires_in":3600}"#;

#[tokio::main]
async fn main() {
    for megabytes in [3, 60] {
        let size = megabytes * 1_000_000;
        for transport in [Transport::Grpc, Transport::Rest] {
            let response = |piece: &str| match transport {
                Transport::Grpc => message(piece, size),
                _ => json(piece, size),
            };
            let refused = async |piece: &str, what: &str| {
                let error = list(transport, response(piece), piece)
                    .await
                    .expect_err(piece);
                assert_eq!(error.kind(), ErrorKind::Decode);
                assert!(error.message().contains(what), "{piece}: {error}");
            };
            refused("tools", "tools has more than 10,000 elements").await;
            refused("tags", "tools.tags has more than 10,000 elements").await;
            let read = async |piece: &str| {
                let page = list(transport, response(piece), piece).await.expect(piece);
                assert!(!page.items.is_empty(), "{piece}");
            };
            for piece in ["objects", "numbers", "entries", "lists", "spread"] {
                read(piece).await;
            }
        }
    }
}

/// Lists the tools of a response.
async fn list(
    transport: Transport,
    body: Bytes,
    piece: &str,
) -> Result<Page<Tool>, scalekit::Error> {
    let size = body.len();
    let address = serve(body, transport).await;
    let client = Client::builder()
        .env_url(format!("http://{address}"))
        .client_id("skc_1")
        .client_secret("sentinel-secret")
        .transport(transport)
        .build()
        .expect("a client");
    // Fetches the token and initializes what is created once.
    let _ = client.tools().search_tools("x").await;
    let before = COUNTER.current_usage();
    COUNTER.reset_peak_usage();
    let page = client.tools().list_tools().max_attempts(1).await;
    let taken = COUNTER.peak_usage() - before;
    println!(
        "{transport:?}, {size} bytes of {piece}: {:.1} times its size",
        taken as f64 / size as f64
    );
    assert!(taken <= TIMES * size, "{taken} bytes for {size} of {piece}");
    page
}

/// A server that gives this response to `ListTools`, and none to other calls.
async fn serve(body: Bytes, transport: Transport) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let body = body.clone();
            tokio::spawn(async move {
                let service = hyper::service::service_fn(move |request| {
                    let response = respond(&request, body.clone(), transport);
                    async { Ok::<_, Infallible>(response) }
                });
                let server = auto::Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

fn respond(
    request: &Request<Incoming>,
    body: Bytes,
    transport: Transport,
) -> Response<Full<Bytes>> {
    let path = request.uri().path();
    let is_list = path.ends_with("/ListTools") || path.ends_with("/tools");
    let (body, status) = match path {
        "/oauth/token" => (TOKEN.into(), ""),
        _ if is_list => (body, "0"),
        _ => (Bytes::new(), "5"),
    };
    let mut response = Response::builder();
    if transport == Transport::Grpc && !status.is_empty() {
        response = response
            .header("content-type", "application/grpc")
            .header("grpc-status", status);
    }
    response.body(Full::new(body)).expect("a response")
}

/// About this many bytes of JSON that consist of small values.
fn json(piece: &str, size: usize) -> Bytes {
    if piece == "spread" {
        let object = r#""":0,"#.repeat(size / SPREAD / 10);
        let object = format!("{{{object}\"\":0}}");
        let tool = format!(r#"{{"definition":{object},"metadata":{object}}}"#);
        let tools = vec![tool; SPREAD].join(",");
        return format!(r#"{{"tools":[{tools}]}}"#).into();
    }
    let (before, small, after) = match piece {
        "tools" => (r#"{"tools":["#, "{},", "{}]}"),
        "tags" => (r#"{"tools":[{"tags":["#, r#""","#, r#"""]}]}"#),
        "objects" => (r#"{"tools":[{"definition":{"a":["#, "{},", "{}]}}]}"),
        "numbers" => (r#"{"tools":[{"definition":{"a":["#, "0,", "0]}}]}"),
        "entries" => (r#"{"tools":[{"definition":{"#, r#""":0,"#, r#""":0}}]}"#),
        _ => (r#"{"tools":[{"definition":{"a":["#, "[[]],", "[]]}}]}"),
    };
    let count = (size - before.len() - after.len()) / small.len();
    let mut json = String::with_capacity(size);
    json.push_str(before);
    json.extend(std::iter::repeat_n(small, count));
    json.push_str(after);
    json.into()
}

/// About this many bytes of a framed message that consists of small values.
fn message(piece: &str, size: usize) -> Bytes {
    // `ListToolsResponse.tools`, `Tool.definition` and `.tags`, `Struct.fields`: see spec/.
    const TOOLS: u32 = 5;
    const DEFINITION: u32 = 3;
    const METADATA: u32 = 4;
    const TAGS: u32 = 5;
    // The items of a list: objects, numbers, entries of a struct, lists in lists.
    let small: &[u8] = match piece {
        "tools" => &[],
        "tags" => &[],
        "objects" => &[0x0a, 2, 0x2a, 0],
        "numbers" => &[0x0a, 9, 0x11, 0, 0, 0, 0, 0, 0, 0, 0],
        "entries" => &[0x0a, 0],
        _ => &[0x0a, 6, 0x32, 4, 0x0a, 2, 0x32, 0],
    };
    let empty = |number| field(number, &[]);
    let small = match piece {
        "tools" => empty(TOOLS),
        "tags" => empty(TAGS),
        _ => small.to_vec(),
    };
    let content = small.repeat(size / small.len());
    let message = match piece {
        "tools" => content,
        "tags" => field(TOOLS, &content),
        "spread" => {
            let object = [0x0a, 0].repeat(size / SPREAD / 4);
            let tool = [field(DEFINITION, &object), field(METADATA, &object)].concat();
            field(TOOLS, &tool).repeat(SPREAD)
        }
        "entries" => field(TOOLS, &field(DEFINITION, &content)),
        _ => {
            let value = field(6, &content);
            let entry = [field(1, b"a"), field(2, &value)].concat();
            field(TOOLS, &field(DEFINITION, &field(1, &entry)))
        }
    };
    let mut framed = BytesMut::with_capacity(5 + message.len());
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).expect("below 4 GiB"));
    framed.put_slice(&message);
    framed.freeze()
}

fn field(number: u32, payload: &[u8]) -> Vec<u8> {
    let mut field = Vec::with_capacity(payload.len() + 12);
    encode_key(number, WireType::LengthDelimited, &mut field);
    encode_varint(payload.len() as u64, &mut field);
    field.extend_from_slice(payload);
    field
}
