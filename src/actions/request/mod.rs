//! Requests to a provider's API through Scalekit's proxy, which adds the user's credentials.

mod message;
mod prepared;
mod response;
mod stream;

pub use response::ProxyResponse;
pub use stream::ProxyStream;

use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderValue, Method, header};
use serde::Serialize;

use super::{Multipart, headers};
use crate::builder::{Call, call_builder, may_be_idempotent};
use crate::call::operations;
use crate::model::not_blank;
use crate::transport::{BodyPart, BodyStream, RequestBody};
use crate::{Client, Error};
use message::{BodyType, Message};
use prepared::Prepared;

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
    /// DELETE) or you declare the call [`idempotent`](Self::idempotent). Not retried because of
    /// the status of the provider's response, except for 429 with
    /// [`wait_on_rate_limit`](Self::wait_on_rate_limit).
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
    ProxyRequest(Message) -> ProxyResponse
}
may_be_idempotent!(ProxyRequest);

impl ProxyRequest {
    pub(in crate::actions) fn new(
        client: &Client,
        connection_name: String,
        identifier: String,
        path: String,
    ) -> Self {
        let request = not_blank("connection_name", connection_name).and_then(|connection_name| {
            let identifier = not_blank("identifier", identifier)?;
            Ok(Message {
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
        if let Some(method) = self.call.check(message::sendable(method)) {
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
    /// Name and value are strings, or a [`HeaderName`](http::HeaderName) and a [`HeaderValue`].
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
        self.stream(BodyStream::new(body, None), content_type.as_ref())
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
        self.stream(BodyStream::new(body, Some(length)), content_type.as_ref())
    }

    fn stream(self, stream: BodyStream, content_type: &str) -> Self {
        let body = RequestBody::new(vec![BodyPart::Stream(stream)]);
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
            policy.wait_on_rate_limit = Duration::ZERO;
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
