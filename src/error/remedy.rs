//! What to do about an error, for a program and for a language model.

use std::time::Duration;

use super::{Error, ErrorKind, Outcome};

/// The calls that act with a user's account, by the names that errors have them under.
const ACT_FOR_A_USER: [&str; 4] = [
    "execute_tool",
    "request",
    "list_scoped_tools",
    "list_available_tools",
];
const VERIFY: &str = "verify_connected_account_user";
const DELETE: &str = "delete_connected_account";

/// What to do about a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Remedy {
    /// The user must connect the account, or connect it again. Get an authorization link.
    UserMustAuthorize,
    /// The request is invalid. Correct it.
    FixRequest,
    /// Nothing was done, or the call is idempotent. Retry after this time, or after a time of your
    /// choice if the server names none.
    Wait(Option<Duration>),
    /// Nothing was done, or the call is idempotent. Retry.
    CallAgain,
    /// The call may have taken effect. Check whether it did before you repeat it.
    LookFirst,
    /// The setup is wrong: URL, credentials, permissions, a provider's settings at Scalekit, or the
    /// network. The operator of the application must correct it.
    FixSetup,
    /// Neither another request nor waiting helps. Report it, with the request or execution id.
    Report,
}

impl Error {
    /// What to do about the error.
    ///
    /// It depends on the [`kind`](Error::kind), on the [`outcome`](Error::outcome), and on whether
    /// the call is idempotent. For accounts it also depends on the server's message, because no
    /// code distinguishes an account that is not active from an invalid argument.
    pub fn remedy(&self) -> Remedy {
        if self.user_must_authorize() {
            return Remedy::UserMustAuthorize;
        }
        if self.outcome() == Outcome::Unknown && !self.0.repeatable {
            return Remedy::LookFirst;
        }
        let is_open = self.outcome() == Outcome::Unknown;
        match self.kind() {
            ErrorKind::Config | ErrorKind::Unauthorized | ErrorKind::Forbidden => Remedy::FixSetup,
            ErrorKind::NotImplemented => Remedy::FixSetup,
            // Something in front of the service that refuses is in the way.
            ErrorKind::InternalServer if self.code().is_none() && self.is_refusal() => {
                Remedy::FixSetup
            }
            ErrorKind::TooManyRequests | ErrorKind::ToolRateLimit => {
                Remedy::Wait(self.retry_after())
            }
            ErrorKind::ServiceUnavailable
                if self.is_rate_limited() || self.retry_after().is_some() =>
            {
                Remedy::Wait(self.retry_after())
            }
            ErrorKind::ServiceUnavailable
            | ErrorKind::Connection
            | ErrorKind::GatewayTimeout
            | ErrorKind::Cancelled => Remedy::CallAgain,
            ErrorKind::Conflict | ErrorKind::Tool if is_open => Remedy::CallAgain,
            ErrorKind::InvalidInput
            | ErrorKind::BadRequest
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Tool => Remedy::FixRequest,
            ErrorKind::ToolUnauthorized | ErrorKind::ToolForbidden => Remedy::UserMustAuthorize,
            ErrorKind::InternalServer | ErrorKind::Decode | ErrorKind::Unknown => Remedy::Report,
        }
    }

    fn is_refusal(&self) -> bool {
        self.http_status().is_some_and(|status| status < 500)
    }

    /// Whether the account is not connected, or not any more.
    ///
    /// Of an account that exists and is not active, only the message tells: it names the state and
    /// says "not active", and the vendor's own programs branch on those words (both official SDKs'
    /// tests and descriptions, package 2.21.0 on PyPI). Of one that does not exist, NOT_FOUND tells
    /// by itself where the call acts for a user: an unknown tool is INVALID_ARGUMENT there (Java SDK
    /// 2.6.0), and messages about other things name them ("tool not found", "connection not found",
    /// ibid.).
    fn user_must_authorize(&self) -> bool {
        let message = self.message();
        let lower = message.to_lowercase();
        let about_account = lower.contains("account");
        match self.kind() {
            ErrorKind::ToolUnauthorized | ErrorKind::ToolForbidden => true,
            ErrorKind::BadRequest | ErrorKind::Forbidden | ErrorKind::Conflict => {
                const STATES: [&str; 4] = [
                    "EXPIRED",
                    "DISCONNECTED",
                    "PENDING_AUTH",
                    "PENDING_VERIFICATION",
                ];
                let names_state = STATES.iter().any(|state| message.contains(state));
                let says_so = lower.contains("not active") || lower.contains("no active");
                let wrong_user = self.kind() == ErrorKind::Forbidden && self.call() == VERIFY;
                wrong_user || about_account && (says_so || names_state) || names_state && says_so
            }
            ErrorKind::NotFound => {
                let of_others = ["tool", "connection", "provider", "config"];
                about_account && self.call() != DELETE
                    || lower.contains("auth request")
                    || ACT_FOR_A_USER.contains(&self.call())
                        && !of_others.iter().any(|other| lower.contains(other))
            }
            _ => false,
        }
    }

    /// One or two sentences for the language model that requested the call: what is wrong with its
    /// arguments, that the user must connect, or that the call may have taken effect and must be
    /// checked before it is repeated.
    ///
    /// The text contains no ids of Scalekit and no terms of this crate. A provider's message is
    /// quoted: treat it like the output of a tool.
    pub fn for_model(&self) -> String {
        match self.remedy() {
            Remedy::UserMustAuthorize if self.kind() == ErrorKind::ToolForbidden => {
                "The user's account lacks a permission that this needs. Ask the user to connect the \
                 account again and to grant it."
                    .to_owned()
            }
            Remedy::UserMustAuthorize => "The user's account is not connected, or not any more. \
                 Ask the user to connect it, and do not try again before that."
                .to_owned(),
            Remedy::FixRequest => self.wrong_arguments(),
            Remedy::Wait(time) => {
                let what = match self.outcome() {
                    Outcome::Unknown => "Repeating it is harmless: try again",
                    _ => "Nothing was done: try again",
                };
                format!("There are too many requests at the moment. {what} {}.", later(time))
            }
            Remedy::CallAgain => match self.outcome() {
                Outcome::Unknown => "This failed for the moment. Repeating it is harmless: try \
                     again."
                    .to_owned(),
                _ => "This did not work for the moment, and nothing was done. Try again.".to_owned(),
            },
            Remedy::LookFirst => {
                let said = match self.provider_s_words() {
                    Some(words) => format!("This failed (\"{words}\")"),
                    None => "This failed".to_owned(),
                };
                format!(
                    "{said}, but it may have happened nevertheless. Look up whether it did before \
                     you repeat it."
                )
            }
            Remedy::FixSetup => "This cannot work until the people who run the application correct \
                 its set-up. Tell the user so, and do not try again."
                .to_owned(),
            Remedy::Report => "This failed for a reason that is not in the arguments. Tell the user \
                 that it did not work, and do not try again."
                .to_owned(),
        }
    }

    fn wrong_arguments(&self) -> String {
        let violations: Vec<_> = self.field_violations().iter().map(argument).collect();
        if !violations.is_empty() {
            let list = violations.join("; ");
            return format!("The arguments were not accepted: {list}. Correct them and try again.");
        }
        match self.kind() {
            ErrorKind::Tool => match self.provider_s_words() {
                Some(words) => format!(
                    "This was refused: \"{words}\". Correct the arguments, or find another way."
                ),
                None => "This was refused. Correct the arguments, or find another way.".to_owned(),
            },
            ErrorKind::NotFound => "What the arguments name does not exist. Check the names in \
                 them and try again."
                .to_owned(),
            ErrorKind::Conflict => {
                "It exists already, or was changed in the meantime. Look at what \
                 there is before you go on."
                    .to_owned()
            }
            _ => match plain(self.message()) {
                Some(text) => {
                    format!("The arguments were not accepted: {text}. Correct them and try again.")
                }
                None => "The arguments were not accepted. Check them and try again.".to_owned(),
            },
        }
    }

    /// What the provider of a tool said, without our ids.
    fn provider_s_words(&self) -> Option<String> {
        let tool = self.tool_error()?;
        let text = match &*tool.message {
            "" => self.message(),
            text => text,
        };
        let text = one_line(text);
        let names_us = [Some(&*tool.execution_id), self.request_id()];
        let mut names_us = names_us.into_iter().flatten().filter(|id| !id.is_empty());
        (!text.is_empty() && !has_id(&text) && !names_us.any(|id| text.contains(id)))
            .then_some(text)
    }
}

/// What is wrong with an argument, under the name that a model knows it by.
fn argument(violation: &super::FieldViolation) -> String {
    let field = &violation.field;
    let name = ["params.", "input.", "data."]
        .iter()
        .find_map(|prefix| field.strip_prefix(prefix))
        .unwrap_or(field);
    let name = plain(name).unwrap_or_else(|| "an argument".to_owned());
    match plain(&violation.description) {
        Some(description) if description.contains(&name) => description,
        Some(description) => format!("{name} {description}"),
        None => format!("{name} is not acceptable"),
    }
}

fn later(time: Option<Duration>) -> String {
    match time {
        Some(time) => {
            let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
            match seconds {
                0 | 1 => "in a second".to_owned(),
                seconds => format!("in {seconds} seconds"),
            }
        }
        None => "in a while".to_owned(),
    }
}

/// A text that says nothing of how calls are made; `None` when it does.
fn plain(text: &str) -> Option<String> {
    const INTERNAL: [&str; 20] = [
        "authorization",
        "bearer",
        "client id",
        "client secret",
        "client_",
        "connection_name",
        "connector",
        "credential",
        "deadline",
        "env_url",
        "grpc",
        "header",
        "http",
        "protobuf",
        "proxied",
        "proxy",
        "rpc",
        "scalekit",
        "timeout",
        "token",
    ];
    let text = one_line(text);
    let lower = text.to_lowercase();
    let is_internal = INTERNAL.iter().any(|word| lower.contains(word));
    (!text.is_empty() && !is_internal && !has_id(&text)).then_some(text)
}

/// One line of bounded length, without a stop at its end.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 300;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut line: String = line.chars().filter(|c| !c.is_control()).collect();
    if let Some((at, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(at);
        line.push('…');
    }
    line.trim_end_matches(['.', ' ']).to_owned()
}

/// Whether one of Scalekit's ids is in a text, such as `ca_4711` or `req_17`.
fn has_id(text: &str) -> bool {
    const PREFIXES: [&str; 14] = [
        "ca", "cfg", "conn", "env", "evt", "exe", "exec", "inst", "org", "req", "skc", "tol",
        "usr", "wks",
    ];
    let mut words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.any(|word| {
        word.split_once('_').is_some_and(|(prefix, id)| {
            PREFIXES.contains(&prefix) && id.chars().any(|c| c.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests;
