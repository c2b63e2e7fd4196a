//! Finds the shortest name of a type that still resolves to it in its scope.

use std::collections::HashSet;

use prost_reflect::{DescriptorPool, EnumDescriptor, ExtensionDescriptor, MessageDescriptor};

/// Every name that could capture a reference, including packages and fields.
pub struct Names(HashSet<String>);

impl Names {
    pub fn new(pool: &DescriptorPool) -> Self {
        let mut names = Self(HashSet::new());
        for file in pool.files() {
            names.with_parents(file.package_name());
            for extension in file.extensions() {
                names.add(extension.full_name());
            }
        }
        for message in pool.all_messages() {
            names.message(&message);
        }
        for item in pool.all_enums() {
            names.enumeration(&item);
        }
        for service in pool.services() {
            names.add(service.full_name());
            for method in service.methods() {
                names.add(method.full_name());
            }
        }
        names
    }

    /// The shortest name that resolves to `target` of `package` inside `scope`.
    pub fn reference(
        &self,
        scope: &str,
        scope_package: &str,
        target: &str,
        package: &str,
    ) -> String {
        // Types of the same package are written without it.
        let mut candidates = Vec::new();
        if package == scope_package {
            let local = target
                .strip_prefix(package)
                .unwrap_or(target)
                .trim_start_matches('.');
            let starts = local.match_indices('.').map(|(dot, _)| dot + 1);
            candidates.extend(
                std::iter::once(0)
                    .chain(starts)
                    .map(|start| &local[start..]),
            );
            candidates.reverse();
        }
        candidates.push(target);
        let found = candidates.into_iter().find(|name| {
            !reads_as_keyword(name) && self.resolve(scope, name).as_deref() == Some(target)
        });
        found.map_or_else(|| format!(".{target}"), str::to_owned)
    }

    /// Resolves by protobuf's rule: the innermost scope that has the first component decides.
    fn resolve(&self, scope: &str, name: &str) -> Option<String> {
        let first = name.split('.').next().unwrap_or(name);
        let mut scope = Some(scope);
        while let Some(prefix) = scope {
            let join = |name: &str| {
                if prefix.is_empty() {
                    name.to_owned()
                } else {
                    format!("{prefix}.{name}")
                }
            };
            if self.0.contains(&join(first)) {
                return Some(join(name));
            }
            scope = match prefix.rsplit_once('.') {
                Some((parent, _)) => Some(parent),
                None => (!prefix.is_empty()).then_some(""),
            };
        }
        None
    }

    fn add(&mut self, name: &str) {
        self.0.insert(name.to_owned());
    }

    fn with_parents(&mut self, package: &str) {
        self.add(package);
        for (dot, _) in package.match_indices('.') {
            self.add(&package[..dot]);
        }
    }

    fn message(&mut self, message: &MessageDescriptor) {
        self.add(message.full_name());
        for field in message.fields() {
            self.add(field.full_name());
        }
        for oneof in message.oneofs() {
            self.add(oneof.full_name());
        }
        message
            .child_extensions()
            .for_each(|extension: ExtensionDescriptor| self.add(extension.full_name()));
    }

    fn enumeration(&mut self, item: &EnumDescriptor) {
        self.add(item.full_name());
        let scope = item
            .full_name()
            .rsplit_once('.')
            .map_or("", |(scope, _)| scope);
        for value in item.values() {
            // An enum's values are its siblings.
            let name = if scope.is_empty() {
                value.name().to_owned()
            } else {
                format!("{scope}.{}", value.name())
            };
            self.0.insert(name);
        }
    }
}

/// Whether a parser would take `name` at the beginning of a declaration for a keyword.
fn reads_as_keyword(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or(name);
    KEYWORDS.contains(&first)
}

const KEYWORDS: &[&str] = &[
    "bool",
    "bytes",
    "double",
    "enum",
    "extend",
    "extensions",
    "fixed32",
    "fixed64",
    "float",
    "group",
    "int32",
    "int64",
    "map",
    "message",
    "oneof",
    "option",
    "optional",
    "repeated",
    "required",
    "reserved",
    "sfixed32",
    "sfixed64",
    "sint32",
    "sint64",
    "stream",
    "string",
    "uint32",
    "uint64",
];
