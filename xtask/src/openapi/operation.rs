//! Derives an operation: path and query parameters, request body, responses.

use anyhow::{Context, Result, bail};
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};
use serde_json::{Value, json};

use super::route::{Body, Route, variables};
use super::schema::{self, Schemas};
use super::{Api, insert_text, visibility};

/// The operation of the binding `route`, the `number`th of `method`. `names` are what the variables
/// of its path are called in the document.
pub fn of(
    api: &Api,
    schemas: &mut Schemas<'_>,
    method: &MethodDescriptor,
    route: &Route,
    names: &[String],
    number: u32,
) -> Result<Value> {
    let (service, input) = (method.parent_service(), method.input());
    let mut id = format!("{}_{}", service.name(), method.name());
    if number > 1 {
        id.push_str(&number.to_string());
    }
    let mut parameters = Vec::new();
    let bound = variables(&route.path);
    for (variable, name) in bound.iter().zip(names) {
        parameters.push(in_path(api, schemas, &input, variable, name)?);
    }
    let mut not_in_query = Vec::new();
    if !matches!(route.body, Body::Whole) {
        let mut query = Query {
            api,
            schemas,
            parameters: &mut parameters,
            not_in_query: &mut not_in_query,
            seen: Vec::new(),
        };
        let in_body = match &route.body {
            Body::Field(field) => Some(field.as_str()),
            _ => None,
        };
        query.message(&input, "", &|path| {
            Some(path) == in_body || bound.iter().any(|variable| variable == path)
        })?;
    }

    let symbol = format!("{}/{}", service.full_name(), method.name());
    let response = schemas.message(&method.output())?;
    let mut operation = json!({
        "operationId": id,
        "tags": [service.name()],
        "parameters": parameters,
        "responses": {
            "200": {
                "description": "The call succeeded.",
                "content": { "application/json": { "schema": response } },
            },
            "default": { "$ref": "#/components/responses/Error" },
        },
        "x-rpc": symbol,
    });
    insert_text(&mut operation, "description", api.comments.get(&symbol));
    let restriction = visibility(&api.pool, &method.options(), "google.api.method_visibility");
    insert_text(&mut operation, "x-visibility", restriction.as_deref());
    let deprecated = method
        .options()
        .get_field_by_name("deprecated")
        .and_then(|set| set.as_bool());
    if deprecated == Some(true) {
        operation["deprecated"] = Value::from(true);
    }
    if !not_in_query.is_empty() {
        operation["x-not-in-query"] = Value::from(not_in_query);
    }
    let body = match &route.body {
        Body::None => None,
        Body::Whole if bound.is_empty() => Some(schemas.message(&input)?),
        Body::Whole => Some(schemas.message_without(&input, &bound, &format!("{id}Body"))?),
        Body::Field(name) => {
            let field = input.get_field_by_name(name);
            let field = field.with_context(|| format!("{symbol}: no field {name}"))?;
            Some(schemas.value(&field)?)
        }
    };
    if let Some(schema) = body {
        operation["requestBody"] = json!({
            "content": { "application/json": { "schema": schema } },
            "required": true,
        });
    }
    Ok(operation)
}

fn in_path(
    api: &Api,
    schemas: &mut Schemas<'_>,
    input: &MessageDescriptor,
    variable: &str,
    name: &str,
) -> Result<Value> {
    let mut message = input.clone();
    let mut field = None;
    for part in variable.split('.') {
        let next = message.get_field_by_name(part);
        let next =
            next.with_context(|| format!("{} has no field {variable}", input.full_name()))?;
        if let Kind::Message(nested) = next.kind() {
            message = nested;
        }
        field = Some(next);
    }
    let Some(field) = field else {
        bail!("{}: a variable without a name", input.full_name())
    };
    let mut parameter = json!({
        "name": name,
        "in": "path",
        "required": true,
        "schema": schemas.value(&field)?,
    });
    insert_text(
        &mut parameter,
        "description",
        api.comments.get(field.full_name()),
    );
    if name != variable {
        // Another RPC at this path calls it differently.
        parameter["x-field"] = Value::from(variable);
    }
    Ok(parameter)
}

/// Collects the query parameters of a request.
struct Query<'a, 'b> {
    api: &'a Api,
    schemas: &'a mut Schemas<'b>,
    parameters: &'a mut Vec<Value>,
    /// Fields that cannot be in a query.
    not_in_query: &'a mut Vec<String>,
    /// The messages that the current field is in: one that contains itself ends there.
    seen: Vec<String>,
}

impl Query<'_, '_> {
    fn message(
        &mut self,
        message: &MessageDescriptor,
        prefix: &str,
        elsewhere: &dyn Fn(&str) -> bool,
    ) -> Result<()> {
        self.seen.push(message.full_name().to_owned());
        for field in message.fields() {
            let path = format!("{prefix}{}", field.name());
            if elsewhere(&path) {
                continue;
            }
            match field.kind() {
                Kind::Message(nested) if !schema::is_query_value(&nested) => {
                    let ends = self.seen.iter().any(|seen| seen == nested.full_name());
                    let is_one = !field.is_list() && !field.is_map();
                    if is_one && !ends && !schema::is_free_form(&nested) {
                        self.message(&nested, &format!("{path}."), elsewhere)?;
                    } else {
                        self.not_in_query.push(path);
                    }
                }
                _ => self.parameter(&field, path, prefix.is_empty())?,
            }
        }
        self.seen.pop();
        Ok(())
    }

    fn parameter(&mut self, field: &FieldDescriptor, path: String, is_top: bool) -> Result<()> {
        let mut parameter = json!({
            "name": path,
            "in": "query",
            "schema": self.schemas.value(field)?,
        });
        // Below an optional message nothing is required.
        if is_top && schema::is_required(self.api, field) {
            parameter["required"] = Value::from(true);
        }
        insert_text(
            &mut parameter,
            "description",
            self.api.comments.get(field.full_name()),
        );
        let (pool, options) = (&self.api.pool, field.options());
        let restriction = visibility(pool, &options, "google.api.field_visibility");
        insert_text(&mut parameter, "x-visibility", restriction.as_deref());
        self.parameters.push(parameter);
        Ok(())
    }
}
