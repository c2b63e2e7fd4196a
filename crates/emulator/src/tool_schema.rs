//! JSON schemas of tools: checks of schemas and of tool input, with the feature `validation`.

use serde_json::Value;

use crate::status::Status;

#[cfg(feature = "validation")]
pub(crate) use with_jsonschema::{InputSchema, check_schema};
#[cfg(not(feature = "validation"))]
pub(crate) use without::{InputSchema, check_schema};

/// Whether the input of a call was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checked {
    /// It satisfies the tool's input schema.
    #[cfg_attr(not(feature = "validation"), expect(dead_code))]
    Valid,
    /// It was not checked: the emulator is built without the feature `validation`.
    Unchecked,
}

#[cfg(feature = "validation")]
mod with_jsonschema {
    use std::sync::{Arc, OnceLock};

    use super::{Checked, Status, Value};
    use crate::code::Code;
    use crate::status::internal;

    /// Checks that `schema` is a JSON schema.
    pub(crate) fn check_schema(schema: &Value) -> Result<(), String> {
        jsonschema::validator_for(schema)
            .map(drop)
            .map_err(|error| error.to_string())
    }

    /// The input schema of a tool, compiled when the tool is first executed.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct InputSchema(Arc<OnceLock<jsonschema::Validator>>);

    impl InputSchema {
        /// Checks the input of one call of `tool` against `schema`, the tool's input schema.
        pub(crate) fn check(
            &self,
            tool: &str,
            schema: &Value,
            input: &Value,
        ) -> Result<Checked, Status> {
            let validator = if let Some(validator) = self.0.get() {
                validator
            } else {
                let compiled = jsonschema::validator_for(schema)
                    .map_err(|error| internal(format!("the schema of {tool}: {error}")))?;
                self.0.get_or_init(|| compiled)
            };
            let mut status: Option<Status> = None;
            for error in validator.iter_errors(input) {
                let path = error.instance_path().to_string();
                let field = format!("params{}", path.replace('/', "."));
                let keyword = error.kind().keyword();
                // The masked text omits the value, which is the user's.
                let description = error.masked().to_string();
                status = Some(
                    status
                        .unwrap_or_else(|| {
                            Status::new(
                                Code::InvalidArgument,
                                format!("input of tool \"{tool}\": {field}: {description}"),
                            )
                        })
                        .field_violation(field, description, keyword),
                );
            }
            status.map_or(Ok(Checked::Valid), Err)
        }
    }
}

#[cfg(not(feature = "validation"))]
mod without {
    use super::{Checked, Status, Value};

    /// Accepts every schema.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the same signature as with the feature"
    )]
    pub(crate) fn check_schema(_schema: &Value) -> Result<(), String> {
        Ok(())
    }

    /// The input schema of a tool. Inputs are not checked against it.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct InputSchema(());

    impl InputSchema {
        /// Accepts every input.
        #[expect(
            clippy::unnecessary_wraps,
            reason = "the same signature as with the feature"
        )]
        pub(crate) fn check(
            &self,
            _tool: &str,
            _schema: &Value,
            _input: &Value,
        ) -> Result<Checked, Status> {
            Ok(Checked::Unchecked)
        }
    }
}
