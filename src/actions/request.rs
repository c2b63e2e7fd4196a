//! Calling the provider's own API through Scalekit's proxy, which adds the user's credentials.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use tokio::time::Sleep;

use super::{Form, path};
use crate::call::{
    Call, Deadline, RetryPolicy, call_builder, may_be_idempotent, operations, run, secrets,
};
use crate::model::not_blank;
use crate::transport::{
    HttpRequest, HttpResponse, HttpStream, Once, Piece, Proxied, RequestBody, Transport,
    retry_after,
};
use crate::{Client, Error, Outcome};

/// Headers that this crate, the proxy or HTTP itself sets: a caller's own could reach another
/// account or another request.
const RESERVED: [&str; 17] = [
    "authorization",
    "connection_name",
    "identifier",
    "host",
    "content-length",
    "transfer-encoding",
    "x-sdk-version",
    "x-api-version",
    "user-agent",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
];

#[derive(Clone, Default)]
pub(crate) struct Request {
    method: Method,
    connection_name: String,
    identifier: String,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: RequestBody,
}

call_builder! {
    /// Calls the provider's own API with a user's credentials, which Scalekit's proxy adds.
    ///
    /// The path is the provider's, such as `/gmail/v1/users/me/profile`; it may have a query, and
    /// must be percent-encoded where needed. A path that could leave the provider's API, such as
    /// one with `..`, is refused. Redirects are not followed: they are answers. So is every status:
    /// see [`ProxyResponse::error_for_status`].
    ///
    /// Repeated after transient failures when the method is one that HTTP calls idempotent (GET,
    /// HEAD, OPTIONS, PUT, DELETE, TRACE) or you declare the call [`idempotent`](Self::idempotent);
    /// never because of the status that the provider answered.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// #[derive(serde::Deserialize)]
    /// #[serde(rename_all = "camelCase")]
    /// struct Profile {
    ///     email_address: String,
    /// }
    /// let profile: Profile = client
    ///     .actions()
    ///     .request("gmail", "alice@example.com", "/gmail/v1/users/me/profile")
    ///     .await?
    ///     .error_for_status()?
    ///     .json()?;
    /// # let _ = profile.email_address;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when a name is blank or not ASCII, the path could leave the provider's API, a
    /// header is reserved or malformed, or the body is not JSON; `Unauthorized` when Scalekit
    /// refused our own token twice; those of every call.
    ProxyRequest(Request) -> ProxyResponse
}
may_be_idempotent!(ProxyRequest);

impl ProxyRequest {
    pub(super) fn new(
        client: &Client,
        connection_name: String,
        identifier: String,
        path: String,
    ) -> Self {
        let request = not_blank("connection_name", connection_name).and_then(|connection_name| {
            let identifier = not_blank("identifier", identifier)?;
            Ok(Request {
                connection_name,
                identifier,
                path,
                ..Default::default()
            })
        });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// The HTTP method; GET unless set.
    pub fn method(mut self, method: Method) -> Self {
        self.call.request.method = method;
        self
    }

    /// Adds query parameters, which are encoded here.
    pub fn query<N: Into<String>, V: ToString>(
        mut self,
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let pairs = pairs
            .into_iter()
            .map(|(name, value)| (name.into(), value.to_string()));
        self.call.request.query.extend(pairs);
        self
    }

    /// Adds a header. Those that this crate, the proxy or HTTP itself sets are refused.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        if let Some((name, value)) = self.call.check(header(name.as_ref(), value.as_ref())) {
            self.call.request.headers.append(name, value);
        }
        self
    }

    /// Sends JSON: anything that serializes.
    pub fn json(self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(json) => self.body(json, "application/json"),
            Err(error) => self.invalid(Error::invalid_input(
                "body",
                format_args!("cannot be written as JSON: {error}"),
            )),
        }
    }

    /// Sends a multipart form: a [`Form`], or pairs of names and values.
    pub fn form(self, form: impl Into<Form>) -> Self {
        match form.into().encode() {
            Ok((content_type, body)) => self.request_body(body, &content_type),
            Err(error) => self.invalid(error),
        }
    }

    /// Sends these bytes as this media type.
    pub fn body(self, body: impl Into<Bytes>, content_type: impl AsRef<str>) -> Self {
        self.request_body(body.into().into(), content_type.as_ref())
    }

    /// Sends what a stream gives, as this media type, while it gives it: nothing is held in memory.
    /// Such a request is sent at most once: it is never repeated, and a copy of this call cannot be
    /// sent again.
    pub fn body_stream<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        self,
        body: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
        content_type: impl AsRef<str>,
    ) -> Self {
        let body = RequestBody::new(vec![Piece::Stream(Once::new(body))]);
        self.request_body(body, content_type.as_ref())
    }

    fn request_body(mut self, body: RequestBody, content_type: &str) -> Self {
        if let Some((name, value)) = self
            .call
            .check(header(header::CONTENT_TYPE.as_str(), content_type))
        {
            self.call.request.headers.insert(name, value);
            self.call.request.body = body;
        }
        self
    }

    fn invalid(mut self, error: Error) -> Self {
        self.call.check::<()>(Err(error));
        self
    }

    /// Makes the call.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<ProxyResponse, Error> {
        let prepared = self.prepare()?;
        let (answer, origin) = prepared
            .run(async |transport, answer| transport.collect(answer).await)
            .await?;
        Ok(ProxyResponse::new(answer, origin))
    }

    /// Makes the call, and leaves the body of the answer to be read as it comes: for downloads that
    /// are too large for memory. The deadline of the call holds until the end of the body; the size
    /// has no limit.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let mut download = client
    ///     .actions()
    ///     .request("drive", "alice@example.com", "/drive/v3/files/1?alt=media")
    ///     .timeout(std::time::Duration::from_secs(600))
    ///     .send_streaming()
    ///     .await?
    ///     .error_for_status()?;
    /// while let Some(chunk) = download.chunk().await? {
    ///     println!("{} bytes", chunk.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See the type; what breaks while the body is read is an error of the stream.
    pub async fn send_streaming(self) -> Result<ProxyStream, Error> {
        let prepared = self.prepare()?;
        let (answer, origin) = prepared.run(async |_, answer| Ok(answer)).await?;
        Ok(ProxyStream::new(answer, prepared.deadline, origin))
    }

    fn prepare(self) -> Result<Prepared, Error> {
        let operation = &operations::REQUEST;
        self.call.validate(operation)?;
        let client = self.call.client.clone();
        let deadline = client.deadline(operation, &self.call.options);
        let mut policy = client.retry_policy(operation, &self.call.options);
        policy.idempotent |= self.call.request.method.is_idempotent();
        if !self.call.request.body.is_whole() {
            policy.max_attempts = 1;
        }
        let request = self.call.request.into_http();
        Ok(Prepared {
            client,
            policy,
            deadline,
            request: request.map_err(|error| error.with_call(operation.name))?,
        })
    }
}

/// A request with everything that is needed to make it.
struct Prepared {
    client: Client,
    policy: RetryPolicy,
    deadline: Deadline,
    request: HttpRequest,
}

/// What is known of a response besides the response.
#[derive(Clone)]
struct Origin {
    attempts: u32,
    is_repeatable: bool,
    /// What Scalekit said is wrong, when it is Scalekit that responded.
    error: Option<Error>,
}

impl Origin {
    /// Nothing for a status below 400; else Scalekit's error, or that of the provider.
    fn check(&self, status: StatusCode, headers: &HeaderMap) -> Result<(), Error> {
        if !status.is_client_error() && !status.is_server_error() {
            return Ok(());
        }
        let error = self.error.clone().unwrap_or_else(|| {
            Error::provider(status.as_u16()).with_retry_after(retry_after(headers))
        });
        Err(error
            .with_call(operations::REQUEST.name)
            .with_attempts(self.attempts)
            .with_repeatable(self.is_repeatable))
    }
}

impl Prepared {
    async fn run<T>(
        &self,
        read: impl AsyncFn(&Transport, HttpStream) -> Result<T, Error>,
    ) -> Result<(T, Origin), Error> {
        let (client, read) = (&self.client, &read);
        let (policy, deadline) = (self.policy, self.deadline);
        let call = run(
            client,
            &operations::REQUEST,
            policy,
            deadline,
            |token, _| {
                let request = self.request.clone();
                async move {
                    let transport = client.transport()?;
                    let Proxied { response, error } =
                        transport.proxy(request, token.clone()).await?;
                    let error = error.map(|error| error.without(&secrets(client, Some(&token))));
                    Ok((read(transport, response).await?, error))
                }
            },
        );
        // Boxed for the same reason as in `Call::unary`.
        let done = Box::pin(call).await?;
        let (response, error) = done.value;
        let origin = Origin {
            attempts: done.attempts,
            is_repeatable: policy.idempotent,
            error,
        };
        Ok((response, origin))
    }
}

impl Request {
    fn into_http(self) -> Result<HttpRequest, Error> {
        let path = path::target(&self.path, &self.query)?;
        let mut headers = self.headers;
        let named = |parameter, text: &str| {
            // Beyond ASCII, a header has no encoding that every server agrees on.
            let value = text.is_ascii().then(|| HeaderValue::from_str(text));
            value.and_then(Result::ok).ok_or_else(|| {
                let what = "must be printable ASCII in a proxied request";
                Error::invalid_input(parameter, what)
            })
        };
        let connection_name = named("connection_name", &self.connection_name)?;
        headers.insert(HeaderName::from_static("connection_name"), connection_name);
        let identifier = named("identifier", &self.identifier)?;
        headers.insert(HeaderName::from_static("identifier"), identifier);
        Ok(HttpRequest {
            method: self.method,
            path,
            headers,
            body: self.body,
        })
    }
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let lower = name.to_ascii_lowercase();
    if RESERVED.contains(&lower.as_str()) {
        return Err(Error::invalid_input(
            "header",
            format_args!("{lower} is set by the client, the proxy or HTTP itself"),
        ));
    }
    let name = HeaderName::try_from(lower).map_err(|_| {
        Error::invalid_input(
            "header",
            format_args!("{name:?} is not the name of a header"),
        )
    })?;
    let value = HeaderValue::try_from(value).map_err(|_| {
        Error::invalid_input(
            "header",
            format_args!("{name} has a value that no header can hold"),
        )
    })?;
    Ok((name, value))
}

/// What a provider answered through the proxy, whatever its status.
///
/// `Debug` shows the status and the length of the body.
#[derive(Clone)]
pub struct ProxyResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    origin: Origin,
}

impl ProxyResponse {
    fn new(answer: HttpResponse, origin: Origin) -> Self {
        Self {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            origin,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) when it is not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.body).map_err(|error| {
            Error::decode(format!("the body is not UTF-8: {error}")).with_call("request")
        })
    }

    /// The body as a type of yours, or as `serde_json::Value`.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) when it is not JSON of that form. The error
    /// does not quote the body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let wanted = std::any::type_name::<T>();
            let error = error.to_string();
            // What stands before is what was found instead, and quotes it.
            let reason = match error.rfind(", expected ") {
                Some(at) => &error[at + 2..],
                None => &error,
            };
            let message = format!(
                "the body (HTTP {}) is not JSON for {wanted}: {reason}",
                self.status
            );
            Error::decode(message).with_call("request")
        })
    }

    /// The response itself when its status is below 400.
    ///
    /// # Errors
    /// For 4xx and 5xx, an error with the [`http_status`](Error::http_status).
    ///
    /// What a provider says is of the kinds of a tool: `ToolUnauthorized` (401), `ToolForbidden`
    /// (403), `ToolRateLimit` (429) or `Tool`; the error does not carry the body: read that before.
    /// What Scalekit itself says instead of the provider, for example that the account does not
    /// exist or is not active, or that the proxy is switched off, is of the other kinds, with
    /// Scalekit's message and [`error_code`](Error::error_code).
    pub fn error_for_status(self) -> Result<Self, Error> {
        self.origin.check(self.status, &self.headers)?;
        Ok(self)
    }
}

impl fmt::Debug for ProxyResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyResponse")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What a provider answers through the proxy, read as it comes: a stream of chunks.
///
/// `Debug` shows the status.
pub struct ProxyStream {
    answer: HttpStream,
    deadline: Deadline,
    /// Until the deadline.
    sleep: Pin<Box<Sleep>>,
    origin: Origin,
    ended: bool,
}

impl ProxyStream {
    fn new(answer: HttpStream, deadline: Deadline, origin: Origin) -> Self {
        Self {
            answer,
            deadline,
            sleep: Box::pin(tokio::time::sleep_until(deadline.at)),
            origin,
            ended: false,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.answer.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.answer.headers()
    }

    /// The stream itself when its status is below 400.
    ///
    /// # Errors
    /// As of [`ProxyResponse::error_for_status`].
    pub fn error_for_status(self) -> Result<Self, Error> {
        self.origin.check(self.status(), self.headers())?;
        Ok(self)
    }

    /// The next chunk of the body; `None` at its end.
    ///
    /// # Errors
    /// `Connection` when the connection breaks, `GatewayTimeout` at the deadline. The stream is at
    /// its end after that.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context))
            .await
            .transpose()
    }
}

impl Stream for ProxyStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let mut chunk = self.answer.body_mut().poll_chunk(context);
        if chunk.is_pending() && self.sleep.as_mut().poll(context).is_ready() {
            chunk = Poll::Ready(Some(Err(self.deadline.error(Outcome::Unknown))));
        }
        self.ended = matches!(chunk, Poll::Ready(None | Some(Err(_))));
        chunk.map_err(|error| {
            error
                .with_call(operations::REQUEST.name)
                .with_attempts(self.origin.attempts)
                .with_repeatable(self.origin.is_repeatable)
        })
    }
}

impl fmt::Debug for ProxyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyStream")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_headers_are_refused_in_any_case() {
        for name in [
            "Authorization",
            "connection_name",
            "IDENTIFIER",
            "Host",
            "X-Api-Version",
        ] {
            let error = header(name, "x").expect_err(name);
            assert!(error.to_string().contains(&name.to_lowercase()), "{error}");
        }
        assert!(header("x-request-id", "1").is_ok());
        assert!(header("bad name", "1").is_err());
        assert!(header("x-a", "1\r\nx-b: 2").is_err());
    }
}
