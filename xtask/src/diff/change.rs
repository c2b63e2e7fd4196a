//! One change between two descriptions of the API: what it is, what it breaks, what it asks of the crate.

use serde::Serialize;

/// Who notices a change, apart from people who read documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Break {
    /// Old and new binary messages are not understood, or understood as something else.
    Wire,
    /// The same for proto3 JSON.
    Json,
    /// A Rust caller of the bindings stops compiling.
    Source,
    /// A call that worked is refused, goes elsewhere or means something else.
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

/// The version number of the crate that must rise.
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

/// What happened to a symbol. Names are part of the JSON output.
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

    /// What nobody can notice but a reader of documentation or a user of another language.
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
    /// Ordered and without repetition; empty when the change only adds or documents.
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

    /// What the change asks of the crate's version: what it does to the Rust API of the bindings.
    ///
    /// A change of behaviour alone reaches users of every published version alike, so releasing the
    /// crate breaks nobody further; the number to raise for it is the smallest.
    pub fn bump(&self) -> Bump {
        // Bindings are generated for these packages only.
        let generated = self.file.starts_with("scalekit/");
        if !generated || self.kind.is_doc() {
            return Bump::None;
        }
        if self.breaks(Break::Source) {
            return Bump::Major;
        }
        match self.kind {
            // Generated structs can be written as literals and generated enums matched
            // exhaustively, so that both notice one more member.
            Kind::FieldAdded | Kind::RequiredFieldAdded | Kind::EnumValueAdded => Bump::Major,
            Kind::MessageAdded
            | Kind::EnumAdded
            | Kind::EnumAliasAdded
            | Kind::ServiceAdded
            | Kind::RpcAdded
            | Kind::FileAdded
            // A deprecation is a compiler warning for callers.
            | Kind::Deprecated => Bump::Minor,
            _ => Bump::Patch,
        }
    }

    /// Most serious first: breaking before additive before documentation, public before the rest.
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
