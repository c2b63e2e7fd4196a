//! Reads the comments in `spec/proto` by the symbol they describe, so that a refresh keeps them.

use std::collections::BTreeMap;

use anyhow::Result;
use prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    source_code_info::Location,
};

use crate::compile::{self, Sources};

/// Comment text by symbol: `package.Message.field`, `package.Enum.VALUE`, `package.Service/Rpc`, or
/// the import path for the comment at the top of a file. Lines have no `//` and no margin.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Comments(BTreeMap<String, String>);

impl Comments {
    /// Reads the comments of files that compile.
    pub fn read(sources: &Sources) -> Result<Self> {
        let mut comments = Self::default();
        for file in compile::with_source_info(sources)?.file {
            let locations = file.source_code_info.iter().flat_map(|info| &info.location);
            let texts: BTreeMap<_, _> = locations
                .filter_map(|location| Some((location.path.as_slice(), text(location)?)))
                .collect();
            for (path, symbol) in symbols(&file) {
                if let Some(text) = texts.get(path.as_slice()) {
                    comments.0.insert(symbol, text.clone());
                }
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

/// Every element of `file` that can have a comment: its descriptor path and its symbol.
pub fn symbols(file: &FileDescriptorProto) -> Vec<(Vec<i32>, String)> {
    let scope = match file.package() {
        "" => String::new(),
        package => format!("{package}."),
    };
    // Numbers in paths are the field numbers of google/protobuf/descriptor.proto. Path 12 is the
    // syntax statement, the first in a file.
    let mut found = Symbols(vec![(vec![12], file.name().to_owned())]);
    for (index, message) in indexed(&file.message_type) {
        found.message(vec![4, index], &scope, message);
    }
    for (index, item) in indexed(&file.enum_type) {
        found.enumeration(vec![5, index], &scope, item);
    }
    for (index, service) in indexed(&file.service) {
        let symbol = format!("{scope}{}", service.name());
        for (method_index, method) in indexed(&service.method) {
            found.0.push((
                vec![6, index, 2, method_index],
                format!("{symbol}/{}", method.name()),
            ));
        }
        found.0.push((vec![6, index], symbol));
    }
    found.fields(&[7], &scope, &file.extension);
    found.0
}

struct Symbols(Vec<(Vec<i32>, String)>);

impl Symbols {
    fn message(&mut self, path: Vec<i32>, scope: &str, message: &DescriptorProto) {
        if message
            .options
            .as_ref()
            .is_some_and(|options| options.map_entry())
        {
            return;
        }
        let symbol = format!("{scope}{}", message.name());
        let inner = format!("{symbol}.");
        self.fields(&join(&path, &[2]), &inner, &message.field);
        self.fields(&join(&path, &[6]), &inner, &message.extension);
        for (index, nested) in indexed(&message.nested_type) {
            self.message(join(&path, &[3, index]), &inner, nested);
        }
        for (index, nested) in indexed(&message.enum_type) {
            self.enumeration(join(&path, &[4, index]), &inner, nested);
        }
        for (index, oneof) in indexed(&message.oneof_decl) {
            let synthetic = message
                .field
                .iter()
                .any(|field| field.proto3_optional() && field.oneof_index == Some(index));
            if !synthetic {
                self.0
                    .push((join(&path, &[8, index]), format!("{inner}{}", oneof.name())));
            }
        }
        self.0.push((path, symbol));
    }

    fn enumeration(&mut self, path: Vec<i32>, scope: &str, item: &EnumDescriptorProto) {
        let symbol = format!("{scope}{}", item.name());
        for (index, value) in indexed(&item.value) {
            self.0.push((
                join(&path, &[2, index]),
                format!("{symbol}.{}", value.name()),
            ));
        }
        self.0.push((path, symbol));
    }

    fn fields(&mut self, path: &[i32], scope: &str, fields: &[FieldDescriptorProto]) {
        for (index, field) in indexed(fields) {
            self.0
                .push((join(path, &[index]), format!("{scope}{}", field.name())));
        }
    }
}

fn join(path: &[i32], rest: &[i32]) -> Vec<i32> {
    [path, rest].concat()
}

fn indexed<T>(items: &[T]) -> impl Iterator<Item = (i32, &T)> {
    (0..).zip(items)
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
