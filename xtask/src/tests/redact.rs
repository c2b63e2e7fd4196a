//! Credentials never appear in `Debug`, and a new one is not overlooked.

use std::collections::BTreeSet;
use std::fs;

use heck::ToUpperCamelCase;
use prost_reflect::{FieldDescriptor, Kind};

use super::{edit, scratch, spec, workspace};
use crate::{compile, generate, refresh};

/// The entries of a table in `redact.toml`.
fn listed(table: &str) -> BTreeSet<String> {
    let text = String::from_utf8(spec()["redact.toml"].clone()).unwrap();
    let tables: toml::Table = text.parse().unwrap();
    let entries = tables[table].as_table().unwrap();
    entries.keys().cloned().collect()
}

#[test]
fn every_listed_field_is_redacted_in_the_bindings() {
    for symbol in listed("fields") {
        let (message, field) = symbol.rsplit_once('.').unwrap();
        let (package, name) = message
            .split_once(|c: char| c.is_ascii_uppercase())
            .map(|(package, _)| message.split_at(package.len()))
            .unwrap();
        let file = workspace().join(format!(
            "generated/grpc/{}.rs",
            package.trim_end_matches('.')
        ));
        let code = fs::read_to_string(file).unwrap();
        let name = name.rsplit('.').next().unwrap().to_upper_camel_case();
        let marked = format!("#[prost(skip_debug)]\npub struct {name} {{").replace('\n', "");
        let squeezed: String = code.lines().map(str::trim_start).collect();
        assert!(squeezed.contains(&marked), "{symbol}: {name} derives Debug");
        let debug = squeezed
            .split(&format!("f.debug_struct(\"{name}\")"))
            .nth(1)
            .unwrap_or_default();
        let (fields, rest) = debug.split_once(".finish()").unwrap();
        let redacted = "&::core::format_args!(\"<redacted>\"))";
        let variant = field.to_upper_camel_case();
        assert!(
            fields.contains(&format!(".field(\"{field}\", {redacted}"))
                || rest.contains(&format!(
                    "Self::{variant}(_) => f.debug_tuple(\"{variant}\").field({redacted}"
                )),
            "{symbol}: {fields}"
        );
    }
}

/// Fields whose name contains a word for a credential are listed or argued.
#[test]
fn a_field_that_sounds_like_a_credential_is_listed_or_argued() {
    const WORDS: &str = "secret password token tokens link credential credentials private key json";
    let pool = compile::pool(&refresh::proto_sources(&spec()).unwrap()).unwrap();
    let (listed, harmless) = (listed("fields"), listed("harmless"));
    let unargued: Vec<String> = pool
        .all_messages()
        .filter(|message| message.package_name().starts_with("scalekit."))
        .flat_map(|message| message.fields().collect::<Vec<_>>())
        .filter(|field| {
            can_hold_text(field)
                && field
                    .name()
                    .split('_')
                    .any(|word| WORDS.split(' ').any(|known| known == word))
        })
        .filter(|field| !listed.contains(field.full_name()) && !harmless.contains(field.name()))
        .map(|field| field.full_name().to_owned())
        .filter(|name| !name.contains("Entry."))
        .collect();
    assert_eq!(
        unargued,
        Vec::<String>::new(),
        "list them in spec/redact.toml: as [fields], or as [harmless] with the reason"
    );
}

fn can_hold_text(field: &FieldDescriptor) -> bool {
    match field.kind() {
        Kind::String | Kind::Bytes => true,
        Kind::Message(message) => matches!(
            message.full_name(),
            "google.protobuf.StringValue" | "google.protobuf.Struct"
        ),
        _ => false,
    }
}

#[test]
fn an_entry_that_names_no_field_stops_generation() {
    let root = scratch(&[]);
    let (from, to) = ("OauthToken.refresh_token", "OauthToken.renamed_token");
    edit(root.path(), "spec/redact.toml", from, to);
    let error = generate::run(root.path()).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "redact.toml: there is no field scalekit.v1.connected_accounts.OauthToken.renamed_token"
        ),
        "{error}"
    );
}

#[test]
fn oneofs_nested_types_and_upstreams_mark_are_covered() {
    let root = scratch(&[]);
    let proto = r#"syntax = "proto3"; package scalekit.v1.vault;
        message Box {
          string label = 1;
          oneof content { string pin = 2; Lid lid = 3; }
          message Lid { Shape shape = 1; string type = 2; }
          enum Shape { SHAPE_UNSPECIFIED = 0; }
        }
        message Marked { string seed = 1 [debug_redact = true]; optional Box.Shape shape = 2; }
    "#;
    fs::write(root.path().join("spec/proto/vault.proto"), proto).unwrap();
    let entry = "[fields]\n\"scalekit.v1.vault.Box.pin\" = \"opens it\"\n";
    edit(root.path(), "spec/redact.toml", "[fields]\n", entry);
    let error = generate::run(root.path()).unwrap_err().to_string();
    assert!(error.starts_with("generated/ is written, but"), "{error}");
    let code = fs::read_to_string(root.path().join("generated/grpc/scalekit.v1.vault.rs")).unwrap();
    for expected in [
        "impl ::core::fmt::Debug for Box {",
        "impl ::core::fmt::Debug for r#box::Content {",
        "Self::Pin(_) => f.debug_tuple(\"Pin\").field(&::core::format_args!(\"<redacted>\")).finish(),",
        "Self::Lid(value) => f.debug_tuple(\"Lid\").field(value).finish(),",
        "impl ::core::fmt::Debug for r#box::Lid {",
        ".field(\"type\", &self.r#type)",
        "impl ::core::fmt::Debug for r#box::Shape {",
        ".field(\"seed\", &::core::format_args!(\"<redacted>\"))",
    ] {
        assert!(code.contains(expected), "{expected}\n{code}");
    }
}
