//! Create, update, read, list and delete configurations of MCP servers.

use crate::call::{
    Call, Operation, call_builder, leave_out_empty, may_be_idempotent, operations, pageable,
    text_setters,
};
use crate::model::not_blank;
use crate::raw::mcp as wire;
use crate::{Client, ConnectionToolMapping, Error, McpConfig, Page};

/// The configuration in a response.
fn read(config: Option<wire::McpConfig>, operation: &Operation) -> Result<McpConfig, Error> {
    McpConfig::from_wire(config).map_err(|error| error.with_call(operation.name))
}

fn mappings(
    mappings: impl IntoIterator<Item = ConnectionToolMapping>,
) -> Vec<wire::McpConfigConnectionToolMapping> {
    let mappings = mappings.into_iter();
    mappings.map(ConnectionToolMapping::into_wire).collect()
}

call_builder! {
    /// Creates a configuration, and with it an MCP server that offers the configured tools.
    ///
    /// The name has at most 100 characters of `a-z 0-9 _ -` and must be unique within the
    /// environment (descriptors of `scalekit-sdk-python` 2.21.0). Not retried after a failure that
    /// leaves open whether it took effect.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// use scalekit::ConnectionToolMapping;
    ///
    /// let config = client
    ///     .mcp()
    ///     .create_config("inbox")
    ///     .description("Reads mails")
    ///     .connection_tool_mappings([
    ///         ConnectionToolMapping::new("gmail").tools(["gmail_fetch_mails"]),
    ///     ])
    ///     .await?;
    /// println!("{}", config.mcp_server_url);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the name is blank; `BadRequest` when it has other characters, or there
    /// are more than 25 connections; `Conflict` when there is a configuration of this name;
    /// `NotFound` when there is no such connection or tool. Also the errors of every call.
    CreateConfig(wire::CreateMcpConfigRequest) -> McpConfig
}
may_be_idempotent!(CreateConfig);
text_setters!(CreateConfig {
    /// The description of the server.
    description => [config.get_or_insert_default().description];
});

impl CreateConfig {
    pub(super) fn new(client: &Client, name: String) -> Self {
        let request = not_blank("name", name).map(|name| wire::CreateMcpConfigRequest {
            config: Some(wire::McpConfig {
                name,
                ..Default::default()
            }),
        });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// The connections and their tools; at most 25 connections.
    pub fn connection_tool_mappings(
        mut self,
        connections: impl IntoIterator<Item = ConnectionToolMapping>,
    ) -> Self {
        let config = self.call.request.config.get_or_insert_default();
        config.connection_tool_mappings = mappings(connections);
        self
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<McpConfig, Error> {
        let operation = &operations::CREATE_CONFIG;
        let response: wire::CreateMcpConfigResponse = self.call.unary(operation).await?;
        read(response.config, operation)
    }
}

call_builder! {
    /// Updates the description and the tools of a configuration. Fields that are not set keep their
    /// values. The name cannot be changed.
    ///
    /// Retried after transient failures: doing it twice has the same effect as doing it once.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// use scalekit::ConnectionToolMapping;
    ///
    /// let mail = ConnectionToolMapping::new("gmail").tools(["gmail_send_mail"]);
    /// client.mcp().update_config("cfg_1").connection_tool_mappings([mail]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the id is blank; `BadRequest` when there are more than 25 connections;
    /// `NotFound` when there is no such configuration, connection or tool. Also the errors of every
    /// call.
    UpdateConfig(wire::UpdateMcpConfigRequest) -> McpConfig
}
text_setters!(UpdateConfig {
    /// The description of the server.
    description => [description];
});

impl UpdateConfig {
    pub(super) fn new(client: &Client, config_id: String) -> Self {
        let request =
            not_blank("config_id", config_id).map(|config_id| wire::UpdateMcpConfigRequest {
                config_id,
                ..Default::default()
            });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Replaces the connections and their tools; at most 25 connections.
    pub fn connection_tool_mappings(
        mut self,
        connections: impl IntoIterator<Item = ConnectionToolMapping>,
    ) -> Self {
        self.call.request.connection_tool_mappings = mappings(connections);
        self
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<McpConfig, Error> {
        let operation = &operations::UPDATE_CONFIG;
        let response: wire::UpdateMcpConfigResponse = self.call.unary(operation).await?;
        read(response.config, operation)
    }
}

call_builder! {
    /// Lists the configurations of the environment.
    ///
    /// Await it for one page, or use [`pages`](Self::pages) or [`items`](Self::items). Retried
    /// after transient failures.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let mut configs = client.mcp().list_configs().provider("GMAIL").items();
    /// while let Some(config) = configs.next().await {
    ///     println!("{}", config?.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `BadRequest` when a filter, the page size or the page token is not acceptable. Also the
    /// errors of every call.
    ListConfigs(wire::ListMcpConfigsRequest) -> Page<McpConfig>
}
text_setters!(ListConfigs {
    /// Only the configuration with this id.
    id => [filter.get_or_insert_default().id];
    /// Only the configuration with this name; at most 100 characters of `a-z A-Z 0-9 _ -`.
    name => [filter.get_or_insert_default().name];
    /// Only configurations with a connection to this provider, such as `GMAIL`.
    provider => [filter.get_or_insert_default().provider];
    /// Only the configuration of the server at this URL.
    mcp_server_url => [filter.get_or_insert_default().mcp_server_url];
    /// Only configurations that match this text.
    search => [search];
});
pageable!(
    ListConfigs of McpConfig,
    /// The maximum number of configurations on a page; at most 30.
);

impl ListConfigs {
    pub(super) fn new(client: &Client) -> Self {
        Self {
            call: Call::new(client, wire::ListMcpConfigsRequest::default()),
        }
    }

    /// Requests one page.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(mut self) -> Result<Page<McpConfig>, Error> {
        leave_out_empty(&mut self.call.request.filter);
        let response: wire::ListMcpConfigsResponse =
            self.call.unary(&operations::LIST_CONFIGS).await?;
        Ok(Page::new(
            response.configs.into_iter().map(Into::into).collect(),
            response.total_size,
            response.next_page_token,
            response.prev_page_token,
        ))
    }
}

call_builder! {
    /// Reads a configuration.
    ///
    /// Retried after transient failures.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let config = client.mcp().get_config("cfg_1").await?;
    /// println!("{} is at {}", config.name, config.mcp_server_url);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the id is blank; `NotFound` when there is no such configuration. Also
    /// the errors of every call.
    GetConfig(wire::GetMcpConfigRequest) -> McpConfig
}

impl GetConfig {
    pub(super) fn new(client: &Client, config_id: String) -> Self {
        let request = not_blank("config_id", config_id)
            .map(|config_id| wire::GetMcpConfigRequest { config_id });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<McpConfig, Error> {
        let operation = &operations::GET_CONFIG;
        let response: wire::GetMcpConfigResponse = self.call.unary(operation).await?;
        read(response.config, operation)
    }
}

call_builder! {
    /// Deletes a configuration and its server.
    ///
    /// Retried after transient failures: ids are not reused. If the first attempt took effect and
    /// its response was lost, the retry returns `NotFound`.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// client.mcp().delete_config("cfg_1").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the id is blank; `NotFound` when there is no such configuration. Also
    /// the errors of every call.
    DeleteConfig(wire::DeleteMcpConfigRequest) -> ()
}

impl DeleteConfig {
    pub(super) fn new(client: &Client, config_id: String) -> Self {
        let request = not_blank("config_id", config_id)
            .map(|config_id| wire::DeleteMcpConfigRequest { config_id });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<(), Error> {
        let _: wire::DeleteMcpConfigResponse = self.call.unary(&operations::DELETE_CONFIG).await?;
        Ok(())
    }
}
