//! The examination of a store: all checks, one after the other.

use std::path::Path;

use crate::domain::finding::{Finding, LINKS, MODE, MOUNT, OWNER, Severity};
use crate::domain::integrity::{CHECK, RESTORE};
use crate::store::sqlite::integrity::{Depth, Tables};
use crate::store::sqlite::{journal_head, leftovers, schema};
use crate::store::{Examination, Result, StoreError};

use super::check_context::CheckContext;
use super::checks::{CHECKS, Effort, StoreCheck};
use super::rows;

/// The beginning of the message of [`StoreError::Unreachable`].
const UNUSABLE: &str = "the store cannot be used: ";

/// Returns the findings of these checks, and of the store that could not be opened for this reason. A check that cannot be
/// made is a finding itself.
///
/// # Errors
/// [`StoreError::Stopped`].
pub(crate) fn findings(
    context: &CheckContext<'_>,
    examination: Examination,
    unopened: Option<&StoreError>,
) -> Result<Vec<Finding>> {
    let costs = CheckCosts::of(context);
    let checks = || CHECKS.iter().filter(|check| is_made(check, examination));
    context.watch.plan(checks().map(|check| costs.of_check(check)).sum());
    let mut found = Vec::new();
    let mut errors: Vec<StoreError> = Vec::new();
    for check in checks() {
        match (check.find)(context) {
            Ok(more) => found.extend(more),
            Err(StoreError::Stopped) => return Err(StoreError::Stopped),
            Err(error) => errors.push(error),
        }
        if let Effort::Slight | Effort::Rows(_) = check.effort {
            context.watch.done(costs.of_check(check))?;
        }
    }
    // A constraint that cannot be restored names the rows already.
    let faulty: Vec<_> =
        found.iter().filter(|one| one.check == schema::CHECK).map(|one| one.object.clone()).collect();
    let is_named = |object: &str| faulty.iter().any(|table| object.split('.').next() == Some(table));
    found.retain(|one| one.check != rows::CHECK || !is_named(&one.object));
    let keeps_from_writing = |one: &Finding| {
        one.severity == Severity::Error && is_of_file(one) && !one.fixable || one.check == CHECK
    };
    let is_read_only = found.iter().any(keeps_from_writing);
    for finding in found.iter_mut().filter(|finding| is_read_only && !is_of_file(finding)) {
        wait_for_others(finding);
    }
    // What keeps it from being opened keeps checks from being made.
    if let Some(why) = unopened {
        errors = vec![why.clone()];
    }
    for error in errors {
        // What is wrong with a file stands there already, and so may what several checks met with.
        let finding = match error {
            StoreError::Finding(finding) => *finding,
            StoreError::Leftover { .. } if found.iter().any(|one| one.check == leftovers::CHECK) => continue,
            StoreError::Damaged if found.iter().any(|one| one.check == CHECK) => continue,
            error => unusable(context.path, &error),
        };
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    Ok(found)
}

const fn is_made(check: &StoreCheck, examination: Examination) -> bool {
    match (examination, check.effort) {
        (Examination::Whole, _)
        | (Examination::AfterRepair, Effort::Slight | Effort::Rows(_) | Effort::Entries) => true,
        (Examination::AfterRepair, Effort::Pages) => false,
    }
}

/// The costs of checks, in rows that are read.
#[derive(Debug, Clone, Copy, Default)]
struct CheckCosts {
    pages: u64,
    rows: u64,
    entries: u64,
}

impl CheckCosts {
    /// Returns the costs for a store. What cannot be counted is damaged, and checking it takes no time.
    fn of(context: &CheckContext<'_>) -> Self {
        let Some(connection) = context.connection else { return Self::default() };
        Self {
            pages: Tables::of(connection, Depth::Full).map_or(0, |tables| tables.total_work()),
            rows: rows::total(connection),
            entries: journal_head::read(connection).map_or(0, |head| head.seq.unsigned_abs()),
        }
    }

    fn of_check(&self, check: &StoreCheck) -> u64 {
        match check.effort {
            Effort::Slight => 0,
            Effort::Pages => self.pages,
            Effort::Rows(times) => self.rows * times,
            Effort::Entries => self.entries,
        }
    }
}

/// Returns true if a finding is about the file itself, by which it may be refused or opened for reading only.
fn is_of_file(finding: &Finding) -> bool {
    [MODE, OWNER, LINKS, MOUNT, leftovers::CHECK].contains(&finding.check)
}

/// Marks a finding as one that a repair leaves, because another finding prevents writing.
fn wait_for_others(finding: &mut Finding) {
    if finding.is_mended(true) {
        finding.fix = format!("Fix the other findings first; then: {}", finding.fix);
        finding.fixable = false;
    }
}

/// Returns the finding for a store that cannot be opened or read.
fn unusable(path: &Path, why: &StoreError) -> Finding {
    let fix =
        if *why == StoreError::Damaged { RESTORE } else { "See the other findings, or restore a backup." };
    let why = why.to_string();
    Finding {
        check: "store",
        severity: Severity::Error,
        object: path.display().to_string(),
        message: format!("It cannot be used: {}.", why.strip_prefix(UNUSABLE).unwrap_or(&why)),
        fix: fix.into(),
        fixable: false,
    }
}
