//! The request to a provider's API, and its HTTP form.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use super::super::path;
use crate::Error;
use crate::transport::{HttpRequest, RequestBody};

/// A request that is being built.
#[derive(Clone, Default)]
pub(crate) struct Message {
    pub(super) method: Method,
    pub(super) connection_name: String,
    pub(super) identifier: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    /// Set as a header. It replaces the content type of the body.
    pub(super) content_type: Option<HeaderValue>,
    pub(super) body: RequestBody,
    pub(super) body_type: BodyType,
}

/// The content type of a body.
#[derive(Clone, Default)]
pub(super) enum BodyType {
    #[default]
    None,
    Given(HeaderValue),
    /// With the boundary, which the receiver needs.
    Multipart(HeaderValue),
}

impl Message {
    /// Whether the HTTP method is idempotent.
    pub(super) fn is_idempotent(&self) -> bool {
        let mut names = self.headers.keys();
        let is_overridden = names.any(|name| crate::header::overrides_the_method(name.as_str()));
        self.method.is_idempotent() && !is_overridden
    }

    pub(super) fn into_http(self) -> Result<HttpRequest, Error> {
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
pub(super) fn sendable(method: Method) -> Result<Method, Error> {
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
