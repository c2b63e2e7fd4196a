//! SDK clients for an emulator.

use crate::emulator::Emulator;
use crate::error::{Error, ErrorKind};

impl Emulator {
    /// A client of this emulator.
    ///
    /// # Panics
    /// The client cannot be built. Only a certificate that is not its own CA can cause this; use
    /// [`client_builder`](Emulator::client_builder) in that case.
    pub fn client(&self) -> scalekit::Client {
        match self.client_builder().build() {
            Ok(client) => client,
            Err(error) => panic!(
                "{}",
                Error::with(ErrorKind::Client, "scalekit::Client", error)
            ),
        }
    }

    /// A client builder with the URL, the credentials and, with TLS, the root certificate filled
    /// in.
    pub fn client_builder(&self) -> scalekit::ClientBuilder {
        let builder = scalekit::Client::builder()
            .env_url(self.env_url())
            .client_id(self.client_id())
            .client_secret(self.client_secret());
        match &self.tls {
            Some(identity) => builder.root_certificates_pem(identity.cert_pem().to_vec()),
            None => builder,
        }
    }
}
