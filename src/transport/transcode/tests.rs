//! Random messages of every type in the tables, compared with an independent implementation.

use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor,
    MethodDescriptor, SerializeOptions, Value as Proto,
};
use serde_json::{Value, json};

use super::tables::{Message, ROUTES};
use super::{ERROR_INFO, from_json, route, to_json};
use crate::call::operations;
use crate::json;
use crate::model::open_enum;

fn pool() -> DescriptorPool {
    DescriptorPool::decode(crate::raw::FILE_DESCRIPTOR_SET).expect("descriptors")
}

fn method(pool: &DescriptorPool, path: &str) -> MethodDescriptor {
    let (service, method) = path[1..].split_once('/').expect("a gRPC path");
    let service = pool.get_service_by_name(service).expect(service);
    service
        .methods()
        .find(|known| known.name() == method)
        .expect(method)
}

/// The messages of all routes and of errors, with their descriptors.
fn messages() -> Vec<(&'static Message, MessageDescriptor)> {
    let pool = pool();
    let error_info = pool.get_message_by_name("scalekit.v1.errdetails.ErrorInfo");
    let mut messages = vec![(ERROR_INFO, error_info.expect("ErrorInfo"))];
    for (path, route) in ROUTES {
        let method = method(&pool, path);
        messages.push((route.input, method.input()));
        messages.push((route.output, method.output()));
    }
    messages
}

fn random(
    descriptor: &MessageDescriptor,
    depth: u32,
    random: &mut fastrand::Rng,
) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields() {
        // A value without a kind has no JSON.
        let must = descriptor.full_name() == "google.protobuf.Value" && field.number() == 4;
        if !must && (depth == 0 || random.bool()) {
            continue;
        }
        let value = if field.is_map() {
            let Kind::Message(entry) = field.kind() else {
                panic!("no entry")
            };
            let value = entry.map_entry_value_field();
            let entries = (0..random.u8(0..3))
                .map(|_| (MapKey::String(text(random)), single(&value, depth, random)));
            Proto::Map(entries.collect())
        } else if field.is_list() {
            let items = random.u8(0..3);
            Proto::List((0..items).map(|_| single(&field, depth, random)).collect())
        } else {
            single(&field, depth, random)
        };
        message.set_field(&field, value);
    }
    message
}

fn text(random: &mut fastrand::Rng) -> String {
    (0..random.u8(0..6))
        .map(|_| random.char('\0'..='ÿ'))
        .collect()
}

fn single(field: &FieldDescriptor, depth: u32, rng: &mut fastrand::Rng) -> Proto {
    match field.kind() {
        Kind::Double => Proto::F64(f64::from(rng.i32(..)) / 8.0),
        Kind::Float => Proto::F32(rng.i16(..).into()),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Proto::I32(rng.i32(..)),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Proto::I64(rng.i64(..)),
        Kind::Uint32 | Kind::Fixed32 => Proto::U32(rng.u32(..)),
        Kind::Uint64 | Kind::Fixed64 => Proto::U64(rng.u64(..)),
        Kind::Bool => Proto::Bool(rng.bool()),
        Kind::String => Proto::String(text(rng)),
        Kind::Bytes => Proto::Bytes(text(rng).into_bytes().into()),
        Kind::Enum(item) => {
            let values: Vec<_> = item.values().map(|value| value.number()).collect();
            // Sometimes an unknown number.
            let known = values.get(rng.usize(0..=values.len()));
            Proto::EnumNumber(known.copied().unwrap_or(9_999))
        }
        Kind::Message(message) => Proto::Message(match message.full_name() {
            "google.protobuf.Timestamp" => dynamic(
                &message,
                &prost_types::Timestamp {
                    seconds: rng.i64(-60_000_000_000..250_000_000_000),
                    nanos: rng.i32(0..1_000_000_000),
                },
            ),
            "google.protobuf.Duration" => dynamic(
                &message,
                &prost_types::Duration {
                    seconds: rng.i64(0..1_000_000),
                    nanos: rng.i32(0..1_000_000_000),
                },
            ),
            "google.protobuf.Struct" => dynamic(&message, &any_struct(rng)),
            "google.protobuf.ListValue" => {
                let values = [any_struct(rng).value().expect("an object"), json!(0.5)];
                dynamic(&message, &json::ListValue::from(&values[..]))
            }
            "google.protobuf.Value" => dynamic(
                &message,
                &json::Value::from(&json!({"k": [rng.bool(), null]})),
            ),
            _ => random(&message, depth.saturating_sub(1), rng),
        }),
    }
}

fn any_struct(rng: &mut fastrand::Rng) -> json::Struct {
    let value = json!({
        text(rng): text(rng),
        "number": f64::from(rng.i32(..)) / 4.0,
        "list": [rng.bool(), null, {"": {}}, []],
    });
    json::to_struct("struct", &value).expect("an object")
}

fn dynamic(descriptor: &MessageDescriptor, message: &impl prost::Message) -> DynamicMessage {
    DynamicMessage::decode(descriptor.clone(), &*message.encode_to_vec()).expect("the same type")
}

/// Integral doubles are integers in this crate's JSON.
fn whole(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let double = number.as_f64().expect("a double");
            if double.fract() == 0.0 {
                json!(double as i64)
            } else {
                json!(double)
            }
        }
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, field)| (name, whole(field)))
                .collect(),
        ),
        value => value,
    }
}

#[test]
fn every_message_is_written_and_read_as_another_implementation_does() {
    for (index, (table, descriptor)) in (0..).zip(messages()) {
        let name = descriptor.full_name().to_owned();
        for seed in 0..40 {
            let mut rng = fastrand::Rng::with_seed(index * 1_000 + seed);
            // Decoded, as a received message is: defaults are not set.
            let message = random(&descriptor, 4, &mut rng).encode_to_vec();
            let message = DynamicMessage::decode(descriptor.clone(), &*message).expect(&name);
            for original in [true, false] {
                let options = SerializeOptions::new().use_proto_field_name(original);
                let theirs =
                    message.serialize_with_options(serde_json::value::Serializer, &options);
                let Value::Object(theirs) = theirs.expect("JSON") else {
                    panic!("{name}")
                };
                if original {
                    let ours = to_json(table, &message.encode_to_vec()).expect("transcodes");
                    let ours = whole(Value::Object(ours));
                    assert_eq!(
                        ours,
                        whole(Value::Object(theirs.clone())),
                        "{name}, seed {seed}"
                    );
                }
                let read = from_json(table, theirs).expect("transcodes back");
                let read = DynamicMessage::decode(descriptor.clone(), &*read).expect("decodes");
                // Compared as JSON, because the messages differ in whether a default is set.
                let text = |message| serde_json::to_value(message).expect("JSON");
                assert_eq!(text(&read), text(&message), "{name}, seed {seed}");
            }
        }
    }
}

#[test]
fn every_call_of_the_facade_has_a_rest_form() {
    for operation in operations::ALL {
        let route = route(operation.path).expect(operation.path);
        assert!(!route.bindings.is_empty(), "{}", operation.path);
    }
}

#[test]
fn unknown_fields_are_ignored_and_unknown_enum_values_are_kept() {
    let table = ROUTES[0].1.output;
    let response =
        json!({"added_later": {"x": 1}, "connected_accounts": [{"status": "ADDED_LATER"}]});
    let Value::Object(response) = response else {
        panic!()
    };
    let bytes = from_json(table, response).expect("transcodes");
    let response = crate::raw::connected_accounts::ListConnectedAccountsResponse::decode(&*bytes);
    let status = response.expect("decodes").connected_accounts[0].status;
    assert_eq!(open_enum::name_of(status), Some("ADDED_LATER"));
    let json = to_json(table, &bytes).expect("transcodes");
    assert_eq!(json["connected_accounts"][0]["status"], "ADDED_LATER");
}

#[test]
fn an_error_has_the_path_and_not_the_value() {
    let table = ROUTES[0].1.output;
    let response = json!({"connected_accounts": [{"updated_at": "sentinel"}]});
    let Value::Object(response) = response else {
        panic!()
    };
    let error = from_json(table, response).expect_err("not a timestamp");
    assert_eq!(
        error.to_string(),
        "connected_accounts.updated_at is not a timestamp"
    );
    assert!(to_json(table, b"\xff\xff\xff").is_err());
}
