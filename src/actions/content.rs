//! Reads the body of a provider's response as text, or explains why it is not text.

use http::{HeaderMap, header};

/// The codings of RFC 9110, section 8.4.1, and newer ones. Other values, such as `utf-8` or `none`,
/// are sent by servers whose body is plain text.
const COMPRESSIONS: [&str; 9] = [
    "gzip",
    "x-gzip",
    "br",
    "zstd",
    "deflate",
    "compress",
    "x-compress",
    "dcb",
    "dcz",
];

/// Byte order marks and their encodings, the longer ones first.
const MARKS: [(&[u8], &str); 4] = [
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
];

/// The body as text without its byte order mark, or the reason why it cannot be read.
pub(super) fn text<'b>(headers: &HeaderMap, body: &'b [u8]) -> Result<&'b str, String> {
    if let Some(encoding) = compression(headers).filter(|_| !body.is_empty()) {
        return Err(format!(
            "the body is compressed ({encoding}), and this crate does not decompress: send no \
             accept-encoding header, or decompress what bytes() gives"
        ));
    }
    if let Some((_, encoding)) = MARKS.iter().find(|(mark, _)| body.starts_with(mark)) {
        return Err(format!(
            "the body is {encoding} and not UTF-8: decode what bytes() gives"
        ));
    }
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    std::str::from_utf8(body).map_err(|error| match magic(body) {
        Some(encoding) => format!(
            "the body is compressed ({encoding}) without a word of it in its headers: decompress \
             what bytes() gives"
        ),
        None => format!("the body is not UTF-8: {error}"),
    })
}

/// The compressions that the headers name.
fn compression(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let names = values.filter_map(|value| value.to_str().ok());
    let names = names.flat_map(|value| value.split(','));
    let names: Vec<String> = names
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| COMPRESSIONS.contains(&&**name))
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The compression format whose signature the bytes begin with.
fn magic(body: &[u8]) -> Option<&'static str> {
    match body {
        [0x1f, 0x8b, ..] => Some("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("zstd"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
