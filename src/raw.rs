//! The bindings generated from `spec/`: every message, enum and client, exempt from semver.

/// The serialized `google.protobuf.FileDescriptorSet` of `spec/proto`, imports included.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("../generated/descriptors.bin");

#[allow(missing_docs, rustdoc::all, clippy::all)]
mod generated {
    include!("../generated/grpc/mod.rs");
}
pub use generated::scalekit::v1::*;

/// The API version that the spec describes, as the header `x-api-version` carries it.
pub const API_VERSION: &str = "20261012";
