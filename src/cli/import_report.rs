//! The report of an import for people and for programs.

use serde_json::json;

use crate::domain::foreign::RowPlace;
use crate::domain::text::{count, excerpt, grouped};
use crate::service::contract::{Action, ImportReport, TableCounts};

use super::action_report::{self, ReportField};
use super::output::Value;

/// The most lines for names below a heading.
const MOST_NAMED: usize = 20;

/// Returns the row counts of each table.
pub(super) fn counts(rows: TableCounts) -> String {
    [
        count(rows.users, "account", "accounts"),
        count(rows.sessions, "session", "sessions"),
        count(rows.directories, "directory", "directories"),
    ]
    .join(", ")
}

/// Returns the report for people, line by line. Counts of zero have no line, and every refused row has one.
pub(super) fn words(report: &ImportReport, dry_run: bool) -> Vec<String> {
    let head = if dry_run { "Would import" } else { "Imported" };
    let mut lines =
        vec![format!("Read {}.", counts(report.read)), format!("{head} {}.", counts(report.taken))];
    let notes = [
        (report.replaced, "replaced an account in the store", "replaced accounts in the store"),
        (report.renumbered, "got a new id: the old one is taken", "got new ids: the old ones are taken"),
        (report.unusable_passwords, "has no usable password", "have no usable password"),
    ];
    for (n, one, many) in notes.iter().filter(|(n, ..)| *n > 0) {
        lines.push(format!("  {} {}", count(*n, "account", "accounts"), if *n == 1 { one } else { many }));
    }
    let dropped = [
        (report.codes_dropped, "access code was not imported", "access codes were not imported"),
        (
            report.tokens_digested,
            "token was stored in the clear: only its digest is kept",
            "tokens were stored in the clear: only their digests are kept",
        ),
        (report.sessions_expired, "active session is now expired", "active sessions are now expired"),
    ];
    lines.extend(
        dropped.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| format!("  {}", count(*n, one, many))),
    );
    let admins = match report.admins.len() {
        1 => "1 account is an admin:".to_owned(),
        n => format!("{} accounts are admins:", grouped(n as u64)),
    };
    lines.extend(named(&admins, &report.admins).into_iter().map(|line| format!("  {line}")));
    for (table, rows) in &report.unknown_tables {
        lines.push(format!("  left out: table {} ({})", excerpt(table), count(*rows, "row", "rows")));
    }
    lines.extend(
        report.unknown_columns.iter().map(|column| format!("  left out: column {}", excerpt(column))),
    );
    if report.more_unknown_columns > 0 {
        let more = count(report.more_unknown_columns, "value", "values");
        lines.push(format!("  left out: {more} in further columns"));
    }
    lines.extend(remarks(report));
    if !report.refused.is_empty() {
        lines.push(format!("Refused {}:", count(report.refused_rows(), "row", "rows")));
    }
    lines.extend(report.refused.iter().map(|row| format!("  {}, {}: {}", row.table, row.place, row.reason)));
    lines
}

/// Returns a heading and the names below it, one a line; the last line counts those that are not named.
pub(super) fn named(heading: &str, names: &[String]) -> Vec<String> {
    if names.is_empty() {
        return Vec::new();
    }
    let shown = if names.len() > MOST_NAMED { MOST_NAMED - 1 } else { names.len() };
    let mut lines = vec![heading.to_owned()];
    lines.extend(names.iter().take(shown).map(|name| format!("  {}", excerpt(name))));
    if names.len() > shown {
        lines.push(format!("  and {} more", grouped((names.len() - shown) as u64)));
    }
    lines
}

/// Returns remarks on the file: its times, its end, and its other statements.
fn remarks(report: &ImportReport) -> Vec<String> {
    let mut lines = Vec::new();
    if !report.zones.is_empty() {
        lines.push(format!("  times: {}, converted to UTC", report.zones.join(", ")));
    }
    if report.zone_assumed {
        lines.push(
            "  times: the file names no time zone, so UTC is assumed (use --time-zone to name another)"
                .into(),
        );
    }
    if report.end_unmarked {
        let read = counts(report.read);
        lines.push(format!(
            "  end: this style of dump has no end mark, so it cannot be checked that all rows are there; read {read}"
        ));
    }
    for later in &report.later_statements {
        let (line, action) = (later.line, &later.action);
        lines.push(match &later.table {
            Some(table) => {
                format!("  not executed: line {line}: {action} of {}, after its rows", excerpt(table))
            }
            None => format!("  not executed: line {line}: {action}, which may change any rows before it"),
        });
    }
    if report.more_later_statements > 0 {
        let more = count(report.more_later_statements, "more such statement", "more such statements");
        lines.push(format!("  not executed: {more}"));
    }
    for date in &report.unread_dates {
        let (table, place, column, text) = (date.table, date.place, date.column, &date.text);
        lines.push(format!("  impossible date, imported as none: {table}, {place}: {column} {text}"));
    }
    if report.more_unread_dates > 0 {
        let more = count(report.more_unread_dates, "more", "more");
        lines.push(format!("  impossible date, imported as none: {more}"));
    }
    lines
}

/// Returns the result of the import for programs.
pub(super) fn fields(report: ImportReport, dry_run: bool) -> Vec<ReportField> {
    let mut found = document(&report);
    let (changed, left_out) = (report.taken.users, report.refused_rows());
    let mut fields =
        action_report::head(Action::Imported, dry_run, changed, 0, report.ids, report.entry, left_out);
    fields.extend(KEYS.into_iter().filter_map(|key| Some((key, Value::Json(found.get_mut(key)?.take())))));
    fields
}

/// The keys of the report.
pub(super) const KEYS: [&str; 20] = [
    "read",
    "taken",
    "unknown_tables",
    "unknown_columns",
    "more_unknown_columns",
    "replaced",
    "renumbered",
    "codes_dropped",
    "tokens_digested",
    "sessions_expired",
    "unusable_passwords",
    "admins",
    "time_zones",
    "time_zone_assumed",
    "end_checked",
    "later_statements",
    "more_later_statements",
    "unread_dates",
    "more_unread_dates",
    "refused",
];

/// Returns the report for programs.
pub(super) fn document(report: &ImportReport) -> serde_json::Value {
    let rows = |rows: TableCounts| json!({ "users": rows.users, "sessions": rows.sessions, "directories": rows.directories });
    let tables = report.unknown_tables.iter().map(|(table, rows)| json!({ "table": table, "rows": rows }));
    let refused = report.refused.iter().map(|row| match row.place {
        RowPlace::Line(line) => {
            json!({ "table": row.table, "line": line, "rows": row.rows, "reason": row.reason })
        }
        RowPlace::Row(at) => {
            json!({ "table": row.table, "row": at, "rows": row.rows, "reason": row.reason })
        }
    });
    let later = report.later_statements.iter();
    let later = later.map(|later| json!({ "line": later.line, "verb": later.action, "table": later.table }));
    let dates = report.unread_dates.iter().map(|date| match date.place {
        RowPlace::Line(line) => {
            json!({ "table": date.table, "line": line, "column": date.column, "text": date.text })
        }
        RowPlace::Row(at) => {
            json!({ "table": date.table, "row": at, "column": date.column, "text": date.text })
        }
    });
    json!({
        "read": rows(report.read),
        "taken": rows(report.taken),
        "unknown_tables": tables.collect::<Vec<_>>(),
        "unknown_columns": report.unknown_columns,
        "more_unknown_columns": report.more_unknown_columns,
        "replaced": report.replaced,
        "renumbered": report.renumbered,
        "codes_dropped": report.codes_dropped,
        "tokens_digested": report.tokens_digested,
        "sessions_expired": report.sessions_expired,
        "unusable_passwords": report.unusable_passwords,
        "admins": report.admins,
        "time_zones": report.zones,
        "time_zone_assumed": report.zone_assumed,
        "end_checked": !report.end_unmarked,
        "later_statements": later.collect::<Vec<_>>(),
        "more_later_statements": report.more_later_statements,
        "unread_dates": dates.collect::<Vec<_>>(),
        "more_unread_dates": report.more_unread_dates,
        "refused": refused.collect::<Vec<_>>(),
    })
}
