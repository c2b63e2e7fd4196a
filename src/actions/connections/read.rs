//! List connections, and read one.

use crate::builder::{page, pageable, rpc_builder, text_setters};
use crate::model::not_blank;
use crate::raw::connections as wire;
use crate::{AppConnection, EnvironmentConnection, Page};

rpc_builder! {
    /// Lists the connections of the environment to which users can connect accounts.
    ///
    /// Await it for one page, or use [`pages`](Self::pages) or [`items`](Self::items). Retried
    /// after transient failures.
    ///
    /// # Errors
    /// `BadRequest` when a filter or the page token is not acceptable. Also the errors of every
    /// call.
    ListConnections() -> Page<AppConnection>,
    rpc: LIST_CONNECTIONS(wire::ListAppConnectionsRequest) -> wire::ListAppConnectionsResponse,
    request: Ok(wire::ListAppConnectionsRequest::default()),
    response: |response| page!(response.connections),
}
text_setters!(ListConnections {
    /// Only connections to this provider, such as `GMAIL`; at most 50 characters.
    provider => [provider];
    /// Only connections whose name or provider matches this text; 3 to 100 characters.
    query => [query];
});
pageable!(
    ListConnections of AppConnection,
    /// The maximum number of connections on a page; at most 30.
);

rpc_builder! {
    /// Reads a connection of the environment with its configuration.
    ///
    /// Takes the id of the connection (`conn_…`, at most 32 characters), which
    /// [`list_connections`](crate::actions::Actions::list_connections) returns. Secrets of the
    /// configuration are not returned. The service marks this call as a preview (descriptors of
    /// `scalekit-sdk-python` 2.21.0). Retried after transient failures.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let connection = client.actions().get_environment_connection("conn_1").await?;
    /// println!("{} connects to {}", connection.connection_name, connection.provider);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the id is blank; `NotFound` when the environment has no such connection.
    /// Also the errors of every call.
    GetEnvironmentConnection(connection_id: String) -> EnvironmentConnection,
    rpc: GET_ENVIRONMENT_CONNECTION(wire::GetEnvironmentConnectionRequest)
        -> wire::GetConnectionResponse,
    request: Ok(wire::GetEnvironmentConnectionRequest {
        connection_id: not_blank("connection_id", connection_id)?,
    }),
    response: |response| EnvironmentConnection::from_wire(response.connection),
}
