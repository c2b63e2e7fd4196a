//! Rust SDK for Scalekit AgentKit.

#[cfg(feature = "raw")]
pub mod raw;
#[cfg(not(feature = "raw"))]
#[allow(dead_code)]
mod raw;
