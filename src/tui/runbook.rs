//! The actions of this console as commands: that of the last action, and the runbook that is being written. This makes
//! text; it writes no file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::domain::text::visible;
use crate::domain::time::{Timestamp, to_rfc3339};
use crate::domain::user::{AccessLevel, UserId};
use crate::service::contract::{ActionSummary, CommandLine, NoCommand, Operator, Request, Undo};

use super::effect::{Effect, RequestId};
use super::startup::StorePath;

type RecordedCommand = Result<CommandLine, NoCommand>;

/// The actions of this console as commands. None of them holds a secret.
#[derive(Debug, Default)]
pub struct Runbook {
    under_way: BTreeMap<RequestId, RecordedCommand>,
    last: Option<RecordedCommand>,
    file: Option<PathBuf>,
}

impl Runbook {
    /// Notes an action that has begun.
    pub fn begun(&mut self, request_id: RequestId, request: &Request, operator: Option<&Operator>) {
        self.under_way.insert(request_id, request.command(own(operator)));
    }

    /// Forgets an action that was not done, or only in part.
    pub fn failed(&mut self, request_id: RequestId) {
        self.under_way.remove(&request_id);
    }

    /// Notes an action that was done. Returns its step if a runbook is being written.
    pub fn done(
        &mut self,
        request_id: RequestId,
        now: Timestamp,
        who: &str,
        summary: &ActionSummary,
    ) -> Option<Effect> {
        let command = self.under_way.remove(&request_id)?;
        let step =
            self.file.as_ref().map(|_| Effect::WriteRunbook(step(now, who, &summary.done(), &command)));
        // The runbook does not get the entry: when it is run again, the entry has another number.
        self.last = Some(match (command, summary.entry) {
            (Err(NoCommand::ByEntry), Some(entry)) => Request::Undo(Undo::Entry(entry)).command(None),
            (command, _) => command,
        });
        step
    }

    /// Returns the command of the last action, for a shell in which a bare `nexus` may open another store.
    ///
    /// # Errors
    ///
    /// A sentence for the operator if there is none.
    pub fn last(&self, store: &StorePath) -> Result<String, String> {
        let Some(last) = &self.last else { return Err("Nothing done yet".into()) };
        let line = match store {
            StorePath::Usual(_) => last.clone(),
            StorePath::Named(path) => last.clone().and_then(|line| line.with_store(path)),
        };
        line.map(|line| line.to_string()).map_err(|why| format!("The last action has no command: {why}"))
    }

    /// Returns true if the last action can be copied as a command.
    pub fn has_command(&self) -> bool {
        matches!(self.last, Some(Ok(_)))
    }

    /// Returns the file of the runbook that is being written.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Begins a runbook in this file with these first lines.
    pub fn start(&mut self, file: PathBuf, header: String) -> Effect {
        self.file = Some(file.clone());
        Effect::StartRunbook { file, header }
    }

    /// Ends the runbook and returns its file, if there was one.
    pub fn stop(&mut self) -> Option<PathBuf> {
        self.file.take()
    }

    /// Forgets everything when the operator leaves: what they did is not the next one's.
    pub fn forget(&mut self) -> Option<Effect> {
        std::mem::take(self).file.map(|_| Effect::EndRunbook)
    }
}

/// Returns the id of an operator who sees only their own rows.
fn own(operator: Option<&Operator>) -> Option<UserId> {
    operator.filter(|operator| operator.level == AccessLevel::User).map(|operator| operator.id)
}

/// Returns the first lines of a runbook.
///
/// # Errors
///
/// [`NoCommand::Unseen`] if the store's path cannot be written.
pub fn header(now: Timestamp, who: &str, host: &str, store: &StorePath) -> Result<String, NoCommand> {
    let setting = CommandLine::setting("NEXUS_STORE", store.path())?;
    let title = comment(&format!(
        "Runbook of the NEXUS console on {host}: what {who} did from {} on.",
        to_rfc3339(now)
    ));
    Ok(format!(
        "#!/bin/sh\n{title}\
         # The commands do the same to the same rows, by id or by a filter that must show as many (--expect). Where the\n\
         # console asked, so do they; what could not be said as a command is a comment.\n\
         set -e\n{setting}\nexport NEXUS_STORE\n"
    ))
}

/// Returns the lines of an action in a runbook.
fn step(now: Timestamp, who: &str, what: &str, command: &RecordedCommand) -> String {
    let note = comment(&format!("{} {who}: {what}", to_rfc3339(now)));
    match command {
        Ok(line) => format!("\n{note}{line}\n"),
        Err(why) => format!("\n{note}{}", comment(&format!("no command: {why}"))),
    }
}

/// Returns a comment of one line, whatever the store holds.
fn comment(text: &str) -> String {
    format!("# {}\n", visible(text))
}
