//! Reads the comments in `spec/proto` by the symbol they describe, so that a refresh keeps them.

use std::collections::BTreeMap;

use anyhow::Result;
use prost_reflect::prost_types::source_code_info::Location;

use crate::compile::{self, Sources};
use crate::elements::Element;

/// The place of the syntax statement, the first in a file.
const SYNTAX: &[i32] = &[12];

/// Comment text by the symbol of an element, or by the import path for the comment at the top of a file.
/// Lines have no `//` and no margin.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Comments(BTreeMap<String, String>);

impl Comments {
    /// Reads the comments of files that compile.
    pub fn read(sources: &Sources) -> Result<Self> {
        let pool = compile::with_source_info(sources)?;
        let mut comments = Self::default();
        for file in pool.files().filter(|it| sources.contains_key(it.name())) {
            let info = file.file_descriptor_proto().source_code_info.as_ref();
            let locations = info.iter().flat_map(|info| &info.location);
            let texts: BTreeMap<_, _> = locations
                .filter_map(|location| Some((location.path.as_slice(), text(location)?)))
                .collect();
            let mut add = |path: &[i32], symbol: String| {
                if let Some(text) = texts.get(path) {
                    comments.0.insert(symbol, text.clone());
                }
            };
            add(SYNTAX, file.name().to_owned());
            for element in Element::all(&file) {
                add(element.path(), element.symbol());
            }
        }
        Ok(comments)
    }

    /// The comment of `symbol`, if it has one.
    pub fn get(&self, symbol: &str) -> Option<&str> {
        self.0.get(symbol).map(String::as_str)
    }

    /// Sets the comment of `symbol` unless it has one.
    pub fn default_to(&mut self, symbol: &str, text: &str) {
        self.0
            .entry(symbol.to_owned())
            .or_insert_with(|| text.to_owned());
    }

    /// Every commented symbol.
    pub fn symbols(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// All comments around a symbol as one text, which is printed above the symbol.
fn text(location: &Location) -> Option<String> {
    let blocks: Vec<_> = location
        .leading_detached_comments
        .iter()
        .chain(&location.leading_comments)
        .chain(&location.trailing_comments)
        .map(|block| without_margin(block))
        .filter(|block| !block.is_empty())
        .collect();
    (!blocks.is_empty()).then(|| blocks.join("\n\n"))
}

fn without_margin(block: &str) -> String {
    let lines: Vec<_> = block
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
        .collect();
    lines.join("\n").trim_matches('\n').to_owned()
}
