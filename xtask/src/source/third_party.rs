//! Declarations of options that published packages import and do not ship.

use std::collections::BTreeSet;

use anyhow::{Context, Result};

use crate::compile::{self, Sources};
use crate::descriptors::Descriptors;

macro_rules! spec_file {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../spec/proto/", $path)))
    };
}

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

/// The `.proto` text of the file that nobody ships, if it is one that this repository declares.
pub fn source(path: &str) -> Option<&'static str> {
    SOURCES
        .iter()
        .find(|(known, _)| *known == path)
        .map(|(_, text)| *text)
}

/// `google/api`, which no package ships.
pub fn google_api() -> Sources {
    SOURCES
        .iter()
        .filter(|(path, _)| path.starts_with("google/api/"))
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
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
            let extra = (path == "google/api/annotations.proto").then_some("google/api/http.proto");
            for path in [Some(path.as_str()), extra].into_iter().flatten() {
                let text = source(path).with_context(|| path.to_owned())?;
                sources.insert(path.to_owned(), text.to_owned());
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
