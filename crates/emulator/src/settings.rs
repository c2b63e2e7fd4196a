//! Settings that are fixed when an emulator starts.

use std::time::Duration;

use crate::page::Paging;

/// The settings of a running emulator.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) env_url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) token_lifetime: Duration,
    pub(crate) link_lifetime: Duration,
    pub(crate) paging: Paging,
}
