//! Checks of what the source holds besides its rows, which decide whether it can be imported at all.

use crate::domain::foreign::RowPlace;
use crate::domain::text::{count, excerpt};
use crate::service::contract::{
    ChangedLater, Failure, FailureKind, Import, ImportReport, LaterStatements, RefusedRow, TableCounts,
};

use super::part::{OtherContent, is_known};
use super::unfit::shown;
use super::{DIRECTORIES, SESSIONS, USERS};

/// The most rows that are named one by one if all rows of a table are refused for the same reason.
const FEW_ALIKE: usize = 10;
/// The most databases that are named.
const NAMED_DATABASES: usize = 20;

/// Adds what stands besides the accounts to the report.
///
/// # Errors
/// The source holds none of the tables, or holds them in several databases, or changes them after their rows.
pub(super) fn check(
    beside: &OtherContent,
    request: &Import,
    report: &mut ImportReport,
) -> Result<(), Failure> {
    let findings = &beside.findings;
    let databases = &findings.databases;
    let chosen = request.database.as_ref();
    let invalid =
        |words: String| Failure::new(FailureKind::Invalid, format!("{} {words}", shown(&request.file)));
    if chosen.is_none() && databases.len() > 1 {
        let words = format!(
            "holds the tables in {} databases: {}; nothing was imported.",
            databases.len(),
            named(databases)
        );
        return Err(invalid(words).hint("--database NAME picks one."));
    }
    if let Some(chosen) = chosen.filter(|chosen| !databases.contains(*chosen)) {
        let others = if databases.is_empty() {
            String::new()
        } else {
            format!("; it holds them in {}", named(databases))
        };
        return Err(invalid(format!(
            "holds none of NEXUS's tables in the database {}{others}.",
            excerpt(chosen)
        )));
    }
    if report.read.users == 0
        && databases.is_empty()
        && !beside.others.iter().any(|(table, _)| is_known(table))
    {
        return Err(invalid("holds none of NEXUS's tables.".into()));
    }
    report.unknown_tables = beside.others.iter().filter(|(table, _)| !is_known(table)).cloned().collect();
    report.end_unmarked = !findings.end_marked;
    report.zone_assumed = findings.zone_unknown;
    report.zones = findings.zones.iter().cloned().collect();
    let later = findings.later.iter().map(|statement| ChangedLater {
        line: statement.line,
        action: statement.action.clone(),
        table: statement.table.clone(),
    });
    report.later_statements = later.collect();
    report.more_later_statements = findings.later_count - findings.later.len() as u64;
    match request.later_statements {
        LaterStatements::Refuse if findings.later_count > 0 => {
            let statements = count(findings.later_count, "statement can change", "statements can change");
            let words = format!(
                "cannot be taken as it stands: {statements} rows that stand before; nothing was imported."
            );
            let hint = "Import the database into a server and dump it again, or take the rows as they stand with \
                        --ignore-later-statements.";
            Err(invalid(words).hint(hint).with_report(std::mem::take(report).nothing_taken()))
        }
        LaterStatements::Refuse | LaterStatements::Ignore => Ok(()),
    }
}

fn named(databases: &std::collections::BTreeSet<String>) -> String {
    let name = |name: &String| {
        if name.is_empty() { "one without a name".to_owned() } else { excerpt(name).into_owned() }
    };
    let names: Vec<_> = databases.iter().take(NAMED_DATABASES).map(name).collect();
    let more = if databases.len() > NAMED_DATABASES { ", …" } else { "" };
    names.join(", ") + more
}

/// Returns the refused rows, with one entry for all rows of a table if the table itself is unsuitable.
pub(super) fn merged(refused: Vec<RefusedRow>, read: TableCounts) -> Vec<RefusedRow> {
    let mut refused = refused;
    for (table, rows) in [(USERS, read.users), (SESSIONS, read.sessions), (DIRECTORIES, read.directories)] {
        let mut of_table = refused.iter().filter(|row| row.table == table);
        let Some(first) = of_table.next().cloned() else { continue };
        let alike = 1 + of_table.clone().filter(|row| row.reason == first.reason).count();
        let all = alike as u64 == rows && alike == 1 + of_table.count();
        let structural = first.reason.contains("values than columns");
        if !all || alike == 1 || !(structural || alike > FEW_ALIKE) {
            continue;
        }
        let last = refused.iter().rfind(|row| row.table == table).map_or(first.place, |row| row.place);
        let at = refused.iter().position(|row| row.table == table).unwrap_or_default();
        refused.retain(|row| row.table != table);
        let reason = format!("all rows up to {last}: {}{}", first.reason, advice(structural, first.place));
        refused.insert(at.min(refused.len()), RefusedRow { rows, reason, ..first });
    }
    refused
}

/// Returns the advice for a table whose rows have more or fewer values than it has columns.
fn advice(structural: bool, place: RowPlace) -> &'static str {
    match (structural, place) {
        (true, RowPlace::Line(_)) => "; dump it with its CREATE TABLE or with named columns",
        (true, RowPlace::Row(_)) | (false, _) => "",
    }
}
