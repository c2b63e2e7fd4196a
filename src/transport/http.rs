//! Plain HTTP/1.1: the token endpoint, proxied requests, REST.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use ::http::uri::PathAndQuery;
use ::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming};
use serde_json::{Map, Value};

use super::json_fields::read_fields;
use super::status::{RestStatus, retry_after};
use super::{BoxError, Connections, RequestBody, broken_response};
use crate::call::{Attempt, Deadline};
use crate::credentials::{AccessToken, ClientCredentials, Token};
use crate::error::{Code, Secrets};
use crate::{Error, ErrorKind, Secret};

/// A request to the environment. Redirects are not followed, and nothing is sent twice.
#[derive(Clone)]
pub(crate) struct HttpRequest {
    pub method: Method,
    pub path: PathAndQuery,
    pub headers: HeaderMap,
    pub body: RequestBody,
}

/// The whole response.
pub(crate) struct HttpResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A response with an unread body.
pub(crate) type HttpStream = Response<StreamBody>;

/// The response to a proxied request.
pub(crate) struct Proxied {
    pub response: HttpStream,
    /// Scalekit's error, if Scalekit responded and not the provider.
    pub error: Option<Error>,
}

/// The body of a response, which may have been read in part.
pub(crate) struct StreamBody {
    start: Bytes,
    rest: Option<Rest>,
}

enum Rest {
    Open(Incoming),
    Broken(hyper::Error),
}

impl StreamBody {
    fn unread(body: Incoming) -> Self {
        Self {
            start: Bytes::new(),
            rest: Some(Rest::Open(body)),
        }
    }

    /// Reads the body if it is not longer than this. Otherwise the bytes that were read stay at its
    /// start.
    async fn read_short(&mut self, longest: usize) {
        let mut read = BytesMut::new();
        while let Some(Rest::Open(body)) = &mut self.rest {
            match body.frame().await {
                None => self.rest = None,
                Some(Err(error)) => self.rest = Some(Rest::Broken(error)),
                Some(Ok(frame)) => read.extend_from_slice(&frame.into_data().unwrap_or_default()),
            }
            if read.len() > longest {
                break;
            }
        }
        self.start = read.freeze();
    }

    /// The body, if all of it has been read.
    fn whole(&self) -> Option<&Bytes> {
        self.rest.is_none().then_some(&self.start)
    }

    /// The next chunk of content; `None` at the end.
    pub fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        loop {
            match ready!(Pin::new(&mut *self).poll_frame(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(broken_response(&error)))),
                Some(Ok(frame)) => {
                    if let Ok(chunk) = frame.into_data() {
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                }
            }
        }
    }
}

impl Body for StreamBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if !self.start.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.start)))));
        }
        match self.rest.take() {
            None => Poll::Ready(None),
            Some(Rest::Broken(error)) => Poll::Ready(Some(Err(error))),
            Some(Rest::Open(mut body)) => {
                let frame = Pin::new(&mut body).poll_frame(context);
                self.rest = Some(Rest::Open(body));
                frame
            }
        }
    }
}

/// Scalekit's errors have a few hundred bytes. A longer error response is the provider's.
const LONGEST_ERROR: usize = 64 * 1024;

impl Connections {
    /// Sends a request with our token, and reads the response.
    pub async fn http(
        &self,
        request: HttpRequest,
        token: Token,
        attempt: &Attempt,
    ) -> Result<HttpResponse, Error> {
        let response = self.send(with_token(request, token), attempt).await?;
        self.whole(response).await
    }

    /// Reads the rest of a response.
    pub async fn collect(&self, response: HttpStream) -> Result<HttpResponse, Error> {
        self.whole(response).await
    }

    /// Sends a proxied request with our token. The error is that of a token that Scalekit rejected
    /// before the proxy did anything.
    pub async fn proxy(
        &self,
        request: HttpRequest,
        token: Token,
        attempt: &Attempt,
    ) -> Result<Proxied, Error> {
        let response = self.send(with_token(request, token), attempt).await?;
        let mut response = response.map(StreamBody::unread);
        let status = response.status();
        // The body tells who wrote an error. Scalekit's errors are JSON.
        let is_error = status.is_client_error() || status.is_server_error();
        if !is_error || !is_json(response.headers()) {
            return Ok(Proxied {
                response,
                error: None,
            });
        }
        response.body_mut().read_short(LONGEST_ERROR).await;
        let body = response.body().whole();
        match body.and_then(|body| proxy_error(status, response.headers(), body)) {
            Some(error) if error.token_refused() => Err(error),
            error => Ok(Proxied { response, error }),
        }
    }

    /// Requests a token from the environment's token endpoint.
    pub async fn fetch_token(&self, credentials: &ClientCredentials) -> Result<AccessToken, Error> {
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
        // The caller limits the time.
        let attempt = Attempt::until(Deadline::after(Duration::MAX));
        let response = self.send(request, &attempt).await?;
        let secrets = Secrets::new([credentials.client_secret.expose()]);
        issued_token(&self.whole(response).await?, &secrets)
    }

    async fn send(
        &self,
        request: HttpRequest,
        attempt: &Attempt,
    ) -> Result<Response<Incoming>, Error> {
        // hyper omits the length of an empty body, and some servers reject such a request (RFC
        // 9110, section 8.6).
        let says_length = matches!(request.method, Method::POST | Method::PUT | Method::PATCH);
        let mut sent = Request::new(request.body.start().await?);
        *sent.method_mut() = request.method;
        *sent.uri_mut() = Uri::from(request.path);
        *sent.headers_mut() = request.headers;
        if says_length && sent.body().is_end_stream() {
            let none = HeaderValue::from_static("0");
            sent.headers_mut().insert(header::CONTENT_LENGTH, none);
        }
        self.common_headers(sent.headers_mut())?;
        self.pools.here()?.http1.request(sent, attempt).await
    }

    async fn whole<B>(&self, response: Response<B>) -> Result<HttpResponse, Error>
    where
        B: Body<Data = Bytes, Error: Into<BoxError>>,
    {
        let (head, body) = response.into_parts();
        let body = self.read_whole(body).await?;
        Ok(HttpResponse {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
        })
    }
}

fn with_token(mut request: HttpRequest, token: Token) -> HttpRequest {
    request.headers.insert(header::AUTHORIZATION, token.header);
    request
}

/// Whether the content type is JSON.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers)
        .is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json"))
}

/// The content type without its parameters.
fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(str::trim)
}

/// Scalekit's error, if a JSON response to a proxied request is Scalekit's and not the provider's.
/// Only this function decides for the proxy whether our token was rejected before anything was
/// forwarded.
///
/// An error of the proxy is an object with exactly the two keys `detail` and `code`. A body in the
/// format of the API with `ErrorInfo` comes from the layers around the proxy. Any other body is the
/// provider's, and so is a 401 with a code other than `UNAUTHORIZED`.
fn proxy_error(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<Error> {
    let is_401 = status == StatusCode::UNAUTHORIZED;
    let (error, refuses_token) = match two_keys(body) {
        Some((code, _)) if is_401 && code != "UNAUTHORIZED" => return None,
        Some((code, detail)) => {
            let refuses_token = is_401;
            (Error::proxy(status.as_u16(), code, detail), refuses_token)
        }
        None => {
            let rest = RestStatus::read(body)?;
            let details = rest.details();
            // Otherwise it may be a provider with the same error format.
            details.error_code.as_ref()?;
            let refuses_token = is_401
                && rest.code() == Code::Unauthenticated
                && !details.unreadable
                && details.tool_error.is_none();
            let error = Error::status(rest.code(), rest.message, details)
                .with_http_status(status.as_u16(), true);
            (error, refuses_token)
        }
    };
    let retry_after = error.retry_after().or(retry_after(headers));
    let error = error.with_retry_after(retry_after);
    Some(match refuses_token {
        true => error.with_token_refused(),
        false => error,
    })
}

/// Code and detail of a proxy error. Its codes are upper case, unlike those of providers with the
/// same two keys (Python frameworks return `{"detail": "…", "code": "not_authenticated"}`).
fn two_keys(body: &[u8]) -> Option<(String, String)> {
    // No other key, and no key twice.
    if serde_json::from_slice::<Map<String, Value>>(body)
        .ok()?
        .len()
        != 2
    {
        return None;
    }
    let Ok([Some(Value::String(detail)), Some(Value::String(code))]) =
        read_fields(body, ["detail", "code"])
    else {
        return None;
    };
    let is_code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let starts = code.starts_with(|first: char| first.is_ascii_uppercase());
    (starts && code.bytes().all(is_code)).then_some((code, detail))
}

/// The lifetime of a token without `expires_in`. A token that expires earlier is renewed when it is
/// rejected.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// The token in a response of the token endpoint.
pub(crate) fn issued_token(
    response: &HttpResponse,
    secrets: &Secrets,
) -> Result<AccessToken, Error> {
    if !response.status.is_success() || is_html(response) {
        let retry_after = retry_after(&response.headers);
        return Err(no_token(response, secrets).with_retry_after(retry_after));
    }
    let wrong = |reason: &str| Error::decode(format!("the token endpoint's response {reason}"));
    let [access_token, expires_in] = read_fields(&response.body, ["access_token", "expires_in"])
        .map_err(|reason| wrong(&reason))?;
    let access_token = match access_token {
        Some(Value::String(token)) if token.is_empty() => {
            return Err(wrong("has an empty access_token"));
        }
        Some(Value::String(token)) => Secret::from(token),
        _ => return Err(wrong("has no access_token")),
    };
    let expires_in = expires_in.and_then(lifetime).unwrap_or(UNKNOWN_LIFETIME);
    Ok(AccessToken::new(access_token, expires_in))
}

/// Seconds as a number or as text, whole or not.
fn lifetime(expires_in: Value) -> Option<Duration> {
    let seconds = match expires_in {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    match seconds {
        0.0.. => Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)),
        _ => None,
    }
}

fn is_html(response: &HttpResponse) -> bool {
    media_type(&response.headers).is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"))
}

/// The error of a response of the token endpoint.
fn no_token(response: &HttpResponse, secrets: &Secrets) -> Error {
    let status = response.status.as_u16();
    let [error, description] =
        read_fields(&response.body, ["error", "error_description"]).unwrap_or_default();
    let text = |field: Option<Value>| match field {
        Some(Value::String(mut text)) => {
            secrets.hide(&mut text);
            text
        }
        _ => String::new(),
    };
    let (error, description) = (text(error), text(description));
    let said = match (&*error, &*description) {
        ("", "") => String::new(),
        (error, "") => format!(" ({error})"),
        ("", description) => format!(" ({description})"),
        (error, description) => format!(" ({error}: {description})"),
    };
    let is_about_us = matches!(status, 401 | 403)
        || matches!(
            &*error,
            "invalid_client" | "unauthorized_client" | "access_denied" | "invalid_grant"
        );
    match status {
        // A token request has no side effect, so that it can always be retried.
        408 | 429 | 500..=599 => Error::no_token(
            ErrorKind::ServiceUnavailable,
            status,
            format!("the token endpoint is not available at the moment{said}"),
        ),
        _ if is_html(response) => Error::no_token(
            ErrorKind::Config,
            status,
            "the token endpoint responded with a web page: env_url is not the URL of a Scalekit \
             environment",
        ),
        _ if is_about_us => Error::no_token(
            ErrorKind::Unauthorized,
            status,
            format!("the token endpoint refused{said}: check client id, client secret and env_url"),
        ),
        _ => Error::no_token(
            ErrorKind::Config,
            status,
            format!("there is no token endpoint at env_url, or it refused{said}: check env_url"),
        ),
    }
}

#[cfg(test)]
mod tests;
