//! Searches tools with a plain ranking by the words of the query.

use std::cmp::Ordering;

use scalekit::raw::tools as api;

use crate::seed::AccountStatus;
use crate::shared::Shared;
use crate::state::{State, ToolRecord};
use crate::status::Status;

/// The number of results if the request sets none.
const DEFAULT_RESULTS: u32 = 10;

/// The maximum number of results.
const MAX_RESULTS: u32 = 50;

pub(crate) fn search(
    shared: &Shared,
    request: &api::SearchToolsRequest,
) -> Result<api::SearchToolsResponse, Status> {
    let state = shared.state();
    let limit = match request.top_k {
        0 => DEFAULT_RESULTS,
        asked => asked.min(MAX_RESULTS),
    };
    let identifier = request.identifier.as_deref().filter(|id| !id.is_empty());
    let mut found: Vec<(f64, &ToolRecord)> = state
        .tools
        .iter()
        .filter_map(|tool| Some((score(tool, &request.query)?, tool)))
        .collect();
    found.sort_by(|(a, first), (b, second)| {
        b.partial_cmp(a)
            .unwrap_or(Ordering::Equal)
            .then_with(|| first.spec.name.cmp(&second.spec.name))
    });
    let tools = found
        .into_iter()
        .take(limit as usize)
        .map(|(score, tool)| api::SearchedTool {
            name: tool.spec.name.clone(),
            provider: tool.spec.provider.clone(),
            description: tool.spec.description.clone(),
            score,
            connections: identifier
                .map(|identifier| readiness(&state, tool, identifier))
                .unwrap_or_default(),
        })
        .collect();
    Ok(api::SearchToolsResponse { tools })
}

fn readiness(state: &State, tool: &ToolRecord, identifier: &str) -> Vec<api::ConnectionReadiness> {
    state
        .connections
        .iter()
        .filter(|connection| connection.spec.enabled && State::serves(connection, tool))
        .map(|connection| {
            let account = state.accounts.iter().find(|account| {
                account.connection_id == connection.id && account.identifier == identifier
            });
            let readiness = match account.map(|account| account.status) {
                Some(AccountStatus::Active) => api::ToolReadinessState::Ready,
                Some(AccountStatus::Expired | AccountStatus::Disconnected) => {
                    api::ToolReadinessState::NeedsReauth
                }
                _ => api::ToolReadinessState::NeedsConnection,
            };
            api::ConnectionReadiness {
                connection_name: connection.spec.name.clone(),
                connected_account_id: account.map(|a| a.id.clone()).unwrap_or_default(),
                readiness_state: readiness as i32,
            }
        })
        .collect()
}

/// How well a tool matches, above 0 and at most 1. `None` if it contains no word of the query.
fn score(tool: &ToolRecord, query: &str) -> Option<f64> {
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
        // The name weighs more than the description, a whole word more than a part of one.
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
