//! Reads of the journal: its list, its verification, and an account as it was at a moment.

use crate::domain::journal::{Action, BIN, Break, FieldValues, Head};
use crate::domain::text::excerpt;
use crate::domain::time::{Timestamp, date_time, to_stored};
use crate::domain::user::{FIELDS, User, Who};
use crate::store::{ListOf, read};

use super::contract::{AsItWas, Checked, Failure, FailureKind, Journal, Progress, Reply};
use super::instance::Service;
use super::lookup;
use super::operator::Principal;
use super::request_context::RequestContext;
use super::transaction::{Snapshot, with_snapshot};

/// The number of entries between two checks for a stop.
const STRIDE: u32 = 5_000;

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Journal,
) -> Result<Reply, Failure> {
    match request {
        Journal::List { filter, sort, span } => with_snapshot(service, context, |snapshot| {
            let list = ListOf { filter, scope: snapshot.principal.scope(), sort };
            Ok(Reply::Entries(snapshot.rows.journal(snapshot.now, &list, span)?))
        }),
        Journal::Lines { filter, sort, unfolded, span } => with_snapshot(service, context, |snapshot| {
            let list = ListOf { filter, scope: snapshot.principal.scope(), sort };
            Ok(Reply::Lines(snapshot.rows.journal_lines(snapshot.now, &list, &unfolded, span)?))
        }),
        Journal::AsItWas { who, at } => with_snapshot(service, context, |snapshot| {
            Ok(Reply::AsItWas(Box::new(as_it_was(snapshot, &who, at)?)))
        }),
        Journal::Head => with_snapshot(service, context, |snapshot| {
            snapshot.principal.admin_only("see the journal's head")?;
            Ok(Reply::Head(snapshot.rows.journal_head()?))
        }),
        Journal::Version => {
            service.store.check_place()?;
            Ok(Reply::Version(service.store.change_counter()?))
        }
        Journal::Verify { expect } => {
            let checked = verify(service, context, expect.as_ref())?;
            // An unbroken chain proves little if no trigger keeps entries from being changed.
            if checked.broken.is_none() {
                service.store.verify_schema()?;
            }
            Ok(Reply::Checked(checked))
        }
    }
}

/// Verifies the whole journal as it is at one moment.
fn verify(
    service: &Service,
    context: &mut RequestContext<'_>,
    expect: Option<&Head>,
) -> Result<Checked, Failure> {
    read(&*service.store, |rows| {
        Principal::find(rows, context)?.admin_only("verify the journal")?;
        let total = u64::try_from(rows.journal_head()?.seq).unwrap_or_default();
        let mut head = Head::empty();
        let mut unmet = expect.filter(|expected| **expected != head);
        loop {
            let most = match unmet {
                // Stops at the expected entry, to compare its hash.
                Some(expected) if expected.seq > head.seq => {
                    u32::try_from(expected.seq - head.seq).map_or(STRIDE, |left| left.min(STRIDE))
                }
                _ => STRIDE,
            };
            let walked = rows.verify_journal(&head, most)?;
            head = walked.head;
            if let Some(expected) = unmet.filter(|expected| expected.seq == head.seq) {
                if expected.hash != head.hash && Some(&expected.hash) != walked.earlier.as_ref() {
                    let what = "this is not the expected head: it, or an entry before it, was rewritten";
                    return Ok(Checked { broken: Some(Break { seq: head.seq, what }), head });
                }
                unmet = None;
            }
            if walked.broken.is_some() {
                return Ok(Checked { head, broken: walked.broken });
            }
            if walked.is_last {
                let cut = unmet.map(|_| Break {
                    seq: head.seq + 1,
                    what: "it is missing: the journal was longer when the expected head was noted",
                });
                return Ok(Checked { head, broken: cut });
            }
            let done = u64::try_from(head.seq).unwrap_or_default();
            if (context.progress)(Progress { done, total }).is_break() {
                return Err(Failure::new(FailureKind::Stopped, "Stopped."));
            }
        }
    })
}

/// Returns the account's fields at a moment: its fields now, with every later entry taken back.
fn as_it_was(snapshot: Snapshot<'_>, who: &Who, at: Timestamp) -> Result<AsItWas, Failure> {
    let Snapshot { rows, principal, now } = snapshot;
    let id = match rows.user(now, who)? {
        Some(user) => Some(user.id),
        None => rows.former_holder(who)?,
    };
    let Some(id) = id.filter(|id| principal.sees(*id)) else { return Err(lookup::missing(who)) };
    // The account may exist under another name.
    let there = rows.user(now, &Who::Id(id))?;
    let not_there = || {
        let message = format!("There was no account {} at {} UTC.", excerpt(&who.to_string()), date_time(at));
        Failure::new(FailureKind::NotFound, message)
    };
    let mut fields = there.as_ref().map(image);
    if let Some(made) = there.as_ref().and_then(|user| user.created_at)
        && made > at
    {
        return Err(not_there());
    }
    let entries = rows.entries_about(id, at)?;
    if there.is_none() && entries.iter().any(|entry| entry.action == Action::Erased.word()) {
        let message = format!("What the journal said of account {id} was erased.");
        return Err(Failure::new(FailureKind::NotFound, message));
    }
    for entry in &entries {
        // An entry that holds the whole account tells whether it existed before.
        fields = if entry.after.get(BIN).is_some() {
            Some(entry.before.clone())
        } else if entry.before.get(BIN).is_some()
            || entry.before.is_empty() && entry.after.get("email").is_some()
        {
            None
        } else {
            fields.map(|fields| put_back(fields, &entry.before))
        };
    }
    let fields = fields.ok_or_else(not_there)?;
    Ok(AsItWas { id, at, fields, entries: entries.len() as u64 })
}

/// Returns the fields with the earlier values of those that changed.
fn put_back(fields: FieldValues, before: &FieldValues) -> FieldValues {
    before.fields().fold(fields, |fields, (name, value)| {
        if fields.get(name).is_some() { fields.with(name, value.clone()) } else { fields }
    })
}

/// Returns all values of an account that the journal records.
pub(super) fn image(user: &User) -> FieldValues {
    let id = FieldValues::new().with("id", user.id.0);
    let fields = FIELDS
        .iter()
        .fold(id, |values, spec| values.with(spec.column, spec.of_user(user).map(str::to_owned)));
    fields.with("created_at", user.created_at.map(to_stored))
}

#[cfg(test)]
mod tests;
