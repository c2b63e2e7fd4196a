//! Third-party files: which they are, and the declarations that packages import without shipping them.

use std::borrow::Cow;

use anyhow::{Context, Result};

use crate::compile::{self, Sources};
use crate::descriptors::{Descriptors, Header};
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

/// Directories of files that are not part of the API.
const VENDORED: &[&str] = &["buf/", "google/", "protoc-gen-openapiv2/"];

const VALIDATE: &str = "buf/validate/validate.proto";

/// Packages without `validate.proto` can be compiled with an older version of it. The rules of those
/// versions are reserved in later ones.
const OLD_RULES: (&str, &str) = (
    "message FieldRules {\n  reserved 24, 26;\n  reserved \"skipped\", \"ignore_empty\";\n",
    "message FieldRules {\n  optional bool skipped = 24;\n  optional bool ignore_empty = 26;\n",
);

/// Whether the file is not the service's own.
pub fn is_vendored(path: &str) -> bool {
    VENDORED.iter().any(|dir| path.starts_with(dir))
}

/// The `.proto` text of a file that packages do not ship, if this repository has it.
fn source(path: &str) -> Option<Cow<'static, str>> {
    let (_, text) = SOURCES.iter().find(|(known, _)| *known == path)?;
    Some(match path {
        VALIDATE => Cow::Owned(text.replace(OLD_RULES.0, OLD_RULES.1)),
        _ => Cow::Borrowed(*text),
    })
}

/// The text of every declaration that `files` lack, except those of stripped options.
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

/// The declarations that `files` import and do not contain. Compiling all of them would take longer
/// than a comparison.
pub fn imported(files: &Descriptors) -> Result<Descriptors> {
    let mut sources = Sources::new();
    for file in files.values() {
        for import in Header::read(file)?.dependency {
            // What a declaration imports comes along.
            let extra = (import == ANNOTATIONS).then(|| HTTP.to_owned());
            for path in [import].into_iter().chain(extra) {
                if let (Some(text), false) = (source(&path), files.contains_key(&path)) {
                    sources.insert(path, text.into_owned());
                }
            }
        }
    }
    let pool = compile::pool(&sources)?;
    let encoded = |path: String| {
        let file = pool.get_file_by_name(&path).with_context(|| path.clone())?;
        Ok((path, file.encode_to_vec()))
    };
    sources.into_keys().map(encoded).collect()
}
