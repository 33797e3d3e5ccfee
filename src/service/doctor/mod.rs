//! The store examined and repaired.

use crate::domain::finding::{Finding, MODE};
use crate::domain::journal::{Action, FieldValues};
use crate::domain::time::Timestamp;
use crate::store::{Repaired, StoreError, read};

use super::contract::{Caller, Diagnosis, Doctor, Failure, Reply};
use super::journal_writer::{self, JournalWriter};
use super::operator::Principal;
use super::{RequestContext, Service, clock, with_snapshot};

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Doctor,
) -> Result<Reply, Failure> {
    let journal = journal(service, context)?.because(context.reason.as_ref());
    let diagnosis = match request {
        Doctor::Examine => {
            Diagnosis { findings: findings(service, context.now), mended: Vec::new(), saved: None }
        }
        Doctor::Repair { drop_foreign } if context.dry_run => rehearse(service, context.now, drop_foreign),
        Doctor::Repair { drop_foreign } => repair(service, context, drop_foreign, journal)?,
    };
    Ok(Reply::Diagnosis(Box::new(diagnosis)))
}

/// Finds out who asks. Of a command that is known without the store, which may be in no state to be read.
fn journal(service: &Service, context: &RequestContext<'_>) -> Result<JournalWriter, Failure> {
    match context.caller {
        Caller::Owner => Ok(JournalWriter::of(&Principal::Owner, &service.host, context.now)),
        Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } => {
            with_snapshot(service, context, |_, principal| {
                principal.admin_only("examine the store")?;
                Ok(JournalWriter::of(principal, &service.host, context.now))
            })
        }
    }
}

/// Returns the findings about the file and its schema, then those about what the rows say. Where the rows cannot be read,
/// the first say why.
fn findings(service: &Service, now: Timestamp) -> Vec<Finding> {
    let mut found = service.store.findings();
    found.extend(clock::findings(service, now).unwrap_or_default());
    found.extend(read(&*service.store, |rows| rows.name_findings()).unwrap_or_default());
    found
}

/// Returns the findings, parted into those that a repair would mend and the rest. Where the store cannot be written, a
/// repair mends modes alone.
fn rehearse(service: &Service, now: Timestamp, drop_foreign: bool) -> Diagnosis {
    let found = findings(service, now);
    // One that is only looked at is opened for reading only.
    let can_write = matches!(service.store.writable(), Ok(()) | Err(StoreError::ReadOnly));
    let is_mended =
        |finding: &Finding| finding.is_mended(drop_foreign) && (can_write || finding.check == MODE);
    let (mended, findings) = found.into_iter().partition(is_mended);
    Diagnosis { findings, mended, saved: None }
}

fn repair(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    drop_foreign: bool,
    mut journal: JournalWriter,
) -> Result<Diagnosis, Failure> {
    let clock = clock::findings(service, context.now).unwrap_or_default();
    let Repaired { mut mended, saved } =
        service.store.repair(drop_foreign, &mut |rows, finding, saved| {
            let before = FieldValues::new().with("finding", finding.message.clone());
            let after = match saved {
                Some(path) => FieldValues::new().with("saved", path.to_string_lossy().into_owned()),
                None => FieldValues::new(),
            };
            journal.note(rows, Action::Repaired, journal_writer::store(&finding.object), before, after)
        })?;
    if !clock.is_empty() && service.store.writable().is_ok() && clock::restart(service, context)? {
        mended.extend(clock);
    }
    Ok(Diagnosis { findings: findings(service, context.now), mended, saved })
}

#[cfg(test)]
mod tests;
