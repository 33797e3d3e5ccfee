//! Acts that were not permitted, and log-ins that failed: they changed nothing, and are in the journal all the same.
//!
//! What somebody typed as a name is written down only where an account is called that: people type passwords there.

use crate::domain::journal::{Action, EntityKind, EntityRef};
use crate::domain::page::Selection;
use crate::domain::text::count;
use crate::domain::user::{AccessLevel, Who};
use crate::store::{Read, TransactionEnd, Write, read};

use super::authentication::{Tried, credentials, tried_code, wrong};
use super::contract::{
    AccountSelection, Accounts, Bin, Caller, Directories, DirectorySelector, Doctor, Failure, FailureKind,
    InBin, Request, Sessions, SignIn, Undo,
};
use super::journal_writer::JournalWriter;
use super::operator::Principal;
use super::{RequestContext, Service, change, journal_writer};

/// What a request is about, should it be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeniedAction {
    action: Action,
    object: EntityRef,
    /// A code that is guessed at, if the log-in fails.
    tried: Option<Tried>,
}

/// What a request is about; `None` for one that only reads, whose refusal needs no entry. A rehearsal in the console is
/// the beginning of an act; `--dry-run` is none.
pub(super) fn subject(
    service: &Service,
    context: &RequestContext<'_>,
    request: &Request,
) -> Option<DeniedAction> {
    if context.dry_run && context.caller == Caller::Owner {
        return None;
    }
    let (action, object) = match request.act() {
        Request::SignIn(request) => {
            let (object, tried) = of_proof(service, context, request)?;
            return Some(DeniedAction { action: Action::LoggedIn, object, tried });
        }
        Request::Accounts(request) => of_accounts(service, context, request)?,
        Request::Sessions(request) => of_sessions(request)?,
        Request::Directories(request) => of_directories(request)?,
        Request::Import(import) => (Action::Imported, journal_writer::store(&import.file.to_string_lossy())),
        // What was counted is an act itself.
        Request::Journal(_) | Request::Check(_) | Request::Counted(_) | Request::Doctor(Doctor::Examine) => {
            return None;
        }
        Request::Undo(request) => of_undo(*request),
        Request::Bin(request) => of_bin(request)?,
        Request::Doctor(Doctor::Repair { .. }) => (Action::Repaired, journal_writer::store("the store")),
    };
    Some(DeniedAction { action, object, tried: None })
}

/// Writes the refusal down, and takes a try from a code that was guessed at; returns what to tell. A refusal that cannot
/// be written stays one, but nobody learns whether a guess was right that costs nothing.
pub(super) fn note(
    service: &mut Service,
    context: &RequestContext<'_>,
    attempt: DeniedAction,
    failure: Failure,
) -> Failure {
    if failure.kind != FailureKind::Refused {
        return failure;
    }
    let DeniedAction { action, object, tried } = attempt;
    // Where nothing can be written no code is good, and none is guessed at.
    let tried = tried.filter(|_| failure == wrong() && service.store.writable().is_ok());
    let Service { store, host, .. } = service;
    let noted = change(&mut **store, TransactionEnd::Commit, |rows: &mut dyn Write| {
        let journal = match context.caller {
            // Nobody is in: the OS user under whom the console runs is all that is known.
            Caller::Nobody => JournalWriter::of_command(host, context.now),
            Caller::Owner | Caller::Operator(_) | Caller::Reader { .. } => {
                JournalWriter::of(&Principal::find(rows, context)?, host, context.now)
            }
        };
        let mut journal = journal.because(context.reason.as_ref());
        if let Some(tried) = &tried {
            tried.spend(rows, context.now)?;
        }
        Ok::<_, Failure>(journal.note_refusal(rows, action, object, &failure.message)?)
    });
    match noted {
        Err(error) if tried.is_some() => error,
        Ok(()) | Err(_) => failure,
    }
}

fn of_proof(
    service: &Service,
    context: &RequestContext<'_>,
    request: &SignIn,
) -> Option<(EntityRef, Option<Tried>)> {
    match request {
        SignIn::LogIn { name, secret } | SignIn::Choose { name, proof: secret, .. } => {
            let found = read(&*service.store, |rows| credentials(rows, context.now, name)).ok()?;
            let tried = found.as_ref().and_then(|found| tried_code(found, context.now, secret));
            let object = found.map_or_else(
                || unnamed(EntityKind::Account, "unknown"),
                |found| journal_writer::account(&found.user),
            );
            Some((object, tried))
        }
        SignIn::Unlock(_) => {
            let found = read(&*service.store, |rows| Principal::find(rows, context)).ok()?;
            found.user().ok().map(|user| (journal_writer::account(user), None))
        }
        SignIn::Look | SignIn::SetUp { .. } | SignIn::StillIn | SignIn::LogOut => None,
    }
}

fn of_accounts(
    service: &Service,
    context: &RequestContext<'_>,
    request: &Accounts,
) -> Option<(Action, EntityRef)> {
    let one = |who: &Who| account(service, context, who);
    let all = |people: &AccountSelection| match people {
        AccountSelection::Named(named) => match named.as_slice() {
            [who] => account(service, context, who),
            several => unnamed(EntityKind::Account, &count(several.len() as u64, "account", "accounts")),
        },
        AccountSelection::Shown { .. } => unnamed(EntityKind::Account, "all that a filter shows"),
    };
    Some(match request {
        Accounts::List { .. } | Accounts::Prepare | Accounts::Show(_) | Accounts::ListCodes => return None,
        Accounts::Add { fields, .. } => {
            let name = fields.username.as_deref().or(fields.email.as_deref()).unwrap_or_default();
            (Action::Added, unnamed(EntityKind::Account, name))
        }
        Accounts::Edit { who, .. } => (Action::Edited, one(who)),
        Accounts::Confirm(people) => (Action::Confirmed, all(people)),
        Accounts::Suspend(people) => (Action::Suspended, all(people)),
        Accounts::SetLevel(people, AccessLevel::Admin) => (Action::Promoted, all(people)),
        Accounts::SetLevel(people, AccessLevel::User) => (Action::Demoted, all(people)),
        Accounts::SetPassword { who, .. } => (Action::PasswordSet, one(who)),
        Accounts::ChangeOwnPassword { .. } => (Action::PasswordSet, own(service, context)?),
        Accounts::MakeCode { who, .. } => (Action::CodeMade, one(who)),
        Accounts::RevokeCode(who) => (Action::CodeRevoked, one(who)),
        Accounts::Delete(people) => (Action::Deleted, all(people)),
    })
}

fn of_sessions(request: &Sessions) -> Option<(Action, EntityRef)> {
    let selected = |which: &Selection| match which {
        Selection::Ids(ids) => match ids.as_slice() {
            [id] => EntityRef { id: Some(*id), ..unnamed(EntityKind::Session, &id.to_string()) },
            several => unnamed(EntityKind::Session, &count(several.len() as u64, "session", "sessions")),
        },
        Selection::Shown { .. } => unnamed(EntityKind::Session, "all that a filter shows"),
    };
    match request {
        // Whether a token is good is a question, not an act.
        Sessions::List { .. } | Sessions::Show(_) | Sessions::Verify(_) => None,
        Sessions::Issue { who, .. } => Some((Action::Issued, unnamed(EntityKind::Session, &who.to_string()))),
        Sessions::Renew { which, .. } => Some((Action::Renewed, selected(which))),
        Sessions::Revoke(which) => Some((Action::Revoked, selected(which))),
        Sessions::Sweep => Some((Action::Swept, journal_writer::store("sessions"))),
    }
}

fn of_directories(request: &Directories) -> Option<(Action, EntityRef)> {
    let at = |place: &DirectorySelector| match place {
        DirectorySelector::Id(id) => {
            EntityRef { id: Some(*id), ..unnamed(EntityKind::Directory, &id.to_string()) }
        }
        DirectorySelector::Path(path) => unnamed(EntityKind::Directory, path),
    };
    match request {
        Directories::List { .. }
        | Directories::Tree { .. }
        | Directories::Show(_)
        | Directories::Opened(_) => None,
        Directories::Add { path, .. } => Some((Action::Added, unnamed(EntityKind::Directory, path))),
        Directories::Rename { place, .. } => Some((Action::Renamed, at(place))),
        Directories::Move { place, .. } => Some((Action::Moved, at(place))),
        Directories::Trash(places) => Some((
            Action::Trashed,
            match places.as_slice() {
                [place] => at(place),
                several => {
                    unnamed(EntityKind::Directory, &count(several.len() as u64, "directory", "directories"))
                }
            },
        )),
        Directories::Provision(_) => Some((Action::Provisioned, unnamed(EntityKind::Account, "homes"))),
    }
}

fn of_undo(request: Undo) -> (Action, EntityRef) {
    match request {
        Undo::Last => (Action::Undone, journal_writer::store("the last act")),
        Undo::Redo => (Action::Redone, journal_writer::store("the last undo")),
        Undo::Entry(seq) => (Action::Undone, journal_writer::store(&format!("entry {seq}"))),
    }
}

fn of_bin(request: &Bin) -> Option<(Action, EntityRef)> {
    let named = |which: &InBin| match which {
        InBin::Items(_) => journal_writer::store("the bin"),
        InBin::Account(who) => unnamed(EntityKind::Account, &who.to_string()),
        InBin::Directory(path) => unnamed(EntityKind::Directory, path),
    };
    match request {
        Bin::List { .. } => None,
        Bin::Restore { which, .. } => Some((Action::Restored, named(which))),
        Bin::Purge(which) => Some((Action::Purged, named(which))),
    }
}

/// An account as it was named, and as it is called where it is there.
fn account(service: &Service, context: &RequestContext<'_>, who: &Who) -> EntityRef {
    let found = read(&*service.store, |rows: &dyn Read| rows.user(context.now, who)).ok().flatten();
    found.as_ref().map_or_else(|| unnamed(EntityKind::Account, &who.to_string()), journal_writer::account)
}

fn own(service: &Service, context: &RequestContext<'_>) -> Option<EntityRef> {
    let principal = read(&*service.store, |rows| Principal::find(rows, context)).ok()?;
    principal.user().ok().map(journal_writer::account)
}

/// Something of which only what it was called is known.
fn unnamed(kind: EntityKind, label: &str) -> EntityRef {
    EntityRef { kind, id: None, label: label.to_owned(), account: None }
}
