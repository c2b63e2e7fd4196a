//! The trailers of a gRPC response that is an error.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use http::{HeaderMap, HeaderValue};

use super::{check_error, choice};
use crate::Code;
use crate::error::Secrets;
use crate::transport::grpc;

/// The trailers of a failed gRPC response: a status code, then `grpc-status-details-bin`, tried both as
/// the header's value and as the bytes that the value encodes.
pub fn error_details(data: &[u8]) -> bool {
    let (code, details) = choice(data);
    let code = i32::try_from(code % 16 + 1).expect("a small number");
    let mut is_read = false;
    let encoded = BASE64_STANDARD_NO_PAD.encode(details);
    for value in [encoded.as_bytes(), details] {
        let Ok(value) = HeaderValue::from_bytes(value) else {
            continue;
        };
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from(code));
        trailers.insert("grpc-message", value.clone());
        trailers.insert("grpc-status-details-bin", value);
        let (head, ()) = http::Response::new(()).into_parts();
        let error = grpc::error(&head, Some(&trailers), false);
        let error = error.expect("a status").expect("an error");
        check_error(&error, data);
        grpc::sanitize(&mut trailers);
        grpc::scrub(&mut trailers, &Secrets::new(["e"]));
        let sanitized = tonic::Status::from_header_map(&trailers).expect("a status");
        assert_eq!(sanitized.code() as i32, code);
        // The code decides the kind of error, whatever the details hold.
        assert_eq!(error.code(), Some(Code::from(code)));
        is_read |= error.error_code().is_some() || error.retry_after().is_some();
    }
    is_read
}
