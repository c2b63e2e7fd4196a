//! The client to compare with: generated code on tonic's channel, the service's headers, a deadline.

use std::time::Duration;

use prost_types::value::Kind;
use prost_types::{Struct, Value};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Status};

use crate::result::Mails;
use crate::{CONNECTION, IDENTIFIER, LARGE_TOOL, SMALL_TOOL, TOOLS, Work};

#[allow(clippy::all, missing_docs, rustdoc::all)]
pub mod api {
    pub mod buf {
        pub mod validate {
            include!(concat!(env!("OUT_DIR"), "/buf.validate.rs"));
        }
    }
    pub mod google {
        pub mod api {
            include!(concat!(env!("OUT_DIR"), "/google.api.rs"));
        }
    }
    pub mod scalekit {
        pub mod v1 {
            pub mod options {
                include!(concat!(env!("OUT_DIR"), "/scalekit.v1.options.rs"));
            }
            pub mod tools {
                include!(concat!(env!("OUT_DIR"), "/scalekit.v1.tools.rs"));
            }
            pub mod connected_accounts {
                include!(concat!(
                    env!("OUT_DIR"),
                    "/scalekit.v1.connected_accounts.rs"
                ));
            }
        }
    }
}
use api::scalekit::v1::connected_accounts as accounts;
use api::scalekit::v1::tools;

#[derive(Clone)]
pub struct Token(MetadataValue<Ascii>);

impl Interceptor for Token {
    fn call(&mut self, mut request: Request<()>) -> std::result::Result<Request<()>, Status> {
        let metadata = request.metadata_mut();
        metadata.insert("authorization", self.0.clone());
        metadata.insert(
            "x-sdk-version",
            MetadataValue::from_static("Bare-Rust/0.1.0"),
        );
        metadata.insert("x-api-version", MetadataValue::from_static("20261012"));
        request.set_timeout(Duration::from_secs(60));
        Ok(request)
    }
}

#[derive(Clone)]
pub struct Client {
    tools: tools::tool_service_client::ToolServiceClient<InterceptedService<Channel, Token>>,
    accounts: accounts::connected_account_service_client::ConnectedAccountServiceClient<
        InterceptedService<Channel, Token>,
    >,
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

impl Client {
    pub fn new(url: &str, token: &str, ca: Option<Vec<u8>>) -> Result<Self> {
        let mut endpoint = Endpoint::from_shared(url.to_owned())?.tcp_nodelay(true);
        if let Some(ca) = ca {
            let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(ca));
            endpoint = endpoint.tls_config(tls)?;
        }
        let channel = endpoint.connect_lazy();
        let token = Token(format!("Bearer {token}").parse()?);
        let service = InterceptedService::new(channel, token);
        Ok(Self {
            tools: tools::tool_service_client::ToolServiceClient::new(service.clone())
                .max_decoding_message_size(64 * 1024 * 1024),
            accounts:
                accounts::connected_account_service_client::ConnectedAccountServiceClient::new(
                    service,
                ),
        })
    }

    /// Does the work once, up to values that an application can use.
    pub async fn call(&self, work: Work) -> Result<()> {
        match work {
            Work::Small => {
                let data = self.execute(SMALL_TOOL).await?;
                let value = to_json(data);
                assert!(value["ok"] == true);
            }
            Work::Large => {
                let data = self.execute(LARGE_TOOL).await?;
                let mails: Mails = serde_json::from_value(to_json(data))?;
                assert_eq!(mails.messages.len(), 200);
            }
            Work::List => {
                let request = tools::ListToolsRequest {
                    page_size: TOOLS as u32,
                    ..Default::default()
                };
                let response = self.tools.clone().list_tools(request).await?.into_inner();
                assert_eq!(response.tools.len(), TOOLS);
            }
            Work::Account => {
                let request = accounts::GetConnectedAccountByIdentifierRequest {
                    connector: Some(CONNECTION.into()),
                    identifier: Some(IDENTIFIER.into()),
                    ..Default::default()
                };
                let mut client = self.accounts.clone();
                let response = client
                    .get_connected_account_auth(request)
                    .await?
                    .into_inner();
                let account = response.connected_account.ok_or("no account")?;
                assert_eq!(account.identifier, IDENTIFIER);
            }
        }
        Ok(())
    }

    async fn execute(&self, tool: &str) -> Result<Struct> {
        let number = |number: f64| Value {
            kind: Some(Kind::NumberValue(number)),
        };
        let params = Struct {
            fields: [("max_results".to_owned(), number(5.0))].into(),
        };
        let request = tools::ExecuteToolRequest {
            tool_name: tool.to_owned(),
            params: Some(params),
            connector: Some(CONNECTION.to_owned()),
            identifier: Some(IDENTIFIER.to_owned()),
            ..Default::default()
        };
        let response = self.tools.clone().execute_tool(request).await?.into_inner();
        Ok(response.data.ok_or("no data")?)
    }
}

/// The usual conversion, which keeps integers.
pub fn to_json(data: Struct) -> serde_json::Value {
    let fields = data
        .fields
        .into_iter()
        .map(|(name, value)| (name, value_to_json(value)));
    serde_json::Value::Object(fields.collect())
}

fn value_to_json(value: Value) -> serde_json::Value {
    match value.kind {
        None | Some(Kind::NullValue(_)) => serde_json::Value::Null,
        Some(Kind::BoolValue(value)) => value.into(),
        Some(Kind::StringValue(text)) => text.into(),
        Some(Kind::NumberValue(number)) if number.fract() == 0.0 && number.abs() < 9e15 => {
            (number as i64).into()
        }
        Some(Kind::NumberValue(number)) => number.into(),
        Some(Kind::ListValue(list)) => list.values.into_iter().map(value_to_json).collect(),
        Some(Kind::StructValue(data)) => to_json(data),
    }
}
