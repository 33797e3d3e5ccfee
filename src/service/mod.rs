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
use crate::domain::secret::Secret;
use crate::domain::time::{Duration, Timestamp};
use crate::store::{self, Read, Store, StoreError, Verdict, Write, read};

mod accounts;
mod bin;
pub mod clock;
pub mod contract;
mod directories;
mod doctor;
mod failure;
mod homes;
mod import;
mod integrity;
mod journal;
mod new_password;
mod operator;
mod people;
mod proof;
mod record;
mod refusals;
mod sentence;
mod sessions;
mod sign_in;
mod steps;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod undo;

use contract::{Caller, CountedRows, Failure, FailureKind, Progress, Reply, Request, Tally};
use operator::Actor;
use record::Scribe;
use steps::View;

/// What a request is done with: the store, the hasher, and what the top floor knows about the world.
pub struct Desk {
    /// The rows.
    pub store: Box<dyn Store>,
    /// For passwords and access codes.
    pub hasher: Hasher,
    /// This process and its terminal.
    pub here: Here,
    /// How long the names of deleted accounts stay held.
    pub keep: Duration,
}

/// This process and its terminal, as sessions are labelled with them.
#[derive(Debug, Clone)]
pub struct Here {
    /// Terminal or address the operator sits at: `pts/3`, `10.0.4.7`; `10.0.4.7 (claimed)` where only the environment says so.
    pub terminal: String,
    /// Which process this is, of which machine: a text for [`Here::is_alive`].
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
pub struct Call<'a> {
    /// Who asks.
    pub caller: Caller,
    /// The time.
    pub now: Timestamp,
    /// The time since boot, read together with that; `None` where it is not known.
    pub boot: Option<BootTime>,
    /// Only say what it would come to (`--dry-run`, and the counts in a box that asks): an act on one thing is done
    /// and undone again, one on many is counted.
    pub rehearsal: bool,
    /// The rows that the act was counted with, once [`Request::Counted`] says so.
    pub counted: Option<CountedRows>,
    /// Told now and then how far long work is; [`ControlFlow::Break`] stops it, and the failure says what stays.
    pub progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl Call<'_> {
    /// What becomes of the transaction of an act that succeeds.
    fn verdict(&self) -> Verdict {
        if self.rehearsal { Verdict::RollBack } else { Verdict::Commit }
    }

    /// The reply that hands a new token or code over; not after a rehearsal, for it would not work.
    fn handing_over(&self, secret: Secret, expires_at: Timestamp, tally: Tally) -> Reply {
        if self.rehearsal { Reply::Done(tally) } else { Reply::Secret { tally, secret, expires_at } }
    }
}

/// Does what was asked for, or nothing; an act on very many rows may end between two of its steps.
///
/// # Errors
/// A [`Failure`]; nothing has changed then, unless its message says how far it came.
pub fn perform(desk: &mut Desk, mut call: Call<'_>, request: Request) -> Result<Reply, Failure> {
    // A store that is examined may be in no state to be asked.
    if !matches!(request, Request::Doctor(_)) {
        clock::end_by_boot(desk, &call)?;
    }
    let act = refusals::subject(desk, &call, &request);
    let result = done(desk, &mut call, request).map(|reply| counted(&call, reply));
    integrity::heed(desk, &call, &result);
    match (act, result) {
        (Some(act), Err(failure)) => Err(refusals::note(desk, &call, act, failure)),
        (_, result) => result,
    }
}

/// Returns what is said about damage in the store that is remembered.
pub fn damage(desk: &Desk) -> Option<Failure> {
    let finding = desk.store.damage()?.finding(desk.store.place().as_ref());
    Some(StoreError::KnownDamage(Box::new(finding)).into())
}

/// How often a reading is done anew because the store changed meanwhile.
const READINGS: usize = 10;

/// The reply of a rehearsal names the rows that it was for.
fn counted(call: &Call<'_>, reply: Reply) -> Reply {
    match reply {
        Reply::Done(tally) if call.rehearsal => {
            Reply::Counted { rows: CountedRows::one(tally.id), tally: Tally { written: None, ..tally } }
        }
        reply => reply,
    }
}

/// What was there when it was counted has gone since.
fn meanwhile(failure: Failure) -> Failure {
    if failure.kind == FailureKind::NotFound { steps::all_vanished(1) } else { failure }
}

/// Does what was asked for. What only reads a store that is read without locks is read again where the file changed
/// meanwhile: both an answer and a failure may come of it then.
fn done(desk: &mut Desk, call: &mut Call<'_>, request: Request) -> Result<Reply, Failure> {
    let can_write = desk.store.writable();
    if !request.can_do_without_writing() {
        let is_reader = matches!(call.caller, Caller::Reader { .. });
        // What an act would come to is often found out by reading alone.
        if is_reader || !call.rehearsal {
            can_write.clone()?;
        }
        if is_reader {
            let words = "This console was opened for reading only.";
            return Err(Failure::new(FailureKind::Unavailable, words).hint("Leave, and start it again."));
        }
    }
    if !request.is_read() && can_write.is_ok() {
        return done_once(desk, call, request);
    }
    for _ in 0..READINGS {
        let result = done_once(desk, call, request.clone());
        if !desk.store.reopen_if_changed()? {
            return result;
        }
    }
    Err(StoreError::Busy.into())
}

fn done_once(desk: &mut Desk, call: &mut Call<'_>, request: Request) -> Result<Reply, Failure> {
    match request {
        Request::SignIn(request) => sign_in::perform(desk, call, request),
        Request::Accounts(request) => accounts::perform(desk, call, request),
        Request::Sessions(request) => sessions::perform(desk, call, request),
        Request::Directories(request) => directories::perform(desk, call, request),
        Request::Import(request) => import::perform(desk, call, &request),
        Request::Journal(request) => journal::perform(desk, call, request),
        Request::Undo(request) => undo::perform(desk, call, request),
        Request::Bin(request) => bin::perform(desk, call, request),
        Request::Counted(counted) => {
            call.counted = Some(counted.rows.clone());
            done(desk, call, counted.by_id()).map_err(meanwhile)
        }
        Request::Doctor(request) => doctor::perform(desk, call, request),
        Request::Check(request) => integrity::perform(desk, call, request),
    }
}

/// How long after the key a failed log-in is answered, so that the time does not tell which account exists or how
/// its password is kept.
pub fn answer_after(desk: &Desk) -> std::time::Duration {
    // A store that cannot be read fails every log-in alike: the shortest wait gives nothing away.
    let others = read(&*desk.store, proof::other_costs);
    password::answer_after(&others.unwrap_or_default())
}

/// An act under way, inside its transaction.
struct Act<'a> {
    /// The rows.
    rows: &'a mut dyn Write,
    /// Who acts.
    actor: Actor,
    /// The time.
    now: Timestamp,
    /// The time since boot.
    boot: Option<BootTime>,
    /// How long the names of deleted accounts stay held.
    keep: Duration,
    /// Who writes down what was done.
    scribe: Scribe,
    /// Told how far it is.
    progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl Act<'_> {
    /// What can be read inside the transaction.
    fn view(&self) -> View<'_> {
        View { rows: self.rows, actor: &self.actor, now: self.now }
    }
}

/// Runs `work` in one transaction, which also notes that there is a usable admin now.
fn change<T>(
    store: &mut dyn Store,
    verdict: Verdict,
    work: impl FnOnce(&mut dyn Write) -> Result<T, Failure>,
) -> Result<T, Failure> {
    store::change(store, verdict, |rows| {
        let done = work(rows)?;
        operator::note_admin(rows)?;
        Ok(done)
    })
}

/// Runs one act in one transaction, in which the caller is known to be who they were.
fn act<T>(
    desk: &mut Desk,
    call: &mut Call<'_>,
    work: impl FnOnce(&mut Act<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Desk { store, here, keep, .. } = desk;
    change(&mut **store, call.verdict(), |rows| {
        let actor = Actor::find(rows, call)?;
        let scribe = Scribe::of(&actor, here, call.now);
        let (now, boot) = (call.now, call.boot.clone());
        work(&mut Act { rows, actor, now, boot, keep: *keep, scribe, progress: &mut *call.progress })
    })
}

/// Runs one act on one row; its tally tells the row's id and the first entry.
fn act_on_one(
    desk: &mut Desk,
    call: &mut Call<'_>,
    work: impl FnOnce(&mut Act<'_>) -> Result<Tally, Failure>,
) -> Result<Tally, Failure> {
    act(desk, call, |act| {
        let tally = work(act)?;
        Ok(tally.written(act.scribe.first))
    })
}

/// Reads on one unchanging state of the rows, in which the caller is known to be who they were.
fn look<T>(
    desk: &Desk,
    call: &Call<'_>,
    work: impl FnOnce(&dyn Read, &Actor) -> Result<T, Failure>,
) -> Result<T, Failure> {
    read(&*desk.store, |rows| work(rows, &Actor::find(rows, call)?))
}
