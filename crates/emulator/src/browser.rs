//! A minimal browser that operates the consent page.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::error::{Error, ErrorKind};
use crate::tls::Identity;

/// What the user does on the consent page.
#[derive(Clone)]
pub enum Consent {
    /// Presses Allow. Fields that the page asks for get generated values.
    Allow,
    /// Presses Deny.
    Deny,
    /// Fills in these fields and presses Allow.
    Form(BTreeMap<String, String>),
}

impl Consent {
    /// Fills in fields and presses Allow.
    pub fn form<K: Into<String>, V: Into<String>>(
        fields: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Consent::Form(
            fields
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl fmt::Debug for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Consent::Allow => "Allow",
            Consent::Deny => "Deny",
            Consent::Form(_) => "Form([redacted])",
        })
    }
}

/// Talks to one emulator over real HTTP.
pub(crate) struct Browser {
    address: SocketAddr,
    tls: Option<Identity>,
}

struct Page {
    status: u16,
    location: Option<String>,
    body: String,
}

impl Browser {
    pub(crate) fn new(address: SocketAddr, tls: Option<Identity>) -> Self {
        Browser { address, tls }
    }

    pub(crate) async fn consent(
        &self,
        link: &str,
        consent: Consent,
    ) -> Result<Option<String>, Error> {
        let uri: http::Uri = link
            .parse()
            .map_err(|error| Error::with(ErrorKind::Http, "the link is not a URL", error))?;
        let page = self.send(http::Request::get(&uri), String::new()).await?;
        check_status(&page)?;
        let mut form = form_urlencoded::Serializer::new(String::new());
        match &consent {
            Consent::Deny => {
                form.append_pair("decision", "deny");
            }
            Consent::Allow => {
                form.append_pair("decision", "allow");
                for name in input_names(&page.body) {
                    form.append_pair(name, &format!("test-{name}"));
                }
            }
            Consent::Form(fields) => {
                form.append_pair("decision", "allow");
                for (name, value) in fields {
                    form.append_pair(name, value);
                }
            }
        }
        let request =
            http::Request::post(&uri).header("content-type", "application/x-www-form-urlencoded");
        let page = self.send(request, form.finish()).await?;
        check_status(&page)?;
        Ok(page.location)
    }

    async fn send(&self, request: http::request::Builder, body: String) -> Result<Page, Error> {
        let problem = |error: &dyn fmt::Display| {
            Error::new(ErrorKind::Http, format!("the consent page: {error}"))
        };
        let stream = TcpStream::connect(self.address)
            .await
            .map_err(|error| problem(&error))?;
        let host = self.address.to_string();
        let request = request
            .header("host", host)
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| problem(&error))?;
        match &self.tls {
            None => exchange(stream, request).await,
            Some(identity) => {
                let name = ServerName::from(self.address.ip());
                let stream = identity
                    .connector()?
                    .connect(name, stream)
                    .await
                    .map_err(|error| problem(&error))?;
                exchange(stream, request).await
            }
        }
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    mut request: http::Request<Full<Bytes>>,
) -> Result<Page, Error> {
    let problem = |error: hyper::Error| Error::with(ErrorKind::Http, "the consent page", error);
    // HTTP/1.1 servers expect the path alone.
    if let Some(path) = request.uri().path_and_query().cloned() {
        *request.uri_mut() = http::Uri::from(path);
    }
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(problem)?;
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(problem)?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(problem)?.to_bytes();
    connection.abort();
    Ok(Page {
        status: parts.status.as_u16(),
        location: parts
            .headers
            .get(http::header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .map(ToOwned::to_owned),
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

/// Turns an error page into an error.
fn check_status(page: &Page) -> Result<(), Error> {
    if page.status < 400 {
        return Ok(());
    }
    let heading = page
        .body
        .split_once("<h1>")
        .and_then(|(_, rest)| rest.split_once("</h1>"))
        .map_or("", |(heading, _)| heading);
    Err(Error::new(
        ErrorKind::Consent,
        format!("the consent page returned {}: {heading}", page.status),
    ))
}

/// The names of the inputs on the emulator's consent page.
fn input_names(page: &str) -> Vec<&str> {
    page.split("<input ")
        .skip(1)
        .filter_map(|input| {
            let (_, rest) = input.split_once("name=\"")?;
            Some(rest.split_once('"')?.0)
        })
        .collect()
}
