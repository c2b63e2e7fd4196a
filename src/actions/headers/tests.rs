//! Which headers callers can set.

use super::*;

/// The name in every spelling that some server treats as the same name.
fn spellings(name: &str) -> [String; 5] {
    [
        name.to_owned(),
        name.to_ascii_uppercase(),
        name.replace('-', "_"),
        name.replacen(['-', '_'], "_", 1).to_ascii_uppercase(),
        name.replace('_', "-"),
    ]
}

#[test]
fn every_reserved_name_is_refused_in_every_spelling() {
    for name in [
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
        "http2-settings",
        "proxy",
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-prefix",
        "x-forwarded-",
        "x-original-url",
        "x-original-uri",
        "x-original-host",
        "x-rewrite-url",
        "x-override-url",
        "x-host",
        "x-http-host-override",
        "x-real-ip",
        "x-envoy-retry-on",
        "x-envoy-original-path",
    ] {
        for spelling in spellings(name) {
            let error = checked(&spelling, HeaderValue::try_from("x").ok())
                .expect_err(&spelling)
                .to_string();
            assert!(error.contains(&spelling.to_lowercase()), "{error}");
            assert!(error.contains("is set by"), "{error}");
        }
    }
}

#[test]
fn other_names_are_the_caller_s() {
    for name in [
        "x-request-id",
        "accept",
        "Content-Type",
        "accept-encoding",
        "range",
        "if-match",
        "x-forward",
        "x-forwarded",
        "authorization-hint",
        "x-identifier",
        "hosts",
        "x_trace",
        "prefer",
    ] {
        let (known, value) = checked(name, HeaderValue::try_from("1").ok()).expect(name);
        assert_eq!(
            (known.as_str(), value.as_bytes()),
            (&*name.to_lowercase(), &b"1"[..])
        );
    }
}

#[test]
fn what_is_no_header_is_refused() {
    for (name, value) in [
        ("", "1"),
        ("bad name", "1"),
        ("x-a:", "1"),
        ("x-a ", "1"),
        ("x-ä", "1"),
        ("x-a", "1\r\nx-b: 2"),
        ("x-a", " 1"),
        ("x-a", "1\t"),
        ("x-a", "é"),
    ] {
        assert!(
            checked(name, HeaderValue::try_from(value).ok())
                .expect_err(name)
                .is_invalid_input()
        );
    }
}

#[test]
fn more_headers_than_a_request_can_have_are_an_error() {
    let mut headers = HeaderMap::new();
    let mut add_some = |name: &dyn Fn(usize) -> String, count| {
        (0..count)
            .find_map(|n| add(&mut headers, &name(n), Some(HeaderValue::from_static("1"))).err())
    };
    assert_eq!(add_some(&|_| "x-same".to_owned(), 500).map(drop), None);
    assert_eq!(add_some(&|n| format!("x-{n}"), 500).map(drop), None);
    let error = add_some(&|n| format!("y-{n}"), 40_000).expect("too many");
    assert!(error.to_string().contains("1000"), "{error}");
}
