//! Access tokens: signing, expiry and revocation.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::ids;
use crate::settings::Settings;

/// The key that signs the emulator's tokens. It is public and protects nothing.
const SIGNING_KEY: &[u8] = include_bytes!("../assets/signing-key.der");
const KEY_ID: &str = "emulator";

/// The access tokens that were issued and not revoked, with their expiry.
pub(crate) struct Tokens {
    key: KeyPair,
    /// Token to expiry.
    issued: Mutex<HashMap<String, SystemTime>>,
}

impl Tokens {
    pub(crate) fn new() -> Result<Self, Error> {
        let key = KeyPair::from_der(SIGNING_KEY)
            .map_err(|error| Error::with(ErrorKind::Tls, "the signing key", error.to_string()))?;
        Ok(Tokens {
            key,
            issued: Mutex::default(),
        })
    }

    /// Issues an access token, valid from now on for the configured lifetime.
    pub(crate) fn issue(&self, settings: &Settings, clock: &Clock) -> Option<String> {
        let now = clock.unix();
        let expires = now + settings.token_lifetime.as_secs();
        let claims = json!({
            "iss": settings.env_url,
            "aud": [settings.env_url],
            "sub": settings.client_id,
            "client_id": settings.client_id,
            "iat": now,
            "nbf": now,
            "exp": expires,
            "jti": ids::random(12),
        });
        let token = self.sign(&claims)?;
        let now = clock.now();
        let mut issued = self.issued();
        issued.retain(|_, expires| *expires > now);
        issued.insert(token.clone(), UNIX_EPOCH + Duration::from_secs(expires));
        Some(token)
    }

    fn issued(&self) -> MutexGuard<'_, HashMap<String, SystemTime>> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Overrides the expiry of an issued token.
    pub(crate) fn expire(&self, token: &str, at: SystemTime) {
        if let Some(expires) = self.issued().get_mut(token) {
            *expires = at;
        }
    }

    /// Signs a JSON Web Token with these claims.
    pub(crate) fn sign(&self, claims: &Value) -> Option<String> {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": KEY_ID });
        let content = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                content.as_bytes(),
                &mut signature,
            )
            .ok()?;
        Some(format!("{content}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    pub(crate) fn is_valid(&self, token: &str, now: SystemTime) -> bool {
        self.issued()
            .get(token)
            .is_some_and(|expires| *expires > now)
    }

    pub(crate) fn revoke_all(&self) {
        self.issued().clear();
    }

    /// The public key as a JSON Web Key Set.
    pub(crate) fn key_set(&self) -> Value {
        let public = PublicKeyComponents::<Vec<u8>>::from(self.key.public_key());
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({ "keys": [{
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": KEY_ID,
            "n": number(&public.n),
            "e": number(&public.e),
        }] })
    }
}
