//! The throttle of log-ins: tries are counted before their secret is checked, and failures delay the next try.
//!
//! Two counts are kept for each origin. That of the name as it was typed decides what a person sees: it is the same whether
//! or not an account has the name. That of the account bounds the tries at it by all its names together: while only this one
//! asks for a wait, a try looks like any other but cannot succeed. Nothing is told that the name alone would not tell.

use crate::auth::throttle::{NameKey, carried_over, name_hash, new_name_key, remaining, wait_after};
use crate::domain::clock::Moment;
use crate::domain::failed_tries::{FailedLogIns, FailedTries, FailureRun, TryTarget};
use crate::domain::time::Duration;
use crate::domain::user::{User, UserId};
use crate::store::{Read, StoreError, Write, read};

use super::contract::{Failure, FailureKind, LogInWait, NextTry};
use super::instance::Service;
use super::lookup::credentials;
use super::request_context::RequestContext;
use super::transaction::{Transaction, with_system_transaction};

mod entries;
mod unlock;
mod unstored;

pub(super) use entries::note_failure;
pub(super) use unlock::{Unlock, forgotten_failures, has_failures};
pub use unstored::UnstoredTries;

/// A try that was counted as failed, because its secret is checked only now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CountedTry {
    name: Option<TryTarget>,
    account: Option<UserId>,
    /// False if the try must fail whatever its secret is: the account was tried by another name just now.
    pub(super) can_succeed: bool,
    /// The counts as they were before.
    before: Vec<(TryTarget, Option<FailedTries>)>,
    next: NextTry,
}

/// The counts of failed tries, in the store or in this process.
trait Counts {
    fn tries(&self, target: TryTarget, origin: &str) -> Result<Option<FailedTries>, StoreError>;
    fn keep(&mut self, target: TryTarget, origin: &str, tries: &FailedTries) -> Result<(), StoreError>;
}

impl Counts for &mut dyn Write {
    fn tries(&self, target: TryTarget, origin: &str) -> Result<Option<FailedTries>, StoreError> {
        self.failed_tries(target, origin)
    }

    fn keep(&mut self, target: TryTarget, origin: &str, tries: &FailedTries) -> Result<(), StoreError> {
        self.keep_failed_tries(target, origin, tries)
    }
}

/// Counts a try to log in under this name.
///
/// # Errors
/// [`FailureKind::TooSoon`] during a wait: then nothing is counted, and the secret must not be looked at.
pub(super) fn count_log_in(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    name: &str,
) -> Result<CountedTry, Failure> {
    let now = context.moment();
    if service.store.writable().is_err() {
        let wall = context.now;
        let found = read(&*service.store, |rows| credentials(rows, wall, name))?;
        let name = TryTarget::Name(name_hash(&service.tries.name_key()?, name));
        let Service { tries, host, .. } = service;
        return count(tries, &host.origin, Some(name), found.map(|found| found.user.id), &now)?;
    }
    with_system_transaction(service, context, |tx| {
        let account = credentials(tx.rows, tx.now, name)?.map(|found| found.user.id);
        let name = TryTarget::Name(name_hash(&stored_key(tx.rows)?, name));
        Ok(count(&mut tx.rows, &tx.host.origin, Some(name), account, &now)?)
    })?
}

/// Counts a try at the password of the operator's own account.
///
/// # Errors
/// As [`count_log_in`].
pub(super) fn count_own(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    account: UserId,
) -> Result<CountedTry, Failure> {
    let now = context.moment();
    if service.store.writable().is_err() {
        let Service { tries, host, .. } = service;
        return count(tries, &host.origin, None, Some(account), &now)?;
    }
    with_system_transaction(service, context, |tx| {
        Ok(count(&mut tx.rows, &tx.host.origin, None, Some(account), &now)?)
    })?
}

/// Returns the key of the names' hashes; the first one to ask makes it.
fn stored_key(rows: &mut dyn Write) -> Result<NameKey, Failure> {
    if let Some(key) = rows.name_key()? {
        return Ok(key);
    }
    let key = new_name_key()?;
    rows.set_name_key(&key)?;
    Ok(key)
}

/// Counts a try, or refuses it. A refusal is no error of the transaction: a wait that is carried over is kept.
fn count(
    counts: &mut dyn Counts,
    origin: &str,
    name: Option<TryTarget>,
    account: Option<UserId>,
    now: &Moment,
) -> Result<Result<CountedTry, Failure>, StoreError> {
    let account_target = account.map(TryTarget::Account);
    let mut left = |target: Option<TryTarget>| -> Result<Duration, StoreError> {
        let Some(target) = target else { return Ok(Duration::zero()) };
        let Some(tries) = counts.tries(target, origin)? else { return Ok(Duration::zero()) };
        let left = remaining(&tries, now);
        let last = carried_over(&tries, now);
        if left > Duration::zero() && last != tries.last {
            counts.keep(target, origin, &FailedTries { last, ..tries })?;
        }
        Ok(left)
    };
    let (by_name, by_account) = (left(name)?, left(account_target)?);
    // What is told depends on the name alone, if there is one.
    let told = if name.is_some() { by_name } else { by_account };
    if told > Duration::zero() {
        return Ok(Err(too_soon(now, told)));
    }
    let can_succeed = by_account == Duration::zero();
    let mut failures = None;
    let mut all_before = Vec::new();
    let counted = account_target.filter(|_| can_succeed);
    for target in name.into_iter().chain(counted) {
        let before = counts.tries(target, origin)?;
        let tries = one_more(before.clone(), now);
        all_before.push((target, before));
        counts.keep(target, origin, &tries)?;
        failures.get_or_insert(tries.count);
    }
    let next = NextTry { from: now.wall, wait: wait_after(failures.unwrap_or_default()) };
    Ok(Ok(CountedTry { name, account, can_succeed, before: all_before, next }))
}

fn one_more(before: Option<FailedTries>, now: &Moment) -> FailedTries {
    let (count, untold, run) = before.map_or_else(
        || (0, 0, FailureRun::default()),
        |FailedTries { count, untold, run, .. }| (count, untold, run),
    );
    FailedTries { count: count.saturating_add(1), untold: untold.saturating_add(1), last: now.clone(), run }
}

fn too_soon(now: &Moment, left: Duration) -> Failure {
    let next = NextTry { from: now.wall, wait: left };
    let seconds = next.seconds_left(now.wall).unwrap_or_default();
    Failure::new(FailureKind::TooSoon, format!("{}.", NextTry::words(seconds))).with_next_try(next)
}

impl CountedTry {
    /// Returns the failure with the wait that it brings.
    pub(super) fn failed(&self, failure: Failure) -> Failure {
        failure.with_next_try(self.next)
    }

    /// Takes the count back, and all failures from this origin with it: the secret was right. The owner of the account is
    /// still to be told of them.
    pub(super) fn succeeded(&self, tx: &mut Transaction<'_>) -> Result<(), Failure> {
        let origin = tx.host.origin.as_str();
        if let Some(name) = self.name {
            tx.rows.forget_failed_tries(name, Some(origin))?;
        }
        let Some(account) = self.account.map(TryTarget::Account) else { return Ok(()) };
        if let Some(tries) = tx.rows.failed_tries(account, origin)? {
            let untold = tries.untold.saturating_sub(1);
            let before = self.before.iter().find(|(target, _)| *target == account);
            let before = before.and_then(|(_, before)| before.as_ref());
            let last = before.map_or(tries.last, |before| before.last.clone());
            tx.rows.keep_failed_tries(
                account,
                origin,
                &FailedTries { count: 0, untold, last, run: tries.run },
            )?;
        }
        Ok(())
    }

    /// Takes back this count alone: the try was no guess, but nobody is logged in yet.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) fn taken_back(&self, tx: &mut Transaction<'_>) -> Result<(), Failure> {
        let origin = tx.host.origin.as_str();
        Ok(self.take_back(&mut tx.rows, origin)?)
    }

    /// As [`taken_back`](Self::taken_back), where the store cannot be written.
    pub(super) fn taken_back_unstored(&self, service: &mut Service) {
        let Service { tries, host, .. } = service;
        // Counts in memory do not fail.
        let _ = self.take_back(tries, &host.origin);
    }

    /// Failures that came meanwhile stay.
    fn take_back(&self, counts: &mut dyn Counts, origin: &str) -> Result<(), StoreError> {
        for (target, before) in &self.before {
            let Some(tries) = counts.tries(*target, origin)? else { continue };
            let count = tries.count.saturating_sub(1);
            let untold = tries.untold.saturating_sub(1);
            let last = match before {
                Some(before) if before.count == count => before.last.clone(),
                Some(_) | None => tries.last,
            };
            counts.keep(*target, origin, &FailedTries { count, untold, last, run: tries.run })?;
        }
        Ok(())
    }

    /// Takes back this count alone, wherever it is kept.
    pub(super) fn no_guess(&self, service: &mut Service, context: &mut RequestContext<'_>) {
        if service.store.writable().is_ok() {
            // A count that stays is a short wait.
            let _ = with_system_transaction(service, context, |tx| self.taken_back(tx));
        } else {
            self.taken_back_unstored(service);
        }
    }

    /// Returns the result of what followed a right secret. Where it failed, the try was no guess: its count is taken back.
    pub(super) fn right<T>(
        &self,
        service: &mut Service,
        context: &mut RequestContext<'_>,
        result: Result<T, Failure>,
    ) -> Result<T, Failure> {
        if result.is_err() {
            self.no_guess(service, context);
        }
        result
    }

    /// Takes the count back as [`succeeded`](Self::succeeded) does, where the store cannot be written.
    pub(super) fn succeeded_unstored(&self, service: &mut Service) {
        let Service { tries, host, .. } = service;
        for target in self.name.into_iter().chain(self.account.map(TryTarget::Account)) {
            tries.forget(target, &host.origin);
        }
    }
}

/// Returns the failures since the account's last good log-in, now that there is another one. They are told once.
pub(super) fn take_failures(tx: &mut Transaction<'_>, user: &User) -> Result<Option<FailedLogIns>, Failure> {
    entries::write_rest(tx)?;
    let target = TryTarget::Account(user.id);
    let all = tx.rows.failed_tries_at(target)?;
    for (origin, tries) in &all {
        if tries.count == 0 {
            tx.rows.forget_failed_tries(target, Some(origin))?;
        } else if tries.untold > 0 {
            tx.rows.keep_failed_tries(target, origin, &FailedTries { untold: 0, ..tries.clone() })?;
        }
    }
    Ok(since_last_log_in(&all))
}

fn since_last_log_in(all: &[(String, FailedTries)]) -> Option<FailedLogIns> {
    let untold = || all.iter().filter(|(_, tries)| tries.untold > 0);
    let (last_from, last) = untold().max_by_key(|(_, tries)| tries.last.wall)?;
    Some(FailedLogIns {
        count: untold().map(|(_, tries)| u64::from(tries.untold)).sum(),
        last_at: last.last.wall,
        last_from: last_from.clone(),
        other_origins: untold().count().saturating_sub(1),
    })
}

/// Returns the origins that must wait before the next try at the account.
pub(super) fn waits(rows: &dyn Read, now: &Moment, account: UserId) -> Result<Vec<LogInWait>, StoreError> {
    let all = rows.failed_tries_at(TryTarget::Account(account))?;
    let waits = all.into_iter().filter_map(|(origin, tries)| {
        let left = remaining(&tries, now);
        let wait = LogInWait { origin, failures: tries.count, until: now.wall + left };
        (left > Duration::zero()).then_some(wait)
    });
    Ok(waits.collect())
}

/// Lifts all waits of the account, by whatever name it was tried. Returns the number of failures that are forgotten.
pub(super) fn lift(tx: &mut Transaction<'_>, user: &User) -> Result<u64, Failure> {
    entries::write_rest(tx)?;
    let target = TryTarget::Account(user.id);
    let mut failures: u64 = 0;
    for (origin, tries) in tx.rows.failed_tries_at(target)? {
        failures = failures.saturating_add(tries.count.into());
        if tries.untold == 0 {
            tx.rows.forget_failed_tries(target, Some(&origin))?;
        } else if tries.count > 0 {
            tx.rows.keep_failed_tries(target, &origin, &FailedTries { count: 0, ..tries })?;
        }
    }
    let key = stored_key(tx.rows)?;
    let id = user.id.0.to_string();
    for name in [Some(id.as_str()), user.username.as_deref(), Some(user.email.as_str())].into_iter().flatten()
    {
        tx.rows.forget_failed_tries(TryTarget::Name(name_hash(&key, name)), None)?;
    }
    Ok(failures)
}

#[cfg(test)]
mod tests;
