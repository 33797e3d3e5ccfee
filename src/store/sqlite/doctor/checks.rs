//! All checks, and what fixes their findings.

use crate::domain::finding::{Finding, Severity};
use crate::domain::integrity::TableCheck;
use crate::domain::journal::Break;
use crate::store::Result;
use crate::store::sqlite::error::unless_missing;
use crate::store::sqlite::integrity::{Depth, Tables};
use crate::store::sqlite::{chain, kept_tables, leftovers, permissions, references, schema, unchecked_keys};

use super::check_context::CheckContext;
use super::schema_version::SchemaVersion;
use super::{rows, surroundings};

/// A function that finds faults.
pub(super) type Find = fn(&CheckContext<'_>) -> Result<Vec<Finding>>;

/// A function that fixes what such a function found.
pub(super) type Mend = fn(&CheckContext<'_>, &Finding) -> Result<()>;

/// One check, and the function that fixes its findings.
pub(super) struct StoreCheck {
    pub(super) find: Find,
    pub(super) mended: Mended,
    pub(super) effort: Effort,
}

impl StoreCheck {
    const fn new(find: Find, effort: Effort) -> Self {
        Self { find, mended: Mended::Elsewhere, effort }
    }

    const fn mended(self, mended: Mended) -> Self {
        Self { mended, ..self }
    }
}

/// The way in which findings are fixed.
#[derive(Clone, Copy)]
pub(super) enum Mended {
    /// The schema and the counts are fixed as a whole; other findings only people can decide.
    Elsewhere,
    /// Even if the store cannot be opened.
    Always(Mend),
    /// Once it is known that no page is damaged.
    IfSound(Mend),
}

/// The work of a check, which grows with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// Next to nothing.
    Slight,
    /// All pages are read, and each row is looked up in each index.
    Pages,
    /// All rows of the three tables are looked at so many times.
    Rows(u64),
    /// All entries of the journal are read.
    Entries,
}

/// All checks, in the order of their findings.
pub(super) const CHECKS: [StoreCheck; 14] = [
    StoreCheck::new(of_files, Effort::Slight).mended(Mended::Always(mend_file)),
    StoreCheck::new(of_leftovers, Effort::Slight),
    StoreCheck::new(surroundings::of_file_system, Effort::Slight),
    StoreCheck::new(surroundings::of_free_space, Effort::Slight),
    StoreCheck::new(surroundings::of_writer, Effort::Slight)
        .mended(Mended::IfSound(surroundings::write_header)),
    StoreCheck::new(surroundings::of_log, Effort::Slight).mended(Mended::IfSound(surroundings::empty_log)),
    StoreCheck::new(of_pages, Effort::Pages),
    StoreCheck::new(of_schema, Effort::Slight),
    StoreCheck::new(of_counts, Effort::Rows(3)),
    StoreCheck::new(of_foreign_keys, Effort::Slight),
    StoreCheck::new(of_references, Effort::Rows(1)),
    StoreCheck::new(rows::of_values, Effort::Rows(1)),
    StoreCheck::new(rows::of_times, Effort::Rows(2)),
    StoreCheck::new(of_journal, Effort::Entries),
];

fn of_files(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    permissions::findings(context.path, context.group)
}

fn mend_file(context: &CheckContext<'_>, finding: &Finding) -> Result<()> {
    permissions::mend(context.path, context.group, finding)
}

fn of_leftovers(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    leftovers::findings(context.path)
}

/// Reads the whole file: only that finds all damage.
fn of_pages(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    let Some(connection) = context.connection else { return Ok(Vec::new()) };
    let checks = Tables::of(connection, Depth::Full)?.check(connection, &mut [], context.watch)?;
    let damaged = checks.iter().filter(|check| !check.is_sound).map(TableCheck::finding);
    Ok(damaged.chain(checks.iter().flat_map(TableCheck::rule_findings)).collect())
}

fn of_schema(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    let Some(connection) = context.connection else { return Ok(Vec::new()) };
    let version = SchemaVersion::of(connection)?;
    let mut found: Vec<_> = version.finding().into_iter().collect();
    found.extend(schema::findings(connection, version.actual)?);
    Ok(found)
}

fn of_counts(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    context.connection.map_or(Ok(Vec::new()), kept_tables::findings)
}

fn of_foreign_keys(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    context.connection.map_or(Ok(Vec::new()), unchecked_keys::findings)
}

fn of_references(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    context.connection.map_or(Ok(Vec::new()), references::findings)
}

fn of_journal(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    let Some(connection) = context.connection else { return Ok(Vec::new()) };
    let broken = unless_missing(chain::first_break(connection, context.watch))?.flatten();
    let finding = |broken: Break| Finding {
        check: "journal",
        severity: Severity::Error,
        object: format!("journal entry {}", broken.seq),
        message: broken.sentence(),
        fix: "A backup of the store shows what was there; `nexus journal verify` tells up to where it holds."
            .into(),
        fixable: false,
    };
    Ok(broken.map(finding).into_iter().collect())
}
