//! Hides credentials in the journal's output.

use serde_json::{Value, json};

/// Replaces a hidden value.
pub(crate) const HIDDEN: &str = "[redacted]";

/// Whether the value of a header is a credential.
pub(crate) fn is_secret_header(name: &str) -> bool {
    matches!(
        name,
        "authorization" | "proxy-authorization" | "cookie" | "x-api-key"
    )
}

/// Hides the values whose key names a secret, in camelCase or snake_case.
pub(crate) fn redact_secrets(value: &mut Value) {
    const SECRET: [&str; 22] = [
        "accesskeyid",
        "accesstoken",
        "apiconfig",
        "apikey",
        "authorizationdetails",
        "authpatterns",
        "authrequestid",
        "clientassertion",
        "clientsecret",
        "code",
        "extraauthorizeparams",
        "googleadsdevelopertoken",
        "metadata",
        "password",
        "privatekey",
        "refreshtoken",
        "secret",
        "secretaccesskey",
        "serviceaccountjson",
        "sessiontoken",
        "staticconfig",
        "token",
    ];
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let plain: String = key
                    .chars()
                    .filter(|c| *c != '_' && *c != '-')
                    .map(|c| c.to_ascii_lowercase())
                    .collect();
                if SECRET.contains(&plain.as_str()) {
                    *value = json!(HIDDEN);
                } else {
                    redact_secrets(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redact_secrets),
        _ => {}
    }
}
