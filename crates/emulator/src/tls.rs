//! TLS: the server's identity, and a client that trusts only that identity.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, ServerConfig, SignatureScheme};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::error::{Error, ErrorKind};

/// A certificate chain and its key.
#[derive(Clone)]
pub(crate) struct Identity {
    cert_pem: Vec<u8>,
    key_pem: Vec<u8>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

impl Identity {
    pub(crate) fn new(cert_pem: Vec<u8>, key_pem: Vec<u8>) -> Self {
        Identity { cert_pem, key_pem }
    }

    /// The certificates, as given.
    pub(crate) fn cert_pem(&self) -> &[u8] {
        &self.cert_pem
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, Error> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&self.cert_pem)
            .collect::<Result<_, _>>()
            .map_err(|error| problem("the certificate is not PEM", error))?;
        if chain.is_empty() {
            return Err(Error::new(
                ErrorKind::Tls,
                "the certificate file holds no certificate",
            ));
        }
        Ok(chain)
    }

    pub(crate) fn acceptor(&self) -> Result<TlsAcceptor, Error> {
        let key = PrivateKeyDer::from_pem_slice(&self.key_pem)
            .map_err(|error| problem("the key is not PEM", error))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| problem("TLS", error))?
            .with_no_client_auth()
            .with_single_cert(self.chain()?, key)
            .map_err(|error| problem("certificate and key", error))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// A connector for the emulator's own browser. It pins the certificate, because the CA that
    /// signed it belongs to the test and is not part of the chain.
    pub(crate) fn connector(&self) -> Result<TlsConnector, Error> {
        let provider = Arc::new(ring::default_provider());
        let pinned = self.chain()?.swap_remove(0);
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| problem("TLS", error))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Pinned { pinned, provider }))
            .with_no_client_auth();
        Ok(TlsConnector::from(Arc::new(config)))
    }
}

fn problem(what: &str, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::with(ErrorKind::Tls, what, error)
}

/// Accepts one certificate and no other.
#[derive(Debug)]
struct Pinned {
    pinned: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if *end_entity == self.pinned {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::General("not the emulator".to_owned()))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
