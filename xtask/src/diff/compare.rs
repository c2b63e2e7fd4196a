//! Compares two sides file by file: messages, oneofs, extensions and services.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{
    ExtensionDescriptor, FileDescriptor, MessageDescriptor, OneofDescriptor, ServiceDescriptor,
};

use super::change::{Break, Change, Kind};
use super::fields::Field;
use super::reserved::Reserved;
use super::side::Side;
use super::walk::{NEITHER, Symbol, Walk, both};
use crate::source::is_vendored;

use Break::{Behaviour, Json, Source, Wire};

/// Every change from `old` to `new` in the files of either, in the order of the symbols.
pub fn compare(old: &Side, new: &Side) -> Vec<Change> {
    let mut walk = Walk {
        old,
        new,
        changes: Vec::new(),
    };
    walk.files();
    walk.changes
}

impl Walk<'_> {
    fn files(&mut self) {
        let (old, new) = (self.old, self.new);
        let find = |side: &Side, path: &str| {
            let file = side.pool.get_file_by_name(path);
            file.filter(|_| side.files.contains(path))
        };
        for path in old.files.union(&new.files) {
            let (before, after) = (find(old, path), find(new, path));
            let at = |side: &Side, file| Symbol::new(path, path, is_public_file(side, file));
            match (&before, &after) {
                (Some(before), Some(after)) => {
                    if before.encode_to_vec() == after.encode_to_vec() {
                        continue;
                    }
                    self.file(before, after);
                }
                (Some(before), None) => {
                    self.push(Kind::FileRemoved, at(old, before), &[Source], NEITHER);
                }
                (None, Some(after)) => {
                    self.push(Kind::FileAdded, at(new, after), &[], NEITHER);
                }
                (None, None) => continue,
            }
            // Many packages lack the third-party files, whose symbols are not part of the API.
            if is_vendored(path) && (before.is_none() || after.is_none()) {
                continue;
            }
            if let Some(before) = before {
                self.symbols(&before);
            }
            if let Some(after) = after {
                self.additions(&after);
            }
        }
    }

    fn file(&mut self, old: &FileDescriptor, new: &FileDescriptor) {
        let at = Symbol::new(
            old.name(),
            old.name(),
            is_public_file(self.old, old) || is_public_file(self.new, new),
        );
        if old.package_name() != new.package_name() {
            let values = both(old.package_name(), new.package_name());
            self.push(Kind::FilePackageChanged, at, &[Wire, Json, Source], values);
        }
        if old.syntax() != new.syntax() {
            let syntax = |file: &FileDescriptor| format!("{:?}", file.syntax()).to_lowercase();
            let values = both(syntax(old), syntax(new));
            self.push(Kind::FileSyntaxChanged, at, &[Source], values);
        }
        self.options(at, old, new);
    }

    /// Compares the symbols that a file had.
    fn symbols(&mut self, file: &FileDescriptor) {
        for message in file.messages() {
            self.message(&message);
        }
        for kind in file.enums() {
            self.enumeration(&kind);
        }
        for extension in file.extensions() {
            self.extension(&extension);
        }
        for service in file.services() {
            self.service_or_removed(&service);
        }
    }

    fn service_or_removed(&mut self, old: &ServiceDescriptor) {
        let file = old.parent_file();
        let new = self.new.pool.get_service_by_name(old.full_name());
        let Some(new) = new else {
            let at = Symbol::new(
                old.full_name(),
                file.name(),
                self.old.is_public_service(old.full_name()),
            );
            self.push(Kind::ServiceRemoved, at, &[Source, Behaviour], NEITHER);
            for rpc in old.methods() {
                self.rpc_removed(&rpc);
            }
            return;
        };
        let at = Symbol::new(
            old.full_name(),
            file.name(),
            self.old.is_public_service(old.full_name())
                || self.new.is_public_service(old.full_name()),
        );
        self.moved(Kind::ServiceMoved, at, new.parent_file().name());
        self.service(at, old, &new);
    }

    fn message(&mut self, old: &MessageDescriptor) {
        if old.is_map_entry() {
            return;
        }
        let file = old.parent_file();
        let name = old.full_name();
        let mut at = Symbol::new(name, file.name(), self.is_public(name));
        match self.new.message(name) {
            None => {
                at.public = self.old.is_public(name);
                self.push(Kind::MessageRemoved, at, &[Source], NEITHER);
            }
            Some(new) => {
                self.moved(Kind::MessageMoved, at, new.parent_file().name());
                self.same_message(at, old, &new);
            }
        }
        for child in old.child_messages() {
            self.message(&child);
        }
        for child in old.child_enums() {
            self.enumeration(&child);
        }
        for extension in old.child_extensions() {
            self.extension(&extension);
        }
    }

    fn same_message(&mut self, at: Symbol<'_>, old: &MessageDescriptor, new: &MessageDescriptor) {
        self.options(at, old, new);
        self.reserved(at, &Reserved::of_message(old), &Reserved::of_message(new));
        let ranges = |message: &MessageDescriptor| {
            let ranges = message.extension_ranges();
            ranges
                .map(|range| format!("{} to {}", range.start, range.end - 1))
                .collect()
        };
        let (before, after): (BTreeSet<String>, BTreeSet<String>) = (ranges(old), ranges(new));
        for gone in before.difference(&after) {
            let values = (Some(gone.clone()), None);
            self.push(Kind::ExtensionRangeRemoved, at, &[Source], values);
        }
        for added in after.difference(&before) {
            let values = (None, Some(added.clone()));
            self.push(Kind::ExtensionRangeAdded, at, &[], values);
        }
        self.oneofs(at, old, new);
        let old_fields: Vec<_> = old.fields().map(|field| Field::new(&field)).collect();
        let new_fields: Vec<_> = new.fields().map(|field| Field::new(&field)).collect();
        self.fields(at, (old, &old_fields), (new, &new_fields));
    }

    fn oneofs(&mut self, at: Symbol<'_>, old: &MessageDescriptor, new: &MessageDescriptor) {
        fn real(message: &MessageDescriptor) -> BTreeMap<String, OneofDescriptor> {
            let oneofs = message.oneofs().filter(|oneof| !oneof.is_synthetic());
            oneofs
                .map(|oneof| (oneof.full_name().to_owned(), oneof))
                .collect()
        }
        let (before, after) = (real(old), real(new));
        for (name, old) in &before {
            let at = Symbol { name, ..at };
            match after.get(name) {
                None => self.push(Kind::OneofRemoved, at, &[Source], NEITHER),
                Some(new) => self.options(at, old, new),
            }
        }
        for name in after.keys().filter(|name| !before.contains_key(*name)) {
            self.push(Kind::OneofAdded, Symbol { name, ..at }, &[], NEITHER);
        }
    }

    fn extension(&mut self, old: &ExtensionDescriptor) {
        let file = old.parent_file();
        let at = Symbol::new(old.full_name(), file.name(), false);
        match self.new.pool.get_extension_by_name(old.full_name()) {
            None => {
                let extended = self.new.message(old.containing_message().full_name());
                let reused =
                    extended.is_some_and(|extended| extended.get_extension(old.number()).is_some());
                // Readers take stored values for those of the other extension.
                let breaks: &[Break] = match reused {
                    true => &[Wire, Json, Source],
                    false => &[Source],
                };
                self.push(Kind::ExtensionRemoved, at, breaks, NEITHER);
            }
            Some(new) => {
                let (old, new) = (Field::extension(old), Field::extension(&new));
                self.same_field(at, &old, &new);
            }
        }
    }

    /// Reports the symbols of a file that the old side does not have.
    fn additions(&mut self, file: &FileDescriptor) {
        for message in file.messages() {
            self.added_message(&message);
        }
        for kind in file.enums() {
            self.added_enum(&kind);
        }
        for extension in file.extensions() {
            let known = self.old.pool.get_extension_by_name(extension.full_name());
            if known.is_none() {
                let at = Symbol::new(extension.full_name(), file.name(), false);
                self.push(Kind::ExtensionAdded, at, &[], NEITHER);
            }
        }
        for service in file.services() {
            if self
                .old
                .pool
                .get_service_by_name(service.full_name())
                .is_some()
            {
                continue;
            }
            let at = Symbol::new(
                service.full_name(),
                file.name(),
                self.new.is_public_service(service.full_name()),
            );
            self.push(Kind::ServiceAdded, at, &[], NEITHER);
            for rpc in service.methods() {
                self.rpc_added(&rpc);
            }
        }
    }

    fn added_message(&mut self, new: &MessageDescriptor) {
        if new.is_map_entry() {
            return;
        }
        if self.old.message(new.full_name()).is_none() {
            let file = new.parent_file();
            let at = Symbol::new(
                new.full_name(),
                file.name(),
                self.new.is_public(new.full_name()),
            );
            self.push(Kind::MessageAdded, at, &[], NEITHER);
        }
        for child in new.child_messages() {
            self.added_message(&child);
        }
        for child in new.child_enums() {
            self.added_enum(&child);
        }
    }
}

fn is_public_file(side: &Side, file: &FileDescriptor) -> bool {
    file.services()
        .any(|service| side.is_public_service(service.full_name()))
        || file
            .messages()
            .any(|message| side.is_public(message.full_name()))
        || file.enums().any(|kind| side.is_public(kind.full_name()))
}
