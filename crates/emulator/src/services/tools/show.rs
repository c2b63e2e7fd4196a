//! A tool as the API shows it.

use scalekit::raw::tools as api;

use crate::clock::timestamp;
use crate::json::to_struct;
use crate::state::ToolRecord;

pub(super) fn show(tool: &ToolRecord) -> api::Tool {
    api::Tool {
        id: tool.id.clone(),
        provider: tool.spec.provider.clone(),
        definition: Some(
            tool.definition
                .clone()
                .unwrap_or_else(|| to_struct(&tool.spec.definition())),
        ),
        metadata: tool.spec.metadata.as_ref().map(to_struct),
        tags: tool.spec.tags.clone(),
        is_default: Some(tool.is_default),
        updated_at: Some(timestamp(tool.updated_at)),
    }
}
