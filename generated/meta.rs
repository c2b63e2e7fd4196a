// This file is @generated from spec/lock.toml.
/// The revision of the API that the bindings speak.
pub const API_VERSION: &str = "20261012";
/// The version of the published package that the spec was taken from.
pub const SPEC_PACKAGE_VERSION: &str = "2.21.0";
