//! Creates, updates, deletes and refreshes tools.

use scalekit::raw::tools as api;

use super::show::show;
use crate::json::from_struct;
use crate::seed::Tool;
use crate::shared::Shared;
use crate::state::{AccountRef, State, ToolRecord, find};
use crate::status::{Status, already_exists, invalid};
use crate::tool_schema::{InputSchema, check_schema};

/// Refreshes the tools of one account's connection. In the emulator this changes only `updated_at`.
pub(crate) fn refresh(
    shared: &Shared,
    request: &api::RefreshToolsRequest,
) -> Result<api::RefreshToolsResponse, Status> {
    let now = shared.clock.now();
    let mut state = shared.state();
    let at = state.find_account(AccountRef::new(
        request.connected_account_id.as_deref(),
        request.connector.as_deref(),
        request.identifier.as_deref(),
        request.organization_id.as_deref(),
        request.user_id.as_deref(),
    ))?;
    let connection = state.connection_of(&state.accounts[at])?.clone();
    let mut tools = Vec::new();
    for tool in &mut state.tools {
        if State::serves(&connection, tool) {
            tool.updated_at = now;
            tools.push(show(tool));
        }
    }
    Ok(api::RefreshToolsResponse {
        total_size: u32::try_from(tools.len()).unwrap_or(u32::MAX),
        tools,
    })
}

pub(crate) fn create(
    shared: &Shared,
    request: &api::CreateToolRequest,
) -> Result<api::CreateToolResponse, Status> {
    let given = request.tool.clone().unwrap_or_default();
    let spec = parse(&given, None)?;
    let mut state = shared.state();
    if state.tools.iter().any(|tool| tool.spec.name == spec.name) {
        return Err(already_exists(
            "tool",
            format!("a tool named \"{}\" exists already", spec.name),
        ));
    }
    let record = ToolRecord {
        id: state.ids.next("tol"),
        spec,
        definition: given.definition,
        is_default: given.is_default.unwrap_or(true),
        updated_at: shared.clock.now(),
        input: InputSchema::default(),
    };
    let tool = show(&record);
    state.tools.push(record);
    Ok(api::CreateToolResponse { tool: Some(tool) })
}

pub(crate) fn update(
    shared: &Shared,
    request: &api::UpdateToolRequest,
) -> Result<api::UpdateToolResponse, Status> {
    let given = request.tool.clone().unwrap_or_default();
    let mut state = shared.state();
    let at = find(&state.tools, "tool", "such tool", |tool| {
        tool.id == given.id
            || (given.id.is_empty() && Some(&tool.spec.name) == name_of(&given).as_ref())
    })?;
    let record = &mut state.tools[at];
    record.spec = parse(&given, Some(&record.spec))?;
    record.definition = given.definition;
    record.input = InputSchema::default();
    record.updated_at = shared.clock.now();
    Ok(api::UpdateToolResponse {
        tool: Some(show(record)),
    })
}

pub(crate) fn delete(shared: &Shared, request: &api::DeleteToolRequest) -> Result<(), Status> {
    let mut state = shared.state();
    let at = find(
        &state.tools,
        "tool",
        format_args!("tool {}", request.id),
        |tool| tool.id == request.id,
    )?;
    state.tools.remove(at);
    Ok(())
}

pub(crate) fn set_default(
    shared: &Shared,
    request: &api::SetToolDefaultRequest,
) -> Result<api::SetToolDefaultResponse, Status> {
    let mut state = shared.state();
    let at = state.tool_named(&request.name)?;
    let record = &mut state.tools[at];
    record.is_default = true;
    record.updated_at = shared.clock.now();
    Ok(api::SetToolDefaultResponse {
        tool: Some(show(record)),
    })
}

fn name_of(tool: &api::Tool) -> Option<String> {
    let definition = from_struct(tool.definition.as_ref()?);
    Some(definition.get("name")?.as_str()?.to_owned())
}

/// Parses a definition. A tool that exists already keeps its outcome.
fn parse(given: &api::Tool, before: Option<&Tool>) -> Result<Tool, Status> {
    let definition = given
        .definition
        .as_ref()
        .map(from_struct)
        .unwrap_or_default();
    let name = definition
        .get("name")
        .and_then(serde_json::Value::as_str)
        .filter(|name| !name.is_empty())
        .ok_or_else(|| invalid("tool.definition", "a name is required"))?;
    let provider = match (given.provider.as_str(), before) {
        ("", Some(before)) => before.provider.as_str(),
        (provider, _) => provider,
    };
    let mut tool = before.cloned().unwrap_or_else(|| Tool::new(name, provider));
    name.clone_into(&mut tool.name);
    provider.clone_into(&mut tool.provider);
    if let Some(description) = definition.get("description").and_then(|d| d.as_str()) {
        description.clone_into(&mut tool.description);
    }
    if let Some(schema) = definition.get("input_schema") {
        check_schema(schema).map_err(|error| {
            invalid(
                "tool.definition.input_schema",
                format!("not a schema: {error}"),
            )
        })?;
        tool.input_schema = schema.clone();
    }
    tool.output_schema = definition.get("output_schema").cloned();
    if given.metadata.is_some() {
        tool.metadata = given.metadata.as_ref().map(from_struct);
    }
    if !given.tags.is_empty() {
        tool.tags.clone_from(&given.tags);
    }
    Ok(tool)
}
