//! Floor 2: what an operator can ask for, one file per group of use cases.
//!
//! Here it is decided who may do what and what else must change in the same transaction. Both faces, the console
//! and the commands, come in through [`perform`] with the same [`contract::Request`]s. Nothing here draws, reads
//! a clock, or knows in which form rows are kept.

use std::ops::ControlFlow;

use crate::auth::{
    self,
    password::{self, Hasher},
};
use crate::domain::clock::BootTime;
use crate::domain::journal::Reason;
use crate::domain::secret::Secret;
use crate::domain::time::{Duration, Timestamp};
use crate::store::{self, Division, Read, Store, StoreError, TransactionEnd, Write, read};

mod accounts;
mod authentication;
mod bin;
mod bulk;
pub mod clock;
pub mod contract;
mod denied;
mod dependents;
mod directories;
mod doctor;
mod failure;
mod homes;
mod import;
mod integrity;
mod journal;
mod journal_writer;
mod lookup;
mod messages;
mod new_password;
pub mod operations;
mod operator;
mod sessions;
mod sign_in;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod undo;

use bulk::Snapshot;
use contract::{ActionSummary, Caller, CountedRows, Failure, FailureKind, Progress, Reply, Request};
use journal_writer::JournalWriter;
use operations::StepLimits;
use operator::Principal;

/// What a request is done with: the store, the hasher, and what the top floor knows about the world.
pub struct Service {
    /// The rows.
    pub store: Box<dyn Store>,
    /// For passwords and access codes.
    pub hasher: Hasher,
    /// This process and its terminal.
    pub host: HostInfo,
    /// How long the names of deleted accounts stay held.
    pub keep: Duration,
    /// How acts on very many rows are divided.
    pub steps: StepLimits,
}

/// This process and its terminal, as sessions are labelled with them.
#[derive(Debug, Clone)]
pub struct HostInfo {
    /// Terminal or address the operator sits at: `pts/3`, `10.0.4.7`; `10.0.4.7 (claimed)` where only the environment says so.
    pub terminal: String,
    /// Which process this is, of which machine: a text for [`HostInfo::is_alive`].
    pub process: String,
    /// The OS user who runs it, by name, else by number.
    pub user: String,
    /// What `SUDO_USER` says, marked as claimed where nothing else does.
    pub sudo_user: Option<String>,
    /// Whether the process that such a text names still runs; in doubt it does.
    pub is_alive: fn(&str) -> bool,
}

/// Returns a hash of a machine id, by which processes of this machine are told from others'.
pub fn machine_hash(id: &str) -> String {
    auth::machine::hash(id)
}

/// The circumstances of one request.
pub struct RequestContext<'a> {
    /// Who asks.
    pub caller: Caller,
    /// The time.
    pub now: Timestamp,
    /// The time since boot, read together with that; `None` where it is not known.
    pub boot: Option<BootTime>,
    /// Only say what it would come to (`--dry-run`, and the counts in a box that asks): an act on one thing is done
    /// and undone again, one on many is counted.
    pub dry_run: bool,
    /// Why it is asked for, where whoever asks said so.
    pub reason: Option<Reason>,
    /// The rows that the act was counted with, once [`Request::Counted`] says so.
    pub counted: Option<CountedRows>,
    /// Told now and then how far long work is; [`ControlFlow::Break`] stops it, and the failure says what stays.
    pub progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl RequestContext<'_> {
    /// What becomes of the transaction of an act that succeeds.
    fn verdict(&self) -> TransactionEnd {
        if self.dry_run { TransactionEnd::RollBack } else { TransactionEnd::Commit }
    }

    /// The reply that hands a new token or code over; not after a rehearsal, for it would not work.
    fn handing_over(&self, secret: Secret, expires_at: Timestamp, summary: ActionSummary) -> Reply {
        if self.dry_run { Reply::Done(summary) } else { Reply::Secret { summary, secret, expires_at } }
    }
}

/// Does what was asked for, or nothing; an act on very many rows may end between two of its steps.
///
/// # Errors
/// A [`Failure`]; nothing has changed then, unless its message says how far it came.
pub fn perform(
    service: &mut Service,
    mut context: RequestContext<'_>,
    request: Request,
) -> Result<Reply, Failure> {
    // A store that is examined may be in no state to be asked.
    if !matches!(request, Request::Doctor(_)) {
        clock::end_by_boot(service, &context)?;
    }
    operations::finish_abandoned(service, &mut context, &request)?;
    let attempt = denied::subject(service, &context, &request);
    let result = done(service, &mut context, request).map(|reply| counted(&context, reply));
    integrity::heed(service, &context, &result);
    match (attempt, result) {
        (Some(attempt), Err(failure)) => Err(denied::note(service, &context, attempt, failure)),
        (_, result) => result,
    }
}

/// Returns what is said about damage in the store that is remembered.
pub fn damage(service: &Service) -> Option<Failure> {
    let finding = service.store.damage()?.finding(service.store.location().as_ref());
    Some(StoreError::KnownDamage(Box::new(finding)).into())
}

/// How often a reading is done anew because the store changed meanwhile.
const READINGS: usize = 10;

/// The reply of a rehearsal names the rows that it was for.
fn counted(context: &RequestContext<'_>, reply: Reply) -> Reply {
    match reply {
        Reply::Done(summary) if context.dry_run => Reply::Counted {
            rows: CountedRows::one(summary.id),
            summary: ActionSummary { written: None, ..summary },
        },
        reply => reply,
    }
}

/// What was there when it was counted has gone since.
fn meanwhile(failure: Failure) -> Failure {
    if failure.kind == FailureKind::NotFound { bulk::all_vanished(1) } else { failure }
}

/// Does what was asked for. What only reads a store that is read without locks is read again where the file changed
/// meanwhile: both an answer and a failure may come of it then.
fn done(service: &mut Service, context: &mut RequestContext<'_>, request: Request) -> Result<Reply, Failure> {
    let can_write = service.store.writable();
    if !request.can_do_without_writing() {
        let is_reader = matches!(context.caller, Caller::Reader { .. });
        // What an act would come to is often found out by reading alone.
        if is_reader || !context.dry_run {
            can_write.clone()?;
        }
        if is_reader {
            let words = "This console was opened for reading only.";
            return Err(Failure::new(FailureKind::Unavailable, words).hint("Leave, and start it again."));
        }
    }
    if !request.is_read() && can_write.is_ok() {
        return done_once(service, context, request);
    }
    for _ in 0..READINGS {
        let result = done_once(service, context, request.clone());
        if !service.store.reopen_if_changed()? {
            return result;
        }
    }
    Err(StoreError::Busy.into())
}

fn done_once(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Request,
) -> Result<Reply, Failure> {
    match request {
        Request::SignIn(request) => sign_in::perform(service, context, request),
        Request::Accounts(request) => accounts::perform(service, context, request),
        Request::Sessions(request) => sessions::perform(service, context, request),
        Request::Directories(request) => directories::perform(service, context, request),
        Request::Import(request) => import::perform(service, context, &request),
        Request::Journal(request) => journal::perform(service, context, request),
        Request::Undo(request) => undo::perform(service, context, request),
        Request::Bin(request) => bin::perform(service, context, request),
        Request::Counted(counted) => {
            context.counted = Some(counted.rows.clone());
            done(service, context, counted.by_id()).map_err(meanwhile)
        }
        Request::Doctor(request) => doctor::perform(service, context, request),
        Request::Check(request) => integrity::perform(service, context, request),
    }
}

/// How long after the key a failed log-in is answered, so that the time does not tell which account exists or how
/// its password is kept.
pub fn answer_after(service: &Service) -> std::time::Duration {
    // A store that cannot be read fails every log-in alike: the shortest wait gives nothing away.
    let others = read(&*service.store, authentication::other_costs);
    password::answer_after(&others.unwrap_or_default())
}

/// An act under way, inside its transaction.
struct Transaction<'a> {
    /// The rows.
    rows: &'a mut dyn Write,
    /// Who acts.
    principal: Principal,
    /// The time.
    now: Timestamp,
    /// The time since boot.
    boot: Option<BootTime>,
    /// How long the names of deleted accounts stay held.
    keep: Duration,
    /// Who writes down what was done.
    journal: JournalWriter,
    /// Told how far it is.
    progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl Transaction<'_> {
    /// What can be read inside the transaction.
    fn snapshot(&self) -> Snapshot<'_> {
        Snapshot { rows: self.rows, principal: &self.principal, now: self.now }
    }
}

/// Runs `work` in one transaction, which also notes that there is a usable admin now.
fn change<T>(
    store: &mut dyn Store,
    verdict: TransactionEnd,
    work: impl FnOnce(&mut dyn Write) -> Result<T, Failure>,
) -> Result<T, Failure> {
    store::change(store, verdict, |rows| {
        let done = work(rows)?;
        operator::note_admin(rows)?;
        Ok(done)
    })
}

/// Runs one act in one transaction, in which the caller is known to be who they were. What is too much for one is only begun
/// there, and done in others before this returns.
fn with_transaction<T>(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Service { store, host, keep, steps, .. } = service;
    let done = change(&mut **store, context.verdict(), |rows| {
        rows.divide(division(host, steps));
        let principal = Principal::find(rows, context)?;
        let journal = JournalWriter::of(&principal, host, context.now).because(context.reason.as_ref());
        let (now, boot) = (context.now, context.boot.clone());
        work(&mut Transaction {
            rows,
            principal,
            now,
            boot,
            keep: *keep,
            journal,
            progress: &mut *context.progress,
        })
    })?;
    operations::finish(service, context)?;
    Ok(done)
}

/// Returns how acts of this process are divided.
fn division(host: &HostInfo, steps: &StepLimits) -> Division {
    Division { process: host.process.clone(), at_once: steps.at_once }
}

/// Runs one act on one row; its tally tells the row's id and the first entry.
fn run_single(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<ActionSummary, Failure>,
) -> Result<ActionSummary, Failure> {
    with_transaction(service, context, |tx| {
        let summary = work(tx)?;
        Ok(summary.written(tx.journal.first))
    })
}

/// Reads on one unchanging state of the rows, in which the caller is known to be who they were.
fn with_snapshot<T>(
    service: &Service,
    context: &RequestContext<'_>,
    work: impl FnOnce(&dyn Read, &Principal) -> Result<T, Failure>,
) -> Result<T, Failure> {
    read(&*service.store, |rows| work(rows, &Principal::find(rows, context)?))
}
