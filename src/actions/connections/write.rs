//! Create, update, enable, disable and delete connections.

use serde::Serialize;

use crate::builder::{may_be_idempotent, rpc_builder, text_setters};
use crate::model::{known_number, not_blank};
use crate::raw::connections as wire;
use crate::{ConnectionAuthMode, ConnectionConfig, ConnectionType, EnvironmentConnection, json};

rpc_builder! {
    /// Creates a connection of the environment, to which users can then connect accounts.
    ///
    /// Takes the provider, such as `GMAIL` or the identifier of a custom provider, and how users
    /// authorize, which must be one of the provider's ways. The service fills in the provider's
    /// default configuration. Set credentials of your own with
    /// [`update_environment_connection`](crate::actions::Actions::update_environment_connection).
    ///
    /// The service marks this call as a preview (descriptors of `scalekit-sdk-python` 2.21.0). Not
    /// retried after a failure that leaves open whether it took effect: a second connection could
    /// be created.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// use scalekit::ConnectionType;
    ///
    /// let connection = client
    ///     .actions()
    ///     .create_environment_connection("HUBSPOT", ConnectionType::Oauth)
    ///     .connection_name("hubspot-sales")
    ///     .await?;
    /// println!("{} is {}", connection.connection_name, connection.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the provider is blank, this version of the crate does not know the type,
    /// or the context is not an object; `BadRequest` when the service does not accept one of the
    /// values; `Conflict` when there is a connection of this name. Also the errors of every call.
    CreateEnvironmentConnection(
        provider: String,
        connection_type: ConnectionType
    ) -> EnvironmentConnection,
    rpc: CREATE_ENVIRONMENT_CONNECTION(wire::CreateEnvironmentConnectionRequest)
        -> wire::CreateConnectionResponse,
    request: Ok(wire::CreateEnvironmentConnectionRequest {
        connection: Some(wire::CreateConnection {
            provider_key: not_blank("provider", provider)?,
            r#type: known_number("connection_type", connection_type, connection_type.number())?,
            ..Default::default()
        }),
        ..Default::default()
    }),
    response: |response| EnvironmentConnection::from_wire(response.connection),
}
may_be_idempotent!(CreateEnvironmentConnection);
text_setters!(CreateEnvironmentConnection {
    /// The name of the connection, which other calls take as `connection_name`. The service chooses
    /// one if it is not set.
    connection_name => [connection.get_or_insert_default().key_id];
});

impl CreateEnvironmentConnection {
    /// Whether each user authorizes, which is the default, or one credential is shared.
    pub fn auth_mode(mut self, mode: ConnectionAuthMode) -> Self {
        let number = known_number("auth_mode", mode, mode.number());
        if let Some(number) = self.call.check(number) {
            self.call
                .request
                .connection
                .get_or_insert_default()
                .auth_mode = number;
        }
        self
    }

    /// The values for the variables in the provider's proxy URL, `domain` and `version`: any value
    /// that serializes to a JSON object. The service stores only the resulting URL.
    pub fn context(mut self, context: impl Serialize) -> Self {
        let context = self.call.check(json::to_struct("context", &context));
        self.call.request.connection.get_or_insert_default().context = context;
        self
    }
}

rpc_builder! {
    /// Updates a connection of the environment. Fields that are not set keep their values.
    ///
    /// Takes the id of the connection (`conn_…`, at most 32 characters) and its provider, which the
    /// service requires (descriptors of `scalekit-sdk-python` 2.21.0, which also mark this call as
    /// a preview). Retried after transient failures: doing it twice has the same effect as doing it
    /// once.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client, secret: scalekit::Secret) -> Result<(), scalekit::Error> {
    /// use scalekit::OauthConfig;
    ///
    /// let config = OauthConfig::new().client_id("1234").client_secret(secret).scopes(["crm.read"]);
    /// client
    ///     .actions()
    ///     .update_environment_connection("conn_1", "HUBSPOT")
    ///     .config(config)
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the id or the provider is blank, or the configuration holds an integer
    /// that the wire cannot carry exactly; `BadRequest` when the service does not accept one of the
    /// values; `Conflict` when another connection has the new name; `NotFound` when the environment
    /// has no such connection. Also the errors of every call.
    UpdateEnvironmentConnection(
        connection_id: String,
        provider: String
    ) -> EnvironmentConnection,
    // Boxed: the message is large, and the future of the call holds it.
    rpc: UPDATE_ENVIRONMENT_CONNECTION(Box<wire::UpdateEnvironmentConnectionRequest>)
        -> wire::UpdateConnectionResponse,
    request: Ok(Box::new(wire::UpdateEnvironmentConnectionRequest {
        connection_id: not_blank("connection_id", connection_id)?,
        connection: Some(wire::UpdateConnection {
            provider_key: not_blank("provider", provider)?,
            ..Default::default()
        }),
    })),
    response: |response| EnvironmentConnection::from_wire(response.connection),
}
text_setters!(UpdateEnvironmentConnection {
    /// The new name of the connection; 1 to 300 characters. Calls with the old name fail afterwards.
    connection_name => [connection.get_or_insert_default().key_id];
});

impl UpdateEnvironmentConnection {
    /// The configuration, of the kind that belongs to the connection's type.
    pub fn config(mut self, config: impl Into<ConnectionConfig>) -> Self {
        let settings = self.call.check(config.into().into_wire());
        self.call
            .request
            .connection
            .get_or_insert_default()
            .settings = settings;
        self
    }

    /// Whether URLs of the configuration may be without TLS.
    pub fn debug_enabled(mut self, enabled: bool) -> Self {
        let connection = self.call.request.connection.get_or_insert_default();
        connection.debug_enabled = Some(enabled);
        self
    }
}

/// Declares a builder that enables or disables a connection.
macro_rules! toggle_builder {
    ($(#[$meta:meta])* $name:ident, $operation:ident) => {
        rpc_builder! {
            $(#[$meta])*
            ///
            /// Takes the id of the connection (`conn_…`, at most 32 characters). Returns whether it
            /// is enabled now. The service marks this call as a preview (descriptors of
            /// `scalekit-sdk-python` 2.21.0). Retried after transient failures: doing it twice has
            /// the same effect as doing it once.
            ///
            /// # Errors
            /// `InvalidInput` when the id is blank; `NotFound` when the environment has no such
            /// connection. Also the errors of every call.
            $name(connection_id: String) -> bool,
            rpc: $operation(wire::ToggleEnvironmentConnectionRequest)
                -> wire::ToggleConnectionResponse,
            request: Ok(wire::ToggleEnvironmentConnectionRequest {
                connection_id: not_blank("connection_id", connection_id)?,
            }),
            response: |response| Ok(response.enabled),
        }
    };
}

toggle_builder! {
    /// Enables a connection of the environment.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let is_enabled = client.actions().enable_environment_connection("conn_1").await?;
    /// assert!(is_enabled);
    /// # Ok(())
    /// # }
    /// ```
    EnableEnvironmentConnection, ENABLE_ENVIRONMENT_CONNECTION
}

toggle_builder! {
    /// Disables a connection of the environment. It keeps its configuration and its accounts, but
    /// cannot be used until it is [enabled](EnableEnvironmentConnection).
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let is_enabled = client.actions().disable_environment_connection("conn_1").await?;
    /// assert!(!is_enabled);
    /// # Ok(())
    /// # }
    /// ```
    DisableEnvironmentConnection, DISABLE_ENVIRONMENT_CONNECTION
}

rpc_builder! {
    /// Deletes a connection of the environment.
    ///
    /// Takes the id of the connection (`conn_…`, at most 32 characters). The service marks this
    /// call as a preview (descriptors of `scalekit-sdk-python` 2.21.0). Retried after transient
    /// failures: ids are not reused. If the first attempt took effect and its response was lost,
    /// the retry returns `NotFound`.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// client.actions().delete_environment_connection("conn_1").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the id is blank; `NotFound` when the environment has no such connection.
    /// Also the errors of every call.
    DeleteEnvironmentConnection(connection_id: String) -> (),
    rpc: DELETE_ENVIRONMENT_CONNECTION(wire::DeleteEnvironmentConnectionRequest) -> (),
    request: Ok(wire::DeleteEnvironmentConnectionRequest {
        connection_id: not_blank("connection_id", connection_id)?,
    }),
    response: |()| Ok(()),
}
