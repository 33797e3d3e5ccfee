//! `nexus doctor`: what is wrong with the store, and what mends it.

use clap::Args;

use crate::domain::finding::{Finding, Severity};
use crate::domain::text::{count, visible};
use crate::domain::time::Timestamp;
use crate::service::contract::confirmation::FrontEnd;
use crate::service::contract::{Diagnosis, Doctor, Reply, Request};

use super::Exit;
use super::output::{Cell, Format, Heading, Record, Sheet, Tone, Value};
use super::runner::{CommandError, CommandRunner, Course, unexpected};

const AFTER_HELP: &str = "\
Each finding is printed with the command or sentence that mends it. --fix restores what is NEXUS's own: triggers, indexes, \
and tables that lost a CHECK or a foreign key. Triggers and unique indexes that other programs hung on NEXUS's tables go \
only with --drop-foreign. What is removed or replaced is kept as SQL in NAME.removed-TIME.sql beside the store, and each \
repair is an entry in the journal. --dry-run says what would be mended.
Keys of a finding in JSON and CSV:
  check       mode, owner, links, mount, leftover, schema, clock, names or store
  severity    error (the store is refused until it is mended) or warning
  object      the file, table, index, trigger, view or row that it is about
  message     what is wrong
  fix         what mends it
  fixable     whether --fix can mend it
Exit 0 when there is no finding (after --fix: none left), 8 when there are some.";

/// Examine the store, and repair it
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct DoctorArguments {
    /// Restore what is NEXUS's own
    #[arg(long)]
    fix: bool,
    /// Remove triggers and unique indexes that other programs hung on NEXUS's tables
    #[arg(long, requires = "fix")]
    drop_foreign: bool,
}

impl DoctorArguments {
    /// Returns `true` where the store is only looked at.
    pub(super) const fn only_reads(&self) -> bool {
        !self.fix
    }

    /// Returns the act, if it is one.
    pub(super) fn request(&self) -> Option<Request> {
        self.fix.then_some(Request::Doctor(Doctor::Repair { drop_foreign: self.drop_foreign }))
    }

    pub(super) fn run(self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        if !self.fix {
            let found = diagnose(runner, Doctor::Examine, Course::ForGood)?;
            return report(runner, &found.findings);
        }
        let repair = Doctor::Repair { drop_foreign: self.drop_foreign };
        let asks = Request::Doctor(repair).must_be_counted(FrontEnd::Command) && runner.options.asks();
        let foreseen = diagnose(runner, repair, Course::Rehearsal)?;
        if foreseen.mended.is_empty() {
            return report(runner, &foreseen.findings);
        }
        if runner.options.course == Course::Rehearsal {
            say(runner, "Would mend", &foreseen.mended);
            return report(runner, &foreseen.findings);
        }
        if asks {
            say(runner, "To mend", &foreseen.mended);
            let findings = count(foreseen.mended.len() as u64, "finding", "findings");
            runner.question(&format!("Mend {findings}?"))?;
        }
        let done = diagnose(runner, repair, Course::ForGood)?;
        say(runner, "Mended", &done.mended);
        if let Some(saved) = &done.saved {
            runner.say(&format!("What was removed or replaced is kept in {}.", saved.display()));
        }
        report(runner, &done.findings)
    }
}

fn diagnose(
    runner: &mut CommandRunner<'_, '_>,
    request: Doctor,
    course: Course,
) -> Result<Diagnosis, CommandError> {
    match runner.perform(Request::Doctor(request), course)? {
        Reply::Diagnosis(diagnosis) => Ok(*diagnosis),
        _ => Err(unexpected().into()),
    }
}

fn say(runner: &mut CommandRunner<'_, '_>, action: &str, findings: &[Finding]) {
    for finding in findings {
        runner.say(&format!("{action}: {}", finding.message));
    }
}

/// Prints the findings: for people a line for each and a line with what mends it.
fn report(runner: &mut CommandRunner<'_, '_>, findings: &[Finding]) -> Result<(), CommandError> {
    if runner.style.format == Format::Table {
        for finding in findings {
            let Finding { check, severity, message, fix, .. } = finding;
            writeln!(runner.io.out, "{} ({check}): {}", severity.word(), visible(message))?;
            writeln!(runner.io.out, "  fix: {}", visible(fix))?;
        }
    } else {
        let mut sheet = Sheet::new(runner.style, runner.now);
        sheet.write(findings, runner.io.out)?;
        sheet.finish(runner.io.out)?;
    }
    if findings.is_empty() {
        runner.say("No findings.");
        return Ok(());
    }
    let found = count(findings.len() as u64, "finding", "findings");
    Err(Exit::findings(&format!("{found}."), "each is printed with what mends it").into())
}

impl Record for Finding {
    fn keys() -> Vec<&'static str> {
        vec!["check", "severity", "object", "message", "fix", "fixable"]
    }

    fn headings() -> Vec<Heading> {
        ["Severity", "Check", "Object", "Message", "Fix"].map(Heading::words).into()
    }

    fn values(&self, _: Timestamp) -> Vec<Value> {
        vec![
            self.check.into(),
            self.severity.word().into(),
            (&self.object).into(),
            (&self.message).into(),
            (&self.fix).into(),
            Value::Flag(self.fixable),
        ]
    }

    fn cells(&self, _: Timestamp) -> Vec<Cell> {
        let tone = match self.severity {
            Severity::Error => Tone::Bad,
            Severity::Warning => Tone::Confirmation,
        };
        vec![
            Cell::state(self.severity.word(), tone),
            Cell::text(self.check),
            Cell::text(&self.object),
            Cell::text(&self.message),
            Cell::text(&self.fix),
        ]
    }
}
