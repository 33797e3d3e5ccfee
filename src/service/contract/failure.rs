//! Failures of requests.

use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::Field;

use super::ImportReport;

/// The failure of a request. Nothing has changed, unless the message says how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The kind, which decides the exit code and the place on screen.
    pub kind: FailureKind,
    /// One sentence, with its full stop.
    pub message: String,
    /// Advice on what to do about it.
    pub hint: Option<String>,
    /// The field of a form that is wrong.
    pub field: Option<Field>,
    /// The report of an import that imported nothing.
    pub report: Option<Box<ImportReport>>,
    /// The wait before the next try, after a wrong password or code.
    pub next_try: Option<NextTry>,
}

/// The wait before the next try to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextTry {
    /// The time of the request that was refused.
    pub from: Timestamp,
    pub wait: Duration,
}

impl NextTry {
    /// Returns the seconds that are left, begun ones included, or `None` when the next try may be made. A clock that was set
    /// back since ends the wait: then the service decides.
    pub fn seconds_left(&self, now: Timestamp) -> Option<u64> {
        let left = self.wait - (now - self.from);
        let millis = u64::try_from(left.num_milliseconds()).unwrap_or_default();
        (now >= self.from && millis > 0).then_some(millis.div_ceil(1_000))
    }

    /// Returns the sentence about it: `Next try in 3 s`
    pub fn words(seconds: u64) -> String {
        format!("Next try in {seconds} s")
    }
}

impl Failure {
    /// Makes a failure from one sentence.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, field: None, report: None, next_try: None }
    }

    /// Adds advice on what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the report of an import.
    pub fn with_report(mut self, report: ImportReport) -> Self {
        self.report = Some(Box::new(report));
        self
    }

    /// Adds the wait before the next try.
    pub fn with_next_try(mut self, next_try: NextTry) -> Self {
        self.next_try = Some(next_try);
        self
    }

    /// Names the field that is wrong.
    pub fn about(mut self, field: Field) -> Self {
        self.field = Some(field);
        self
    }
}

/// The kinds of failure; each has one exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// Anything not listed below.
    Other,
    /// The operator stopped it.
    Stopped,
    /// There is no such account, session or directory.
    NotFound,
    /// A value is taken, a thing exists already, or somebody else changed it meanwhile.
    Conflict,
    /// The password, code or token is wrong, the action is not permitted, or no usable admin would be left.
    Refused,
    /// The operator must give the password again before this.
    ProofNeeded,
    /// Failed tries came before: this one was not looked at.
    TooSoon,
    /// The operator's session is over: the console returns to the log-in.
    SignedOut,
    /// A field, a filter or a file breaks its rules.
    Invalid,
    /// The store cannot serve.
    Unavailable,
    /// The store's file is damaged: it is only read from now on.
    Damaged,
}

impl FailureKind {
    /// Returns the word that programs read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Other => "failed",
            Self::Stopped => "stopped",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Refused | Self::ProofNeeded => "refused",
            Self::TooSoon => "too_soon",
            Self::SignedOut => "signed_out",
            Self::Invalid => "invalid",
            Self::Unavailable => "unavailable",
            Self::Damaged => "damaged",
        }
    }

    /// Returns the exit code of a command.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Other | Self::Stopped => 1,
            Self::NotFound => 3,
            Self::Conflict => 4,
            Self::Refused | Self::ProofNeeded | Self::TooSoon | Self::SignedOut => 5,
            Self::Invalid => 6,
            Self::Unavailable | Self::Damaged => 7,
        }
    }
}
