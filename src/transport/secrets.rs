//! Finds the secrets in a request: users' credentials, and the other fields of `spec/redact.toml`.

use prost::bytes::Buf;
use prost::encoding::{WireType, decode_key, decode_varint};

#[cfg(not(feature = "_codegen"))]
include!("../../generated/secrets.rs");
#[cfg(feature = "_codegen")]
include!(concat!(env!("OUT_DIR"), "/secrets.rs"));

/// How a secret is encoded.
// Tables name what their messages need, which is not every kind that there is.
#[allow(dead_code)]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leaf {
    /// Text, or bytes that are.
    Text,
    /// `google.protobuf.StringValue`.
    Wrapper,
    /// `google.protobuf.Struct`, of which every text is one; so with the next two.
    Struct,
    Value,
    List,
}

/// The secrets in an encoded request of the RPC with this path.
pub(crate) fn secrets(path: &str, message: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for (rpc, numbers, leaf) in SECRETS {
        if *rpc == path {
            walk(message, numbers, *leaf, &mut found);
        }
    }
    found
}

fn walk(message: &[u8], numbers: &[u32], leaf: Leaf, found: &mut Vec<String>) {
    match numbers {
        [] => collect(message, leaf, found),
        [number, deeper @ ..] => {
            for payload in payloads(message, *number) {
                walk(payload, deeper, leaf, found);
            }
        }
    }
}

fn collect(payload: &[u8], leaf: Leaf, found: &mut Vec<String>) {
    // A field of a struct is an entry of key and value; a value is a text, a struct or a list.
    let inner: &[(&[u32], Leaf)] = match leaf {
        Leaf::Text => {
            found.push(String::from_utf8_lossy(payload).into_owned());
            &[]
        }
        Leaf::Wrapper => &[(&[1], Leaf::Text)],
        Leaf::Struct => &[(&[1, 2], Leaf::Value)],
        Leaf::Value => &[(&[3], Leaf::Text), (&[5], Leaf::Struct), (&[6], Leaf::List)],
        Leaf::List => &[(&[1], Leaf::Value)],
    };
    for (numbers, leaf) in inner {
        walk(payload, numbers, *leaf, found);
    }
}

/// The payloads of a field. The message is one that this crate has encoded, so that it can be read;
/// of one that cannot, those before the damage.
pub(super) fn payloads(mut message: &[u8], wanted: u32) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some((number, payload)) = next(&mut message) {
        if number == wanted {
            found.extend(payload);
        }
    }
    found
}

/// The number of the next field, and its payload if it has a length.
fn next<'a>(message: &mut &'a [u8]) -> Option<(u32, Option<&'a [u8]>)> {
    let (number, wire_type) = decode_key(message).ok()?;
    let length = match wire_type {
        WireType::LengthDelimited => usize::try_from(decode_varint(message).ok()?).ok()?,
        WireType::Varint => {
            decode_varint(message).ok()?;
            0
        }
        WireType::ThirtyTwoBit => 4,
        WireType::SixtyFourBit => 8,
        WireType::StartGroup | WireType::EndGroup => return None,
    };
    let payload = message.get(..length)?;
    message.advance(length);
    let has_length = wire_type == WireType::LengthDelimited;
    Some((number, has_length.then_some(payload)))
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;
    use crate::call::operations;
    use crate::json::to_struct;
    use crate::raw::connected_accounts as wire;
    use crate::{AuthorizationDetails, OauthToken, StaticAuth};

    fn create(details: impl Into<AuthorizationDetails>, config: serde_json::Value) -> Vec<String> {
        let request = wire::CreateConnectedAccountRequest {
            identifier: "alice".to_owned().into(),
            connected_account: Some(wire::CreateConnectedAccount {
                authorization_details: Some(details.into().into_wire().expect("details")),
                api_config: Some(to_struct("config", &config).expect("an object")),
            }),
            ..Default::default()
        };
        let path = operations::CREATE_CONNECTED_ACCOUNT.path;
        let mut found = secrets(path, &request.encode_to_vec());
        found.sort();
        found
    }

    #[test]
    fn every_credential_of_a_request_is_found_and_nothing_else() {
        let key = StaticAuth::new().field("api_key", "k1").field("port", 5);
        let config = json!({"domain": "d", "deep": [{"a": ["x", {"b": "y"}]}, null, true]});
        assert_eq!(create(key, config), ["d", "k1", "x", "y"]);
        let token = OauthToken::new("t1").refresh_token("r1").scopes(["s"]);
        assert_eq!(create(token, json!({})), ["r1", "t1"]);
    }

    #[test]
    fn a_damaged_message_is_read_up_to_the_damage() {
        assert!(secrets(operations::CREATE_CONNECTED_ACCOUNT.path, b"\x1a\xff").is_empty());
        assert!(secrets("/no/such", b"\x1a\x00").is_empty());
    }
}
