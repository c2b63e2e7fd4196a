//! Renders types, generics and functions as Rust source with full paths.

use rustdoc_types::{
    AssocItemConstraintKind, Function, GenericArg, GenericArgs, GenericBound, GenericParamDef,
    GenericParamDefKind, Generics, Id, Path, PreciseCapturingArg, Term, TraitBoundModifier, Type,
    WherePredicate,
};

use super::Docs;

/// Names that every Rust reader knows without their path.
const PRELUDE: &[&str] = &[
    "alloc::boxed::Box",
    "alloc::string::String",
    "alloc::vec::Vec",
    "core::option::Option",
    "core::result::Result",
];

impl Docs {
    /// The function `path` with its qualifiers, generics and where clause.
    pub fn function(&self, path: &str, function: &Function) -> String {
        let header = &function.header;
        let qualifiers = [
            (header.is_const, "const "),
            (header.is_async, "async "),
            (header.is_unsafe, "unsafe "),
        ];
        let qualifiers: String = qualifiers.iter().filter(|it| it.0).map(|it| it.1).collect();
        let inputs = function.sig.inputs.iter().map(|(name, kind)| {
            let is_self = |kind: &Type| matches!(kind, Type::Generic(name) if name == "Self");
            match kind {
                kind if name == "self" && is_self(kind) => "self".to_owned(),
                Type::BorrowedRef { type_, .. } if name == "self" && is_self(type_) => {
                    self.type_(kind).replace("Self", "self")
                }
                kind => format!("{name}: {}", self.type_(kind)),
            }
        });
        let inputs = inputs.collect::<Vec<_>>().join(", ");
        let (params, clause) = self.generics(&function.generics);
        let output = self.output(function.sig.output.as_ref());
        format!("{qualifiers}fn {path}{params}({inputs}){output}{clause}")
    }

    /// The generic parameters in angle brackets, and the where clause with a leading space.
    pub fn generics(&self, generics: &Generics) -> (String, String) {
        let params = generics.params.iter().filter(|param| {
            // The parameter of an argument of type `impl Trait`.
            !matches!(
                param.kind,
                GenericParamDefKind::Type {
                    is_synthetic: true,
                    ..
                }
            )
        });
        let params: Vec<_> = params.map(|param| self.param(param)).collect();
        let clauses = generics.where_predicates.iter().map(|clause| match clause {
            WherePredicate::BoundPredicate {
                type_,
                bounds,
                generic_params,
            } => {
                let (lifetimes, type_) = (self.higher_ranked(generic_params), self.type_(type_));
                format!("{lifetimes}{type_}: {}", self.bounds(bounds))
            }
            WherePredicate::LifetimePredicate { lifetime, outlives } => {
                format!("{lifetime}: {}", outlives.join(" + "))
            }
            other => format!("{other:?}"),
        });
        let clauses: Vec<_> = clauses.collect();
        (angle_brackets(&params), with(" where ", clauses.join(", ")))
    }

    /// The bounds, separated by `+`.
    pub fn bounds(&self, bounds: &[GenericBound]) -> String {
        let bounds = bounds.iter().map(|bound| match bound {
            GenericBound::TraitBound {
                trait_,
                generic_params,
                modifier,
            } => {
                let modifier = match modifier {
                    TraitBoundModifier::None => "",
                    TraitBoundModifier::Maybe => "?",
                    TraitBoundModifier::MaybeConst => "~const ",
                };
                let lifetimes = self.higher_ranked(generic_params);
                format!("{modifier}{lifetimes}{}", self.path(trait_))
            }
            GenericBound::Outlives(lifetime) => lifetime.clone(),
            GenericBound::Use(captured) => {
                let names = captured.iter().map(|captured| match captured {
                    PreciseCapturingArg::Lifetime(name) | PreciseCapturingArg::Param(name) => name,
                });
                let names: Vec<_> = names.cloned().collect();
                format!("use<{}>", names.join(", "))
            }
        });
        bounds.collect::<Vec<_>>().join(" + ")
    }

    /// The type as Rust source.
    pub fn type_(&self, kind: &Type) -> String {
        let list = |types: &[Type]| {
            let types: Vec<_> = types.iter().map(|kind| self.type_(kind)).collect();
            types.join(", ")
        };
        match kind {
            Type::ResolvedPath(path) => self.path(path),
            Type::Generic(name) | Type::Primitive(name) => match name.as_str() {
                "never" => "!".to_owned(),
                "unit" => "()".to_owned(),
                name => name.to_owned(),
            },
            Type::DynTrait(dynamic) => {
                let traits = dynamic.traits.iter().map(|it| {
                    format!(
                        "{}{}",
                        self.higher_ranked(&it.generic_params),
                        self.path(&it.trait_)
                    )
                });
                let parts: Vec<_> = traits.chain(dynamic.lifetime.clone()).collect();
                format!("dyn {}", parts.join(" + "))
            }
            Type::ImplTrait(bounds) => format!("impl {}", self.bounds(bounds)),
            Type::Tuple(types) => match types.as_slice() {
                [only] => format!("({},)", self.type_(only)),
                types => format!("({})", list(types)),
            },
            Type::Slice(kind) => format!("[{}]", self.type_(kind)),
            Type::Array { type_, len } => format!("[{}; {len}]", self.type_(type_)),
            Type::BorrowedRef {
                lifetime,
                is_mutable,
                type_,
            } => {
                let lifetime = lifetime.as_ref().map(|name| format!("{name} "));
                let mutable = if *is_mutable { "mut " } else { "" };
                format!(
                    "&{}{mutable}{}",
                    lifetime.unwrap_or_default(),
                    self.behind(type_)
                )
            }
            Type::QualifiedPath {
                name,
                args,
                self_type,
                trait_,
            } => {
                let args = self.args(args.as_deref());
                let owner = self.type_(self_type);
                match trait_.as_ref().filter(|trait_| !trait_.path.is_empty()) {
                    Some(trait_) => format!("<{owner} as {}>::{name}{args}", self.path(trait_)),
                    None => format!("{owner}::{name}{args}"),
                }
            }
            // The API has no such type. It would be listed as rustdoc writes it.
            other => format!("{other:?}"),
        }
    }

    /// The path with its generic arguments: public in this crate, or as its own crate defines it.
    pub fn path(&self, path: &Path) -> String {
        format!(
            "{}{}",
            self.name(&path.id, &path.path),
            self.args(path.args.as_deref())
        )
    }

    fn name(&self, id: &Id, written: &str) -> String {
        if let Some(name) = self.names.get(id) {
            return name.clone();
        }
        let summary = self.krate.paths.get(id);
        let name = summary.map_or_else(|| written.to_owned(), |it| it.path.join("::"));
        match name.rsplit_once("::") {
            Some((_, short)) if PRELUDE.contains(&name.as_str()) => short.to_owned(),
            _ => name,
        }
    }

    /// A type behind a pointer, where several bounds need parentheses.
    fn behind(&self, kind: &Type) -> String {
        let text = self.type_(kind);
        match kind {
            Type::DynTrait(_) | Type::ImplTrait(_) if text.contains(" + ") => format!("({text})"),
            _ => text,
        }
    }

    fn output(&self, output: Option<&Type>) -> String {
        output.map_or_else(String::new, |kind| format!(" -> {}", self.type_(kind)))
    }

    fn args(&self, args: Option<&GenericArgs>) -> String {
        match args {
            None => String::new(),
            Some(other @ GenericArgs::ReturnTypeNotation) => format!("{other:?}"),
            Some(GenericArgs::Parenthesized { inputs, output }) => {
                let inputs: Vec<_> = inputs.iter().map(|kind| self.type_(kind)).collect();
                format!("({}){}", inputs.join(", "), self.output(output.as_ref()))
            }
            Some(GenericArgs::AngleBracketed { args, constraints }) => {
                let args = args.iter().map(|arg| match arg {
                    GenericArg::Lifetime(name) => name.clone(),
                    GenericArg::Type(kind) => self.type_(kind),
                    GenericArg::Const(value) => value.expr.clone(),
                    GenericArg::Infer => "_".to_owned(),
                });
                let constraints = constraints.iter().map(|constraint| {
                    let name = format!(
                        "{}{}",
                        constraint.name,
                        self.args(constraint.args.as_deref())
                    );
                    match &constraint.binding {
                        AssocItemConstraintKind::Equality(term) => {
                            format!("{name} = {}", self.term(term))
                        }
                        AssocItemConstraintKind::Constraint(bounds) => {
                            format!("{name}: {}", self.bounds(bounds))
                        }
                    }
                });
                angle_brackets(&args.chain(constraints).collect::<Vec<_>>())
            }
        }
    }

    fn term(&self, term: &Term) -> String {
        match term {
            Term::Type(kind) => self.type_(kind),
            Term::Constant(value) => value.expr.clone(),
        }
    }

    fn param(&self, param: &GenericParamDef) -> String {
        let name = &param.name;
        match &param.kind {
            GenericParamDefKind::Lifetime { outlives } => {
                format!("{name}{}", with(": ", outlives.join(" + ")))
            }
            GenericParamDefKind::Type {
                bounds, default, ..
            } => {
                let default = default.as_ref().map(|kind| self.type_(kind));
                let bounds = with(": ", self.bounds(bounds));
                format!("{name}{bounds}{}", with(" = ", default.unwrap_or_default()))
            }
            GenericParamDefKind::Const { type_, default } => {
                let default = with(" = ", default.clone().unwrap_or_default());
                format!("const {name}: {}{default}", self.type_(type_))
            }
        }
    }

    fn higher_ranked(&self, params: &[GenericParamDef]) -> String {
        let params: Vec<_> = params.iter().map(|param| self.param(param)).collect();
        match params.is_empty() {
            true => String::new(),
            false => format!("for{} ", angle_brackets(&params)),
        }
    }
}

/// The text after a sign, or nothing.
pub fn with(sign: &str, text: String) -> String {
    match text.is_empty() {
        true => text,
        false => format!("{sign}{text}"),
    }
}

fn angle_brackets(list: &[String]) -> String {
    match list.is_empty() {
        true => String::new(),
        false => format!("<{}>", list.join(", ")),
    }
}
