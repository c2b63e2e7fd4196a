//! Fault plans in JSON and TOML: the body of `POST /_emulator/faults`, and a part of seed files.

use std::time::Duration;

use http::HeaderValue;
use serde::{Deserialize, Serialize};

use super::{Action, Fault, FaultPlan};
use crate::code::Code;
use crate::json;
use crate::schema::Schema;
use crate::status::Status;

/// One fault of a target.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Entry {
    target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
    #[serde(skip_serializing_if = "is_false")]
    after_executing: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<StatusEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http: Option<u16>,
    #[serde(skip_serializing_if = "is_false")]
    close: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reset: Option<u32>,
    #[serde(skip_serializing_if = "is_false")]
    go_away: bool,
    #[serde(skip_serializing_if = "is_false")]
    black_hole: bool,
    #[serde(skip_serializing_if = "is_false")]
    half_body: bool,
    #[serde(skip_serializing_if = "is_false")]
    malformed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oversized_bytes: Option<usize>,
    #[serde(skip_serializing_if = "is_false")]
    revoke_tokens: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expire_early_ms: Option<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusEntry {
    code: Code,
    #[serde(default)]
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    seed: u64,
    faults: Vec<Entry>,
}

fn is_false(value: &bool) -> bool {
    !value
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl FaultPlan {
    /// Reads `{"seed": …, "faults": […]}`. The error names the entry and the key.
    pub(crate) fn from_json(text: &[u8]) -> Result<Self, String> {
        let file: File = json::read(text)?;
        FaultPlan::from_entries(file.seed, file.faults)
    }

    /// Builds a plan from entries. The error names the entry and the key.
    pub(crate) fn from_entries(seed: u64, entries: Vec<Entry>) -> Result<Self, String> {
        let schema = Schema::load().map_err(|error| error.to_string())?;
        let mut plan = FaultPlan::new().seed(seed);
        for (index, entry) in entries.into_iter().enumerate() {
            let target = entry.target.clone();
            let fault = entry
                .into_fault(schema)
                .map_err(|message| format!("faults[{index}] ({target}): {message}"))?;
            plan = plan.fault(target, fault);
        }
        Ok(plan)
    }
}

impl Entry {
    /// A fault as a file states it.
    pub(crate) fn new(target: &str, fault: &Fault) -> Self {
        let mut entry = Entry {
            target: target.to_owned(),
            nth: fault.nth,
            probability: fault.probability,
            times: fault.times,
            delay_ms: (!fault.delay.is_zero()).then(|| millis(fault.delay)),
            after_executing: fault.executes_first() && !fault.action.needs_response(),
            ..Entry::default()
        };
        match &fault.action {
            Action::Nothing => entry.delay_ms = Some(millis(fault.delay)),
            Action::Status(status) => {
                entry.status = Some(StatusEntry {
                    code: status.code(),
                    message: status.message().to_owned(),
                    retry_after_ms: status.retry_delay().map(millis),
                });
            }
            Action::Http(status) => entry.http = Some(*status),
            Action::Close => entry.close = true,
            Action::Reset(code) => entry.reset = Some(*code),
            Action::GoAway => entry.go_away = true,
            Action::BlackHole => entry.black_hole = true,
            Action::HalfBody => entry.half_body = true,
            Action::Malformed => entry.malformed = true,
            Action::ContentType(value) => entry.content_type = Some(value.clone()),
            Action::Oversized(bytes) => entry.oversized_bytes = Some(*bytes),
            Action::RevokeTokens => entry.revoke_tokens = true,
            Action::ExpireEarly(after) => entry.expire_early_ms = Some(millis(*after)),
        }
        entry
    }

    fn into_fault(self, schema: &Schema) -> Result<Fault, String> {
        let known = ["*", "/proxy", "/oauth/token"].contains(&self.target.as_str());
        if !known && !schema.has_rpc(&self.target) {
            return Err("target: must be an RPC, \"/oauth/token\", \"/proxy\" or \"*\"".to_owned());
        }
        if self.nth == Some(0) {
            return Err("nth: must be at least 1, which is the next call".to_owned());
        }
        if self.times == Some(0) {
            return Err("times: must be at least 1".to_owned());
        }
        if self.probability.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
            return Err("probability: must be between 0.0 and 1.0".to_owned());
        }
        let mut fault = Fault::new(self.action()?);
        fault.after = self.after_executing;
        fault.delay = Duration::from_millis(self.delay_ms.unwrap_or_default());
        fault.nth = self.nth;
        fault.probability = self.probability;
        fault.times = self.times;
        Ok(fault)
    }

    /// The action of the entry. An entry has exactly one, and it must be possible for the target.
    fn action(&self) -> Result<Action, String> {
        let flag = |set: bool, action: Action| set.then_some(action);
        let given = [
            self.status.as_ref().map(StatusEntry::action),
            self.http.map(Action::Http),
            flag(self.close, Action::Close),
            self.reset.map(Action::Reset),
            flag(self.go_away, Action::GoAway),
            flag(self.black_hole, Action::BlackHole),
            flag(self.half_body, Action::HalfBody),
            flag(self.malformed, Action::Malformed),
            self.content_type.clone().map(Action::ContentType),
            self.oversized_bytes.map(Action::Oversized),
            flag(self.revoke_tokens, Action::RevokeTokens),
            self.expire_early_ms
                .map(|after| Action::ExpireEarly(Duration::from_millis(after))),
        ];
        let mut given = given.into_iter().flatten();
        let action = match (given.next(), given.next()) {
            (Some(action), None) => action,
            (None, _) if self.delay_ms.is_some() => Action::Nothing,
            (None, _) => return Err(format!("no action: set one of {ACTIONS}")),
            (Some(one), Some(other)) => {
                let (one, other) = (one.kind(), other.kind());
                return Err(format!("{one} and {other} exclude each other"));
            }
        };
        let kind = action.kind();
        if self.after_executing && action.denies_executing() {
            return Err(format!(
                "after_executing: {kind} reports that the call was not executed"
            ));
        }
        match &action {
            Action::Status(status) if status.code() == Code::Ok => {
                Err("status.code: must not be OK".to_owned())
            }
            Action::Http(status) if !(200..=599).contains(status) => {
                Err("http: must be between 200 and 599".to_owned())
            }
            Action::ContentType(value) if HeaderValue::from_str(value).is_err() => {
                Err("content_type: not a valid header value".to_owned())
            }
            Action::ExpireEarly(_) if self.target != "/oauth/token" => {
                Err("expire_early_ms: only /oauth/token issues tokens".to_owned())
            }
            _ => Ok(action),
        }
    }
}

/// The keys that set an action.
const ACTIONS: &str = "status, http, close, reset, go_away, black_hole, half_body, malformed, \
                       content_type, oversized_bytes, revoke_tokens, expire_early_ms and delay_ms";

impl StatusEntry {
    fn action(&self) -> Action {
        let status = Status::new(self.code, &self.message);
        Action::Status(match self.retry_after_ms {
            Some(delay) => status.retry_after(Duration::from_millis(delay)),
            None => status,
        })
    }
}
