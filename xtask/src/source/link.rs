//! Links the files of one side into a pool that resolves every option, quickly and with nothing dropped.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use prost::Message;
use prost_reflect::DescriptorPool;
use prost_reflect::prost_types::FileDescriptorProto;

use super::third_party;
use crate::compile;
use crate::descriptors::{self, Descriptors};

/// What of a `FileDescriptorProto` decides how it is linked; reading the rest would cost more than linking.
#[derive(Clone, PartialEq, Message)]
pub struct Header {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(string, repeated, tag = "3")]
    pub dependency: Vec<String>,
    #[prost(string, optional, tag = "12")]
    syntax: Option<String>,
}

impl Header {
    pub fn read(file: &[u8]) -> Result<Self> {
        let header = Self::decode(file).context("not a FileDescriptorProto")?;
        descriptors::check_syntax(&header.name, header.syntax.as_deref())?;
        Ok(header)
    }
}

/// Links `files`, with imports that nobody ships taken from this repository.
pub fn link(files: &Descriptors) -> Result<DescriptorPool> {
    let mut pool = DescriptorPool::new();
    let set = descriptor_set(files)?;
    pool.decode_file_descriptor_set(set.as_slice())
        .map_err(|error| {
            // Its text names the element, and the file only where it is not read at all.
            let is_damaged = |file: &[u8]| FileDescriptorProto::decode(file).is_err();
            let damaged = files.iter().find(|(_, file)| is_damaged(file));
            let file = error.file().or(damaged.map(|(path, _)| path.as_str()));
            anyhow::anyhow!("{}: {error}", file.unwrap_or("descriptors"))
        })?;
    descriptors::check(&pool)?;
    Ok(pool)
}

/// A serialized `FileDescriptorSet` of `files` and everything that they import.
pub fn descriptor_set(files: &Descriptors) -> Result<Vec<u8>> {
    let mut headers = BTreeMap::new();
    for (path, file) in files {
        headers.insert(path.clone(), Header::read(file)?);
    }
    let mut missing = third_party::Declarations::default();
    for header in headers.values() {
        for import in &header.dependency {
            if !files.contains_key(import) && compile::built_in(import).is_none() {
                let known = missing.need(import);
                if !known {
                    bail!("{}: the imported file {import} is missing", header.name);
                }
            }
        }
    }
    let mut order = Order {
        files,
        others: missing.compile()?,
        state: BTreeMap::new(),
        set: Vec::new(),
    };
    order.add("google/protobuf/descriptor.proto", "")?;
    for path in files.keys() {
        order.add(path, "")?;
    }
    Ok(order.set)
}

/// Writes files behind their imports.
struct Order<'a> {
    files: &'a Descriptors,
    others: Descriptors,
    /// Whether a file is written; one that is not is still being added.
    state: BTreeMap<String, bool>,
    set: Vec<u8>,
}

impl Order<'_> {
    fn add(&mut self, path: &str, importer: &str) -> Result<()> {
        match self.state.get(path) {
            Some(true) => return Ok(()),
            Some(false) => bail!("{path}: imports itself"),
            None => drop(self.state.insert(path.to_owned(), false)),
        }
        let built_in;
        let file = match self.files.get(path).or_else(|| self.others.get(path)) {
            Some(file) => file.clone(),
            None => {
                let Some(file) = compile::built_in(path) else {
                    bail!("{importer}: the imported file {path} is missing");
                };
                built_in = file.file_descriptor_proto().encode_to_vec();
                built_in
            }
        };
        for import in Header::read(&file)?.dependency {
            self.add(&import, path)?;
        }
        self.set.push(0x0a);
        prost::encoding::encode_varint(file.len() as u64, &mut self.set);
        self.set.extend_from_slice(&file);
        self.state.insert(path.to_owned(), true);
        Ok(())
    }
}
