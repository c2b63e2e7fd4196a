//! What can go wrong with the emulator itself, as opposed to the calls it answers.

use std::fmt;
use std::net::SocketAddr;

/// Why the emulator could not be started, seeded or used.
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
    /// The address could not be listened on.
    Listen,
    /// The certificate or the key cannot be used.
    Tls,
    /// The seed cannot be read or contradicts itself; the message names file and key.
    Seed,
    /// The consent page refused, for example because the link is used up or expired.
    Consent,
    /// A request that the emulator sent to itself failed.
    Http,
    /// The SDK client could not be built.
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

    /// What kind of error this is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        // One line for whoever starts the program; the chain is there for those who want it.
        if let Some(source) = &self.source {
            write!(f, ": {source}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
