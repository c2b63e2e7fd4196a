//! The page behind an authorization link, usable without JavaScript.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use http::Method;
use hyper::body::Incoming;

use crate::answer::{Response, header, read, respond};
use crate::ids;
use crate::journal::{Body, CallStatus, Protocol};
use crate::shared::Shared;
use crate::state::{Answered, Prompt, title_case};

pub(crate) async fn serve(shared: Arc<Shared>, request: http::Request<Incoming>) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let body = read(body).await.unwrap_or_default();
    let entered = shared.journal.begin(
        Protocol::Page,
        format!("{} {path}", parts.method),
        None,
        &parts.headers,
        if body.is_empty() {
            Body::None
        } else {
            Body::Form(body.clone())
        },
    );
    let response = match path.strip_prefix("/connect/") {
        Some(token) => match parts.method {
            Method::GET | Method::HEAD => open(&shared, token),
            Method::POST => answer(&shared, token, &body),
            _ => message(
                405,
                "Not possible",
                "This page can be opened and answered only.",
            ),
        },
        None => message(
            200,
            "Connected",
            "The account is connected. You can close this window.",
        ),
    };
    entered.end(CallStatus::Http(response.status().as_u16()));
    response
}

fn open(shared: &Shared, token: &str) -> Response {
    match shared.state().open_link(token, shared.clock.now()) {
        Some(prompt) => consent_page(200, &prompt, None),
        None => gone(),
    }
}

fn answer(shared: &Shared, token: &str, body: &[u8]) -> Response {
    let fields: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let allow = match fields.get("decision").map(String::as_str) {
        Some("allow") => true,
        Some("deny") => false,
        _ => {
            return message(
                400,
                "No answer",
                "The form has to be sent with one of its two buttons.",
            );
        }
    };
    let mut state = shared.state();
    match state.answer_link(token, allow, &fields, shared.clock.now()) {
        None => gone(),
        Some(Answered::Redirect(target)) => {
            let mut response = message(
                303,
                "Continue",
                "You are being sent back to the application.",
            );
            header(&mut response, "location", &target);
            response
        }
        Some(Answered::Connected) => message(
            200,
            "Connected",
            "The account is connected. You can close this window.",
        ),
        Some(Answered::Denied) => message(
            200,
            "Not connected",
            "Access was denied. You can close this window.",
        ),
        Some(Answered::Incomplete(label)) => match state.prompt_again(token) {
            Some(prompt) => consent_page(422, &prompt, Some(label)),
            None => gone(),
        },
    }
}

fn gone() -> Response {
    message(
        410,
        "This link no longer works",
        "It has expired or was used already. Ask the application for a new one.",
    )
}

fn consent_page(status: u16, prompt: &Prompt, missing: Option<&str>) -> Response {
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
    // Denying must work with the form left empty.
    body.push_str(
        "<div class=\"buttons\">\
         <button class=\"allow\" name=\"decision\" value=\"allow\">Allow</button>\
         <button name=\"decision\" value=\"deny\" formnovalidate>Deny</button>\
         </div></form>",
    );
    // Browsers apply form-action to the redirect after the form too: it names the application.
    let forms = match &prompt.returns_to {
        Some(origin) => format!("'self' {origin}"),
        None => "'self'".to_owned(),
    };
    page(status, &format!("Connect {provider}"), &body, &forms)
}

fn message(status: u16, title: &str, text: &str) -> Response {
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
    // The style is allowed by a nonce, so that nothing else inline is.
    let nonce = ids::random(12);
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style nonce=\"{nonce}\">{STYLE}</style></head>\
         <body><main>{body}\
         <footer>Scalekit emulator: no real account is involved.</footer></main></body></html>"
    );
    let mut response = respond(status, "text/html; charset=utf-8", html);
    header(
        &mut response,
        "content-security-policy",
        &format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; form-action {forms}; \
             base-uri 'none'; frame-ancestors 'none'"
        ),
    );
    header(&mut response, "x-content-type-options", "nosniff");
    header(&mut response, "referrer-policy", "no-referrer");
    header(&mut response, "cache-control", "no-store");
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
