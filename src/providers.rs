//! Providers: Scalekit's catalogue, and custom providers for services, including MCP servers, that
//! the catalogue does not have.

use std::collections::HashMap;

use crate::builder::{may_be_idempotent, page, pageable, rpc_builder, text_setters};
use crate::model::{not_blank, patterns_to_wire};
use crate::raw::providers as wire;
use crate::{AuthPattern, Client, Error, Page, Provider, ProviderType};

/// The calls on providers: see [`Client::providers`].
///
/// Each method returns the builder of a call. Set the optional parameters on it, then await it.
#[derive(Clone, Debug)]
pub struct Providers {
    client: Client,
}

impl Providers {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Lists providers; see [`ListProviders`].
    pub fn list_providers(&self) -> ListProviders {
        ListProviders::new(&self.client)
    }

    /// Creates a provider; see [`CreateCustomProvider`].
    pub fn create_custom_provider(
        &self,
        display_name: impl Into<String>,
        proxy_url: impl Into<String>,
        auth_patterns: impl IntoIterator<Item = AuthPattern>,
    ) -> CreateCustomProvider {
        let (display_name, proxy_url) = (display_name.into(), proxy_url.into());
        let provider = settings(display_name, proxy_url, auth_patterns);
        CreateCustomProvider::new(&self.client, provider)
    }

    /// Updates a provider; see [`UpdateCustomProvider`].
    pub fn update_custom_provider(
        &self,
        identifier: impl Into<String>,
        display_name: impl Into<String>,
        proxy_url: impl Into<String>,
        auth_patterns: impl IntoIterator<Item = AuthPattern>,
    ) -> UpdateCustomProvider {
        let (display_name, proxy_url) = (display_name.into(), proxy_url.into());
        let provider = settings(display_name, proxy_url, auth_patterns);
        UpdateCustomProvider::new(&self.client, identifier.into(), provider)
    }

    /// Deletes a provider; see [`DeleteCustomProvider`].
    pub fn delete_custom_provider(&self, identifier: impl Into<String>) -> DeleteCustomProvider {
        DeleteCustomProvider::new(&self.client, identifier.into())
    }
}

rpc_builder! {
    /// Lists the providers of Scalekit's catalogue and the custom providers of the environment.
    ///
    /// Await it for one page, or use [`pages`](Self::pages) or [`items`](Self::items). Retried
    /// after transient failures.
    ///
    /// Set [`provider_type`](Self::provider_type): the vendor's documents disagree on whether a list
    /// without it has custom providers. The service marks this call as a preview (descriptors of
    /// `scalekit-sdk-python` 2.21.0).
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// use scalekit::ProviderType;
    ///
    /// let mut providers = client.providers().list_providers().provider_type(ProviderType::All).items();
    /// while let Some(provider) = providers.next().await {
    ///     let provider = provider?;
    ///     println!("{}: {}", provider.identifier, provider.description);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `BadRequest` when a filter or the page token is not acceptable. Also the errors of every
    /// call.
    ListProviders() -> Page<Provider>,
    rpc: LIST_PROVIDERS(wire::ListProvidersRequest) -> wire::ListProvidersResponse,
    request: Ok(wire::ListProvidersRequest::default()),
    response: |response| page!(response.providers),
}
text_setters!(ListProviders {
    /// Only the provider with this identifier, such as `GMAIL`; at most 255 characters of
    /// `a-z A-Z 0-9 _ : -`.
    identifier => [identifier];
});
pageable!(
    ListProviders of Provider,
    /// The maximum number of providers on a page; the service chooses by default.
);

impl ListProviders {
    /// Only providers of this type.
    ///
    /// With [`Transport::Rest`](crate::Transport::Rest), [`ProviderType::Default`] is sent as
    /// `filter=`, which some gateways reject.
    pub fn provider_type(mut self, provider_type: ProviderType) -> Self {
        let filter = self.call.request.filter.get_or_insert_default();
        filter.provider_type = provider_type.into_wire();
        self
    }
}

/// The fields that create and update have in common.
fn settings(
    display_name: String,
    proxy_url: String,
    auth_patterns: impl IntoIterator<Item = AuthPattern>,
) -> Result<wire::CreateCustomProvider, Error> {
    Ok(wire::CreateCustomProvider {
        display_name: not_blank("display_name", display_name)?,
        proxy_url: not_blank("proxy_url", proxy_url)?,
        auth_patterns: Some(patterns_to_wire(auth_patterns)?),
        // As in the official SDKs. The field has no presence.
        proxy_enabled: true,
        ..Default::default()
    })
}

/// Adds the optional fields of a provider.
macro_rules! provider_setters {
    ($name:ident, $(#[$metadata_doc:meta])+) => {
        text_setters!($name {
            /// The description.
            description => [provider.get_or_insert_default().description];
            /// The URL of the icon: `https://…`, at most 2,048 characters.
            icon_src => [provider.get_or_insert_default().icon_src];
        });

        impl $name {
            /// Whether proxied requests are enabled; `true` by default.
            pub fn proxy_enabled(mut self, enabled: bool) -> Self {
                self.call.request.provider.get_or_insert_default().proxy_enabled = enabled;
                self
            }

            $(#[$metadata_doc])+
            /// At most 20 pairs, with keys of 3 to 25 and values of 1 to 256 characters.
            pub fn metadata(
                mut self,
                metadata: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
            ) -> Self {
                let metadata = metadata.into_iter();
                let metadata: HashMap<_, _> =
                    metadata.map(|(key, value)| (key.into(), value.into())).collect();
                self.call.request.provider.get_or_insert_default().metadata = metadata;
                self
            }
        }
    };
}

rpc_builder! {
    /// Creates a provider: a service with an API, or an MCP server. The environment can then have
    /// connections to it.
    ///
    /// The name has at most 200 letters, digits and spaces. The URL of proxied requests starts with
    /// `https://` and has at most 2,048 characters (descriptors of `scalekit-sdk-python` 2.21.0).
    /// The service currently accepts one pattern. Not retried after a failure that leaves open
    /// whether it took effect.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// use scalekit::AuthPattern;
    ///
    /// let provider = client
    ///     .providers()
    ///     .create_custom_provider(
    ///         "Acme MCP",
    ///         "https://mcp.acme.example",
    ///         [AuthPattern::oauth("OAuth").mcp()],
    ///     )
    ///     .description("Orders and invoices")
    ///     .await?;
    /// println!("{}", provider.identifier);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the name or the URL is blank, or a pattern holds an integer that the
    /// wire cannot carry exactly; `BadRequest` when one of them, the icon or the metadata is not
    /// acceptable; `Conflict` when there is such a provider. Also the errors of every call.
    CreateCustomProvider(provider: Result<wire::CreateCustomProvider, Error>) -> Provider,
    rpc: CREATE_CUSTOM_PROVIDER(wire::CreateCustomProviderRequest)
        -> wire::CreateProviderResponse,
    request: Ok(wire::CreateCustomProviderRequest {
        provider: Some(provider?),
    }),
    response: |response| Provider::from_wire(response.provider),
}
may_be_idempotent!(CreateCustomProvider);
provider_setters!(
    CreateCustomProvider,
    /// The application's metadata.
);

rpc_builder! {
    /// Updates a provider. Name, URL and patterns are replaced, with the limits of
    /// [`CreateCustomProvider`].
    ///
    /// Description and icon keep their values if they are not set. Metadata that is not set is
    /// removed (`scalekit-sdk-python` 2.21.0). Retried after transient failures: doing it twice has
    /// the same effect as doing it once.
    ///
    /// ```no_run
    /// # use scalekit::{Client, Error, Provider};
    /// # async fn run(client: Client, provider: Provider) -> Result<(), Error> {
    /// client
    ///     .providers()
    ///     .update_custom_provider(
    ///         &provider.identifier,
    ///         "Acme MCP",
    ///         "https://mcp2.acme.example",
    ///         provider.auth_patterns,
    ///     )
    ///     .proxy_enabled(provider.proxy_enabled)
    ///     .metadata(provider.metadata)
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the identifier, the name or the URL is blank, or a pattern holds an
    /// integer that the wire cannot carry exactly; `BadRequest` when one of them, the icon or the
    /// metadata is not acceptable; `NotFound` when the environment has no provider of its own with
    /// this identifier. Also the errors of every call.
    UpdateCustomProvider(
        identifier: String,
        provider: Result<wire::CreateCustomProvider, Error>
    ) -> Provider,
    rpc: UPDATE_CUSTOM_PROVIDER(wire::UpdateCustomProviderRequest)
        -> wire::UpdateProviderResponse,
    request: {
        let identifier = not_blank("identifier", identifier)?;
        let provider = provider?;
        Ok(wire::UpdateCustomProviderRequest {
            identifier,
            provider: Some(wire::UpdateCustomProvider {
                display_name: provider.display_name,
                proxy_url: provider.proxy_url,
                auth_patterns: provider.auth_patterns,
                proxy_enabled: provider.proxy_enabled,
                ..Default::default()
            }),
        })
    },
    response: |response| Provider::from_wire(response.provider),
}
provider_setters!(
    UpdateCustomProvider,
    /// Replaces the application's metadata.
);

rpc_builder! {
    /// Deletes a custom provider.
    ///
    /// Not retried after a failure that leaves open whether it took effect: a provider with the
    /// same name may have been created in between.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// client.providers().delete_custom_provider("ACME_MCP").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` when the identifier is blank; `BadRequest` when it is longer than 255
    /// characters, or connections use the provider; `NotFound` when the environment has no provider
    /// of its own with this identifier. Also the errors of every call.
    DeleteCustomProvider(identifier: String) -> (),
    rpc: DELETE_CUSTOM_PROVIDER(wire::DeleteProviderRequest) -> wire::DeleteProviderResponse,
    request: Ok(wire::DeleteProviderRequest {
        identifier: not_blank("identifier", identifier)?,
    }),
    response: |_| Ok(()),
}
may_be_idempotent!(DeleteCustomProvider);
