//! Rows of which an export contains what no import takes, and tokens that are stored in the clear.

use crate::domain::finding::{Finding, FoundRows, Severity};
use crate::domain::stored_table::{StoredRow, StoredTable};
use crate::domain::text::count;
use crate::domain::time::Timestamp;
use crate::domain::user::FIELDS;
use crate::service::contract::{ExportReport, Failure};
use crate::service::export::ExportedRows;
use crate::service::import;
use crate::store::Read;

use super::{GoOn, each_row};

/// The most rows of a table that have a finding of their own.
const MOST_FINDINGS: u64 = 20;

/// Returns the findings about the rows of the three tables.
///
/// # Errors
/// [`FailureKind::Stopped`](crate::service::contract::FailureKind::Stopped); the rows cannot be read.
pub(super) fn findings(
    rows: &dyn Read,
    now: Timestamp,
    go_on: &mut GoOn<'_>,
) -> Result<Vec<Finding>, Failure> {
    let mut found = Vec::new();
    let mut done = 0;
    for table in StoredTable::ALL {
        let exported = ExportedRows::of(table, now);
        let mut report = ExportReport::default();
        let mut clear = FoundRows::default();
        let (mut looked_at, mut refused) = (0, 0);
        each_row(rows, table, &mut |in_table| go_on(done + in_table), |row| {
            looked_at += 1;
            let before = report.tokens_digested;
            let cells = exported.cells(row, &mut report);
            if report.tokens_digested > before {
                clear.add(id(row));
            }
            if let Some(reason) = import::refusal(table, &cells, now) {
                refused += 1;
                if refused <= MOST_FINDINGS {
                    found.push(refused_finding(table, id(row), &reason));
                }
            }
        })?;
        done += looked_at;
        found.extend((refused > MOST_FINDINGS).then(|| more_finding(table, refused - MOST_FINDINGS)));
        found.extend((clear.total() > 0).then(|| clear_finding(&clear)));
    }
    Ok(found)
}

/// Returns the id of a row, which every table has first.
fn id<'r>(row: &'r StoredRow<'_>) -> &'r str {
    row.first().and_then(Option::as_ref).map_or("?", |id| &*id.text)
}

fn refused_finding(table: StoredTable, id: &str, reason: &str) -> Finding {
    let object = match table {
        StoredTable::Users => "account",
        StoredTable::Sessions => "session",
        StoredTable::Directories => "directory",
    };
    Finding {
        check: "import",
        severity: Severity::Warning,
        object: format!("{object} {id}"),
        message: format!("An export of it cannot be imported: {reason}."),
        fix: fix(table, id, reason),
        fixable: false,
    }
}

/// Returns the fix of a row that an import refuses: the command that sets the column, or SQL where there is none.
fn fix(table: StoredTable, id: &str, reason: &str) -> String {
    // A reason begins with the column that it is about.
    let column = reason
        .split_whitespace()
        .next()
        .and_then(|word| table.columns_and_notes().map(|column| column.name).find(|name| *name == word));
    let command = column.and_then(|column| match table {
        StoredTable::Users if column == "password" => Some(format!("nexus user password {id}")),
        StoredTable::Users if column == "access_code" => {
            Some(format!("nexus user access-code {id} --revoke"))
        }
        StoredTable::Users => {
            let spec = FIELDS.iter().find(|spec| spec.column == column)?;
            Some(format!("nexus user edit {id} --{} {}", spec.flag, spec.value_name))
        }
        StoredTable::Directories if column == "directory_name" => {
            Some(format!("nexus directory rename --id {id} NAME"))
        }
        StoredTable::Directories | StoredTable::Sessions => None,
    });
    match (command, column) {
        (Some(command), _) => format!("{command} (or correct it in the program that wrote it)"),
        (None, Some(column)) if is_set_alone(table, column) => format!(
            "No command sets it. Correct it in the program that wrote it, or in sqlite3: \
             UPDATE {} SET {column} = VALUE WHERE id = {id};",
            table.name()
        ),
        (None, Some(_) | None) => {
            format!("Correct this row of {} in the program that wrote it.", table.name())
        }
    }
}

/// Returns true for a column that can be set without a change elsewhere. A path is that of a directory on the disk as well.
fn is_set_alone(table: StoredTable, column: &str) -> bool {
    let is_told_elsewhere = matches!(column, "id" | "user_id" | "directory_path");
    !is_told_elsewhere && table.columns().iter().any(|own| own.name == column)
}

fn more_finding(table: StoredTable, rows: u64) -> Finding {
    Finding {
        check: "import",
        severity: Severity::Warning,
        object: table.name().to_owned(),
        message: format!("Exports of {} cannot be imported either.", count(rows, "more row", "more rows")),
        fix: "Mend the rows that are named, and run nexus doctor again.".into(),
        fixable: false,
    }
}

fn clear_finding(rows: &FoundRows) -> Finding {
    let hold = count(rows.total(), "session holds its token", "sessions hold their tokens");
    Finding {
        check: "tokens",
        severity: Severity::Warning,
        object: format!("{}.session_token", StoredTable::Sessions.name()),
        message: format!(
            "{hold} in the clear (id {}): whoever reads the store or a backup can use them.",
            rows.names()
        ),
        fix: "nexus session revoke ID ends them. Let the program that wrote them store digests: nexus manual services."
            .into(),
        fixable: false,
    }
}
