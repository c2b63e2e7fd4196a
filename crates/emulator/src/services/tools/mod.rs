//! ToolService.

mod execute;
mod http_tool;
mod lists;
mod manage;
mod search;
mod show;

pub(crate) use execute::execute;
pub(crate) use lists::{list, list_available, list_scoped};
pub(crate) use manage::{create, delete, refresh, set_default, update};
pub(crate) use search::search;
