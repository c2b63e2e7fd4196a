//! Hashes the inputs of code generation in `spec`, to check whether `generated` is up to date.

use std::io;
use std::path::Path;

/// FNV-1a over names and contents in order of names, as 16 hexadecimal digits.
///
/// Ignores carriage returns before line ends, which a checkout can add.
pub fn spec_hash(spec: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    collect(spec, "", &mut files)?;
    files.sort();
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    for name in files {
        let content = std::fs::read(spec.join(&name))?;
        hash.section(name.bytes());
        let mut bytes = content.iter().peekable();
        hash.section(std::iter::from_fn(|| match bytes.next()? {
            b'\r' if bytes.peek() == Some(&&b'\n') => bytes.next().copied(),
            byte => Some(*byte),
        }));
    }
    Ok(format!("{:016x}", hash.0))
}

fn collect(dir: &Path, prefix: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else if !name.ends_with(".md") {
            // Documentation, such as the history of the API, is no input of the generator.
            files.push(name);
        }
    }
    Ok(())
}

struct Fnv(u64);

impl Fnv {
    fn section(&mut self, bytes: impl Iterator<Item = u8>) {
        // UTF-8 text never contains 0xff, which therefore separates sections unambiguously.
        for byte in bytes.chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
