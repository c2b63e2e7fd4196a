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

/// Other values for a field.
fn others(field: &FieldDescriptor) -> Vec<Value> {
    let text = |text: &str| Value::String(text.to_owned());
    match field.kind() {
        Kind::String => ["", "proto4", ".t.M"].map(text).to_vec(),
        Kind::Int32 => [0, i32::MIN, i32::MAX].map(Value::I32).to_vec(),
        Kind::Enum(_) => [-1, 10, 14, 99].map(Value::EnumNumber).to_vec(),
        Kind::Bool => [true, false].map(Value::Bool).to_vec(),
        _ => Vec::new(),
    }
}

/// Every variant of the message with one changed element, and the place of the change.
fn variants(message: &DynamicMessage, place: &str, found: &mut Vec<(String, DynamicMessage)>) {
    let mut push =
        |what: &str, message: DynamicMessage| found.push((format!("{place}{what}"), message));
    for field in message.descriptor().fields() {
        let name = field.name().to_owned();
        let mut without = message.clone();
        without.clear_field(&field);
        push(&format!("{name} missing"), without);
        for other in others(&field) {
            let mut with = message.clone();
            let what = format!("{name} = {other:?}");
            match field.is_list() {
                true => with.set_field(&field, Value::List(vec![other])),
                false => with.set_field(&field, other),
            }
            push(&what, with);
        }
        // Duplicates, and empty messages.
        if let (true, Value::List(list)) = (field.is_list(), message.get_field(&field).into_owned())
        {
            let twice = [list.clone(), list.clone()].concat();
            let mut with = message.clone();
            with.set_field(&field, Value::List(twice));
            push(&format!("{name} twice"), with);
            if let Kind::Message(kind) = field.kind() {
                let empty = Value::Message(DynamicMessage::new(kind));
                let mut with = message.clone();
                with.set_field(&field, Value::List([list, vec![empty]].concat()));
                push(&format!("{name} and an empty one"), with);
            }
        }
    }
    let set: Vec<_> = message
        .fields()
        .map(|(field, value)| (field, value.clone()))
        .collect();
    for (field, value) in set {
        let mut below = Vec::new();
        match &value {
            Value::Message(nested) => {
                variants(nested, &format!("{place}{}.", field.name()), &mut below);
                for (place, nested) in below {
                    let mut with = message.clone();
                    with.set_field(&field, Value::Message(nested));
                    found.push((place, with));
                }
            }
            Value::List(list) => {
                for (index, nested) in list.iter().enumerate() {
                    let Some(nested) = nested.as_message() else {
                        continue;
                    };
                    let mut below = Vec::new();
                    variants(
                        nested,
                        &format!("{place}{}[{index}].", field.name()),
                        &mut below,
                    );
                    for (place, nested) in below {
                        let mut list = list.clone();
                        list[index] = Value::Message(nested);
                        let mut with = message.clone();
                        with.set_field(&field, Value::List(list));
                        found.push((place, with));
                    }
                }
            }
            _ => {}
        }
    }
}

fn snapshot(file: Vec<u8>) -> Snapshot {
    Snapshot {
        label: "damaged".to_owned(),
        origin: Origin::Package,
        files: Descriptors::from([(PATH.to_owned(), file)]),
        notes: Vec::new(),
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
    let mut found = Vec::new();
    variants(&whole(), "", &mut found);
    assert!(run(&whole().encode_to_vec()).is_ok());
    let (mut refused, mut panics, mut unclear) = (0, Vec::new(), Vec::new());

    for (place, file) in &found {
        let file = file.encode_to_vec();
        match catch_unwind(AssertUnwindSafe(|| run(&file))) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                refused += 1;
                // An error cannot name a file without a name.
                let named = error.contains(PATH) || place.starts_with("name ");
                if !named || error.lines().count() != 1 {
                    unclear.push(format!("{place}: {error}"));
                }
            }
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                panics.push(format!("{place}: {}", text.unwrap_or_default()));
            }
        }
    }
    assert!(
        panics.is_empty(),
        "{} of {}: {panics:#?}",
        panics.len(),
        found.len()
    );
    assert!(unclear.is_empty(), "{unclear:#?}");
    // Fewer refusals would mean that the damage does not reach the checks.
    assert!(refused > 300, "{refused} of {} refused", found.len());
}
