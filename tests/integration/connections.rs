//! Connections: shared without blocking other calls, checked before use, bound to a runtime.

use std::sync::mpsc;
use std::task::Poll;
use std::time::Duration;

use scalekit::{Client, ErrorKind};
use scalekit_emulator::{Account, Code, Connection, Emulator, Seed, Tool, ToolFailure};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::harness::{Served, client_builder, serve};

const NOTES: (&str, &str) = ("notes", "alice@example.com");

fn seed() -> Seed {
    Seed::empty()
        .connection(Connection::no_auth("notes", "NOTES"))
        .account(Account::new(NOTES.0, NOTES.1))
        .tool(Tool::new("note", "NOTES").result(json!({ "ok": true })))
}

async fn emulator() -> Served {
    serve(Emulator::builder().seed(seed())).await
}

async fn note(client: &Client) -> Result<scalekit::ToolOutput, scalekit::Error> {
    let call = client.actions().execute_tool("note", json!({}));
    call.account(NOTES).max_attempts(1).await
}

/// A client of the server at this address, with the credentials of an emulator.
fn client_at(url: &str, emulator: &Served) -> Client {
    let builder = client_builder()
        .env_url(url)
        .client_id(emulator.client_id())
        .client_secret(emulator.client_secret());
    builder.build().expect("a client")
}

fn current_thread() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
}

/// A runtime with its own thread, for the servers of a test that blocks.
fn server() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
}

#[tokio::test]
async fn a_call_that_is_not_polled_blocks_no_other_call() {
    // After this many polls, the call waits for a token, a connection, or a response.
    for polls in 1..12 {
        let emulator = emulator().await;
        let client = emulator.client();
        let mut kept = Box::pin(note(&client));
        for _ in 0..polls {
            let done =
                std::future::poll_fn(|context| Poll::Ready(kept.as_mut().poll(context).is_ready()));
            if done.await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        for _ in 0..3 {
            let call = client.tools().list_tools().timeout(Duration::from_secs(5));
            call.await.expect("not held up");
        }
    }
}

/// Passes bytes on to an emulator, with a delay for the first bytes of each connection: a slow
/// handshake.
async fn slow_start(emulator: std::net::SocketAddr, delay: Duration) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                let mut server = TcpStream::connect(emulator).await.expect("the emulator");
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    address
}

#[tokio::test]
async fn cancelled_calls_during_connecting_fail_no_other_call() {
    let authority = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("made");
    let (certificate, key) = (authority.cert.pem(), authority.signing_key.serialize_pem());
    let builder = Emulator::builder()
        .seed(seed())
        .tls(certificate.as_str(), key.as_str());
    let emulator = serve(builder).await;
    let slow = slow_start(emulator.address(), Duration::from_millis(400)).await;
    let client = client_builder()
        .env_url(format!("https://{slow}"))
        .client_id(emulator.client_id())
        .client_secret(emulator.client_secret())
        .root_certificates_pem(certificate)
        .build()
        .expect("a client");
    for round in 0..2 {
        let impatient: Vec<_> = (1..8)
            .map(|n| {
                let call = client.tools().list_tools();
                tokio::spawn(call.timeout(Duration::from_millis(20 * n)).send())
            })
            .collect();
        let patient: Vec<_> = (0..8)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { note(&client).await })
            })
            .collect();
        for call in impatient {
            if let Err(error) = call.await.expect("joined") {
                assert!(error.is_timeout(), "round {round}: {error:?}");
            }
        }
        for call in patient {
            call.await.expect("joined").expect("in its only attempt");
        }
    }
    assert_eq!(emulator.token_requests(), 1);
}

#[test]
fn a_client_works_in_many_short_runtimes_at_once() {
    let server = server();
    let emulator = server.block_on(emulator());
    let client = client_at(emulator.env_url(), &emulator);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let client = client.clone();
            std::thread::spawn(move || {
                for _ in 0..25 {
                    current_thread().block_on(async {
                        note(&client).await.expect("served");
                        client.tools().list_tools().await.expect("a page");
                    });
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no call failed");
    }
    assert_eq!(emulator.executions("note"), 100);
}

#[test]
fn connections_of_an_idle_runtime_serve_no_other_runtime() {
    let server = server();
    let emulator = server.block_on(emulator());
    let client = client_at(emulator.env_url(), &emulator);
    let (one, other) = (current_thread(), current_thread());
    for _ in 0..3 {
        for runtime in [&one, &other] {
            runtime.block_on(note(&client)).expect("served");
        }
    }
    drop(one);
    other.block_on(note(&client)).expect("served");
}

/// How a gateway ends its connections.
#[derive(Clone, Copy, Debug)]
enum CloseKind {
    Fin,
    Reset,
    BytesAndFin,
}

/// Passes connections on to an emulator until it is told to end them. Signals when it has.
fn closing_gateway(
    server: &tokio::runtime::Runtime,
    emulator: std::net::SocketAddr,
) -> (
    String,
    tokio::sync::broadcast::Sender<CloseKind>,
    mpsc::Receiver<()>,
) {
    let (cut, _) = tokio::sync::broadcast::channel(16);
    let (done, is_done) = mpsc::channel();
    let listener = server
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let cuts = cut.clone();
    server.spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (mut cut, done) = (cuts.subscribe(), done.clone());
            tokio::spawn(async move {
                let mut server = TcpStream::connect(emulator).await.expect("the emulator");
                let how = tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut client, &mut server) => return,
                    how = cut.recv() => how.expect("one for all"),
                };
                match how {
                    CloseKind::Fin => {}
                    CloseKind::Reset => socket2::SockRef::from(&client)
                        .set_linger(Some(Duration::ZERO))
                        .expect("set"),
                    // An HTTP/2 PING, which is invalid in HTTP/1.1.
                    CloseKind::BytesAndFin => client
                        .write_all(b"\0\0\x08\x06\0\0\0\0\0pingpong")
                        .await
                        .expect("written"),
                }
                drop(client);
                done.send(()).expect("awaited");
            });
        }
    });
    (url, cut, is_done)
}

#[test]
fn connections_that_ended_while_the_process_was_suspended_are_not_used() {
    let server = server();
    let emulator = server.block_on(emulator());
    let (url, cut, is_done) = closing_gateway(&server, emulator.address());
    let client = client_at(&url, &emulator);
    let runtime = current_thread();
    runtime.block_on(note(&client)).expect("served");
    for how in [
        CloseKind::Fin,
        CloseKind::Reset,
        CloseKind::BytesAndFin,
        CloseKind::Fin,
    ] {
        let before = emulator.executions("note");
        let open = cut.send(how).expect("connections");
        for _ in 0..open {
            is_done.recv_timeout(Duration::from_secs(5)).expect("cut");
        }
        // The loopback interface has delivered it, but the client's runtime has not run yet.
        std::thread::sleep(Duration::from_millis(20));
        runtime
            .block_on(note(&client))
            .expect("on a new connection");
        assert_eq!(emulator.executions("note"), before + 1, "{how:?}");
    }
}

/// A server that sends the same bytes in response to every connection, repeatedly.
async fn repeating(first: Vec<u8>, again: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (first, again) = (first.clone(), again.clone());
            tokio::spawn(async move {
                let _ = client.read(&mut [0; 1024]).await;
                let mut sent = client.write_all(&first).await;
                while sent.is_ok() && !again.is_empty() {
                    sent = client.write_all(&again).await;
                }
                std::future::pending::<()>().await;
            });
        }
    });
    url
}

#[tokio::test]
async fn endless_interim_responses_end_the_call() {
    let interim = b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(1_000);
    let url = repeating(Vec::new(), interim).await;
    let client = client_builder()
        .env_url(url)
        .client_id("skc_1")
        .client_secret("sentinel-secret")
        .build()
        .expect("a client");
    let error = client.tools().list_tools().await.expect_err("no response");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("interim responses"), "{error}");
}

#[tokio::test]
async fn a_few_interim_responses_are_ignored() {
    let mut response = b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(32);
    response.extend_from_slice(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    let url = repeating(response, Vec::new()).await;
    let client = client_builder()
        .env_url(url)
        .client_id("skc_1")
        .client_secret("sentinel-secret")
        .build()
        .expect("a client");
    let error = client.tools().list_tools().await.expect_err("refused");
    assert_eq!(error.http_status(), Some(400), "{error:?}");
}

/// A provider's response of this many bytes.
fn long_message(length: usize) -> String {
    "the provider said no; "
        .chars()
        .cycle()
        .take(length)
        .collect()
}

#[tokio::test]
async fn a_tool_message_of_any_length_is_complete_and_breaks_no_other_call() {
    // For the last one, both encodings in the trailers together have 250 KB.
    let lengths = [100, 8_000, 20_000, 60_000];
    let seed = lengths.into_iter().fold(seed(), |seed, length| {
        let failure = ToolFailure::new(Code::Internal, "BOOM", long_message(length));
        seed.tool(Tool::new(format!("fail_{length}"), "NOTES").failure(failure))
    });
    let slow = Tool::new("slow", "NOTES").delay(Duration::from_millis(300));
    let emulator = serve(Emulator::builder().seed(seed.tool(slow))).await;
    let client = emulator.client();
    let other = {
        let call = client.actions().execute_tool("slow", json!({}));
        tokio::spawn(call.account(NOTES).max_attempts(1).send())
    };
    for length in lengths {
        let call = client
            .actions()
            .execute_tool(format!("fail_{length}"), json!({}));
        let error = call.account(NOTES).await.expect_err("a failure");
        assert_eq!(error.kind(), ErrorKind::Tool, "{length} bytes");
        let tool = error.tool_error().expect("a tool error");
        assert_eq!(tool.message.len(), length);
        assert!(!tool.execution_id.is_empty());
    }
    other.await.expect("joined").expect("not cut off");
}
