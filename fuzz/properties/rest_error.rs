//! A REST response that is an error.

use super::{check_error, plain_response};
use crate::error::Details;
use crate::transport::rest;
use crate::{Code, Error};

/// A failed response of the REST API, or of a proxy in front of it.
pub fn rest_error(data: &[u8]) -> bool {
    let response = plain_response(data, 300..1_000);
    let error = rest::error(&response);
    check_error(&error, data);
    let Some(code) = error.code() else {
        // Not an error of the API: only the HTTP status is known.
        assert_eq!(error.http_status(), Some(response.status.as_u16()));
        let known = Error::http(response.status.as_u16());
        assert_eq!(
            (error.kind(), error.outcome()),
            (known.kind(), known.outcome())
        );
        return false;
    };
    let number = code.number().expect("a number");
    assert!((1..=16).contains(&number), "{code}");
    let known = Error::status(code, "", Details::default());
    // The outcome of UNAUTHENTICATED depends on more than its code.
    assert!(error.outcome() == known.outcome() || code == Code::Unauthenticated);
    true
}
