//! TLS: rustls with the roots and the client certificate of a client, without global state.

use std::fmt;
use std::sync::Arc;

use ::http::uri::Scheme;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};
use zeroize::Zeroizing;

use super::TransportConfig;
use crate::{Error, Secret};

pub(crate) fn client_config(config: &TransportConfig) -> Result<ClientConfig, Error> {
    let roots = match config.env_url.scheme() == Some(&Scheme::HTTPS) {
        true => roots(&config.root_certificates)?,
        false => RootCertStore::empty(),
    };
    // Set explicitly, so that the crate neither needs nor sets a process-wide provider.
    let builder = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::config(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots);
    Ok(match &config.client_certificate {
        Some(certificate) => builder.with_client_cert_resolver(certificate.0.clone()),
        None => builder.with_no_client_auth(),
    })
}

#[cfg(feature = "aws-lc-rs")]
fn provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
fn provider() -> CryptoProvider {
    compile_error!(
        "scalekit needs a TLS provider: enable its feature `ring` (which is a default feature) or \
         `aws-lc-rs`"
    )
}

/// The trusted roots: those of the features, and those of the application.
fn roots(own: &[CertificateDer<'static>]) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    #[cfg(feature = "native-roots")]
    native::add_to(&mut roots)?;
    #[cfg(feature = "webpki-roots")]
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for certificate in own {
        roots.add(certificate.clone()).map_err(|error| {
            Error::config(format!("a root certificate cannot be used: {error}"))
        })?;
    }
    match roots.is_empty() {
        true => Err(Error::config(NO_ROOTS)),
        false => Ok(roots),
    }
}

#[cfg(feature = "native-roots")]
const NO_ROOTS: &str = "no root certificates: install the platform's (package ca-certificates on \
    most Linux systems), point SSL_CERT_FILE to them, set them with \
    ClientBuilder::root_certificates_pem, or enable the feature `webpki-roots`";
#[cfg(not(feature = "native-roots"))]
const NO_ROOTS: &str = "no root certificates: set them with ClientBuilder::root_certificates_pem, or \
    enable the feature `native-roots` or `webpki-roots`";

/// The root certificates of the platform.
#[cfg(feature = "native-roots")]
mod native {
    use rustls::RootCertStore;

    use crate::Error;

    pub(super) fn add_to(roots: &mut RootCertStore) -> Result<(), Error> {
        let platform = rustls_native_certs::load_native_certs();
        named_files_can_be_read(&platform.errors)?;
        // One invalid certificate is no reason to reject the others.
        roots.add_parsable_certificates(platform.certs);
        Ok(())
    }

    /// A file that the user sets and that cannot be read is an error: without it, every server would
    /// be untrusted.
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
}

/// A certificate chain and a private key in PEM. `Debug` shows neither: files often hold both.
#[derive(Clone)]
pub(crate) struct PemPair {
    pub chain: Zeroizing<Vec<u8>>,
    pub key: Secret,
}

impl fmt::Debug for PemPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// The certificate that a client shows to servers, and its key.
#[derive(Clone)]
pub(crate) struct ClientCertificate(Arc<SingleCertAndKey>);

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl ClientCertificate {
    /// # Errors
    /// `Config`, which says what is wrong and shows nothing of either text.
    pub fn parse(PemPair { chain, key }: &PemPair) -> Result<Self, Error> {
        let wrong = |what: &str| Error::config(format!("client_certificate_pem: {what}"));
        let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|_| wrong("the certificate chain is not PEM"))?;
        if chain.is_empty() {
            return Err(wrong("the certificate chain holds no certificate"));
        }
        let key = PrivateKeyDer::from_pem_slice(key.expose().as_bytes());
        let key = key.map_err(|error| match error {
            PemError::NoItemsFound => wrong(
                "the private key holds no key: expected PEM with BEGIN PRIVATE KEY, BEGIN RSA \
                 PRIVATE KEY or BEGIN EC PRIVATE KEY; an encrypted key must be decrypted first",
            ),
            _ => wrong("the private key is not PEM"),
        })?;
        let pair = CertifiedKey::from_der(chain, key, &provider());
        let pair = pair.map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => wrong(
                "the private key does not match the certificate: the first certificate of the chain \
                 must be the client's own",
            ),
            rustls::Error::InvalidCertificate(reason) => {
                wrong(&format!("the certificate cannot be used: {reason}"))
            }
            error => wrong(&format!("the private key cannot be used: {error}")),
        })?;
        Ok(Self(Arc::new(pair.into())))
    }
}
