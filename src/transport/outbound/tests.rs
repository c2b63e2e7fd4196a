//! Which proxy is used for which host, and what its responses mean.

use super::*;
use crate::ErrorKind;

fn uri(url: &str) -> Uri {
    url.parse().expect("a URL")
}

/// The proxy that these variables name for a URL.
fn from(variables: &[(&str, &str)], url: &str) -> Result<Option<String>, Error> {
    let variable = |name: &str| {
        let mut set = variables.iter().filter(|(set, _)| *set == name);
        set.next().map(|(_, value)| (*value).to_owned())
    };
    let proxy = from_variables(&uri(url), variable)?;
    Ok(proxy.map(|proxy| proxy.address().to_owned()))
}

#[test]
fn the_variables_are_read_as_other_programs_read_them() {
    let https = "https://acme.scalekit.dev";
    for (variables, url, expected) in [
        (&[][..], https, None),
        (&[("HTTPS_PROXY", "http://p:1")], https, Some("p:1")),
        (&[("https_proxy", "p:2")], https, Some("p:2")),
        (&[("HTTPS_PROXY", " http://p/ ")], https, Some("p:80")),
        (&[("HTTPS_PROXY", "")], https, None),
        (&[("ALL_PROXY", "http://p:3")], https, Some("p:3")),
        (&[("all_proxy", "HTTP://p:4")], https, Some("p:4")),
        (&[("HTTP_PROXY", "http://p:5")], https, None),
        (
            &[("HTTP_PROXY", "http://p:5")],
            "http://acme.test",
            Some("p:5"),
        ),
        (
            &[("HTTP_PROXY", "http://p:5"), ("REQUEST_METHOD", "GET")],
            "http://acme.test",
            None,
        ),
        (
            &[("HTTPS_PROXY", "http://p:6"), ("ALL_PROXY", "http://q:6")],
            https,
            Some("p:6"),
        ),
        (
            &[
                ("HTTPS_PROXY", "http://p:7"),
                ("NO_PROXY", "a.dev,scalekit.dev"),
            ],
            https,
            None,
        ),
        (
            &[("HTTPS_PROXY", "http://p:7"), ("no_proxy", "*")],
            https,
            None,
        ),
        (
            &[
                ("HTTPS_PROXY", "http://p:7"),
                ("NO_PROXY", "me.scalekit.dev"),
            ],
            https,
            Some("p:7"),
        ),
        (
            &[("HTTPS_PROXY", "http://p:7"), ("NO_PROXY", "10.0.0.0/8")],
            "https://10.1.2.3:8443",
            None,
        ),
        (&[("HTTPS_PROXY", "http://[::1]:8")], https, Some("[::1]:8")),
    ] {
        let proxy = from(variables, url).expect("readable");
        assert_eq!(proxy.as_deref(), expected, "{variables:?} for {url}");
    }
}

#[test]
fn the_variables_never_apply_to_this_machine() {
    let variables = [("ALL_PROXY", "socks5://nonsense")];
    for url in [
        "https://localhost:1",
        "https://127.0.0.1",
        "http://[::1]:9",
        "http://127.9.9.9",
    ] {
        assert_eq!(from(&variables, url).expect("not read"), None, "{url}");
    }
}

#[test]
fn a_proxy_that_cannot_be_used_is_named_by_its_variable_and_not_by_its_password() {
    for url in [
        "socks5://u:sentinel@p:1",
        "https://u:sentinel@p:1",
        "http://u:sentinel@",
        "http://u:sentinel@p:99999",
        "http://u:sentinel@p:x",
        "http://u:sentinel@p:1/path",
        "http://u:sentinel@a b",
        "://u:sentinel@p:1",
    ] {
        let error = from(&[("HTTPS_PROXY", url)], "https://a.dev").expect_err(url);
        assert_eq!(error.kind(), ErrorKind::Config, "{url}");
        let text = format!("{error} {error:?}");
        assert!(text.contains("HTTPS_PROXY"), "{text}");
        assert!(!text.contains("sentinel"), "{text}");
    }
}

#[test]
fn a_list_names_domains_addresses_and_networks() {
    for (list, url, listed) in [
        ("a.dev", "https://a.dev", true),
        (" .a.dev ", "https://x.A.dev:1", true),
        ("a.dev", "https://ba.dev", false),
        ("b.a.dev", "https://a.dev", false),
        ("", "https://a.dev", false),
        (".,", "https://a.dev", false),
        ("*", "https://[2001:db8::1]", true),
        ("10.1.2.3", "https://10.1.2.3", true),
        ("10.1.2.3", "https://10.1.2.4", false),
        ("10.0.0.0/8", "https://10.255.0.1", true),
        ("10.0.0.0/8", "https://11.0.0.1", false),
        ("10.0.0.0/33", "https://10.0.0.1", false),
        ("10.0.0.0/x", "https://10.0.0.0", false),
        ("0.0.0.0/0", "https://10.0.0.1", true),
        ("::/0", "https://10.0.0.1", false),
        ("::/0", "https://[2001:db8::1]", true),
        ("[2001:db8::1]", "https://[2001:db8::1]", true),
        ("2001:db8::/32", "https://[2001:db8:1::1]", true),
        ("2001:db8::/32", "https://[2001:db9::1]", false),
        ("2.3", "https://10.1.2.3", false),
    ] {
        assert_eq!(is_listed(list, &uri(url)), listed, "{list} for {url}");
    }
}

#[test]
fn credentials_are_decoded_and_sent_as_basic() {
    for (url, expected) in [
        ("http://u:p@h:1", "u:p"),
        ("http://u@h:1", "u:"),
        ("http://a%40b:p%3aq@h:1", "a@b:p:q"),
        ("http://u:p@ss@h:1", "u:p@ss"),
    ] {
        let proxy = OutboundProxy::parse("proxy", url).expect(url);
        let header = proxy.authorization.as_ref().expect("credentials");
        let basic = format!("Basic {}", BASE64_STANDARD.encode(expected));
        assert_eq!(header.to_str().expect("ASCII"), basic);
        assert!(header.is_sensitive());
        assert_eq!(format!("{proxy:?}"), "http://h:1/");
    }
}

#[test]
fn a_response_to_connect_is_read_by_its_status_line() {
    for (head, expected) in [
        ("HTTP/1.1 200 Connection established\r\n\r\n", Some(200)),
        ("HTTP/1.0 407\r\nx: y\r\n\r\n", Some(407)),
        ("HTTP/2 200\r\n\r\n", None),
        ("SSH-2.0-x\r\n\r\n", None),
        ("HTTP/1.1 2\r\n\r\n", None),
    ] {
        assert_eq!(status(head.as_bytes()), expected, "{head}");
    }
}
