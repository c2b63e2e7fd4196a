//! The calls on tools: the catalogue, the tools of a user, search.

mod list;
mod search;

pub use list::{ListAvailableTools, ListScopedTools, ListToolNames, ListTools};
pub use search::{RefreshTools, SearchTools};

use serde::Serialize;

use crate::actions::ExecuteTool;
use crate::{AccountRef, Client};

/// The calls on tools: see [`Client::tools`].
///
/// Each method returns the builder of a call. Set the optional parameters on it, then await it.
#[derive(Clone, Debug)]
pub struct Tools {
    client: Client,
}

impl Tools {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Lists the tools of the catalogue; see [`ListTools`].
    pub fn list_tools(&self) -> ListTools {
        ListTools::new(&self.client)
    }

    /// Lists the tools that a user can call with connected accounts; see [`ListScopedTools`].
    pub fn list_scoped_tools(&self, identifier: impl Into<String>) -> ListScopedTools {
        ListScopedTools::new(&self.client, identifier.into())
    }

    /// Lists the tools available to a user; see [`ListAvailableTools`].
    pub fn list_available_tools(&self, identifier: impl Into<String>) -> ListAvailableTools {
        ListAvailableTools::new(&self.client, identifier.into())
    }

    /// Searches tools by a description of the task; see [`SearchTools`].
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
