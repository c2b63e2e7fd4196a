//! Compiles `.proto` text in memory, with the imports that every compiler provides.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use prost_reflect::DescriptorPool;
use protox::Compiler;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};

/// `.proto` text by import path.
pub type Sources = BTreeMap<String, String>;

/// The descriptors of `sources` and of their imports, options included.
pub fn pool(sources: &Sources) -> Result<DescriptorPool> {
    Ok(compile(sources, false)?.descriptor_pool())
}

/// The same with positions and comments.
pub fn with_source_info(sources: &Sources) -> Result<DescriptorPool> {
    Ok(compile(sources, true)?.descriptor_pool())
}

/// A file that every compiler provides, such as `google/protobuf/struct.proto`.
pub fn built_in(path: &str) -> Option<File> {
    GoogleFileResolver::new().open_file(path).ok()
}

fn compile(sources: &Sources, source_info: bool) -> Result<Compiler> {
    let mut resolver = ChainFileResolver::new();
    resolver.add(InMemory(sources.clone()));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = Compiler::with_file_resolver(resolver);
    compiler.include_source_info(source_info);
    for path in sources.keys() {
        // Only the `Debug` output of a compiler error has file and position.
        compiler
            .open_file(path)
            .map_err(|error| anyhow!("{error:?}"))?;
    }
    Ok(compiler)
}

struct InMemory(Sources);

impl FileResolver for InMemory {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match self.0.get(name) {
            Some(source) => File::from_source(name, source),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}
