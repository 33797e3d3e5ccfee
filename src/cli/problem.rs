//! Errors on standard error: a sentence and a hint for people, an object for programs.

use std::ffi::OsString;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::domain::finding::Finding;
use crate::domain::text::visible;
use crate::service::contract::{Failure, FailureKind};

use super::import_report;
use super::output::{Format, document};

/// The form in which errors are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorFormat {
    /// A sentence, and a hint on a line of its own.
    Text,
    /// One JSON object on one line.
    Json,
}

impl ErrorFormat {
    /// Returns the form that the raw arguments ask for, even if they are wrong otherwise.
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
    /// Returns the form of errors that goes with data in this format.
    pub(super) const fn errors(self) -> ErrorFormat {
        match self {
            Self::Json | Self::Jsonl => ErrorFormat::Json,
            Self::Table | Self::Csv => ErrorFormat::Text,
        }
    }
}

/// An error for programs.
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

/// Prints a failure on `err` and returns the exit code.
pub fn report(failure: &Failure, form: ErrorFormat, err: &mut dyn Write) -> u8 {
    let exit = failure.kind.exit_code();
    let (message, hint) = (&failure.message, &failure.hint);
    match form {
        ErrorFormat::Text => write(&explained(message, hint.as_deref()), err),
        ErrorFormat::Json => {
            let problem = Problem { kind: failure.kind.word(), message: message.clone(), hint: hint.clone() };
            let mut object = problem.object(exit);
            if let (Some(error), Some(report)) = (object.get_mut("error"), &failure.report) {
                error["report"] = import_report::document(report);
            }
            write_json(&object, err);
        }
    }
    exit
}

/// Prints the error of a stream on `err` and returns the exit code.
pub(super) fn report_stream(error: &io::Error, form: ErrorFormat, err: &mut dyn Write) -> u8 {
    // `nexus user list | head`: the reader closed the pipe because it has seen enough.
    if error.kind() == io::ErrorKind::BrokenPipe {
        return 0;
    }
    report(&Failure::new(FailureKind::Other, format!("Cannot read or write: {error}.")), form, err)
}

/// Prints warnings about an opened store on `err`.
pub fn warn_of<'f>(findings: impl IntoIterator<Item = &'f Finding>, err: &mut dyn Write) {
    for Finding { message, fix, .. } in findings {
        warn(&format!("{message}."), fix, err);
    }
}

/// Prints a warning on `err`; the command continues. A warning is text in every format.
pub fn warn(message: &str, hint: &str, err: &mut dyn Write) {
    write(&explained(&format!("warning: {message}"), Some(hint)), err);
}

/// Formats a sentence and a hint for standard error.
pub(super) fn explained(message: &str, hint: Option<&str>) -> String {
    let hint = hint.map(|hint| format!("  hint: {}\n", visible(hint))).unwrap_or_default();
    format!("nexus: {}\n{hint}", visible(message))
}

/// Writes a message. A failure is ignored: nobody is reading.
pub(super) fn write(text: &str, err: &mut dyn Write) {
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// Writes a JSON document, likewise.
pub(super) fn write_json(object: &Value, err: &mut dyn Write) {
    let _ = document(object, err).and_then(|()| err.flush());
}
