//! Rows of which an export contains what no import takes, and tokens that are stored in the clear.

use crate::domain::finding::{Finding, FoundRows, Severity};
use crate::domain::stored_table::{StoredRow, StoredTable};
use crate::domain::text::count;
use crate::domain::time::Timestamp;
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
    let (object, command) = match table {
        StoredTable::Users => ("account", format!("nexus user edit {id}")),
        StoredTable::Sessions => ("session", format!("nexus session revoke {id}")),
        StoredTable::Directories => ("directory", "nexus directory rename PATH NAME".to_owned()),
    };
    Finding {
        check: "import",
        severity: Severity::Warning,
        object: format!("{object} {id}"),
        message: format!("An export of it cannot be imported: {reason}."),
        fix: format!("{command}, or correct the column in the program that wrote it."),
        fixable: false,
    }
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
