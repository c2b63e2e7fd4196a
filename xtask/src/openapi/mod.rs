//! Derives `spec/openapi.json`, the REST side of the API, from the http annotations in `spec/proto`.
//!
//! Names are those of the `.proto` files (`tool_name`): the service's own error bodies use them, and
//! proto3 JSON accepts them in requests. Nothing is closed: enums are strings with a list of known
//! values, objects can have further fields. Validation rules are only in the `.proto` files.

pub mod compare;
mod operation;
pub mod route;
mod schema;
pub mod validate;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use anyhow::{Context, Result, bail, ensure};
use prost_reflect::{DescriptorPool, DynamicMessage, Value as OptionValue};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::comments::Comments;
use crate::compile;
use crate::lock::{self, Lock};
use crate::refresh;
use crate::tree::Tree;

/// The path of the document in the `spec` directory.
pub const PATH: &str = "openapi.json";

/// The parts of the document that do not depend on the API.
#[derive(Deserialize)]
struct Fixed {
    /// The document without its paths, tags and schemas.
    document: Value,
    /// The schemas of errors. An `additionalProperties` of `true` would make progenitor drop unknown
    /// fields.
    schemas: BTreeMap<String, Value>,
    /// The schemas of messages of `google.protobuf` with a JSON form of their own.
    well_known: BTreeMap<String, Value>,
}

static FIXED: LazyLock<Fixed> =
    LazyLock::new(|| match serde_json::from_str(include_str!("fixed.json")) {
        Ok(fixed) => fixed,
        Err(error) => panic!("openapi/fixed.json: {error}"),
    });

/// The input of the derivation.
struct Api {
    pool: DescriptorPool,
    comments: Comments,
    /// Fields that hold credentials.
    secrets: BTreeSet<String>,
}

/// The document for a `spec` tree, as the text of the file.
pub fn derive(spec: &Tree) -> Result<String> {
    let sources = refresh::proto_sources(spec)?;
    let api = Api {
        pool: compile::pool(&sources).context("spec/proto")?,
        comments: Comments::read(&sources).context("spec/proto")?,
        secrets: secrets(spec)?,
    };
    let lock = spec.get(lock::PATH).context("spec: no lock.toml")?;
    let lock = Lock::parse(std::str::from_utf8(lock).context("spec/lock.toml")?)?;
    let document = document(&api, &lock)?;
    Ok(format!("{:#}\n", sorted(document)))
}

/// The fields that `redact.toml` names.
fn secrets(spec: &Tree) -> Result<BTreeSet<String>> {
    let list = spec.get("redact.toml").context("spec: no redact.toml")?;
    let list: toml::Table = std::str::from_utf8(list)
        .context("spec/redact.toml")?
        .parse()
        .context("spec/redact.toml")?;
    let fields = list.get("fields").and_then(toml::Value::as_table);
    let fields = fields.context("spec/redact.toml: no [fields]")?;
    Ok(fields.keys().cloned().collect())
}

fn document(api: &Api, lock: &Lock) -> Result<Value> {
    let mut schemas = schema::Schemas::new(api);
    let mut paths = Paths::default();
    let mut tags = Vec::new();
    let mut omitted = Vec::new();
    for service in api.pool.services() {
        let mut has_routes = false;
        for method in service.methods() {
            let routes = route::of(&method);
            for (number, route) in (1..).zip(&routes) {
                has_routes = true;
                if route.has_wildcard() {
                    // In OpenAPI a parameter cannot match several path segments.
                    omitted.push(route.to_string());
                    continue;
                }
                let (path, names) = paths.name(route);
                let operation = operation::of(api, &mut schemas, &method, route, &names, number)?;
                paths.add(path, &route.verb, operation)?;
            }
        }
        if has_routes {
            let mut tag = json!({ "name": service.name() });
            insert_text(
                &mut tag,
                "description",
                api.comments.get(service.full_name()),
            );
            tags.push(tag);
        }
    }
    omitted.sort();
    tags.sort_by_key(|tag| tag["name"].to_string());
    schemas.add_message("scalekit.v1.errdetails.ErrorInfo")?;
    let mut document = FIXED.document.clone();
    document["info"]["version"] = Value::from(&*lock.package.x_api_version);
    document["info"]["description"] = Value::from(format!(
        "Derived by `cargo xtask generate` from spec/proto, which was taken from {} {}.",
        lock.package.name, lock.package.version
    ));
    document["tags"] = Value::from(tags);
    document["paths"] = json!(paths.0);
    document["components"]["schemas"] = json!(schemas.finish()?);
    document["x-omitted"] = Value::from(omitted);
    Ok(document)
}

/// The paths, with the variable names of the first route: in OpenAPI `/a/{x}` and `/a/{y}` are the same
/// path, which must not occur twice.
#[derive(Default)]
struct Paths(BTreeMap<String, BTreeMap<String, Value>>);

impl Paths {
    /// The path for a route, and the names of its variables in it.
    fn name(&self, route: &route::Route) -> (String, Vec<String>) {
        let shape = route::shape(&route.path);
        let known = self.0.keys().find(|path| route::shape(path) == shape);
        let path = known.unwrap_or(&route.path).clone();
        let names = route::variables(&path);
        (path, names)
    }

    fn add(&mut self, path: String, verb: &str, operation: Value) -> Result<()> {
        let id = operation["operationId"].clone();
        let verbs = self.0.entry(path.clone()).or_default();
        if let Some(other) = verbs.insert(verb.to_owned(), operation) {
            bail!("{verb} {path} is both {} and {id}", other["operationId"]);
        }
        Ok(())
    }
}

/// Inserts the text into the object, if there is one.
fn insert_text(object: &mut Value, key: &str, text: Option<&str>) {
    if let (Value::Object(object), Some(text)) = (object, text) {
        object.insert(key.to_owned(), Value::from(text));
    }
}

/// The visibility restriction of the options, if there is one.
pub fn visibility(
    pool: &DescriptorPool,
    options: &DynamicMessage,
    extension: &str,
) -> Option<String> {
    let rule = option(pool, options, extension)?;
    let restriction = rule.as_message()?.get_field_by_name("restriction")?;
    let restriction = restriction.as_str()?.to_owned();
    (!restriction.is_empty()).then_some(restriction)
}

/// The value of an option that is set.
pub fn option(
    pool: &DescriptorPool,
    options: &DynamicMessage,
    extension: &str,
) -> Option<OptionValue> {
    let extension = pool.get_extension_by_name(extension)?;
    options
        .has_extension(&extension)
        .then(|| options.get_extension(&extension).into_owned())
}

/// The same value with the keys of its objects in order, whichever features serde_json has.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<_, _> = fields.into_iter().collect();
            let fields = fields.into_iter().map(|(key, value)| (key, sorted(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        value => value,
    }
}

/// What a type is called in the document.
fn short_name(full_name: &str) -> &str {
    full_name.strip_prefix("scalekit.v1.").unwrap_or(full_name)
}

/// Fails for a name that OpenAPI does not allow for a component.
fn checked_name(name: &str) -> Result<&str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    ensure!(name.chars().all(allowed), "{name} cannot name a schema");
    Ok(name)
}
