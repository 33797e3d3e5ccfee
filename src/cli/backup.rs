//! `nexus backup` and `nexus restore`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value as Json, json};

use crate::domain::backup::BackupContent;
use crate::domain::finding::Finding;
use crate::domain::text::{byte_count, count, excerpt_path, grouped};
use crate::domain::time::date_time;
use crate::service::contract::{
    Action, Backup, BackupReply, Failure, NeededKey, Reply, Request, TypedCommand, VerifiedBackup,
};

use super::action_report::{self, ReportField};
use super::doctor;
use super::output::{Cell, Column, Format, Heading, Key, Record, Value};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::selection_args::Input;
use super::store_command::{StoreCommand, typed_action};
use super::{Exit, StoreUse};

const AFTER_BACKUP: &str = "\
A backup is one state of the store, taken while others write: a SQLite file with mode 0600 that is verified before it gets \
its name. It is recorded in the journal. An older file is overwritten only after a question; with --keep, older ones are \
renamed to FILE.1, FILE.2, ….
Exit 7 when no space is left or the store is damaged; older backups are then as they were.
--verify examines a backup: pages and indexes, references, the chain of the journal, and the schema. Exit 0 when it is \
sound, 6 when it is no backup, 7 when a newer NEXUS made it, 8 when something was found.";

const AFTER_RESTORE: &str = "\
The backup is verified first. All rows of the store are replaced in one transaction, with consoles open or not; all sessions \
end. The old store is kept beside as NAME.before-TIME. Where there is no store, one is made. A backup of an older NEXUS is \
brought up to date.
Exit 5 when the backup has no usable admin but the store has; 6 when the file is no backup; 7 when it is cut off, damaged or \
of a newer NEXUS. The store is then as it was.";

/// Back up the store, or verify a backup
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = AFTER_BACKUP)]
pub(super) struct BackupArguments {
    /// The file to write, or to verify
    file: PathBuf,
    /// Keep this many backups: FILE, FILE.1, …
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=999))]
    keep: Option<u32>,
    /// Pack it with zstd
    #[arg(long)]
    compress: bool,
    /// Verify the file, packed or not, and change nothing
    #[arg(long, conflicts_with_all = ["keep", "compress"])]
    verify: bool,
}

/// Restore a backup
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = AFTER_RESTORE)]
pub(super) struct RestoreArguments {
    /// A file that `nexus backup` made, packed or not
    file: PathBuf,
    /// Restore it even if its journal or its schema is not intact
    #[arg(long)]
    despite_findings: bool,
}

impl BackupArguments {
    fn make(&self, overwrite: bool) -> Request {
        let (file, keep, compress) = (self.file.clone(), self.keep, self.compress);
        Request::Backup(Backup::Make { file, keep, compress, overwrite })
    }

    fn verification(&self) -> Request {
        Request::Backup(Backup::Verify { file: self.file.clone() })
    }
}

impl StoreCommand for BackupArguments {
    fn check(&self) -> Result<(), &'static str> {
        if self.file.as_os_str() == "-" {
            return Err("A backup is a file, not a stream; write ./- for a file of that name.");
        }
        Ok(())
    }

    fn request(&self, _: &Input) -> Result<Option<Request>, Failure> {
        Ok(Some(if self.verify { self.verification() } else { self.make(false) }))
    }

    fn expected(&self) -> Option<u64> {
        None
    }

    // A backup is verified without a store.
    fn store_use(&self, _: bool) -> StoreUse {
        if self.verify { StoreUse::Nothing } else { StoreUse::Normal }
    }

    fn typed(&self) -> Result<TypedCommand, Failure> {
        if self.verify { Ok(TypedCommand::Print) } else { typed_action(self) }
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        if self.verify {
            return verify(runner, self.verification());
        }
        let foreseen = perform(runner, self.make(false), true)?;
        let BackupReply::Foreseen { file, overwrites } = &foreseen else { return Err(unexpected().into()) };
        if runner.options.dry_run {
            return report(runner, &foreseen);
        }
        if *overwrites && !runner.options.yes {
            runner.question(&format!("Overwrite {}?", excerpt_path(file)))?;
        }
        let made = perform(runner, self.make(*overwrites), false)?;
        report(runner, &made)
    }
}

impl RestoreArguments {
    fn restoration(&self) -> Request {
        let (file, despite_findings) = (self.file.clone(), self.despite_findings);
        Request::Backup(Backup::Restore { file, despite_findings })
    }
}

impl StoreCommand for RestoreArguments {
    fn request(&self, _: &Input) -> Result<Option<Request>, Failure> {
        Ok(Some(self.restoration()))
    }

    fn expected(&self) -> Option<u64> {
        None
    }

    fn store_use(&self, _: bool) -> StoreUse {
        StoreUse::Replace
    }

    fn makes_store(&self) -> bool {
        true
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        if runner.options.dry_run {
            let foreseen = perform(runner, self.restoration(), true)?;
            return report(runner, &foreseen);
        }
        if runner.options.asks() {
            let foreseen = perform(runner, self.restoration(), true)?;
            // The first sentence says what the question asks.
            for line in foreseen.sentences().iter().skip(1) {
                runner.say(line);
            }
            runner.question(&format!("Restore {}?", excerpt_path(&self.file)))?;
        }
        let restored = perform(runner, self.restoration(), false)?;
        report(runner, &restored)
    }
}

fn perform(
    runner: &mut CommandRunner<'_, '_>,
    request: Request,
    dry_run: bool,
) -> Result<BackupReply, Failure> {
    match runner.perform(request, dry_run)? {
        Reply::Backup(reply) => Ok(*reply),
        _ => Err(unexpected()),
    }
}

/// Reports what was done: sentences for people, an object for programs.
fn report(runner: &mut CommandRunner<'_, '_>, reply: &BackupReply) -> Result<(), CommandError> {
    if runner.style.format != Format::Table {
        return runner.print_for_programs(fields(reply));
    }
    for line in reply.sentences() {
        runner.say(&line);
    }
    Ok(())
}

/// Returns the result for programs.
pub(super) fn fields(reply: &BackupReply) -> Vec<ReportField> {
    let head = |action, dry_run, entry| action_report::head(action, dry_run, 0, 0, Vec::new(), entry, 0);
    match reply {
        BackupReply::Foreseen { file, overwrites } => {
            let mut fields = head(Action::BackedUp, true, None);
            fields.extend([("file", shown(file)), ("overwrites", Value::Flag(*overwrites))]);
            fields
        }
        BackupReply::Made(report) => {
            let mut fields = head(Action::BackedUp, false, report.entry);
            fields.extend([
                ("file", shown(&report.file)),
                ("file_bytes", report.bytes.into()),
                ("sha256", (&report.sha256).into()),
            ]);
            fields.extend(content(Some(&report.content)));
            fields.push(("findings", Value::Json(findings(&report.findings))));
            let aside = report.set_aside.iter().map(|aside| aside.to_string_lossy());
            fields.push(("set_aside", Value::Json(aside.collect())));
            let key_file = report.key_file.as_ref().map(|key| key.to_string_lossy().into_owned());
            fields.push(("key_file", Value::of(key_file.as_deref())));
            fields
        }
        BackupReply::Verified(backup) => verified(backup),
        BackupReply::RestoreForeseen { backup, store, sessions, key } => {
            let mut fields = head(Action::StoreRestored, true, None);
            fields.extend(verified(backup));
            fields.extend([("store", Value::of(store.as_ref())), ("sessions_ended", (*sessions).into())]);
            fields.extend(key_fields(key.as_ref()));
            fields
        }
        BackupReply::Restored(report) => {
            let mut fields = head(Action::StoreRestored, false, report.entry);
            fields.extend(verified(&report.backup));
            fields.extend([
                ("store", (&report.store).into()),
                ("sessions_ended", report.sessions_ended.into()),
                ("kept", Value::of(report.kept.as_deref().map(shown))),
            ]);
            fields.extend(key_fields(report.key.as_ref()));
            fields
        }
    }
}

fn shown(path: &Path) -> Value {
    Value::Text(path.to_string_lossy().into_owned())
}

/// Returns the facts about the key file that second factors need; null if there are none.
fn key_fields(key: Option<&NeededKey>) -> [ReportField; 2] {
    [
        ("key_file", Value::of(key.map(|key| shown(&key.path)))),
        ("key_file_found", Value::of(key.map(|key| Value::Flag(key.is_there)))),
    ]
}

fn verified(backup: &VerifiedBackup) -> Vec<ReportField> {
    let mut fields = vec![("file", shown(&backup.file))];
    fields.extend(content(backup.check.content.as_ref()));
    fields.push(("findings", Value::Json(findings(&backup.check.findings))));
    fields
}

/// Returns the facts about the rows; null for those of a backup that cannot be read.
fn content(content: Option<&BackupContent>) -> [ReportField; 9] {
    let number = |of: fn(&BackupContent) -> u64| Value::of(content.map(of));
    [
        ("schema", number(|content| content.schema.unsigned_abs())),
        ("bytes", number(|content| content.bytes)),
        ("accounts", number(|content| content.accounts)),
        ("sessions", number(|content| content.sessions)),
        ("directories", number(|content| content.directories)),
        ("second_factors", number(|content| content.factors)),
        ("entries", number(|content| content.head.seq.unsigned_abs())),
        ("head", Value::of(content.map(|content| Value::Text(content.head.to_string())))),
        ("changed_at", Value::of(content.and_then(|content| content.changed_at))),
    ]
}

fn findings(findings: &[Finding]) -> Json {
    let one = |finding: &Finding| {
        json!({
            "severity": finding.severity.word(),
            "object": finding.object,
            "message": finding.message,
            "fix": finding.fix,
        })
    };
    findings.iter().map(one).collect()
}

fn verify(runner: &mut CommandRunner<'_, '_>, request: Request) -> Result<(), CommandError> {
    let Reply::Backup(reply) = runner.read(request)? else { return Err(unexpected().into()) };
    let BackupReply::Verified(backup) = &*reply else { return Err(unexpected().into()) };
    if runner.style.format == Format::Table {
        runner.print(backup)?;
        doctor::list(runner, &backup.check.findings)?;
    } else {
        runner.print_for_programs(verified(backup))?;
    }
    match backup.check.findings.len() as u64 {
        0 => {
            runner.say("No findings.");
            Ok(())
        }
        found => {
            let found = count(found, "finding", "findings");
            let hint = if backup.check.is_fit() { "it can still be restored" } else { "use another backup" };
            Err(Exit::findings(&format!("{found}."), hint).into())
        }
    }
}

impl Record for VerifiedBackup {
    fn keys() -> Vec<Key<Self>> {
        // Programs get the fields of `verified`, as for the other replies.
        Vec::new()
    }

    fn columns() -> Vec<Column<Self>> {
        let text = |heading, of: fn(&BackupContent) -> String| {
            Column::new(Heading::words(heading), move |backup: &Self, _| {
                Cell::optional(backup.check.content.as_ref().map(of).as_deref())
            })
        };
        vec![
            Column::new(Heading::words("File"), |backup: &Self, _| {
                Cell::text(&backup.file.to_string_lossy())
            }),
            text("Schema", |content| content.schema.to_string()),
            text("Size", |content| byte_count(content.bytes)),
            text("Accounts", |content| grouped(content.accounts)),
            text("Sessions", |content| grouped(content.sessions)),
            text("Directories", |content| grouped(content.directories)),
            text("Second factors", |content| match content.factors {
                0 => "0".to_owned(),
                factors => grouped(factors) + "; their key file is not in the backup",
            }),
            text("Journal", |content| {
                let entries = count(content.head.seq.unsigned_abs(), "entry", "entries");
                let newest = content.changed_at.map(|at| format!(", the newest of {} UTC", date_time(at)));
                entries + &newest.unwrap_or_default()
            }),
            text("Head", |content| content.head.to_string()),
        ]
    }
}
