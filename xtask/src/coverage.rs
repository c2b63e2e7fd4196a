//! `cargo xtask coverage`: lists every RPC of the spec with its facade method, retry class and tests.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use prost_reflect::MethodDescriptor;

use crate::generate::AgentKit;
use crate::generate::operations::{Decision, Operations};
use crate::{compile, openapi, refresh, tree};

/// One RPC.
#[derive(Debug)]
pub struct Row {
    service: String,
    rpc: String,
    /// `public`, or the restriction, such as `PREVIEW`.
    visibility: String,
    /// Verb and path, additional ones after it.
    routes: Vec<String>,
    /// The method of `Client::raw` that returns the generated client.
    raw: String,
    /// The method of the facade.
    facade: Option<String>,
    /// Whether `operations.toml` says why there is none.
    raw_only: bool,
    /// `read`, `idempotent` or `once`.
    class: String,
    /// Whether `operations.toml` has the class, instead of the default of the HTTP verb.
    stated: bool,
    /// How many integration tests call it.
    tests: usize,
}

/// The table, and the gaps in it.
pub struct Coverage {
    pub rows: Vec<Row>,
    pub missing: Vec<String>,
}

pub fn read(root: &Path) -> Result<Coverage> {
    let spec = root.join("spec");
    let pool = compile::pool(&refresh::proto_sources(&tree::read(&spec)?)?)?;
    let Operations(decisions) = Operations::read(&spec.join("operations.toml"), &pool)
        .map_err(|error| anyhow::anyhow!(error))?;
    let agentkit = AgentKit::read(&spec).map_err(|error| anyhow::anyhow!(error))?;
    let facade = facade(root)?;
    let tests = tests(root)?;
    let mut rows = Vec::new();
    for service in pool
        .services()
        .filter(|s| s.full_name().starts_with("scalekit."))
    {
        for method in service.methods() {
            let path = format!("/{}/{}", service.full_name(), method.name());
            let decision = decisions
                .get(&path)
                .with_context(|| format!("{path} has no decision"))?;
            rows.push(row(&method, decision, facade.get(&path), &tests));
        }
    }
    rows.sort_by(|a, b| (&a.service, &a.rpc).cmp(&(&b.service, &b.rpc)));
    let mut missing = Vec::new();
    for row in rows
        .iter()
        .filter(|row| agentkit.services.contains(&row.service))
    {
        let name = format!("{}/{}", row.service, row.rpc);
        if row.visibility == "public" && row.facade.is_none() && !row.raw_only {
            missing.push(format!(
                "{name} is public and has no facade method: add one, or say `raw_only = \"why\"` in \
                 spec/operations.toml"
            ));
        }
        let is_get = row
            .routes
            .first()
            .is_some_and(|route| route.starts_with("GET "));
        if !is_get && !row.stated {
            missing.push(format!(
                "{name} may change something: say its class in spec/operations.toml"
            ));
        }
    }
    let known = |path: &String| decisions.contains_key(path);
    if let Some(path) = facade.keys().find(|path| !known(path)) {
        bail!("src/call/operation.rs: the spec has no RPC {path}");
    }
    Ok(Coverage { rows, missing })
}

fn row(
    method: &MethodDescriptor,
    decision: &Decision,
    facade: Option<&String>,
    tests: &[String],
) -> Row {
    let service = method.parent_service();
    let snake = |name: &str| heck::ToSnakeCase::to_snake_case(name);
    let raw = snake(service.name());
    // A call through the facade, or through the generated client.
    let facade_call = facade.map(|facade| format!(".{facade}("));
    let raw_call = format!(".{}(", snake(method.name()));
    let raw_client = format!(".{raw}()");
    let calls = |code: &String| {
        facade_call.as_ref().is_some_and(|call| code.contains(call))
            || (code.contains(&raw_client) && code.contains(&raw_call))
    };
    Row {
        service: service.full_name().to_owned(),
        rpc: method.name().to_owned(),
        visibility: openapi::visibility(
            method.parent_pool(),
            &method.options(),
            "google.api.method_visibility",
        )
        .unwrap_or_else(|| "public".to_owned()),
        routes: routes(method),
        raw: format!("{raw}()"),
        facade: facade.cloned(),
        raw_only: decision.raw_only.is_some(),
        class: format!("{:?}", decision.class).to_lowercase(),
        stated: decision.stated,
        tests: tests.iter().filter(|code| calls(code)).count(),
    }
}

fn routes(method: &MethodDescriptor) -> Vec<String> {
    openapi::route::of(method)
        .into_iter()
        .map(|route| route.to_string())
        .collect()
}

/// Facade method by RPC path, from the facade's table of operations.
fn facade(root: &Path) -> Result<BTreeMap<String, String>> {
    let path = "src/call/operation.rs";
    let code = std::fs::read_to_string(root.join(path)).context(path)?;
    let literals: Vec<&str> = code.split('"').skip(1).step_by(2).collect();
    Ok(literals
        .windows(2)
        .filter(|pair| pair[1].starts_with("/scalekit.") && pair[1].matches('/').count() == 2)
        .map(|pair| (pair[1].to_owned(), pair[0].to_owned()))
        .collect())
}

/// The code of each integration test, without white space: a call can take several lines.
fn tests(root: &Path) -> Result<Vec<String>> {
    let mut tests = Vec::new();
    for content in tree::read(&root.join("tests/integration"))?.into_values() {
        let code = String::from_utf8_lossy(&content);
        let functions = code.split("#[tokio::test").skip(1);
        tests.extend(functions.map(|code| code.split_whitespace().collect()));
    }
    Ok(tests)
}

impl Coverage {
    /// The table as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut service = "";
        for row in &self.rows {
            // Writing to a string cannot fail.
            if row.service != service {
                service = &row.service;
                let _ = writeln!(text, "{service} (raw: {})", row.raw);
            }
            let _ = writeln!(
                text,
                "  {:<36} {:<8} {:<11} {:<32} {:>2} tests  {}",
                row.rpc,
                row.visibility,
                row.class,
                row.facade.as_deref().unwrap_or("-"),
                row.tests,
                row.routes.join(", ")
            );
        }
        text + &self.summary()
    }

    fn summary(&self) -> String {
        let count = |what: &dyn Fn(&Row) -> bool| self.rows.iter().filter(|row| what(row)).count();
        format!(
            "{} RPCs: {} public, {} with a facade method, {} with a stated class, {} called by tests\n",
            self.rows.len(),
            count(&|row| row.visibility == "public"),
            count(&|row| row.facade.is_some()),
            count(&|row| row.stated),
            count(&|row| row.tests > 0),
        )
    }
}
