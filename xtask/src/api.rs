//! `cargo xtask api`: the public API of the crate as `public-api.txt`, one line per item.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use rustdoc_types::{
    Attribute, Id, Impl, Item, ItemEnum, StructKind, Type, VariantKind, Visibility,
};

use crate::rustdoc::{Docs, signature::with};

/// The listing, below the root of the repository.
const FILE: &str = "public-api.txt";

const PACKAGE: &str = "scalekit";

/// Features that change how the crate is built and no public item. Compiling them takes long.
const BUILD_ONLY: &[&str] = &["aws-lc-rs", "fips"];

/// Traits that a derive implements for the compiler alone.
const INTERNAL_TRAITS: &[&str] = &["core::marker::StructuralPartialEq"];

/// Writes the listing, or compares it with the committed one if `check` is set. The exit status is 1
/// if they differ.
pub fn run(root: &Path, check: bool) -> Result<ExitCode> {
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).context("Cargo.toml")?;
    let docs = Docs::build(root, PACKAGE, &hand_written_features(&manifest)?)?;
    let lines = lines(&docs);
    let path = root.join(FILE);
    if check {
        let committed = std::fs::read_to_string(&path).context(FILE)?;
        let changes = changes(&committed, &lines);
        if !changes.is_empty() {
            eprint!("{changes}");
            eprintln!("the public API is not what {FILE} lists: run `cargo xtask api`");
            return Ok(ExitCode::from(1));
        }
    } else {
        let text = lines.join("\n") + "\n";
        std::fs::write(&path, text).context(FILE)?;
    }
    println!("{} public items", lines.len());
    Ok(ExitCode::SUCCESS)
}

/// The features of the manifest whose API is written by hand: those that do not enable the generated
/// bindings, and are not internal.
pub fn hand_written_features(manifest: &str) -> Result<Vec<String>> {
    let manifest: toml::Table = manifest.parse().context("Cargo.toml")?;
    let features = manifest.get("features").and_then(|it| it.as_table());
    let features = features.context("Cargo.toml: no [features]")?;
    let enabled = |name: &str| -> Vec<&str> {
        let list = features.get(name).and_then(|it| it.as_array());
        let names = list.into_iter().flatten();
        names.filter_map(|name| name.as_str()).collect()
    };
    let generated = |name: &str| {
        let (mut pending, mut seen) = (vec![name], BTreeSet::new());
        while let Some(name) = pending.pop() {
            if name == "unstable-raw" {
                return true;
            }
            if seen.insert(name) {
                pending.extend(enabled(name));
            }
        }
        false
    };
    let internal = |name: &str| name.starts_with('_') || name == "default";
    let names = features
        .keys()
        .filter(|name| !internal(name) && !generated(name) && !BUILD_ONLY.contains(&name.as_str()));
    Ok(names.cloned().collect())
}

/// The lines of the listing, in the order of the paths of the items.
pub fn lines(docs: &Docs) -> Vec<String> {
    let mut listing = Listing {
        docs,
        lines: BTreeSet::new(),
    };
    for (path, item) in docs.items().filter(|(path, _)| !is_raw(path)) {
        listing.item(path, item);
    }
    for block in docs.impls() {
        listing.block(block);
    }
    listing.lines.into_iter().map(|(_, _, line)| line).collect()
}

/// The generated bindings are exempt from semver.
fn is_raw(path: &str) -> bool {
    let module = path.split("::").nth(1);
    module.is_some_and(|name| name == "raw" || name.starts_with("raw_"))
}

/// Removed and added lines, with the sign of a diff.
pub fn changes(committed: &str, lines: &[String]) -> String {
    let old: BTreeSet<&str> = committed.lines().collect();
    let new: BTreeSet<&str> = lines.iter().map(String::as_str).collect();
    let removed = old.difference(&new).map(|line| format!("-{line}\n"));
    let added = new.difference(&old).map(|line| format!("+{line}\n"));
    removed.chain(added).collect()
}

struct Listing<'a> {
    docs: &'a Docs,
    /// The path that decides the order, the rank among lines with the same path, and the line.
    lines: BTreeSet<(Vec<String>, u8, String)>,
}

impl Listing<'_> {
    fn push(&mut self, path: &str, rank: u8, line: String) {
        let path = path.split("::").map(str::to_owned).collect();
        self.lines.insert((path, rank, line));
    }

    fn declare(&mut self, path: &str, item: &Item, declaration: String) {
        let mut marks = String::new();
        if item.attrs.contains(&Attribute::NonExhaustive) {
            marks += "#[non_exhaustive] ";
        }
        if item.deprecation.is_some() {
            marks += "#[deprecated] ";
        }
        self.push(path, 0, format!("{marks}pub {declaration}"));
    }

    fn item(&mut self, path: &str, item: &Item) {
        let docs = self.docs;
        let declaration = match &item.inner {
            ItemEnum::Module(_) => format!("mod {path}"),
            ItemEnum::Use(import) => format!("use {path} = {}", import.source),
            ItemEnum::Struct(it) => {
                match &it.kind {
                    StructKind::Unit => {}
                    StructKind::Plain { fields, .. } => self.fields(path, fields.iter()),
                    StructKind::Tuple(fields) => self.fields(path, fields.iter().flatten()),
                }
                let (params, clause) = docs.generics(&it.generics);
                format!("struct {path}{params}{clause}")
            }
            ItemEnum::Enum(it) => {
                for variant in it.variants.iter().filter_map(|id| docs.item(id)) {
                    self.variant(path, variant);
                }
                let (params, clause) = docs.generics(&it.generics);
                format!("enum {path}{params}{clause}")
            }
            ItemEnum::Trait(it) => {
                self.associated(path, path, &it.items);
                let (params, clause) = docs.generics(&it.generics);
                let bounds = with(": ", docs.bounds(&it.bounds));
                format!("trait {path}{params}{bounds}{clause}")
            }
            ItemEnum::TypeAlias(it) => {
                let (params, clause) = docs.generics(&it.generics);
                format!("type {path}{params} = {}{clause}", docs.type_(&it.type_))
            }
            ItemEnum::Function(it) => docs.function(path, it),
            ItemEnum::Constant { type_, .. } => format!("const {path}: {}", docs.type_(type_)),
            ItemEnum::Static(it) => format!("static {path}: {}", docs.type_(&it.type_)),
            ItemEnum::Macro(_) | ItemEnum::ProcMacro(_) => format!("macro {path}!"),
            _ => return,
        };
        self.declare(path, item, declaration);
    }

    fn fields<'b>(&mut self, path: &str, fields: impl Iterator<Item = &'b Id>) {
        for field in fields.filter_map(|id| self.docs.item(id)) {
            if let (ItemEnum::StructField(kind), Some(name)) = (&field.inner, &field.name) {
                let path = format!("{path}::{name}");
                let declaration = format!("{path}: {}", self.docs.type_(kind));
                self.declare(&path, field, declaration);
            }
        }
    }

    fn variant(&mut self, path: &str, item: &Item) {
        let (ItemEnum::Variant(variant), Some(name)) = (&item.inner, &item.name) else {
            return;
        };
        let field = |id: Option<&Id>| {
            let item = id.and_then(|id| self.docs.item(id));
            match item.map(|item| (&item.inner, item.name.as_deref())) {
                Some((ItemEnum::StructField(kind), name)) => (name, self.docs.type_(kind)),
                _ => (None, "_".to_owned()),
            }
        };
        let content = match &variant.kind {
            VariantKind::Plain => String::new(),
            VariantKind::Tuple(fields) => {
                let fields = fields.iter().map(|id| field(id.as_ref()).1);
                format!("({})", fields.collect::<Vec<_>>().join(", "))
            }
            VariantKind::Struct {
                fields,
                has_stripped_fields,
            } => {
                let fields = fields.iter().map(|id| match field(Some(id)) {
                    (Some(name), kind) => format!("{name}: {kind}"),
                    (None, kind) => kind,
                });
                let more = has_stripped_fields.then(|| "..".to_owned());
                let fields: Vec<_> = fields.chain(more).collect();
                format!(" {{ {} }}", fields.join(", "))
            }
        };
        let path = format!("{path}::{name}");
        self.declare(&path, item, format!("{path}{content}"));
    }

    /// The items of a trait or of an inherent impl block. `owner` has the generic arguments of the type,
    /// and `place`, which decides the order, has not.
    fn associated(&mut self, place: &str, owner: &str, items: &[Id]) {
        for item in items.iter().filter_map(|id| self.docs.item(id)) {
            let Some(name) = &item.name else { continue };
            let (place, path) = (format!("{place}::{name}"), format!("{owner}::{name}"));
            let declaration = match &item.inner {
                ItemEnum::Function(it) => self.docs.function(&path, it),
                ItemEnum::AssocConst { type_, .. } => {
                    format!("const {path}: {}", self.docs.type_(type_))
                }
                ItemEnum::AssocType {
                    generics,
                    bounds,
                    type_,
                } => {
                    let (params, clause) = self.docs.generics(generics);
                    let bounds = with(": ", self.docs.bounds(bounds));
                    let default = type_.as_ref().map(|kind| self.docs.type_(kind));
                    let default = with(" = ", default.unwrap_or_default());
                    format!("type {path}{params}{bounds}{default}{clause}")
                }
                _ => continue,
            };
            self.declare(&place, item, declaration);
        }
    }

    fn block(&mut self, block: &Impl) {
        let docs = self.docs;
        let owner = docs.type_(&block.for_);
        let named = |kind: &Type| match kind {
            Type::ResolvedPath(path) => docs.is_nameable(&path.id),
            _ => true,
        };
        if !named(&block.for_) || is_raw(&owner) {
            return;
        }
        let (params, clause) = docs.generics(&block.generics);
        // Sorted by the type without its arguments.
        let place = owner.split('<').next().unwrap_or_default().to_owned();
        let Some(trait_) = &block.trait_ else {
            let items = block.items.iter().filter(|id| {
                let item = docs.item(id);
                item.is_some_and(|item| item.visibility == Visibility::Public)
            });
            let items: Vec<_> = items.copied().collect();
            if !items.is_empty() && (params.contains(": ") || !clause.is_empty()) {
                self.push(&place, 1, format!("impl{params} {owner}{clause}"));
            }
            return self.associated(&place, &owner, &items);
        };
        let name = docs.path(trait_);
        let bare = name.split('<').next().unwrap_or_default();
        if !docs.is_nameable(&trait_.id) || is_raw(&name) || INTERNAL_TRAITS.contains(&bare) {
            return;
        }
        let negative = if block.is_negative { "!" } else { "" };
        let line = format!("impl{params} {negative}{name} for {owner}{clause}");
        self.push(&place, 1, line);
        for item in block.items.iter().filter_map(|id| docs.item(id)) {
            if let (
                ItemEnum::AssocType {
                    type_: Some(kind), ..
                },
                Some(item),
            ) = (&item.inner, &item.name)
            {
                let line = format!("type <{owner} as {name}>::{item} = {}", docs.type_(kind));
                self.push(&place, 2, line);
            }
        }
    }
}
