//! Create, update, read, list and delete configurations of MCP servers.

use crate::builder::{
    leave_out_empty, may_be_idempotent, page, pageable, rpc_builder, text_setters,
};
use crate::model::not_blank;
use crate::raw::mcp as wire;
use crate::{ConnectionToolMapping, McpConfig, Page};

fn mappings(
    mappings: impl IntoIterator<Item = ConnectionToolMapping>,
) -> Vec<wire::McpConfigConnectionToolMapping> {
    let mappings = mappings.into_iter();
    mappings.map(ConnectionToolMapping::into_wire).collect()
}

rpc_builder! {
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
    CreateConfig(name: String) -> McpConfig,
    rpc: CREATE_CONFIG(wire::CreateMcpConfigRequest) -> wire::CreateMcpConfigResponse,
    request: Ok(wire::CreateMcpConfigRequest {
        config: Some(wire::McpConfig {
            name: not_blank("name", name)?,
            ..Default::default()
        }),
    }),
    response: |response| McpConfig::from_wire(response.config),
}
may_be_idempotent!(CreateConfig);
text_setters!(CreateConfig {
    /// The description of the server.
    description => [config.get_or_insert_default().description];
});

impl CreateConfig {
    /// The connections and their tools; at most 25 connections.
    pub fn connection_tool_mappings(
        mut self,
        connections: impl IntoIterator<Item = ConnectionToolMapping>,
    ) -> Self {
        let config = self.call.request.config.get_or_insert_default();
        config.connection_tool_mappings = mappings(connections);
        self
    }
}

rpc_builder! {
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
    UpdateConfig(config_id: String) -> McpConfig,
    rpc: UPDATE_CONFIG(wire::UpdateMcpConfigRequest) -> wire::UpdateMcpConfigResponse,
    request: Ok(wire::UpdateMcpConfigRequest {
        config_id: not_blank("config_id", config_id)?,
        ..Default::default()
    }),
    response: |response| McpConfig::from_wire(response.config),
}
text_setters!(UpdateConfig {
    /// The description of the server.
    description => [description];
});

impl UpdateConfig {
    /// Replaces the connections and their tools; at most 25 connections.
    pub fn connection_tool_mappings(
        mut self,
        connections: impl IntoIterator<Item = ConnectionToolMapping>,
    ) -> Self {
        self.call.request.connection_tool_mappings = mappings(connections);
        self
    }
}

rpc_builder! {
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
    ListConfigs() -> Page<McpConfig>,
    rpc: LIST_CONFIGS(wire::ListMcpConfigsRequest) -> wire::ListMcpConfigsResponse,
    request: Ok(wire::ListMcpConfigsRequest::default()),
    prepare: |call| leave_out_empty(&mut call.request.filter),
    response: |response| page!(response.configs),
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

rpc_builder! {
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
    GetConfig(config_id: String) -> McpConfig,
    rpc: GET_CONFIG(wire::GetMcpConfigRequest) -> wire::GetMcpConfigResponse,
    request: Ok(wire::GetMcpConfigRequest {
        config_id: not_blank("config_id", config_id)?,
    }),
    response: |response| McpConfig::from_wire(response.config),
}

rpc_builder! {
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
    DeleteConfig(config_id: String) -> (),
    rpc: DELETE_CONFIG(wire::DeleteMcpConfigRequest) -> wire::DeleteMcpConfigResponse,
    request: Ok(wire::DeleteMcpConfigRequest {
        config_id: not_blank("config_id", config_id)?,
    }),
    response: |_| Ok(()),
}
