//! The path of a proxied request.

use crate::actions::path;

/// The path of a proxied request: an accepted path stays below `/proxy/`, however often it is decoded.
pub fn path_check(data: &[u8]) -> bool {
    let path = String::from_utf8_lossy(data);
    let pairs = [("q".to_owned(), path.to_string())];
    let with_pairs = path::target(&path, &pairs);
    let Ok(target) = path::target(&path, &[]) else {
        assert!(with_pairs.is_err(), "{path:?}");
        return false;
    };
    let with_pairs = with_pairs.expect("pairs accept any text");
    assert_eq!(with_pairs.path(), target.path());
    let query = with_pairs.query().unwrap_or_default();
    let last = form_urlencoded::parse(query.as_bytes()).last();
    assert_eq!(last.expect("a pair").1, path);

    let below = target.path().strip_prefix("/proxy/");
    let own = path.split('?').next().unwrap_or_default();
    assert_eq!(below, Some(own.strip_prefix('/').unwrap_or(own)));
    assert!(!target.as_str().contains('#'), "{target}");
    let mut read = target.path().as_bytes().to_vec();
    loop {
        check_below_proxy(&read);
        let decoded: Vec<u8> = percent_encoding::percent_decode(&read).collect();
        if decoded == read {
            return true;
        }
        read = decoded;
    }
}

/// Checks that no server can resolve this path to one outside `/proxy/`.
fn check_below_proxy(path: &[u8]) {
    let shown = path.escape_ascii();
    assert!(path.starts_with(b"/proxy/"), "{shown}");
    assert!(!path.iter().any(u8::is_ascii_control), "{shown}");
    // Overlong encodings of a dot, a slash and a backslash, which old UTF-8 decoders accept.
    for overlong in [b"\xc0\xae", b"\xc0\xaf", b"\xc1\x9c"] {
        assert!(!path.windows(2).any(|bytes| bytes == overlong), "{shown}");
    }
    for segment in path.split(|byte| matches!(byte, b'/' | b'\\')) {
        // A server that decodes too early sees a parameter, a query or a fragment here.
        let mut name = segment.split(|byte| b";?#".contains(byte));
        let name = name.next().unwrap_or_default();
        assert!(name != b"..", "{shown}");
    }
}
