//! Providers: the catalogue and custom ones.

use scalekit::raw::providers as api;
use scalekit::raw::providers::ProviderType;
use tonic::Code;

use crate::support::{Harness, start};

async fn list(harness: &Harness, kind: Option<ProviderType>) -> Vec<String> {
    harness
        .providers()
        .list_providers(harness.with_token(api::ListProvidersRequest {
            filter: kind.map(|kind| api::list_providers_request::Filter {
                provider_type: kind as i32,
            }),
            ..Default::default()
        }))
        .await
        .unwrap()
        .into_inner()
        .providers
        .into_iter()
        .map(|provider| provider.identifier)
        .collect()
}

fn custom(name: &str) -> api::CreateCustomProvider {
    api::CreateCustomProvider {
        display_name: name.to_owned(),
        description: "Ours".to_owned(),
        auth_patterns: Some(scalekit::raw::json::ListValue::default()),
        metadata: [("team".to_owned(), "sales".to_owned())].into(),
        proxy_url: "https://api.mine.test".to_owned(),
        proxy_enabled: true,
        ..Default::default()
    }
}

#[tokio::test]
async fn custom_providers_are_created_changed_and_deleted() {
    let harness = start().await;
    assert_eq!(list(&harness, None).await, ["GMAIL", "EXA", "HACKERNEWS"]);
    let create = || {
        harness.with_token(api::CreateCustomProviderRequest {
            provider: Some(custom("My CRM")),
        })
    };
    let mut client = harness.providers();
    let provider = client
        .create_custom_provider(create())
        .await
        .unwrap()
        .into_inner()
        .provider
        .unwrap();
    assert_eq!(provider.identifier, "MY_CRM");
    assert!(provider.is_custom && provider.proxy_enabled);
    let status = client.create_custom_provider(create()).await.unwrap_err();
    assert_eq!(status.code(), Code::AlreadyExists);
    assert_eq!(list(&harness, Some(ProviderType::Custom)).await, ["MY_CRM"]);
    assert_eq!(list(&harness, Some(ProviderType::Default)).await.len(), 3);
    assert_eq!(list(&harness, Some(ProviderType::All)).await.len(), 4);
    let updated = client
        .update_custom_provider(harness.with_token(api::UpdateCustomProviderRequest {
            identifier: "MY_CRM".to_owned(),
            provider: Some(api::UpdateCustomProvider {
                display_name: "Our CRM".to_owned(),
                auth_patterns: Some(scalekit::raw::json::ListValue::default()),
                proxy_url: "https://api.ours.test".to_owned(),
                ..Default::default()
            }),
        }))
        .await
        .unwrap()
        .into_inner()
        .provider
        .unwrap();
    assert_eq!(updated.display_name, "Our CRM");
    assert!(!updated.proxy_enabled);
    assert_eq!(updated.description, "Ours", "what is left out stays");
    assert!(updated.metadata.is_empty(), "metadata is replaced");
    let delete = |identifier: &str| {
        harness.with_token(api::DeleteProviderRequest {
            identifier: identifier.to_owned(),
        })
    };
    // A catalogue provider is not a custom one.
    let status = client
        .delete_custom_provider(delete("GMAIL"))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    client
        .delete_custom_provider(delete("MY_CRM"))
        .await
        .unwrap();
    let status = client
        .delete_custom_provider(delete("MY_CRM"))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn the_catalogue_is_managed_too() {
    let harness = start().await;
    let mut client = harness.providers();
    client
        .create_provider(harness.with_token(api::CreateProviderRequest {
            provider: Some(api::CreateProvider {
                identifier: "LINEAR".to_owned(),
                display_name: "Linear".to_owned(),
                auth_patterns: Some(scalekit::raw::json::ListValue::default()),
                ..Default::default()
            }),
        }))
        .await
        .unwrap();
    let provider = client
        .update_provider(harness.with_token(api::UpdateProviderRequest {
            identifier: "LINEAR".to_owned(),
            provider: Some(api::UpdateProvider {
                display_name: "Linear issues".to_owned(),
                coming_soon: Some(true),
                ..Default::default()
            }),
        }))
        .await
        .unwrap()
        .into_inner()
        .provider
        .unwrap();
    assert!(provider.coming_soon);
    let delete = |identifier: &str| {
        harness.with_token(api::DeleteProviderRequest {
            identifier: identifier.to_owned(),
        })
    };
    client.delete_provider(delete("LINEAR")).await.unwrap();
    let status = client.delete_provider(delete("GMAIL")).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
}
