//! Generates the REST client from `spec/openapi.json` with progenitor.

use std::collections::BTreeSet;
use std::fs;
use std::iter::empty as none;
use std::path::Path;

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use quote::quote;
use serde_json::{Value, json};

use super::Result;

const REDACTED_TEXT: &str = "RedactedText";
const REDACTED_JSON: &str = "RedactedJson";

/// Writes `rest/mod.rs` into `out`, from the document in `spec`.
///
/// # Errors
/// The document is not OpenAPI, or progenitor does not support it.
pub fn generate(spec: &Path, out: &Path) -> Result<()> {
    let path = spec.join("openapi.json");
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| wrong(&error))?;
    let document = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    let (document, names) = redacted(ranges_for_default(document));
    let document = serde_json::from_value(document).map_err(|error| wrong(&error))?;

    let text_type = "::std::string::String";
    let text_impls = || {
        use progenitor::TypeImpl::{Default, Display, FromStr};
        [Default, Display, FromStr].into_iter()
    };
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        // Each request gets the current token.
        .with_inner_type(quote!(crate::raw::rest::Session))
        .with_pre_hook_async(quote!(crate::raw::rest::Session::authorize))
        // Avoids the dependency on a date library.
        .with_replacement("GoogleProtobufTimestamp", text_type, text_impls())
        .with_replacement(REDACTED_TEXT, "crate::raw::rest::RedactedText", none())
        .with_replacement(REDACTED_JSON, "crate::raw::rest::RedactedJson", none());
    let tokens = Generator::new(&settings)
        .generate_tokens(&document)
        .map_err(|error| wrong(&error))?;
    let file = syn::parse_file(&tokens.to_string()).map_err(|error| wrong(&error))?;
    let code = format!(
        "// This file is @generated from spec/openapi.json.\n{}\n{}",
        prettyplease::unparse(&file),
        constant(&names),
    );
    let rest = out.join("rest");
    fs::create_dir_all(&rest)?;
    fs::write(rest.join("mod.rs"), code)?;
    Ok(())
}

/// Replaces `default` responses: progenitor treats them as success, but ranges of error statuses as errors.
fn ranges_for_default(mut document: Value) -> Value {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let verbs = paths.into_iter().flat_map(|paths| paths.values_mut());
    let operations = verbs
        .filter_map(Value::as_object_mut)
        .flat_map(|verbs| verbs.values_mut());
    for operation in operations {
        let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        if let Some(error) = responses.remove("default") {
            responses.insert("4XX".to_owned(), error.clone());
            responses.insert("5XX".to_owned(), error);
        }
    }
    document
}

/// The names as a constant.
fn constant(names: &BTreeSet<String>) -> String {
    let names: String = names
        .iter()
        .map(|name| format!("    {name:?},\n"))
        .collect();
    format!(
        "/// The names of the properties that hold a credential, in some message.\n\
         pub(super) const REDACTED: &[&str] = &[\n{names}];\n"
    )
}

/// Gives properties with a credential a type whose `Debug` does not show it. Also returns their names.
fn redacted(mut document: Value) -> (Value, BTreeSet<String>) {
    let mut names = BTreeSet::new();
    let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    else {
        return (document, names);
    };
    for schema in schemas.values_mut() {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            if property.get("x-redact").is_none() {
                continue;
            }
            names.insert(name.clone());
            let is_text = property.get("type").is_some_and(|name| name == "string");
            let name = if is_text {
                REDACTED_TEXT
            } else {
                REDACTED_JSON
            };
            *property = json!({
                "allOf": [{ "$ref": format!("#/components/schemas/{name}") }],
                "description": property.get("description"),
            });
        }
    }
    schemas.insert(REDACTED_TEXT.to_owned(), json!({ "type": "string" }));
    schemas.insert(REDACTED_JSON.to_owned(), json!({}));
    (document, names)
}
