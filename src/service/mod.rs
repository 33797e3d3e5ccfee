//! Floor 2: what an operator can ask for, one file per group of use cases.
//!
//! Here it is decided who may do what and what else must change in the same transaction. Both faces, the console
//! and the commands, come in through [`perform`] with the same [`contract::Request`]s. Nothing here draws, reads
//! a clock, or knows in which form rows are kept.

use std::ops::ControlFlow;

use crate::auth::password::{self, Hasher};
use crate::domain::secret::Secret;
use crate::domain::time::{Duration, Timestamp};
use crate::store::{self, Read, Store, StoreError, Verdict, Write, read};

mod accounts;
mod bin;
pub mod contract;
mod directories;
mod failure;
mod homes;
mod import;
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
    /// Terminal or address the operator sits at: `pts/3`, `10.0.4.7`.
    pub terminal: String,
    /// Boot id, pid and start time in one text.
    pub process: String,
    /// The OS user who runs it, by name, else by number.
    pub user: String,
    /// What `SUDO_USER` says.
    pub sudo_user: Option<String>,
    /// Whether the process that such a text names still runs.
    pub is_alive: fn(&str) -> bool,
}

/// The circumstances of one request.
pub struct Call<'a> {
    /// Who asks.
    pub caller: Caller,
    /// The time.
    pub now: Timestamp,
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
    let act = refusals::subject(desk, &call, &request);
    let result = done(desk, &mut call, request).map(|reply| counted(&call, reply));
    if let (Some(act), Err(failure)) = (act, &result) {
        refusals::note(desk, &call, act, failure);
    }
    result
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

/// Does what was asked for. What reads a store that is read without locks is read again where the file changed
/// meanwhile: both an answer and a failure may come of it then.
fn done(desk: &mut Desk, call: &mut Call<'_>, request: Request) -> Result<Reply, Failure> {
    if !request.is_read() {
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
    }
}

/// How long after the key a failed log-in is answered, so that the time does not tell which account exists or how
/// its password is kept.
pub fn answer_after(desk: &Desk) -> std::time::Duration {
    // A store that cannot be read fails every log-in alike: the shortest wait gives nothing away.
    let slowest = read(&*desk.store, |rows| rows.bcrypt_cost());
    password::answer_after(slowest.unwrap_or_default())
}

/// An act under way, inside its transaction.
struct Act<'a> {
    /// The rows.
    rows: &'a mut dyn Write,
    /// Who acts.
    actor: Actor,
    /// The time.
    now: Timestamp,
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
        work(&mut Act { rows, actor, now: call.now, keep: *keep, scribe, progress: &mut *call.progress })
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
