//! The properties of every reader of untrusted bytes: what must hold for any input.
//!
//! One function for each fuzz target. `fuzz/run` runs them for as long as it is told to, and the tests
//! here run them for seconds. They are compiled as a module of the SDK, whose internals they call. Each
//! returns whether the input is valid, so that the tests can check their examples.

mod error_details;
mod page_tokens;
mod path_check;
mod response;
mod rest_error;
mod struct_decode;
mod token_response;

pub use error_details::error_details;
pub use page_tokens::page_tokens;
pub use path_check::path_check;
pub use response::{grpc_response, rest_response};
pub use rest_error::rest_error;
pub use struct_decode::struct_decode;
pub use token_response::token_response;

use std::ops::Range;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::Error;
use crate::transport::HttpResponse;

/// Splits off the first byte, which selects a case.
fn choice(data: &[u8]) -> (usize, &[u8]) {
    match data.split_first() {
        Some((first, rest)) => (usize::from(*first), rest),
        None => (0, &[]),
    }
}

/// Checks that an error prints, at a length bounded by that of the input.
fn check_error(error: &Error, data: &[u8]) {
    let printed = format!("{error} {error:?}");
    // Both texts can quote everything that the server sent, escaped.
    assert!(printed.len() <= 1_000 + 20 * data.len(), "{printed}");
}

/// Reads an HTTP response from fuzz input: two bytes of status, `retry-after` up to a line break, the body.
fn plain_response(data: &[u8], statuses: Range<u16>) -> HttpResponse {
    let (high, rest) = choice(data);
    let (low, rest) = choice(rest);
    let status = u16::try_from(high * 256 + low).expect("two bytes");
    let status = match statuses.contains(&status) {
        true => status,
        false => statuses.start + status % (statuses.end - statuses.start),
    };
    let end = rest.iter().position(|byte| *byte == b'\n');
    let (retry_after, body) = rest.split_at(end.unwrap_or(0));
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(retry_after) {
        headers.insert(header::RETRY_AFTER, value);
    }
    HttpResponse {
        status: StatusCode::from_u16(status).expect("a status"),
        headers,
        body: Bytes::copy_from_slice(body),
    }
}

#[cfg(test)]
mod tests;
