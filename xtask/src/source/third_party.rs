//! Files of others than the service: which they are, and declarations that packages import and do not
//! ship.

use std::borrow::Cow;
use std::collections::BTreeSet;

use anyhow::{Context, Result};

use crate::compile::{self, Sources};
use crate::descriptors::Descriptors;
use crate::strip::DROPPED_IMPORTS;

macro_rules! spec_file {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../spec/proto/", $path)))
    };
}

const ANNOTATIONS: &str = "google/api/annotations.proto";
const HTTP: &str = "google/api/http.proto";

const SOURCES: &[(&str, &str)] = &[
    spec_file!("buf/validate/validate.proto"),
    spec_file!("google/api/annotations.proto"),
    spec_file!("google/api/field_behavior.proto"),
    spec_file!("google/api/http.proto"),
    spec_file!("google/api/visibility.proto"),
    (
        "protoc-gen-openapiv2/options/annotations.proto",
        include_str!("openapiv2.proto"),
    ),
];

/// Where files stand that describe no part of the API.
const VENDORED: &[&str] = &["buf/", "google/", "protoc-gen-openapiv2/"];

const VALIDATE: &str = "buf/validate/validate.proto";

/// What packages that ship no `validate.proto` can have been compiled with: rules that its later
/// versions reserve.
const OLD_RULES: (&str, &str) = (
    "message FieldRules {\n  reserved 24, 26;\n  reserved \"skipped\", \"ignore_empty\";\n",
    "message FieldRules {\n  optional bool skipped = 24;\n  optional bool ignore_empty = 26;\n",
);

/// Whether the file is somebody else's than the service's.
pub fn is_vendored(path: &str) -> bool {
    VENDORED.iter().any(|dir| path.starts_with(dir))
}

/// The `.proto` text of the file that nobody ships, if it is one that this repository declares.
fn source(path: &str) -> Option<Cow<'static, str>> {
    let (_, text) = SOURCES.iter().find(|(known, _)| *known == path)?;
    Some(match path {
        VALIDATE => Cow::Owned(text.replace(OLD_RULES.0, OLD_RULES.1)),
        _ => Cow::Borrowed(*text),
    })
}

/// The text of every declaration that `files` lack, apart from those of options that are stripped.
pub fn lacking(files: &Descriptors) -> Sources {
    let lacking = |path: &str| {
        let declares = !files.contains_key(path);
        // One file of `google/api` imports another.
        declares || (path == HTTP && !files.contains_key(ANNOTATIONS))
    };
    SOURCES
        .iter()
        .filter(|(path, _)| lacking(path) && !path.starts_with(DROPPED_IMPORTS))
        .filter_map(|(path, _)| Some(((*path).to_owned(), source(path)?.into_owned())))
        .collect()
}

/// The declarations that a set of files needs; compiling one takes longer than a whole comparison.
#[derive(Debug, Default)]
pub struct Declarations {
    needed: BTreeSet<String>,
}

impl Declarations {
    /// Notes that `path` is needed; false if it is unknown.
    pub fn need(&mut self, path: &str) -> bool {
        let known = source(path).is_some();
        if known {
            self.needed.insert(path.to_owned());
        }
        known
    }

    pub fn compile(&self) -> Result<Descriptors> {
        let mut sources = Sources::new();
        for path in &self.needed {
            // What a declaration imports comes along.
            let extra = (path == ANNOTATIONS).then_some(HTTP);
            for path in [Some(path.as_str()), extra].into_iter().flatten() {
                let text = source(path).with_context(|| path.to_owned())?;
                sources.insert(path.to_owned(), text.into_owned());
            }
        }
        let pool = compile::pool(&sources)?;
        let mut files = Descriptors::new();
        for path in sources.keys() {
            let file = pool.get_file_by_name(path).with_context(|| path.clone())?;
            files.insert(path.clone(), file.encode_to_vec());
        }
        Ok(files)
    }
}
