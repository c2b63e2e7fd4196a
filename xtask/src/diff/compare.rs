//! Compares two sides: their files, and their elements by symbol.

use std::collections::BTreeSet;
use std::mem::discriminant;

use prost_reflect::{
    EnumDescriptor, EnumValueDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor, Syntax,
};

use super::change::{Break, Change};
use super::fields::Field;
use super::options::Options;
use super::reserved::Reserved;
use super::side::{self, Side};
use super::walk::{NEITHER, Place, Walk, both};
use super::{constraints, rpcs};
use crate::elements::Element;
use crate::source::is_vendored;

use Break::{Behaviour, Json, Source, Wire};

/// Every change from `old` to `new` in the files of either.
pub fn compare(old: &Side, new: &Side) -> Vec<Change> {
    let mut walk = Walk {
        old,
        new,
        changes: Vec::new(),
    };
    let paths = old.files.union(&new.files);
    let changed: BTreeSet<&str> = paths
        .filter(|path| walk.file(path))
        .map(String::as_str)
        .collect();
    let is_compared = |side: &Side, path: &str| changed.contains(path) && side.files.contains(path);
    for (symbol, before) in &old.elements {
        if !is_compared(old, before.file().name()) {
            continue;
        }
        match new.elements.get(symbol).filter(|now| alike(before, now)) {
            Some(now) => {
                let at = walk.shared_place(before, now);
                walk.same(&at, before, now);
            }
            None => walk.gone(before),
        }
    }
    for (symbol, now) in &new.elements {
        let before = old.elements.get(symbol).filter(|before| alike(before, now));
        if before.is_none() && is_compared(new, now.file().name()) {
            walk.added(now);
        }
    }
    walk.changes
}

fn alike(left: &Element, right: &Element) -> bool {
    discriminant(left) == discriminant(right)
}

impl Walk<'_> {
    /// Compares what is not inside an element; whether the elements of the file need to be compared.
    fn file(&mut self, path: &str) -> bool {
        let (old, new) = (self.old.file(path), self.new.file(path));
        let is_public = |side: &Side, file: &FileDescriptor| {
            let mut elements = Element::all(file).into_iter();
            elements.any(|element| side::is_public(&element, |symbol| side.reaches(symbol)))
        };
        let at = Place {
            symbol: path.to_owned(),
            file: path.to_owned(),
            public: old.as_ref().is_some_and(|it| is_public(self.old, it))
                || new.as_ref().is_some_and(|it| is_public(self.new, it)),
        };
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (old, new),
            (None, None) => return false,
            (old, _) => {
                match old {
                    Some(_) => self.push("file_removed", &at, &[Source], NEITHER),
                    None => self.push("file_added", &at, &[], NEITHER),
                }
                // Many packages lack the third-party files, whose symbols are not part of the API.
                return !is_vendored(path);
            }
        };
        if old.encode_to_vec() == new.encode_to_vec() {
            return false;
        }
        let packages = both(old.package_name(), new.package_name());
        self.property("file_package_changed", &at, &[Wire, Json, Source], packages);
        let syntax = |file: &FileDescriptor| format!("{:?}", file.syntax()).to_lowercase();
        let values = both(syntax(&old), syntax(&new));
        self.property("file_syntax_changed", &at, &[Source], values);
        self.options(
            &at,
            &Options::of(&old.options()),
            &Options::of(&new.options()),
        );
        true
    }

    /// Compares everything but the name of an element.
    fn same(&mut self, at: &Place, old: &Element, new: &Element) {
        let files = both(old.file().name(), new.file().name());
        match (old, new) {
            (Element::Message(old), Element::Message(new)) => {
                self.property("message_moved", at, &[], files);
                self.reserved(at, &Reserved::of_message(old), &Reserved::of_message(new));
                self.extension_ranges(at, old, new);
            }
            (Element::Field(old), Element::Field(new)) => {
                self.field(at, &Field::of(old), &Field::of(new));
            }
            (Element::Extension(old), Element::Extension(new)) => {
                let (old, new) = (Field::of_extension(old), Field::of_extension(new));
                self.field(at, &old, &new);
            }
            (Element::Enum(old), Element::Enum(new)) => {
                self.property("enum_moved", at, &[], files);
                let closed = |item: &EnumDescriptor| {
                    let proto2 = item.parent_file().syntax() == Syntax::Proto2;
                    if proto2 { "closed" } else { "open" }
                };
                let values = both(closed(old), closed(new));
                self.property("enum_type_changed", at, &[Source, Behaviour], values);
                self.reserved(at, &Reserved::of_enum(old), &Reserved::of_enum(new));
            }
            (Element::Value(old), Element::Value(new)) => {
                let values = both(old.number(), new.number());
                // The old number is gone unless another value has it.
                self.property("enum_value_renumbered", at, &[Wire, Behaviour], values);
            }
            (Element::Service(_), Element::Service(_)) => {
                self.property("service_moved", at, &[], files);
            }
            (Element::Rpc(old), Element::Rpc(new)) => return self.rpc(at, old, new),
            _ => {}
        }
        let (old, new) = (Options::of(&old.options()), Options::of(&new.options()));
        self.options(at, &old, &new);
    }

    /// Reports an element that the new side does not have under its name. What is inside a message or an
    /// enum that is gone is not reported.
    fn gone(&mut self, old: &Element) {
        let at = self.place(old);
        let kind = format!("{}_removed", old.noun());
        match old {
            Element::Message(_) | Element::Enum(_) => self.push(&kind, &at, &[Source], NEITHER),
            Element::Service(_) | Element::Rpc(_) => {
                self.push(&kind, &at, &[Source, Behaviour], NEITHER);
            }
            Element::Oneof(it) => {
                if self.new.message(it.parent_message().full_name()).is_some() {
                    self.push(&kind, &at, &[Source], NEITHER);
                }
            }
            Element::Field(field) => {
                if let Some(message) = self.new.message(field.parent_message().full_name()) {
                    self.field_gone(&at, field, &message);
                }
            }
            Element::Value(value) => {
                let item = value.parent_enum().full_name();
                if let Some(item) = self.new.pool.get_enum_by_name(item) {
                    self.value_gone(&at, value, &item);
                }
            }
            Element::Extension(it) => {
                let extended = self.new.message(it.containing_message().full_name());
                let reused = extended.and_then(|message| message.get_extension(it.number()));
                // Readers take stored values for those of the other extension.
                let breaks: &[Break] = match reused {
                    Some(_) => &[Wire, Json, Source],
                    None => &[Source],
                };
                self.push(&kind, &at, breaks, NEITHER);
            }
        }
    }

    /// Reports an element that the old side does not have under its name.
    fn added(&mut self, new: &Element) {
        let at = self.new_place(new);
        let kind = format!("{}_added", new.noun());
        match new {
            Element::Oneof(it) if self.old.message(it.parent_message().full_name()).is_none() => {}
            Element::Field(field) => {
                if let Some(message) = self.old.message(field.parent_message().full_name()) {
                    self.field_added(&at, field, &message);
                }
            }
            Element::Value(value) => {
                let item = value.parent_enum().full_name();
                if let Some(item) = self.old.pool.get_enum_by_name(item) {
                    self.value_added(&at, value, &item);
                }
            }
            Element::Rpc(rpc) => self.push(&kind, &at, &[], (None, rpcs::first_route(rpc))),
            _ => self.push(&kind, &at, &[], NEITHER),
        }
    }

    /// A field whose name `message` no longer has: renamed if its number has a new name.
    fn field_gone(&mut self, at: &Place, old: &FieldDescriptor, message: &MessageDescriptor) {
        let now = message.get_field(old.number());
        let renamed = now
            .clone()
            .filter(|now| old.parent_message().get_field_by_name(now.name()).is_none());
        if let Some(now) = renamed {
            self.push(
                "field_renamed",
                at,
                &[Json, Source],
                both(old.name(), now.name()),
            );
            return self.same(at, &Element::Field(old.clone()), &Element::Field(now));
        }
        let number = i64::from(old.number());
        let mut breaks = Reserved::of_message(message).removal(old.name(), number, false);
        // A number that means something else now cannot be reserved.
        if now.is_some() && !breaks.contains(&Wire) {
            breaks.insert(0, Wire);
        }
        let values = (Some(number.to_string()), None);
        self.push("field_removed", at, &breaks, values);
    }

    fn field_added(&mut self, at: &Place, new: &FieldDescriptor, before: &MessageDescriptor) {
        let message = new.parent_message();
        let old = before.get_field(new.number());
        if old.is_some_and(|old| message.get_field_by_name(old.name()).is_none()) {
            // The new name of a field, or of its number.
            return;
        }
        let values = (None, Some(Field::of(new).to_string()));
        match constraints::is_required(&Options::of(&new.options())) {
            true => self.push("required_field_added", at, &[Behaviour], values),
            false => self.push("field_added", at, &[], values),
        }
    }

    /// A value whose name `item` no longer has: renamed if its number has a new name.
    fn value_gone(&mut self, at: &Place, old: &EnumValueDescriptor, item: &EnumDescriptor) {
        let same_number: Vec<_> = item
            .values()
            .filter(|now| now.number() == old.number())
            .collect();
        // The number can live on under an alias that was there before.
        let number_kept = !same_number.is_empty();
        let is_new = |now: &EnumValueDescriptor| {
            let known = old.parent_enum().get_value_by_name(now.name());
            known.is_none()
        };
        if let Some(now) = same_number.into_iter().find(is_new) {
            let values = both(old.name(), now.name());
            self.push("enum_value_renamed", at, &[Json, Source], values);
            return self.same(at, &Element::Value(old.clone()), &Element::Value(now));
        }
        let number = i64::from(old.number());
        let breaks = Reserved::of_enum(item).removal(old.name(), number, number_kept);
        let values = (Some(number.to_string()), None);
        self.push("enum_value_removed", at, &breaks, values);
    }

    fn value_added(&mut self, at: &Place, new: &EnumValueDescriptor, before: &EnumDescriptor) {
        let values = (None, Some(new.number().to_string()));
        let item = new.parent_enum();
        let old = before.values().find(|old| old.number() == new.number());
        match old {
            None => self.push("enum_value_added", at, &[], values),
            Some(old) if item.get_value_by_name(old.name()).is_some() => {
                self.push("enum_alias_added", at, &[], values);
            }
            // The new name of a value, which was reported with the old one.
            Some(_) => {}
        }
    }

    fn extension_ranges(&mut self, at: &Place, old: &MessageDescriptor, new: &MessageDescriptor) {
        let ranges = |message: &MessageDescriptor| -> BTreeSet<String> {
            let ranges = message.extension_ranges();
            ranges
                .map(|range| format!("{} to {}", range.start, range.end - 1))
                .collect()
        };
        let (old, new) = (ranges(old), ranges(new));
        for gone in old.difference(&new) {
            let values = (Some(gone.clone()), None);
            self.push("extension_range_removed", at, &[Source], values);
        }
        for added in new.difference(&old) {
            let values = (None, Some(added.clone()));
            self.push("extension_range_added", at, &[], values);
        }
    }
}

impl Side {
    fn message(&self, name: &str) -> Option<MessageDescriptor> {
        self.pool.get_message_by_name(name)
    }
}
