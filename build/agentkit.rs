//! Reads `spec/agentkit.toml`: which services, packages and files belong to AgentKit.

use std::fmt::Write;
use std::path::Path;

use super::Result;

/// The content of `spec/agentkit.toml`.
pub struct AgentKit {
    /// Full names of the services that the facade calls.
    pub services: Vec<String>,
    packages: Vec<String>,
    /// Import paths of the files in which every symbol must have a comment.
    // Only xtask reads it.
    #[allow(dead_code)]
    pub documented: Vec<String>,
}

impl AgentKit {
    /// Reads the file in the directory `spec`.
    ///
    /// # Errors
    /// A list is missing, or holds something else than strings.
    pub fn read(spec: &Path) -> Result<Self> {
        let path = spec.join("agentkit.toml");
        let file = path.display();
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
        Self::parse(&text).map_err(|error| format!("{file}: {error}").into())
    }

    /// Parses the text of the file.
    ///
    /// # Errors
    /// The same as for `read`.
    pub fn parse(text: &str) -> Result<Self> {
        let table: toml::Table = text.parse()?;
        let list = |key: &str| {
            let list = table.get(key).and_then(toml::Value::as_array);
            let names = list.map(|list| list.iter().map(|name| name.as_str().map(str::to_owned)));
            names
                .and_then(|names| names.collect::<Option<Vec<String>>>())
                .ok_or_else(|| format!("`{key}` must be a list of strings"))
        };
        Ok(Self {
            services: list("services")?,
            packages: list("packages")?,
            documented: list("documented")?,
        })
    }

    /// The packages that need no cargo feature.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        let packages = self
            .services
            .iter()
            .filter_map(|name| name.rsplit_once('.'));
        let packages = packages.map(|(package, _)| package);
        packages.chain(self.packages.iter().map(String::as_str))
    }

    /// A constant with the names of the services.
    pub fn constant(&self) -> String {
        let mut code = String::from(
            "/// Full names of the AgentKit services, from `spec/agentkit.toml`.\n\
             pub const AGENTKIT_SERVICES: &[&str] = &[\n",
        );
        for service in &self.services {
            // Writing to a string cannot fail.
            let _ = writeln!(code, "    {service:?},");
        }
        code + "];\n"
    }
}
