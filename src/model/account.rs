//! Connected accounts: a user's authorization of one connection, and references to it.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AuthorizationDetails, open_enum, system_time, timestamp};
use crate::raw::connected_accounts as wire;
use crate::{Error, json};

/// A reference to a connected account: its id, or a connection name and the user's identifier.
///
/// ```
/// use scalekit::AccountRef;
///
/// let by_name: AccountRef = ("gmail", "alice@example.com").into();
/// let by_id = AccountRef::id("ca_123");
/// # let _ = (by_name, by_id);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountRef(Naming);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Naming {
    Id(String),
    Names {
        connection_name: String,
        identifier: String,
    },
}

/// An [`AccountRef`] in the fields that requests have for it.
pub(crate) struct AccountFields {
    pub connector: Option<String>,
    pub identifier: Option<String>,
    pub id: Option<String>,
}

impl AccountRef {
    /// The account with this id (`ca_…`, at most 32 characters).
    pub fn id(id: impl Into<String>) -> Self {
        Self(Naming::Id(id.into()))
    }

    /// The account of the user `identifier` at the connection `connection_name`.
    ///
    /// A connection name has at most 400 characters of `a-z A-Z 0-9 _ : -` and space. An identifier
    /// has at most 100 characters (descriptors of `scalekit-sdk-python` 2.21.0).
    pub fn named(connection_name: impl Into<String>, identifier: impl Into<String>) -> Self {
        Self(Naming::Names {
            connection_name: connection_name.into(),
            identifier: identifier.into(),
        })
    }

    pub(crate) fn into_fields(self) -> Result<AccountFields, Error> {
        match self.0 {
            Naming::Id(id) => Ok(AccountFields {
                connector: None,
                identifier: None,
                id: Some(not_blank("connected_account_id", id)?),
            }),
            Naming::Names {
                connection_name,
                identifier,
            } => Ok(AccountFields {
                connector: Some(not_blank("connection_name", connection_name)?),
                identifier: Some(not_blank("identifier", identifier)?),
                id: None,
            }),
        }
    }
}

/// Returns the text, or an error that names the parameter if the text is blank.
pub(crate) fn not_blank(parameter: &str, text: String) -> Result<String, Error> {
    if text.trim().is_empty() {
        return Err(Error::invalid_input(parameter, "must not be blank"));
    }
    Ok(text)
}

impl<C: Into<String>, I: Into<String>> From<(C, I)> for AccountRef {
    fn from((connection_name, identifier): (C, I)) -> Self {
        Self::named(connection_name, identifier)
    }
}

open_enum! {
    /// The status of a connected account.
    ///
    /// An OAuth account starts with pending authorization. It becomes active after consent, or
    /// after verification if the link has a verification URL. Any account can be disconnected.
    pub enum AccountStatus {
        /// Not specified.
        Unspecified = 0 => "CONNECTION_STATUS_UNSPECIFIED",
        /// Authorized and usable.
        Active = 1 => "ACTIVE",
        /// The authorization has expired. The user must authorize again.
        Expired = 2 => "EXPIRED",
        /// The user has not authorized yet.
        PendingAuth = 3 => "PENDING_AUTH",
        /// The user has consented. The application must verify the user.
        PendingVerification = 4 => "PENDING_VERIFICATION",
        /// Disconnected.
        Disconnected = 5 => "DISCONNECTED",
    }
}

open_enum! {
    /// How a connected account authenticates with its provider.
    pub enum AuthorizationType {
        /// Not specified.
        Unspecified = 0 => "CONNECTION_TYPE_UNSPECIFIED",
        /// OAuth 2.0 on behalf of a user.
        Oauth = 1 => "OAUTH",
        /// An API key.
        ApiKey = 2 => "API_KEY",
        /// HTTP basic authentication.
        BasicAuth = 3 => "BASIC_AUTH",
        /// A bearer token.
        BearerToken = 4 => "BEARER_TOKEN",
        /// A scheme specific to the provider.
        Custom = 5 => "CUSTOM",
        /// HTTP basic authentication, under its newer name.
        Basic = 6 => "BASIC",
        /// OAuth 2.0 client credentials.
        OauthM2m = 7 => "OAUTH_M2M",
        /// Trello's OAuth 1.0.
        TrelloOauth1 = 8 => "TRELLO_OAUTH1",
        /// Google domain-wide delegation.
        GoogleDwd = 9 => "GOOGLE_DWD",
        /// A trusted identity provider.
        TrustedIdp = 10 => "TRUSTED_IDP",
        /// SMART on FHIR.
        SmartFhir = 11 => "SMART_FHIR",
        /// No authentication. Such accounts are active when they are created.
        NoAuth = 12 => "NO_AUTH",
    }
}

/// A connected account.
///
/// `Debug` shows neither credentials nor the API configuration. `Serialize` leaves both out, since
/// some providers take keys in the API configuration; `Deserialize` ignores them.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ConnectedAccount {
    /// The id, `ca_…`.
    pub id: String,
    /// The application's identifier of the user.
    pub identifier: String,
    /// The name of the connection.
    pub connection_name: String,
    /// The id of the connection, `conn_…`.
    pub connection_id: String,
    /// The provider, such as `GMAIL`.
    pub provider: String,
    /// The status.
    pub status: AccountStatus,
    /// How it authenticates with the provider.
    pub authorization_type: AuthorizationType,
    /// The credentials. Only `get_connected_account` returns them. `None` if the account has none
    /// yet.
    #[serde(skip)]
    pub authorization_details: Option<AuthorizationDetails>,
    /// The provider's settings for this account, such as a subdomain.
    #[serde(skip)]
    pub api_config: Option<Value>,
    /// When the provider's token expires.
    #[serde(with = "timestamp")]
    pub token_expires_at: Option<SystemTime>,
    /// When the account was last changed.
    #[serde(with = "timestamp")]
    pub updated_at: Option<SystemTime>,
    /// When the account was last used.
    #[serde(with = "timestamp")]
    pub last_used_at: Option<SystemTime>,
    /// Whether the credential is shared by an organization.
    pub is_org_wide_credential: bool,
}

impl ConnectedAccount {
    pub(crate) fn from_wire(account: Option<wire::ConnectedAccount>) -> Result<Self, Error> {
        let account =
            account.ok_or_else(|| Error::decode("the response has no connected_account"))?;
        Ok(Self {
            id: account.id,
            identifier: account.identifier,
            connection_name: account.connector,
            connection_id: account.connection_id,
            provider: account.provider,
            status: account.status.into(),
            authorization_type: account.authorization_type.into(),
            authorization_details: account
                .authorization_details
                .and_then(|details| details.details)
                .map(AuthorizationDetails::from_wire)
                .transpose()?,
            api_config: account
                .api_config
                .map(|config| config.value())
                .transpose()
                .map_err(|error| json::unreadable("api_config", &error))?,
            token_expires_at: system_time(account.token_expires_at),
            updated_at: system_time(account.updated_at),
            last_used_at: system_time(account.last_used_at),
            is_org_wide_credential: account.is_org_wide_credential,
        })
    }

    /// A reference to this account by its id.
    pub fn reference(&self) -> AccountRef {
        AccountRef::id(&self.id)
    }
}

impl From<&ConnectedAccount> for AccountRef {
    fn from(account: &ConnectedAccount) -> Self {
        account.reference()
    }
}

impl From<&ConnectedAccountSummary> for AccountRef {
    fn from(account: &ConnectedAccountSummary) -> Self {
        account.reference()
    }
}

impl fmt::Debug for ConnectedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectedAccount")
            .field("id", &self.id)
            .field("identifier", &self.identifier)
            .field("connection_name", &self.connection_name)
            .field("connection_id", &self.connection_id)
            .field("provider", &self.provider)
            .field("status", &self.status)
            .field("authorization_type", &self.authorization_type)
            .field("authorization_details", &self.authorization_details)
            .field(
                "api_config",
                &self.api_config.as_ref().map(|_| "<redacted>"),
            )
            .field("token_expires_at", &self.token_expires_at)
            .field("updated_at", &self.updated_at)
            .field("last_used_at", &self.last_used_at)
            .field("is_org_wide_credential", &self.is_org_wide_credential)
            .finish()
    }
}

/// A connected account in a list, without credentials and API configuration.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ConnectedAccountSummary {
    /// The id, `ca_…`.
    pub id: String,
    /// The application's identifier of the user.
    pub identifier: String,
    /// The name of the connection.
    pub connection_name: String,
    /// The id of the connection, `conn_…`.
    pub connection_id: String,
    /// The provider, such as `GMAIL`.
    pub provider: String,
    /// The status.
    pub status: AccountStatus,
    /// How it authenticates with the provider.
    pub authorization_type: AuthorizationType,
    /// When the provider's token expires.
    #[serde(with = "timestamp")]
    pub token_expires_at: Option<SystemTime>,
    /// When the account was last changed.
    #[serde(with = "timestamp")]
    pub updated_at: Option<SystemTime>,
    /// When the account was last used.
    #[serde(with = "timestamp")]
    pub last_used_at: Option<SystemTime>,
    /// Whether the credential is shared by an organization.
    pub is_org_wide_credential: bool,
}

impl From<wire::ConnectedAccountForList> for ConnectedAccountSummary {
    fn from(account: wire::ConnectedAccountForList) -> Self {
        Self {
            id: account.id,
            identifier: account.identifier,
            connection_name: account.connector,
            connection_id: account.connection_id,
            provider: account.provider,
            status: account.status.into(),
            authorization_type: account.authorization_type.into(),
            token_expires_at: system_time(account.token_expires_at),
            updated_at: system_time(account.updated_at),
            last_used_at: system_time(account.last_used_at),
            is_org_wide_credential: account.is_org_wide_credential,
        }
    }
}

impl ConnectedAccountSummary {
    /// A reference to this account by its id.
    pub fn reference(&self) -> AccountRef {
        AccountRef::id(&self.id)
    }
}

/// The result of `get_or_create_connected_account`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct GetOrCreated {
    /// The account, without its credentials.
    pub account: ConnectedAccount,
    /// Whether this call created the account, or may have created it: see
    /// [`certain`](Self::certain). `false` only if the account existed before.
    pub created: bool,
    /// Whether `created` is certain. It is uncertain only after a retry of a call that was declared
    /// idempotent: if the first response is lost and the second attempt finds the account, either
    /// the first attempt or a concurrent call created it.
    pub certain: bool,
}
