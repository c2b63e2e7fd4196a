//! The bindings generated from `spec/`: every message, enum and client, exempt from semver.

/// The serialized `google.protobuf.FileDescriptorSet` of `spec/proto`, imports included.
#[cfg(not(feature = "codegen"))]
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("../generated/descriptors.bin");
/// The serialized `google.protobuf.FileDescriptorSet` of `spec/proto`, imports included.
#[cfg(feature = "codegen")]
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

#[cfg(not(feature = "codegen"))]
include!("../generated/meta.rs");
#[cfg(feature = "codegen")]
include!(concat!(env!("OUT_DIR"), "/meta.rs"));

#[allow(missing_docs, rustdoc::all, clippy::all)]
mod generated {
    #[cfg(not(feature = "codegen"))]
    include!("../generated/grpc/mod.rs");
    #[cfg(feature = "codegen")]
    include!(concat!(env!("OUT_DIR"), "/grpc/mod.rs"));
}
pub use generated::scalekit::v1::*;
