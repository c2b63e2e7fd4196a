//! The derived OpenAPI document matches the `.proto` files, and a comparison reports every change.

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

fn query(operation: &Value) -> Vec<&str> {
    let parameters = operation["parameters"].as_array().unwrap().iter();
    let query = parameters.filter(|parameter| parameter["in"] == "query");
    query
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect()
}

#[test]
fn every_binding_is_an_operation_with_what_its_path_and_body_leave_to_the_query() {
    let document = derived();
    let find = &document["paths"]["/t/{id}"]["get"];
    assert_eq!(find["operationId"], "Things_Find");
    assert_eq!(find["description"], "Finds a thing.");
    assert_eq!(find["x-visibility"], "PREVIEW");
    assert_eq!(
        find["responses"]["default"]["$ref"],
        "#/components/responses/Error"
    );
    assert_eq!(
        find["parameters"][0],
        json!({
            "name": "id", "in": "path", "required": true,
            "schema": { "type": "string" }, "description": "Which.",
        })
    );
    assert_eq!(
        query(find),
        [
            "like.size",
            "like.count",
            "like.data",
            "like.kind",
            "exact",
            "kinds"
        ]
    );
    assert_eq!(
        find["x-not-in-query"],
        json!(["like.parent", "like.kinds", "free"])
    );
    assert_eq!(find["parameters"][6]["required"], true);

    let with_body = &document["paths"]["/t/{id}:find"]["post"];
    assert_eq!(with_body["operationId"], "Things_Find2");
    assert_eq!(query(with_body), [""; 0]);
    let body = &document["components"]["schemas"]["Things_Find2Body"]["properties"];
    assert_eq!(
        (body.get("id"), body["exact"]["type"].as_str()),
        (None, Some("boolean"))
    );

    let with_field = &document["paths"]["/t"]["post"];
    let body = &with_field["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["$ref"], "#/components/schemas/t.Thing");
    assert_eq!(query(with_field), ["id", "exact", "kinds"]);
}

#[test]
fn what_openapi_cannot_say_is_said_beside_it() {
    let document = derived();
    // The same path as `/t/{id}`, so under that name.
    let remove = &document["paths"]["/t/{id}"]["delete"];
    assert_eq!(remove["deprecated"], true);
    let variable = &remove["parameters"][0];
    assert_eq!(
        (&variable["name"], &variable["x-field"]),
        (&json!("id"), &json!("name"))
    );
    let omitted = document["x-omitted"].as_array().unwrap();
    assert!(omitted.contains(&json!("GET /t/all/**")));
}

#[test]
fn types_are_those_of_proto3_json_and_nothing_is_closed() {
    let document = derived();
    let thing = &document["components"]["schemas"]["t.Thing"];
    assert_eq!(thing["description"], "A thing.");
    let kind = json!({ "$ref": "#/components/schemas/t.Kind" });
    assert_eq!(
        thing["properties"],
        json!({
            "parent": { "allOf": [{ "$ref": "#/components/schemas/t.Thing" }] },
            "size": { "type": "string", "format": "int64", "readOnly": true },
            "count": { "type": "integer", "format": "uint32", "minimum": 0 },
            "kinds": { "type": "object", "additionalProperties": kind },
            "data": { "type": "string", "format": "byte" },
            "kind": { "allOf": [kind], "x-visibility": "PREVIEW" },
        })
    );
    let kind = &document["components"]["schemas"]["t.Kind"];
    assert_eq!(
        (kind["type"].as_str(), kind.get("enum")),
        (Some("string"), None)
    );
    assert_eq!(
        kind["x-extensible-enum"],
        json!(["KIND_UNSPECIFIED", "KIND_BIG"])
    );
    assert!(
        kind["description"]
            .as_str()
            .unwrap()
            .contains("`KIND_UNSPECIFIED`: Not said.")
    );
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
    let differences: Vec<_> = differences.iter().map(ToString::to_string).collect();
    let here: Vec<_> = differences
        .iter()
        .filter(|line| line.starts_with("DELETE /t/{}:"))
        .collect();
    assert_eq!(
        here,
        [
            "DELETE /t/{}: answer.data: string (byte) in ours, integer in theirs",
            "DELETE /t/{}: answer.later: only in theirs",
            "DELETE /t/{}: answer.kind=KIND_UNSPECIFIED: only in ours",
            "DELETE /t/{}: answer.parent: only in ours",
        ]
    );
    assert!(differences.contains(&"GET /t/{}: only in ours".to_owned()));
}
