//! The measured work, the same for all contenders.

pub mod bare;
pub mod process;
pub mod result;
pub mod ways;

/// The kinds of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// `ExecuteTool` with a small input and a small result.
    Small,
    /// `ExecuteTool` with a result of about 130 KB, read into a type.
    Large,
    /// `ListTools`, 100 tools on a page.
    List,
    /// `GetConnectedAccountAuth`.
    Account,
}

impl Work {
    pub const ALL: [Work; 4] = [Work::Small, Work::Large, Work::List, Work::Account];

    pub fn name(self) -> &'static str {
        match self {
            Work::Small => "small",
            Work::Large => "large",
            Work::List => "list",
            Work::Account => "account",
        }
    }

    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|work| work.name() == name)
    }
}

pub const CONNECTION: &str = "gmail";
pub const IDENTIFIER: &str = "alice@example.com";
pub const SMALL_TOOL: &str = "bench_small";
pub const LARGE_TOOL: &str = "bench_large";
/// Tools on a page of `ListTools`.
pub const TOOLS: usize = 100;
