//! One command under way: asking first, performing, saying what was done.

use std::io;
use std::ops::ControlFlow;

use crate::domain::text::visible;
use crate::domain::time::{Timestamp, date_time};
use crate::service::contract::{Failure, FailureKind, ImportReport, Progress, Reply, Request, Tally, Verb};

use super::bar::Bar;
use super::output::{self, Record, Style, Value};
use super::{Exit, Io, explained, report};

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
pub(super) type Service<'s> = dyn FnMut(Request, Course, &mut OnProgress<'_>) -> Result<Reply, Failure> + 's;

/// How a command goes about its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    /// A rehearsal with `--dry-run`.
    pub(super) course: Course,
    pub(super) yes: bool,
    /// Somebody sits at a terminal and may be asked.
    pub(super) can_ask: bool,
    /// Standard error is a terminal.
    pub(super) shows_progress: bool,
}

/// Whether an act must be agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    NotNeeded,
    /// Only where it ends more than one session.
    ForSeveralSessions,
    Needed,
    /// On a terminal the name is typed: it is for good.
    ByName,
}

impl Consent {
    /// Whether it is known beforehand, without a look at the store, that it will be asked for.
    pub(super) const fn is_asked_for(self) -> bool {
        matches!(self, Self::Needed | Self::ByName)
    }
}

/// Why a command ends early.
#[derive(Debug)]
pub(super) enum Stop {
    /// The service, or the input, did not allow it.
    Failed(Failure),
    /// It was not agreed to, or cannot be.
    Refused(Exit),
    /// A stream failed.
    Stream(io::Error),
}

impl Stop {
    /// What an import found that kept it from taking anything.
    pub(super) fn report(&self) -> Option<&ImportReport> {
        match self {
            Self::Failed(failure) => failure.report.as_deref(),
            Self::Refused(_) | Self::Stream(_) => None,
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Exit> for Stop {
    fn from(exit: Exit) -> Self {
        Self::Refused(exit)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

impl Manner {
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
pub(super) struct Errand<'s, 'i> {
    pub(super) service: &'s mut Service<'s>,
    pub(super) io: Io<'i>,
    pub(super) now: Timestamp,
    pub(super) style: Style,
    pub(super) manner: Manner,
}

impl Errand<'_, '_> {
    /// Asks the service for something to read.
    pub(super) fn read(&mut self, request: Request) -> Result<Reply, Failure> {
        self.perform(request, Course::ForGood)
    }

    /// Does a request, with a bar on a terminal while it is long. Ctrl-C stops what is done for good in good order;
    /// a rehearsal it simply ends.
    pub(super) fn perform(&mut self, request: Request, course: Course) -> Result<Reply, Failure> {
        let mut bar = Bar::new(self.io.err);
        let shows = self.manner.shows_progress;
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

    /// Does `request`, or with `--dry-run` says what it would do.
    pub(super) fn act(&mut self, consent: Consent, request: Request) -> Result<(), Stop> {
        if self.manner.course == Course::Rehearsal {
            let tally = tally(self.perform(request, Course::Rehearsal)?)?;
            self.say(&format!("{}.", tally.would()));
            return Ok(());
        }
        self.agree(consent, &request)?;
        match self.perform(request, Course::ForGood)? {
            Reply::Secret { tally, secret, expires_at } => {
                writeln!(self.io.out, "{}", secret.expose())?;
                let kind = if tally.verb == Verb::Issued { "token" } else { "code" };
                self.say(&format!("{}. The {kind} ends {} UTC.", tally.done(), date_time(expires_at)));
            }
            reply => self.say(&format!("{}.", tally(reply)?.done())),
        }
        Ok(())
    }

    fn agree(&mut self, consent: Consent, request: &Request) -> Result<(), Stop> {
        if consent == Consent::NotNeeded || !self.manner.asks() {
            return Ok(());
        }
        let tally = tally(self.perform(request.clone(), Course::Rehearsal)?)?;
        if consent == Consent::ForSeveralSessions && tally.sessions <= 1 {
            return Ok(());
        }
        // Where somebody could answer, nothing is asked about what is so already.
        if self.manner.can_ask && tally.touched() == 0 && tally.unchanged > 0 {
            return Ok(());
        }
        match tally.label {
            Some(ref name) if consent == Consent::ByName => self.name(&tally.question(), name),
            _ => self.question(&tally.question()),
        }
    }

    /// Goes on only after a yes.
    pub(super) fn question(&mut self, question: &str) -> Result<(), Stop> {
        let answer = self.answer(&format!("{question} [y/N] "))?;
        agreed(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Goes on only after the name itself, as a terminal shows it.
    fn name(&mut self, question: &str, name: &str) -> Result<(), Stop> {
        let answer = self.answer(&format!("{question} It is for good. Type the name to go on: "))?;
        agreed(!answer.is_empty() && answer == visible(name.trim()))
    }

    /// The line that is typed after `prompt`, without the blanks around it.
    fn answer(&mut self, prompt: &str) -> Result<String, Stop> {
        if !self.manner.can_ask {
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
    pub(super) fn end(self, result: Result<(), Stop>) -> u8 {
        let Io { out, err, .. } = self.io;
        let flushed = out.flush().map_err(Stop::from);
        match result.and(flushed) {
            Ok(()) => 0,
            Err(Stop::Failed(failure)) => report(&failure, err),
            Err(Stop::Refused(exit)) => exit.print(out, err),
            // `nexus user list | head`: whoever closed the pipe has seen enough.
            Err(Stop::Stream(error)) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Err(Stop::Stream(error)) => {
                report(&Failure::new(FailureKind::Other, format!("Cannot read or write: {error}.")), err)
            }
        }
    }
}

/// Ends a command that was not agreed to.
fn agreed(yes: bool) -> Result<(), Stop> {
    if yes {
        return Ok(());
    }
    Err(Exit { code: USAGE, text: explained("Nothing was changed.", None) }.into())
}

/// What an act came to.
fn tally(reply: Reply) -> Result<Tally, Failure> {
    match reply {
        Reply::Done(tally) | Reply::Secret { tally, .. } => Ok(tally),
        _ => Err(unexpected()),
    }
}

/// The service answered with something that does not belong to the request.
pub(super) fn unexpected() -> Failure {
    Failure::new(FailureKind::Other, "NEXUS answered something else than was asked: this is a mistake in it.")
}
