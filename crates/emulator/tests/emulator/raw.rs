//! Low-level clients: one HTTP/2 connection frame by frame, one HTTP/1.1 connection as text.

use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use h2::client::SendRequest;
use http::HeaderMap;
use prost::Message;
use scalekit::raw::tools::{ExecuteToolRequest, ListToolsRequest};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::support::{Harness, to_struct};

pub const EXECUTE: &str = "/scalekit.v1.tools.ToolService/ExecuteTool";
const LIST: &str = "/scalekit.v1.tools.ToolService/ListTools";

/// Longer than any call in these tests takes, unless it never ends.
pub const LONG: Duration = Duration::from_secs(5);

/// One HTTP/2 connection.
pub struct Http2 {
    sender: SendRequest<Bytes>,
    pub ping: h2::PingPong,
    /// How the connection ends.
    pub connection: JoinHandle<Result<(), h2::Error>>,
    token: String,
    origin: String,
}

/// What a gRPC call received before it ended or failed.
#[derive(Debug, Default)]
pub struct Outcome {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub trailers: HeaderMap,
    pub error: Option<h2::Error>,
}

impl Outcome {
    /// The gRPC status, in headers or trailers.
    pub fn code(&self) -> Option<&str> {
        let value = self.trailers.get("grpc-status");
        value.or(self.headers.get("grpc-status"))?.to_str().ok()
    }

    /// The error code of a reset stream.
    pub fn reset(&self) -> Option<u32> {
        let error = self.error.as_ref()?;
        error.is_reset().then(|| error.reason().unwrap().into())
    }

    /// Whether the connection failed during the call.
    pub fn is_cut(&self) -> bool {
        self.error.as_ref().is_some_and(h2::Error::is_io)
    }
}

impl Http2 {
    pub async fn open(harness: &Harness) -> Self {
        let stream = TcpStream::connect(harness.emulator.address())
            .await
            .unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, mut connection) = h2::client::handshake(stream).await.unwrap();
        let ping = connection.ping_pong().unwrap();
        Http2 {
            sender,
            ping,
            connection: tokio::spawn(connection),
            token: harness.token.clone(),
            origin: harness.emulator.env_url().to_owned(),
        }
    }

    pub async fn call(&self, path: &str, message: &impl Message) -> Outcome {
        self.call_with(path, message, &[]).await
    }

    pub async fn call_with(
        &self,
        path: &str,
        message: &impl Message,
        headers: &[(&str, &str)],
    ) -> Outcome {
        tokio::time::timeout(LONG, self.exchange(path, message, headers))
            .await
            .expect("a call that neither ends nor breaks")
    }

    async fn exchange(
        &self,
        path: &str,
        message: &impl Message,
        headers: &[(&str, &str)],
    ) -> Outcome {
        let mut outcome = Outcome::default();
        outcome.error = self.fill(path, message, headers, &mut outcome).await.err();
        outcome
    }

    async fn fill(
        &self,
        path: &str,
        message: &impl Message,
        headers: &[(&str, &str)],
        outcome: &mut Outcome,
    ) -> Result<(), h2::Error> {
        let mut request = http::Request::post(format!("{}{path}", self.origin))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut frame = BytesMut::new();
        frame.put_u8(0);
        frame.put_u32(u32::try_from(message.encoded_len()).unwrap());
        message.encode(&mut frame).unwrap();
        let mut sender = self.sender.clone().ready().await?;
        let (response, mut stream) = sender.send_request(request.body(()).unwrap(), false)?;
        stream.send_data(frame.freeze(), true)?;
        let (parts, mut body) = response.await?.into_parts();
        outcome.headers = parts.headers;
        while let Some(data) = body.data().await {
            let data = data?;
            body.flow_control().release_capacity(data.len())?;
            outcome.body.extend_from_slice(&data);
        }
        outcome.trailers = body.trailers().await?.unwrap_or_default();
        Ok(())
    }

    pub async fn list(&self) -> Outcome {
        self.call(LIST, &ListToolsRequest::default()).await
    }

    /// Executes a tool that always succeeds.
    pub async fn execute(&self) -> Outcome {
        self.call(EXECUTE, &execute("run")).await
    }
}

/// A request to execute a tool that always succeeds.
pub fn execute(run: &str) -> ExecuteToolRequest {
    ExecuteToolRequest {
        tool_name: "gmail_fetch_mails".to_owned(),
        identifier: Some("a@x.test".to_owned()),
        connector: Some("gmail".to_owned()),
        params: Some(to_struct(&serde_json::json!({}))),
        agent_run_id: Some(run.to_owned()),
        ..Default::default()
    }
}

/// One HTTP/1.1 connection.
pub struct Http1 {
    pub stream: TcpStream,
    token: String,
}

impl Http1 {
    pub async fn open(harness: &Harness) -> Self {
        Http1 {
            stream: TcpStream::connect(harness.emulator.address())
                .await
                .unwrap(),
            token: harness.token.clone(),
        }
    }

    pub async fn send(&mut self, verb: &str, path: &str, headers: &str, body: &str) {
        let request = format!(
            "{verb} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: \
             {}\r\n{headers}\r\n{body}",
            self.token,
            body.len(),
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
    }

    /// Executes the tool of [`execute`].
    pub async fn execute(&mut self) {
        let body = serde_json::json!({
            "tool_name": "gmail_fetch_mails",
            "identifier": "a@x.test",
            "connector": "gmail",
            "params": {},
        });
        self.send("POST", "/api/v1/execute_tool", "", &body.to_string())
            .await;
    }

    /// A proxied request.
    pub async fn proxy(&mut self) {
        let headers = "connection_name: gmail\r\nidentifier: a@x.test\r\n";
        self.send("GET", "/proxy/echo", headers, "").await;
    }

    /// Reads until the connection is closed: the head and the body.
    pub async fn until_closed(&mut self) -> (String, String) {
        let mut text = Vec::new();
        let read = self.stream.read_to_end(&mut text);
        let read = tokio::time::timeout(LONG, read)
            .await
            .expect("never closed");
        // A closed connection may also show as a reset.
        let _ = read;
        let text = String::from_utf8(text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        (head.to_owned(), body.to_owned())
    }
}

/// The content length of a head.
pub fn content_length(head: &str) -> usize {
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    line.unwrap().parse().unwrap()
}
