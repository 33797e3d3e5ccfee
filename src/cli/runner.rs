//! Runs one command: asks first, performs the action, reports the result.

use std::io;
use std::ops::ControlFlow;

use crate::domain::text::{count, visible};
use crate::domain::time::{Timestamp, date_time};
use crate::service::contract::confirmation::{self, Confirmation, FrontEnd};
use crate::service::contract::{
    Action, ActionSummary, CountedRows, FactorSlip, Failure, FailureKind, INVITATION_NEEDS, ImportReport,
    Reply, Request, RequestHandler,
};

use super::action_report::{OneTimeSecret, ReportField};
use super::bar::Bar;
use super::output::{self, Format, Record, Style, Value};
use super::problem::report_stream;
use super::{Exit, Io, action_report, report};

/// The exit code for wrong usage, and for a question that was not answered with yes.
pub(super) const USAGE: u8 = 2;

/// The exit code of a check with findings.
pub(super) const FINDINGS: u8 = 8;

/// Options that govern the run of a command.
#[expect(clippy::struct_excessive_bools, reason = "each is independent of the others")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RunOptions {
    pub(super) dry_run: bool,
    /// The number of rows that an action must apply to, if one was given.
    pub(super) expect: Option<u64>,
    pub(super) yes: bool,
    /// True if somebody at a terminal can answer questions.
    pub(super) can_ask: bool,
    /// True if standard error is a terminal.
    pub(super) shows_progress: bool,
}

/// The reason that a command ends early.
#[derive(Debug)]
pub(super) enum CommandError {
    /// The service or the input refused it.
    Failed(Failure),
    /// The question was answered with no, or nobody can answer it.
    Refused(Exit),
    Stream(io::Error),
}

impl CommandError {
    /// Returns the report of an import that imported nothing.
    pub(super) fn report(&self) -> Option<&ImportReport> {
        match self {
            Self::Failed(failure) => failure.report.as_deref(),
            Self::Refused(_) | Self::Stream(_) => None,
        }
    }
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Exit> for CommandError {
    fn from(exit: Exit) -> Self {
        Self::Refused(exit)
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

impl RunOptions {
    /// Returns true if an action that needs a yes still has to ask for it.
    pub(super) fn asks(self) -> bool {
        !self.dry_run && !self.yes
    }
}

/// Returns the error for a question that nobody can answer.
pub(super) fn unanswered() -> Exit {
    Exit::usage(
        "This command asks for confirmation, but nobody can answer. Nothing was changed.",
        "use --yes to confirm in advance",
    )
}

/// A command with its surroundings while it runs.
pub(super) struct CommandRunner<'s, 'i> {
    pub(super) service: &'s mut RequestHandler<'s>,
    pub(super) io: Io<'i>,
    pub(super) now: Timestamp,
    pub(super) style: Style,
    pub(super) options: RunOptions,
}

impl CommandRunner<'_, '_> {
    /// Performs a request that only reads.
    pub(super) fn read(&mut self, request: Request) -> Result<Reply, Failure> {
        self.perform(request, false)
    }

    /// Performs a request, with a progress bar on a terminal if it takes long. Ctrl-C stops a real run at a
    /// safe point and ends a dry run at once.
    pub(super) fn perform(&mut self, request: Request, dry_run: bool) -> Result<Reply, Failure> {
        let mut bar = Bar::new(self.io.err, self.style.ascii);
        let shows = self.options.shows_progress;
        let interrupted = &mut *self.io.interrupted;
        let reply = (self.service)(request, dry_run, &mut |progress| {
            if shows {
                bar.show(progress);
            }
            if !dry_run && interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        bar.clear();
        reply
    }

    /// Performs an action, or shows its result with `--dry-run`. An action that is counted first applies to the
    /// counted rows.
    pub(super) fn execute(&mut self, request: Request) -> Result<(), CommandError> {
        if self.options.dry_run {
            let (summary, _) = self.count(&request)?;
            return self.report_summary(summary, None);
        }
        let asks = self.options.asks() && request.must_be_counted(FrontEnd::Command);
        let request = if asks || self.options.expect.is_some() { self.confirm(request)? } else { request };
        let reply = match self.perform(request, false)? {
            Reply::FactorSet(slip) => return self.report_factor(*slip),
            reply => reply,
        };
        let (summary, shown) = reply.into_result().ok_or_else(unexpected)?;
        self.report_summary(summary, shown.as_ref().map(|(secret, expires_at)| (secret, *expires_at)))
    }

    /// Reports the result of an action: a sentence for people, an object for programs.
    pub(super) fn report_summary(
        &mut self,
        summary: ActionSummary,
        shown: OneTimeSecret<'_>,
    ) -> Result<(), CommandError> {
        let dry_run = self.options.dry_run;
        if self.style.format != Format::Table {
            return self.print_for_programs(action_report::fields(summary, dry_run, shown));
        }
        let is_invitation = summary.action == Action::Invited;
        let sentence = if dry_run { summary.would() } else { summary.done() };
        let Some((secret, expires_at)) = shown else {
            self.say(&format!("{sentence}."));
            return Ok(());
        };
        writeln!(self.io.out, "{}", secret.expose())?;
        let kind = if summary.action == Action::Issued { "token" } else { "code" };
        self.say(&format!("{sentence}. The {kind} ends {} UTC.", date_time(expires_at)));
        if is_invitation {
            self.say(INVITATION_NEEDS);
        }
        Ok(())
    }

    /// Reports a second factor that was set up: its URI, its secret and the recovery codes, a line each.
    fn report_factor(&mut self, slip: FactorSlip) -> Result<(), CommandError> {
        if self.style.format != Format::Table {
            return self.print_for_programs(action_report::factor_fields(slip));
        }
        let FactorSlip { summary, codes, offer, is_verified: _ } = slip;
        for line in [&offer.uri, &offer.secret].into_iter().chain(&codes) {
            writeln!(self.io.out, "{}", line.expose())?;
        }
        let codes = count(codes.len() as u64, "recovery code", "recovery codes");
        self.say(&format!("{}. The next log-in asks for a code of it.", summary.done()));
        self.say(&format!("The URI, the secret and {codes} are shown only now."));
        Ok(())
    }

    /// Prints the result of an action if the format is for programs.
    pub(super) fn print_for_programs(&mut self, fields: Vec<ReportField>) -> Result<(), CommandError> {
        Ok(output::fields(fields, self.style, self.io.out)?)
    }

    /// Finds the rows that an action applies to and its effects; checks their number against `--expect`.
    fn count(&mut self, request: &Request) -> Result<(ActionSummary, CountedRows), CommandError> {
        let Reply::Counted { summary, mut rows } = self.perform(request.clone(), true)? else {
            return Err(unexpected().into());
        };
        let found = rows.count(&summary);
        if let Some(expected) = self.options.expect.filter(|expected| *expected != found) {
            let message = format!("It applies to {}, not to {expected}.", count(found, "row", "rows"));
            return Err(Failure::new(FailureKind::Conflict, message).hint("Nothing was changed.").into());
        }
        rows.all_or_nothing = self.options.expect.is_some();
        Ok((summary, rows))
    }

    /// Counts the action's rows, asks if needed, and returns the action on the counted rows.
    fn confirm(&mut self, request: Request) -> Result<Request, CommandError> {
        let (summary, rows) = self.count(&request)?;
        if self.options.asks() {
            let question = confirmation::question(&request, &summary);
            match Confirmation::of(&request, &summary, FrontEnd::Command) {
                Confirmation::AtOnce => {}
                Confirmation::Ask => self.question(&question)?,
                Confirmation::TypeNumber(rows) => self.typed(&question, summary.word(), &rows.to_string())?,
                Confirmation::TypeName(name) => self.typed(&question, summary.word(), &name)?,
            }
        }
        Ok(request.for_rows(rows))
    }

    /// Continues only after a yes.
    pub(super) fn question(&mut self, question: &str) -> Result<(), CommandError> {
        let answer = self.answer(&format!("{question} [y/N] "))?;
        agreed(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Continues only after the number or name itself, as a terminal shows it.
    fn typed(&mut self, question: &str, word: &str, wanted: &str) -> Result<(), CommandError> {
        let wanted = wanted.trim();
        let answer = self.answer(&format!("{question} Type {wanted} to {word}: "))?;
        agreed(!answer.is_empty() && answer == visible(wanted))
    }

    /// Prompts for a line and returns it without surrounding blanks.
    fn answer(&mut self, prompt: &str) -> Result<String, CommandError> {
        if !self.options.can_ask {
            return Err(unanswered().into());
        }
        write!(self.io.err, "{}", visible(prompt))?;
        self.io.err.flush()?;
        let mut answer = String::new();
        self.io.input.read_line(&mut answer)?;
        Ok(answer.trim().to_owned())
    }

    /// Prints one record to standard output.
    pub(super) fn print<R: Record>(&mut self, row: &R) -> io::Result<()> {
        output::one(row, self.style, self.now, self.io.out)
    }

    /// Prints something that people read as one line.
    pub(super) fn line<const N: usize>(&mut self, line: &str, fields: [(&str, Value); N]) -> io::Result<()> {
        output::line(line, fields, self.style, self.io.out)
    }

    /// Prints a line on standard error. Write errors are ignored: they change nothing about what was done.
    pub(super) fn say(&mut self, line: &str) {
        let _ = writeln!(self.io.err, "{}", visible(line));
    }

    /// Prints the error, if there is one, and returns the exit code.
    pub(super) fn end(self, result: Result<(), CommandError>) -> u8 {
        let Io { out, err, .. } = self.io;
        let form = self.style.format.errors();
        let flushed = out.flush().map_err(CommandError::from);
        match result.and(flushed) {
            Ok(()) => 0,
            Err(CommandError::Failed(failure)) => report(&failure, form, err),
            Err(CommandError::Refused(exit)) => exit.print(form, out, err),
            Err(CommandError::Stream(error)) => report_stream(&error, form, err),
        }
    }
}

/// Ends the command unless the answer was yes.
fn agreed(yes: bool) -> Result<(), CommandError> {
    if yes { Ok(()) } else { Err(Exit::not_confirmed().into()) }
}

/// Returns the failure for a reply that does not fit the request.
pub(super) fn unexpected() -> Failure {
    Failure::new(FailureKind::Other, "Internal error: unexpected reply.")
}
