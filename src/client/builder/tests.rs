use super::*;

fn builder(url: &str) -> ClientBuilder {
    Client::builder()
        .env_url(url)
        .client_id("skc_1")
        .client_secret("sentinel-secret")
}

#[test]
fn http_is_for_loopback_unless_allowed() {
    for url in [
        "http://127.0.0.1:1",
        "http://localhost:80",
        "http://[::1]:9",
        "https://a.dev/",
    ] {
        assert!(builder(url).build().is_ok(), "{url}");
    }
    for url in [
        "http://acme.scalekit.dev",
        "http://127.0.0.1.evil.dev",
        "http://10.0.0.1",
    ] {
        let error = builder(url).build().expect_err(url);
        assert!(error.to_string().contains("in the clear"), "{error}");
        assert!(builder(url).allow_http(true).build().is_ok(), "{url}");
    }
}

#[test]
fn a_url_that_would_be_misread_is_refused() {
    for (url, reason) in [
        ("acme.scalekit.dev", "no scheme"),
        ("https://a.dev/api", "path"),
        ("https://a.dev?x=1", "query"),
        ("https://user:pass@a.dev", "user name"),
        ("ftp://a.dev", "https://"),
        ("https://a dev", "not a URL"),
        ("https://a.dev:99999", "port"),
        ("https://a.dev:65536", "port"),
        ("http://127.0.0.1:99999", "port"),
        ("https://a.dev:0", "port"),
        ("https://a.dev:", "port"),
        ("https://a.dev:+80", "port"),
        ("https://a.dev:８０", "not a URL"),
        ("https://[::1]:99999", "port"),
        ("https://[::1]:", "port"),
        ("https://:443", "no host"),
        ("https://a:b@c.dev:443", "user name"),
    ] {
        let error = builder(url).build().expect_err(url);
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        assert!(error.to_string().contains(reason), "{url}: {error}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let error = Client::builder().build().expect_err("no url");
    assert!(error.to_string().contains("env_url"), "{error}");
    let error = Client::builder()
        .env_url("https://a.dev")
        .build()
        .expect_err("no id");
    assert!(error.to_string().contains("client_id"), "{error}");
    let error = builder("https://a.dev")
        .client_secret(" ")
        .build()
        .expect_err("blank");
    assert!(error.to_string().contains("client_secret"), "{error}");
}

#[test]
fn ports_that_are_ones_are_taken() {
    for url in [
        "https://a.dev:1",
        "https://a.dev:65535",
        "https://a.dev:08443",
        "http://[::1]:80",
        "https://[2001:db8::1]",
        "  https://a.dev:443/ \n",
    ] {
        assert!(builder(url).build().is_ok(), "{url}");
    }
}

#[test]
fn credentials_with_a_line_break_are_refused_and_not_shown() {
    for (text, reason) in [
        ("sentinel-secret\n", "begins or ends with a blank"),
        ("sentinel-secret\r\n", "begins or ends with a blank"),
        (" sentinel-secret", "begins or ends with a blank"),
        ("\tsentinel-secret", "begins or ends with a blank"),
        ("sentinel-secret\u{a0}", "begins or ends with a blank"),
        ("sentinel-\nsecret", "control character"),
        ("sentinel-\0secret", "control character"),
    ] {
        let errors = [
            (
                "client_id",
                builder("https://a.dev").client_id(text).build(),
            ),
            (
                "client_secret",
                builder("https://a.dev").client_secret(text).build(),
            ),
        ];
        for (setting, error) in errors {
            let error = error.expect_err(setting);
            assert_eq!(error.kind(), crate::ErrorKind::Config);
            let text = format!("{error} {error:?}");
            assert!(text.contains(reason) && text.contains(setting), "{text}");
            assert!(!text.contains("sentinel"), "{text}");
        }
    }
}

#[test]
fn a_user_agent_arrives_as_it_is_or_not_at_all() {
    let suffixed = |suffix: &str| builder("https://a.dev").user_agent_suffix(suffix).build();
    assert!(suffixed("my-agent/1.2 (x; y)").is_ok());
    for suffix in [
        " a/1",
        "a/1 ",
        "a/1\n",
        "a\t1",
        "a\r\nx: y",
        "ä/1",
        "a/1\u{7f}",
    ] {
        let error = suffixed(suffix).expect_err(suffix);
        assert!(
            error.to_string().contains("user_agent_suffix must be"),
            "{error}"
        );
    }
}

#[test]
fn times_with_which_nothing_could_work_are_refused() {
    const LONG: Duration = Duration::MAX;
    let builder = || builder("https://a.dev");
    for (wrong, setting) in [
        (builder().connect_timeout(Duration::ZERO), "connect_timeout"),
        (
            builder().keep_alive_interval(Duration::ZERO),
            "keep_alive_interval",
        ),
        (
            builder().keep_alive_timeout(Duration::ZERO),
            "keep_alive_timeout",
        ),
    ] {
        let error = wrong.build().expect_err(setting);
        assert!(error.to_string().contains(setting), "{error}");
    }
    let client = builder()
        .connect_timeout(LONG)
        .keep_alive_interval(LONG)
        .keep_alive_timeout(LONG)
        .timeout(LONG)
        .tool_timeout(LONG)
        .proxy_timeout(LONG)
        .build()
        .expect("a client");
    for class in [Class::Control, Class::Tool, Class::Proxy] {
        assert_eq!(client.default_timeout(class), bounded(LONG));
    }
}

#[test]
fn certificates_are_checked_when_building() {
    let error = builder("https://a.dev")
        .root_certificates_pem("nonsense")
        .build();
    assert!(
        error
            .expect_err("no certificate")
            .to_string()
            .contains("root_certificates_pem")
    );
}

#[test]
fn debug_shows_no_secret() {
    let builder = builder("https://a.dev");
    let client = builder.clone().build().expect("a client");
    for text in [
        format!("{builder:?}"),
        format!("{client:?}"),
        format!("{:?}", builder),
    ] {
        assert!(!text.contains("sentinel-secret"), "{text}");
        assert!(text.contains("skc_1"), "{text}");
    }
}
