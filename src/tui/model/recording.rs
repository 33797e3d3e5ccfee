//! The runbook: its beginning, its end, and the actions between.

use std::path::PathBuf;

use crate::domain::text::excerpt_path;
use crate::service::contract::{Failure, FailureKind, Reply};
use crate::tui::effect::{Ask, Effect, RequestId};
use crate::tui::runbook;

use super::{Model, Notice};

impl Model {
    /// Begins a runbook in `file`; without one, ends the one that is being written.
    pub(super) fn record(&mut self, file: Option<PathBuf>) -> Vec<Effect> {
        if let Some(why) = self.viewing_refusal() {
            return self.fulfil_one(Ask::ShowError(why));
        }
        match (self.runbook.file(), file) {
            (None, Some(_)) if !self.may_name_files() => {
                self.cannot_record("Only an admin may write files.".into())
            }
            (None, Some(file)) => {
                let file = self.start.commands.path(&file.to_string_lossy());
                self.start_recording(file)
            }
            (None, None) => {
                self.cannot_record("Nothing is being recorded; :record FILE begins a runbook.".into())
            }
            (Some(current), Some(_)) => {
                let words = format!("Already recording to {}; :record ends that.", excerpt_path(current));
                self.cannot_record(words)
            }
            (Some(_), None) => {
                let file = self.runbook.stop().unwrap_or_default();
                self.say(format!("Recorded to {}", excerpt_path(&file)));
                vec![Effect::EndRunbook]
            }
        }
    }

    fn start_recording(&mut self, file: PathBuf) -> Vec<Effect> {
        let Some(operator) = &self.operator else { return Vec::new() };
        match runbook::header(self.now, &operator.label, &self.start.host, &self.start.store) {
            Ok(header) => vec![self.runbook.start(file, header)],
            Err(why) => self.cannot_record(format!("The store cannot be named in a runbook: {why}.")),
        }
    }

    fn cannot_record(&mut self, why: String) -> Vec<Effect> {
        self.notify(Notice::Failed(Failure::new(FailureKind::Invalid, why)));
        Vec::new()
    }

    /// Takes the result of beginning or writing the runbook.
    pub(super) fn recording(&mut self, result: Result<(), Failure>) -> Vec<Effect> {
        match (result, self.runbook.file()) {
            (Ok(()), Some(file)) => {
                let words = format!("Recording to {}; :record ends it", excerpt_path(file));
                self.say(words);
            }
            (Ok(()), None) => {}
            (Err(failure), _) => {
                self.runbook.stop();
                self.notify(Notice::Failed(failure));
            }
        }
        Vec::new()
    }

    /// Adds an action that was done to the runbook.
    pub(super) fn note(&mut self, request_id: RequestId, reply: &Reply) -> Vec<Effect> {
        let Some(summary) = reply.summary() else {
            self.runbook.failed(request_id);
            return Vec::new();
        };
        let who = self.operator.as_ref().map(|operator| operator.label.as_str()).unwrap_or_default();
        Vec::from_iter(self.runbook.done(request_id, self.now, who, summary))
    }
}
