//! One side of a comparison: the linked files, and the symbols that a public RPC reaches.

use std::collections::{BTreeSet, HashSet};

use anyhow::{Context, Result};
use prost_reflect::{DescriptorPool, EnumDescriptor, Kind, MessageDescriptor, MethodDescriptor};

use super::options::Element;
use crate::descriptors;
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
    /// Full names of messages and enums.
    public: HashSet<String>,
    /// Names of services and symbols of RPCs.
    public_rpcs: HashSet<String>,
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
        let mut side = Self {
            pool: pool.with_context(|| snapshot.label.clone())?,
            files,
            public: HashSet::new(),
            public_rpcs: HashSet::new(),
        };
        side.reach();
        Ok(side)
    }

    pub fn is_public_rpc(&self, symbol: &str) -> bool {
        self.public_rpcs.contains(symbol)
    }

    /// Whether the service has a public RPC.
    pub fn is_public_service(&self, name: &str) -> bool {
        self.public_rpcs.contains(name)
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
        for service in self.pool.services().filter(is_visible) {
            for rpc in service.methods().filter(is_visible) {
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
                if !leads_on || !is_visible(&field) {
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

/// Whether the options of the element itself keep it in the public API.
pub fn is_visible(element: &impl Element) -> bool {
    let options = element.decoded();
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

/// `package.Service/Rpc`.
pub fn rpc_symbol(rpc: &MethodDescriptor) -> String {
    format!("{}/{}", rpc.parent_service().full_name(), rpc.name())
}
