//! Errors of the emulator itself, as opposed to the calls it serves.

use std::fmt;
use std::net::SocketAddr;

/// An error while starting, seeding or using the emulator.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The emulator cannot listen on the address.
    Listen,
    /// The certificate or the key cannot be used.
    Tls,
    /// The seed cannot be read or is inconsistent. The message names the file and the key.
    Seed,
    /// The consent page returned an error, for example because the link was used or has expired.
    Consent,
    /// A request that the emulator sent to itself failed.
    Http,
    /// The SDK client cannot be built.
    Client,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error {
            kind,
            message: message.into(),
            source: None,
        }
    }

    pub(crate) fn with(
        kind: ErrorKind,
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Error {
            kind,
            message: message.into(),
            source: Some(source.into()),
        }
    }

    pub(crate) fn listen(address: SocketAddr, source: std::io::Error) -> Self {
        Error::with(
            ErrorKind::Listen,
            format!("cannot listen on {address}"),
            source,
        )
    }

    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        // `Display` includes the source, because the program prints one line.
        if let Some(source) = &self.source {
            write!(f, ": {source}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
