//! The path of a proxied request, which must stay below `/proxy/`.

use http::uri::PathAndQuery;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Error;

/// How many times a path is decoded to detect hidden segments. Servers decode once, careless ones
/// twice.
const DECODINGS: usize = 3;

/// The characters of a query that are encoded.
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

/// The characters of a query parameter that are encoded: all but the unreserved ones of RFC 3986.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The target of a proxied request: the path, byte for byte below `/proxy/`, then the query.
///
/// Outside of `/proxy/`, the same token gives access to the management API. A path that any server
/// could resolve to one outside is rejected.
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

/// Adds a query. Encoded characters stay as they are; characters that a URL cannot hold are encoded.
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

/// Whether these bytes complete a percent-encoded byte.
fn is_escape(after: &[u8]) -> bool {
    after.len() >= 2 && after[..2].iter().all(u8::is_ascii_hexdigit)
}

/// Rejects text that is not a path, or that names another host.
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

/// Whether a segment is `.`, which servers remove.
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

/// Rejects a path that leaves `/proxy/` for any server, whichever way it is encoded. Other encoded
/// separators are left to the provider.
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

/// Some servers treat a backslash as a slash.
fn is_separator(byte: &u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// Whether some server resolves a segment to the parent. Servers that decode too early see the start
/// of a query or a fragment in it.
fn climbs(segment: &[u8]) -> bool {
    let ends = |byte: &u8| matches!(byte, b'?' | b'#');
    segment.split(ends).next().map(name) == Some(b"..")
}

/// The name in a segment. Servers on Windows remove the blanks around it.
fn name(segment: &[u8]) -> &[u8] {
    before_parameters(segment).trim_ascii()
}

/// Some servers remove the part after a semicolon before they resolve a segment.
fn before_parameters(segment: &[u8]) -> &[u8] {
    let name = segment.split(|byte| *byte == b';').next();
    name.unwrap_or_default()
}

/// A path as servers see it that read it literally, and as servers see it that map similar characters
/// to ASCII first.
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

/// Decodes `%2e`, and `%u002e`, which means the same to IIS. Any other percent sign is kept.
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

/// The number in the first hexadecimal digits.
fn hex(digits: &[u8], count: usize) -> Option<u32> {
    let digits = digits.get(..count)?;
    let digits = digits.iter().map(|digit| char::from(*digit).to_digit(16));
    digits
        .into_iter()
        .try_fold(0, |number, digit| Some(number << 4 | digit?))
}

/// Replaces everything that some server reads as an ASCII character of a path by that character.
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

/// The ASCII character of a full-width form; any other character unchanged.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    }
}

/// The dot, separator or escape to which other compatibility mappings map a character: Unicode's
/// NFKC, that of domain names (IDNA), and the best fits of Windows' code pages.
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

/// Resolves sequences that are not valid UTF-8 but that lenient decoders, which ignore some bits,
/// read as a dot, a separator or an escape: `C0 2E`, `E0 40 AE`.
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

/// The ASCII character that is encoded in the overlong sequence at the start.
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

/// Whether an overlong UTF-8 sequence is at the start, such as `C0 AE` for a dot or `C0 AF` for a
/// slash, or one beyond Unicode, such as those of five and six bytes, which decoders that keep 16 bits
/// read as another character.
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
