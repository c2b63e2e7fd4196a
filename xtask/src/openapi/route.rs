//! The HTTP bindings of an RPC.

use prost_reflect::{DynamicMessage, MethodDescriptor};

use super::option;

/// One HTTP binding.
#[derive(PartialEq, Eq)]
pub struct Route {
    /// In lower case, as OpenAPI has it.
    pub verb: String,
    pub path: String,
    pub body: Body,
    /// The field of the response that is its body.
    pub response_body: Option<String>,
}

/// The request fields in the body.
#[derive(PartialEq, Eq)]
pub enum Body {
    None,
    Whole,
    Field(String),
}

impl Body {
    /// The body as the annotation has it.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Whole => Some("*".to_owned()),
            Self::Field(name) => Some(name.clone()),
        }
    }
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.verb.to_uppercase(), self.path)
    }
}

impl Route {
    pub fn has_wildcard(&self) -> bool {
        self.path.contains('*')
    }
}

/// The bindings of `method`, additional ones last.
pub fn of(method: &MethodDescriptor) -> Vec<Route> {
    let mut routes = Vec::new();
    let rule = option(method.parent_pool(), &method.options(), "google.api.http");
    if let Some(rule) = rule.as_ref().and_then(|rule| rule.as_message()) {
        collect(rule, &mut routes);
    }
    routes
}

fn collect(rule: &DynamicMessage, routes: &mut Vec<Route>) {
    let text = |message: &DynamicMessage, field: &str| {
        let value = message.get_field_by_name(field)?;
        value.as_str().map(str::to_owned)
    };
    let verbs = ["get", "put", "post", "delete", "patch"];
    let set = verbs
        .into_iter()
        .filter(|verb| rule.has_field_by_name(verb));
    let found = set.filter_map(|verb| Some((verb.to_owned(), text(rule, verb)?)));
    for (verb, path) in found {
        let body = match text(rule, "body").unwrap_or_default().as_str() {
            "" => Body::None,
            "*" => Body::Whole,
            field => Body::Field(field.to_owned()),
        };
        routes.push(Route {
            verb,
            // Both forms match one segment.
            path: path.replace("=*}", "}"),
            body,
            response_body: text(rule, "response_body").filter(|name| !name.is_empty()),
        });
    }
    if let Some(more) = rule.get_field_by_name("additional_bindings") {
        let more = more.as_list().unwrap_or_default().iter();
        for rule in more.filter_map(|rule| rule.as_message()) {
            collect(rule, routes);
        }
    }
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
