//! Parses JSON text from a caller, such as the arguments that a model wrote.

use serde_json::Value;

use super::number::{self, Parsed};
use super::write_error::Unwritable;

/// Parses JSON text.
///
/// Fails for an integer that a double cannot represent exactly, which serde_json would round silently.
pub(super) fn parse(text: &str) -> Result<Value, Unwritable> {
    let value = serde_json::from_str(text).map_err(|error| Unwritable::not_json(&error))?;
    match numbers(text).find(|number| matches!(number::parse(number), Parsed::Inexact)) {
        Some(integer) => Err(Unwritable::inexact(integer)),
        None => Ok(value),
    }
}

/// The text of each number in valid JSON.
fn numbers(mut rest: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        loop {
            let start = rest.find(|c: char| matches!(c, '"' | '-' | '0'..='9'))?;
            rest = &rest[start..];
            match rest.strip_prefix('"') {
                Some(string) => rest = after_string(string),
                None => {
                    let is_outside =
                        |c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E');
                    let (number, after) =
                        rest.split_at(rest.find(is_outside).unwrap_or(rest.len()));
                    rest = after;
                    return Some(number);
                }
            }
        }
    })
}

/// The text after a JSON string. `rest` starts after the opening quotation mark.
fn after_string(mut rest: &str) -> &str {
    while let Some(at) = rest.find(['"', '\\']) {
        let is_end = rest.as_bytes()[at] == b'"';
        // The character after a backslash does not end the string.
        rest = rest
            .get(at + if is_end { 1 } else { 2 }..)
            .unwrap_or_default();
        if is_end {
            break;
        }
    }
    rest
}
