//! One side of a comparison: the linked files, and the symbols that a public RPC reaches.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::{Context, Result};
use prost_reflect::{DescriptorPool, DynamicMessage, FileDescriptor, Kind};

use crate::descriptors;
use crate::elements::Element;
use crate::source::{self, Snapshot};
use crate::strip::{DROPPED_IMPORTS, Undeclared};

/// The package of the messages in the details of a gRPC status.
const ERROR_DETAILS: &str = "scalekit.v1.errdetails";

/// The label of elements outside the public API.
const PREVIEW: &str = "PREVIEW";

/// The number of all visibility options of `google.api`.
const VISIBILITY: u32 = 72_295_727;

/// A linked side.
pub struct Side {
    pub pool: DescriptorPool,
    /// The compared files; the pool also has their imports.
    pub files: BTreeSet<String>,
    /// Every element of the pool by its symbol.
    pub elements: BTreeMap<String, Element>,
    /// Symbols of messages, enums, services and RPCs.
    public: HashSet<String>,
}

impl Side {
    /// Links `snapshot`. `stripped` drops what `spec` never contains, so that both compare equal.
    pub fn new(snapshot: &Snapshot, stripped: bool) -> Result<Self> {
        let kept = |path: &&String| !(stripped && path.starts_with(DROPPED_IMPORTS));
        let files: BTreeSet<String> = snapshot.files.keys().filter(kept).cloned().collect();
        let pool = match stripped {
            true => {
                let declared = source::lacking(&snapshot.files);
                descriptors::link(&snapshot.files, &declared, Undeclared::Kept)
            }
            false => source::imported(&snapshot.files)
                .and_then(|declared| descriptors::link_unstripped(&snapshot.files, declared)),
        };
        let pool = pool.with_context(|| snapshot.label.clone())?;
        let elements = pool.files().flat_map(|file| Element::all(&file));
        Ok(Self {
            public: reached(&pool),
            elements: elements.map(|it| (it.symbol(), it)).collect(),
            files,
            pool,
        })
    }

    /// The file at `path`, if it is compared.
    pub fn file(&self, path: &str) -> Option<FileDescriptor> {
        let file = self.pool.get_file_by_name(path);
        file.filter(|_| self.files.contains(path))
    }

    /// Whether a public RPC reaches the message, enum, service or RPC.
    pub fn reaches(&self, symbol: &str) -> bool {
        self.public.contains(symbol)
    }
}

/// Whether the element is public if public RPCs reach these messages, enums, services and RPCs.
pub fn is_public(element: &Element, reached: impl Fn(&str) -> bool) -> bool {
    match element {
        Element::Field(it) => reached(it.parent_message().full_name()) && is_visible(&it.options()),
        Element::Oneof(it) => reached(it.parent_message().full_name()),
        Element::Value(it) => reached(it.parent_enum().full_name()),
        element => reached(&element.symbol()),
    }
}

/// The symbols that public RPCs reach, and these RPCs with their services.
fn reached(pool: &DescriptorPool) -> HashSet<String> {
    let mut pending = Vec::new();
    let mut public = HashSet::new();
    for service in pool.services().filter(|it| is_visible(&it.options())) {
        for rpc in service.methods().filter(|it| is_visible(&it.options())) {
            pending.extend([rpc.input(), rpc.output()]);
            public.insert(Element::Rpc(rpc).symbol());
            public.insert(service.full_name().to_owned());
        }
    }
    let details = pool.all_messages();
    pending.extend(details.filter(|message| message.package_name() == ERROR_DETAILS));
    while let Some(message) = pending.pop() {
        if !public.insert(message.full_name().to_owned()) {
            continue;
        }
        for field in message.fields() {
            match field.kind() {
                Kind::Message(message) if is_visible(&field.options()) => pending.push(message),
                Kind::Enum(item) if is_visible(&field.options()) => {
                    public.insert(item.full_name().to_owned());
                }
                _ => {}
            }
        }
    }
    public
}

/// Whether the options of an element keep it in the public API.
fn is_visible(options: &DynamicMessage) -> bool {
    let mut extensions = options.extensions();
    let rule = extensions.find(|(extension, _)| extension.number() == VISIBILITY);
    let rule = rule.and_then(|(_, rule)| rule.as_message());
    let restriction = rule.and_then(|rule| rule.get_field_by_name("restriction"));
    !is_preview(restriction.as_ref().and_then(|text| text.as_str()))
}

/// Whether `restriction` keeps an element out of the public API.
pub fn is_preview(restriction: Option<&str>) -> bool {
    restriction.is_some_and(|labels| labels.split(',').any(|label| label.trim() == PREVIEW))
}
