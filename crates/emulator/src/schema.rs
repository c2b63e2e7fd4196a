//! The API, read from its descriptors: RPCs, who may call them, REST routes.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor};
use scalekit::raw::AGENTKIT_SERVICES;

use crate::error::{Error, ErrorKind};
use crate::path_template::PathTemplate;
use crate::proto_options::{extension, string, strings};
use crate::validate::Validator;

/// The bit of `AuthenticationType` that a client-credentials token satisfies.
const CLIENT: i32 = 4;

/// One RPC.
#[derive(Debug)]
pub(crate) struct Rpc {
    /// `ExecuteTool`
    pub(crate) name: String,
    /// `scalekit.v1.tools.ToolService/ExecuteTool`
    pub(crate) full_name: String,
    pub(crate) input: MessageDescriptor,
    pub(crate) output: MessageDescriptor,
    authentication: i32,
    /// The name of the required authentication, for example `SESSION_USER`.
    pub(crate) authentication_name: String,
    pub(crate) permissions: Vec<String>,
}

impl Rpc {
    /// Whether a client-credentials token may call the RPC.
    pub(crate) fn open_to_clients(&self) -> bool {
        self.authentication & CLIENT != 0
    }
}

/// Which part of the request message the body of a REST request is.
#[derive(Clone, Debug)]
pub(crate) enum BodyRule {
    None,
    Whole,
    Field(String),
}

/// One REST binding of an RPC.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) rpc: Arc<Rpc>,
    pub(crate) verb: String,
    pub(crate) template: PathTemplate,
    pub(crate) body: BodyRule,
}

/// The whole API.
pub(crate) struct Schema {
    rpcs: HashMap<String, Arc<Rpc>>,
    pub(crate) routes: Vec<Route>,
    pub(crate) validator: Validator,
    pub(crate) error_info: MessageDescriptor,
}

impl Schema {
    /// Whether an RPC has this name or full name.
    pub(crate) fn has_rpc(&self, name: &str) -> bool {
        self.rpcs
            .values()
            .any(|rpc| rpc.name == name || rpc.full_name == name)
    }

    /// The API of the `scalekit` crate that the emulator was built with, parsed once per process.
    pub(crate) fn load() -> Result<&'static Schema, Error> {
        static SCHEMA: OnceLock<Result<Schema, String>> = OnceLock::new();
        SCHEMA
            .get_or_init(|| Schema::parse(scalekit::raw::FILE_DESCRIPTOR_SET))
            .as_ref()
            .map_err(|message| {
                Error::new(
                    ErrorKind::Seed,
                    format!("the API description is unusable: {message}"),
                )
            })
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let pool = DescriptorPool::decode(bytes).map_err(|error| error.to_string())?;
        let http = extension(&pool, "google.api.http")?;
        let auth = extension(&pool, "scalekit.v1.options.auth_option")?;
        let auth_names = pool.get_enum_by_name("scalekit.v1.options.AuthenticationType");
        let mut rpcs = HashMap::new();
        let mut routes = Vec::new();
        for service in AGENTKIT_SERVICES {
            let service = pool
                .get_service_by_name(service)
                .ok_or_else(|| format!("no service {service}"))?;
            for method in service.methods() {
                let options = method.options();
                let option = options.get_extension(&auth);
                let authentication = option
                    .as_message()
                    .and_then(|option| enum_field(option, "authentication_type"))
                    .unwrap_or_default();
                let rpc = Arc::new(Rpc {
                    name: method.name().to_owned(),
                    full_name: format!("{}/{}", service.full_name(), method.name()),
                    input: method.input(),
                    output: method.output(),
                    authentication,
                    authentication_name: auth_names
                        .as_ref()
                        .and_then(|names| names.get_value(authentication))
                        .map_or_else(|| authentication.to_string(), |name| name.name().to_owned()),
                    permissions: option
                        .as_message()
                        .map(|option| strings(option, "permissions"))
                        .unwrap_or_default(),
                });
                if let Some(rule) = options.get_extension(&http).as_message() {
                    bindings(rule, &rpc, &method, &mut routes)?;
                }
                rpcs.insert(format!("/{}", rpc.full_name), rpc);
            }
        }
        // Literal segments take precedence over variables, so that `/connected_accounts/this` is
        // not an id.
        routes.sort_by_key(|route: &Route| route.template.rank());
        let validator = Validator::new(&pool)?;
        let error_info = pool
            .get_message_by_name("scalekit.v1.errdetails.ErrorInfo")
            .ok_or("no ErrorInfo")?;
        Ok(Schema {
            rpcs,
            routes,
            validator,
            error_info,
        })
    }

    /// The RPC at a gRPC path, `/package.Service/Method`.
    pub(crate) fn rpc(&self, path: &str) -> Option<&Arc<Rpc>> {
        self.rpcs.get(path)
    }
}

fn bindings(
    rule: &DynamicMessage,
    rpc: &Arc<Rpc>,
    method: &MethodDescriptor,
    routes: &mut Vec<Route>,
) -> Result<(), String> {
    for verb in ["get", "put", "post", "delete", "patch"] {
        if !rule.has_field_by_name(verb) {
            continue;
        }
        let path = string(rule, verb);
        let body = match string(rule, "body").as_str() {
            "" => BodyRule::None,
            "*" => BodyRule::Whole,
            field => BodyRule::Field(field.to_owned()),
        };
        routes.push(Route {
            rpc: Arc::clone(rpc),
            verb: verb.to_ascii_uppercase(),
            template: PathTemplate::parse(&path)
                .ok_or_else(|| format!("{}: path {path}", method.full_name()))?,
            body,
        });
    }
    if let Some(more) = rule.get_field_by_name("additional_bindings") {
        for rule in more.as_list().unwrap_or_default() {
            if let Some(rule) = rule.as_message() {
                bindings(rule, rpc, method, routes)?;
            }
        }
    }
    Ok(())
}

fn enum_field(message: &DynamicMessage, field: &str) -> Option<i32> {
    message.get_field_by_name(field)?.as_enum_number()
}
