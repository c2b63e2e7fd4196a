//! What requests look like, and what is made of responses; the rest is tested over sockets.

use std::time::Duration;

use ::http::StatusCode;
use prost::Message;
use serde_json::json;

use super::*;
use crate::call::operations;
use crate::raw::connected_accounts as accounts;
use crate::raw::tools;
use crate::{ErrorKind, Outcome};

fn sent(rpc: &str, message: &impl Message) -> (String, Value) {
    let request = built(rpc, message).expect("a request");
    let body =
        serde_json::from_slice(&request.body.whole().expect("no stream")).unwrap_or_default();
    (format!("{} {}", request.method, request.path), body)
}

fn built(rpc: &str, message: &impl Message) -> Result<HttpRequest, Error> {
    let route = transcode::ROUTES
        .iter()
        .find(|(path, _)| path.ends_with(rpc));
    request(&route.expect(rpc).1, &message.encode_to_vec())
}

#[test]
fn what_is_not_in_the_path_is_in_the_query() {
    let filter = tools::Filter {
        summary: Some(false),
        query: Some("a b&c=ü".into()),
        tool_name: vec!["x".into(), "y".into()],
        ..Default::default()
    };
    let list = tools::ListToolsRequest {
        filter: Some(filter),
        page_size: 5,
        ..Default::default()
    };
    let (line, body) = sent("/ListTools", &list);
    let query = "filter.query=a+b%26c%3D%C3%BC&filter.summary=false&filter.tool_name=x&\
                 filter.tool_name=y&page_size=5";
    assert_eq!(line, format!("GET /api/v1/tools?{query}"));
    assert_eq!(body, Value::Null);
}

#[test]
fn an_empty_filter_is_sent_as_one() {
    let list = tools::ListScopedToolsRequest {
        identifier: "u".into(),
        filter: Some(Default::default()),
        ..Default::default()
    };
    let (line, _) = sent("/ListScopedTools", &list);
    assert_eq!(line, "GET /api/v1/tools/scoped?filter=&identifier=u");
}

#[test]
fn a_variable_is_one_segment_and_leaves_the_body() {
    let delete = |id: &str| tools::DeleteToolRequest { id: id.into() };
    let (line, _) = sent("/DeleteTool", &delete("a/b?c#d:e%ü ~"));
    assert_eq!(line, "DELETE /api/v1/tools/a%2Fb%3Fc%23d%3Ae%25%C3%BC%20~");
    for id in [".", "..", ""] {
        let error = built("/DeleteTool", &delete(id)).err().expect(id);
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::InvalidInput, Outcome::NotSent)
        );
        assert!(error.message().starts_with("id must not be"), "{error}");
    }
    let disconnect = accounts::DisconnectConnectedAccountRequest { id: "ca_1".into() };
    let (line, body) = sent("/DisconnectConnectedAccount", &disconnect);
    assert_eq!(line, "POST /api/v1/connected_accounts/ca_1:disconnect");
    assert_eq!(body, json!({}));
}

#[test]
fn of_several_bindings_the_one_that_can_be_filled_is_used() {
    let get = |id: &str| accounts::GetConnectedAccountRequest { id: id.into() };
    let (line, _) = sent("/GetConnectedAccount", &get("ca_1"));
    assert_eq!(line, "GET /api/v1/connected_accounts/ca_1");
    let (line, _) = sent("/GetConnectedAccount", &get(""));
    assert_eq!(line, "GET /api/v1/connected_accounts/this");
}

#[test]
fn a_body_can_be_one_field() {
    let tool = tools::Tool {
        tags: vec!["t".into()],
        ..Default::default()
    };
    let (line, body) = sent(
        "/CreateTool",
        &tools::CreateToolRequest { tool: Some(tool) },
    );
    assert_eq!(
        (&*line, body),
        ("POST /api/v1/tools", json!({"tags": ["t"]}))
    );
}

#[test]
fn the_time_left_has_at_most_eight_digits() {
    for (left, header) in [
        (Duration::from_millis(1_500), "1500m"),
        (Duration::from_secs(99_999), "99999000m"),
        (Duration::from_secs(100_000), "100000S"),
        (Duration::MAX, "99999999S"),
    ] {
        assert_eq!(timeout_header(left).1, header);
    }
}

fn failed(status: u16, body: &str) -> Error {
    error(&HttpResponse {
        status: StatusCode::from_u16(status).expect("a status"),
        headers: HeaderMap::new(),
        body: Bytes::copy_from_slice(body.as_bytes()),
    })
}

#[test]
fn an_error_is_read_under_either_spelling_of_its_fields() {
    let error = failed(
        403,
        &json!({"code": 7, "message": "no", "details": [
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.5s"},
            {"@type": "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo",
             "errorCode": "MISSING", "requestInfo": {"requestId": "req_1"}, "later": 1},
            {"@type": "type.googleapis.com/unknown.Detail", "x": []},
        ]})
        .to_string(),
    );
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Forbidden, Some(Code::PermissionDenied))
    );
    assert_eq!(
        (error.error_code(), error.request_id()),
        (Some("MISSING"), Some("req_1"))
    );
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1_500)));
}

#[test]
fn what_is_not_the_api_s_is_an_http_error() {
    for body in [
        "",
        "<html>",
        "{}",
        "[]",
        r#"{"message": "Service Unavailable"}"#,
        r#"{"code": 503, "message": "upstream"}"#,
        r#"{"code": "503", "message": "upstream"}"#,
        r#"{"code": 0, "message": ""}"#,
        r#"[5, "not an object", []]"#,
    ] {
        let error = failed(503, body);
        assert_eq!(
            (error.http_status(), error.code()),
            (Some(503), None),
            "{body}"
        );
        assert_eq!(error.outcome(), Outcome::Unknown);
    }
}

#[test]
fn an_response_that_is_not_what_it_should_be_is_a_decode_error_that_quotes_nothing() {
    let route = transcode::route(operations::LIST_TOOLS.path).expect("a route");
    for body in [
        "<sentinel>",
        "[]",
        r#"{"total_size": "sentinel"}"#,
        r#"{"tools": "sentinel"}"#,
    ] {
        let error = decode(route, body.as_bytes()).expect_err(body);
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Decode, Outcome::Unknown)
        );
        assert!(!error.to_string().contains("sentinel"), "{error}");
    }
    let error = decode(route, b"").expect_err("nothing at all");
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[test]
fn our_token_is_refused_by_a_whole_readable_response_only() {
    let info = |code: &str| json!({"@type": "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo", "error_code": code});
    let (ours, tool) = (info("UNAUTHENTICATED"), info("TOOL_ERROR"));
    let body = |code: i32, details: Value| {
        json!({"code": code, "message": "no", "details": details}).to_string()
    };
    for (status, content_type, body, is_ours) in [
        (401, "application/json", body(16, json!([ours])), true),
        (
            401,
            "application/json; charset=utf-8",
            body(16, json!([])),
            true,
        ),
        (
            401,
            "",
            json!({"code": 16, "message": "no"}).to_string(),
            true,
        ),
        (401, "", body(16, Value::Null), true),
        (
            401,
            "",
            body(16, json!([ours, {"@type": "x.Later", "y": [1]}])),
            true,
        ),
        (401, "text/html", body(16, json!([ours])), false),
        (403, "", body(16, json!([ours])), false),
        (500, "", body(16, json!([ours])), false),
        (401, "", body(7, json!([ours])), false),
        (401, "", body(16, json!([tool])), false),
        (401, "", body(16, json!([tool, ours])), false),
        (401, "", body(16, json!([ours, tool])), false),
        (401, "", body(16, json!([ours, "TOOL_ERROR"])), false),
        (
            401,
            "",
            body(16, json!([{"@type": ours["@type"], "error_code": 5}])),
            false,
        ),
        (
            401,
            "",
            body(16, json!([{"error_code": "UNAUTHENTICATED"}])),
            false,
        ),
        (401, "", body(16, json!("?")), false),
        (
            401,
            "",
            r#"{"code":16,"code":16,"message":""}"#.to_owned(),
            false,
        ),
        (401, "", "{\"code\":16,\"message\":\"\"".to_owned(), false),
        (
            401,
            "",
            r#"{"detail":"invalid token","code":"UNAUTHORIZED"}"#.to_owned(),
            false,
        ),
        (401, "", "<html>".to_owned(), false),
        (401, "", String::new(), false),
    ] {
        let mut headers = HeaderMap::new();
        if !content_type.is_empty() {
            let value = HeaderValue::from_str(content_type).expect("a value");
            headers.insert(header::CONTENT_TYPE, value);
        }
        let error = error(&HttpResponse {
            status: StatusCode::from_u16(status).expect("a status"),
            headers,
            body: body.clone().into(),
        });
        assert_eq!(error.token_refused(), is_ours, "{status} {body}");
        if error.code() != Some(Code::PermissionDenied) && !error.is_tool_error() {
            let outcome = if is_ours {
                Outcome::Rejected
            } else {
                Outcome::Unknown
            };
            let in_front = error.code().is_none() && status == 403;
            assert!(error.outcome() == outcome || in_front, "{status} {body}");
        }
    }
}
