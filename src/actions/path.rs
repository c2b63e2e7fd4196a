//! The path of a proxied request: what may go below `/proxy/`, and nothing else.

use http::uri::PathAndQuery;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Error;

/// How often a path is decoded to look for what hides in it. Servers decode once, careless ones
/// twice.
const DECODINGS: usize = 3;

/// What a query given as text cannot hold as it is.
const QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What a name or a value in a query does not hold as it is: all but the unreserved characters of
/// RFC 3986.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The target of a proxied request: the path, byte for byte below `/proxy/`, then the query.
///
/// Below `/proxy/` a call is the provider's business; outside, the same token reaches the
/// management API. So a path that any server could take for one outside is refused.
pub(crate) fn target(path: &str, query: &[(String, String)]) -> Result<PathAndQuery, Error> {
    if path.trim().is_empty() {
        return refuse("must not be blank");
    }
    if path.contains('#') {
        return refuse("must not have a fragment (#): write %23 for the character");
    }
    if let Some(control) = path.chars().find(|c| c.is_control()) {
        return refuse(&format!("must not hold the control character {control:?}"));
    }
    let (own_path, own_query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    check_form(own_path)?;
    check_segments(own_path)?;
    let mut target = String::from("/proxy/");
    target.push_str(own_path.strip_prefix('/').unwrap_or(own_path));
    if own_query.is_some() || !query.is_empty() {
        target.push('?');
    }
    let start = target.len();
    push_text(&mut target, own_query.unwrap_or_default());
    for (name, value) in query {
        if target.len() > start && !target.ends_with('&') {
            target.push('&');
        }
        target.extend(utf8_percent_encode(name, COMPONENT));
        target.push('=');
        target.extend(utf8_percent_encode(value, COMPONENT));
    }
    PathAndQuery::try_from(target)
        .map_err(|error| Error::invalid_input("path", format_args!("is not one: {error}")))
}

fn refuse<T>(what: &str) -> Result<T, Error> {
    Err(Error::invalid_input("path", what))
}

/// Adds a query that is text: what is encoded in it stays, what no URL can hold is encoded.
fn push_text(target: &mut String, query: &str) {
    let mut rest = query;
    while let Some((before, after)) = rest.split_once('%') {
        target.extend(utf8_percent_encode(before, QUERY));
        target.push_str(match is_escape(after.as_bytes()) {
            true => "%",
            false => "%25",
        });
        rest = after;
    }
    target.extend(utf8_percent_encode(rest, QUERY));
}

/// Whether these bytes, after a percent sign, name a byte.
fn is_escape(after: &[u8]) -> bool {
    after.len() >= 2 && after[..2].iter().all(u8::is_ascii_hexdigit)
}

/// Refuses what is not the path of a URL, or of more than the provider.
fn check_form(path: &str) -> Result<(), Error> {
    if path.starts_with("//") {
        return refuse("must not name a host: give the path at the provider alone");
    }
    if !path.is_ascii() || path.contains([' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}']) {
        return refuse("holds characters that a URL cannot hold as they are: percent-encode them");
    }
    if !path
        .split('%')
        .skip(1)
        .all(|after| is_escape(after.as_bytes()))
    {
        return refuse("has a % without two hexadecimal digits: write %25 for the character");
    }
    let scheme = path.split_once("://").map(|(scheme, _)| scheme);
    if scheme.is_some_and(|scheme| !scheme.contains('/')) {
        return refuse("must not have a scheme and a host: give the path at the provider alone");
    }
    if path.split('/').any(is_dot) {
        return refuse("must not have a segment that is a single dot, encoded or not");
    }
    Ok(())
}

/// Whether a segment is a dot, which servers drop.
fn is_dot(segment: &str) -> bool {
    let mut readings = Readings::of(segment.as_bytes());
    (0..=DECODINGS).any(|_| {
        let is_dot = readings
            .all()
            .any(|reading| before_parameters(reading) == b".");
        readings = readings.next();
        is_dot
    })
}

/// Refuses what climbs out of `/proxy/` for any reader, however often and however strangely it is
/// encoded. Other encoded separators are the provider's business.
fn check_segments(path: &str) -> Result<(), Error> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let mut readings = Readings::of(path.as_bytes());
    for _ in 0..=DECODINGS {
        for reading in readings.all() {
            if reading.iter().any(u8::is_ascii_control) {
                return refuse("must not hold an encoded control character");
            }
            if reading.windows(2).any(is_overlong) {
                return refuse(
                    "must not hold an overlong encoding: some servers take it for the character \
                     that it hides",
                );
            }
            if reading.starts_with(b"/") || reading.starts_with(b"\\") {
                return refuse(
                    "must not begin with an encoded slash or backslash: some servers take what \
                     follows for a host",
                );
            }
            if reading.split(is_separator).any(climbs) {
                return refuse(
                    "must not have a segment .., encoded or not: it would leave the provider's API",
                );
            }
        }
        let next = readings.next();
        if next == readings {
            return Ok(());
        }
        readings = next;
    }
    refuse("is percent-encoded too many times over")
}

/// Some servers take a backslash for a slash.
fn is_separator(byte: &u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// Whether some reader takes a segment for the one above. Those that decode too early see a query or
/// a fragment begin in it.
fn climbs(segment: &[u8]) -> bool {
    let ends = |byte: &u8| matches!(byte, b'?' | b'#');
    segment.split(ends).next().map(name) == Some(b"..")
}

/// The name in a segment. Servers that keep files on Windows drop the blanks around it.
fn name(segment: &[u8]) -> &[u8] {
    before_parameters(segment).trim_ascii()
}

/// Some servers drop what follows a semicolon before they look at a segment.
fn before_parameters(segment: &[u8]) -> &[u8] {
    let name = segment.split(|byte| *byte == b';').next();
    name.unwrap_or_default()
}

/// What a path is to a reader that takes it as it stands, and to one that maps look-alikes to ASCII
/// before it goes on.
#[derive(PartialEq)]
struct Readings {
    plain: Vec<u8>,
    folded: Vec<u8>,
}

impl Readings {
    fn of(bytes: &[u8]) -> Self {
        Self {
            plain: bytes.to_vec(),
            folded: fold(bytes),
        }
    }

    /// Decoded once more.
    fn next(&self) -> Self {
        Self {
            plain: decode(&self.plain),
            folded: fold(&decode(&self.folded)),
        }
    }

    fn all(&self) -> impl Iterator<Item = &[u8]> {
        [&*self.plain, &*self.folded].into_iter()
    }
}

/// Decodes `%2e`, and `%u002e`, which IIS takes for the same. Another percent sign stands for itself.
fn decode(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'%', [b'u' | b'U', digits @ ..]) if hex(digits, 4).is_some() => {
                let c = hex(digits, 4).and_then(char::from_u32).unwrap_or_default();
                decoded.extend(c.encode_utf8(&mut [0; 4]).bytes());
                rest = &digits[4..];
            }
            (b'%', digits) if hex(digits, 2).is_some() => {
                decoded.extend(hex(digits, 2).and_then(|byte| u8::try_from(byte).ok()));
                rest = &digits[2..];
            }
            _ => decoded.push(*byte),
        }
    }
    decoded
}

/// The number that the first digits are.
fn hex(digits: &[u8], count: usize) -> Option<u32> {
    let digits = digits.get(..count)?;
    let digits = digits.iter().map(|digit| char::from(*digit).to_digit(16));
    digits
        .into_iter()
        .try_fold(0, |number, digit| Some(number << 4 | digit?))
}

/// What is left when everything that some reader takes for a character of a path is that character.
fn fold(bytes: &[u8]) -> Vec<u8> {
    let bytes = &*sloppy(bytes);
    let mut folded = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let ascii = look_alike(c).map(str::as_bytes);
            folded
                .extend_from_slice(ascii.unwrap_or(narrow(c).encode_utf8(&mut [0; 4]).as_bytes()));
        }
        folded.extend_from_slice(chunk.invalid());
    }
    folded
}

/// The character of ASCII whose full-width form this is, or itself.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    }
}

/// What compatibility mappings make of a character besides, where that is a dot, a separator or an
/// escape: Unicode's NFKC, that of domain names (IDNA), and the best fits of Windows' code pages.
fn look_alike(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2024}' | '\u{fe52}' | '\u{3002}' | '\u{ff61}' => ".",
        '\u{2025}' | '\u{fe30}' => "..",
        '\u{2044}' | '\u{2215}' | '\u{29f8}' => "/",
        '\u{fe68}' | '\u{2216}' | '\u{29f5}' | '\u{29f9}' | '\u{a5}' | '\u{20a9}' => "\\",
        '\u{fe6a}' => "%",
        '\u{fe54}' | '\u{37e}' => ";",
        '\u{fe56}' => "?",
        '\u{fe5f}' => "#",
        _ => return None,
    })
}

/// Resolves sequences that are not UTF-8, but a dot, a separator or an escape to a decoder that
/// masks bits without a look at the others: `C0 2E`, `E0 40 AE`.
fn sloppy(bytes: &[u8]) -> Vec<u8> {
    let mut resolved = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(byte) = rest.first() {
        let (byte, length) = hidden(rest).unwrap_or((*byte, 1));
        resolved.push(byte);
        rest = &rest[length..];
    }
    resolved
}

/// The ASCII character that hides in the longer sequence that begins here.
fn hidden(bytes: &[u8]) -> Option<(u8, usize)> {
    let (lead, bits) = match bytes.first()? {
        lead @ 0xc0..=0xdf => (lead & 0x1f, 2),
        lead @ 0xe0..=0xef => (lead & 0x0f, 3),
        lead @ 0xf0..=0xf7 => (lead & 0x07, 4),
        lead @ 0xf8..=0xfb => (lead & 0x03, 5),
        lead @ 0xfc..=0xfd => (lead & 0x01, 6),
        _ => return None,
    };
    let following = bytes.get(1..bits)?.iter();
    let number = following.fold(u64::from(lead), |number, byte| {
        number << 6 | u64::from(byte & 0x3f)
    });
    let byte = u8::try_from(number).ok()?;
    matches!(byte, b'.' | b'/' | b'\\' | b'%').then_some((byte, bits))
}

/// Whether a character begins here in more bytes of UTF-8 than it needs, which no encoder writes:
/// `C0 AE` for a dot, `C0 AF` for a slash. Or one beyond Unicode, as the forms of five and six bytes
/// are: a reader that keeps 16 bits takes it for another.
fn is_overlong(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xc0 | 0xc1, 0x80..=0xbf]
            | [0xe0, 0x80..=0x9f]
            | [0xf0, 0x80..=0x8f]
            | [0xf4, 0x90..=0xbf]
            | [0xf5..=0xfd, 0x80..=0xbf]
    )
}

#[cfg(test)]
mod tests;
