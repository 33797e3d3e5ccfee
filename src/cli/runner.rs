//! One command under way: asking first, performing, saying what was done.

use std::io;
use std::ops::ControlFlow;

use crate::domain::text::{count, visible};
use crate::domain::time::{Timestamp, date_time};
use crate::service::contract::confirmation::{self, Confirmation, FrontEnd};
use crate::service::contract::{
    Action, ActionSummary, CountedRows, Failure, FailureKind, ImportReport, Progress, Reply, Request,
};

use super::act_report::{Field, Shown};
use super::bar::Bar;
use super::output::{self, Format, Record, Style, Value};
use super::{Exit, Io, act_report, report};

/// The exit code for wrong usage, and for a question that was not answered with yes.
pub(super) const USAGE: u8 = 2;

/// The exit code when what was checked is not as it should be.
pub(super) const FINDINGS: u8 = 8;

/// Told how far long work is.
pub(super) type OnProgress<'p> = dyn FnMut(Progress) -> ControlFlow<()> + 'p;

/// Whether a request is done, or undone again after it is known what it would come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    ForGood,
    Rehearsal,
}

/// Does a request.
pub(super) type RequestHandler<'s> =
    dyn FnMut(Request, Course, &mut OnProgress<'_>) -> Result<Reply, Failure> + 's;

/// How a command goes about its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RunOptions {
    /// A rehearsal with `--dry-run`.
    pub(super) course: Course,
    /// How many rows an act must be for, if that is said.
    pub(super) expect: Option<u64>,
    pub(super) yes: bool,
    /// Somebody sits at a terminal and may be asked.
    pub(super) can_ask: bool,
    /// Standard error is a terminal.
    pub(super) shows_progress: bool,
}

/// Why a command ends early.
#[derive(Debug)]
pub(super) enum CommandError {
    /// The service, or the input, did not allow it.
    Failed(Failure),
    /// It was not agreed to, or cannot be.
    Refused(Exit),
    /// A stream failed.
    Stream(io::Error),
}

impl CommandError {
    /// What an import found that kept it from taking anything.
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
    /// Whether an act that must be agreed to has still to be.
    pub(super) fn asks(self) -> bool {
        self.course == Course::ForGood && !self.yes
    }
}

/// Nobody is there to ask.
pub(super) fn unanswered() -> Exit {
    Exit::usage(
        "This asks first, and there is nobody to ask. Nothing was changed.",
        "--yes says yes beforehand",
    )
}

/// One command under way.
pub(super) struct CommandRunner<'s, 'i> {
    pub(super) service: &'s mut RequestHandler<'s>,
    pub(super) io: Io<'i>,
    pub(super) now: Timestamp,
    pub(super) style: Style,
    pub(super) options: RunOptions,
}

impl CommandRunner<'_, '_> {
    /// Asks the service for something to read.
    pub(super) fn read(&mut self, request: Request) -> Result<Reply, Failure> {
        self.perform(request, Course::ForGood)
    }

    /// Does a request, with a bar on a terminal while it is long. Ctrl-C stops what is done for good in good order;
    /// a rehearsal it simply ends.
    pub(super) fn perform(&mut self, request: Request, course: Course) -> Result<Reply, Failure> {
        let mut bar = Bar::new(self.io.err, self.style.ascii);
        let shows = self.options.shows_progress;
        let interrupted = &mut *self.io.interrupted;
        let reply = (self.service)(request, course, &mut |progress| {
            if shows {
                bar.show(progress);
            }
            if course == Course::ForGood && interrupted() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        bar.clear();
        reply
    }

    /// Does `request`, or with `--dry-run` says what it would do. What must be counted first is then done to the rows that
    /// were counted.
    pub(super) fn act(&mut self, request: Request) -> Result<(), CommandError> {
        if self.options.course == Course::Rehearsal {
            let (summary, _) = self.count(&request)?;
            return self.tell(summary, None);
        }
        let asks = self.options.asks() && request.must_be_counted(FrontEnd::Command);
        let request = if asks || self.options.expect.is_some() { self.agreed(request)? } else { request };
        match self.perform(request, Course::ForGood)? {
            Reply::Secret { summary, secret, expires_at } => self.tell(summary, Some((&secret, expires_at))),
            Reply::Done(summary) => self.tell(summary, None),
            _ => Err(unexpected().into()),
        }
    }

    /// Tells what an act came to: a sentence for people, an object for programs.
    fn tell(&mut self, summary: ActionSummary, shown: Shown<'_>) -> Result<(), CommandError> {
        let course = self.options.course;
        if self.style.format != Format::Table {
            return self.tell_programs(act_report::fields(summary, course, shown));
        }
        let sentence = if course == Course::Rehearsal { summary.would() } else { summary.done() };
        let Some((secret, expires_at)) = shown else {
            self.say(&format!("{sentence}."));
            return Ok(());
        };
        writeln!(self.io.out, "{}", secret.expose())?;
        let kind = if summary.action == Action::Issued { "token" } else { "code" };
        self.say(&format!("{sentence}. The {kind} ends {} UTC.", date_time(expires_at)));
        Ok(())
    }

    /// Prints what an act came to, where it is programs that read it.
    pub(super) fn tell_programs(&mut self, fields: Vec<Field>) -> Result<(), CommandError> {
        Ok(output::fields(fields, self.style, self.io.out)?)
    }

    /// Finds out what an act would come to, and for which rows; they must be as many as expected.
    fn count(&mut self, request: &Request) -> Result<(ActionSummary, CountedRows), CommandError> {
        let Reply::Counted { summary, mut rows } = self.perform(request.clone(), Course::Rehearsal)? else {
            return Err(unexpected().into());
        };
        let found = rows.count(&summary);
        if let Some(expected) = self.options.expect.filter(|expected| *expected != found) {
            let message = format!("It is for {}, not for {expected}.", count(found, "row", "rows"));
            return Err(Failure::new(FailureKind::Conflict, message).hint("Nothing was changed.").into());
        }
        rows.all_or_nothing = self.options.expect.is_some();
        Ok((summary, rows))
    }

    /// Counts an act and asks where that is needed. Returns the act on the rows that were counted.
    fn agreed(&mut self, request: Request) -> Result<Request, CommandError> {
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

    /// Goes on only after a yes.
    pub(super) fn question(&mut self, question: &str) -> Result<(), CommandError> {
        let answer = self.answer(&format!("{question} [y/N] "))?;
        agreed(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Goes on only after the number or name itself, as a terminal shows it.
    fn typed(&mut self, question: &str, word: &str, wanted: &str) -> Result<(), CommandError> {
        let wanted = wanted.trim();
        let answer = self.answer(&format!("{question} Type {wanted} to {word}: "))?;
        agreed(!answer.is_empty() && answer == visible(wanted))
    }

    /// The line that is typed after `prompt`, without the blanks around it.
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

    /// Prints one thing to standard output.
    pub(super) fn print<R: Record>(&mut self, row: &R) -> io::Result<()> {
        output::one(row, self.style, self.now, self.io.out)
    }

    /// Prints one thing that people read in one line.
    pub(super) fn line<const N: usize>(&mut self, line: &str, fields: [(&str, Value); N]) -> io::Result<()> {
        output::line(line, fields, self.style, self.io.out)
    }

    /// A line on standard error. One that nobody reads changes nothing about what was done.
    pub(super) fn say(&mut self, line: &str) {
        let _ = writeln!(self.io.err, "{}", visible(line));
    }

    /// Says why it failed, if it did. The exit code.
    pub(super) fn end(self, result: Result<(), CommandError>) -> u8 {
        let Io { out, err, .. } = self.io;
        let form = self.style.format.errors();
        let flushed = out.flush().map_err(CommandError::from);
        match result.and(flushed) {
            Ok(()) => 0,
            Err(CommandError::Failed(failure)) => report(&failure, form, err),
            Err(CommandError::Refused(exit)) => exit.print(form, out, err),
            // `nexus user list | head`: whoever closed the pipe has seen enough.
            Err(CommandError::Stream(error)) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Err(CommandError::Stream(error)) => {
                let failure = Failure::new(FailureKind::Other, format!("Cannot read or write: {error}."));
                report(&failure, form, err)
            }
        }
    }
}

/// Ends a command that was not agreed to.
fn agreed(yes: bool) -> Result<(), CommandError> {
    if yes { Ok(()) } else { Err(Exit::not_confirmed().into()) }
}

/// The service answered with something that does not belong to the request.
pub(super) fn unexpected() -> Failure {
    Failure::new(FailureKind::Other, "NEXUS answered something else than was asked: this is a mistake in it.")
}
