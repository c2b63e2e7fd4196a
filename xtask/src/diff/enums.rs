//! Compares enums: values are the same by name, or by number if only the name changed.

use prost_reflect::{EnumDescriptor, Syntax};

use super::change::{Break, Kind};
use super::reserved::Reserved;
use super::walk::{NEITHER, Symbol, Walk, both};

use Break::{Behaviour, Json, Source, Wire};

impl Walk<'_> {
    pub fn enumeration(&mut self, old: &EnumDescriptor) {
        let file = old.parent_file();
        let name = old.full_name();
        let mut at = Symbol::new(name, file.name(), self.is_public(name));
        let Some(new) = self.new.enumeration(name) else {
            at.public = self.old.is_public(name);
            self.push(Kind::EnumRemoved, at, &[Source], NEITHER);
            return;
        };
        self.moved(Kind::EnumMoved, at, new.parent_file().name());
        self.options(at, old, &new);
        let closed = |kind: &EnumDescriptor| {
            let proto2 = kind.parent_file().syntax() == Syntax::Proto2;
            if proto2 { "closed" } else { "open" }
        };
        if closed(old) != closed(&new) {
            let values = both(closed(old), closed(&new));
            self.push(Kind::EnumTypeChanged, at, &[Source, Behaviour], values);
        }
        let reserved = Reserved::of_enum(&new);
        self.values(at, old, &new, &reserved);
        self.reserved(at, &Reserved::of_enum(old), &reserved);
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
            let number = i64::from(value.number());
            let breaks = reserved.removal(value.name(), number, number_kept);
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
                // The new name of a value, which was reported above.
                Some(_) => {}
            }
        }
    }

    pub fn added_enum(&mut self, new: &EnumDescriptor) {
        if self.old.enumeration(new.full_name()).is_none() {
            let file = new.parent_file();
            let at = Symbol::new(
                new.full_name(),
                file.name(),
                self.new.is_public(new.full_name()),
            );
            self.push(Kind::EnumAdded, at, &[], NEITHER);
        }
    }
}
