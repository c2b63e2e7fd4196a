//! Requests to a provider's API through Scalekit's proxy, which adds the user's credentials.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use tokio::time::Sleep;
use tracing::Span;

use super::{Multipart, content, headers, path};
use crate::call::{
    Attempt, Call, Deadline, RetryPolicy, call_builder, may_be_idempotent, operations, run, secrets,
};
use crate::model::not_blank;
use crate::transport::{
    Connections, HttpRequest, HttpResponse, HttpStream, Once, Piece, Proxied, RequestBody,
    retry_after,
};
use crate::{Client, Error, Outcome};

#[derive(Clone, Default)]
pub(crate) struct Request {
    method: Method,
    connection_name: String,
    identifier: String,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    /// Set as a header. It replaces the content type of the body.
    content_type: Option<HeaderValue>,
    body: RequestBody,
    body_type: BodyType,
}

/// The content type of a body.
#[derive(Clone, Default)]
enum BodyType {
    #[default]
    None,
    Given(HeaderValue),
    /// With the boundary, which the receiver needs.
    Multipart(HeaderValue),
}

call_builder! {
    /// Sends a request to the provider's API through Scalekit's proxy, which adds the user's
    /// credentials.
    ///
    /// The path is that of the provider's API, such as `/gmail/v1/users/me/profile`. It must be
    /// percent-encoded. It may have a query, which is encoded where necessary. A path that could
    /// leave the provider's API, such as one with `..`, is an error. Redirects are not followed. A
    /// response with any status is `Ok`: see [`ProxyResponse::error_for_status`].
    ///
    /// Retried after transient failures if the HTTP method is idempotent (GET, HEAD, OPTIONS, PUT,
    /// DELETE) or you declare the call [`idempotent`](Self::idempotent). Never retried because of
    /// the status of the provider's response.
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
    /// `InvalidInput` if a name is blank, is not printable ASCII, or begins or ends with a blank;
    /// if the path could leave the provider's API; if the method is CONNECT, TRACE or TRACK; if a
    /// header is reserved or malformed; or if the body cannot be serialized or does not have its
    /// declared length. `Unauthorized` if Scalekit rejected the access token twice. Also the errors
    /// of every call.
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

    /// The HTTP method; GET by default. Standard methods are sent in upper case. CONNECT, TRACE and
    /// TRACK are errors: they would expose or misuse the access token.
    pub fn method(mut self, method: Method) -> Self {
        if let Some(method) = self.call.check(sendable(method)) {
            self.call.request.method = method;
        }
        self
    }

    /// Adds query parameters and encodes them.
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

    /// Adds a header. Headers that are set by this crate, the proxy or HTTP are errors, and so are
    /// headers with which a request could reach another host or path.
    ///
    /// A `content-type` replaces the content type of the body. `accept` is `*/*` by default. A
    /// request with a header such as `x-http-method-override` is retried only if it is declared
    /// [`idempotent`](Self::idempotent).
    ///
    /// Name and value are strings, or a [`HeaderName`] and a [`HeaderValue`].
    pub fn header(mut self, name: impl AsRef<str>, value: impl TryInto<HeaderValue>) -> Self {
        let name = name.as_ref();
        let value = value.try_into().ok();
        let request = &mut self.call.request;
        let set = match name.eq_ignore_ascii_case(header::CONTENT_TYPE.as_str()) {
            true => {
                headers::checked(name, value).map(|(_, value)| request.content_type = Some(value))
            }
            false => headers::add(&mut request.headers, name, value),
        };
        self.call.check(set);
        self
    }

    /// Sends a value as JSON.
    pub fn json(self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(json) => self.body(json, "application/json"),
            Err(error) => self.invalid(Error::invalid_input(
                "body",
                format_args!("cannot be written as JSON: {error}"),
            )),
        }
    }

    /// Sends a form as `application/x-www-form-urlencoded`.
    pub fn form<N: AsRef<str>, V: ToString>(self, pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in pairs {
            form.append_pair(name.as_ref(), &value.to_string());
        }
        self.body(form.finish(), "application/x-www-form-urlencoded")
    }

    /// Sends a form as `multipart/form-data`: a [`Multipart`], or pairs of names and values.
    pub fn multipart(self, form: impl Into<Multipart>) -> Self {
        match form.into().encode() {
            Ok((content_type, body)) => self.request_body(body, &content_type, BodyType::Multipart),
            Err(error) => self.invalid(error),
        }
    }

    /// Sends bytes with this content type.
    pub fn body(self, body: impl Into<Bytes>, content_type: impl AsRef<str>) -> Self {
        self.request_body(body.into().into(), content_type.as_ref(), BodyType::Given)
    }

    /// Streams the body, with this content type, without buffering it. Such a request is never
    /// retried, and a clone of this builder cannot be sent again.
    pub fn body_stream<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        self,
        body: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
        content_type: impl AsRef<str>,
    ) -> Self {
        self.stream(Once::new(body, None), content_type.as_ref())
    }

    /// Streams a body of a known length in bytes: like [`body_stream`](Self::body_stream), with a
    /// `content-length`, which some providers require. The call fails if the stream yields more or
    /// fewer bytes. The last bytes are sent only when the stream has ended.
    pub fn body_stream_with_length<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        self,
        body: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
        length: u64,
        content_type: impl AsRef<str>,
    ) -> Self {
        self.stream(Once::new(body, Some(length)), content_type.as_ref())
    }

    fn stream(self, stream: Once, content_type: &str) -> Self {
        let body = RequestBody::new(vec![Piece::Stream(stream)]);
        self.request_body(body, content_type, BodyType::Given)
    }

    fn request_body(
        mut self,
        body: RequestBody,
        content_type: &str,
        as_type: fn(HeaderValue) -> BodyType,
    ) -> Self {
        let value = HeaderValue::try_from(content_type).ok();
        let content_type = headers::checked(header::CONTENT_TYPE.as_str(), value);
        if let Some((_, content_type)) = self.call.check(content_type) {
            self.call.request.body_type = as_type(content_type);
            self.call.request.body = body;
        }
        self
    }

    fn invalid(mut self, error: Error) -> Self {
        self.call.check::<()>(Err(error));
        self
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<ProxyResponse, Error> {
        let prepared = self.prepare()?;
        let (response, origin) = prepared
            .run(async |connections, response| connections.collect(response).await)
            .await?;
        Ok(ProxyResponse::new(response, origin))
    }

    /// Sends the request, and returns the response with a streaming body, for large downloads. The
    /// deadline covers the body. Its size is not limited.
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
    /// See the type. Errors while reading the body are errors of the stream.
    pub async fn send_streaming(self) -> Result<ProxyStream, Error> {
        let prepared = self.prepare()?;
        let (response, origin) = prepared.run(async |_, response| Ok(response)).await?;
        Ok(ProxyStream::new(response, prepared.deadline, origin))
    }

    fn prepare(self) -> Result<Prepared, Error> {
        let operation = &operations::REQUEST;
        self.call.validate(operation)?;
        let client = self.call.client.clone();
        let deadline = client.deadline(operation, &self.call.options);
        let mut policy = client.retry_policy(operation, &self.call.options);
        policy.idempotent |= self.call.request.is_idempotent();
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

/// A request that is ready to be sent.
struct Prepared {
    client: Client,
    policy: RetryPolicy,
    deadline: Deadline,
    request: HttpRequest,
}

/// What is known about a response besides the response itself.
#[derive(Clone)]
struct Origin {
    attempts: u32,
    /// Whether an earlier attempt may have taken effect.
    earlier: Outcome,
    is_repeatable: bool,
    /// Scalekit's error, if Scalekit responded and not the provider.
    error: Option<Error>,
}

impl Origin {
    /// Ok for a status below 400, otherwise the error of Scalekit or of the provider.
    fn check(&self, status: StatusCode, headers: &HeaderMap) -> Result<(), Error> {
        if !status.is_client_error() && !status.is_server_error() {
            return Ok(());
        }
        let error = self.error.clone().unwrap_or_else(|| {
            Error::provider(status.as_u16()).with_retry_after(retry_after(headers))
        });
        let outcome = self.earlier.or(error.outcome());
        Err(error
            .with_call(operations::REQUEST.name)
            .with_outcome(outcome)
            .with_attempts(self.attempts)
            .with_repeatable(self.is_repeatable))
    }
}

impl Prepared {
    async fn run<T>(
        &self,
        read: impl AsyncFn(&Connections, HttpStream) -> Result<T, Error>,
    ) -> Result<(T, Origin), Error> {
        let (client, read) = (&self.client, &read);
        let policy = self.policy;
        let attempt = &Attempt::until(self.deadline);
        let describe = |span: &Span| {
            span.record("http.request.method", self.request.method.as_str());
            let connection_name = self.request.headers.get("connection_name");
            if let Some(Ok(name)) = connection_name.map(HeaderValue::to_str) {
                span.record("scalekit.connection_name", name);
            }
        };
        let call = run(
            client,
            &operations::REQUEST,
            policy,
            attempt,
            describe,
            |token| {
                let request = self.request.clone();
                async move {
                    let connections = client.connections()?;
                    let Proxied { response, error } =
                        connections.proxy(request, token.clone(), attempt).await?;
                    let error = error.map(|error| error.without(&secrets(client, Some(&token))));
                    let status = response.status();
                    Ok((read(connections, response).await?, status, error))
                }
            },
        );
        // Boxed for the same reason as in `Call::unary`.
        let done = Box::pin(call).await?;
        let (response, status, error) = done.value;
        done.span
            .record("http.response.status_code", status.as_u16());
        let origin = Origin {
            attempts: done.attempts,
            earlier: done.earlier,
            is_repeatable: policy.idempotent,
            error,
        };
        Ok((response, origin))
    }
}

impl Request {
    /// Whether the HTTP method is idempotent.
    fn is_idempotent(&self) -> bool {
        let mut names = self.headers.keys();
        let is_overridden = names.any(|name| crate::header::overrides_the_method(name.as_str()));
        self.method.is_idempotent() && !is_overridden
    }

    fn into_http(self) -> Result<HttpRequest, Error> {
        let path = path::target(&self.path, &self.query)?;
        let mut headers = self.headers;
        match (self.content_type, self.body_type) {
            (Some(_), BodyType::Multipart(_)) => {
                let what = "content-type is set by a form, which names its boundary there";
                return Err(Error::invalid_input("header", what));
            }
            (Some(own), _) | (None, BodyType::Given(own) | BodyType::Multipart(own)) => {
                headers.insert(header::CONTENT_TYPE, own);
            }
            (None, BodyType::None) => {}
        }
        let accept = headers.entry(header::ACCEPT);
        accept.or_insert(HeaderValue::from_static("*/*"));
        let named = |parameter, text: &str| {
            crate::header::exact(text)
                .ok_or_else(|| Error::invalid_input(parameter, crate::header::RULE))
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

/// The method to send, if it is allowed.
fn sendable(method: Method) -> Result<Method, Error> {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    let is = |name: &str| method.as_str().eq_ignore_ascii_case(name);
    // CONNECT has no path and leaves /proxy/ with the access token. The others make a server echo
    // it.
    if ["CONNECT", "TRACE", "TRACK"].into_iter().any(is) {
        return Err(Error::invalid_input(
            "method",
            format_args!("must not be {method}: it is not about the provider's API"),
        ));
    }
    let known = KNOWN.into_iter().find(|known| is(known.as_str()));
    Ok(known.unwrap_or(method))
}

/// The provider's response, with any status.
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
    fn new(response: HttpResponse, origin: Origin) -> Self {
        Self {
            status: response.status,
            headers: response.headers,
            body: response.body,
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

    /// The body as text, without its byte order mark.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if it is compressed or not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        content::text(&self.headers, &self.body)
            .map_err(|reason| Error::decode(reason).with_call(operations::REQUEST.name))
    }

    /// Deserializes the body into your type, or into a `serde_json::Value`.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if it is compressed, not UTF-8, or does not
    /// match the type. The error does not quote the body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(self.text()?).map_err(|error| {
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

    /// Returns the response if its status is below 400.
    ///
    /// # Errors
    /// An error with the [`http_status`](Error::http_status) for 4xx and 5xx.
    ///
    /// A provider's error has one of the kinds `ToolUnauthorized` (401), `ToolForbidden` (403),
    /// `ToolRateLimit` (429) and `Tool`. It does not contain the body; read that first. An error of
    /// Scalekit itself has another kind, with Scalekit's message and
    /// [`error_code`](Error::error_code): for example, the account does not exist or is not active,
    /// or the proxy is disabled.
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

/// The provider's response, with a streaming body.
///
/// `Debug` shows the status.
pub struct ProxyStream {
    response: HttpStream,
    deadline: Deadline,
    /// Until the deadline.
    sleep: Pin<Box<Sleep>>,
    origin: Origin,
    ended: bool,
}

impl ProxyStream {
    fn new(response: HttpStream, deadline: Deadline, origin: Origin) -> Self {
        Self {
            response,
            deadline,
            sleep: Box::pin(tokio::time::sleep_until(deadline.at)),
            origin,
            ended: false,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Returns the response if its status is below 400.
    ///
    /// # Errors
    /// The errors of [`ProxyResponse::error_for_status`].
    pub fn error_for_status(self) -> Result<Self, Error> {
        self.origin.check(self.status(), self.headers())?;
        Ok(self)
    }

    /// Returns the next chunk of the body, or `None` at its end.
    ///
    /// # Errors
    /// `Connection` if the connection breaks, `GatewayTimeout` at the deadline. The stream ends
    /// after an error.
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
        // Checked first: a slow reader always finds data waiting.
        let chunk = match self.sleep.as_mut().poll(context).is_ready() {
            true => Poll::Ready(Some(Err(self.deadline.error(Outcome::Unknown)))),
            false => self.response.body_mut().poll_chunk(context),
        };
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
    fn a_method_is_sent_in_its_own_case_unless_the_proxy_must_not_get_it() {
        let method = |name: &str| Method::from_bytes(name.as_bytes()).expect(name);
        for name in ["get", "Head", "post", "pUt", "patch", "DELETE", "options"] {
            let sent = sendable(method(name)).expect(name);
            assert_eq!(sent, method(&name.to_uppercase()));
        }
        // Other methods are case-sensitive (RFC 9110, section 9.1).
        for name in ["PROPFIND", "propfind", "M-SEARCH", "CONNECTED", "purge"] {
            assert_eq!(sendable(method(name)).expect(name), method(name));
        }
        for name in [
            "CONNECT", "connect", "Connect", "TRACE", "trace", "TRACK", "tRack",
        ] {
            let error = sendable(method(name)).expect_err(name);
            assert!(error.to_string().contains(name), "{error}");
            assert!(error.is_invalid_input());
        }
    }
}
