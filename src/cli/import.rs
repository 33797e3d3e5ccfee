//! `nexus import`: taking in a legacy database, and the report of what became of its rows.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::domain::foreign::RowPlace;
use crate::domain::text::count;
use crate::service::contract::danger::FrontEnd;
use crate::service::contract::{Import, ImportReport, Reply, Request, TableCounts};

use super::errand::{Course, Errand, Stop, unexpected};
use super::output::{self, Format};

/// Take in a legacy database: all of it, or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct ImportArguments {
    /// A dump as mariadb-dump or mysqldump writes it, or a SQLite file with the same tables
    file: PathBuf,
    /// Take the good rows and report the bad ones, instead of taking nothing
    #[arg(long)]
    skip_bad_rows: bool,
    /// Where an account of the store has the same username or email, take the source's
    #[arg(long)]
    replace: bool,
    /// Sessions that are still in time stay active
    #[arg(long)]
    keep_sessions: bool,
    /// Take this off the front of every path
    #[arg(long, value_name = "PATH")]
    strip_prefix: Option<String>,
}

impl ImportArguments {
    pub(super) fn request(&self) -> Request {
        Request::Import(Import {
            file: self.file.clone(),
            skip_bad_rows: self.skip_bad_rows,
            replace: self.replace,
            keep_sessions: self.keep_sessions,
            strip_prefix: self.strip_prefix.clone(),
        })
    }

    pub(super) fn run(self, errand: &mut Errand<'_, '_>) -> Result<(), Stop> {
        let request = self.request();
        if request.must_be_counted(FrontEnd::Command) && errand.manner.asks() {
            let report = errand.import(request.clone(), Course::Rehearsal)?;
            let replaced = count(report.replaced, "account", "accounts");
            errand.question(&format!("Take {}, replacing {replaced} of the store?", counts(report.taken)))?;
        }
        let course = errand.manner.course;
        let outcome = errand.import(request, course);
        let report = match outcome {
            Ok(report) => report,
            Err(stop) => {
                // Every refused row is named, also where nothing was taken because of them.
                if let Some(report) = stop.report() {
                    for line in words(report, course) {
                        errand.say(&line);
                    }
                }
                return Err(stop);
            }
        };
        for line in words(&report, course) {
            errand.say(&line);
        }
        if errand.style.format == Format::Json {
            output::document(&document(&report, course), errand.io.out)?;
        }
        Ok(())
    }
}

impl Errand<'_, '_> {
    fn import(&mut self, request: Request, course: Course) -> Result<ImportReport, Stop> {
        match self.perform(request, course)? {
            Reply::Imported(report) => Ok(*report),
            _ => Err(unexpected().into()),
        }
    }
}

fn counts(rows: TableCounts) -> String {
    [
        count(rows.users, "account", "accounts"),
        count(rows.sessions, "session", "sessions"),
        count(rows.directories, "directory", "directories"),
    ]
    .join(", ")
}

/// The report for people, line by line; what did not happen has no line, and every refused row has one.
fn words(report: &ImportReport, course: Course) -> Vec<String> {
    let head = if course == Course::Rehearsal { "Would take" } else { "Took" };
    let mut lines =
        vec![format!("Read {}.", counts(report.read)), format!("{head} {}.", counts(report.taken))];
    let notes = [
        (
            report.replaced,
            "took the place of an account in the store",
            "took the place of accounts in the store",
        ),
        (
            report.renumbered,
            "got a new id: another holds the old one",
            "got new ids: others hold the old ones",
        ),
        (
            report.unusable_passwords,
            "has no password that a log-in could match",
            "have no password that a log-in could match",
        ),
    ];
    for (n, one, many) in notes.iter().filter(|(n, ..)| *n > 0) {
        lines.push(format!("  {} {}", count(*n, "account", "accounts"), if *n == 1 { one } else { many }));
    }
    let dropped = [
        (report.codes_dropped, "access code was not taken over", "access codes were not taken over"),
        (
            report.tokens_digested,
            "token lay in the clear: only its digest is kept",
            "tokens lay in the clear: only their digests are kept",
        ),
        (report.sessions_expired, "active session arrives expired", "active sessions arrive expired"),
    ];
    lines.extend(
        dropped.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| format!("  {}", count(*n, one, many))),
    );
    for (table, rows) in &report.unknown_tables {
        lines.push(format!("  left out: table {table} ({})", count(*rows, "row", "rows")));
    }
    lines.extend(report.unknown_columns.iter().map(|column| format!("  left out: column {column}")));
    if !report.refused.is_empty() {
        lines.push(format!("Refused {}:", count(report.refused.len() as u64, "row", "rows")));
    }
    lines.extend(report.refused.iter().map(|row| format!("  {}, {}: {}", row.table, row.place, row.reason)));
    lines
}

/// The report for programs.
fn document(report: &ImportReport, course: Course) -> serde_json::Value {
    let rows = |rows: TableCounts| json!({ "users": rows.users, "sessions": rows.sessions, "directories": rows.directories });
    let tables = report.unknown_tables.iter().map(|(table, rows)| json!({ "table": table, "rows": rows }));
    let refused = report.refused.iter().map(|row| match row.place {
        RowPlace::Line(line) => json!({ "table": row.table, "line": line, "reason": row.reason }),
        RowPlace::Row(at) => json!({ "table": row.table, "row": at, "reason": row.reason }),
    });
    json!({
        "dry_run": course == Course::Rehearsal,
        "read": rows(report.read),
        "taken": rows(report.taken),
        "unknown_tables": tables.collect::<Vec<_>>(),
        "unknown_columns": report.unknown_columns,
        "replaced": report.replaced,
        "renumbered": report.renumbered,
        "codes_dropped": report.codes_dropped,
        "tokens_digested": report.tokens_digested,
        "sessions_expired": report.sessions_expired,
        "unusable_passwords": report.unusable_passwords,
        "refused": refused.collect::<Vec<_>>(),
    })
}
