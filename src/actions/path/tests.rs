//! What goes below `/proxy/` and what does not, by example and for many readers.

use percent_encoding::percent_decode;
use proptest::prelude::*;

use super::*;

fn accepted(path: &str) -> String {
    target(path, &[]).expect(path).to_string()
}

fn joined(path: &str, pairs: &[(&str, &str)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    target(path, &pairs.collect::<Vec<_>>())
        .expect(path)
        .to_string()
}

#[test]
fn a_path_goes_below_proxy_byte_for_byte() {
    assert_eq!(accepted("v1/users"), "/proxy/v1/users");
    for path in [
        "/v1/users/me",
        "/a%2Fb/%E2%82%AC//c/",
        "/files/a..b/...;v=1",
        "/what%3F/n%23.1",
        "/%C3%A0%E0%A0%80%c0x",
        // A file whose name begins with a dot, and one of Emacs.
        "/files/.gitignore",
        "/files/.%23lock",
        "/files/.%3F",
        "/users/DOMAIN%5Cuser",
        "/files/dir%2F.%2Ffile",
        "/files/dir%2Ffile",
        "/sites/https%3A%2F%2Fexample.com%2F/query",
        "/a/100%25/b",
        "/a/%25u/b",
        "/a/%2525/b",
        // Latin-1, and a full stop in Japanese.
        "/caf%E9/%F8re",
        "/%E6%97%A5%EF%BC%8E%E6%9C%AC/x%E3%80%82",
        "/a/%E2%80%A6/b",
        "/a/..b/b../.c./d...",
        "/a/%20./%20b",
        "/repos/o/r/compare/v1...v2",
        "/a:b/c@d/e=f,g;h=1/(i)'j'*!$&+~_-[k]",
    ] {
        assert_eq!(accepted(path), format!("/proxy{path}"));
    }
}

#[test]
fn pairs_follow_the_path_s_own_query() {
    let pairs = [("q", "a b&c=é+%"), ("n", "1")];
    let encoded = "q=a%20b%26c%3D%C3%A9%2B%25&n=1";
    for (path, start) in [
        ("/s", "?"),
        ("/s?", "?"),
        ("/s?x=1", "?x=1&"),
        ("/s?x=1&", "?x=1&"),
        ("/s?&", "?&"),
        ("/s?x", "?x&"),
        ("/s?x=?", "?x=?&"),
    ] {
        assert_eq!(
            joined(path, &pairs),
            format!("/proxy/s{start}{encoded}"),
            "{path}"
        );
    }
    assert_eq!(joined("/s?", &[]), "/proxy/s?");
    assert_eq!(joined("/s", &[("", "")]), "/proxy/s?=");
}

#[test]
fn what_a_query_cannot_hold_is_encoded_and_the_rest_left_as_it_is() {
    for (query, sent) in [
        ("a=1|2", "a=1%7C2"),
        ("fields={a}", "fields=%7Ba%7D"),
        ("q=a b", "q=a%20b"),
        ("q=a+b", "q=a+b"),
        ("q=%7B%2f%20", "q=%7B%2f%20"),
        ("q=é", "q=%C3%A9"),
        ("q=100%", "q=100%25"),
        ("q=%zz%4", "q=%25zz%254"),
        ("q=\"<>`^\\", "q=%22%3C%3E%60%5E%5C"),
        ("filter[x]=(a,b)*'!$;:@/?~", "filter[x]=(a,b)*'!$;:@/?~"),
        ("u=http://x/../y", "u=http://x/../y"),
        ("u=..\\..%5c", "u=..%5C..%5c"),
    ] {
        assert_eq!(accepted(&format!("/s?{query}")), format!("/proxy/s?{sent}"));
    }
}

#[test]
fn what_could_leave_the_proxy_is_refused() {
    for path in [
        "",
        " ",
        "?x=1\r\n",
        "/../api/v1/tools",
        "..",
        "../x",
        "/v1/./x",
        "/v1/.",
        "/%2e/x",
        "/%252E/x",
        "/v1/.;x/y",
        "/v1/..",
        "/%2e%2e/api",
        "/%2E./api",
        "/.%2e/api",
        "/%252e%252e/api",
        "/%25252e%25252e/api",
        "/%2525252e%2525252e/api",
        "/v1%2f..%2fapi",
        "/dir%2F..%2F..%2Fapi",
        "/..%5capi",
        // Bytes after the lead that are no part of a character, with the bits of one.
        "/%E0@%AE./api",
        "/%F0@@%AE./api",
        "/%F8@@@%AE./api",
        "/%FC@@@@%AE./api",
        // Small and foreign forms of a semicolon, a question mark and a number sign.
        "/..%EF%B9%94x/api",
        "/..%CD%BEx/api",
        "/..%EF%B9%96x/api",
        "/..%EF%B9%9Fx/api",
        "/..%5C",
        "/a/%5C..%5C",
        "/a%255C..%255Capi",
        "/..\\api",
        "/a\\b",
        "/..;/api",
        "/..;x=1/api",
        "/..%3fx/api",
        "/..%23x",
        "/.%23/../api",
        "/.%23/..",
        "/..%253B",
        "/..%20/api",
        "/%20../api",
        // A percent sign that names no byte.
        "/a%",
        "/a%2",
        "/a%zz",
        "/%u002e%u002e/api",
        "/%%32%65%%32%65/api",
        "/%+2e/api",
        // IIS's own escapes, encoded.
        "/%25u002e%25u002e/api",
        "/..%25u2215api",
        "/%25uff0e./api",
        // More bytes than the character needs.
        "/%c0%ae%C0%AE/api",
        "/..%c0%afapi",
        "/%e0%80%ae./api",
        "/%25c0%25ae./api",
        "/%f0%80%80%ae./api",
        "/%f8%80%80%80%ae./api",
        "/%fc%80%80%80%80%ae./api",
        "/..%f8%80%80%80%afapi",
        "/..%fc%80%80%80%80%afapi",
        "/%25f8%2580%2580%2580%25ae/x",
        "/a%f4%90%80%aeb",
        // Decoders that mask bits.
        "/%c0.%c0./api",
        "/%c0%2e%c0%2e/api",
        "/.%c0%6e/api",
        "/..%c1%9capi",
        "/..%c0%2fapi",
        "/%e0%40%ae./api",
        // What compatibility mappings make a dot or a separator.
        "/%ef%bc%8e%ef%bc%8e/api",
        "/%EF%BC%8E./api",
        "/%ef%bc%8e/api",
        "/..%ef%bc%8fapi",
        "/..%ef%bc%bcapi",
        "/%e2%80%a4%e2%80%a4/api",
        "/%e2%80%a5/api",
        "/%ef%b8%b0/api",
        "/%ef%b9%92%ef%b9%92/api",
        "/..%e2%88%95api",
        "/..%e2%81%84api",
        "/..%ef%b9%a8api",
        "/..%e2%88%96api",
        "/..%c2%a5api",
        "/%e3%80%82%e3%80%82/api",
        "/%ef%bc%85%ef%bc%92%ef%bd%85%ef%bc%85%ef%bc%92%ef%bd%85/api",
        "/%ef%b9%aa2e./api",
        "/..%ef%bc%9b/api",
        // Another host.
        "//evil.dev/x",
        "/%2Fevil.dev/x",
        "%2fevil.dev/x",
        "/%5C%5Cevil.dev/x",
        "/%252fevil.dev/x",
        "/%ef%bc%8fevil.dev/x",
        "https://evil.dev/x",
        "/a#b",
        "/a?b#c",
        "/a\r\nx: y",
        "/a%0d%0ax",
        "/a%00",
        "/a%7f",
        "/a%2509",
        "/a b",
        "/é",
        "/{id}",
    ] {
        let error = target(path, &[]).expect_err(path);
        assert!(error.is_invalid_input(), "{path}");
        assert!(error.to_string().starts_with("path "), "{path}: {error}");
    }
}

/// Pieces of attacks, and what may stand between them.
fn pieces() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "/",
        "\\",
        ".",
        "..",
        "%2e",
        "%2E",
        "%2f",
        "%5C",
        "%5c",
        "%25",
        "2e",
        "2f",
        "5c",
        "%252e",
        "%252f",
        "%255c",
        "u002e",
        "u2215",
        "%u002e",
        "%u2216",
        "%c0%ae",
        "%c0%af",
        "%c1%9c",
        "%c0",
        "%e0%80%ae",
        "%e0%40%ae",
        "%f0%80%80%af",
        "%f8%80%80%80%ae",
        "%fc%80%80%80%80%af",
        "%ef%bc%8e",
        "%ef%bc%8f",
        "%ef%bc%bc",
        "%ef%bc%85",
        "%e2%80%a4",
        "%e2%80%a5",
        "%ef%b9%92",
        "%e2%88%95",
        "%e2%81%84",
        "%c2%a5",
        "%23",
        "%3f",
        "%3b",
        ";",
        "%20",
        "%",
        "a",
        "api",
        ":",
        "%c3%a9",
        "%e9",
    ];
    proptest::collection::vec(proptest::sample::select(PIECES), 0..12)
        .prop_map(|pieces| pieces.concat())
}

type Reader = fn(Vec<u8>) -> Vec<u8>;

/// Ways in which servers change a path before they split it.
const READERS: &[Reader] = &[
    |path| percent_decode(&path).collect(),
    |path| replaced(path, &[(b"\\", b"/")]),
    // The mappings of Unicode, by their encoded form.
    |path| {
        replaced(
            path,
            &[
                ("\u{ff0e}".as_bytes(), b"."),
                ("\u{ff0f}".as_bytes(), b"/"),
                ("\u{ff3c}".as_bytes(), b"/"),
                ("\u{ff05}".as_bytes(), b"%"),
                ("\u{2024}".as_bytes(), b"."),
                ("\u{2025}".as_bytes(), b".."),
                ("\u{fe52}".as_bytes(), b"."),
                ("\u{2215}".as_bytes(), b"/"),
                ("\u{2044}".as_bytes(), b"/"),
                ("\u{a5}".as_bytes(), b"/"),
            ],
        )
    },
    |path| {
        replaced(
            path,
            &[(b"%u002e", b"."), (b"%u2215", b"/"), (b"%u2216", b"/")],
        )
    },
    // UTF-8 without a look at whether it is the shortest form.
    |path| {
        replaced(
            path,
            &[
                (b"\xc0\xae", b"."),
                (b"\xc0\xaf", b"/"),
                (b"\xc1\x9c", b"/"),
                (b"\xe0\x80\xae", b"."),
                (b"\xe0\x40\xae", b"."),
                (b"\xf0\x80\x80\xaf", b"/"),
                (b"\xf8\x80\x80\x80\xae", b"."),
                (b"\xfc\x80\x80\x80\x80\xaf", b"/"),
                (b"\xc0.", b"."),
                (b"\xc0/", b"/"),
            ],
        )
    },
];

fn replaced(path: Vec<u8>, pairs: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut replaced = Vec::new();
    let mut rest = &*path;
    while let Some(first) = rest.first() {
        match pairs.iter().find(|(from, _)| rest.starts_with(from)) {
            Some((from, to)) => {
                replaced.extend_from_slice(to);
                rest = &rest[from.len()..];
            }
            None => {
                replaced.push(*first);
                rest = &rest[1..];
            }
        }
    }
    replaced
}

/// Where a server ends up that resolves the segments of a path, from the root.
fn resolved(path: &[u8]) -> Vec<Vec<u8>> {
    let mut above = Vec::new();
    for segment in path.split(|byte| *byte == b'/') {
        let name = segment
            .split(|byte| *byte == b';')
            .next()
            .unwrap_or_default();
        match name.trim_ascii() {
            b"" | b"." => {}
            b".." => drop(above.pop()),
            name => above.push(name.to_vec()),
        }
    }
    above
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_reader_of_an_accepted_path_ends_outside_of_proxy(
        path in prop_oneof![pieces(), "[/.%25eEfFcC2\\\\;a]{0,24}"],
        order in proptest::collection::vec(0..READERS.len(), 0..7),
    ) {
        let Ok(target) = target(&path, &[]) else { return Ok(()) };
        let mut read = target.path().as_bytes().to_vec();
        prop_assert!(read.starts_with(b"/proxy/"));
        for reader in std::iter::once(None).chain(order.into_iter().map(Some)) {
            if let Some(reader) = reader {
                read = READERS[reader](read);
            }
            let whole = resolved(&read);
            prop_assert_eq!(whole.first().map(|name| &**name), Some(&b"proxy"[..]), "{:?}", path);
            // Of a reader that decodes before it looks for the query and the fragment.
            let cut = read.split(|byte| matches!(byte, b'?' | b'#')).next().unwrap_or_default();
            let cut = resolved(cut);
            prop_assert_eq!(cut.first().map(|name| &**name), Some(&b"proxy"[..]), "{:?}", path);
        }
    }
}
