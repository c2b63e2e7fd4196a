//! A descriptor with each of its elements missing, duplicated or at an edge case is either an error in
//! one line, or can be compared and printed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, ReflectMessage, Value};

use crate::comments::Comments;
use crate::compile::{self, Sources};
use crate::descriptors::{self, Descriptors};
use crate::diff;
use crate::one_line;
use crate::printer::{self, names::Names};
use crate::source::{Origin, Snapshot};
use crate::strip::Undeclared;

const PATH: &str = "t.proto";

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    let text = std::fs::read_to_string(super::data("elements.proto")).unwrap();
    compile::pool(&Sources::from([(PATH.to_owned(), text)])).unwrap()
});

fn whole() -> DynamicMessage {
    let descriptor = POOL.get_message_by_name("google.protobuf.FileDescriptorProto");
    let file = POOL.get_file_by_name(PATH).unwrap().encode_to_vec();
    DynamicMessage::decode(descriptor.unwrap(), file.as_slice()).unwrap()
}

/// Edge cases of a type.
fn edges(kind: &Kind) -> Vec<Value> {
    let text = |text: &str| Value::String(text.to_owned());
    match kind {
        Kind::String => ["", "proto4", ".t.M"].map(text).to_vec(),
        Kind::Int32 => [0, i32::MIN, i32::MAX].map(Value::I32).to_vec(),
        Kind::Enum(_) => [-1, 10, 14, 99].map(Value::EnumNumber).to_vec(),
        Kind::Bool => [true, false].map(Value::Bool).to_vec(),
        _ => Vec::new(),
    }
}

/// Other values of a field, each with the place of the change; `None` for an absent one.
fn others(message: &DynamicMessage, field: &FieldDescriptor) -> Vec<(String, Option<Value>)> {
    let mut found = vec![("missing".to_owned(), None)];
    let mut push = |what: String, value| found.push((what, Some(value)));
    for edge in edges(&field.kind()) {
        let what = format!("= {edge:?}");
        push(
            what,
            match field.is_list() {
                true => Value::List(vec![edge]),
                false => edge,
            },
        );
    }
    match message.get_field(field).into_owned() {
        Value::List(list) => {
            push("twice".to_owned(), Value::List([&list[..], &list].concat()));
            if let Kind::Message(kind) = field.kind() {
                let empty = vec![Value::Message(DynamicMessage::new(kind))];
                push(
                    "and an empty one".to_owned(),
                    Value::List([&list[..], &empty].concat()),
                );
            }
            for (index, nested) in list.iter().enumerate() {
                for (place, nested) in nested.as_message().map(variants).into_iter().flatten() {
                    let mut list = list.clone();
                    list[index] = Value::Message(nested);
                    push(format!("[{index}].{place}"), Value::List(list));
                }
            }
        }
        Value::Message(nested) if message.has_field(field) => {
            for (place, nested) in variants(&nested) {
                push(format!(".{place}"), Value::Message(nested));
            }
        }
        _ => {}
    }
    found
}

/// Every variant of the message with one changed element, and the place of the change.
fn variants(message: &DynamicMessage) -> Vec<(String, DynamicMessage)> {
    let fields = message.descriptor().fields().collect::<Vec<_>>();
    let variants = fields.iter().flat_map(|field| {
        let others = others(message, field).into_iter();
        others.map(|(place, value)| {
            let mut variant = message.clone();
            match value {
                Some(value) => variant.set_field(field, value),
                None => variant.clear_field(field),
            }
            (format!("{} {place}", field.name()), variant)
        })
    });
    variants.collect()
}

fn snapshot(file: Vec<u8>) -> Snapshot {
    Snapshot {
        label: "damaged".to_owned(),
        origin: Origin::Package,
        files: Descriptors::from([(PATH.to_owned(), file)]),
    }
}

static WHOLE: LazyLock<Snapshot> = LazyLock::new(|| snapshot(whole().encode_to_vec()));

/// Compares and prints the file as the commands do; the error in one line if it is refused.
fn run(file: &[u8]) -> Result<(), String> {
    let one = |error: anyhow::Error| one_line(&error);
    let damaged = snapshot(file.to_vec());
    diff::compare(&WHOLE, &damaged).map_err(one)?;
    diff::compare(&damaged, &WHOLE).map_err(one)?;
    let same = diff::compare(&damaged, &damaged).map_err(one)?;
    assert_eq!(same.changes, []);
    let none = Sources::new();
    let pool = descriptors::link(&damaged.files, &none, Undeclared::Refused).map_err(one)?;
    let file = pool
        .get_file_by_name(PATH)
        .ok_or("t.proto: not there by its name")?;
    // The printer can refuse it.
    let _ = printer::print(&file, &Names::new(&pool), &Comments::default());
    Ok(())
}

#[test]
#[ignore = "takes a minute or two"]
fn no_element_makes_a_panic() {
    assert_eq!(run(&whole().encode_to_vec()), Ok(()));
    let (mut refused, mut failures) = (0, Vec::new());
    for (place, file) in variants(&whole()) {
        let file = file.encode_to_vec();
        match catch_unwind(AssertUnwindSafe(|| run(&file))) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                refused += 1;
                // An error cannot name a file without a name.
                let named = error.contains(PATH) || place.starts_with("name ");
                if !named || error.lines().count() != 1 {
                    failures.push(format!("{place}: {error}"));
                }
            }
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                failures.push(format!("{place}: panic: {}", text.unwrap_or_default()));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
    // Fewer refusals would mean that the damage does not reach the checks.
    assert!(refused > 300, "{refused} refused");
}
