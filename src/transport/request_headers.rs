//! Headers that the application adds to each request, such as the context of a trace.

use std::fmt;
use std::sync::Arc;

use ::http::HeaderMap;

use crate::{Error, header};

/// A function of the application that adds headers to each request.
#[derive(Clone)]
pub(crate) struct RequestHeaders(pub Arc<dyn Fn(&mut HeaderMap) + Send + Sync>);

impl fmt::Debug for RequestHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestHeaders")
    }
}

impl RequestHeaders {
    /// Adds the headers that the request does not have.
    pub fn add(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        let mut added = HeaderMap::new();
        (self.0)(&mut added);
        for (name, value) in &added {
            if header::is_reserved(name.as_str()) || header::overrides_the_method(name.as_str()) {
                return Err(Error::config(format!(
                    "request_headers must not set {name}: the client, the proxy or HTTP itself sets it"
                )));
            }
            if !headers.contains_key(name) {
                headers.insert(name, value.clone());
            }
        }
        Ok(())
    }
}
