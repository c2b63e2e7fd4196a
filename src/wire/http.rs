//! Plain HTTP/1.1: the token endpoint, proxied requests, and what the REST wire sends.

use std::time::Duration;

use ::http::uri::PathAndQuery;
use ::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use bytes::Bytes;
use http_body_util::Full;
use serde::Deserialize;

use super::rest::RestStatus;
use super::{Transport, transport_error};
use crate::credentials::{ClientCredentials, IssuedToken, Token};
use crate::error::Code;
use crate::{Error, Secret};

/// A request to the environment. Redirects are not followed, and nothing is sent twice.
#[derive(Clone)]
pub(crate) struct HttpRequest {
    pub method: Method,
    pub path: PathAndQuery,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// The whole answer.
pub(crate) struct HttpResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Transport {
    /// Sends a request with our token.
    pub async fn http(&self, request: HttpRequest, token: Token) -> Result<HttpResponse, Error> {
        let mut request = request;
        request.headers.insert(header::AUTHORIZATION, token.header);
        self.send(request).await
    }

    /// Asks the environment's token endpoint for a token.
    pub async fn fetch_token(&self, credentials: &ClientCredentials) -> Result<IssuedToken, Error> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &credentials.client_id)
            .append_pair("client_secret", credentials.client_secret.expose())
            .finish();
        let mut headers = HeaderMap::new();
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(header::CONTENT_TYPE, form_type);
        let request = HttpRequest {
            method: Method::POST,
            path: PathAndQuery::from_static("/oauth/token"),
            headers,
            body: form.into(),
        };
        let answer = self.send(request).await?;
        if !answer.status.is_success() {
            let reason = serde_json::from_slice::<TokenError>(&answer.body).unwrap_or_default();
            return Err(Error::http(answer.status.as_u16(), reason.message())
                .with_retry_after(retry_after(&answer.headers)));
        }
        let token: TokenAnswer = serde_json::from_slice(&answer.body).map_err(|error| {
            // The text of a serde error can quote the token.
            let (line, column) = (error.line(), error.column());
            let message = "the token endpoint's answer is not a token";
            Error::decode(format!("{message} (JSON, line {line} column {column})"))
        })?;
        if token.access_token.is_empty() {
            return Err(Error::decode(
                "the token endpoint's answer has an empty access_token",
            ));
        }
        Ok(IssuedToken {
            access_token: Secret::from(token.access_token),
            lifetime: Duration::from_secs(token.expires_in),
        })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let mut target = self.config.env_url.clone().into_parts();
        target.path_and_query = Some(request.path);
        let target = Uri::from_parts(target)
            .map_err(|error| Error::config(format!("no request can go to this URL: {error}")))?;
        let mut sent = Request::new(Full::new(request.body));
        *sent.method_mut() = request.method;
        *sent.uri_mut() = target;
        *sent.headers_mut() = request.headers;
        self.common_headers(sent.headers_mut());
        let answer = self.http1.request(sent).await.map_err(transport_error)?;
        let (head, body) = answer.into_parts();
        let body = self.read_whole(body).await?;
        Ok(HttpResponse {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
        })
    }
}

impl HttpResponse {
    /// The error when Scalekit itself turned the request away for our token, before the proxy did
    /// anything. A 401 of any other form is the provider's, and the caller's to see.
    pub fn refused_our_token(&self) -> Option<Error> {
        if self.status != StatusCode::UNAUTHORIZED {
            return None;
        }
        let status = RestStatus::read(&self.body)?;
        let details = status.details();
        // Without these details it may be anybody's.
        let is_ours = details.error_code.is_some() && details.tool_error.is_none();
        (status.code() == Code::Unauthenticated && is_ours)
            .then(|| Error::status(Code::Unauthenticated, status.message, details))
    }
}

/// The wait that an answer asks for, given in seconds.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenError {
    error: String,
    error_description: String,
}

impl TokenError {
    fn message(&self) -> String {
        let Self {
            error,
            error_description,
        } = self;
        let reason = match (error.as_str(), error_description.as_str()) {
            ("", "") => {
                return "the token endpoint refused: check environment URL, client id and \
                                client secret"
                    .to_owned();
            }
            (error, "") => error.to_owned(),
            ("", description) => description.to_owned(),
            (error, description) => format!("{error}: {description}"),
        };
        format!(
            "the token endpoint refused ({reason}): check environment URL, client id and client \
             secret"
        )
    }
}
