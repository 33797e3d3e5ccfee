//! Why a request was not done.

use super::ImportReport;
use crate::domain::user::Field;

/// Why a request was not done. Nothing has changed then, unless the message says how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Decides the exit code and the place on screen.
    pub kind: FailureKind,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The field of a form that it is about.
    pub field: Option<Field>,
    /// What an import found that kept it from taking anything.
    pub report: Option<Box<ImportReport>>,
}

impl Failure {
    /// A failure in one sentence.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, field: None, report: None }
    }

    /// The same with what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with what an import found.
    pub fn with_report(mut self, report: ImportReport) -> Self {
        self.report = Some(Box::new(report));
        self
    }

    /// The same about one field.
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
    /// No such account, session or directory.
    NotFound,
    /// Already taken, already there, or changed by someone else meanwhile.
    Conflict,
    /// Wrong password, code or token; not permitted; would leave no usable admin.
    Refused,
    /// The operator's session is over: back to the log-in.
    SignedOut,
    /// A field, a filter or a file breaks its rules.
    Invalid,
    /// The store cannot serve.
    Unavailable,
    /// The store's file is damaged: it is only read from now on.
    Damaged,
}

impl FailureKind {
    /// The word that programs are told.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Other => "failed",
            Self::Stopped => "stopped",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Refused => "refused",
            Self::SignedOut => "signed_out",
            Self::Invalid => "invalid",
            Self::Unavailable => "unavailable",
            Self::Damaged => "damaged",
        }
    }

    /// The exit code of a command.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Other | Self::Stopped => 1,
            Self::NotFound => 3,
            Self::Conflict => 4,
            Self::Refused | Self::SignedOut => 5,
            Self::Invalid => 6,
            Self::Unavailable | Self::Damaged => 7,
        }
    }
}
