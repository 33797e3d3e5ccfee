//! Acts that were not permitted, and log-ins that failed: they changed nothing, and are in the journal all the same.
//!
//! What somebody typed as a name is written down only where an account is called that: people type passwords there.

use crate::domain::journal::{Kind, Object, Verb};
use crate::domain::page::Selection;
use crate::domain::text::count;
use crate::domain::user::{AccessLevel, Who};
use crate::store::{Read, Verdict, Write, read};

use super::contract::{
    Accounts, Bin, Caller, Directories, Doctor, Failure, FailureKind, InBin, People, Place, Request,
    Sessions, SignIn, Undo,
};
use super::operator::Actor;
use super::proof::{Tried, credentials, tried_code, wrong};
use super::record::Scribe;
use super::{Call, Desk, change, record};

/// What a request is about, should it be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attempt {
    verb: Verb,
    object: Object,
    /// A code that is guessed at, if the log-in fails.
    tried: Option<Tried>,
}

/// What a request is about; `None` for one that only reads, whose refusal needs no entry. A rehearsal in the console is
/// the beginning of an act; `--dry-run` is none.
pub(super) fn subject(desk: &Desk, call: &Call<'_>, request: &Request) -> Option<Attempt> {
    if call.rehearsal && call.caller == Caller::Owner {
        return None;
    }
    let (verb, object) = match request.act() {
        Request::SignIn(request) => {
            let (object, tried) = of_proof(desk, call, request)?;
            return Some(Attempt { verb: Verb::LoggedIn, object, tried });
        }
        Request::Accounts(request) => of_accounts(desk, call, request)?,
        Request::Sessions(request) => of_sessions(request)?,
        Request::Directories(request) => of_directories(request)?,
        Request::Import(import) => (Verb::Imported, record::store(&import.file.to_string_lossy())),
        // What was counted is an act itself.
        Request::Journal(_) | Request::Check(_) | Request::Counted(_) | Request::Doctor(Doctor::Examine) => {
            return None;
        }
        Request::Undo(request) => of_undo(*request),
        Request::Bin(request) => of_bin(request)?,
        Request::Doctor(Doctor::Repair { .. }) => (Verb::Repaired, record::store("the store")),
    };
    Some(Attempt { verb, object, tried: None })
}

/// Writes the refusal down, and takes a try from a code that was guessed at; returns what to tell. A refusal that cannot
/// be written stays one, but nobody learns whether a guess was right that costs nothing.
pub(super) fn note(desk: &mut Desk, call: &Call<'_>, attempt: Attempt, failure: Failure) -> Failure {
    if failure.kind != FailureKind::Refused {
        return failure;
    }
    let Attempt { verb, object, tried } = attempt;
    // Where nothing can be written no code is good, and none is guessed at.
    let tried = tried.filter(|_| failure == wrong() && desk.store.writable().is_ok());
    let Desk { store, here, .. } = desk;
    let noted = change(&mut **store, Verdict::Commit, |rows: &mut dyn Write| {
        let mut scribe = match call.caller {
            // Nobody is in: the OS user under whom the console runs is all that is known.
            Caller::Nobody => Scribe::of_command(here, call.now),
            Caller::Owner | Caller::Operator(_) | Caller::Reader { .. } => {
                Scribe::of(&Actor::find(rows, call)?, here, call.now)
            }
        };
        if let Some(tried) = &tried {
            tried.spend(rows, call.now)?;
        }
        Ok::<_, Failure>(scribe.note_refusal(rows, verb, object, &failure.message)?)
    });
    match noted {
        Err(error) if tried.is_some() => error,
        Ok(()) | Err(_) => failure,
    }
}

fn of_proof(desk: &Desk, call: &Call<'_>, request: &SignIn) -> Option<(Object, Option<Tried>)> {
    match request {
        SignIn::LogIn { name, secret } | SignIn::Choose { name, proof: secret, .. } => {
            let found = read(&*desk.store, |rows| credentials(rows, call.now, name)).ok()?;
            let tried = found.as_ref().and_then(|found| tried_code(found, call.now, secret));
            let object =
                found.map_or_else(|| unnamed(Kind::Account, "unknown"), |found| record::account(&found.user));
            Some((object, tried))
        }
        SignIn::Unlock(_) => {
            let found = read(&*desk.store, |rows| Actor::find(rows, call)).ok()?;
            found.user().ok().map(|user| (record::account(user), None))
        }
        SignIn::Look | SignIn::SetUp { .. } | SignIn::StillIn | SignIn::LogOut => None,
    }
}

fn of_accounts(desk: &Desk, call: &Call<'_>, request: &Accounts) -> Option<(Verb, Object)> {
    let one = |who: &Who| account(desk, call, who);
    let all = |people: &People| match people {
        People::Named(named) => match named.as_slice() {
            [who] => account(desk, call, who),
            several => unnamed(Kind::Account, &count(several.len() as u64, "account", "accounts")),
        },
        People::Shown { .. } => unnamed(Kind::Account, "all that a filter shows"),
    };
    Some(match request {
        Accounts::List { .. } | Accounts::Prepare | Accounts::Show(_) | Accounts::ListCodes => return None,
        Accounts::Add { fields, .. } => {
            let name = fields.username.as_deref().or(fields.email.as_deref()).unwrap_or_default();
            (Verb::Added, unnamed(Kind::Account, name))
        }
        Accounts::Edit { who, .. } => (Verb::Edited, one(who)),
        Accounts::Confirm(people) => (Verb::Confirmed, all(people)),
        Accounts::Suspend(people) => (Verb::Suspended, all(people)),
        Accounts::SetLevel(people, AccessLevel::Admin) => (Verb::Promoted, all(people)),
        Accounts::SetLevel(people, AccessLevel::User) => (Verb::Demoted, all(people)),
        Accounts::SetPassword { who, .. } => (Verb::PasswordSet, one(who)),
        Accounts::ChangeOwnPassword { .. } => (Verb::PasswordSet, own(desk, call)?),
        Accounts::MakeCode { who, .. } => (Verb::CodeMade, one(who)),
        Accounts::RevokeCode(who) => (Verb::CodeRevoked, one(who)),
        Accounts::Delete(people) => (Verb::Deleted, all(people)),
    })
}

fn of_sessions(request: &Sessions) -> Option<(Verb, Object)> {
    let selected = |which: &Selection| match which {
        Selection::Ids(ids) => match ids.as_slice() {
            [id] => Object { id: Some(*id), ..unnamed(Kind::Session, &id.to_string()) },
            several => unnamed(Kind::Session, &count(several.len() as u64, "session", "sessions")),
        },
        Selection::Shown { .. } => unnamed(Kind::Session, "all that a filter shows"),
    };
    match request {
        // Whether a token is good is a question, not an act.
        Sessions::List { .. } | Sessions::Show(_) | Sessions::Verify(_) => None,
        Sessions::Issue { who, .. } => Some((Verb::Issued, unnamed(Kind::Session, &who.to_string()))),
        Sessions::Renew { which, .. } => Some((Verb::Renewed, selected(which))),
        Sessions::Revoke(which) => Some((Verb::Revoked, selected(which))),
        Sessions::Sweep => Some((Verb::Swept, record::store("sessions"))),
    }
}

fn of_directories(request: &Directories) -> Option<(Verb, Object)> {
    let at = |place: &Place| match place {
        Place::Id(id) => Object { id: Some(*id), ..unnamed(Kind::Directory, &id.to_string()) },
        Place::Path(path) => unnamed(Kind::Directory, path),
    };
    match request {
        Directories::List { .. }
        | Directories::Tree { .. }
        | Directories::Show(_)
        | Directories::Opened(_) => None,
        Directories::Add { path, .. } => Some((Verb::Added, unnamed(Kind::Directory, path))),
        Directories::Rename { place, .. } => Some((Verb::Renamed, at(place))),
        Directories::Move { place, .. } => Some((Verb::Moved, at(place))),
        Directories::Trash(places) => Some((
            Verb::Trashed,
            match places.as_slice() {
                [place] => at(place),
                several => unnamed(Kind::Directory, &count(several.len() as u64, "directory", "directories")),
            },
        )),
        Directories::Provision(_) => Some((Verb::Provisioned, unnamed(Kind::Account, "homes"))),
    }
}

fn of_undo(request: Undo) -> (Verb, Object) {
    match request {
        Undo::Last => (Verb::Undone, record::store("the last act")),
        Undo::Redo => (Verb::Redone, record::store("the last undo")),
        Undo::Entry(seq) => (Verb::Undone, record::store(&format!("entry {seq}"))),
    }
}

fn of_bin(request: &Bin) -> Option<(Verb, Object)> {
    let named = |which: &InBin| match which {
        InBin::Bundles(_) => record::store("the bin"),
        InBin::Account(who) => unnamed(Kind::Account, &who.to_string()),
        InBin::Directory(path) => unnamed(Kind::Directory, path),
    };
    match request {
        Bin::List { .. } => None,
        Bin::Restore { which, .. } => Some((Verb::Restored, named(which))),
        Bin::Purge(which) => Some((Verb::Purged, named(which))),
    }
}

/// An account as it was named, and as it is called where it is there.
fn account(desk: &Desk, call: &Call<'_>, who: &Who) -> Object {
    let found = read(&*desk.store, |rows: &dyn Read| rows.user(call.now, who)).ok().flatten();
    found.as_ref().map_or_else(|| unnamed(Kind::Account, &who.to_string()), record::account)
}

fn own(desk: &Desk, call: &Call<'_>) -> Option<Object> {
    let actor = read(&*desk.store, |rows| Actor::find(rows, call)).ok()?;
    actor.user().ok().map(record::account)
}

/// Something of which only what it was called is known.
fn unnamed(kind: Kind, label: &str) -> Object {
    Object { kind, id: None, label: label.to_owned(), account: None }
}
