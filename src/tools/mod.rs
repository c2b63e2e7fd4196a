//! What tools there are: the catalogue, a user's share of it, and search.

mod list;
mod search;

pub use list::{ListAvailableTools, ListScopedTools, ListToolNames, ListTools};
pub use search::{RefreshTools, SearchTools};

use serde_core::Serialize;

use crate::actions::ExecuteTool;
use crate::{AccountRef, Client};

/// The calls on tools: see [`Client::tools`].
///
/// Each method starts a call: set what is optional on what it returns, and await that.
#[derive(Clone, Debug)]
pub struct Tools {
    client: Client,
}

impl Tools {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// The tools of the catalogue; see [`ListTools`].
    pub fn list_tools(&self) -> ListTools {
        ListTools::new(&self.client)
    }

    /// The tools that a user can call with accounts that are connected; see [`ListScopedTools`].
    pub fn list_scoped_tools(&self, identifier: impl Into<String>) -> ListScopedTools {
        ListScopedTools::new(&self.client, identifier.into())
    }

    /// The tools that could be made available to a user; see [`ListAvailableTools`].
    pub fn list_available_tools(&self, identifier: impl Into<String>) -> ListAvailableTools {
        ListAvailableTools::new(&self.client, identifier.into())
    }

    /// The tools that fit a job described in words; see [`SearchTools`].
    pub fn search_tools(&self, query: impl Into<String>) -> SearchTools {
        SearchTools::new(&self.client, query.into())
    }

    /// Reloads the tools of an account from its provider; see [`RefreshTools`].
    pub fn refresh_tools(&self, account: impl Into<AccountRef>) -> RefreshTools {
        RefreshTools::new(&self.client, account.into())
    }

    /// Executes a tool: the same call as
    /// [`Actions::execute_tool`](crate::actions::Actions::execute_tool).
    pub fn execute_tool(&self, tool_name: impl Into<String>, input: impl Serialize) -> ExecuteTool {
        self.client.actions().execute_tool(tool_name, input)
    }
}
