//! The effects that need no terminal: requests, commands, the runbook, the preferences. Every front end has them.

use std::sync::mpsc::Sender;

use crate::tui::effect::{Effect, Msg};
use crate::tui::preferences::Preferences;

use super::RuntimeEvent;
use super::command_worker::{CommandJob, CommandTask, CommandWorker};
use super::preferences::PreferenceFiles;
use super::runbook::RunbookFile;
use super::worker::{RequestJob, Workers};

/// The workers and files behind the console.
pub(crate) struct EffectRunner<'a> {
    workers: &'a Workers,
    /// Runs commands of the palette; a test may do without.
    pub(super) commands: Option<&'a CommandWorker>,
    /// Sends to the inbox.
    outbox: Sender<RuntimeEvent>,
    /// The runbook that is being recorded.
    runbook: Option<RunbookFile>,
    /// The files of the preferences; without them nothing is remembered.
    pub(super) preferences: Option<PreferenceFiles>,
}

impl<'a> EffectRunner<'a> {
    pub(super) fn new(workers: &'a Workers, outbox: Sender<RuntimeEvent>) -> Self {
        Self { workers, commands: None, outbox, runbook: None, preferences: None }
    }

    /// Executes an effect; one that needs a terminal is for the caller.
    pub(super) fn execute(&mut self, effect: Effect) {
        match effect {
            Effect::Perform { request_id, caller, request, dry_run } => {
                self.workers.perform(RequestJob { request_id, caller, request, dry_run });
            }
            Effect::Print { request_id, caller, words, options } => {
                let work = CommandTask::Print { words, options };
                self.run_command(CommandJob { request_id, caller, work });
            }
            Effect::Export { request_id, caller, list, file, overwrites } => {
                let work = CommandTask::Export { list: Box::new(list), file, overwrites };
                self.run_command(CommandJob { request_id, caller, work });
            }
            Effect::Cancel(request_id) => {
                self.workers.cancel(request_id);
                if let Some(commands) = self.commands {
                    commands.cancel(request_id);
                }
            }
            Effect::StartRunbook { file, header } => {
                let begun = RunbookFile::create(file, &header);
                let result = begun.map(|runbook| self.runbook = Some(runbook));
                self.tell(Msg::Recording(result));
            }
            Effect::WriteRunbook(text) => {
                let added = self.runbook.as_mut().map_or(Ok(()), |runbook| runbook.add(&text));
                if added.is_err() {
                    self.runbook = None;
                    self.tell(Msg::Recording(added));
                }
            }
            Effect::EndRunbook => self.runbook = None,
            Effect::LoadPreferences { account } => match &self.preferences {
                Some(files) => files.load(account),
                None => self.tell(Msg::Preferences { account, result: Ok(Preferences::default()) }),
            },
            Effect::SavePreferences { account, preferences } => {
                self.preferences.iter().for_each(|files| files.save(account, preferences.clone()));
            }
            Effect::Watch(_)
            | Effect::Copy(_)
            | Effect::ReportMouse(_)
            | Effect::Redraw
            | Effect::Suspend
            | Effect::Leave => {}
        }
    }

    fn run_command(&self, job: CommandJob) {
        if let Some(commands) = self.commands {
            commands.run(job);
        }
    }

    /// Queues a message behind all that are in the inbox.
    pub(super) fn tell(&self, msg: Msg) {
        // A missing receiver means that the console is already ending.
        let _ = self.outbox.send(RuntimeEvent::Msg(Box::new(msg)));
    }
}
