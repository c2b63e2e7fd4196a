//! `cargo xtask drift --openapi`: compares the derived document with a published one.
//!
//! Both describe the same API in different ways: OpenAPI 3 or Swagger 2, enums closed or open, schemas
//! under other names. The comparison covers what callers see: methods and paths, parameters, the
//! properties of requests and responses with their types, enum values. The vendor's document is known
//! to lag behind the package that the descriptors come from, and to omit the zero values of enums.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{PATH, route};

/// The maximum depth of schemas, which can be recursive.
const DEPTH: usize = 6;

/// The kind of a difference, the most significant first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Both documents have a value, and the values differ.
    Otherwise,
    OnlyTheirs,
    /// A published document can cover a part of the API.
    OnlyOurs,
}

/// A difference between two documents: its place and both values, in one line.
pub type Difference = (Kind, String);

fn only(kind: Kind, place: &str) -> Difference {
    let whose = match kind {
        Kind::OnlyOurs => "ours",
        Kind::Otherwise | Kind::OnlyTheirs => "theirs",
    };
    (kind, format!("{place}: only in {whose}"))
}

/// The differences between `spec/openapi.json` and the document in `file`, sorted.
///
/// # Errors
/// A file is missing, or is not an OpenAPI document in JSON or YAML.
pub fn run(root: &Path, file: &Path) -> Result<Vec<Difference>> {
    let ours = read(&root.join("spec").join(PATH))?;
    Ok(compare(&ours, &read(file)?))
}

fn read(path: &Path) -> Result<Value> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| name.to_string())?;
    // Nearly all JSON is valid YAML, but a JSON parser has clearer errors.
    let document: Result<Value> = match text.trim_start().starts_with('{') {
        true => serde_json::from_str(&text).context("not JSON"),
        false => {
            serde_saphyr::from_str_with_options(&text, yaml()).context("neither JSON nor YAML")
        }
    };
    let document = document.with_context(|| name.to_string())?;
    let has_paths = document.get("paths").is_some_and(Value::is_object);
    ensure!(
        has_paths,
        "{name}: not an OpenAPI document: it has no paths"
    );
    Ok(document)
}

/// YAML 1.2, in which `no` and `on` are text.
fn yaml() -> serde_saphyr::Options {
    serde_saphyr::options! { strict_booleans: true }
}

/// The differences, sorted.
pub fn compare(ours: &Value, theirs: &Value) -> Vec<Difference> {
    let (ours, theirs) = (operations(ours), operations(theirs));
    let mut differences = Vec::new();
    for key in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
        match (ours.get(key), theirs.get(key)) {
            (Some(_), None) => differences.push(only(Kind::OnlyOurs, key)),
            (None, Some(_)) => differences.push(only(Kind::OnlyTheirs, key)),
            (Some(ours), Some(theirs)) => facts(key, ours, theirs, &mut differences),
            (None, None) => {}
        }
    }
    differences.sort();
    differences
}

fn facts(key: &str, ours: &Facts, theirs: &Facts, differences: &mut Vec<Difference>) {
    for place in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
        // Skips everything below a place that only one side has. Enum values are below their property.
        let parent = place.split_once('=').or_else(|| place.rsplit_once('.'));
        let parent = parent.map(|(parent, _)| parent.to_owned());
        if parent.is_some_and(|parent| {
            parent.contains('.') && ours.contains_key(&parent) != theirs.contains_key(&parent)
        }) {
            continue;
        }
        let place_of_key = format!("{key}: {place}");
        let found = match (ours.get(place), theirs.get(place)) {
            (Some(_), None) => only(Kind::OnlyOurs, &place_of_key),
            (None, Some(_)) => only(Kind::OnlyTheirs, &place_of_key),
            (Some(a), Some(b)) if !agree(a, b) => {
                let text = format!("{place_of_key}: {a} in ours, {b} in theirs");
                (Kind::Otherwise, text)
            }
            _ => continue,
        };
        differences.push(found);
    }
}

/// The types of an operation by place, such as `query.page_size` or
/// `response.tools[].id`.
type Facts = BTreeMap<String, String>;

/// Facts by verb and path, without the names of path variables.
fn operations(document: &Value) -> BTreeMap<String, Facts> {
    let base = document["basePath"].as_str().unwrap_or_default();
    let base = base.trim_end_matches('/');
    let paths = document["paths"].as_object().into_iter().flatten();
    let mut operations = BTreeMap::new();
    for (path, verbs) in paths {
        let shared = &verbs["parameters"];
        for verb in ["get", "put", "post", "delete", "patch"] {
            let Some(operation) = verbs.get(verb) else {
                continue;
            };
            let mut facts = Facts::new();
            for parameters in [shared, &operation["parameters"]] {
                for parameter in parameters.as_array().into_iter().flatten() {
                    self::parameter(document, resolve(document, parameter), &mut facts);
                }
            }
            let body = resolve(document, &operation["requestBody"]);
            if let Some(schema) = json_schema(body) {
                schema_facts(document, schema, "body", DEPTH, &mut facts);
            }
            let response = ["200", "201"]
                .iter()
                .find_map(|status| operation["responses"].get(*status));
            if let Some(response) = response.map(|response| resolve(document, response)) {
                let schema = json_schema(response).or(response.get("schema"));
                if let Some(schema) = schema {
                    schema_facts(document, schema, "response", DEPTH, &mut facts);
                }
            }
            let path = route::shape(&format!("{base}{path}"));
            operations.insert(format!("{} {path}", verb.to_uppercase()), facts);
        }
    }
    operations
}

fn parameter(document: &Value, parameter: &Value, facts: &mut Facts) {
    let (Some(name), Some(place)) = (parameter["name"].as_str(), parameter["in"].as_str()) else {
        return;
    };
    match place {
        "query" => {
            // Swagger 2 has the type next to the name.
            let schema = parameter.get("schema").unwrap_or(parameter);
            schema_facts(document, schema, &format!("query.{name}"), 1, facts);
        }
        "body" => schema_facts(document, &parameter["schema"], "body", DEPTH, facts),
        // Callers do not see the names of path variables.
        _ => {}
    }
}

fn json_schema(body: &Value) -> Option<&Value> {
    body.get("content")?.get("application/json")?.get("schema")
}

fn schema_facts(document: &Value, schema: &Value, place: &str, depth: usize, facts: &mut Facts) {
    let schema = resolve(document, schema);
    if let Some(items) = schema.get("items") {
        return schema_facts(document, items, &format!("{place}[]"), depth, facts);
    }
    facts.insert(place.to_owned(), kind(schema));
    let values = schema.get("x-extensible-enum").or(schema.get("enum"));
    for value in values.and_then(Value::as_array).into_iter().flatten() {
        if let Some(value) = value.as_str() {
            facts.insert(format!("{place}={value}"), "a value".to_owned());
        }
    }
    if depth == 0 {
        return;
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        schema_facts(
            document,
            property,
            &format!("{place}.{name}"),
            depth - 1,
            facts,
        );
    }
}

/// The type, with the format where it distinguishes types with the same JSON form.
fn kind(schema: &Value) -> String {
    let name = schema["type"].as_str().unwrap_or("anything");
    match (name, schema["format"].as_str()) {
        ("string", Some(format @ ("date-time" | "int64" | "uint64" | "byte"))) => {
            format!("{name} ({format})")
        }
        _ => name.to_owned(),
    }
}

/// A free-form object and an unspecified type are equal.
fn agree(ours: &str, theirs: &str) -> bool {
    let free = |kind: &str| matches!(kind, "anything" | "object");
    ours == theirs || (free(ours) && free(theirs))
}

/// Follows references, including those wrapped in `allOf` for a description.
fn resolve<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    // References can form a cycle.
    for _ in 0..8 {
        let wrapped = value.get("allOf").and_then(Value::as_array);
        if let Some([only]) = wrapped.map(Vec::as_slice) {
            value = only;
            continue;
        }
        let target = value["$ref"]
            .as_str()
            .and_then(|target| target.strip_prefix('#'));
        match target.and_then(|target| document.pointer(target)) {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}
