//! The HTTP bindings of an RPC.

use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor};

use super::option;

/// One HTTP binding.
pub struct Route {
    /// In lower case, as OpenAPI has it.
    pub verb: &'static str,
    pub path: String,
    pub body: Body,
}

/// Which fields of the request the body has.
pub enum Body {
    None,
    Whole,
    Field(String),
}

impl Route {
    pub fn has_wildcard(&self) -> bool {
        self.path.contains('*')
    }
}

/// The bindings of `method`, additional ones last.
pub fn of(pool: &DescriptorPool, method: &MethodDescriptor) -> Vec<Route> {
    let mut routes = Vec::new();
    let options = method.options();
    let rule = option(pool, &options, "google.api.http");
    if let Some(rule) = rule.as_ref().and_then(|rule| rule.as_message()) {
        collect(rule, &mut routes);
    }
    routes
}

fn collect(rule: &DynamicMessage, routes: &mut Vec<Route>) {
    let text = |field: &str| {
        let value = rule.get_field_by_name(field)?;
        value.as_str().map(str::to_owned)
    };
    for verb in ["get", "put", "post", "delete", "patch"] {
        let Some(path) = text(verb).filter(|_| rule.has_field_by_name(verb)) else {
            continue;
        };
        let body = match text("body").unwrap_or_default().as_str() {
            "" => Body::None,
            "*" => Body::Whole,
            field => Body::Field(field.to_owned()),
        };
        let path = plain(&path);
        routes.push(Route { verb, path, body });
    }
    if let Some(more) = rule.get_field_by_name("additional_bindings") {
        let more = more.as_list().unwrap_or_default().iter();
        for rule in more.filter_map(|rule| rule.as_message()) {
            collect(rule, routes);
        }
    }
}

/// The path with `{name=*}` written as `{name}`, which is the same: one segment.
pub fn plain(path: &str) -> String {
    path.replace("=*}", "}")
}

/// The names between the braces of a path.
pub fn variables(path: &str) -> Vec<String> {
    let pieces = path.split('{').skip(1);
    pieces
        .filter_map(|piece| piece.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// The path without the names of its variables.
pub fn shape(path: &str) -> String {
    let mut pieces = path.split('{');
    let mut shape = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        shape.push_str("{}");
        shape.push_str(piece.split_once('}').map_or("", |(_, rest)| rest));
    }
    shape
}
