//! Serves the page behind an authorization link.

mod page;

use std::collections::BTreeMap;
use std::sync::Arc;

use http::Method;
use hyper::body::Incoming;

use self::page::{consent_page, message};
use crate::call::{CallStatus, Protocol};
use crate::request::Received;
use crate::response::{Response, set_header};
use crate::shared::Shared;
use crate::state::ConsentResult;

pub(crate) async fn serve(shared: Arc<Shared>, request: http::Request<Incoming>) -> Response {
    let received = Received::form(&shared.journal, Protocol::Page, request).await;
    let Received { parts, body, entry } = received;
    let response = match parts.uri.path().strip_prefix("/connect/") {
        Some(token) => match parts.method {
            Method::GET | Method::HEAD => open(&shared, token),
            Method::POST => submit(&shared, token, &body),
            _ => message(
                405,
                "Method not allowed",
                "This page supports GET and POST only.",
            ),
        },
        None => connected(),
    };
    entry.end(CallStatus::Http(response.status().as_u16()));
    response
}

fn open(shared: &Shared, token: &str) -> Response {
    match shared.state().open_link(token, shared.clock.now()) {
        Some(prompt) => consent_page(200, &prompt, None),
        None => gone(),
    }
}

fn submit(shared: &Shared, token: &str, body: &[u8]) -> Response {
    let fields: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let allow = match fields.get("decision").map(String::as_str) {
        Some("allow") => true,
        Some("deny") => false,
        _ => {
            return message(
                400,
                "No decision",
                "Send the form with one of its two buttons.",
            );
        }
    };
    let mut state = shared.state();
    match state.complete_link(token, allow, &fields, shared.clock.now()) {
        None => gone(),
        Some(ConsentResult::Redirect(target)) => {
            let mut response = message(
                303,
                "Continue",
                "You are being sent back to the application.",
            );
            set_header(&mut response, "location", &target);
            response
        }
        Some(ConsentResult::Connected) => connected(),
        Some(ConsentResult::Denied) => message(
            200,
            "Not connected",
            "Access was denied. You can close this window.",
        ),
        Some(ConsentResult::Incomplete(label)) => match state.prompt_again(token) {
            Some(prompt) => consent_page(422, &prompt, Some(label)),
            None => gone(),
        },
    }
}

fn connected() -> Response {
    message(
        200,
        "Connected",
        "The account is connected. You can close this window.",
    )
}

fn gone() -> Response {
    message(
        410,
        "This link no longer works",
        "It has expired or was used already. Ask the application for a new one.",
    )
}
