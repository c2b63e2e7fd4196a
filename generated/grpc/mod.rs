// This file is @generated from the packages of spec/proto.
pub mod scalekit {
    pub mod v1 {
        #[cfg(feature = "raw-agentkit-logs")]
        pub mod agentkit_logs {
            include!("scalekit.v1.agentkit_logs.rs");
        }
        #[cfg(feature = "raw-auditlogs")]
        pub mod auditlogs {
            include!("scalekit.v1.auditlogs.rs");
        }
        #[cfg(any(feature = "raw-auth-passwordless", feature = "raw-auth-totp", feature = "raw-auth-webauthn", feature = "raw-auth"))]
        pub mod auth {
            #[cfg(feature = "raw-auth")]
            include!("scalekit.v1.auth.rs");
            #[cfg(feature = "raw-auth-passwordless")]
            pub mod passwordless {
                include!("scalekit.v1.auth.passwordless.rs");
            }
            #[cfg(feature = "raw-auth-totp")]
            pub mod totp {
                include!("scalekit.v1.auth.totp.rs");
            }
            #[cfg(feature = "raw-auth-webauthn")]
            pub mod webauthn {
                include!("scalekit.v1.auth.webauthn.rs");
            }
        }
        #[cfg(feature = "raw-billing")]
        pub mod billing {
            include!("scalekit.v1.billing.rs");
        }
        #[cfg(feature = "raw-clients")]
        pub mod clients {
            include!("scalekit.v1.clients.rs");
        }
        pub mod commons {
            include!("scalekit.v1.commons.rs");
        }
        pub mod connected_accounts {
            include!("scalekit.v1.connected_accounts.rs");
        }
        pub mod connections {
            include!("scalekit.v1.connections.rs");
        }
        #[cfg(feature = "raw-directories")]
        pub mod directories {
            include!("scalekit.v1.directories.rs");
        }
        pub mod domains {
            include!("scalekit.v1.domains.rs");
        }
        #[cfg(feature = "raw-emails")]
        pub mod emails {
            include!("scalekit.v1.emails.rs");
        }
        #[cfg(feature = "raw-environments")]
        pub mod environments {
            include!("scalekit.v1.environments.rs");
        }
        pub mod errdetails {
            include!("scalekit.v1.errdetails.rs");
        }
        #[cfg(feature = "raw-events")]
        pub mod events {
            include!("scalekit.v1.events.rs");
        }
        #[cfg(feature = "raw-gateway")]
        pub mod gateway {
            include!("scalekit.v1.gateway.rs");
        }
        #[cfg(feature = "raw-interceptors")]
        pub mod interceptors {
            include!("scalekit.v1.interceptors.rs");
        }
        #[cfg(feature = "raw-keys")]
        pub mod keys {
            include!("scalekit.v1.keys.rs");
        }
        #[cfg(feature = "raw-logstreams")]
        pub mod logstreams {
            include!("scalekit.v1.logstreams.rs");
        }
        pub mod mcp {
            include!("scalekit.v1.mcp.rs");
        }
        #[cfg(feature = "raw-members")]
        pub mod members {
            include!("scalekit.v1.members.rs");
        }
        #[cfg(feature = "raw-migrations")]
        pub mod migrations {
            include!("scalekit.v1.migrations.rs");
        }
        pub mod options {
            include!("scalekit.v1.options.rs");
        }
        #[cfg(feature = "raw-organizations")]
        pub mod organizations {
            include!("scalekit.v1.organizations.rs");
        }
        pub mod providers {
            include!("scalekit.v1.providers.rs");
        }
        #[cfg(feature = "raw-roles")]
        pub mod roles {
            include!("scalekit.v1.roles.rs");
        }
        #[cfg(feature = "raw-secrets")]
        pub mod secrets {
            include!("scalekit.v1.secrets.rs");
        }
        #[cfg(feature = "raw-sessions")]
        pub mod sessions {
            include!("scalekit.v1.sessions.rs");
        }
        #[cfg(feature = "raw-tokens")]
        pub mod tokens {
            include!("scalekit.v1.tokens.rs");
        }
        pub mod tools {
            include!("scalekit.v1.tools.rs");
        }
        #[cfg(feature = "raw-triggers")]
        pub mod triggers {
            include!("scalekit.v1.triggers.rs");
        }
        #[cfg(feature = "raw-user-attributes")]
        pub mod user_attributes {
            include!("scalekit.v1.user_attributes.rs");
        }
        #[cfg(feature = "raw-users")]
        pub mod users {
            include!("scalekit.v1.users.rs");
        }
        #[cfg(feature = "raw-webhooks")]
        pub mod webhooks {
            include!("scalekit.v1.webhooks.rs");
        }
        #[cfg(feature = "raw-workspaces")]
        pub mod workspaces {
            include!("scalekit.v1.workspaces.rs");
        }
    }
}
