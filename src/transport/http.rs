//! Plain HTTP/1.1: the token endpoint, proxied requests, and what the REST wire sends.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use ::http::uri::PathAndQuery;
use ::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::{Body, Incoming};
use serde_json::Value;

use super::object::fields;
use super::rest::RestStatus;
use super::{BoxError, RequestBody, Transport, broken_answer, transport_error};
use crate::credentials::{ClientCredentials, IssuedToken, Token};
use crate::error::Code;
use crate::{Error, Secret};

/// A request to the environment. Redirects are not followed, and nothing is sent twice.
#[derive(Clone)]
pub(crate) struct HttpRequest {
    pub method: Method,
    pub path: PathAndQuery,
    pub headers: HeaderMap,
    pub body: RequestBody,
}

/// The whole answer.
pub(crate) struct HttpResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// An answer of which the body is still to be read.
pub(crate) type HttpStream = Response<StreamBody>;

/// The body of an answer, read or still to be read.
pub(crate) struct StreamBody(Either<Incoming, Full<Bytes>>);

impl StreamBody {
    /// The next chunk of content; `None` at the end.
    pub fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        loop {
            match ready!(Pin::new(&mut self.0).poll_frame(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(broken_answer(&*error)))),
                Some(Ok(frame)) => {
                    if let Ok(chunk) = frame.into_data() {
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                }
            }
        }
    }
}

impl Transport {
    /// Sends a request with our token, and reads the answer.
    pub async fn http(&self, request: HttpRequest, token: Token) -> Result<HttpResponse, Error> {
        let answer = self.send(with_token(request, token)).await?;
        self.whole(answer).await
    }

    /// Reads the rest of an answer.
    pub async fn collect(&self, answer: HttpStream) -> Result<HttpResponse, Error> {
        self.whole(answer.map(|body| body.0)).await
    }

    /// Sends a proxied request with our token. The error is that of a token that Scalekit refused,
    /// before the proxy did anything.
    pub async fn proxy(&self, request: HttpRequest, token: Token) -> Result<HttpStream, Error> {
        let answer = self.send(with_token(request, token)).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer.map(|body| StreamBody(Either::Left(body))));
        }
        // Whose it is stands in the body.
        let answer = self.whole(answer).await?;
        match answer.refused_our_token() {
            Some(error) => Err(error),
            None => Ok(answer.into()),
        }
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
        issued_token(&self.whole(answer).await?)
    }

    async fn send(&self, request: HttpRequest) -> Result<Response<Incoming>, Error> {
        let mut target = self.config.env_url.clone().into_parts();
        target.path_and_query = Some(request.path);
        let target = Uri::from_parts(target)
            .map_err(|error| Error::config(format!("no request can go to this URL: {error}")))?;
        // hyper says nothing of an empty body, and some servers refuse such a request (RFC 9110,
        // section 8.6).
        let says_length = matches!(request.method, Method::POST | Method::PUT | Method::PATCH);
        let mut sent = Request::new(request.body.start().await?);
        *sent.method_mut() = request.method;
        *sent.uri_mut() = target;
        *sent.headers_mut() = request.headers;
        if says_length && sent.body().is_end_stream() {
            let none = HeaderValue::from_static("0");
            sent.headers_mut().insert(header::CONTENT_LENGTH, none);
        }
        self.common_headers(sent.headers_mut());
        self.http1.request(sent).await.map_err(transport_error)
    }

    async fn whole<B>(&self, answer: Response<B>) -> Result<HttpResponse, Error>
    where
        B: Body<Data = Bytes, Error: Into<BoxError>>,
    {
        let (head, body) = answer.into_parts();
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

impl From<HttpResponse> for HttpStream {
    fn from(answer: HttpResponse) -> Self {
        let mut stream = Response::new(StreamBody(Either::Right(Full::new(answer.body))));
        *stream.status_mut() = answer.status;
        *stream.headers_mut() = answer.headers;
        stream
    }
}

impl HttpResponse {
    /// The error when Scalekit itself turned the request away for our token, before the proxy did
    /// anything. A 401 of any other form is the provider's, and the caller's to see.
    fn refused_our_token(&self) -> Option<Error> {
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

/// The token that the token endpoint's answer brings.
pub(crate) fn issued_token(answer: &HttpResponse) -> Result<IssuedToken, Error> {
    if !answer.status.is_success() {
        return Err(Error::http(answer.status.as_u16(), refusal(&answer.body))
            .with_retry_after(retry_after(&answer.headers)));
    }
    let wrong = |reason: &str| Error::decode(format!("the token endpoint's answer {reason}"));
    let [access_token, expires_in] =
        fields(&answer.body, ["access_token", "expires_in"]).map_err(|reason| wrong(&reason))?;
    let access_token = match access_token {
        Some(Value::String(token)) if token.is_empty() => {
            return Err(wrong("has an empty access_token"));
        }
        Some(Value::String(token)) => Secret::from(token),
        _ => return Err(wrong("has no access_token")),
    };
    let Some(seconds) = expires_in.and_then(|seconds| seconds.as_u64()) else {
        return Err(wrong("has no expires_in in whole seconds"));
    };
    Ok(IssuedToken {
        access_token,
        lifetime: Duration::from_secs(seconds),
    })
}

/// Why the token endpoint gave no token.
fn refusal(body: &[u8]) -> String {
    let [error, description] = fields(body, ["error", "error_description"]).unwrap_or_default();
    let text = |field: Option<Value>| match field {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let reason = match (&*text(error), &*text(description)) {
        ("", "") => String::new(),
        (error, "") => format!(" ({error})"),
        ("", description) => format!(" ({description})"),
        (error, description) => format!(" ({error}: {description})"),
    };
    format!(
        "the token endpoint refused{reason}: check environment URL, client id and client secret"
    )
}
