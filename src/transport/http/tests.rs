//! Who wrote an HTTP response, and what the token endpoint means.

use serde_json::json;

use std::time::SystemTime;

use super::*;
use crate::Outcome;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        let value = HeaderValue::from_str(value).expect("a value");
        (header::HeaderName::from_static(name), value)
    };
    pairs.iter().map(pair).collect()
}

fn proxied(status: u16, body: &str) -> Option<Error> {
    let status = StatusCode::from_u16(status).expect("a status");
    proxy_error(status, &headers(&[]), body.as_bytes())
}

#[test]
fn our_own_401_has_exactly_two_keys_or_our_error_info() {
    let info = json!({
        "@type": "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo",
        "error_code": "UNAUTHENTICATED",
    });
    let tool = json!({
        "@type": "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo",
        "error_code": "TOOL_ERROR",
    });
    let api = |code: i32, details: Value| {
        json!({ "code": code, "message": "no", "details": details }).to_string()
    };
    for (body, is_ours) in [
        (
            r#"{"detail":"invalid token","code":"UNAUTHORIZED"}"#.to_owned(),
            true,
        ),
        (r#" {"code":"UNAUTHORIZED","detail":""} "#.to_owned(), true),
        (api(16, json!([info])), true),
        // Look-alikes.
        (
            r#"{"detail":"invalid token","code":"UNAUTHORIZED","x":1}"#.to_owned(),
            false,
        ),
        (
            r#"{"detail":"invalid token","code":"unauthorized"}"#.to_owned(),
            false,
        ),
        (
            r#"{"detail":"invalid token","code":"not_authenticated"}"#.to_owned(),
            false,
        ),
        (
            r#"{"detail":"invalid token","code":"NOT_FOUND"}"#.to_owned(),
            false,
        ),
        (r#"{"detail":"invalid token","code":401}"#.to_owned(), false),
        (
            r#"{"detail":{"a":1},"code":"UNAUTHORIZED"}"#.to_owned(),
            false,
        ),
        (
            r#"{"message":"invalid token","code":"UNAUTHORIZED"}"#.to_owned(),
            false,
        ),
        (r#"{"code":"UNAUTHORIZED"}"#.to_owned(), false),
        (
            r#"{"detail":"","code":"X","code":"UNAUTHORIZED"}"#.to_owned(),
            false,
        ),
        (r#"{"detail":"","code":"UNAUTHORIZED"}{}"#.to_owned(), false),
        (r#"[{"detail":"","code":"UNAUTHORIZED"}]"#.to_owned(), false),
        (api(16, json!([])), false),
        (api(7, json!([info])), false),
        (api(16, json!([info, tool])), false),
        (api(16, json!([tool, info])), false),
        (api(16, json!([info, "?"])), false),
        ("{}".to_owned(), false),
        (String::new(), false),
    ] {
        let refused = proxied(401, &body).is_some_and(|error| error.token_refused());
        assert_eq!(refused, is_ours, "{body}");
    }
    let body = r#"{"detail":"invalid token","code":"UNAUTHORIZED"}"#;
    for status in [400, 403, 500] {
        assert!(!proxied(status, body).expect("Scalekit's").token_refused());
    }
}

#[test]
fn the_proxys_own_errors_keep_what_they_say() {
    let error = proxied(
        403,
        r#"{"detail":"it is off","code":"TOOL_PROXY_DISABLED"}"#,
    );
    let error = error.expect("Scalekit's");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Forbidden, Outcome::Rejected)
    );
    assert_eq!(error.message(), "it is off");
    assert_eq!(error.error_code(), Some("TOOL_PROXY_DISABLED"));
    assert_eq!((error.http_status(), error.code()), (Some(403), None));
    assert!(!error.is_tool_error());
    let error = proxied(404, r#"{"detail":"no account","code":"NOT_FOUND"}"#);
    assert!(error.expect("Scalekit's").is_not_found());
    for body in [
        r#"{"detail":"Not found.","code":"not_found"}"#,
        r#"{"code":5,"message":"Not Found","details":[]}"#,
        r#"{"error":{"code":404}}"#,
    ] {
        assert!(proxied(404, body).is_none(), "{body}");
    }
}

#[test]
fn json_is_told_by_its_media_type() {
    for (value, is_it) in [
        ("application/json", true),
        ("Application/JSON; charset=utf-8", true),
        ("application/problem+json", false),
        ("text/plain", false),
        ("text/html; x=application/json", false),
    ] {
        assert_eq!(
            is_json(&headers(&[("content-type", value)])),
            is_it,
            "{value}"
        );
    }
    assert!(!is_json(&headers(&[])));
}

#[test]
fn a_wait_is_read_in_seconds_and_as_a_date() {
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    for (value, seconds) in [
        ("120", Some(120)),
        (" 0 ", Some(0)),
        ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
        ("Sunday, 06-Nov-94 08:49:38 GMT", Some(1)),
        ("Sun Nov  6 08:49:47 1994", Some(10)),
        ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
    ] {
        let wait = retry_after(&headers(&[("retry-after", value), date]));
        assert_eq!(wait, seconds.map(Duration::from_secs), "{value}");
    }
    // Without the server's clock, ours.
    let past = retry_after(&headers(&[(
        "retry-after",
        "Sun, 06 Nov 1994 08:50:07 GMT",
    )]));
    assert_eq!(past, Some(Duration::ZERO));
    let later = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(600));
    let wait = retry_after(&headers(&[("retry-after", &later)])).expect("a wait");
    assert!(wait > Duration::from_secs(500), "{wait:?}");
}

fn token_response(status: u16, content_type: &str, body: &str) -> Result<AccessToken, Error> {
    let response = HttpResponse {
        status: StatusCode::from_u16(status).expect("a status"),
        headers: headers(&[("content-type", content_type), ("retry-after", "3")]),
        body: Bytes::copy_from_slice(body.as_bytes()),
    };
    issued_token(&response, &Secrets::new(["hunter 2"]))
}

#[test]
fn a_lifetime_is_read_in_whatever_form_it_comes() {
    let unknown = UNKNOWN_LIFETIME.as_secs_f64();
    for (expires_in, seconds) in [
        ("3600", 3600.0),
        ("\"3600\"", 3600.0),
        ("\" 12.5 \"", 12.5),
        ("3599.5", 3599.5),
        ("1e3", 1000.0),
        ("0", 0.0),
        ("null", unknown),
        ("-1", unknown),
        ("\"soon\"", unknown),
        ("\"NaN\"", unknown),
        ("true", unknown),
        ("[]", unknown),
    ] {
        let body = format!(r#"{{"access_token":"t","expires_in":{expires_in}}}"#);
        let issued = token_response(200, "application/json", &body).expect("a token");
        assert_eq!(issued.expires_in.as_secs_f64(), seconds, "{expires_in}");
    }
    let issued = token_response(200, "", r#"{"access_token":"t"}"#).expect("a token");
    assert_eq!(issued.expires_in, UNKNOWN_LIFETIME);
    let huge = r#"{"access_token":"t","expires_in":1e300}"#;
    let issued = token_response(200, "", huge).expect("a token");
    assert_eq!(issued.expires_in, Duration::MAX);
}

#[test]
fn what_the_token_endpoint_says_is_about_us_about_the_url_or_about_the_moment() {
    let json = "application/json";
    let client = r#"{"error":"invalid_client","error_description":"not hunter+2"}"#;
    for (status, content_type, body, kind) in [
        (401, json, client, ErrorKind::Unauthorized),
        (400, json, client, ErrorKind::Unauthorized),
        (403, json, "", ErrorKind::Unauthorized),
        (
            400,
            json,
            r#"{"error":"unsupported_grant_type"}"#,
            ErrorKind::Config,
        ),
        (404, json, "{}", ErrorKind::Config),
        (302, "", "", ErrorKind::Config),
        (200, "text/html; charset=utf-8", "<html>", ErrorKind::Config),
        (401, "text/html", "<html>", ErrorKind::Config),
        (404, "text/html", "<html>", ErrorKind::Config),
        (408, "text/html", "<html>", ErrorKind::ServiceUnavailable),
        (429, json, "{}", ErrorKind::ServiceUnavailable),
        (
            500,
            json,
            r#"{"error":"server_error"}"#,
            ErrorKind::ServiceUnavailable,
        ),
        (503, "text/html", "<html>", ErrorKind::ServiceUnavailable),
        (522, "text/html", "<html>", ErrorKind::ServiceUnavailable),
    ] {
        let error = token_response(status, content_type, body).expect_err("no token");
        assert_eq!(
            (error.kind(), error.outcome()),
            (kind, Outcome::NotSent),
            "{error}"
        );
        assert_eq!(error.http_status(), Some(status));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
        let text = error.to_string();
        assert_eq!(
            text.contains("client secret"),
            kind == ErrorKind::Unauthorized,
            "{text}"
        );
        assert_eq!(
            text.contains("env_url"),
            kind != ErrorKind::ServiceUnavailable,
            "{text}"
        );
        assert!(!text.contains("hunter"), "{text}");
    }
}
