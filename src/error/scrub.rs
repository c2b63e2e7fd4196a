//! Redacts secrets of a request in texts of a server, in every encoding in which they were sent.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The replacement of a secret.
const HIDDEN: &str = "[redacted]";

/// A shorter secret is redacted only as a whole word. Inside of words it occurs by chance.
const WORD: usize = 4;

/// The unreserved characters of RFC 3986, which paths do not encode.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The secrets that no error may contain: our credentials, and those of users in the request.
pub(crate) struct Secrets {
    /// All encodings, longer ones first, since one secret can be a part of another.
    spellings: Vec<String>,
}

impl Secrets {
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut spellings: Vec<_> = secrets.into_iter().flat_map(spellings).collect();
        spellings.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        spellings.dedup();
        Self { spellings }
    }

    /// Redacts them in a text of a server.
    pub fn hide(&self, text: &mut String) {
        for spelling in &self.spellings {
            if let Some(first) = find(text, spelling, 0) {
                *text = replace(text, spelling, first);
            }
        }
    }

    /// Whether a text quotes one of them.
    pub fn are_in(&self, text: &str) -> bool {
        let mut spellings = self.spellings.iter();
        spellings.any(|spelling| find(text, spelling, 0).is_some())
    }
}

/// Unencoded, form-encoded, percent-encoded, and as in JSON.
fn spellings(secret: &str) -> Vec<String> {
    if secret.is_empty() {
        return Vec::new();
    }
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let percent = utf8_percent_encode(secret, UNRESERVED).to_string();
    let json = serde_json::Value::from(secret).to_string();
    let json = json[1..json.len() - 1].to_owned();
    // Encoders of other languages also escape slashes, and characters that are special in HTML.
    let slashes = json.replace('/', "\\/");
    let html = json
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    let mut spellings = vec![secret.to_owned(), json, slashes, html];
    for encoded in [form.replace('+', "%20"), form, percent] {
        spellings.extend([lower_hex(&encoded), encoded]);
    }
    // As Rust's Debug shows it, which is how the sources of errors are looked through.
    spellings.push(secret.escape_debug().to_string());
    // What leaves nothing to recognise hides nothing: a blank secret is a `+` in a form.
    let is_blank = |text: &String| !text.chars().any(char::is_alphanumeric);
    if !is_blank(&spellings[0]) {
        spellings.retain(|text| !is_blank(text));
    }
    spellings.sort_unstable();
    spellings.dedup();
    spellings
}

/// Percent-encoding with lower-case digits.
fn lower_hex(encoded: &str) -> String {
    let mut digits = 0;
    let lower = |character: char| {
        if character == '%' {
            digits = 2;
        } else if digits > 0 {
            digits -= 1;
            return character.to_ascii_lowercase();
        }
        character
    };
    encoded.chars().map(lower).collect()
}

/// Where a secret stands in a text, from this byte on.
fn find(text: &str, secret: &str, from: usize) -> Option<usize> {
    let mut from = from;
    loop {
        let at = from + text.get(from..)?.find(secret)?;
        let end = at + secret.len();
        let touches = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
        let is_part_of_a_word =
            touches(text[..at].chars().next_back()) || touches(text[end..].chars().next());
        if secret.len() >= WORD || !is_part_of_a_word {
            return Some(at);
        }
        from = end;
    }
}

fn replace(text: &str, secret: &str, first: usize) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut copied = 0;
    let mut next = Some(first);
    while let Some(at) = next {
        replaced.push_str(&text[copied..at]);
        replaced.push_str(HIDDEN);
        copied = at + secret.len();
        next = find(text, secret, copied);
    }
    replaced.push_str(&text[copied..]);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(secrets: &[&str], text: &str) -> String {
        let mut text = text.to_owned();
        Secrets::new(secrets.iter().copied()).hide(&mut text);
        text
    }

    #[test]
    fn a_secret_is_hidden_in_every_spelling_that_it_was_sent_in() {
        let secret = r#"s3 /"+&é<"#;
        for quoted in [
            secret,
            "s3+%2F%22%2B%26%C3%A9%3C",
            "s3%20%2F%22%2B%26%C3%A9%3C",
            "s3%20%2f%22%2b%26%c3%a9%3c",
            r#"s3 /\"+&é<"#,
            r#"s3 \/\"+&é<"#,
            r#"s3 /\"+\u0026é\u003c"#,
        ] {
            let text = hidden(&[secret], &format!("got ({quoted}), twice {quoted}"));
            assert_eq!(text, "got ([redacted]), twice [redacted]", "{quoted}");
        }
    }

    #[test]
    fn of_two_secrets_the_longer_one_is_hidden_whole() {
        let text = hidden(&["sentinel", "sentinel-two"], "sentinel-two and sentinel");
        assert_eq!(text, "[redacted] and [redacted]");
    }

    #[test]
    fn a_short_secret_is_hidden_where_it_is_a_word() {
        let text = hidden(&["a"], "a bad key \"a\" at a=a");
        assert_eq!(
            text,
            "[redacted] bad key \"[redacted]\" at [redacted]=[redacted]"
        );
        assert_eq!(hidden(&[""], "nothing"), "nothing");
    }

    #[test]
    fn what_no_secret_is_in_stays_as_it_is() {
        assert!(!Secrets::new(["hunter2"]).are_in("hunter"));
        assert!(Secrets::new(["hunter 2"]).are_in("?q=hunter+2&x"));
        assert_eq!(hidden(&["hunter2"], "100 % of hunter"), "100 % of hunter");
    }
}
