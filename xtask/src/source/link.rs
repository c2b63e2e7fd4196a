//! Links the files of one side into a pool that resolves every option, quickly and with nothing dropped.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use prost::Message;
use prost_reflect::DescriptorPool;

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
    let ordered = ordered(files)?;
    pool.decode_file_descriptor_set(set(&ordered).as_slice())
        .or_else(|error| {
            // Its text names the element, but seldom the file: that is the first one that does not
            // link behind those before it.
            let mut pool = DescriptorPool::new();
            for (path, file) in &ordered {
                if let Err(error) = pool.decode_file_descriptor_proto(file.as_slice()) {
                    bail!("{path}: {error}");
                }
            }
            bail!("descriptors: {error}")
        })?;
    descriptors::check(&pool)?;
    Ok(pool)
}

/// A serialized `FileDescriptorSet` of `files`.
fn set(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut set = Vec::new();
    for (_, file) in files {
        set.push(0x0a);
        prost::encoding::encode_varint(file.len() as u64, &mut set);
        set.extend_from_slice(file);
    }
    set
}

/// `files` and everything that they import, each behind its imports.
fn ordered(files: &Descriptors) -> Result<Vec<(String, Vec<u8>)>> {
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
        written: Vec::new(),
    };
    order.add("google/protobuf/descriptor.proto", "")?;
    for path in files.keys() {
        order.add(path, "")?;
    }
    Ok(order.written)
}

/// Writes files behind their imports.
struct Order<'a> {
    files: &'a Descriptors,
    others: Descriptors,
    /// Whether a file is written; one that is not is still being added.
    state: BTreeMap<String, bool>,
    written: Vec<(String, Vec<u8>)>,
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
        self.written.push((path.to_owned(), file.to_vec()));
        self.state.insert(path.to_owned(), true);
        Ok(())
    }
}
