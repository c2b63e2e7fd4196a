//! Custom providers: services, including MCP servers, that Scalekit has no provider for.

use std::collections::HashMap;

use crate::call::{Call, call_builder, may_be_idempotent, operations, text_setters};
use crate::model::{not_blank, patterns_to_wire};
use crate::raw::providers as wire;
use crate::{AuthPattern, Client, Error, Provider};

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

call_builder! {
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
    CreateCustomProvider(wire::CreateCustomProviderRequest) -> Provider
}
may_be_idempotent!(CreateCustomProvider);
provider_setters!(
    CreateCustomProvider,
    /// The application's metadata.
);

impl CreateCustomProvider {
    fn new(client: &Client, provider: Result<wire::CreateCustomProvider, Error>) -> Self {
        let request = provider.map(|provider| wire::CreateCustomProviderRequest {
            provider: Some(provider),
        });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<Provider, Error> {
        let operation = &operations::CREATE_CUSTOM_PROVIDER;
        let response: wire::CreateProviderResponse = self.call.unary(operation).await?;
        Provider::from_wire(response.provider).map_err(|error| error.with_call(operation.name))
    }
}

call_builder! {
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
    UpdateCustomProvider(wire::UpdateCustomProviderRequest) -> Provider
}
provider_setters!(
    UpdateCustomProvider,
    /// Replaces the application's metadata.
);

impl UpdateCustomProvider {
    fn new(
        client: &Client,
        identifier: String,
        provider: Result<wire::CreateCustomProvider, Error>,
    ) -> Self {
        let request = not_blank("identifier", identifier).and_then(|identifier| {
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
        });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<Provider, Error> {
        let operation = &operations::UPDATE_CUSTOM_PROVIDER;
        let response: wire::UpdateProviderResponse = self.call.unary(operation).await?;
        Provider::from_wire(response.provider).map_err(|error| error.with_call(operation.name))
    }
}

call_builder! {
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
    DeleteCustomProvider(wire::DeleteProviderRequest) -> ()
}
may_be_idempotent!(DeleteCustomProvider);

impl DeleteCustomProvider {
    fn new(client: &Client, identifier: String) -> Self {
        let request = not_blank("identifier", identifier)
            .map(|identifier| wire::DeleteProviderRequest { identifier });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<(), Error> {
        let _: wire::DeleteProviderResponse =
            self.call.unary(&operations::DELETE_CUSTOM_PROVIDER).await?;
        Ok(())
    }
}
