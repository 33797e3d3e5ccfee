//! `nexus doctor`: finds and fixes faults of the store.

use std::io;

use clap::Args;

use crate::domain::finding::{Finding, Severity};
use crate::domain::text::{count, visible};
use crate::service::contract::confirmation::FrontEnd;
use crate::service::contract::{Diagnosis, Doctor, Failure, Reply, Request};

use super::output::{Cell, Column, Format, Heading, Key, Record, Sheet, Tone, Value, paragraph};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::selection_args::Input;
use super::store_command::StoreCommand;
use super::{Exit, StoreUse};

const AFTER_HELP: &str = "\
Each finding is printed with its fix. --fix fixes only what loses nothing: file modes, a long log, NEXUS's own triggers, \
indexes, tables that lost a CHECK or a foreign key, lost tables and counts that can be derived from other rows, sessions \
that are over. Other programs' triggers and unique indexes on NEXUS's tables are removed only with --drop-foreign. Removed \
and replaced objects are saved as SQL in NAME.removed-TIME.sql beside the store, and each repair is an entry in the \
journal. --dry-run shows what would be fixed. `nexus manual store` lists all checks.
Keys of a finding in JSON and CSV:
  check       the check that found it: mode, disk, integrity, schema, journal, backup, …
  severity    error (the store is refused, or cannot be trusted, until it is fixed) or warning
  object      the file, table, index, trigger, view or row with the fault
  message     what is wrong
  fix         the command or sentence that fixes it
  fixable     true if --fix can fix it
Exit 0 when there is no finding (after --fix: none left), 8 when there are some.";

/// Check the store and repair it
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct DoctorArguments {
    /// Fix what can be fixed without losing anything
    #[arg(long)]
    fix: bool,
    /// Remove other programs' triggers and unique indexes on NEXUS's tables
    #[arg(long, requires = "fix")]
    drop_foreign: bool,
}

impl StoreCommand for DoctorArguments {
    fn request(&self, _: &Input) -> Result<Option<Request>, Failure> {
        let repair = Doctor::Repair { drop_foreign: self.drop_foreign };
        Ok(self.fix.then_some(Request::Doctor(repair)))
    }

    fn expected(&self) -> Option<u64> {
        None
    }

    fn store_use(&self, dry_run: bool) -> StoreUse {
        if self.fix && !dry_run { StoreUse::Repair } else { StoreUse::Examine }
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        if !self.fix {
            let found = diagnose(runner, Doctor::Examine, false)?;
            return report(runner, &found.findings);
        }
        let repair = Doctor::Repair { drop_foreign: self.drop_foreign };
        let asks = Request::Doctor(repair).must_be_counted(FrontEnd::Command) && runner.options.asks();
        let foreseen = diagnose(runner, repair, true)?;
        if foreseen.mended.is_empty() {
            return report(runner, &foreseen.findings);
        }
        if runner.options.dry_run {
            say(runner, "Would fix", &foreseen.mended);
            return report(runner, &foreseen.findings);
        }
        if asks {
            say(runner, "To fix", &foreseen.mended);
            let findings = count(foreseen.mended.len() as u64, "finding", "findings");
            runner.question(&format!("Fix {findings}?"))?;
        }
        let done = diagnose(runner, repair, false)?;
        say(runner, "Fixed", &done.mended);
        if let Some(saved) = &done.saved {
            runner.say(&format!("Removed and replaced objects are saved in {}.", saved.display()));
        }
        report(runner, &done.findings)
    }
}

fn diagnose(
    runner: &mut CommandRunner<'_, '_>,
    request: Doctor,
    dry_run: bool,
) -> Result<Diagnosis, CommandError> {
    let Reply::Diagnosis(diagnosis) = runner.perform(Request::Doctor(request), dry_run)? else {
        return Err(unexpected().into());
    };
    Ok(*diagnosis)
}

fn say(runner: &mut CommandRunner<'_, '_>, action: &str, findings: &[Finding]) {
    for finding in findings {
        runner.say(&format!("{action}: {}", finding.message));
    }
}

/// Prints the findings: for people, a line for each finding and a line with its fix.
fn report(runner: &mut CommandRunner<'_, '_>, findings: &[Finding]) -> Result<(), CommandError> {
    if runner.style.format == Format::Table {
        list(runner, findings)?;
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
    Err(Exit::findings(&format!("{found}."), "each is printed with its fix").into())
}

/// Prints findings for people.
pub(super) fn list(runner: &mut CommandRunner<'_, '_>, findings: &[Finding]) -> io::Result<()> {
    for finding in findings {
        let Finding { check, severity, message, fix, .. } = finding;
        let told = format!("{} ({check}): {}", severity.word(), visible(message));
        paragraph(&told, ["", "  "], runner.style, runner.io.out)?;
        paragraph(&format!("fix: {}", visible(fix)), ["  ", "       "], runner.style, runner.io.out)?;
    }
    Ok(())
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Confirmation,
    }
}

impl Record for Finding {
    fn keys() -> Vec<Key<Self>> {
        vec![
            Key::new("check", |finding: &Self, _| finding.check.into()),
            Key::new("severity", |finding: &Self, _| finding.severity.word().into()),
            Key::new("object", |finding: &Self, _| (&finding.object).into()),
            Key::new("message", |finding: &Self, _| (&finding.message).into()),
            Key::new("fix", |finding: &Self, _| (&finding.fix).into()),
            Key::new("fixable", |finding: &Self, _| Value::Flag(finding.fixable)),
        ]
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new(Heading::words("Severity"), |finding: &Self, _| {
                Cell::state(finding.severity.word(), tone(finding.severity))
            }),
            Column::new(Heading::words("Check"), |finding: &Self, _| Cell::text(finding.check)),
            Column::new(Heading::words("Object"), |finding: &Self, _| Cell::text(&finding.object)),
            Column::new(Heading::words("Message"), |finding: &Self, _| Cell::text(&finding.message)),
            Column::new(Heading::words("Fix"), |finding: &Self, _| Cell::text(&finding.fix)),
        ]
    }
}
