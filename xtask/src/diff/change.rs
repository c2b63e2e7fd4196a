//! A change between two versions of the API: its kind, what it breaks, and the version bump it needs.

use serde::Serialize;

/// What a change breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
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

    pub fn name(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Json => "json",
            Self::Source => "source",
            Self::Behaviour => "behaviour",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// The part of the crate's version that must be increased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    None,
    Patch,
    Minor,
    Major,
}

impl Bump {
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// The kind of a change. The names are part of the JSON output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    FileAdded,
    FileRemoved,
    FilePackageChanged,
    FileSyntaxChanged,
    FileOptionChanged,

    MessageAdded,
    MessageRemoved,
    MessageMoved,
    OneofAdded,
    OneofRemoved,
    ReservedAdded,
    ReservedRemoved,
    ExtensionRangeAdded,
    ExtensionRangeRemoved,
    ExtensionAdded,
    ExtensionRemoved,

    FieldAdded,
    RequiredFieldAdded,
    FieldRemoved,
    FieldRenamed,
    FieldRenumbered,
    FieldTypeChanged,
    FieldCardinalityChanged,
    FieldPresenceChanged,
    FieldOneofChanged,
    FieldJsonNameChanged,
    FieldDefaultChanged,
    FieldEncodingChanged,
    FieldBecameRequired,
    FieldNoLongerRequired,
    FieldBehaviorAdded,
    FieldBehaviorRemoved,

    ConstraintAdded,
    ConstraintTightened,
    ConstraintLoosened,
    ConstraintRemoved,
    ConstraintChanged,
    PatternChanged,
    CelRuleAdded,
    CelRuleChanged,
    CelRuleRemoved,

    EnumAdded,
    EnumRemoved,
    EnumMoved,
    EnumTypeChanged,
    EnumAliasAllowed,
    EnumValueAdded,
    EnumAliasAdded,
    EnumValueRemoved,
    EnumValueRenamed,
    EnumValueRenumbered,

    ServiceAdded,
    ServiceRemoved,
    ServiceMoved,
    RpcAdded,
    RpcRemoved,
    RpcRequestTypeChanged,
    RpcResponseTypeChanged,
    RpcStreamingChanged,
    RpcIdempotencyChanged,

    HttpRuleAdded,
    HttpRuleRemoved,
    HttpMethodChanged,
    HttpPathChanged,
    HttpPathVariableChanged,
    HttpBodyChanged,
    HttpResponseBodyChanged,
    HttpBindingAdded,
    HttpBindingRemoved,

    VisibilityRestricted,
    VisibilityOpened,
    AuthTypeChanged,
    AuthTypeWidened,
    AuthPermissionsChanged,
    AuthPolicyChanged,
    AgentToolAdded,
    AgentToolRemoved,
    AgentToolChanged,
    AgentFieldExposed,
    AgentFieldHidden,

    Deprecated,
    NoLongerDeprecated,
    OptionChanged,
    DocChanged,
}

impl Kind {
    /// The name in reports: that of the variant in snake case.
    pub fn name(self) -> String {
        let mut name = String::new();
        for c in format!("{self:?}").chars() {
            if c.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(c.to_ascii_lowercase());
        }
        name
    }

    /// Whether only documentation or other languages are affected.
    pub fn is_doc(self) -> bool {
        matches!(self, Self::DocChanged | Self::FileOptionChanged)
    }
}

/// One change of one symbol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub kind: Kind,
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

    /// The version bump that the change needs, by its effect on the Rust API of the bindings.
    ///
    /// A change of behaviour alone affects users of every published version, so that a release of the
    /// crate breaks nothing further: it is a patch.
    pub fn bump(&self) -> Bump {
        // Bindings are generated only for these packages.
        let generated = self.file.starts_with("scalekit/");
        if !generated || self.kind.is_doc() {
            return Bump::None;
        }
        if self.breaks(Break::Source) {
            return Bump::Major;
        }
        match self.kind {
            // A new member breaks struct literals and exhaustive matches.
            Kind::FieldAdded | Kind::RequiredFieldAdded | Kind::EnumValueAdded => Bump::Major,
            Kind::MessageAdded
            | Kind::EnumAdded
            | Kind::EnumAliasAdded
            | Kind::ServiceAdded
            | Kind::RpcAdded
            | Kind::FileAdded
            // A deprecation is a compiler warning.
            | Kind::Deprecated => Bump::Minor,
            _ => Bump::Patch,
        }
    }

    /// The order of a report: breaking, additive, documentation; public symbols first.
    pub fn rank(&self) -> (u8, bool, u8) {
        let class = match self.breaks.first() {
            Some(class) => *class as u8,
            None if self.kind.is_doc() => 9,
            None => 8,
        };
        let severity = if class < 8 { 0 } else { class };
        (severity, !self.public, class)
    }
}
