//! Finds the shortest name of a type that still resolves to it in its scope.

use std::collections::HashSet;

use prost_reflect::DescriptorPool;

use crate::elements::Element;

/// Every name that could capture a reference, including packages and fields.
pub struct Names(HashSet<String>);

impl Names {
    pub fn new(pool: &DescriptorPool) -> Self {
        let mut names = HashSet::new();
        for file in pool.files() {
            let package = file.package_name();
            let dots = package.match_indices('.').map(|(dot, _)| dot);
            names.extend(
                dots.chain([package.len()])
                    .map(|end| package[..end].to_owned()),
            );
            let elements = Element::all(&file);
            names.extend(elements.iter().map(|it| it.full_name().to_owned()));
        }
        // The entries of maps too.
        names.extend(pool.all_messages().map(|it| it.full_name().to_owned()));
        Self(names)
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
}

/// Whether a parser would take `name` at the beginning of a declaration for a keyword.
fn reads_as_keyword(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or(name);
    KEYWORDS.split(' ').any(|keyword| keyword == first)
}

const KEYWORDS: &str = "bool bytes double enum extend extensions fixed32 fixed64 float group int32 int64 \
                        map message oneof option optional repeated required reserved sfixed32 \
                        sfixed64 sint32 sint64 stream string uint32 uint64";
