//! The response of the token endpoint.

use serde::Deserialize;
use tokio::time::Instant;

use super::{check_error, plain_response};
use crate::credentials;
use crate::error::Secrets;
use crate::transport::http::issued_token;

/// The response of the token endpoint. No error quotes the token of a successful response.
pub fn token_response(data: &[u8]) -> bool {
    let response = plain_response(data, 200..600);
    let given = serde_json::from_slice::<TokenBody>(&response.body).unwrap_or_default();
    let given = given.access_token.as_str();
    let held = issued_token(&response, &Secrets::new([]))
        .and_then(|issued| credentials::hold(issued, 1, 0.5));
    match held {
        Ok(held) => {
            assert!(response.status.is_success());
            assert!(held.token.header.is_sensitive());
            assert_eq!(held.token.secret(), Some(given));
            assert!(
                held.refresh_at <= held.token.expires_at && held.token.expires_at > Instant::now()
            );
            true
        }
        Err(error) => {
            check_error(&error, data);
            // A short token can appear in any text.
            let quoted = given.len() >= 16 && error.to_string().contains(given);
            assert!(!quoted || !response.status.is_success(), "{error}");
            false
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenBody {
    access_token: String,
}
