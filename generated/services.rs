// This file is @generated from the services of spec/proto.
impl Raw {
    /// A client of `scalekit.v1.agentkit_logs.AgentkitAnalyticsService`.
    #[cfg(feature = "raw-agentkit-logs")]
    pub fn agentkit_analytics_service(&self) -> agentkit_logs::agentkit_analytics_service_client::AgentkitAnalyticsServiceClient<Channel> {
        agentkit_logs::agentkit_analytics_service_client::AgentkitAnalyticsServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.agentkit_logs.AgentkitLogsService`.
    #[cfg(feature = "raw-agentkit-logs")]
    pub fn agentkit_logs_service(&self) -> agentkit_logs::agentkit_logs_service_client::AgentkitLogsServiceClient<Channel> {
        agentkit_logs::agentkit_logs_service_client::AgentkitLogsServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.auditlogs.AuditLogsService`.
    #[cfg(feature = "raw-auditlogs")]
    pub fn audit_logs_service(&self) -> auditlogs::audit_logs_service_client::AuditLogsServiceClient<Channel> {
        auditlogs::audit_logs_service_client::AuditLogsServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.auth.AuthService`.
    #[cfg(feature = "raw-auth")]
    pub fn auth_service(&self) -> auth::auth_service_client::AuthServiceClient<Channel> {
        auth::auth_service_client::AuthServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.auth.passwordless.PasswordlessService`.
    #[cfg(feature = "raw-auth-passwordless")]
    pub fn passwordless_service(&self) -> auth::passwordless::passwordless_service_client::PasswordlessServiceClient<Channel> {
        auth::passwordless::passwordless_service_client::PasswordlessServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.auth.totp.TOTPService`.
    #[cfg(feature = "raw-auth-totp")]
    pub fn totp_service(&self) -> auth::totp::totp_service_client::TotpServiceClient<Channel> {
        auth::totp::totp_service_client::TotpServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.auth.webauthn.WebAuthnService`.
    #[cfg(feature = "raw-auth-webauthn")]
    pub fn web_authn_service(&self) -> auth::webauthn::web_authn_service_client::WebAuthnServiceClient<Channel> {
        auth::webauthn::web_authn_service_client::WebAuthnServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.billing.BillingService`.
    #[cfg(feature = "raw-billing")]
    pub fn billing_service(&self) -> billing::billing_service_client::BillingServiceClient<Channel> {
        billing::billing_service_client::BillingServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.clients.ClientService`.
    #[cfg(feature = "raw-clients")]
    pub fn client_service(&self) -> clients::client_service_client::ClientServiceClient<Channel> {
        clients::client_service_client::ClientServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.connected_accounts.ConnectedAccountService`.
    pub fn connected_account_service(&self) -> connected_accounts::connected_account_service_client::ConnectedAccountServiceClient<Channel> {
        connected_accounts::connected_account_service_client::ConnectedAccountServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.connections.ConnectionService`.
    pub fn connection_service(&self) -> connections::connection_service_client::ConnectionServiceClient<Channel> {
        connections::connection_service_client::ConnectionServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.directories.DirectoryService`.
    #[cfg(feature = "raw-directories")]
    pub fn directory_service(&self) -> directories::directory_service_client::DirectoryServiceClient<Channel> {
        directories::directory_service_client::DirectoryServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.domains.DomainService`.
    pub fn domain_service(&self) -> domains::domain_service_client::DomainServiceClient<Channel> {
        domains::domain_service_client::DomainServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.emails.EmailService`.
    #[cfg(feature = "raw-emails")]
    pub fn email_service(&self) -> emails::email_service_client::EmailServiceClient<Channel> {
        emails::email_service_client::EmailServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.environments.EnvironmentService`.
    #[cfg(feature = "raw-environments")]
    pub fn environment_service(&self) -> environments::environment_service_client::EnvironmentServiceClient<Channel> {
        environments::environment_service_client::EnvironmentServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.errdetails.Dummy`.
    pub fn dummy(&self) -> errdetails::dummy_client::DummyClient<Channel> {
        errdetails::dummy_client::DummyClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.events.EventsService`.
    #[cfg(feature = "raw-events")]
    pub fn events_service(&self) -> events::events_service_client::EventsServiceClient<Channel> {
        events::events_service_client::EventsServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.gateway.GatewayService`.
    #[cfg(feature = "raw-gateway")]
    pub fn gateway_service(&self) -> gateway::gateway_service_client::GatewayServiceClient<Channel> {
        gateway::gateway_service_client::GatewayServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.interceptors.InterceptorService`.
    #[cfg(feature = "raw-interceptors")]
    pub fn interceptor_service(&self) -> interceptors::interceptor_service_client::InterceptorServiceClient<Channel> {
        interceptors::interceptor_service_client::InterceptorServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.keys.KeyManagementService`.
    #[cfg(feature = "raw-keys")]
    pub fn key_management_service(&self) -> keys::key_management_service_client::KeyManagementServiceClient<Channel> {
        keys::key_management_service_client::KeyManagementServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.logstreams.LogStreamService`.
    #[cfg(feature = "raw-logstreams")]
    pub fn log_stream_service(&self) -> logstreams::log_stream_service_client::LogStreamServiceClient<Channel> {
        logstreams::log_stream_service_client::LogStreamServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.mcp.McpService`.
    pub fn mcp_service(&self) -> mcp::mcp_service_client::McpServiceClient<Channel> {
        mcp::mcp_service_client::McpServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.members.MembersService`.
    #[cfg(feature = "raw-members")]
    pub fn members_service(&self) -> members::members_service_client::MembersServiceClient<Channel> {
        members::members_service_client::MembersServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.migrations.MigrationService`.
    #[cfg(feature = "raw-migrations")]
    pub fn migration_service(&self) -> migrations::migration_service_client::MigrationServiceClient<Channel> {
        migrations::migration_service_client::MigrationServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.organizations.OrganizationService`.
    #[cfg(feature = "raw-organizations")]
    pub fn organization_service(&self) -> organizations::organization_service_client::OrganizationServiceClient<Channel> {
        organizations::organization_service_client::OrganizationServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.providers.ProviderService`.
    pub fn provider_service(&self) -> providers::provider_service_client::ProviderServiceClient<Channel> {
        providers::provider_service_client::ProviderServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.roles.RolesService`.
    #[cfg(feature = "raw-roles")]
    pub fn roles_service(&self) -> roles::roles_service_client::RolesServiceClient<Channel> {
        roles::roles_service_client::RolesServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.secrets.SecretService`.
    #[cfg(feature = "raw-secrets")]
    pub fn secret_service(&self) -> secrets::secret_service_client::SecretServiceClient<Channel> {
        secrets::secret_service_client::SecretServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.sessions.SessionService`.
    #[cfg(feature = "raw-sessions")]
    pub fn session_service(&self) -> sessions::session_service_client::SessionServiceClient<Channel> {
        sessions::session_service_client::SessionServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.tokens.ApiTokenService`.
    #[cfg(feature = "raw-tokens")]
    pub fn api_token_service(&self) -> tokens::api_token_service_client::ApiTokenServiceClient<Channel> {
        tokens::api_token_service_client::ApiTokenServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.tools.ToolService`.
    pub fn tool_service(&self) -> tools::tool_service_client::ToolServiceClient<Channel> {
        tools::tool_service_client::ToolServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.triggers.TriggerService`.
    #[cfg(feature = "raw-triggers")]
    pub fn trigger_service(&self) -> triggers::trigger_service_client::TriggerServiceClient<Channel> {
        triggers::trigger_service_client::TriggerServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.user_attributes.UserAttributeService`.
    #[cfg(feature = "raw-user-attributes")]
    pub fn user_attribute_service(&self) -> user_attributes::user_attribute_service_client::UserAttributeServiceClient<Channel> {
        user_attributes::user_attribute_service_client::UserAttributeServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.users.UserService`.
    #[cfg(feature = "raw-users")]
    pub fn user_service(&self) -> users::user_service_client::UserServiceClient<Channel> {
        users::user_service_client::UserServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.webhooks.WebhookService`.
    #[cfg(feature = "raw-webhooks")]
    pub fn webhook_service(&self) -> webhooks::webhook_service_client::WebhookServiceClient<Channel> {
        webhooks::webhook_service_client::WebhookServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
    /// A client of `scalekit.v1.workspaces.WorkspaceService`.
    #[cfg(feature = "raw-workspaces")]
    pub fn workspace_service(&self) -> workspaces::workspace_service_client::WorkspaceServiceClient<Channel> {
        workspaces::workspace_service_client::WorkspaceServiceClient::with_origin(self.channel(), self.origin())
            .max_decoding_message_size(usize::MAX)
    }
}
