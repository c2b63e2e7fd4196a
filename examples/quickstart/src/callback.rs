//! The page of this application that the browser returns to after the consent page.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::Result;

const PATH: &str = "/connected";

/// A browser may open connections that it never uses.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// A local HTTP server with one page.
pub struct Callback {
    listener: TcpListener,
    state: String,
}

/// The result of the consent page.
pub enum Consent {
    /// The user consented.
    Granted { auth_request_id: String },
    /// The user did not consent, for this reason.
    Denied { error: String },
}

impl Callback {
    /// Listens on a free port. Redirects to the page must contain `state`.
    pub async fn listen(state: String) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        Ok(Self { listener, state })
    }

    /// The URL for `user_verify_url`.
    pub fn url(&self) -> Result<String> {
        Ok(format!("http://{}{PATH}", self.listener.local_addr()?))
    }

    /// The value for `state`.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Waits until the browser opens the page.
    pub async fn wait(&self) -> Result<Consent> {
        let (sender, mut receiver) = mpsc::channel(1);
        loop {
            tokio::select! {
                accepted = self.listener.accept() => {
                    let (stream, _) = accepted?;
                    let (state, sender) = (self.state.clone(), sender.clone());
                    tokio::spawn(async move {
                        let served = tokio::time::timeout(READ_TIMEOUT, serve(stream, &state)).await;
                        if let Ok(Ok(Some(result))) = served {
                            let _ = sender.send(result).await;
                        }
                    });
                }
                Some(result) = receiver.recv() => return result,
            }
        }
    }

    /// Reads the URL that the consent page redirects to.
    pub fn read(&self, url: &str) -> Result<Consent> {
        read(url, &self.state)
    }
}

/// Responds to one request; returns the consent if the request was for the page.
async fn serve(stream: TcpStream, state: &str) -> std::io::Result<Option<Result<Consent>>> {
    let mut stream = BufReader::new(stream);
    let mut request_line = String::new();
    stream.read_line(&mut request_line).await?;
    let mut header = String::new();
    while stream.read_line(&mut header).await? > 2 {
        header.clear();
    }
    let target = request_line.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    let result = (path == PATH).then(|| read(target, state));
    let (status, text) = match &result {
        None => ("404 Not Found", "There is no page here."),
        Some(Err(_)) => (
            "400 Bad Request",
            "This is not the response to the program's request. Nothing was connected.",
        ),
        Some(Ok(Consent::Denied { .. })) => (
            "200 OK",
            "You denied access. Nothing was connected. You can close this window.",
        ),
        Some(Ok(Consent::Granted { .. })) => (
            "200 OK",
            "You granted access. You can close this window and continue in the terminal.",
        ),
    };
    let response = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{text}",
        text.len()
    );
    stream.write_all(response.as_bytes()).await?;
    stream.shutdown().await?;
    Ok(result)
}

fn read(url: &str, state: &str) -> Result<Consent> {
    let query = url
        .split_once('?')
        .map(|(_, query)| query)
        .unwrap_or_default();
    let parameter = |name: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    if parameter("state").as_deref() != Some(state) {
        return Err("the browser returned with another `state`: the user is not verified".into());
    }
    if let Some(error) = parameter("error") {
        return Ok(Consent::Denied { error });
    }
    let auth_request_id =
        parameter("auth_request_id").ok_or("the browser returned without an `auth_request_id`")?;
    Ok(Consent::Granted { auth_request_id })
}
