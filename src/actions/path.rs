//! The path of a proxied request: what may go below `/proxy/`, and nothing else.

use http::uri::PathAndQuery;

use crate::Error;

/// How often a path is decoded to look for what hides in it. Servers decode once, careless ones
/// twice.
const DECODINGS: usize = 3;

/// The target of a proxied request: the path, byte for byte below `/proxy/`, then the query.
///
/// Below `/proxy/` a call is the provider's business; outside, the same token reaches the
/// management API. So a path that any server could take for one outside is refused.
pub(crate) fn target(path: &str, query: &[(String, String)]) -> Result<PathAndQuery, Error> {
    let refuse = |what: &str| Err(Error::invalid_input("path", what));
    if path.trim().is_empty() {
        return refuse("must not be blank");
    }
    if path.contains('#') {
        return refuse("must not have a fragment (#): write %23 for the character");
    }
    if path.starts_with("//") {
        return refuse("must not name a host: give the path at the provider alone");
    }
    if let Some(control) = path.chars().find(|c| c.is_control()) {
        return refuse(&format!("must not hold the control character {control:?}"));
    }
    if !path.is_ascii() || path.contains([' ', '"', '<', '>', '`', '{', '}', '|', '^']) {
        return refuse("holds characters that a URL cannot hold as they are: percent-encode them");
    }
    let (own_path, own_query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    let scheme = own_path.split_once("://").map(|(scheme, _)| scheme);
    if scheme.is_some_and(|scheme| !scheme.contains('/')) {
        return refuse("must not have a scheme and a host: give the path at the provider alone");
    }
    check_segments(own_path)?;
    let mut target = String::from("/proxy/");
    target.push_str(own_path.strip_prefix('/').unwrap_or(own_path));
    let mut separator = '?';
    if let Some(own_query) = own_query {
        target.push('?');
        target.push_str(own_query);
        separator = '&';
    }
    if !query.is_empty() {
        let pairs = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        target.push(separator);
        target.push_str(&pairs);
    }
    PathAndQuery::try_from(target)
        .map_err(|error| Error::invalid_input("path", format_args!("is not one: {error}")))
}

/// Refuses dot segments and what servers take for separators, however often it is encoded.
fn check_segments(path: &str) -> Result<(), Error> {
    let refuse = |what: &str| Err(Error::invalid_input("path", what));
    let mut decoded = path.as_bytes().to_vec();
    for _ in 0..=DECODINGS {
        if decoded.contains(&b'\\') {
            return refuse("must not hold a backslash: some servers take it for a slash");
        }
        if decoded.iter().any(u8::is_ascii_control) {
            return refuse("must not hold an encoded control character");
        }
        for segment in decoded.split(|byte| *byte == b'/') {
            // Some servers drop what follows a semicolon before they look at the segment; those
            // that decode too early see a query or a fragment begin in it.
            let name = segment
                .split(|byte| b";?#".contains(byte))
                .next()
                .unwrap_or_default();
            if matches!(name, b"." | b"..") {
                return refuse(
                    "must not have a segment . or .., encoded or not: it would leave \
                               the provider's API",
                );
            }
        }
        if decoded.windows(2).any(is_overlong) {
            return refuse(
                "must not hold an overlong encoding: some servers take it for the character that \
                 it hides",
            );
        }
        let next: Vec<u8> = percent_encoding::percent_decode(&decoded).collect();
        if next == decoded {
            return Ok(());
        }
        decoded = next;
    }
    refuse("is percent-encoded too many times over")
}

/// Whether a character begins here in more bytes of UTF-8 than it needs, which no encoder writes:
/// `C0 AE` for a dot, `C0 AF` for a slash.
fn is_overlong(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xC0 | 0xC1, 0x80..=0xBF] | [0xE0, 0x80..=0x9F] | [0xF0, 0x80..=0x8F]
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn accepted(path: &str) -> String {
        target(path, &[]).expect(path).to_string()
    }

    #[test]
    fn a_path_goes_below_proxy_byte_for_byte() {
        assert_eq!(accepted("/v1/users/me"), "/proxy/v1/users/me");
        assert_eq!(accepted("v1/users"), "/proxy/v1/users");
        assert_eq!(
            accepted("/a%2Fb/%E2%82%AC//c/"),
            "/proxy/a%2Fb/%E2%82%AC//c/"
        );
        assert_eq!(accepted("/files/a..b/...;v=1"), "/proxy/files/a..b/...;v=1");
        assert_eq!(accepted("/what%3F/n%23.1"), "/proxy/what%3F/n%23.1");
        assert_eq!(
            accepted("/%C3%A0%E0%A0%80%c0x"),
            "/proxy/%C3%A0%E0%A0%80%c0x"
        );
        assert_eq!(accepted("/to?u=http://x/../y"), "/proxy/to?u=http://x/../y");
    }

    #[test]
    fn query_pairs_are_encoded_after_the_path_s_own() {
        let pairs = [
            ("q".to_owned(), "a b&c=é".to_owned()),
            ("n".to_owned(), "1".to_owned()),
        ];
        let target = target("/s?x=1", &pairs).expect("accepted");
        assert_eq!(target.to_string(), "/proxy/s?x=1&q=a+b%26c%3D%C3%A9&n=1");
    }

    #[test]
    fn what_could_leave_the_proxy_is_refused() {
        for path in [
            "",
            " ",
            "/../api/v1/tools",
            "..",
            "/v1/./x",
            "/v1/..",
            "/%2e%2e/api",
            "/%2E./api",
            "/.%2e/api",
            "/%252e%252e/api",
            "/%25252e%25252e/api",
            "/v1%2f..%2fapi",
            "/..%5capi",
            "/..\\api",
            "/..;/api",
            "/..;x=1/api",
            "/..%3fx/api",
            "/.%23/api",
            "/..%253B",
            "/%c0%ae%C0%AE/api",
            "/..%c0%afapi",
            "/%e0%80%ae./api",
            "/%25c0%25ae./api",
            "/%f0%80%80%ae./api",
            "//evil.dev/x",
            "https://evil.dev/x",
            "/a#b",
            "/a\r\nx: y",
            "/a%0d%0ax",
            "/a%00",
            "/a b",
            "/é",
        ] {
            let error = target(path, &[]).expect_err(path);
            assert!(error.is_invalid_input(), "{path}");
            assert!(error.to_string().starts_with("path "), "{path}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_accepted_path_has_a_dot_segment_for_any_reader(
            path in "[/.%25eEfFcC2\\\\;a]{0,24}"
        ) {
            let Ok(target) = target(&path, &[]) else { return Ok(()) };
            let mut read = target.path().as_bytes().to_vec();
            prop_assert!(read.starts_with(b"/proxy/"));
            for _ in 0..4 {
                for segment in read.split(|byte| matches!(byte, b'/' | b'\\')) {
                    let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
                    prop_assert!(name != b"." && name != b"..", "{:?}", path);
                }
                read = percent_encoding::percent_decode(&read).collect();
            }
        }
    }
}
