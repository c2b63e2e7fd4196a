//! Compares services and RPCs: types, streaming, routes and authentication.

use std::collections::BTreeSet;

use prost_reflect::{Kind as Of, MessageDescriptor, MethodDescriptor, ServiceDescriptor};

use super::change::{Break, Kind};
use super::options::{Leaf, Options};
use super::side;
use super::walk::{NEITHER, Symbol, Walk, both};
use crate::openapi::route::{self, Route};

use Break::{Behaviour, Json, Source, Wire};

const HTTP: &str = "google.api.http.";
const AUTH: &str = "scalekit.v1.options.auth_option.";
const AGENT_TOOL: &str = "scalekit.v1.options.agent_tool.";

impl Walk<'_> {
    pub fn service(&mut self, at: Symbol<'_>, old: &ServiceDescriptor, new: &ServiceDescriptor) {
        self.options(at, old, new);
        for rpc in old.methods() {
            match new.methods().find(|now| now.name() == rpc.name()) {
                Some(now) => self.rpc(at.file, &rpc, &now),
                None => self.rpc_removed(&rpc),
            }
        }
        for rpc in new.methods() {
            if old.methods().all(|old| old.name() != rpc.name()) {
                self.rpc_added(&rpc);
            }
        }
    }

    pub fn rpc_removed(&mut self, rpc: &MethodDescriptor) {
        let name = side::rpc_symbol(rpc);
        let file = rpc.parent_file();
        let at = Symbol::new(&name, file.name(), self.old.is_public_rpc(&name));
        self.push(Kind::RpcRemoved, at, &[Source, Behaviour], NEITHER);
    }

    pub fn rpc_added(&mut self, rpc: &MethodDescriptor) {
        let name = side::rpc_symbol(rpc);
        let file = rpc.parent_file();
        let at = Symbol::new(&name, file.name(), self.new.is_public_rpc(&name));
        let route = routes(rpc).first().map(show);
        self.push(Kind::RpcAdded, at, &[], (None, route));
    }

    fn rpc(&mut self, file: &str, old: &MethodDescriptor, new: &MethodDescriptor) {
        let name = side::rpc_symbol(old);
        let at = Symbol::new(
            &name,
            file,
            self.old.is_public_rpc(&name) || self.new.is_public_rpc(&name),
        );
        let (input, output) = ((old.input(), new.input()), (old.output(), new.output()));
        self.rpc_type(Kind::RpcRequestTypeChanged, at, input);
        self.rpc_type(Kind::RpcResponseTypeChanged, at, output);
        let streams =
            |rpc: &MethodDescriptor| match (rpc.is_client_streaming(), rpc.is_server_streaming()) {
                (false, false) => "unary",
                (true, false) => "client streaming",
                (false, true) => "server streaming",
                (true, true) => "bidirectional streaming",
            };
        if streams(old) != streams(new) {
            let values = both(streams(old), streams(new));
            self.push(Kind::RpcStreamingChanged, at, &[Wire, Json, Source], values);
        }
        let methods = (old, new);
        let (mut old, mut new) = (Options::of(old), Options::of(new));
        if old == new {
            return;
        }
        self.routes(at, methods.0, methods.1);
        self.auth(at, &old, &new);
        self.agent_tool(at, &old, &new);
        let level = (old.text("idempotency_level"), new.text("idempotency_level"));
        if level.0 != level.1 {
            self.push(Kind::RpcIdempotencyChanged, at, &[Behaviour], level);
        }
        for options in [&mut old, &mut new] {
            options.0.retain(|key, _| !is_compared(key));
        }
        self.read_options(at, &old, &new);
    }

    fn rpc_type(
        &mut self,
        kind: Kind,
        at: Symbol<'_>,
        (old, new): (MessageDescriptor, MessageDescriptor),
    ) {
        if old.full_name() == new.full_name() {
            return;
        }
        let breaks: &[Break] = match accepts_all_of(&old, &new) {
            true => &[Source],
            false => &[Wire, Json, Source],
        };
        self.push(kind, at, breaks, both(old.full_name(), new.full_name()));
    }

    fn routes(&mut self, at: Symbol<'_>, old: &MethodDescriptor, new: &MethodDescriptor) {
        let (old, new) = (routes(old), routes(new));
        let (before, after) = match (old.first(), new.first()) {
            (None, None) => return,
            (Some(before), None) => {
                let values = (Some(show(before)), None);
                return self.push(Kind::HttpRuleRemoved, at, &[Behaviour], values);
            }
            (None, Some(after)) => {
                let values = (None, Some(show(after)));
                return self.push(Kind::HttpRuleAdded, at, &[], values);
            }
            (Some(before), Some(after)) => (before, after),
        };
        let (more_before, more_after) = (&old[1..], &new[1..]);
        let is_kept = |route: &Route| new.contains(route);
        // A first route that became an additional one breaks nothing.
        if before != after && !is_kept(before) {
            self.route(at, before, after);
        } else if before != after && !more_before.contains(after) {
            let values = (None, Some(show(after)));
            self.push(Kind::HttpBindingAdded, at, &[], values);
        }
        for gone in more_before.iter().filter(|route| !is_kept(route)) {
            let values = (Some(show(gone)), None);
            self.push(Kind::HttpBindingRemoved, at, &[Behaviour], values);
        }
        for added in more_after {
            if !more_before.contains(added) && added != before {
                let values = (None, Some(show(added)));
                self.push(Kind::HttpBindingAdded, at, &[], values);
            }
        }
    }

    fn route(&mut self, at: Symbol<'_>, old: &Route, new: &Route) {
        if old.verb != new.verb {
            let values = both(old.verb.to_uppercase(), new.verb.to_uppercase());
            self.push(Kind::HttpMethodChanged, at, &[Behaviour], values);
        }
        if old.path != new.path {
            let kind = match anonymous(&old.path) == anonymous(&new.path) {
                true => Kind::HttpPathVariableChanged,
                false => Kind::HttpPathChanged,
            };
            self.push(kind, at, &[Behaviour], both(&old.path, &new.path));
        }
        if old.body != new.body {
            let values = (old.body.text(), new.body.text());
            self.push(Kind::HttpBodyChanged, at, &[Behaviour], values);
        }
        if old.response_body != new.response_body {
            let values = (old.response_body.clone(), new.response_body.clone());
            self.push(Kind::HttpResponseBodyChanged, at, &[Behaviour], values);
        }
    }

    fn auth(&mut self, at: Symbol<'_>, old: &Options, new: &Options) {
        let read = |options: &Options, name: &str| options.get(&format!("{AUTH}{name}")).cloned();
        let text = |leaf: &Option<Leaf>| leaf.as_ref().map(ToString::to_string);
        let kind = (
            read(old, "authentication_type"),
            read(new, "authentication_type"),
        );
        if kind.0 != kind.1 {
            let values = (text(&kind.0), text(&kind.1));
            let (old, new) = (kind.0.as_ref(), kind.1.as_ref());
            let clients = (accepts_clients(old), accepts_clients(new));
            match clients {
                (Some(false), Some(true)) => self.push(Kind::AuthTypeWidened, at, &[], values),
                _ if widens(old, new) => self.push(Kind::AuthTypeWidened, at, &[], values),
                (Some(false), _) | (_, Some(true)) => {
                    self.push(Kind::AuthTypeChanged, at, &[], values);
                }
                _ => self.push(Kind::AuthTypeChanged, at, &[Behaviour], values),
            }
        }
        let list = |options: &Options| -> BTreeSet<String> {
            options
                .list(&format!("{AUTH}permissions"))
                .into_iter()
                .collect()
        };
        let permissions = (list(old), list(new));
        if permissions.0 != permissions.1 {
            let text = |list: BTreeSet<String>| {
                (!list.is_empty()).then(|| list.into_iter().collect::<Vec<_>>().join(", "))
            };
            // Only an empty list is certainly less strict: the service does not say whether one of the
            // permissions is enough.
            let breaks: &[Break] = match permissions.1.is_empty() {
                true => &[],
                false => &[Behaviour],
            };
            let values = (text(permissions.0), text(permissions.1));
            self.push(Kind::AuthPermissionsChanged, at, breaks, values);
        }
        let policy = (text(&read(old, "policy")), text(&read(new, "policy")));
        if policy.0 != policy.1 {
            self.push(Kind::AuthPolicyChanged, at, &[Behaviour], policy);
        }
    }

    fn agent_tool(&mut self, at: Symbol<'_>, old: &Options, new: &Options) {
        let read = |options: &Options| -> Vec<String> {
            let facts = options
                .below(AGENT_TOOL)
                .filter(|(key, _)| !is_sentence(key));
            facts.map(|(key, leaf)| format!("{key} = {leaf}")).collect()
        };
        let (old, new) = (read(old), read(new));
        let text = |facts: &[String]| (!facts.is_empty()).then(|| facts.join(", "));
        let values = (text(&old), text(&new));
        match (old.is_empty(), new.is_empty()) {
            _ if old == new => {}
            (true, _) => self.push(Kind::AgentToolAdded, at, &[], values),
            (_, true) => self.push(Kind::AgentToolRemoved, at, &[Behaviour], values),
            _ => self.push(Kind::AgentToolChanged, at, &[Behaviour], values),
        }
    }
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

fn routes(rpc: &MethodDescriptor) -> Vec<Route> {
    route::of(rpc.parent_pool(), rpc)
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
    let alike = |old: &Of, new: &Of| match (old, new) {
        (Of::Message(old), Of::Message(new)) => old.full_name() == new.full_name(),
        (Of::Enum(old), Of::Enum(new)) => old.full_name() == new.full_name(),
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
