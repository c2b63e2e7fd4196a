//! Generates the module tree of the bindings, with a cargo feature for each package outside AgentKit,
//! and a client constructor for each service.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use heck::{ToSnakeCase, ToUpperCamelCase};
use protox::prost_reflect::prost_types::DescriptorProto;
use protox::prost_reflect::{DescriptorPool, ServiceDescriptor};

use super::agentkit::AgentKit;

const ROOT: &str = "scalekit.v1.";

/// Scalekit's packages: their dependencies on each other, and their services.
pub struct Packages {
    needs: BTreeMap<String, BTreeSet<String>>,
    services: Vec<ServiceDescriptor>,
    always: BTreeSet<String>,
}

impl Packages {
    pub fn new(pool: &DescriptorPool, agentkit: &AgentKit) -> Self {
        let names: BTreeSet<String> = pool
            .files()
            .map(|file| file.package_name().to_owned())
            .filter(|package| package.starts_with(ROOT))
            .collect();
        let owner = |type_name: &str| {
            let is_in = |package: &&String| {
                type_name
                    .strip_prefix('.')
                    .and_then(|name| name.strip_prefix(package.as_str()))
                    .is_some_and(|rest| rest.starts_with('.'))
            };
            names
                .iter()
                .filter(is_in)
                .max_by_key(|package| package.len())
                .cloned()
        };
        let mut needs: BTreeMap<String, BTreeSet<String>> = names
            .iter()
            .map(|name| (name.clone(), BTreeSet::new()))
            .collect();
        for file in pool.files() {
            let Some(needed) = needs.get_mut(file.package_name()) else {
                continue;
            };
            let file_proto = file.file_descriptor_proto();
            let mut types = Vec::new();
            for message in &file_proto.message_type {
                field_types(message, &mut types);
            }
            for method in file_proto
                .service
                .iter()
                .flat_map(|service| &service.method)
            {
                types.extend([method.input_type(), method.output_type()]);
            }
            needed.extend(types.into_iter().filter_map(owner));
            needed.remove(file.package_name());
        }
        let mut always = BTreeSet::new();
        let mut pending: Vec<String> = agentkit.packages().map(str::to_owned).collect();
        while let Some(package) = pending.pop() {
            pending.extend(needs.get(&package).into_iter().flatten().cloned());
            always.insert(package);
        }
        let mut services: Vec<_> = pool
            .services()
            .filter(|service| needs.contains_key(service.package_name()))
            .collect();
        services.sort_by(|a, b| a.full_name().cmp(b.full_name()));
        Self {
            needs,
            services,
            always,
        }
    }

    /// The cargo feature of a package: `raw-` and its name below `scalekit.v1`; `None` for packages
    /// without one.
    fn feature(&self, package: &str) -> Option<String> {
        let name = package.strip_prefix(ROOT).unwrap_or(package);
        (!self.always.contains(package)).then(|| format!("raw-{}", name.replace(['.', '_'], "-")))
    }

    /// The entries of the crate's `[features]`: each feature and the features that it enables.
    // Only xtask calls it.
    #[allow(dead_code)]
    pub fn features(&self) -> BTreeMap<String, Vec<String>> {
        self.needs
            .iter()
            .filter_map(|(package, needs)| {
                let needed = needs.iter().filter_map(|need| self.feature(need));
                let needed = std::iter::once("unstable-raw".to_owned())
                    .chain(needed)
                    .collect();
                Some((self.feature(package)?, needed))
            })
            .collect()
    }

    /// `grpc/mod.rs`: one module per package.
    pub fn modules(&self) -> String {
        let mut code =
            String::from("// This file is @generated from the packages of spec/proto.\n");
        let names: Vec<&str> = self.needs.keys().map(String::as_str).collect();
        // Packages can be nested: `auth` and `auth.totp`.
        let tops: BTreeSet<&str> = names
            .iter()
            .filter_map(|name| name.strip_prefix(ROOT)?.split('.').next())
            .collect();
        code.push_str("pub mod scalekit {\n    pub mod v1 {\n");
        for top in tops {
            let package = format!("{ROOT}{top}");
            let inner: Vec<_> = names
                .iter()
                .filter(|name| name.starts_with(&format!("{package}.")))
                .collect();
            if inner.is_empty() {
                self.module(&mut code, &package, top, 2);
                continue;
            }
            let features = inner
                .iter()
                .copied()
                .chain([&package.as_str()])
                .filter_map(|name| self.feature(name))
                .map(|feature| format!("feature = {feature:?}"))
                .collect::<Vec<_>>()
                .join(", ");
            // Writing to a string cannot fail.
            let _ = writeln!(
                code,
                "        #[cfg(any({features}))]\n        pub mod {top} {{"
            );
            self.include(&mut code, &package, 3);
            for name in inner {
                let module = name.rsplit('.').next().unwrap_or(name);
                self.module(&mut code, name, module, 3);
            }
            code.push_str("        }\n");
        }
        code.push_str("    }\n}\n");
        code
    }

    fn module(&self, code: &mut String, package: &str, name: &str, depth: usize) {
        let indent = "    ".repeat(depth);
        if let Some(feature) = self.feature(package) {
            let _ = writeln!(code, "{indent}#[cfg(feature = {feature:?})]");
        }
        let _ = writeln!(
            code,
            "{indent}pub mod {name} {{\n{indent}    include!(\"{package}.rs\");\n{indent}}}"
        );
    }

    fn include(&self, code: &mut String, package: &str, depth: usize) {
        let indent = "    ".repeat(depth);
        if let Some(feature) = self.feature(package) {
            let _ = writeln!(code, "{indent}#[cfg(feature = {feature:?})]");
        }
        let _ = writeln!(code, "{indent}include!(\"{package}.rs\");");
    }

    /// `services.rs`: one method of `Raw` per service.
    pub fn clients(&self) -> String {
        let mut code = String::from(
            "// This file is @generated from the services of spec/proto.\nimpl Raw {\n",
        );
        for service in &self.services {
            let package = service.package_name();
            let method = service.name().to_snake_case();
            let module = package
                .strip_prefix(ROOT)
                .unwrap_or(package)
                .replace('.', "::");
            let client = format!(
                "{module}::{method}_client::{}Client",
                service.name().to_upper_camel_case()
            );
            let _ = writeln!(code, "    /// A client of `{}`.", service.full_name());
            if let Some(feature) = self.feature(package) {
                let _ = writeln!(code, "    #[cfg(feature = {feature:?})]");
            }
            let _ = writeln!(
                code,
                "    pub fn {method}(&self) -> {client}<Channel> {{\n        \
                 {client}::with_origin(self.channel(), self.origin())\n            \
                 .max_decoding_message_size(usize::MAX)\n    }}"
            );
        }
        code.push_str("}\n");
        code
    }
}

fn field_types<'a>(message: &'a DescriptorProto, types: &mut Vec<&'a str>) {
    types.extend(message.field.iter().map(|field| field.type_name()));
    for nested in &message.nested_type {
        field_types(nested, types);
    }
}
