//! Data that triggers, or the transactions of NEXUS, keep beside the rows, compared with what a scan finds, and worked out again.

use rusqlite::Connection;

use crate::domain::finding::{Finding, Severity};
use crate::store::{Result, StoreError};

use super::schema::CHECK;
use super::statement::has_table;
use super::{
    account_counts, active_hours, denormalized, directory_counts, error, idle, names, search_index, unused,
};

/// A table of such data.
struct KeptTable {
    table: &'static str,
    comparison: Comparison,
    refill: fn(&Connection) -> Result<()>,
    /// The message of the finding.
    message: &'static str,
}

/// The way in which a table is compared with the rows.
enum Comparison {
    /// By the rows that it should hold, as a query, and those that it holds.
    Sets { scanned: &'static str, kept: &'static str },
    /// By an expression that is true if it is wrong.
    Wrong(&'static str),
    /// By a function that returns true if it is wrong.
    Differs(fn(&Connection) -> Result<bool>),
}

const ALL: [KeptTable; 12] = [
    KeptTable {
        table: "nexus_account_counts",
        comparison: Comparison::Sets { scanned: account_counts::COUNTED, kept: account_counts::KEPT },
        refill: account_counts::recount,
        message: "The numbers of accounts differ from those of the rows.",
    },
    KeptTable {
        table: "nexus_active_hours",
        comparison: Comparison::Sets { scanned: active_hours::SCANNED, kept: active_hours::KEPT },
        refill: active_hours::recount,
        message: "The numbers of active sessions differ from those of the rows.",
    },
    KeptTable {
        table: "nexus_idle",
        comparison: Comparison::Sets { scanned: idle::SCANNED, kept: idle::KEPT },
        refill: idle::refill,
        message: "The moments from which accounts are idle are not those of the rows.",
    },
    KeptTable {
        table: "nexus_unused",
        comparison: Comparison::Sets { scanned: unused::SCANNED, kept: unused::KEPT },
        refill: unused::refill,
        message: "The last uses of tokens are not those of the rows.",
    },
    KeptTable {
        table: "nexus_session_counts",
        comparison: Comparison::Sets { scanned: active_hours::TOTAL_SCANNED, kept: active_hours::TOTAL_KEPT },
        refill: active_hours::recount_total,
        message: "The number of sessions differs from that of the rows.",
    },
    KeptTable {
        table: "nexus_directory_counts",
        comparison: Comparison::Sets { scanned: directory_counts::COUNTED, kept: directory_counts::KEPT },
        refill: directory_counts::recount,
        message: "The number of directories differs from that of the rows.",
    },
    KeptTable {
        table: "nexus_journal_days",
        comparison: Comparison::Sets {
            scanned: denormalized::JOURNAL_DAYS,
            kept: "SELECT day, verb, outcome, entries FROM nexus_journal_days",
        },
        refill: denormalized::all_journal_days,
        message: "The numbers of entries a day differ from those of the journal.",
    },
    KeptTable {
        table: "nexus_journal_labels",
        // Letter case is ignored: either spelling may stand there.
        comparison: Comparison::Sets {
            // While an account is erased, its names are lost one after the other.
            scanned: "SELECT DISTINCT lower(label), account_id FROM nexus_journal
              WHERE kind = 'account' AND account_id IS NOT NULL AND label <> ''
                AND account_id NOT IN (SELECT account_id FROM nexus_operations WHERE kind = 'erase')",
            kept: "SELECT lower(label), account_id FROM nexus_journal_labels
              WHERE account_id NOT IN (SELECT account_id FROM nexus_operations WHERE kind = 'erase')",
        },
        refill: denormalized::all_journal_labels,
        message: "The recorded names of accounts differ from those in the journal.",
    },
    KeptTable {
        table: "nexus_names",
        comparison: Comparison::Wrong(denormalized::WRONG_NAMES),
        refill: |connection| {
            denormalized::all_names(connection)?;
            search_index::rewrite(connection)
        },
        message: "The names that lists and searches use differ from those of the accounts.",
    },
    KeptTable {
        table: "nexus_search_blocks",
        comparison: Comparison::Differs(search_index::differ),
        refill: search_index::rewrite,
        message: "The blocks that searches read differ from the names of the accounts.",
    },
    KeptTable {
        table: "nexus_name_keys",
        comparison: Comparison::Wrong(names::WRONG_KEYS),
        refill: names::all_keys,
        message: "The keys by which names are compared differ from those of the accounts.",
    },
    KeptTable {
        table: "nexus_directories",
        comparison: Comparison::Wrong(denormalized::WRONG_DIRECTORIES),
        refill: denormalized::all_directories,
        message: "The tree of the directories differs from that of their paths.",
    },
];

impl KeptTable {
    /// Returns true if the table is there and does not hold what a scan finds.
    fn is_wrong(&self, connection: &Connection) -> Result<bool> {
        let Self { table, comparison, .. } = self;
        if !has_table(connection, table)? {
            return Ok(false);
        }
        let ask = |sql: &str| connection.query_row(sql, [], |row| row.get(0)).map_err(error::of);
        let is_wrong = match comparison {
            Comparison::Sets { scanned, kept } => ask(&format!(
                "SELECT EXISTS (SELECT * FROM ({scanned}) EXCEPT {kept}) OR EXISTS ({kept} EXCEPT SELECT * FROM ({scanned}))"
            )),
            Comparison::Wrong(wrong) => ask(&format!("SELECT {wrong}")),
            Comparison::Differs(differs) => differs(connection),
        };
        match is_wrong {
            // The table that is scanned is gone: the schema's finding says so.
            Err(StoreError::Unreachable(_)) => Ok(false),
            is_wrong => is_wrong,
        }
    }

    fn finding(&self) -> Finding {
        Finding {
            check: CHECK,
            severity: Severity::Error,
            object: self.table.to_owned(),
            message: self.message.to_owned(),
            fix: "nexus doctor --fix computes them again.".into(),
            fixable: true,
        }
    }
}

/// Returns a finding for each table that does not hold what a scan finds.
pub(super) fn findings(connection: &Connection) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for table in &ALL {
        if table.is_wrong(connection)? {
            found.push(table.finding());
        }
    }
    Ok(found)
}

/// Works out again what is wrong, and returns it as findings.
pub(super) fn mend(connection: &Connection) -> Result<Vec<Finding>> {
    let mut mended = Vec::new();
    for table in &ALL {
        if table.is_wrong(connection)? {
            (table.refill)(connection)?;
            mended.push(table.finding());
        }
    }
    Ok(mended)
}
