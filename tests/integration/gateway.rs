//! A gateway between client and emulator: it forwards bytes, drops them, or responds itself.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Frame types of RFC 9113, section 6.
const DATA: u8 = 0x0;
const HEADERS: u8 = 0x1;
const RST_STREAM: u8 = 0x3;
const SETTINGS: u8 = 0x4;
const GOAWAY: u8 = 0x7;

// Flags of `DATA` and `HEADERS`.
const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;

/// How the gateway responds to the first request on the next HTTP/2 connection.
#[derive(Clone, Copy, Debug)]
pub enum GatewayResponse {
    /// `GOAWAY` with a last stream below that of the request, then the end of the connection.
    GoAway,
    /// `RST_STREAM` with this code.
    Reset(u32),
    /// A response with HTTP status 200 and only these headers.
    Headers(&'static [(&'static str, &'static str)]),
    /// Interim responses (103) without end.
    Interim,
    /// A frame that violates the protocol, so that the client ends the connection.
    Invalid,
    /// A response with gRPC status 0 and this body.
    Body(&'static [u8]),
}

/// A listener in front of an emulator.
pub struct Gateway {
    pub url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    responses: Mutex<Vec<GatewayResponse>>,
    /// While set, nothing is forwarded in either direction, and nothing is closed.
    black_hole: AtomicBool,
    connections: AtomicUsize,
    open: AtomicUsize,
    /// The error codes of the streams that the client has reset.
    resets: Mutex<Vec<u32>>,
}

impl Gateway {
    pub async fn of(emulator: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(State::default());
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = shared.clone();
                tokio::spawn(async move {
                    state.connections.fetch_add(1, Ordering::SeqCst);
                    state.open.fetch_add(1, Ordering::SeqCst);
                    let _ = serve(client, emulator, &state).await;
                    state.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { url, state }
    }

    pub fn respond_next(&self, scripted: GatewayResponse) {
        self.state.responses.lock().expect("a lock").push(scripted);
    }

    pub fn black_hole(&self, black_hole: bool) {
        self.state.black_hole.store(black_hole, Ordering::SeqCst);
    }

    /// The number of connections so far.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// The number of connections that the client has not closed.
    pub fn open(&self) -> usize {
        self.state.open.load(Ordering::SeqCst)
    }

    /// Waits for the error codes of the streams that the client has reset.
    pub async fn resets(&self) -> Vec<u32> {
        for _ in 0..100 {
            let resets = self.state.resets.lock().expect("a lock").clone();
            if !resets.is_empty() {
                return resets;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Vec::new()
    }
}

async fn serve(client: TcpStream, emulator: SocketAddr, state: &Arc<State>) -> std::io::Result<()> {
    let mut start = [0; PREFACE.len()];
    let read = client.peek(&mut start).await?;
    let http2 = start[..read].starts_with(&PREFACE[..read.min(4)]) && read >= 4;
    let scripted = match http2 {
        true => state.responses.lock().expect("a lock").pop(),
        false => None,
    };
    if let Some(scripted) = scripted {
        return send_scripted(client, scripted).await;
    }
    let server = TcpStream::connect(emulator).await?;
    let (client_read, client_write) = client.into_split();
    let (server_read, server_write) = server.into_split();
    let back = tokio::spawn(pass(server_read, client_write, state.clone(), None));
    let frames = http2.then(Frames::default);
    pass(client_read, server_write, state.clone(), frames).await;
    back.abort();
    Ok(())
}

/// Forwards bytes until one end closes.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    state: Arc<State>,
    mut frames: Option<Frames>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else {
            return;
        };
        if let Some(frames) = &mut frames {
            for (kind, payload) in frames.push(&buffer[..read]) {
                if let (RST_STREAM, Ok(code)) = (kind, payload.try_into()) {
                    let code = u32::from_be_bytes(code);
                    state.resets.lock().expect("a lock").push(code);
                }
            }
        }
        // Dropped bytes are lost, as in a network that has forgotten the connection.
        if !state.black_hole.load(Ordering::SeqCst) && to.write_all(&buffer[..read]).await.is_err()
        {
            return;
        }
    }
}

async fn send_scripted(mut client: TcpStream, scripted: GatewayResponse) -> std::io::Result<()> {
    client.write_all(&frame(SETTINGS, 0, &[])).await?;
    let mut frames = Frames::default();
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = client.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        let got_request = frames
            .push(&buffer[..read])
            .iter()
            .any(|(kind, _)| *kind == HEADERS);
        if !got_request {
            continue;
        }
        match scripted {
            GatewayResponse::GoAway => {
                // Last stream 0, NO_ERROR.
                client.write_all(&frame(GOAWAY, 0, &[0; 8])).await?;
                return client.shutdown().await;
            }
            GatewayResponse::Reset(code) => {
                let reset = frame(RST_STREAM, 1, &code.to_be_bytes());
                client.write_all(&reset).await?;
            }
            GatewayResponse::Headers(headers) => {
                client.write_all(&response(headers)).await?;
            }
            GatewayResponse::Invalid => {
                // A DATA frame must belong to a stream.
                client.write_all(&frame(DATA, 0, b"x")).await?;
            }
            GatewayResponse::Interim => {
                // `:status: 103` by name and literal value, END_HEADERS.
                let mut interim = frame(HEADERS, 1, b"\x08\x03103");
                interim[4] = 0x4;
                let interim = interim.repeat(1_000);
                loop {
                    client.write_all(&interim).await?;
                }
            }
            GatewayResponse::Body(body) => {
                let mut head = response(&[("content-type", "application/grpc")]);
                head[4] = END_HEADERS;
                let mut trailers = frame(HEADERS, 1, &literals(&[("grpc-status", "0")]));
                trailers[4] = END_STREAM | END_HEADERS;
                let all = [head, frame(DATA, 1, body), trailers].concat();
                client.write_all(&all).await?;
            }
        }
    }
}

/// A `HEADERS` frame on stream 1 that is the whole response: END_STREAM, END_HEADERS.
fn response(headers: &[(&str, &str)]) -> Vec<u8> {
    // `:status: 200` by its index, then literals (RFC 7541, appendix A and section 6.2.2).
    let block = [&[0x88], &*literals(headers)].concat();
    let mut frame = frame(HEADERS, 1, &block);
    frame[4] = END_STREAM | END_HEADERS;
    frame
}

fn literals(headers: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in headers {
        block.push(0);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).expect("a short text"));
            block.extend_from_slice(text.as_bytes());
        }
    }
    block
}

fn frame(kind: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len())
        .expect("a short frame")
        .to_be_bytes();
    let head = [&length[1..], &[kind, 0]].concat();
    [&head[..], &stream.to_be_bytes(), payload].concat()
}

/// Parses the frames that a client sends after its preface.
#[derive(Default)]
struct Frames {
    buffer: Vec<u8>,
    preface_read: bool,
}

impl Frames {
    /// Adds bytes. Returns type and payload of each complete frame.
    fn push(&mut self, bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
        const HEAD: usize = 9;
        self.buffer.extend_from_slice(bytes);
        if !self.preface_read {
            if self.buffer.len() < PREFACE.len() {
                return Vec::new();
            }
            self.buffer.drain(..PREFACE.len());
            self.preface_read = true;
        }
        let mut frames = Vec::new();
        while self.buffer.len() >= HEAD {
            let length = u32::from_be_bytes([0, self.buffer[0], self.buffer[1], self.buffer[2]]);
            let end = HEAD + length as usize;
            if self.buffer.len() < end {
                break;
            }
            let frame: Vec<u8> = self.buffer.drain(..end).collect();
            frames.push((frame[3], frame[HEAD..].to_vec()));
        }
        frames
    }
}
