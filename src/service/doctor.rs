//! The store examined and repaired.

use crate::domain::finding::Finding;
use crate::domain::journal::{Image, Verb};
use crate::domain::time::Timestamp;
use crate::store::{Repaired, read};

use super::contract::{Caller, Diagnosis, Doctor, Failure, Reply};
use super::operator::Actor;
use super::record::{self, Scribe};
use super::{Call, Desk, clock, look};

pub(super) fn perform(desk: &mut Desk, call: &mut Call<'_>, request: Doctor) -> Result<Reply, Failure> {
    let scribe = scribe(desk, call)?;
    let diagnosis = match request {
        Doctor::Examine => Diagnosis { findings: findings(desk, call.now), mended: Vec::new(), saved: None },
        Doctor::Repair { drop_foreign } if call.rehearsal => rehearse(desk, call.now, drop_foreign),
        Doctor::Repair { drop_foreign } => repair(desk, call, drop_foreign, scribe)?,
    };
    Ok(Reply::Diagnosis(Box::new(diagnosis)))
}

/// Finds out who asks. Of a command that is known without the store, which may be in no state to be read.
fn scribe(desk: &Desk, call: &Call<'_>) -> Result<Scribe, Failure> {
    match call.caller {
        Caller::Owner => Ok(Scribe::of(&Actor::Owner, &desk.here, call.now)),
        Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } => look(desk, call, |_, actor| {
            actor.admin_only("examine the store")?;
            Ok(Scribe::of(actor, &desk.here, call.now))
        }),
    }
}

/// Returns the findings about the file and its schema, then those about what the rows say. Where the rows cannot be read,
/// the first say why.
fn findings(desk: &Desk, now: Timestamp) -> Vec<Finding> {
    let mut found = desk.store.findings();
    found.extend(clock::findings(desk, now).unwrap_or_default());
    found.extend(read(&*desk.store, |rows| rows.name_findings()).unwrap_or_default());
    found
}

/// Returns the findings, parted into those that a repair would mend and the rest.
fn rehearse(desk: &Desk, now: Timestamp, drop_foreign: bool) -> Diagnosis {
    let found = findings(desk, now);
    let (mended, findings) = found.into_iter().partition(|finding| finding.is_mended(drop_foreign));
    Diagnosis { findings, mended, saved: None }
}

fn repair(
    desk: &mut Desk,
    call: &mut Call<'_>,
    drop_foreign: bool,
    mut scribe: Scribe,
) -> Result<Diagnosis, Failure> {
    let clock = clock::findings(desk, call.now).unwrap_or_default();
    let Repaired { mut mended, saved } = desk.store.repair(drop_foreign, &mut |rows, finding, saved| {
        let before = Image::new().with("finding", finding.message.clone());
        let after = match saved {
            Some(path) => Image::new().with("saved", path.to_string_lossy().into_owned()),
            None => Image::new(),
        };
        scribe.note(rows, Verb::Repaired, record::store(&finding.object), before, after)
    })?;
    if !clock.is_empty() && clock::restart(desk, call)? {
        mended.extend(clock);
    }
    Ok(Diagnosis { findings: findings(desk, call.now), mended, saved })
}

#[cfg(test)]
mod tests;
