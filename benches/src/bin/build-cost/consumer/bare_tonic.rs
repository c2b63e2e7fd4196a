//! The measured program of the baseline: one tool call through the generated client.

use bare_tonic::v1::tools::ExecuteToolRequest;
use bare_tonic::v1::tools::tool_service_client::ToolServiceClient;
use prost_types::value::Kind;
use tonic::Request;
use tonic::transport::{Channel, ClientTlsConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let channel = Channel::from_shared(std::env::var("SCALEKIT_ENV_URL")?)?
        .tls_config(ClientTlsConfig::new().with_native_roots())?
        .connect()
        .await?;
    let max_results = prost_types::Value {
        kind: Some(Kind::NumberValue(5.0)),
    };
    let mut request = Request::new(ExecuteToolRequest {
        tool_name: "gmail_fetch_mails".to_owned(),
        identifier: Some("alice@example.com".to_owned()),
        connector: Some("gmail".to_owned()),
        params: Some(prost_types::Struct {
            fields: [("max_results".to_owned(), max_results)].into(),
        }),
        ..Default::default()
    });
    let token = format!("Bearer {}", std::env::var("SCALEKIT_TOKEN")?);
    request
        .metadata_mut()
        .insert("authorization", token.parse()?);
    let response = ToolServiceClient::new(channel)
        .execute_tool(request)
        .await?;
    println!("{:?}", response.into_inner().data);
    Ok(())
}
