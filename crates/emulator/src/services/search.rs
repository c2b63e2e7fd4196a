//! A plain ranking of tools by the words of a query.

use crate::state::ToolRecord;

/// How well a tool fits, above 0 and at most 1; `None` if no word of the query occurs.
pub(crate) fn score(tool: &ToolRecord, query: &str) -> Option<f64> {
    let name = tool.spec.name.to_lowercase();
    let name_words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
    let rest = format!(
        "{} {} {}",
        tool.spec.provider,
        tool.spec.description,
        tool.spec.tags.join(" ")
    )
    .to_lowercase();
    let rest_words: Vec<&str> = rest.split(|c: char| !c.is_alphanumeric()).collect();
    let query = query.to_lowercase();
    let words: Vec<&str> = query
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let mut total = 0.0;
    for word in &words {
        // A word of the name says more than one of the description, a whole word more than a part.
        total += if name_words.contains(word) {
            1.0
        } else if rest_words.contains(word) {
            0.6
        } else if name.contains(word) {
            0.5
        } else if rest.contains(word) {
            0.3
        } else {
            0.0
        };
    }
    // Queries have at most 256 characters, so the count is exact.
    #[allow(clippy::cast_precision_loss)]
    let score = total / words.len().max(1) as f64;
    (score > 0.0).then_some((score * 1_000.0).round() / 1_000.0)
}
