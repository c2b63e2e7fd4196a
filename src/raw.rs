//! The bindings generated from `spec/`: every message, enum and client, exempt from semver.
//!
//! The facade covers what applications need. This module has the whole API, exactly as published.
//! Each package outside AgentKit has a cargo feature, such as `raw-organizations`; `raw-full` enables
//! all of them. RPCs whose
//! documentation starts with PREVIEW may change or be removed.
//!
//! The clients of [`Client::raw`](crate::Client::raw) use the token, headers, deadlines, retry rules
//! and [`Transport`](crate::Transport) of the facade:
//!
//! ```no_run
//! # async fn run(client: scalekit::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use scalekit::raw::providers::ListProvidersRequest;
//!
//! let mut providers = client.raw().provider_service();
//! let response = providers.list_providers(ListProvidersRequest::default()).await?.into_inner();
//! println!("{} providers", response.total_size);
//! # Ok(())
//! # }
//! ```

/// The serialized `google.protobuf.FileDescriptorSet` of `spec/proto`, imports included.
#[cfg(not(feature = "_codegen"))]
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("../generated/descriptors.bin");
/// The serialized `google.protobuf.FileDescriptorSet` of `spec/proto`, imports included.
#[cfg(feature = "_codegen")]
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

#[cfg(not(feature = "_codegen"))]
include!("../generated/meta.rs");
#[cfg(feature = "_codegen")]
include!(concat!(env!("OUT_DIR"), "/meta.rs"));

#[allow(missing_docs, rustdoc::all, clippy::all)]
mod generated {
    #[cfg(not(feature = "_codegen"))]
    include!("../generated/grpc/mod.rs");
    #[cfg(feature = "_codegen")]
    include!(concat!(env!("OUT_DIR"), "/grpc/mod.rs"));
}
pub use generated::scalekit::v1::*;

/// Free-form JSON in messages, encoded until it is read.
#[cfg(feature = "unstable-raw")]
pub mod json {
    pub use crate::json::{JsonError, ListValue, Struct, Unwritable, Value};
}

#[cfg(feature = "unstable-raw")]
mod channel;
#[cfg(feature = "unstable-raw")]
pub use channel::{Channel, Raw};
#[cfg(feature = "raw-rest")]
pub mod rest;
