//! Marks PREVIEW RPCs in their documentation.

use protox::prost_reflect::prost_types::FileDescriptorProto;
use protox::prost_reflect::{DescriptorPool, Value};

/// The note, which hand-written comments of such RPCs contain too.
const NOTE: &str = "PREVIEW: may change or disappear.";

/// The field numbers in the source location of a method: `service` of the file, `method` of the service.
const SERVICE: i32 = 6;
const METHOD: i32 = 2;

/// Adds the note to the comments in `file` that do not have it.
pub fn note(pool: &DescriptorPool, file: &mut FileDescriptorProto) {
    let Some(descriptor) = pool.get_file_by_name(file.name()) else {
        return;
    };
    let Some(visibility) = pool.get_extension_by_name("google.api.method_visibility") else {
        return;
    };
    let source = file.source_code_info.get_or_insert_default();
    for (service_index, service) in (0..).zip(descriptor.services()) {
        for (method_index, method) in (0..).zip(service.methods()) {
            let options = method.options();
            let Value::Message(rule) = &*options.get_extension(&visibility) else {
                continue;
            };
            let restriction = rule.get_field_by_name("restriction");
            if restriction.as_deref().and_then(Value::as_str) != Some("PREVIEW") {
                continue;
            }
            let path = [SERVICE, service_index, METHOD, method_index];
            // The compiler gives every method a location.
            let Some(location) = source.location.iter_mut().find(|at| at.path == path) else {
                continue;
            };
            let comment = location.leading_comments.get_or_insert_default();
            if !comment.contains("PREVIEW") {
                let gap = if comment.is_empty() { "" } else { "\n" };
                *comment = format!("{comment}{gap} {NOTE}\n");
            }
        }
    }
}
