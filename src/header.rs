//! Which headers and values an application may set.

use http::HeaderValue;

/// The rule for header values, as the end of an error message that starts with the name.
pub(crate) const RULE: &str = "must be printable ASCII without a blank at either end: a header does not carry other \
     text as it is";

/// The header value of a text, if the server receives exactly this text.
///
/// HTTP strips blanks at the ends (RFC 9110, section 5.5), so that ` bob ` would arrive as `bob`,
/// which may be another user. Beyond ASCII, servers do not agree on an encoding. Some replace control
/// characters, including tabs.
pub(crate) fn exact(text: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(text).ok().filter(is_exact)
}

/// Whether the server receives exactly this value.
pub(crate) fn is_exact(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    let is_printable = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
    is_printable && bytes.trim_ascii().len() == bytes.len()
}

/// Headers that this crate, the proxy or HTTP itself sets, and headers with which servers route a
/// request to another host or path. An application that sets them could reach another account.
const RESERVED: [&str; 23] = [
    "authorization",
    "connection-name",
    "identifier",
    "host",
    "content-length",
    "transfer-encoding",
    "x-sdk-version",
    "x-api-version",
    "user-agent",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "http2-settings",
    // `Proxy` is HTTP_PROXY for a CGI program.
    "proxy",
    "forwarded",
    "x-host",
    "x-http-host-override",
    "x-override-url",
    "x-real-ip",
    "x-rewrite-url",
    "x-original-url",
];

/// Prefixes of reserved names. Envoy's headers can repeat or redirect a request.
const RESERVED_PREFIXES: [&str; 6] = [
    "grpc-",
    "proxy-",
    "x-forwarded-",
    "x-original-",
    "x-rewrite-",
    "x-envoy-",
];

/// Headers with which servers treat a request as one of another method.
const METHOD_OVERRIDES: [&str; 3] = [
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
];

/// Whether an application must not set a header of this name, in lower case.
///
/// `_` counts as `-`: gateways that pass headers on as variables, as CGI does, do not distinguish
/// them.
pub(crate) fn is_reserved(name: &str) -> bool {
    let name = name.replace('_', "-");
    let begins = |prefix: &&str| name.starts_with(*prefix);
    RESERVED.contains(&name.as_str()) || RESERVED_PREFIXES.iter().any(begins)
}

/// Whether some servers take the method of a request from the header of this name, in lower case.
pub(crate) fn overrides_the_method(name: &str) -> bool {
    METHOD_OVERRIDES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_that_arrives_as_it_is_becomes_a_value() {
        for text in ["", "bob", "a b  c", "a,b;c=\"d\"", "~!%20", "x@y.dev"] {
            assert_eq!(exact(text).expect(text), text);
        }
        for text in [
            " bob",
            "bob ",
            "\tbob",
            "bob\t",
            " ",
            "a\tb",
            "bob\n",
            "a\r\nb: c",
            "a\0b",
            "a\u{7f}b",
            "\u{a0}bob",
            "bob\u{2003}",
            "böb",
            "\u{feff}bob",
        ] {
            assert!(exact(text).is_none(), "{text:?}");
        }
    }
}
