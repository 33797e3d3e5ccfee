//! `nexus export`: writes the tables of the store into a file.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, ValueEnum, builder::PossibleValue};
use serde_json::json;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::stored_table::StoredTable;
use crate::domain::text::{count, excerpt, excerpt_path, grouped};
use crate::service::contract::{
    Export, ExportForm, ExportReport, ExportSyntax, ExportTarget, ExportedTable, Failure, FailureKind,
    OutputStream, ReplacedText, Reply, Request,
};

use super::action_report::ReportField;
use super::options::parse_filter;
use super::output::{Format, Value};
use super::runner::{CommandError, CommandRunner, unexpected};
use super::selection_args::Input;
use super::store_command::StoreCommand;

/// The word for standard output.
const STDOUT: &str = "-";

/// The most replaced texts that are named.
const NAMED: usize = 10;

const AFTER_HELP: &str = "\
JSON is one document and SQL one script, which sqlite3 and MariaDB run; CSV has one file for each table. An import reads \
JSON and CSV. Access codes are never exported, and tokens only as digests.";

/// Export accounts, sessions and directories
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct ExportArguments {
    /// The file, whose ending gives the format: .json, .csv, .sql (also with .gz or .zst) or .zip; - is standard
    /// output
    file: PathBuf,
    /// The format, overriding the ending
    #[arg(long = "as", value_name = "FORMAT")]
    syntax: Option<ExportSyntax>,
    /// Only accounts that match, with their sessions and directories
    #[arg(long, value_name = "EXPR")]
    filter: Option<String>,
    /// Only this table
    #[arg(long, value_name = "TABLE")]
    table: Option<ExportedTable>,
    /// Export password hashes too
    #[arg(long)]
    with_hashes: bool,
    /// Export the journal too
    #[arg(long)]
    with_journal: bool,
}

impl ValueEnum for ExportSyntax {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()))
    }
}

impl ValueEnum for ExportedTable {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()))
    }
}

impl ExportArguments {
    fn form(&self) -> Result<ExportForm, &'static str> {
        let name = (!self.is_to_stdout()).then_some(self.file.as_path());
        ExportForm::of(name, self.syntax, self.table.is_some())
    }

    fn is_to_stdout(&self) -> bool {
        self.file.as_os_str() == STDOUT
    }

    fn filter(&self) -> Result<Filter, Failure> {
        let expression = self.filter.as_deref();
        expression.map_or_else(|| Ok(Filter::default()), |text| parse_filter(ListKind::Users, text))
    }
}

impl StoreCommand for ExportArguments {
    /// Checks that the format is known and fits the file.
    fn check(&self) -> Result<(), &'static str> {
        self.form().map(drop)
    }

    fn request(&self, _: &Input) -> Result<Option<Request>, Failure> {
        Ok(None)
    }

    fn expected(&self) -> Option<u64> {
        None
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let form = self.form().map_err(|words| Failure::new(FailureKind::Invalid, words))?;
        let is_closed = Arc::new(AtomicBool::new(false));
        let to = if self.is_to_stdout() {
            let file = Arc::new((runner.io.output_file)()?);
            let is_closed = Arc::clone(&is_closed);
            ExportTarget::Stream(OutputStream { file, is_terminal: runner.style.terminal, is_closed })
        } else {
            ExportTarget::Named { path: self.file.clone(), replaces: runner.options.yes }
        };
        let export = Export {
            to,
            form,
            filter: self.filter()?,
            only: self.table,
            with_hashes: self.with_hashes,
            with_journal: self.with_journal,
        };
        let report = match runner.export(export.clone()) {
            // `nexus export - | head`: the reader has seen enough.
            Err(_) if is_closed.load(Ordering::Relaxed) => {
                return Err(CommandError::Stream(ErrorKind::BrokenPipe.into()));
            }
            // Only a file is there already; a folder is not replaced.
            Err(failure) if failure.kind == FailureKind::Conflict && failure.hint.is_none() => {
                runner.question(&format!("{} Replace it?", failure.message))?;
                let to = ExportTarget::Named { path: self.file.clone(), replaces: true };
                runner.export(Export { to, ..export })?
            }
            result => result?,
        };
        self.report(&report, runner)
    }
}

impl ExportArguments {
    fn report(&self, report: &ExportReport, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        if runner.style.format != Format::Table && !self.is_to_stdout() {
            return runner.print_for_programs(fields(report, &self.file, runner.options.dry_run));
        }
        let counts = ExportedTable::ALL.into_iter().filter(|table| {
            self.table.map_or(*table != ExportedTable::Journal || self.with_journal, |only| only == *table)
        });
        let counts: Vec<_> = counts.map(|table| counted(report, table)).collect();
        let place =
            if self.is_to_stdout() { String::new() } else { format!(" to {}", excerpt_path(&self.file)) };
        let head = if runner.options.dry_run { "Would export" } else { "Exported" };
        runner.say(&format!("{head} {}{place}.", counts.join(", ")));
        if report.unreadable_times > 0 {
            let times = count(report.unreadable_times, "value is not a time", "values are not times");
            runner.say(&format!("  {times}: exported as none"));
        }
        if report.tokens_digested > 0 {
            let tokens = count(report.tokens_digested, "token was", "tokens were");
            runner.say(&format!("  {tokens} stored in the clear: exported as digests"));
        }
        report_replaced(report, runner);
        Ok(())
    }
}

/// Names the texts that are not UTF-8.
fn report_replaced(report: &ExportReport, runner: &mut CommandRunner<'_, '_>) {
    if report.texts_replaced == 0 {
        return;
    }
    let texts = count(report.texts_replaced, "text is not UTF-8", "texts are not UTF-8");
    runner.say(&format!("  {texts}: exported with \u{fffd} for invalid bytes"));
    for text in report.replaced.iter().take(NAMED) {
        runner.say(&format!("    {} {}: {}", text.table, excerpt(&text.id), text.column));
    }
    let more = report.texts_replaced.saturating_sub(NAMED as u64);
    if more > 0 {
        runner.say(&format!("    and {} more", grouped(more)));
    }
}

/// Returns the result for programs.
pub(super) fn fields(report: &ExportReport, file: &Path, dry_run: bool) -> Vec<ReportField> {
    let mut fields = vec![
        ("action", Value::from("export")),
        ("dry_run", Value::Json(dry_run.into())),
        ("file", Value::Text(file.to_string_lossy().into_owned())),
    ];
    fields.extend(ExportedTable::ALL.into_iter().map(|table| (table.word(), report.rows(table).into())));
    fields.push(("unreadable_times", report.unreadable_times.into()));
    fields.push(("tokens_digested", report.tokens_digested.into()));
    fields.push(("texts_replaced", report.texts_replaced.into()));
    let one = |text: &ReplacedText| json!({ "table": text.table, "id": text.id, "column": text.column });
    fields.push(("replaced", Value::Json(report.replaced.iter().map(one).collect())));
    fields.push(("entry", Value::of(report.entry.map(i64::unsigned_abs))));
    fields
}

fn counted(report: &ExportReport, table: ExportedTable) -> String {
    let rows = report.rows(table);
    match table {
        ExportedTable::Stored(StoredTable::Users) => count(rows, "account", "accounts"),
        ExportedTable::Stored(StoredTable::Sessions) => count(rows, "session", "sessions"),
        ExportedTable::Stored(StoredTable::Directories) => count(rows, "directory", "directories"),
        ExportedTable::Journal => count(rows, "journal entry", "journal entries"),
    }
}

impl CommandRunner<'_, '_> {
    fn export(&mut self, export: Export) -> Result<ExportReport, Failure> {
        match self.perform(Request::Export(export), self.options.dry_run)? {
            Reply::Exported(report) => Ok(report),
            _ => Err(unexpected()),
        }
    }
}
