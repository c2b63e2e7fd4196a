//! Whose refusal a response is, and what else its head and trailers say.

use ::http::Response;

use super::*;
use crate::ErrorKind;
use crate::raw::errdetails::ErrorInfo;
use crate::raw::errdetails::ToolErrorInfo;

const INFO: &str = "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo";

fn head(status: u16, pairs: &[(&'static str, &str)]) -> Parts {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    *response.headers_mut() = block(pairs);
    response.into_parts().0
}

fn block(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        let value = HeaderValue::from_str(value).expect("a value");
        (header::HeaderName::from_static(name), value)
    };
    let mut block = HeaderMap::new();
    block.extend(pairs.iter().map(pair));
    for (name, value) in pairs {
        if !block.get_all(*name).iter().any(|known| known == *value) {
            block.append(*name, HeaderValue::from_str(value).expect("a value"));
        }
    }
    block
}

fn info(error_code: &str) -> prost_types::Any {
    let tool_error_info = (error_code == "TOOL_ERROR").then(|| ToolErrorInfo {
        execution_id: "exec_1".to_owned(),
        ..Default::default()
    });
    let info = ErrorInfo {
        error_code: error_code.to_owned(),
        tool_error_info,
        ..Default::default()
    };
    any(INFO, info.encode_to_vec())
}

fn any(type_url: &str, value: Vec<u8>) -> prost_types::Any {
    prost_types::Any {
        type_url: type_url.to_owned(),
        value,
    }
}

fn encoded(code: i32, details: Vec<prost_types::Any>) -> Vec<u8> {
    RpcStatus { code, details }.encode_to_vec()
}

/// The error of a response with status 16 and these details.
fn refused(details: &[u8]) -> Error {
    let details = BASE64.encode(details);
    let trailers = block(&[(STATUS, "16"), (DETAILS, &details)]);
    error_of(&head(200, &[]), Some(&trailers), false)
}

fn error_of(head: &Parts, trailers: Option<&HeaderMap>, has_message: bool) -> Error {
    match error(head, trailers, has_message) {
        Ok(error) => error.expect("an error"),
        Err(error) => error,
    }
}

#[test]
fn our_token_is_refused_by_a_whole_readable_response_only() {
    let ours = info("UNAUTHENTICATED");
    let tool = info("TOOL_ERROR");
    let unknown = any("type.googleapis.com/later.Detail", vec![0xff]);
    for (details, is_ours) in [
        (vec![], true),
        (encoded(16, vec![ours.clone()]), true),
        (encoded(0, vec![ours.clone()]), true),
        (encoded(16, vec![unknown.clone(), ours.clone()]), true),
        (encoded(16, vec![tool.clone()]), false),
        (encoded(16, vec![tool.clone(), tool.clone()]), false),
        (encoded(16, vec![tool.clone(), ours.clone()]), false),
        (encoded(16, vec![ours.clone(), tool.clone()]), false),
        (encoded(7, vec![ours.clone()]), false),
        (encoded(16, vec![any(INFO, vec![0xff])]), false),
        (
            encoded(16, vec![ours.clone(), any(INFO, vec![10, 200])]),
            false,
        ),
        (
            encoded(16, vec![any("google.rpc.RetryInfo", vec![0xff])]),
            false,
        ),
    ] {
        let error = refused(&details);
        assert_eq!(error.token_refused(), is_ours, "{details:?}");
        assert_eq!(error.code(), Some(Code::Unauthenticated));
    }
    // However little is missing at the end of a tool's failure.
    let whole = encoded(16, vec![tool]);
    for length in 1..whole.len() {
        let error = refused(&whole[..length]);
        let is_empty_status = length == 2; // `code: 16` alone is a whole status.
        assert!(!error.token_refused() || is_empty_status, "{length}");
        assert!(
            error.outcome() == Outcome::Unknown || is_empty_status,
            "{length}"
        );
    }
}

#[test]
fn a_tool_s_failure_is_one_whatever_stands_beside_it() {
    for details in [
        vec![info("TOOL_ERROR"), info("UNAUTHENTICATED")],
        vec![info("UNAUTHENTICATED"), info("TOOL_ERROR")],
        vec![info("TOOL_ERROR"), info("TOOL_ERROR")],
        vec![info("TOOL_ERROR"), info("")],
    ] {
        let error = refused(&encoded(16, details));
        assert_eq!(error.kind(), ErrorKind::ToolUnauthorized);
        assert_eq!(error.error_code(), Some("TOOL_ERROR"));
        assert_eq!(error.tool_error().expect("a tool").execution_id, "exec_1");
        assert_eq!(error.outcome(), Outcome::Rejected);
    }
    // What could not be read may have said that something was done before.
    let error = refused(&encoded(
        16,
        vec![info("TOOL_ERROR"), any(INFO, vec![0xff])],
    ));
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::ToolUnauthorized, Outcome::Unknown)
    );
}

#[test]
fn status_16_is_settled_by_nothing_else() {
    let ours = BASE64.encode(encoded(16, vec![info("UNAUTHENTICATED")]));
    let trailers = block(&[(STATUS, "16")]);
    let twice = block(&[(STATUS, "16"), (DETAILS, &ours), (DETAILS, "CBA=")]);
    let garbage = block(&[(STATUS, "16"), (DETAILS, "!!!")]);
    let ok = head(200, &[]);
    let in_both = head(200, &[(STATUS, "16")]);
    for (head, trailers, has_message) in [
        (&ok, Some(&trailers), true),
        (&ok, Some(&twice), false),
        (&ok, Some(&garbage), false),
        (&in_both, Some(&trailers), false),
        (&head(403, &[(STATUS, "16")]), None, false),
        (&head(204, &[(STATUS, "16")]), None, false),
        (&head(401, &[(STATUS, "16")]), None, false),
        (&head(401, &[]), None, false),
        (
            &head(200, &[("content-type", "text/html")]),
            Some(&trailers),
            false,
        ),
    ] {
        let error = error_of(head, trailers, has_message);
        assert!(!error.token_refused(), "{error:?}");
        assert_eq!(error.outcome(), Outcome::Unknown, "{error:?}");
    }
    let by_trailers = error_of(&ok, Some(&trailers), false);
    let grpc = [("content-type", "application/grpc+proto"), (STATUS, "16")];
    let by_head = error_of(&head(200, &grpc), None, false);
    assert!(by_trailers.token_refused() && by_head.token_refused());
    assert_eq!(by_head.outcome(), Outcome::Rejected);
}

#[test]
fn statuses_that_contradict_each_other_are_none() {
    for (in_head, in_trailers) in [
        (&[][..], &[(STATUS, "16"), (STATUS, "0")][..]),
        (&[], &[(STATUS, "0"), (STATUS, "16")]),
        (&[(STATUS, "16")], &[(STATUS, "0")]),
        (&[(STATUS, "0")], &[(STATUS, "5")]),
        (&[], &[]),
    ] {
        let error = error(&head(200, in_head), Some(&block(in_trailers)), false);
        let error = error.expect_err("no status");
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Decode, Outcome::Unknown)
        );
    }
    let head = head(200, &[(STATUS, "0")]);
    assert!(
        error(&head, Some(&block(&[(STATUS, "0")])), true)
            .expect("a status")
            .is_none()
    );
}

#[test]
fn a_status_under_another_http_status_is_not_the_service_s() {
    for (http, grpc, kind, outcome) in [
        (404, "5", ErrorKind::NotImplemented, Outcome::Rejected),
        (403, "7", ErrorKind::InternalServer, Outcome::Rejected),
        (403, "16", ErrorKind::InternalServer, Outcome::Unknown),
        (429, "8", ErrorKind::ServiceUnavailable, Outcome::Unknown),
        (204, "14", ErrorKind::ServiceUnavailable, Outcome::Unknown),
        (503, "14", ErrorKind::ServiceUnavailable, Outcome::Unknown),
        (503, "0", ErrorKind::ServiceUnavailable, Outcome::Unknown),
    ] {
        let error = error_of(&head(http, &[(STATUS, grpc)]), None, false);
        assert_eq!(
            (error.kind(), error.outcome()),
            (kind, outcome),
            "{http} {grpc}"
        );
        assert_eq!(error.http_status(), Some(http));
    }
}

#[test]
fn the_wait_of_a_head_is_read_as_that_of_trailers() {
    let trailers = block(&[(STATUS, "14")]);
    let with =
        |head: Parts, trailers: &HeaderMap| error_of(&head, Some(trailers), false).retry_after();
    let second = Some(std::time::Duration::from_secs(1));
    assert_eq!(with(head(200, &[("retry-after", "1")]), &trailers), second);
    let trailers = block(&[(STATUS, "14"), ("retry-after", "1")]);
    assert_eq!(with(head(200, &[("retry-after", "9")]), &trailers), second);
}

#[test]
fn trailers_that_quote_a_secret_are_scrubbed() {
    let secrets = Secrets::new(["hunter 2"]);
    let mut quoting = info("X");
    quoting.value = ErrorInfo {
        error_code: "hunter 2".to_owned(),
        ..Default::default()
    }
    .encode_to_vec();
    let details = BASE64.encode(encoded(5, vec![quoting]));
    let mut trailers = block(&[
        (STATUS, "5"),
        (MESSAGE, "got hunter%202"),
        (DETAILS, &details),
    ]);
    scrub(&mut trailers, &secrets);
    let status = tonic::Status::from_header_map(&trailers).expect("a status");
    assert_eq!(status.message(), "got [redacted]");
    assert!(status.details().is_empty());
    let details = BASE64.encode(encoded(5, vec![info("X")]));
    let mut trailers = block(&[(STATUS, "5"), (MESSAGE, "no"), (DETAILS, &details)]);
    let before = trailers.clone();
    scrub(&mut trailers, &secrets);
    assert_eq!(trailers, before);
}
