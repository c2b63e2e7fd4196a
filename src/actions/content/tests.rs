//! The text of responses: encodings and byte order marks.

use http::HeaderValue;

use super::*;

fn read<'b>(encodings: &[&'static str], body: &'b [u8]) -> Result<&'b str, String> {
    let mut headers = HeaderMap::new();
    for encoding in encodings {
        headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    text(&headers, body)
}

#[test]
fn a_byte_order_mark_is_no_text() {
    assert_eq!(read(&[], b"\xef\xbb\xbf{}"), Ok("{}"));
    assert_eq!(read(&[], b"\xef\xbb\xbf"), Ok(""));
    assert_eq!(read(&[], "{\u{feff}}".as_bytes()), Ok("{\u{feff}}"));
    for (body, encoding) in [
        (&b"\xff\xfe{\0}\0"[..], "UTF-16"),
        (b"\xfe\xff\0{\0}", "UTF-16"),
        (b"\xff\xfe\0\0{\0\0\0", "UTF-32"),
        (b"\0\0\xfe\xff\0\0\0{", "UTF-32"),
    ] {
        let error = read(&[], body).expect_err(encoding);
        assert!(error.contains(encoding), "{error}");
    }
}

#[test]
fn compressed_content_is_named() {
    for (encodings, named) in [
        (&["gzip"][..], "(gzip)"),
        (&["GZIP"], "(gzip)"),
        (&["br"], "(br)"),
        (&["zstd"], "(zstd)"),
        (&["deflate"], "(deflate)"),
        (&["identity, gzip"], "(gzip)"),
        (&["br", "gzip"], "(br, gzip)"),
    ] {
        let error = read(encodings, b"{}").expect_err(named);
        assert!(
            error.contains(named) && error.contains("bytes()"),
            "{error}"
        );
    }
    assert!(
        read(&[], b"\x1f\x8b\x08\0")
            .expect_err("gzip")
            .contains("(gzip)")
    );
    assert!(
        read(&[], b"\x28\xb5\x2f\xfd")
            .expect_err("zstd")
            .contains("(zstd)")
    );
    assert!(
        read(&[], b"\xe9")
            .expect_err("Latin-1")
            .contains("not UTF-8")
    );
}

#[test]
fn what_is_not_compressed_is_read() {
    for encodings in [&["identity"][..], &["utf-8"], &[""], &["none"]] {
        assert_eq!(read(encodings, b"{}"), Ok("{}"));
    }
    assert_eq!(read(&["gzip"], b""), Ok(""), "as to a HEAD request");
}
