//! Compares RPCs: types, streaming, routes, authentication and tools for agents.

use std::collections::BTreeSet;

use prost_reflect::{Kind, MessageDescriptor, MethodDescriptor};

use super::change::Break;
use super::options::{Leaf, Options};
use super::walk::{Place, Walk, both};
use crate::openapi::route::{self, Route};

use Break::{Behaviour, Json, Source, Wire};

const HTTP: &str = "google.api.http.";
const AUTH: &str = "scalekit.v1.options.auth_option.";
const AGENT_TOOL: &str = "scalekit.v1.options.agent_tool.";

impl Walk<'_> {
    pub fn rpc(&mut self, at: &Place, old: &MethodDescriptor, new: &MethodDescriptor) {
        let (input, output) = ((old.input(), new.input()), (old.output(), new.output()));
        self.rpc_type("rpc_request_type_changed", at, input);
        self.rpc_type("rpc_response_type_changed", at, output);
        let streams =
            |rpc: &MethodDescriptor| match (rpc.is_client_streaming(), rpc.is_server_streaming()) {
                (false, false) => "unary",
                (true, false) => "client streaming",
                (false, true) => "server streaming",
                (true, true) => "bidirectional streaming",
            };
        let values = both(streams(old), streams(new));
        self.property("rpc_streaming_changed", at, &[Wire, Json, Source], values);
        self.routes(at, &route::of(old), &route::of(new));
        let (mut old, mut new) = (Options::of(&old.options()), Options::of(&new.options()));
        self.auth(at, &old, &new);
        self.agent_tool(at, &old, &new);
        let level = (old.text("idempotency_level"), new.text("idempotency_level"));
        self.property("rpc_idempotency_changed", at, &[Behaviour], level);
        for options in [&mut old, &mut new] {
            options.0.retain(|key, _| !is_compared(key));
        }
        self.options(at, &old, &new);
    }

    fn rpc_type(
        &mut self,
        kind: &str,
        at: &Place,
        (old, new): (MessageDescriptor, MessageDescriptor),
    ) {
        let breaks: &[Break] = match accepts_all_of(&old, &new) {
            true => &[Source],
            false => &[Wire, Json, Source],
        };
        self.property(kind, at, breaks, both(old.full_name(), new.full_name()));
    }

    fn routes(&mut self, at: &Place, old: &[Route], new: &[Route]) {
        let ((before, more_before), (after, more_after)) = match (old, new) {
            ([], []) => return,
            ([before, ..], []) => {
                let values = (Some(show(before)), None);
                return self.push("http_rule_removed", at, &[Behaviour], values);
            }
            ([], [after, ..]) => {
                let values = (None, Some(show(after)));
                return self.push("http_rule_added", at, &[], values);
            }
            ([before, old @ ..], [after, new @ ..]) => ((before, old), (after, new)),
        };
        // A first route that became an additional one breaks nothing.
        let is_kept = new.contains(before);
        if !is_kept {
            self.route(at, before, after);
        }
        for gone in more_before.iter().filter(|route| !new.contains(route)) {
            let values = (Some(show(gone)), None);
            self.push("http_binding_removed", at, &[Behaviour], values);
        }
        let added = more_after.iter().chain(is_kept.then_some(after));
        for added in added.filter(|route| !old.contains(route)) {
            let values = (None, Some(show(added)));
            self.push("http_binding_added", at, &[], values);
        }
    }

    fn route(&mut self, at: &Place, old: &Route, new: &Route) {
        let verbs = both(old.verb.to_uppercase(), new.verb.to_uppercase());
        self.property("http_method_changed", at, &[Behaviour], verbs);
        let kind = match anonymous(&old.path) == anonymous(&new.path) {
            true => "http_path_variable_changed",
            false => "http_path_changed",
        };
        self.property(kind, at, &[Behaviour], both(&old.path, &new.path));
        let bodies = (old.body.text(), new.body.text());
        self.property("http_body_changed", at, &[Behaviour], bodies);
        let bodies = (old.response_body.clone(), new.response_body.clone());
        self.property("http_response_body_changed", at, &[Behaviour], bodies);
    }

    fn auth(&mut self, at: &Place, old: &Options, new: &Options) {
        let key = |name: &str| format!("{AUTH}{name}");
        let text = |name: &str| (old.text(&key(name)), new.text(&key(name)));
        let kind = key("authentication_type");
        let (before, after) = (old.get(&kind), new.get(&kind));
        if before != after {
            let (kind, breaks): (_, &[Break]) =
                match (accepts_clients(before), accepts_clients(after)) {
                    (Some(false), Some(true)) => ("auth_type_widened", &[]),
                    _ if widens(before, after) => ("auth_type_widened", &[]),
                    (Some(false), _) | (_, Some(true)) => ("auth_type_changed", &[]),
                    _ => ("auth_type_changed", &[Behaviour]),
                };
            self.push(kind, at, breaks, text("authentication_type"));
        }
        let permissions = |options: &Options| {
            let sorted: BTreeSet<_> = options.list(&key("permissions")).into_iter().collect();
            (!sorted.is_empty()).then(|| sorted.into_iter().collect::<Vec<_>>().join(", "))
        };
        let values = (permissions(old), permissions(new));
        // Only an empty list is certainly less strict: the service does not say whether one of the
        // permissions is enough.
        let breaks: &[Break] = match values.1 {
            None => &[],
            Some(_) => &[Behaviour],
        };
        self.property("auth_permissions_changed", at, breaks, values);
        self.property("auth_policy_changed", at, &[Behaviour], text("policy"));
    }

    fn agent_tool(&mut self, at: &Place, old: &Options, new: &Options) {
        let read = |options: &Options| {
            let facts = options.below(AGENT_TOOL);
            let facts = facts.filter(|(key, _)| !is_sentence(key));
            let facts: Vec<_> = facts.map(|(key, leaf)| format!("{key} = {leaf}")).collect();
            (!facts.is_empty()).then(|| facts.join(", "))
        };
        let values = (read(old), read(new));
        match &values {
            (None, None) => {}
            (None, _) => self.push("agent_tool_added", at, &[], values),
            (_, None) => self.push("agent_tool_removed", at, &[Behaviour], values),
            _ => self.property("agent_tool_changed", at, &[Behaviour], values),
        }
    }
}

/// The first route of an RPC, as reports show it.
pub(super) fn first_route(rpc: &MethodDescriptor) -> Option<String> {
    route::of(rpc).first().map(show)
}

/// Whether `rpc` compares the option itself.
fn is_compared(key: &str) -> bool {
    let agent_tool = key.strip_prefix(AGENT_TOOL);
    key.starts_with(HTTP)
        || key.starts_with(AUTH)
        || key == "idempotency_level"
        || agent_tool.is_some_and(|key| !is_sentence(key))
}

fn is_sentence(key: &str) -> bool {
    matches!(key, "description" | "summary")
}

fn show(route: &Route) -> String {
    let body = route.body.text();
    let body = body.map_or_else(String::new, |body| format!(" body {body}"));
    format!("{route}{body}")
}

/// The path without the names of its variables, which clients do not send.
fn anonymous(path: &str) -> String {
    let mut text = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (variable, after) = after.split_once('}').unwrap_or((after, ""));
        let pattern = variable.split_once('=').map_or("*", |(_, pattern)| pattern);
        text += &format!("{before}{{{pattern}}}");
        rest = after;
    }
    text + rest
}

/// The bit for client credentials. From here on the numbers are bit sets of callers, below they are not.
const CLIENT: i32 = 4;

/// Whether client credentials, which every user of this crate has, are accepted; `None` if the RPC does
/// not say.
fn accepts_clients(kind: Option<&Leaf>) -> Option<bool> {
    const NO_AUTHENTICATION: i32 = 1;
    match kind {
        Some(Leaf::Enum(_, kind)) => Some(*kind == NO_AUTHENTICATION || kind & CLIENT != 0),
        _ => None,
    }
}

/// Whether all old callers are still accepted.
fn widens(old: Option<&Leaf>, new: Option<&Leaf>) -> bool {
    match (old, new) {
        (Some(Leaf::Enum(_, old)), Some(Leaf::Enum(_, new))) => {
            *old >= CLIENT && *new >= CLIENT && old & new == *old
        }
        _ => false,
    }
}

/// Whether every message of type `old` is a valid message of type `new`: all fields exist and are the
/// same.
fn accepts_all_of(old: &MessageDescriptor, new: &MessageDescriptor) -> bool {
    let alike = |old: &Kind, new: &Kind| match (old, new) {
        (Kind::Message(old), Kind::Message(new)) => old.full_name() == new.full_name(),
        (Kind::Enum(old), Kind::Enum(new)) => old.full_name() == new.full_name(),
        (old, new) => old == new,
    };
    // Well-known types have a special JSON form.
    let special = |message: &MessageDescriptor| {
        message.package_name() == "google.protobuf" && message.name() != "Empty"
    };
    if special(old) || special(new) {
        return false;
    }
    old.fields().all(|field| {
        new.get_field(field.number()).is_some_and(|now| {
            now.name() == field.name()
                && now.json_name() == field.json_name()
                && now.cardinality() == field.cardinality()
                && alike(&field.kind(), &now.kind())
        })
    })
}
