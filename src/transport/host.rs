//! Hosts as they stand in a URL.

use std::net::IpAddr;

/// An address without the brackets that IPv6 has in a URL.
pub(super) fn address(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// Whether a host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    match address(host).parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}
