//! The derived OpenAPI document matches the `.proto` files, and a comparison reports every change.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{data, spec};
use crate::openapi::{self, compare::compare};

fn source() -> String {
    std::fs::read_to_string(data("openapi.proto")).unwrap()
}

fn derived() -> Value {
    let mut spec = spec();
    spec.insert("proto/t.proto".to_owned(), source().into_bytes());
    let text = openapi::derive(&spec).unwrap();
    assert_eq!(text, openapi::derive(&spec).unwrap(), "the same every time");
    serde_json::from_str(&text).unwrap()
}

/// What of the document comes from `openapi.proto` is as in `openapi.json`: operations with what their
/// path and body leave to the query, types of proto3 JSON, open enums, and extensions for what OpenAPI
/// cannot say.
#[test]
fn the_document_of_a_small_service() {
    let document = derived();
    let own = |value: &Value, prefix: &str| -> BTreeMap<String, Value> {
        let entries = value.as_object().unwrap().iter();
        let entries = entries.filter(|(name, _)| name.starts_with(prefix));
        entries
            .map(|(name, it)| (name.clone(), it.clone()))
            .collect()
    };
    let schemas = &document["components"]["schemas"];
    let mut own_schemas = own(schemas, "t.");
    own_schemas.extend(own(schemas, "Things_"));
    let found = json!({ "paths": own(&document["paths"], "/t"), "schemas": own_schemas });
    let expected = std::fs::read_to_string(data("openapi.json")).unwrap();
    assert_eq!(format!("{found:#}\n"), expected, "{found:#}");
    let omitted = document["x-omitted"].as_array().unwrap();
    assert!(omitted.contains(&json!("GET /t/all/**")));
}

#[test]
fn credentials_are_marked() {
    let document = derived();
    let schemas = &document["components"]["schemas"];
    let token = &schemas["connected_accounts.OauthToken"]["properties"]["access_token"];
    assert_eq!(
        (&token["format"], &token["x-redact"]),
        (&json!("password"), &json!(true))
    );
}

#[test]
fn two_rpcs_at_one_place_are_an_error() {
    let mut spec = spec();
    let source = source().replace("delete: \"/t/{name}\"", "get: \"/t/{name}\"");
    spec.insert("proto/t.proto".to_owned(), source.into_bytes());
    let error = openapi::derive(&spec).unwrap_err().to_string();
    assert_eq!(
        error,
        "get /t/{id} is both \"Things_Find\" and \"Things_Remove\""
    );
}

#[test]
fn a_document_agrees_with_itself_and_with_the_same_in_other_words() {
    let ours = derived();
    assert_eq!(compare(&ours, &ours), []);
    // Swagger 2, other names, a closed enum, a base path.
    let theirs = json!({
        "swagger": "2.0",
        "basePath": "/t",
        "paths": { "/{other}": { "delete": {
            "parameters": [{ "name": "other", "in": "path", "type": "string" }],
            "responses": { "200": { "schema": { "$ref": "#/definitions/T" } } },
        } } },
        "definitions": { "T": { "type": "object", "properties": {
            "size": { "type": "string", "format": "int64" },
            "count": { "type": "integer", "format": "int64" },
            "kind": { "type": "string", "enum": ["KIND_BIG"] },
            "kinds": { "type": "object", "additionalProperties": { "type": "string" } },
            "data": { "type": "integer" },
            "later": { "type": "boolean" },
        } } },
    });
    let differences = compare(&ours, &theirs);
    let differences: Vec<_> = differences.into_iter().map(|(_, text)| text).collect();
    let here: Vec<_> = differences
        .iter()
        .filter(|line| line.starts_with("DELETE /t/{}:"))
        .collect();
    assert_eq!(
        here,
        [
            "DELETE /t/{}: response.data: string (byte) in ours, integer in theirs",
            "DELETE /t/{}: response.later: only in theirs",
            "DELETE /t/{}: response.kind=KIND_UNSPECIFIED: only in ours",
            "DELETE /t/{}: response.parent: only in ours",
        ]
    );
    assert!(differences.contains(&"GET /t/{}: only in ours".to_owned()));
}
