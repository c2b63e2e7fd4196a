//! The headers that a caller may add to a proxied request.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{Error, header};

/// More than any server accepts, and few enough for an `http::HeaderMap` that also holds our own.
const MAX_HEADERS: usize = 1000;

/// Adds a header, if callers may set it.
pub(super) fn add(
    headers: &mut HeaderMap,
    name: &str,
    value: Option<HeaderValue>,
) -> Result<(), Error> {
    let (name, value) = checked(name, value)?;
    let added = headers.len() < MAX_HEADERS && headers.try_append(name, value).is_ok();
    match added {
        true => Ok(()),
        false => Err(Error::invalid_input(
            "header",
            format_args!("is one too many: a request can have {MAX_HEADERS}"),
        )),
    }
}

/// The name and the value of a header that callers may set. `None` stands for an invalid value.
pub(super) fn checked(
    name: &str,
    value: Option<HeaderValue>,
) -> Result<(HeaderName, HeaderValue), Error> {
    let invalid = |what: std::fmt::Arguments<'_>| Err(Error::invalid_input("header", what));
    let lower = name.to_ascii_lowercase();
    if header::is_reserved(&lower) {
        return invalid(format_args!(
            "{lower} is set by the client, the proxy or HTTP itself"
        ));
    }
    let Ok(known) = HeaderName::try_from(&lower) else {
        return invalid(format_args!("{name:?} is not the name of a header"));
    };
    match value.filter(header::is_exact) {
        Some(value) => Ok((known, value)),
        None => invalid(format_args!("{lower} {}", header::RULE)),
    }
}

#[cfg(test)]
mod tests;
