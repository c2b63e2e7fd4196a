//! The bindings generated from `spec/`: every message, enum and client, exempt from semver.

/// The serialized `google.protobuf.FileDescriptorSet` of `spec/proto`, imports included.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("../generated/descriptors.bin");

#[allow(missing_docs, rustdoc::all, clippy::all)]
mod generated {
    include!("../generated/grpc/mod.rs");
}
pub use generated::scalekit::v1::*;
