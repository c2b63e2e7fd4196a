//! Reads rustdoc's JSON output: the public items of a crate, their paths and their signatures.

pub mod signature;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use rustdoc_types::{Crate, FORMAT_VERSION, Id, Impl, Item, ItemEnum};
use serde::Deserialize;

use crate::official::succeed;
use crate::target;

/// Tells `main` that cargo started this program as rustdoc; the value is the rustdoc to run.
pub const WRAPPED: &str = "XTASK_RUSTDOC";

/// The options of rustdoc that select JSON.
pub const JSON: &[&str] = &["-Z", "unstable-options", "--output-format", "json"];

/// The documentation of a crate.
pub struct Docs {
    krate: Crate,
    /// The items of all public modules, by path. A re-exported item has several paths.
    items: Vec<(String, Id)>,
    /// The shortest public path of each item.
    names: HashMap<Id, String>,
}

impl Docs {
    /// Documents the library of `package` in the workspace at `root`, with these features in addition
    /// to the default ones.
    pub fn build(root: &Path, package: &str, features: &[String]) -> Result<Self> {
        let real = std::env::var_os("RUSTDOC").unwrap_or("rustdoc".into());
        succeed(
            Command::new(env!("CARGO"))
                .args(["rustdoc", "--quiet", "--lib", "-p", package])
                .args(["--features", &features.join(","), "--"])
                .args(JSON)
                .env("RUSTDOC", std::env::current_exe()?)
                .env(WRAPPED, real)
                .current_dir(root),
        )?;
        let file = format!("doc/{}.json", package.replace('-', "_"));
        let file = target::dir(root).join(file);
        let name = || file.display().to_string();
        let text = std::fs::read_to_string(&file).with_context(name)?;
        Self::parse(&text).with_context(name)
    }

    /// Parses rustdoc's JSON.
    ///
    /// # Errors
    /// The text is not rustdoc's JSON, or has another format version than the crate `rustdoc-types`.
    pub fn parse(text: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            format_version: u32,
        }
        let Version { format_version } =
            serde_json::from_str(text).context("not rustdoc's JSON")?;
        ensure!(
            format_version == FORMAT_VERSION,
            "rustdoc wrote format {format_version}, but rustdoc-types reads format {FORMAT_VERSION}: \
             use the version of rustdoc-types that belongs to this compiler"
        );
        let krate: Crate = serde_json::from_str(text).context("not rustdoc's JSON")?;
        let root = krate.root;
        let name = krate.index.get(&root).and_then(|root| root.name.clone());
        let mut docs = Self {
            krate,
            items: Vec::new(),
            names: HashMap::new(),
        };
        docs.add(name.context("the crate has no name")?, root, 0);
        for (path, id) in &docs.items {
            let depth = |path: &str| (path.matches("::").count(), path.to_owned());
            let known = docs.names.get(id);
            if known.is_none_or(|known| depth(path) < depth(known)) {
                docs.names.insert(*id, path.clone());
            }
        }
        Ok(docs)
    }

    /// Every item of a public module with its path, modules included, in no particular order.
    pub fn items(&self) -> impl Iterator<Item = (&str, &Item)> {
        let items = self.items.iter();
        items.filter_map(|(path, id)| Some((path.as_str(), self.krate.index.get(id)?)))
    }

    /// The impl blocks that the crate itself contains: no blanket impls of other crates, no auto traits.
    pub fn impls(&self) -> impl Iterator<Item = &Impl> {
        self.krate
            .index
            .values()
            .filter_map(|item| match &item.inner {
                ItemEnum::Impl(block) if block.blanket_impl.is_none() && !block.is_synthetic => {
                    (item.crate_id == 0).then_some(block)
                }
                _ => None,
            })
    }

    /// The item with this id, unless rustdoc left it out because it is private or hidden.
    pub fn item(&self, id: &Id) -> Option<&Item> {
        self.krate.index.get(id)
    }

    /// Whether the type or trait belongs to another crate or has a public path in this one.
    pub fn is_nameable(&self, id: &Id) -> bool {
        let local = self.krate.paths.get(id).is_none_or(|it| it.crate_id == 0);
        !local || self.names.contains_key(id)
    }

    fn add(&mut self, path: String, id: Id, depth: usize) {
        // Re-exports can form a cycle.
        const DEPTH: usize = 16;
        let Some(item) = self.krate.index.get(&id).filter(|_| depth < DEPTH) else {
            return;
        };
        let mut children = Vec::new();
        if let ItemEnum::Module(module) = &item.inner {
            for child in module
                .items
                .iter()
                .filter_map(|id| self.krate.index.get(id))
            {
                let (name, target) = match &child.inner {
                    ItemEnum::Use(import) if import.is_glob => (None, import.id),
                    ItemEnum::Use(import) => {
                        let target = import.id.filter(|id| self.krate.index.contains_key(id));
                        // The index does not have items of other crates.
                        (Some(&import.name), Some(target.unwrap_or(child.id)))
                    }
                    _ => (child.name.as_ref(), Some(child.id)),
                };
                let path = name.map(|name| format!("{path}::{name}"));
                children.extend(target.map(|target| (path, target)));
            }
        }
        self.items.push((path.clone(), id));
        for (child, id) in children {
            match child {
                Some(child) => self.add(child, id, depth + 1),
                None => self.add_glob(&path, id, depth + 1),
            }
        }
    }

    /// Adds the items of the module `id` to those of the module at `path`.
    fn add_glob(&mut self, path: &str, id: Id, depth: usize) {
        let own = self.items.len();
        self.add(path.to_owned(), id, depth);
        // The first entry is the module itself.
        if own < self.items.len() {
            self.items.remove(own);
        }
    }
}

/// Runs rustdoc in place of this program, when cargo started it as `RUSTDOC`.
///
/// JSON output is unstable, and a stable rustdoc only allows it with `RUSTC_BOOTSTRAP`. Only rustdoc
/// gets that variable: build scripts watch it, so that setting it for cargo would compile half of
/// the dependencies again, and again without it.
pub fn run_wrapped(real: &Path) -> Result<ExitCode> {
    let status = Command::new(real)
        .args(std::env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove(WRAPPED)
        .status()
        .with_context(|| real.display().to_string())?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

/// The rustdoc to run, if cargo started this program as rustdoc.
pub fn wrapped() -> Option<PathBuf> {
    std::env::var_os(WRAPPED).map(PathBuf::from)
}
