//! What went wrong, as it goes to standard error: a sentence and a hint for people, an object for programs.

use std::ffi::OsString;
use std::io::Write;

use serde_json::{Value, json};

use crate::domain::finding::Finding;
use crate::domain::text::visible;
use crate::service::contract::Failure;

use super::import_report;
use super::output::{Format, document};

/// The form in which errors are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorFormat {
    /// A sentence, and a hint on a line of its own.
    Text,
    /// One JSON object on one line.
    Json,
}

impl ErrorFormat {
    /// Returns the form that the raw arguments ask for, whatever else is wrong with them.
    pub fn of(args: &[OsString]) -> Self {
        let mut wanted = Self::Text;
        let mut args = args.iter().filter_map(|arg| arg.to_str()).take_while(|arg| *arg != "--");
        while let Some(arg) = args.next() {
            let value = if arg == "--format" { args.next() } else { arg.strip_prefix("--format=") };
            if let Some(value) = value {
                wanted = if matches!(value, "json" | "jsonl") { Self::Json } else { Self::Text };
            }
        }
        wanted
    }
}

impl Format {
    /// The form of errors beside data in this format.
    pub(super) const fn errors(self) -> ErrorFormat {
        match self {
            Self::Json | Self::Jsonl => ErrorFormat::Json,
            Self::Table | Self::Csv => ErrorFormat::Text,
        }
    }
}

/// What went wrong, as programs are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) kind: &'static str,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Problem {
    /// Returns the object that goes to standard error.
    pub(super) fn object(&self, exit: u8) -> Value {
        json!({ "error": { "kind": self.kind, "message": self.message, "hint": self.hint, "exit": exit } })
    }
}

/// Says on `err` why something failed. The exit code.
pub fn report(failure: &Failure, form: ErrorFormat, err: &mut dyn Write) -> u8 {
    let exit = failure.kind.exit_code();
    let (message, hint) = (&failure.message, &failure.hint);
    match form {
        ErrorFormat::Text => say(&explained(message, hint.as_deref()), err),
        ErrorFormat::Json => {
            let problem = Problem { kind: failure.kind.word(), message: message.clone(), hint: hint.clone() };
            let mut object = problem.object(exit);
            if let (Some(error), Some(report)) = (object.get_mut("error"), &failure.report) {
                error["report"] = import_report::document(report);
            }
            tell(&object, err);
        }
    }
    exit
}

/// Says on `err` what whoever opened a store should know about it.
pub fn warn_of(findings: &[Finding], err: &mut dyn Write) {
    for Finding { message, fix, .. } in findings {
        warn(&format!("{message}."), fix, err);
    }
}

/// Says on `err` what should be seen to; the command goes on. A warning is text in every format.
pub fn warn(message: &str, hint: &str, err: &mut dyn Write) {
    say(&explained(&format!("warning: {message}"), Some(hint)), err);
}

/// A sentence and what to do about it, as they go to standard error.
pub(super) fn explained(message: &str, hint: Option<&str>) -> String {
    let hint = hint.map(|hint| format!("  hint: {}\n", visible(hint))).unwrap_or_default();
    format!("nexus: {}\n{hint}", visible(message))
}

/// Writes a message. Nothing is left to do for somebody who does not listen.
pub(super) fn say(text: &str, err: &mut dyn Write) {
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// The same with a JSON document.
pub(super) fn tell(object: &Value, err: &mut dyn Write) {
    let _ = document(object, err).and_then(|()| err.flush());
}
