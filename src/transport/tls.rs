//! TLS: rustls with the platform's root certificates, without global state.

use std::sync::Arc;

use ::http::uri::Scheme;
use rustls::{ClientConfig, RootCertStore};

use super::TransportConfig;
use crate::Error;

pub(crate) fn client_config(config: &TransportConfig) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    if config.env_url.scheme() == Some(&Scheme::HTTPS) {
        let platform = rustls_native_certs::load_native_certs();
        named_files_can_be_read(&platform.errors)?;
        // One invalid certificate is no reason to reject the others.
        roots.add_parsable_certificates(platform.certs);
        for certificate in &config.root_certificates {
            roots.add(certificate.clone()).map_err(|error| {
                Error::config(format!("a root certificate cannot be used: {error}"))
            })?;
        }
        if roots.is_empty() {
            return Err(Error::config(
                "no root certificates: install the platform's (package ca-certificates on most \
                 Linux systems), point SSL_CERT_FILE to them, or set them on the client builder",
            ));
        }
    }
    // Set explicitly, so that the crate neither needs nor sets a process-wide provider.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::config(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

/// A file that the user sets and that cannot be read is an error: without it, every server would be
/// untrusted.
fn named_files_can_be_read(errors: &[rustls_native_certs::Error]) -> Result<(), Error> {
    let variables = ["SSL_CERT_FILE", "SSL_CERT_DIR"];
    let named = variables.into_iter().find_map(|name| {
        let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
        Some((name, value))
    });
    match (named, errors.first()) {
        (Some((name, value)), Some(error)) => Err(Error::config(format!(
            "{name} names {}, of which certificates cannot be read: {error}",
            value.to_string_lossy()
        ))),
        _ => Ok(()),
    }
}
