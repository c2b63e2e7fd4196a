//! A change between two versions of the API: what it breaks, and the version bump it needs.

use std::fmt;

/// What a change breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Break {
    /// Binary messages of the other version are refused or misread.
    Wire,
    /// Proto3 JSON of the other version is refused or misread.
    Json,
    /// Rust code that uses the bindings stops compiling.
    Source,
    /// A call that worked is refused, routed elsewhere, or has another meaning.
    Behaviour,
}

impl Break {
    pub const ALL: [Self; 4] = [Self::Wire, Self::Json, Self::Source, Self::Behaviour];

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|class| class.to_string() == name)
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

/// The part of the crate's version that must be increased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    None,
    Patch,
    Minor,
    Major,
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

/// One change of one symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Such as `field_added`.
    pub kind: String,
    /// `package.Message.field`, `package.Enum.VALUE`, `package.Service/Rpc`, or the path of a file.
    pub symbol: String,
    pub file: String,
    /// Ordered, without duplicates; empty if the change only adds or documents something.
    pub breaks: Vec<Break>,
    /// Whether a public RPC reaches the symbol, before or after.
    pub public: bool,
    pub old: Option<String>,
    pub new: Option<String>,
}

impl Change {
    pub fn breaks(&self, class: Break) -> bool {
        self.breaks.contains(&class)
    }

    /// Whether only documentation or other languages are affected.
    pub fn is_doc(&self) -> bool {
        matches!(self.kind.as_str(), "doc_changed" | "file_option_changed")
    }

    /// The version bump that the change needs, by its effect on the Rust API of the bindings.
    ///
    /// A change of behaviour alone affects users of every published version, so that a release of the
    /// crate breaks nothing further: it is a patch.
    pub fn bump(&self) -> Bump {
        // Bindings are generated only for these packages.
        let generated = self.file.starts_with("scalekit/");
        if !generated || self.is_doc() {
            return Bump::None;
        }
        if self.breaks(Break::Source) {
            return Bump::Major;
        }
        match self.kind.as_str() {
            // A new member breaks struct literals and exhaustive matches.
            "field_added" | "required_field_added" | "enum_value_added" => Bump::Major,
            "message_added" | "enum_added" | "enum_alias_added" | "service_added" | "rpc_added"
            | "file_added" => Bump::Minor,
            // A deprecation is a compiler warning.
            "deprecated" => Bump::Minor,
            _ => Bump::Patch,
        }
    }

    /// The order of a report: breaking, additive, documentation; public symbols first.
    pub fn rank(&self) -> (u8, bool, u8) {
        let class = match self.breaks.first() {
            Some(class) => *class as u8,
            None if self.is_doc() => 9,
            None => 8,
        };
        let severity = if class < 8 { 0 } else { class };
        (severity, !self.public, class)
    }
}
