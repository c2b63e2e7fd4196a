//! The headers of a response, apart from its body.

use std::time::Duration;

use scalekit::{Client, ErrorKind, Outcome};
use scalekit_emulator::Emulator;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::canary;
use crate::gateway::{Gateway, GatewayResponse};

async fn behind_gateway() -> (Emulator, Gateway, Client) {
    let emulator = canary::emulator(Emulator::builder()).await;
    let gateway = Gateway::of(emulator.address()).await;
    let builder = emulator.client_builder().env_url(&gateway.url);
    let client = builder.max_attempts(1).build().expect("a client");
    (emulator, gateway, client)
}

#[tokio::test]
async fn a_retry_delay_in_the_headers_of_a_grpc_status_is_reported() {
    let (_emulator, gateway, client) = behind_gateway().await;
    gateway.respond_next(GatewayResponse::Headers(&[
        ("content-type", "application/grpc"),
        ("grpc-status", "8"),
        ("retry-after", "7"),
    ]));
    let error = client.tools().list_tools().await.expect_err("too many");
    assert_eq!(error.kind(), ErrorKind::TooManyRequests);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn a_compressed_message_is_not_read_as_an_uncompressed_one() {
    // Compression, content length, and a field that no message of the API has.
    let bodies: [&'static [u8]; 4] = [
        &[0, 0, 0, 0, 3, 0xf8, 0x3f, 1],
        &[1, 0, 0, 0, 3, 0xf8, 0x3f, 1],
        &[2, 0, 0, 0, 3, 0xf8, 0x3f, 1],
        &[0xff, 0, 0, 0, 3, 0xf8, 0x3f, 1],
    ];
    for body in bodies {
        // Only the first stream of a connection gets a response.
        let (_emulator, gateway, client) = behind_gateway().await;
        gateway.respond_next(GatewayResponse::Body(body));
        let response = client.tools().list_tools().await;
        if body[0] == 0 {
            response.expect("an empty page");
            continue;
        }
        let error = response.expect_err("compressed");
        assert_eq!(error.kind(), ErrorKind::Decode, "{body:?}");
        assert_eq!(error.outcome(), Outcome::Unknown, "{body:?}");
        assert!(error.to_string().contains("compressed"), "{error}");
    }
}

/// Responds to every request with these headers and no body.
async fn responding_server(head: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 16 * 1024];
            let _ = stream.read(&mut request).await;
            let response = format!("HTTP/1.1 {head}\r\ncontent-length: 0\r\n\r\n");
            let _ = stream.write_all(response.as_bytes()).await;
        }
    });
    url
}

#[tokio::test]
async fn a_retry_delay_of_the_token_endpoint_is_reported() {
    let url = responding_server("429 Too Many Requests\r\nretry-after: 7").await;
    let builder = Client::builder().env_url(url).client_id("id");
    let client = builder.client_secret("secret").max_attempts(1).build();
    let client = client.expect("a client");
    let error = client.tools().list_tools().await.expect_err("no token");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.outcome(), Outcome::NotSent);
}
