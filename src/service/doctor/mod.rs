//! Examination and repair of the store.

mod accounts;
mod age;
mod importable;

use std::ops::ControlFlow;
use std::path::Path;

use crate::auth::stack::wiping_stack;
use crate::domain::finding::{Finding, MODE, Severity};
use crate::domain::integrity;
use crate::domain::journal::{Action, FieldValues};
use crate::domain::stored_table::{StoredRow, StoredTable};
use crate::domain::time::Timestamp;
use crate::store::{self, Examination, Finished, Read, Repair, Repaired, StoreError, Write, read};

use super::contract::{Caller, Diagnosis, Doctor, Failure, FailureKind, OnProgress, Progress, Reply};
use super::instance::Service;
use super::journal_writer::{self, JournalWriter};
use super::operator::Principal;
use super::request_context::RequestContext;
use super::sweep::sweep_sessions;
use super::transaction::with_snapshot;
use super::{clock, second_factor};

/// The rows between two questions whether to go on.
const STRIDE: u64 = 1_000;

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Doctor,
) -> Result<Reply, Failure> {
    let journal = journal(service, context)?.because(context.reason.as_ref());
    let diagnosis = match request {
        Doctor::Examine => Diagnosis {
            findings: findings(service, context, Examination::Whole)?,
            mended: Vec::new(),
            saved: None,
        },
        Doctor::Repair { drop_foreign } if context.dry_run => dry_run(service, context, drop_foreign)?,
        Doctor::Repair { drop_foreign } => repair(service, context, drop_foreign, journal)?,
    };
    Ok(Reply::Diagnosis(Box::new(diagnosis)))
}

/// Returns the journal writer of the caller. For a command it is known without the store, which may be too damaged to
/// be read.
fn journal(service: &Service, context: &RequestContext<'_>) -> Result<JournalWriter, Failure> {
    match context.caller {
        Caller::Owner => Ok(JournalWriter::of(&Principal::Owner, &service.host, context.now)),
        Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } | Caller::Viewer { .. } => {
            with_snapshot(service, context, |snapshot| {
                snapshot.principal.admin_only("examine the store")?;
                Ok(JournalWriter::of(snapshot.principal, &service.host, context.now))
            })
        }
    }
}

/// Returns the findings about the file, its schema and its pages, then those about what the rows say.
fn findings(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    examination: Examination,
) -> Result<Vec<Finding>, Failure> {
    let RequestContext { now, progress, .. } = context;
    let mut total = 1;
    let mut found = service.store.findings(examination, *now, &mut |done: Finished| {
        total = done.total.max(1);
        progress(Progress { done: done.done, total: with_accounts(total) }).is_continue()
    })?;
    let mut go_on = |done: u64, rows: u64| {
        let share = (with_accounts(total) - total) * done.min(rows) / rows.max(1);
        progress(Progress { done: total + share, total: with_accounts(total) }).is_continue()
    };
    if !go_on(0, 0) {
        return Err(StoreError::Stopped.into());
    }
    let location = service.store.location();
    for check in [
        clock::findings(service, *now),
        with_rows(service, |rows| Ok(rows.name_findings()?)),
        with_rows(service, |rows| {
            let [accounts, sessions, directories] = StoredTable::ALL.map(|table| rows.stored_count(table));
            let accounts = accounts?;
            let total = accounts + accounts + sessions? + directories?;
            let mut found = accounts::findings(rows, &mut |done| go_on(done, total))?;
            found.extend(importable::findings(rows, *now, &mut |done| go_on(accounts + done, total))?);
            Ok(found)
        }),
        wiping_stack(|| second_factor::findings(service)),
        with_rows(service, |rows| Ok(age::sessions(rows, *now)?.into_iter().collect())),
        with_rows(service, |rows| Ok(age::backup(rows, *now, location)?.into_iter().collect())),
    ] {
        match check {
            Ok(more) => found.extend(more),
            Err(failure) if failure.kind == FailureKind::Stopped => return Err(failure),
            // It stands there already why the rows cannot be read.
            Err(_) if found.iter().any(keeps_rows_from_being_read) => {}
            Err(failure) => found.push(unread(service, failure)),
        }
    }
    Ok(found)
}

/// Returns the progress at the end: looking at the rows one by one takes about a tenth of the time.
const fn with_accounts(total: u64) -> u64 {
    total + total.div_ceil(8)
}

/// A callback for the number of rows that were looked at. It returns false to stop.
type GoOn<'g> = dyn FnMut(u64) -> bool + 'g;

/// Passes every row of a table to `take`.
fn each_row(
    rows: &dyn Read,
    table: StoredTable,
    go_on: &mut GoOn<'_>,
    mut take: impl FnMut(&StoredRow<'_>),
) -> Result<(), Failure> {
    let mut done = 0;
    let mut is_stopped = false;
    rows.each_stored(table, &mut |row| {
        take(row);
        done += 1;
        is_stopped = done % STRIDE == 0 && !go_on(done);
        if is_stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if is_stopped { Err(StoreError::Stopped.into()) } else { Ok(()) }
}

fn with_rows(
    service: &Service,
    work: impl FnOnce(&dyn Read) -> Result<Vec<Finding>, Failure>,
) -> Result<Vec<Finding>, Failure> {
    read(&*service.store, work)
}

fn keeps_rows_from_being_read(finding: &Finding) -> bool {
    finding.severity == Severity::Error || finding.check == "schema"
}

/// Returns the finding about rows that could not be read.
fn unread(service: &Service, failure: Failure) -> Finding {
    Finding {
        check: "store",
        severity: Severity::Error,
        object: service.store.location(),
        message: format!("A check could not be made. {}", failure.message),
        fix: failure.hint.unwrap_or_else(|| "Run nexus doctor again.".into()),
        fixable: false,
    }
}

/// Returns the findings, parted into those that a repair would mend and the rest. Where the store cannot be written, a
/// repair mends modes alone.
fn dry_run(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    drop_foreign: bool,
) -> Result<Diagnosis, Failure> {
    let found = findings(service, context, Examination::Whole)?;
    // A store that is only examined was opened read-only.
    let can_write = matches!(service.store.writable(), Ok(()) | Err(StoreError::ReadOnly))
        && !found.iter().any(|finding| finding.check == integrity::CHECK);
    let is_mended =
        |finding: &Finding| finding.is_mended(drop_foreign) && (can_write || finding.check == MODE);
    let (mended, findings) = found.into_iter().partition(is_mended);
    Ok(Diagnosis { findings, mended, saved: None })
}

fn repair(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    drop_foreign: bool,
    journal: JournalWriter,
) -> Result<Diagnosis, Failure> {
    let now = context.now;
    let clock = clock::findings(service, now).unwrap_or_default();
    let mut recorder = RepairRecorder { journal, now, progress: &mut *context.progress };
    let Repaired { mut mended, saved, is_damaged } = service.store.repair(drop_foreign, &mut recorder)?;
    if !is_damaged && service.store.writable().is_ok() && service.store.verify_schema().is_ok() {
        if !clock.is_empty() && clock::restart(service, context)? {
            mended.extend(clock);
        }
        let over = read(&*service.store, |rows| age::sessions(rows, now))?;
        if over.is_some() && sweep_sessions(service, context)?.sessions > 0 {
            mended.extend(over);
        }
    }
    let examination = if is_damaged { Examination::Whole } else { Examination::AfterRepair };
    Ok(Diagnosis { findings: findings(service, context, examination)?, mended, saved })
}

/// A repair in progress.
struct RepairRecorder<'a, 'p> {
    journal: JournalWriter,
    now: Timestamp,
    progress: &'a mut OnProgress<'p>,
}

impl Repair for RepairRecorder<'_, '_> {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn step(&mut self, done: Finished) -> bool {
        (self.progress)(Progress { done: done.done, total: done.total }).is_continue()
    }

    fn note(&mut self, rows: &mut dyn Write, finding: &Finding, saved: Option<&Path>) -> store::Result<()> {
        let before = FieldValues::new().with("finding", finding.message.clone());
        let after = match saved {
            Some(path) => FieldValues::new().with("saved", path.to_string_lossy().into_owned()),
            None => FieldValues::new(),
        };
        self.journal.note(rows, Action::Repaired, journal_writer::store(&finding.object), before, after)
    }
}

#[cfg(test)]
mod tests;
