//! Every kind of change: what it is called, what it breaks, and whether a public RPC reaches it.

use std::collections::BTreeSet;

use heck::ToSnakeCase;

use crate::compile::Sources;
use crate::diff::change::{Break, Bump, Change};
use crate::diff::{self, Format};
use crate::source;

const FILE: &str = "scalekit/v1/t/t.proto";

/// A public RPC reaches `M`; nothing but an RPC in preview reaches `H`.
const HEAD: &str = r#"syntax = "proto3";
package scalekit.v1.t;
import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/api/field_behavior.proto";
import "google/api/visibility.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/struct.proto";
import "scalekit/v1/options/options.proto";
service S {
  rpc Get(M) returns (R);
  rpc Hidden(H) returns (R) { option (google.api.method_visibility).restriction = "PREVIEW"; }
}
message R { E e = 1; }
"#;

fn text(body: &str) -> String {
    let mut text = format!("{HEAD}{body}\n");
    for (name, default) in [
        ("message M", "message M {}"),
        ("message H", "message H {}"),
        ("enum E", "enum E { ZERO = 0; }"),
    ] {
        if !body.contains(name) {
            text += default;
        }
    }
    text
}

/// The files of `spec` that `HEAD` imports, and one more.
fn sources(path: &str, text: String) -> Sources {
    let wanted = ["buf/validate/", "google/api/", "scalekit/v1/options/"];
    let mut sources = crate::refresh::proto_sources(&super::spec()).unwrap();
    sources.retain(|path, _| wanted.iter().any(|dir| path.starts_with(dir)));
    sources.insert(path.to_owned(), text);
    sources
}

fn report(old: &str, new: &str) -> diff::report::Report {
    let read = |body| source::spec("spec".to_owned(), &sources(FILE, text(body))).unwrap();
    diff::compare(&read(old), &read(new)).unwrap()
}

fn show(change: &Change) -> String {
    let breaks: Vec<_> = change.breaks.iter().map(|class| class.name()).collect();
    let public = if change.public { "public" } else { "hidden" };
    let symbol = change.symbol.trim_start_matches("scalekit.v1.t.");
    format!(
        "{} {symbol} [{}] {public}",
        change.kind.name(),
        breaks.join(" ")
    )
}

/// Old body, new body, and exactly the changes between them.
type Case = (&'static str, &'static str, &'static [&'static str]);

const MESSAGES: &[Case] = &[
    ("", "message N {}", &["message_added N [] hidden"]),
    ("message N {}", "", &["message_removed N [source] hidden"]),
    (
        "message M { N n = 1; message N {} }",
        "message M { reserved 1; reserved \"n\"; }",
        &[
            "field_removed M.n [source] public",
            "message_removed M.N [source] public",
            "reserved_added M [] public",
            "reserved_added M [] public",
        ],
    ),
    (
        "message M { reserved 4 to 6; reserved \"x\"; }",
        "message M { reserved 4 to 5; }",
        &[
            "reserved_added M [] public",
            "reserved_removed M [wire json] public",
            "reserved_removed M [wire json] public",
        ],
    ),
    (
        "message M { oneof o { string a = 1; } }",
        "message M { oneof p { string a = 1; } }",
        &[
            "field_oneof_changed M.a [wire json source] public",
            "oneof_added M.p [] public",
            "oneof_removed M.o [source] public",
        ],
    ),
    (
        "message M { string a = 1; }",
        "message M { oneof o { string a = 1; } }",
        &[
            "field_oneof_changed M.a [wire json source] public",
            "oneof_added M.o [] public",
        ],
    ),
    (
        "message M {}",
        "message M { option deprecated = true; }",
        &["deprecated M [behaviour] public"],
    ),
    (
        "message M {}",
        "message M { option (buf.validate.message).cel = {id: \"r\" expression: \"true\"}; }",
        &["cel_rule_added M [behaviour] public"],
    ),
];

const FIELDS: &[Case] = &[
    (
        "message M {}",
        "message M { string a = 1; }",
        &["field_added M.a [] public"],
    ),
    (
        "message M {}",
        "message M { string a = 1 [(buf.validate.field).required = true]; }",
        &["required_field_added M.a [behaviour] public"],
    ),
    (
        "message H {}",
        "message H { string a = 1; }",
        &["field_added H.a [] hidden"],
    ),
    (
        "message M { string a = 1; }",
        "message M {}",
        &["field_removed M.a [wire json source] public"],
    ),
    (
        "message M { string a = 1; }",
        "message M { reserved 1; }",
        &[
            "field_removed M.a [json source] public",
            "reserved_added M [] public",
        ],
    ),
    (
        "message M { string a = 1; }",
        "message M { string b = 1; }",
        &["field_renamed M.a [json source] public"],
    ),
    (
        "message M { map<string, string> a = 1; }",
        "message M { map<string, string> b = 1; }",
        &["field_renamed M.a [json source] public"],
    ),
    (
        "message M { string a = 1; }",
        "message M { string a = 2; }",
        &["field_renumbered M.a [wire behaviour] public"],
    ),
    (
        "message M { string a = 1; string b = 2; }",
        "message M { string a = 2; string b = 1; }",
        &[
            "field_renumbered M.a [wire behaviour] public",
            "field_renumbered M.b [wire behaviour] public",
        ],
    ),
    (
        "message M { string a = 1; }",
        "message M { int32 a = 1; }",
        &["field_type_changed M.a [wire json source] public"],
    ),
    (
        "message M { int32 a = 1; }",
        "message M { uint32 a = 1; }",
        &["field_type_changed M.a [source] public"],
    ),
    (
        "message M { int32 a = 1; }",
        "message M { int64 a = 1; }",
        &["field_type_changed M.a [json source] public"],
    ),
    (
        "message M { string a = 1; }",
        "message M { bytes a = 1; }",
        &["field_type_changed M.a [json source] public"],
    ),
    (
        "message M { map<string, string> a = 1; }",
        "message M { map<string, int32> a = 1; }",
        &["field_type_changed M.a [wire json source] public"],
    ),
    (
        "message M { string a = 1; }",
        "message M { repeated string a = 1; }",
        &["field_cardinality_changed M.a [wire json source] public"],
    ),
    (
        "message M { string a = 1; }",
        "message M { optional string a = 1; }",
        &["field_presence_changed M.a [source] public"],
    ),
    (
        "message M { string a = 1; }",
        "message M { string a = 1 [json_name = \"b\"]; }",
        &["field_json_name_changed M.a [json] public"],
    ),
    (
        "message M { repeated int32 a = 1; }",
        "message M { repeated int32 a = 1 [packed = false]; }",
        &["field_encoding_changed M.a [] public"],
    ),
    (
        "message M { string a = 1; }",
        "message M { string a = 1 [deprecated = true]; }",
        &["deprecated M.a [behaviour] public"],
    ),
    (
        "message M { string a = 1 [deprecated = true]; }",
        "message M { string a = 1; }",
        &["no_longer_deprecated M.a [] public"],
    ),
    (
        "message M { string a = 1; }",
        "message M { string a = 1 [(google.api.field_behavior) = REQUIRED]; }",
        &["field_became_required M.a [behaviour] public"],
    ),
    (
        "message M { string a = 1 [(buf.validate.field).required = true]; }",
        "message M { string a = 1; }",
        &["field_no_longer_required M.a [] public"],
    ),
    (
        "message M { string a = 1 [(buf.validate.field).required = true]; }",
        "message M { string a = 1 [(google.api.field_behavior) = REQUIRED]; }",
        &[],
    ),
    (
        "message M { string a = 1; }",
        "message M { string a = 1 [(google.api.field_behavior) = OUTPUT_ONLY]; }",
        &["field_behavior_added M.a [behaviour] public"],
    ),
    (
        "message M { string a = 1 [(google.api.field_behavior) = IMMUTABLE]; }",
        "message M { string a = 1; }",
        &["field_behavior_removed M.a [] public"],
    ),
    (
        "message M { string a = 1; }",
        "message M { string a = 1 [(google.api.field_visibility).restriction = \"PREVIEW\"]; }",
        &["visibility_restricted M.a [behaviour] public"],
    ),
    // A label that keeps nobody out.
    (
        "message M { string a = 1; }",
        "message M { string a = 1 [(google.api.field_visibility).restriction = \"BETA\"]; }",
        &["option_changed M.a [] public"],
    ),
    (
        "message M { string a = 1; }",
        "message M { string a = 1 [(scalekit.v1.options.agent_field).expose = true]; }",
        &["agent_field_exposed M.a [] public"],
    ),
    (
        "message M { string a = 1 [(scalekit.v1.options.agent_field).expose = true]; }",
        "message M { string a = 1; }",
        &["agent_field_hidden M.a [behaviour] public"],
    ),
];

/// Rules of `M.a`, which is a string unless they say otherwise.
const RULES: &[(&str, &str, &str)] = &[
    ("", "string.max_len = 5", "constraint_added [behaviour]"),
    ("string.max_len = 5", "", "constraint_removed []"),
    (
        "string.max_len = 5",
        "string.max_len = 4",
        "constraint_tightened [behaviour]",
    ),
    (
        "string.max_len = 5",
        "string.max_len = 6",
        "constraint_loosened []",
    ),
    (
        "string.min_len = 5",
        "string.min_len = 6",
        "constraint_tightened [behaviour]",
    ),
    (
        "string.min_len = 5",
        "string.min_len = 4",
        "constraint_loosened []",
    ),
    ("", "string.min_len = 0", ""),
    (
        "string.pattern = \"a\"",
        "string.pattern = \"b\"",
        "pattern_changed [behaviour]",
    ),
    (
        "string.const = \"a\"",
        "string.const = \"b\"",
        "constraint_changed [behaviour]",
    ),
    (
        "string = {in: \"a\"}",
        "string = {in: [\"a\", \"b\"]}",
        "constraint_loosened []",
    ),
    (
        "string = {in: [\"a\", \"b\"]}",
        "string = {in: \"b\"}",
        "constraint_tightened [behaviour]",
    ),
    (
        "string = {not_in: \"a\"}",
        "string = {not_in: [\"a\", \"b\"]}",
        "constraint_tightened [behaviour]",
    ),
    ("", "string.email = true", "constraint_added [behaviour]"),
    (
        "string.email = true",
        "string.email = false",
        "constraint_removed []",
    ),
    ("", "ignore = IGNORE_ALWAYS", "constraint_loosened []"),
    (
        "ignore = IGNORE_ALWAYS",
        "",
        "constraint_changed [behaviour]",
    ),
    ("int32.lt = 5", "int32.lte = 4", ""),
    (
        "int32.lt = 5",
        "int32.lte = 3",
        "constraint_tightened [behaviour]",
    ),
    ("int32.gt = 5", "int32.gte = 5", "constraint_loosened []"),
    ("string.len = 5", "string = {min_len: 5 max_len: 5}", ""),
    (
        "string.len = 5",
        "string = {min_len: 4 max_len: 5}",
        "constraint_loosened []",
    ),
    (
        "string.len_bytes = 5",
        "string = {min_bytes: 5 max_bytes: 5}",
        "",
    ),
    ("", "required = false", ""),
    ("", "ignore = IGNORE_UNSPECIFIED", ""),
    (
        "",
        "string.const = \"false\"",
        "constraint_added [behaviour]",
    ),
    (
        "",
        "cel = {id: \"x\" expression: \"true\"}",
        "cel_rule_added [behaviour]",
    ),
    (
        "cel = {id: \"x\" expression: \"true\"}",
        "",
        "cel_rule_removed []",
    ),
    (
        "cel = {id: \"x\" expression: \"true\"}",
        "cel = {id: \"x\" expression: \"false\"}",
        "cel_rule_changed [behaviour]",
    ),
    (
        "cel = {id: \"x\" message: \"a\" expression: \"true\"}",
        "cel = {id: \"x\" message: \"b\" expression: \"true\"}",
        "doc_changed []",
    ),
];

const ENUMS: &[Case] = &[
    ("", "enum F { A = 0; }", &["enum_added F [] hidden"]),
    ("enum F { A = 0; }", "", &["enum_removed F [source] hidden"]),
    (
        "enum E { ZERO = 0; }",
        "enum E { ZERO = 0; ONE = 1; }",
        &["enum_value_added E.ONE [] public"],
    ),
    (
        "enum E { ZERO = 0; ONE = 1; }",
        "enum E { ZERO = 0; }",
        &["enum_value_removed E.ONE [wire json source] public"],
    ),
    (
        "enum E { ZERO = 0; ONE = 1; }",
        "enum E { ZERO = 0; reserved 1; reserved \"ONE\"; }",
        &[
            "enum_value_removed E.ONE [source] public",
            "reserved_added E [] public",
            "reserved_added E [] public",
        ],
    ),
    (
        "enum E { ZERO = 0; ONE = 1; }",
        "enum E { ZERO = 0; UNO = 1; }",
        &["enum_value_renamed E.ONE [json source] public"],
    ),
    (
        "enum E { ZERO = 0; ONE = 1; }",
        "enum E { ZERO = 0; ONE = 2; }",
        &["enum_value_renumbered E.ONE [wire behaviour] public"],
    ),
    (
        "enum E { ZERO = 0; ONE = 1; }",
        "enum E { option allow_alias = true; ZERO = 0; ONE = 1; UNO = 1; }",
        &[
            "enum_alias_added E.UNO [] public",
            "enum_alias_allowed E [] public",
        ],
    ),
];

const RPCS: &[Case] = &[
    (
        "",
        "service T { rpc A(M) returns (R); }",
        &["rpc_added T/A [] public", "service_added T [] public"],
    ),
    (
        "service T { rpc A(M) returns (R); }",
        "",
        &[
            "rpc_removed T/A [source behaviour] public",
            "service_removed T [source behaviour] public",
        ],
    ),
    (
        "service T { rpc A(M) returns (R); rpc B(M) returns (R); }",
        "service T { rpc A(M) returns (R); }",
        &["rpc_removed T/B [source behaviour] public"],
    ),
    (
        "service T { rpc A(google.protobuf.Empty) returns (R); }",
        "service T { rpc A(M) returns (R); }",
        &["rpc_request_type_changed T/A [source] public"],
    ),
    (
        "message M { string a = 1; } message N {} service T { rpc A(M) returns (R); }",
        "message M { string a = 1; } message N {} service T { rpc A(N) returns (R); }",
        &["rpc_request_type_changed T/A [wire json source] public"],
    ),
    (
        "message N {} service T { rpc A(M) returns (R); }",
        "message N {} service T { rpc A(M) returns (N); }",
        // What the bindings read out of the old answer is not in the new one.
        &["rpc_response_type_changed T/A [wire json source] public"],
    ),
    (
        "service T { rpc A(M) returns (R); }",
        "service T { rpc A(M) returns (stream R); }",
        &["rpc_streaming_changed T/A [wire json source] public"],
    ),
    (
        "service T { rpc A(M) returns (R); }",
        "service T { rpc A(M) returns (R) { option idempotency_level = IDEMPOTENT; } }",
        &["rpc_idempotency_changed T/A [behaviour] public"],
    ),
    (
        "service T { rpc A(M) returns (R); }",
        "service T { rpc A(M) returns (R) { option deprecated = true; } }",
        &["deprecated T/A [behaviour] public"],
    ),
];

/// Options of the RPC `S2/A`, whose request has the fields `a` and `b`.
const RPC_OPTIONS: &[(&str, &str, &[&str])] = &[
    (
        "",
        r#"(google.api.http) = {get: "/a"}"#,
        &["http_rule_added []"],
    ),
    (
        r#"(google.api.http) = {get: "/a"}"#,
        "",
        &["http_rule_removed [behaviour]"],
    ),
    (
        r#"(google.api.http) = {get: "/a"}"#,
        r#"(google.api.http) = {delete: "/a"}"#,
        &["http_method_changed [behaviour]"],
    ),
    (
        r#"(google.api.http) = {get: "/a"}"#,
        r#"(google.api.http) = {get: "/b"}"#,
        &["http_path_changed [behaviour]"],
    ),
    (
        r#"(google.api.http) = {get: "/a/{a}"}"#,
        r#"(google.api.http) = {get: "/a/{b}"}"#,
        &["http_path_variable_changed [behaviour]"],
    ),
    (
        r#"(google.api.http) = {post: "/a" body: "*"}"#,
        r#"(google.api.http) = {post: "/a" body: "a"}"#,
        &["http_body_changed [behaviour]"],
    ),
    (
        r#"(google.api.http) = {get: "/a"}"#,
        r#"(google.api.http) = {get: "/a" response_body: "e"}"#,
        &["http_response_body_changed [behaviour]"],
    ),
    (
        r#"(google.api.http) = {get: "/a"}"#,
        r#"(google.api.http) = {get: "/a" additional_bindings {get: "/b"}}"#,
        &["http_binding_added []"],
    ),
    (
        r#"(google.api.http) = {get: "/a" additional_bindings {get: "/b"}}"#,
        r#"(google.api.http) = {get: "/a"}"#,
        &["http_binding_removed [behaviour]"],
    ),
    // The old route goes on as an additional one.
    (
        r#"(google.api.http) = {get: "/a"}"#,
        r#"(google.api.http) = {get: "/b" additional_bindings {get: "/a"}}"#,
        &["http_binding_added []"],
    ),
    // One segment of a path, in two spellings.
    (
        r#"(google.api.http) = {get: "/a/{a}/{b}"}"#,
        r#"(google.api.http) = {get: "/a/{a=*}/{b=*}"}"#,
        &[],
    ),
    (
        r#"(google.api.http) = {get: "/a" additional_bindings {get: "/b/{a=*}"}}"#,
        r#"(google.api.http) = {get: "/a" additional_bindings {get: "/b/{a}"}}"#,
        &[],
    ),
    (
        r#"(google.api.http) = {get: "/a/{a=*}"}"#,
        r#"(google.api.http) = {get: "/a/{a=**}"}"#,
        &["http_path_changed [behaviour]"],
    ),
    (
        r#"(google.api.http) = {get: "/a/{a}"}"#,
        r#"(google.api.http) = {get: "/a/{a=x/*}"}"#,
        &["http_path_changed [behaviour]"],
    ),
    (
        r#"(google.api.http) = {get: "/a" additional_bindings {get: "/b"} additional_bindings {get: "/c"}}"#,
        r#"(google.api.http) = {get: "/a" additional_bindings {get: "/c"} additional_bindings {get: "/b"}}"#,
        &[],
    ),
    (
        r#"(google.api.http) = {get: "/a"}"#,
        r#"(google.api.http) = {get: "/a" body: ""}"#,
        &[],
    ),
    (
        r#"(google.api.http) = {get: "/a"}"#,
        r#"(google.api.http) = {custom {kind: "GET" path: "/a"}}"#,
        &[],
    ),
    ("", "deprecated = false", &[]),
    ("", "idempotency_level = IDEMPOTENCY_UNKNOWN", &[]),
    (
        "",
        r#"(google.api.method_visibility).restriction = "PREVIEW""#,
        &["visibility_restricted [behaviour]"],
    ),
    (
        r#"(google.api.method_visibility).restriction = "PREVIEW""#,
        "",
        &["visibility_opened []"],
    ),
    (
        "(scalekit.v1.options.auth_option).authentication_type = WORKSPACE_CLIENT",
        "(scalekit.v1.options.auth_option).authentication_type = WORKSPACE",
        &["auth_type_changed [behaviour]"],
    ),
    (
        "(scalekit.v1.options.auth_option).authentication_type = WORKSPACE",
        "(scalekit.v1.options.auth_option).authentication_type = WORKSPACE_CLIENT",
        &["auth_type_widened []"],
    ),
    (
        "(scalekit.v1.options.auth_option).permissions = \"a\"",
        "(scalekit.v1.options.auth_option).permissions = \"b\"",
        &["auth_permissions_changed [behaviour]"],
    ),
    // Nothing is asked for any more.
    (
        "(scalekit.v1.options.auth_option) = {policy: ALLOW permissions: [\"a\", \"b\"]}",
        "(scalekit.v1.options.auth_option).policy = ALLOW",
        &["auth_permissions_changed []"],
    ),
    (
        "(scalekit.v1.options.auth_option).policy = ALLOW",
        "(scalekit.v1.options.auth_option) = {policy: ALLOW permissions: \"a\"}",
        &["auth_permissions_changed [behaviour]"],
    ),
    // Whether one of them was enough is not known.
    (
        "(scalekit.v1.options.auth_option) = {permissions: [\"a\", \"b\"]}",
        "(scalekit.v1.options.auth_option) = {permissions: \"a\"}",
        &["auth_permissions_changed [behaviour]"],
    ),
    (
        "(scalekit.v1.options.auth_option) = {permissions: [\"a\", \"b\"]}",
        "(scalekit.v1.options.auth_option) = {permissions: [\"b\", \"a\"]}",
        &[],
    ),
    // Users of this crate have client credentials.
    (
        "(scalekit.v1.options.auth_option).authentication_type = WORKSPACE_SESSION",
        "(scalekit.v1.options.auth_option).authentication_type = WORKSPACE_CLIENT",
        &["auth_type_widened []"],
    ),
    (
        "(scalekit.v1.options.auth_option).authentication_type = SESSION",
        "(scalekit.v1.options.auth_option).authentication_type = CLIENT",
        &["auth_type_widened []"],
    ),
    (
        "(scalekit.v1.options.auth_option).authentication_type = WORKSPACE",
        "(scalekit.v1.options.auth_option).authentication_type = NONE",
        &["auth_type_widened []"],
    ),
    (
        "(scalekit.v1.options.auth_option).authentication_type = CLIENT",
        "(scalekit.v1.options.auth_option).authentication_type = NONE",
        &["auth_type_changed []"],
    ),
    (
        "(scalekit.v1.options.auth_option).authentication_type = WORKSPACE_SESSION_CLIENT",
        "(scalekit.v1.options.auth_option).authentication_type = WORKSPACE_CLIENT",
        &["auth_type_changed []"],
    ),
    (
        "(scalekit.v1.options.auth_option).authentication_type = NONE",
        "(scalekit.v1.options.auth_option).authentication_type = SESSION",
        &["auth_type_changed [behaviour]"],
    ),
    (
        "(scalekit.v1.options.auth_option).policy = ALLOW",
        "(scalekit.v1.options.auth_option) = {policy: ALLOW authentication_type: WORKSPACE}",
        &["auth_type_changed [behaviour]"],
    ),
    (
        "(scalekit.v1.options.auth_option).policy = ALLOW",
        "(scalekit.v1.options.auth_option).policy = PARTIAL",
        &["auth_policy_changed [behaviour]"],
    ),
    (
        "",
        "(scalekit.v1.options.agent_tool) = {name: \"n\" mutation: READ}",
        &["agent_tool_added []"],
    ),
    (
        "(scalekit.v1.options.agent_tool) = {name: \"n\" mutation: READ}",
        "",
        &["agent_tool_removed [behaviour]"],
    ),
    (
        "(scalekit.v1.options.agent_tool) = {name: \"n\" mutation: READ}",
        "(scalekit.v1.options.agent_tool) = {name: \"n\" mutation: WRITE}",
        &["agent_tool_changed [behaviour]"],
    ),
    (
        "(scalekit.v1.options.agent_tool) = {name: \"n\" summary: \"x\"}",
        "(scalekit.v1.options.agent_tool) = {name: \"n\" summary: \"y\"}",
        &["doc_changed []"],
    ),
];

/// A path and its text on either side, and exactly the changes between them, sorted.
type FileCase = (
    (&'static str, &'static str),
    (&'static str, &'static str),
    &'static [&'static str],
);

const FILES: &[FileCase] = &[
    (
        ("a.proto", PROTO3),
        ("b.proto", PROTO3),
        &[
            "enum_moved p.E [] hidden",
            "file_added b.proto [] hidden",
            "file_removed a.proto [source] hidden",
            "message_moved p.A [] hidden",
            "service_moved p.S [] hidden",
        ],
    ),
    (
        ("a.proto", "syntax = \"proto3\"; package p; message A {}"),
        ("a.proto", "syntax = \"proto2\"; package q; message A {}"),
        &[
            "file_package_changed a.proto [wire json source] hidden",
            "file_syntax_changed a.proto [source] hidden",
            "message_added q.A [] hidden",
            "message_removed p.A [source] hidden",
        ],
    ),
    // An open enum keeps numbers that it has no name for, a closed one refuses them.
    (
        ("a.proto", "syntax = \"proto2\"; enum E { ZERO = 0; }"),
        ("a.proto", "syntax = \"proto3\"; enum E { ZERO = 0; }"),
        &[
            "enum_type_changed E [source behaviour] hidden",
            "file_syntax_changed a.proto [source] hidden",
        ],
    ),
    (
        (
            "a.proto",
            "syntax = \"proto3\"; option java_package = \"a\";",
        ),
        (
            "a.proto",
            "syntax = \"proto3\"; option java_package = \"b\";",
        ),
        &["file_option_changed a.proto [] hidden"],
    ),
    (
        (
            "a.proto",
            "syntax = \"proto2\"; message A { optional int32 a = 1 [default = 1]; extensions 5; }",
        ),
        (
            "a.proto",
            "syntax = \"proto2\"; message A { optional int32 a = 1 [default = 2]; extensions 6; }",
        ),
        &[
            "extension_range_added A [] hidden",
            "extension_range_removed A [source] hidden",
            "field_default_changed A.a [wire json behaviour] hidden",
        ],
    ),
    (
        ("a.proto", EXTENDED),
        (
            "a.proto",
            "syntax = \"proto2\"; message A { extensions 5 to 6; } extend A { optional int32 y = 5; }",
        ),
        &[
            "extension_added y [] hidden",
            "extension_removed x [wire json source] hidden",
        ],
    ),
    (
        ("a.proto", EXTENDED),
        (
            "a.proto",
            "syntax = \"proto2\"; message A { extensions 5 to 6; }",
        ),
        &["extension_removed x [source] hidden"],
    ),
];

const PROTO3: &str = "syntax = \"proto3\"; package p; import \"google/api/visibility.proto\"; \
    message A {} enum E { ZERO = 0; } \
    service S { rpc A(A) returns (A) { option (google.api.method_visibility).restriction = \"PREVIEW\"; } }";

const EXTENDED: &str =
    "syntax = \"proto2\"; message A { extensions 5 to 6; } extend A { optional int32 x = 5; }";

#[track_caller]
fn check(old: &str, new: &str, expected: &[&str]) {
    let changes = report(old, new).changes;
    let found: Vec<_> = changes.iter().map(show).collect::<Vec<_>>();
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    let expected = expected.iter().map(|change| (*change).to_owned()).collect();
    assert_eq!(sorted(found), sorted(expected), "\n{old}\n{new}");
}

#[test]
fn messages() {
    MESSAGES
        .iter()
        .for_each(|(old, new, expected)| check(old, new, expected));
}

#[test]
fn fields() {
    FIELDS
        .iter()
        .for_each(|(old, new, expected)| check(old, new, expected));
}

#[test]
fn constraints() {
    for (old, new, expected) in RULES {
        let body = |rule: &str| {
            let kind = match old.starts_with("int32") {
                true => "int32",
                false => "string",
            };
            let rule = match rule {
                "" => String::new(),
                rule => match rule.split_once(" = ") {
                    Some((name, value)) => format!("[(buf.validate.field).{name} = {value}]"),
                    None => unreachable!("{rule}"),
                },
            };
            format!("message M {{ {kind} a = 1 {rule}; }}")
        };
        let expected: Vec<_> = match expected.split_once(' ') {
            Some((kind, breaks)) => vec![format!("{kind} M.a {breaks} public")],
            None => Vec::new(),
        };
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        check(&body(old), &body(new), &expected);
    }
}

#[test]
fn enums() {
    ENUMS
        .iter()
        .for_each(|(old, new, expected)| check(old, new, expected));
}

#[test]
fn rpcs() {
    RPCS.iter()
        .for_each(|(old, new, expected)| check(old, new, expected));
}

#[test]
fn options_of_rpcs() {
    for (old, new, expected) in RPC_OPTIONS {
        let body = |option: &str| {
            let option = match option {
                "" => String::new(),
                option => format!("option {option};"),
            };
            format!(
                "message M {{ string a = 1; string b = 2; }}\n\
                 service S2 {{ rpc A(M) returns (R) {{ {option} }} }}"
            )
        };
        let expected: Vec<_> = expected
            .iter()
            .map(|change| {
                let (kind, breaks) = change.split_once(' ').unwrap();
                format!("{kind} S2/A {breaks} public")
            })
            .collect();
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        check(&body(old), &body(new), &expected);
    }
}

#[test]
fn files() {
    for (old, new, expected) in FILES {
        let read = |(path, text): &(&str, &str)| {
            source::spec("spec".to_owned(), &sources(path, (*text).to_owned())).unwrap()
        };
        let changes = diff::compare(&read(old), &read(new)).unwrap().changes;
        let mut found: Vec<_> = changes.iter().map(show).collect();
        found.sort();
        assert_eq!(found, *expected, "\n{}\n{}", old.1, new.1);
    }
}

#[test]
fn every_kind_of_change_has_a_case() {
    let source = syn::parse_file(include_str!("../diff/change.rs")).unwrap();
    let kinds = source.items.iter().find_map(|item| match item {
        syn::Item::Enum(item) if item.ident == "Kind" => Some(&item.variants),
        _ => None,
    });
    let mut untested: BTreeSet<String> = kinds
        .unwrap()
        .iter()
        .map(|kind| kind.ident.to_string().to_snake_case())
        .collect();
    let bodies = [MESSAGES, FIELDS, ENUMS, RPCS].concat();
    let expected = (bodies.iter().flat_map(|(_, _, expected)| *expected))
        .chain(RPC_OPTIONS.iter().flat_map(|(_, _, expected)| *expected))
        .chain(FILES.iter().flat_map(|(_, _, expected)| *expected))
        .chain(RULES.iter().map(|(_, _, expected)| expected));
    for change in expected {
        untested.remove(change.split(' ').next().unwrap());
    }
    assert_eq!(untested, BTreeSet::new());
}

#[test]
fn the_bump_is_what_the_bindings_ask_for() {
    for (old, new, bump) in [
        ("", "", Bump::None),
        ("", "message N {}", Bump::Minor),
        // A struct literal of the old message no longer compiles.
        ("", "message M { string a = 1; }", Bump::Major),
        ("message N {}", "", Bump::Major),
        (
            "message M { string a = 1; }",
            "message M { string a = 1 [deprecated = true]; }",
            Bump::Minor,
        ),
        (
            "message M { string a = 1; }",
            "message M { string a = 1 [(buf.validate.field).string.max_len = 1]; }",
            Bump::Patch,
        ),
    ] {
        assert_eq!(report(old, new).bump, bump, "{old} -> {new}");
    }
}

#[test]
fn the_most_serious_and_public_come_first() {
    let report = report(
        "message H { string a = 1; } message M { string a = 1; }",
        "message N {} message H {} message M { optional string a = 1; }",
    );
    let kinds: Vec<_> = report.changes.iter().map(show).collect();
    assert_eq!(
        kinds,
        [
            "field_presence_changed M.a [source] public",
            "field_removed H.a [wire json source] hidden",
            "message_added N [] hidden",
        ]
    );
    assert_eq!(report.count(Break::Source), 2);
}

#[test]
fn json_has_the_documented_shape() {
    let rpc = |path: &str| {
        format!(
            "service T {{ rpc A(M) returns (R) {{ option (google.api.http).get = \"{path}\"; }} }}"
        )
    };
    let json = report(&rpc("/a"), &rpc("/b")).write(Format::Json);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "old": "spec",
            "new": "spec",
            "bump": "patch",
            "notes": [],
            "vendored": [],
            "changes": [{
                "kind": "http_path_changed",
                "symbol": "scalekit.v1.t.T/A",
                "file": FILE,
                "breaks": ["behaviour"],
                "public": true,
                "old": "/a",
                "new": "/b",
            }],
        })
    );
}

#[test]
fn people_read_the_same_in_text_and_markdown() {
    let report = report("message M { string a = 1; }", "message M { bytes a = 1; }");
    assert_eq!(
        report.write(Format::Text),
        "spec -> spec\n\
         1 change (1 public): wire 0, json 1, source 1, behaviour 0, additive 0, doc 0; \
         version bump: major\n\n\
         scalekit.v1.t.S\n  json+source      field_type_changed M.a: string -> bytes\n"
    );
    assert_eq!(
        report.write(Format::Markdown),
        "### spec → spec\n\n\
         1 change (1 public): wire 0, json 1, source 1, behaviour 0, additive 0, doc 0; \
         version bump: major\n\n\
         #### `scalekit.v1.t.S`\n\n\
         - **json+source** field type changed: `M.a` `string -> bytes`\n"
    );
}
