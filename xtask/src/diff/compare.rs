//! Compares two sides file by file and symbol by symbol.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{
    EnumDescriptor, ExtensionDescriptor, FileDescriptor, MessageDescriptor, OneofDescriptor,
    ServiceDescriptor,
};

use super::change::{Break, Change, Kind};
use super::constraints;
use super::fields::Field;
use super::options::{Leaf, Options, is_unknown};
use super::raw::Element;
use super::side::{self, Side};
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

pub(super) struct Walk<'a> {
    pub old: &'a Side,
    pub new: &'a Side,
    changes: Vec<Change>,
}

/// What a change happened to.
#[derive(Clone, Copy)]
pub(super) struct Symbol<'a> {
    pub name: &'a str,
    pub file: &'a str,
    pub public: bool,
}

/// The values of a change, either of which may be absent.
pub(super) type Values = (Option<String>, Option<String>);

pub(super) fn both(old: impl ToString, new: impl ToString) -> Values {
    (Some(old.to_string()), Some(new.to_string()))
}

pub(super) const NEITHER: Values = (None, None);

impl Walk<'_> {
    pub fn push(&mut self, kind: Kind, at: Symbol<'_>, breaks: &[Break], (old, new): Values) {
        self.changes.push(Change {
            kind,
            symbol: at.name.to_owned(),
            file: at.file.to_owned(),
            breaks: breaks.to_vec(),
            public: at.public,
            old,
            new,
        });
    }

    fn files(&mut self) {
        let (old, new) = (self.old, self.new);
        for path in &old.files {
            let Some(before) = old.pool.get_file_by_name(path) else {
                continue;
            };
            if old.is_same_file(new, path) {
                continue;
            }
            let after = new.pool.get_file_by_name(path);
            match after.filter(|_| new.files.contains(path)) {
                Some(after) => self.file(&before, &after),
                None => {
                    let at = Symbol {
                        name: path,
                        file: path,
                        public: is_public_file(old, &before),
                    };
                    self.push(Kind::FileRemoved, at, &[Source], NEITHER);
                    // Not every package ships somebody else's files, and nobody misses what is in them.
                    if is_vendored(path) {
                        continue;
                    }
                }
            }
            self.symbols(&before);
        }
        for path in &new.files {
            if old.is_same_file(new, path) {
                continue;
            }
            let Some(after) = new.pool.get_file_by_name(path) else {
                continue;
            };
            if !old.files.contains(path) {
                let at = Symbol {
                    name: path,
                    file: path,
                    public: is_public_file(new, &after),
                };
                self.push(Kind::FileAdded, at, &[], NEITHER);
                if is_vendored(path) {
                    continue;
                }
            }
            self.additions(&after);
        }
    }

    fn file(&mut self, old: &FileDescriptor, new: &FileDescriptor) {
        let at = Symbol {
            name: old.name(),
            file: old.name(),
            public: is_public_file(self.old, old) || is_public_file(self.new, new),
        };
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

    /// What became of the symbols that a file had.
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
            let at = Symbol {
                name: old.full_name(),
                file: file.name(),
                public: self.old.is_public_service(old.full_name()),
            };
            self.push(Kind::ServiceRemoved, at, &[Source, Behaviour], NEITHER);
            for rpc in old.methods() {
                self.rpc_removed(&rpc);
            }
            return;
        };
        let at = Symbol {
            name: old.full_name(),
            file: file.name(),
            public: self.old.is_public_service(old.full_name())
                || self.new.is_public_service(old.full_name()),
        };
        self.moved(Kind::ServiceMoved, at, new.parent_file().name());
        self.service(at, old, &new);
    }

    fn moved(&mut self, kind: Kind, at: Symbol<'_>, new_file: &str) {
        if at.file != new_file {
            self.push(kind, at, &[], both(at.file, new_file));
        }
    }

    fn message(&mut self, old: &MessageDescriptor) {
        if old.is_map_entry() {
            return;
        }
        let file = old.parent_file();
        let name = old.full_name();
        let mut at = Symbol {
            name,
            file: file.name(),
            public: self.old.is_public(name) || self.new.is_public(name),
        };
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
        let ranges = |message: &MessageDescriptor| {
            let ranges = message.reserved_ranges();
            ranges
                .map(|range| (i64::from(range.start), i64::from(range.end) - 1))
                .collect()
        };
        self.reserved(
            at,
            (
                ranges(old),
                old.reserved_names().map(str::to_owned).collect(),
            ),
            (
                ranges(new),
                new.reserved_names().map(str::to_owned).collect(),
            ),
        );
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

    fn reserved(&mut self, at: Symbol<'_>, old: Reserved, new: Reserved) {
        for &(start, end) in &old.0 {
            let kept = (new.0.iter()).any(|&(first, last)| first <= start && end <= last);
            if !kept {
                let values = (Some(range(start, end)), None);
                self.push(Kind::ReservedRemoved, at, &[Wire, Json], values);
            }
        }
        for &(start, end) in new.0.difference(&old.0) {
            self.push(
                Kind::ReservedAdded,
                at,
                &[],
                (None, Some(range(start, end))),
            );
        }
        for name in old.1.difference(&new.1) {
            let values = (Some(name.clone()), None);
            self.push(Kind::ReservedRemoved, at, &[Wire, Json], values);
        }
        for name in new.1.difference(&old.1) {
            self.push(Kind::ReservedAdded, at, &[], (None, Some(name.clone())));
        }
    }

    fn enumeration(&mut self, old: &EnumDescriptor) {
        let file = old.parent_file();
        let name = old.full_name();
        let mut at = Symbol {
            name,
            file: file.name(),
            public: self.old.is_public(name) || self.new.is_public(name),
        };
        let Some(new) = self.new.enumeration(name) else {
            at.public = self.old.is_public(name);
            self.push(Kind::EnumRemoved, at, &[Source], NEITHER);
            return;
        };
        self.moved(Kind::EnumMoved, at, new.parent_file().name());
        self.options(at, old, &new);
        let closed = |kind: &EnumDescriptor| {
            let proto2 = kind.parent_file().syntax() == prost_reflect::Syntax::Proto2;
            if proto2 { "closed" } else { "open" }
        };
        if closed(old) != closed(&new) {
            let values = both(closed(old), closed(&new));
            self.push(Kind::EnumTypeChanged, at, &[Source, Behaviour], values);
        }
        let read = |kind: &EnumDescriptor| -> Reserved {
            let ranges = kind.reserved_ranges();
            (
                ranges
                    .map(|r| (i64::from(*r.start()), i64::from(*r.end())))
                    .collect(),
                kind.reserved_names().map(str::to_owned).collect(),
            )
        };
        let reserved = read(&new);
        self.values(at, old, &new, &reserved);
        self.reserved(at, read(old), reserved);
    }

    fn values(
        &mut self,
        at: Symbol<'_>,
        old: &EnumDescriptor,
        new: &EnumDescriptor,
        reserved: &Reserved,
    ) {
        let symbol = |name: &str| format!("{}.{name}", at.name);
        for value in old.values() {
            let name = symbol(value.name());
            let at = Symbol { name: &name, ..at };
            if let Some(now) = new.get_value_by_name(value.name()) {
                if now.number() != value.number() {
                    let values = both(value.number(), now.number());
                    // The old number is gone unless another value has it.
                    let breaks = [Wire, Behaviour];
                    self.push(Kind::EnumValueRenumbered, at, &breaks, values);
                }
                self.options(at, &value, &now);
                continue;
            }
            let same_number = new.values().find(|now| {
                now.number() == value.number() && old.get_value_by_name(now.name()).is_none()
            });
            if let Some(now) = same_number {
                let values = both(value.name(), now.name());
                self.push(Kind::EnumValueRenamed, at, &[Json, Source], values);
                self.options(at, &value, &now);
                continue;
            }
            // The number can live on under an alias that was there before.
            let number_kept = new.values().any(|now| now.number() == value.number());
            let breaks = removal(
                reserved,
                value.name(),
                i64::from(value.number()),
                number_kept,
            );
            let values = (Some(value.number().to_string()), None);
            self.push(Kind::EnumValueRemoved, at, &breaks, values);
        }
        for value in new.values() {
            if old.get_value_by_name(value.name()).is_some() {
                continue;
            }
            let name = symbol(value.name());
            let at = Symbol { name: &name, ..at };
            let number = value.number();
            let values = (None, Some(number.to_string()));
            let mut before = old.values().filter(|old| old.number() == number);
            match before.next() {
                None => self.push(Kind::EnumValueAdded, at, &[], values),
                Some(old) if new.get_value_by_name(old.name()).is_some() => {
                    self.push(Kind::EnumAliasAdded, at, &[], values);
                }
                // It is the new name of a value, which was told above.
                Some(_) => {}
            }
        }
    }

    fn extension(&mut self, old: &ExtensionDescriptor) {
        let file = old.parent_file();
        let at = Symbol {
            name: old.full_name(),
            file: file.name(),
            public: false,
        };
        match self.new.pool.get_extension_by_name(old.full_name()) {
            None => {
                let heir = self.new.message(old.containing_message().full_name());
                let reused = heir.is_some_and(|heir| heir.get_extension(old.number()).is_some());
                // What was stored under the number is read as something else.
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

    /// What a file has that the old side knows nothing of.
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
                let at = Symbol {
                    name: extension.full_name(),
                    file: file.name(),
                    public: false,
                };
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
            let at = Symbol {
                name: service.full_name(),
                file: file.name(),
                public: self.new.is_public_service(service.full_name()),
            };
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
            let at = Symbol {
                name: new.full_name(),
                file: file.name(),
                public: self.new.is_public(new.full_name()),
            };
            self.push(Kind::MessageAdded, at, &[], NEITHER);
        }
        for child in new.child_messages() {
            self.added_message(&child);
        }
        for child in new.child_enums() {
            self.added_enum(&child);
        }
    }

    fn added_enum(&mut self, new: &EnumDescriptor) {
        if self.old.enumeration(new.full_name()).is_none() {
            let file = new.parent_file();
            let at = Symbol {
                name: new.full_name(),
                file: file.name(),
                public: self.new.is_public(new.full_name()),
            };
            self.push(Kind::EnumAdded, at, &[], NEITHER);
        }
    }

    /// Everything that the options of one element say, except what RPCs have of their own.
    pub fn options<E: Element>(&mut self, at: Symbol<'_>, old: &E, new: &E) {
        if self.has_same_options(old, new) {
            return;
        }
        let (old, new) = (self.old.options(old), self.new.options(new));
        if old != new {
            self.read_options(at, &old, &new);
        }
    }

    /// Whether decoding the options can be spared.
    pub fn has_same_options<E: Element>(&self, old: &E, new: &E) -> bool {
        self.old.raw_options(old) == self.new.raw_options(new)
    }

    pub fn read_options(&mut self, at: Symbol<'_>, old: &Options, new: &Options) {
        for found in constraints::compare(old, new) {
            let values = (found.old, found.new);
            self.push(found.kind, at, &found.breaks, values);
        }
        let keys: BTreeSet<_> = old.0.keys().chain(new.0.keys()).collect();
        let mut doc = (Vec::new(), Vec::new());
        for key in keys {
            let (before, after) = (old.get(key), new.get(key));
            if before == after || constraints::owns(key) {
                // Only prose of rules differs when nothing was found above.
                continue;
            }
            if is_prose(key) {
                // Bytes of an option that nobody declared say nothing to a reader.
                let text = |leaf: &Leaf| match is_unknown(key) {
                    true => "other documentation".to_owned(),
                    false => leaf.to_string(),
                };
                doc.0.extend(before.map(text));
                doc.1.extend(after.map(text));
                continue;
            }
            self.option(at, key, before, after);
        }
        let prose = |options: &Options| -> Vec<(String, String)> {
            let messages = options.0.iter().filter(|(key, _)| is_rule_message(key));
            messages
                .map(|(key, leaf)| (key.clone(), leaf.to_string()))
                .collect()
        };
        for (key, message) in prose(old) {
            if new.get(&key).is_some_and(|new| new.to_string() != message) {
                doc.1.extend(new.text(&key));
                doc.0.push(message);
            }
        }
        if !doc.0.is_empty() || !doc.1.is_empty() {
            let text = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join("; "));
            self.push(Kind::DocChanged, at, &[], (text(doc.0), text(doc.1)));
        }
    }

    fn option(&mut self, at: Symbol<'_>, key: &str, old: Option<&Leaf>, new: Option<&Leaf>) {
        let text = |leaf: Option<&Leaf>| leaf.map(ToString::to_string);
        let values = (text(old), text(new));
        if key == "deprecated" {
            let now = values.1.as_deref() == Some("true");
            return match now {
                true => self.push(Kind::Deprecated, at, &[Behaviour], NEITHER),
                false => self.push(Kind::NoLongerDeprecated, at, &[], NEITHER),
            };
        }
        if key.starts_with("google.api.") && key.ends_with("_visibility.restriction") {
            let restricted = |value: &Option<String>| side::is_preview(value.as_deref());
            return match (restricted(&values.0), restricted(&values.1)) {
                (false, true) => self.push(Kind::VisibilityRestricted, at, &[Behaviour], values),
                (true, false) => self.push(Kind::VisibilityOpened, at, &[], values),
                _ => self.push(Kind::OptionChanged, at, &[], labelled(key, values)),
            };
        }
        if key == "scalekit.v1.options.agent_field.expose" {
            let exposed = values.1.as_deref() == Some("true");
            return match exposed {
                true => self.push(Kind::AgentFieldExposed, at, &[], NEITHER),
                false => self.push(Kind::AgentFieldHidden, at, &[Behaviour], NEITHER),
            };
        }
        if key == "allow_alias" {
            return self.push(Kind::EnumAliasAllowed, at, &[], values);
        }
        // The name of a file's options is the only thing that tells them from others here.
        if at.name == at.file {
            return self.push(Kind::FileOptionChanged, at, &[], labelled(key, values));
        }
        self.push(Kind::OptionChanged, at, &[], labelled(key, values));
    }
}

/// Numbers, both ends included, and names.
type Reserved = (BTreeSet<(i64, i64)>, BTreeSet<String>);

/// What it breaks that a field or value is gone, given what its number and name are reserved for.
pub(super) fn removal(
    reserved: &Reserved,
    name: &str,
    number: i64,
    number_kept: bool,
) -> Vec<Break> {
    let number_reserved = reserved
        .0
        .iter()
        .any(|&(first, last)| first <= number && number <= last);
    let mut breaks = Vec::new();
    if !number_reserved && !number_kept {
        breaks.push(Wire);
    }
    if !reserved.1.contains(name) {
        breaks.push(Json);
    }
    breaks.push(Source);
    breaks
}

fn labelled(key: &str, (old, new): Values) -> Values {
    let label = |value: Option<String>| value.map(|value| format!("{key} = {value}"));
    (label(old), label(new))
}

fn range(start: i64, end: i64) -> String {
    if start == end {
        start.to_string()
    } else {
        format!("{start} to {end}")
    }
}

/// Options that only documentation is made of.
fn is_prose(key: &str) -> bool {
    key.starts_with("grpc.gateway.")
        || key.starts_with("buf.validate.predefined")
        || matches!(
            key,
            "scalekit.v1.options.agent_tool.description" | "scalekit.v1.options.agent_tool.summary"
        )
}

/// What a validator says when a rule refuses a value.
fn is_rule_message(key: &str) -> bool {
    constraints::owns(key) && key.contains("cel[") && key.ends_with("].message")
}

fn is_public_file(side: &Side, file: &FileDescriptor) -> bool {
    file.services()
        .any(|service| side.is_public_service(service.full_name()))
        || file
            .messages()
            .any(|message| side.is_public(message.full_name()))
        || file.enums().any(|kind| side.is_public(kind.full_name()))
}
