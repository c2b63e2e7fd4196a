//! One side of a comparison, linked, with what a public RPC reaches in it.

use std::collections::{BTreeSet, HashMap, HashSet};

use anyhow::{Context, Result};
use prost::Message;
use prost_reflect::{DescriptorPool, EnumDescriptor, Kind, MessageDescriptor, MethodDescriptor};

use super::options::Options;
use super::raw::{Element, RawOptions};
use crate::descriptors::{self, Descriptors};
use crate::source::{self, Snapshot, link};
use crate::strip::{DROPPED_IMPORTS, Undeclared};

/// What every RPC can answer with, in the details of its status.
const ERROR_DETAILS: &str = "scalekit.v1.errdetails";

/// The label that takes an RPC out of the public API.
const PREVIEW: &str = "PREVIEW";

/// The options of any element, as far as they decide who sees it: `google.api` gives all its
/// visibility options one number and one type.
#[derive(Clone, PartialEq, Message)]
struct Visibility {
    #[prost(message, optional, tag = "72295727")]
    rule: Option<VisibilityRule>,
}

#[derive(Clone, PartialEq, Message)]
struct VisibilityRule {
    #[prost(string, tag = "2")]
    restriction: String,
}

/// A linked side.
pub struct Side {
    pub pool: DescriptorPool,
    /// The files that are compared; the pool has their imports too.
    pub files: BTreeSet<String>,
    /// Full names of messages and enums.
    public: HashSet<String>,
    /// Names of services and symbols of RPCs.
    public_rpcs: HashSet<String>,
    raw: HashMap<String, RawOptions>,
}

impl Side {
    /// Links `snapshot`. `stripped` drops from it what `spec` never holds, so that both compare equal.
    pub fn new(snapshot: &Snapshot, stripped: bool) -> Result<Self> {
        let kept = |path: &&String| !(stripped && path.starts_with(DROPPED_IMPORTS));
        let files: BTreeSet<String> = snapshot.files.keys().filter(kept).cloned().collect();
        let mut raw = HashMap::new();
        let linked = if stripped {
            let declared = source::lacking(&snapshot.files);
            let linked = descriptors::link(&snapshot.files, &declared, Undeclared::Kept);
            linked.inspect(|pool| {
                for file in pool.files().filter(|file| files.contains(file.name())) {
                    let (options, _) = RawOptions::scan(file.encode_to_vec());
                    raw.insert(file.name().to_owned(), options);
                }
            })
        } else {
            let mut lean = Descriptors::new();
            for (path, bytes) in &snapshot.files {
                let (options, rest) = RawOptions::scan(bytes.clone());
                raw.insert(path.clone(), options);
                lean.insert(path.clone(), rest);
            }
            link::link(&lean)
        };
        let pool = linked.with_context(|| snapshot.label.clone())?;
        let mut side = Self {
            pool,
            files,
            public: HashSet::new(),
            public_rpcs: HashSet::new(),
            raw,
        };
        side.reach();
        Ok(side)
    }

    /// Whether the file is the same, byte for byte.
    pub fn is_same_file(&self, other: &Self, path: &str) -> bool {
        match (self.raw.get(path), other.raw.get(path)) {
            (Some(raw), Some(other)) => raw.bytes() == other.bytes(),
            _ => false,
        }
    }

    /// The serialized options of the element.
    pub fn raw_options(&self, element: &impl Element) -> &[u8] {
        let (file, path) = element.place();
        let raw = self.raw.get(file.name());
        raw.map(|raw| raw.get(path)).unwrap_or_default()
    }

    pub fn options(&self, element: &impl Element) -> Options {
        let raw = self.raw_options(element);
        match self.pool.get_message_by_name(element.options_type()) {
            Some(descriptor) if !raw.is_empty() => Options::decode(descriptor, raw),
            _ => Options::default(),
        }
    }

    pub fn is_public_rpc(&self, symbol: &str) -> bool {
        self.public_rpcs.contains(symbol)
    }

    /// Whether the service has a public RPC.
    pub fn is_public_service(&self, name: &str) -> bool {
        self.public_rpcs.contains(name)
    }

    /// Whether the element itself, apart from what it belongs to, is part of the public API.
    pub fn is_visible(&self, element: &impl Element) -> bool {
        // What is damaged hides nothing.
        let options = Visibility::decode(self.raw_options(element)).unwrap_or_default();
        let rule = options.rule.unwrap_or_default();
        !is_preview(Some(&rule.restriction))
    }

    /// Whether a public RPC reaches the message or enum of this full name.
    pub fn is_public(&self, name: &str) -> bool {
        self.public.contains(name)
    }

    pub fn message(&self, name: &str) -> Option<MessageDescriptor> {
        self.pool.get_message_by_name(name)
    }

    pub fn enumeration(&self, name: &str) -> Option<EnumDescriptor> {
        self.pool.get_enum_by_name(name)
    }

    fn reach(&mut self) {
        let mut pending = Vec::new();
        let mut public_rpcs = HashSet::new();
        for service in self
            .pool
            .services()
            .filter(|service| self.is_visible(service))
        {
            for rpc in service.methods().filter(|rpc| self.is_visible(rpc)) {
                pending.extend([rpc.input(), rpc.output()]);
                public_rpcs.insert(rpc_symbol(&rpc));
                public_rpcs.insert(service.full_name().to_owned());
            }
        }
        self.public_rpcs = public_rpcs;
        for message in self.pool.all_messages() {
            if message.package_name() == ERROR_DETAILS {
                pending.push(message);
            }
        }
        while let Some(message) = pending.pop() {
            if !self.public.insert(message.full_name().to_owned()) {
                continue;
            }
            for field in message.fields() {
                let kind = field.kind();
                let leads_on = matches!(kind, Kind::Message(_) | Kind::Enum(_));
                if !leads_on || !self.is_visible(&field) {
                    continue;
                }
                match kind {
                    Kind::Message(message) if !self.public.contains(message.full_name()) => {
                        pending.push(message);
                    }
                    Kind::Enum(kind) => drop(self.public.insert(kind.full_name().to_owned())),
                    _ => {}
                }
            }
        }
    }
}

/// Whether `restriction` keeps an element out of the public API.
pub fn is_preview(restriction: Option<&str>) -> bool {
    restriction.is_some_and(|labels| labels.split(',').any(|label| label.trim() == PREVIEW))
}

/// `package.Service/Rpc`.
pub fn rpc_symbol(rpc: &MethodDescriptor) -> String {
    format!("{}/{}", rpc.parent_service().full_name(), rpc.name())
}
