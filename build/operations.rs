//! Reads which RPCs may be repeated: by their HTTP verb, unless `spec/operations.toml` says otherwise.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use protox::prost_reflect::{DescriptorPool, MethodDescriptor, Value};

use super::Result;

/// Whether an operation may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It only reads.
    Read,
    /// It changes something, and repeating it changes nothing further.
    Idempotent,
    /// It must not be repeated.
    Once,
}

/// The class of an operation.
// Only `class` goes into the bindings; `xtask coverage` reads the rest.
#[derive(Clone, Debug)]
#[allow(dead_code)]
pub struct Decision {
    pub class: Class,
    pub reason: String,
    /// Whether `operations.toml` has it, instead of the verb's default.
    pub stated: bool,
    /// Why the facade has no method for a public RPC.
    pub raw_only: Option<String>,
}

/// The decisions by path (`/package.Service/Rpc`).
pub struct Operations(pub BTreeMap<String, Decision>);

impl Operations {
    /// Reads the decisions in the file at `path`, and adds those of the verb for the other RPCs of `pool`.
    ///
    /// # Errors
    /// An entry is malformed, or names no RPC: a renamed RPC would lose its decision.
    pub fn read(path: &Path, pool: &DescriptorPool) -> Result<Self> {
        let file = path.display();
        let text = fs::read_to_string(path).map_err(|error| format!("{file}: {error}"))?;
        let table: toml::Table = text.parse().map_err(|error| format!("{file}: {error}"))?;
        let mut stated = BTreeMap::new();
        for (name, entry) in table {
            let decision = decision(&entry).ok_or_else(|| {
                format!(
                    "{file}: {name}: needs class = \"read\", \"idempotent\" or \"once\", and reason"
                )
            })?;
            stated.insert(name, decision);
        }
        let mut operations = BTreeMap::new();
        for service in pool
            .services()
            .filter(|s| s.full_name().starts_with("scalekit."))
        {
            for method in service.methods() {
                let name = format!("{}/{}", service.full_name(), method.name());
                let decision = stated.remove(&name).unwrap_or_else(|| by_verb(&method));
                operations.insert(format!("/{name}"), decision);
            }
        }
        match stated.keys().next() {
            Some(name) => Err(format!("{file}: there is no RPC {name}").into()),
            None => Ok(Self(operations)),
        }
    }

    /// `operations.rs`: the table, sorted by path.
    pub fn table(&self) -> String {
        let mut code = String::from(
            "// This file is @generated from spec/operations.toml and the HTTP verbs of spec/proto.\n\
             /// Each RPC by path, and whether doing it twice is the same as doing it once.\n\
             pub(crate) const IDEMPOTENT: &[(&str, bool)] = &[\n",
        );
        for (path, decision) in &self.0 {
            // Writing to a string cannot fail.
            let _ = writeln!(code, "    ({path:?}, {}),", decision.class != Class::Once);
        }
        code.push_str("];\n");
        code
    }
}

fn decision(entry: &toml::Value) -> Option<Decision> {
    let class = match entry.get("class")?.as_str()? {
        "read" => Class::Read,
        "idempotent" => Class::Idempotent,
        "once" => Class::Once,
        _ => return None,
    };
    let text = |key| {
        entry
            .get(key)
            .and_then(|text| text.as_str())
            .filter(|text| !text.is_empty())
    };
    Some(Decision {
        class,
        reason: text("reason")?.to_owned(),
        stated: true,
        raw_only: text("raw_only").map(str::to_owned),
    })
}

/// The decision by HTTP's rules. An RPC without a verb must not be repeated.
fn by_verb(method: &MethodDescriptor) -> Decision {
    let verb = verb(method);
    let class = match verb.as_deref() {
        Some("get") => Class::Read,
        Some("put" | "delete") => Class::Idempotent,
        _ => Class::Once,
    };
    Decision {
        class,
        reason: verb.map_or_else(|| "no HTTP verb".to_owned(), |verb| verb.to_uppercase()),
        stated: false,
        raw_only: None,
    }
}

/// The verb of the RPC's `google.api.http` rule.
fn verb(method: &MethodDescriptor) -> Option<String> {
    let http = method
        .parent_pool()
        .get_extension_by_name("google.api.http")?;
    let options = method.options();
    let Value::Message(rule) = options.get_extension(&http).into_owned() else {
        return None;
    };
    let (field, _) = rule
        .fields()
        .find(|(field, _)| field.containing_oneof().is_some())?;
    Some(field.name().to_owned())
}
