//! Which text of a caller a header carries exactly.

use http::HeaderValue;

/// What the text of a header must be, to go on after its name in an error.
pub(crate) const RULE: &str = "must be printable ASCII without a blank at either end: a header does not carry other \
     text as it is";

/// The value that arrives as the text that it was made from; `None` when there is no such value.
///
/// HTTP strips blanks at the ends (RFC 9110, section 5.5), so that ` bob ` would arrive as `bob`,
/// who may be somebody else. Beyond ASCII there is no encoding that all servers agree on, and some
/// replace control characters, tabs among them.
pub(crate) fn exact(text: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(text).ok().filter(is_exact)
}

/// Whether a value arrives as it is.
pub(crate) fn is_exact(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    let is_printable = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
    is_printable && bytes.trim_ascii().len() == bytes.len()
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
