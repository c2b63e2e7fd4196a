//! The names under which serde_json passes a number or raw JSON through serde as text.

pub(super) const RAW_NUMBER: &str = "$serde_json::private::Number";
pub(super) const RAW_VALUE: &str = "$serde_json::private::RawValue";
