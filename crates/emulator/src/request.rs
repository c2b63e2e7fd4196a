//! Reads requests and enters them into the journal.

use std::sync::Arc;

use bytes::Bytes;
use http::Uri;
use http::uri::PathAndQuery;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;

use crate::call::Protocol;
use crate::code::Code;
use crate::journal::{Journal, OpenEntry, RecordedBody};
use crate::status::Status;

/// The largest request body that is read.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// A request whose body has been read, with its journal entry.
pub(crate) struct Received {
    pub(crate) parts: http::request::Parts,
    pub(crate) body: Bytes,
    pub(crate) entry: OpenEntry,
}

impl Received {
    /// Reads a request that may carry a form. The journal shows its path without the query. A body
    /// that cannot be read counts as empty.
    pub(crate) async fn form(
        journal: &Arc<Journal>,
        protocol: Protocol,
        request: http::Request<Incoming>,
    ) -> Self {
        let (parts, body) = request.into_parts();
        let body = read_body(body).await.unwrap_or_default();
        let recorded = if body.is_empty() {
            RecordedBody::None
        } else {
            RecordedBody::Form(body.clone())
        };
        let method = format!("{} {}", parts.method, parts.uri.path());
        let entry = journal.begin(protocol, method, None, &parts.headers, recorded);
        Received { parts, body, entry }
    }

    /// Reads a request with a body of any type. The journal shows its path and query.
    pub(crate) async fn raw(
        journal: &Arc<Journal>,
        protocol: Protocol,
        request: http::Request<Incoming>,
    ) -> Result<Self, Status> {
        let (parts, body) = request.into_parts();
        let body = read_body(body).await?;
        let method = format!("{} {}", parts.method, target(&parts.uri));
        let recorded = RecordedBody::Raw(body.clone());
        let entry = journal.begin(protocol, method, None, &parts.headers, recorded);
        Ok(Received { parts, body, entry })
    }
}

/// The path and query of a request.
pub(crate) fn target(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", PathAndQuery::as_str)
}

/// Reads a whole body.
pub(crate) async fn read_body(body: Incoming) -> Result<Bytes, Status> {
    Limited::new(body, MAX_BODY)
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .map_err(|error| {
            Status::new(
                Code::InvalidArgument,
                format!("the request body cannot be read: {error}"),
            )
        })
}
