//! The erasure of a person: the purge of a deleted account with what the journal says of it.
//!
//! An account that was purged before can be erased too, by its id or by a name that the journal knows. The entry about the
//! erasure names the id alone.

use crate::domain::bin::BinItem;
use crate::domain::dependents::DeletionTarget;
use crate::domain::erasure::Erasable;
use crate::domain::journal::{EntityKind, EntityRef, FieldValues, MENTIONS};
use crate::domain::operation::Touched;
use crate::domain::user::{UserId, Who};
use crate::store::StoreError;

use super::contract::{Action, ActionSummary, ErasedEntries, Failure, FailureKind, Reply};
use super::dependents::{self, with_belongings, with_rows_of_others};
use super::instance::Service;
use super::lookup::not_in_the_bin;
use super::request_context::RequestContext;
use super::transaction::{Snapshot, Transaction, run_single, with_snapshot};

/// An erasure that was found to be possible.
struct Plan {
    account: UserId,
    found: Erasable,
    summary: ActionSummary,
}

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    who: &Who,
) -> Result<Reply, Failure> {
    // The whole journal is searched for mentions before others have to wait.
    let reason = context.reason.clone();
    let plan = with_snapshot(service, context, |snapshot| {
        let plan = Plan::make(snapshot, who, None)?;
        // The entry about the erasure is never erased.
        match &reason {
            Some(reason) if snapshot.rows.mentions(plan.account, reason.words())? => {
                Err(Failure::new(FailureKind::Invalid, NAMED)
                    .hint("Give a reason that does not name anybody."))
            }
            Some(_) | None => Ok(plan),
        }
    })?;
    if context.dry_run {
        return Ok(Reply::Done(plan.summary));
    }
    let summary = run_single(service, context, |tx| {
        let plan = Plan::make(tx.snapshot(), &Who::Id(plan.account), Some(&plan))?;
        plan.execute(tx)
    })?;
    // It is committed: that old pages are left in the log is no failure.
    let log_kept = !service.store.empty_log().unwrap_or(false);
    Ok(Reply::Done(ActionSummary { erased: ErasedEntries { log_kept, ..summary.erased }, ..summary }))
}

impl Plan {
    /// Plans the erasure. What an earlier plan has found in the journal is not searched for again.
    fn make(snapshot: Snapshot<'_>, who: &Who, earlier: Option<&Self>) -> Result<Self, Failure> {
        snapshot.principal.admin_only("purge")?;
        let rows = snapshot.rows;
        let items = rows.binned_accounts(who)?;
        if items.iter().any(|item| items.first().is_some_and(|first| first.user_id != item.user_id)) {
            let message = format!("{} accounts in the bin have that name.", items.len());
            return Err(
                Failure::new(FailureKind::Conflict, message).hint("Give the id of the one that is meant.")
            );
        }
        let account = match items.first() {
            Some(item) => item.user_id,
            None => former(snapshot, who)?,
        };
        if rows.user(snapshot.now, &Who::Id(account))?.is_some() {
            return Err(not_in_the_bin(&who.to_string()).hint("Delete the account first."));
        }
        snapshot.require_free(&Touched { account: Some(account), ..Touched::default() })?;
        let found = rows.erasable(account, earlier.map(|plan| &plan.found))?;
        if let Some(broken) = &found.broken {
            let message = format!(
                "The journal is not intact, and an erasure would hide it: entry {}: {}.",
                broken.seq, broken.what
            );
            return Err(Failure::new(FailureKind::Refused, message).hint("See `nexus journal verify`."));
        }
        if found.is_empty() {
            let message = format!("Nothing is left of account {account}.");
            return Err(Failure::new(FailureKind::Conflict, message));
        }
        let label = match (items.first(), earlier) {
            (_, Some(earlier)) => earlier.summary.label.clone(),
            (Some(item), None) => Some(item.label.clone()),
            (None, None) => Some(who.to_string()),
        };
        let mut summary = ActionSummary {
            label,
            id: Some(account.0),
            accounts: 1,
            erased: ErasedEntries {
                entries: (found.entries.len() + found.mentions.len()) as u64,
                mentions: found.mentions.len() as u64,
                log_kept: false,
            },
            ..ActionSummary::new(Action::Erased)
        };
        for number in &found.items {
            if let Some(item) = rows.item(*number)? {
                add_item(snapshot, &item, &mut summary)?;
            }
        }
        Ok(Self { account, found, summary })
    }

    fn execute(self, tx: &mut Transaction<'_>) -> Result<ActionSummary, Failure> {
        let Self { account, found, summary } = self;
        tx.rows.erase(account, &found).map_err(|error| match error {
            StoreError::Damaged => {
                Failure::new(FailureKind::Refused, ALTERED).hint("See `nexus journal verify`.")
            }
            error => error.into(),
        })?;
        for number in &found.items {
            tx.rows.purge(*number)?;
        }
        let object = EntityRef {
            kind: EntityKind::Account,
            id: Some(account.0),
            label: String::new(),
            account: Some(account),
        };
        let before = with_rows_of_others(with_belongings(FieldValues::new(), &summary), &summary)
            .with_count("entries", summary.erased.entries);
        let before = match found.mentions.as_slice() {
            [] => before,
            mentions => before.with(MENTIONS, mentions),
        };
        tx.note(Action::Erased, object, before, FieldValues::new())?;
        Ok(summary)
    }
}

const ALTERED: &str = "An entry of the journal is not as it was written, and an erasure would hide it.";

const NAMED: &str = "The reason names the person, and the entry about the erasure would keep it.";

/// Returns the account that is gone but was once called this.
fn former(snapshot: Snapshot<'_>, who: &Who) -> Result<UserId, Failure> {
    let is_free = snapshot.rows.user(snapshot.now, who)?.is_none();
    let former = if is_free { snapshot.rows.former_holder(who)? } else { None };
    former.ok_or_else(|| not_in_the_bin(&who.to_string()))
}

/// Adds the rows of an item in the bin, and those of other programs that go with it.
fn add_item(snapshot: Snapshot<'_>, item: &BinItem, summary: &mut ActionSummary) -> Result<(), Failure> {
    snapshot.require_free(&Touched { item: Some(item.id), ..Touched::default() })?;
    let others = dependents::find(snapshot, DeletionTarget::BinItem(item.id), &item.label)?;
    let more = ActionSummary {
        sessions: item.sessions,
        directories: item.directories,
        ..ActionSummary::new(Action::Erased)
    };
    summary.add(&more.with_dependents(others));
    Ok(())
}

#[cfg(test)]
mod tests;
