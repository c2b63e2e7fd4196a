//! The HTML of the consent page. It works without JavaScript.

use std::fmt::Write as _;

use crate::ids;
use crate::response::{Response, respond, set_header};
use crate::state::{Prompt, title_case};

/// The page that asks for consent. `missing` is the label of a field that was left empty.
pub(super) fn consent_page(status: u16, prompt: &Prompt, missing: Option<&str>) -> Response {
    let provider = escape(&title_case(&prompt.provider));
    let connection = escape(&prompt.connection);
    let user = escape(&prompt.identifier);
    let mut body = format!(
        "<h1>Connect {provider}</h1>\
         <p>An application asks for access to {provider} on behalf of <strong>{user}</strong>.</p>\
         <dl><dt>Connection</dt><dd>{connection}</dd><dt>User</dt><dd>{user}</dd>"
    );
    if !prompt.scopes.is_empty() {
        body.push_str("<dt>It may</dt><dd><ul>");
        for scope in &prompt.scopes {
            let _ = write!(body, "<li>{}</li>", escape(scope));
        }
        body.push_str("</ul></dd>");
    }
    body.push_str("</dl>");
    if let Some(missing) = missing {
        let _ = write!(
            body,
            "<p class=\"error\" role=\"alert\">{} is required.</p>",
            escape(missing)
        );
    }
    body.push_str("<form method=\"post\" autocomplete=\"off\">");
    for field in prompt.fields {
        let kind = if field.secret { "password" } else { "text" };
        let (name, label) = (escape(field.name), escape(field.label));
        let _ = write!(
            body,
            "<label for=\"{name}\">{label}</label>\
             <input id=\"{name}\" name=\"{name}\" type=\"{kind}\" required>"
        );
    }
    // Deny must work with an empty form.
    body.push_str(
        "<div class=\"buttons\">\
         <button class=\"allow\" name=\"decision\" value=\"allow\">Allow</button>\
         <button name=\"decision\" value=\"deny\" formnovalidate>Deny</button>\
         </div></form>",
    );
    // Browsers apply form-action also to the redirect after the form, which leads to the application.
    let forms = match &prompt.returns_to {
        Some(origin) => format!("'self' {origin}"),
        None => "'self'".to_owned(),
    };
    page(status, &format!("Connect {provider}"), &body, &forms)
}

/// A page with a heading and a sentence.
pub(super) fn message(status: u16, title: &str, text: &str) -> Response {
    page(
        status,
        title,
        &format!("<h1>{}</h1><p>{}</p>", escape(title), escape(text)),
        "'none'",
    )
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;\
background:#f3f4f6;color:#111827}\
main{box-sizing:border-box;width:min(28rem,100vw - 2rem);margin:1rem;padding:2rem;\
background:#fff;border:1px solid #d1d5db;border-radius:12px;overflow-wrap:anywhere}\
h1{margin:0 0 .75rem;font-size:1.4rem}\
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:1rem 0}\
dt{color:#4b5563}dd{margin:0}ul{margin:0;padding-left:1.1rem}\
label{display:block;margin:.75rem 0 .25rem;font-weight:600}\
input{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;border:1px solid #6b7280;\
border-radius:8px;background:transparent;color:inherit}\
.buttons{display:flex;gap:.75rem;margin-top:1.5rem}\
button{flex:1;padding:.7rem;font:inherit;font-weight:600;border-radius:8px;cursor:pointer;\
border:1px solid #6b7280;background:transparent;color:inherit}\
button.allow{background:#1d4ed8;border-color:#1d4ed8;color:#fff}\
button:focus-visible,input:focus-visible{outline:3px solid #60a5fa;outline-offset:2px}\
.error{color:#b91c1c;font-weight:600}\
footer{margin-top:1.5rem;font-size:.85rem;color:#4b5563}\
@media (prefers-color-scheme:dark){body{background:#111827;color:#f9fafb}\
main{background:#1f2937;border-color:#374151}dt,footer{color:#d1d5db}.error{color:#fca5a5}}";

fn page(status: u16, title: &str, body: &str, forms: &str) -> Response {
    // Only the inline element with this nonce is allowed.
    let nonce = ids::random(12);
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style nonce=\"{nonce}\">{STYLE}</style></head>\
         <body><main>{body}\
         <footer>Scalekit emulator: no real account is involved.</footer></main></body></html>"
    );
    let mut response = respond(status, "text/html; charset=utf-8", html);
    set_header(
        &mut response,
        "content-security-policy",
        &format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; form-action {forms}; \
             base-uri 'none'; frame-ancestors 'none'"
        ),
    );
    set_header(&mut response, "x-content-type-options", "nosniff");
    set_header(&mut response, "referrer-policy", "no-referrer");
    set_header(&mut response, "cache-control", "no-store");
    response
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
