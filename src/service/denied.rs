//! Acts that were not permitted, and log-ins that failed: they changed nothing, and are in the journal all the same.
//!
//! What somebody typed as a name is written down only where an account is called that: people type passwords there.

use crate::domain::journal::{Action, EntityKind, EntityRef};
use crate::domain::page::Selection;
use crate::domain::text::count;
use crate::domain::user::{AccessLevel, Who};
use crate::store::read;

use super::authentication::{Tried, credentials, may_be_code, tried_code, wrong};
use super::contract::{
    AccountSelection, Accounts, Bin, Caller, Directories, DirectorySelector, Doctor, Failure, FailureKind,
    InBin, Request, Sessions, SignIn, Undo,
};
use super::instance::Service;
use super::journal_writer;
use super::operator::Principal;
use super::request_context::RequestContext;
use super::transaction::with_denial;

/// The action and the entity of a request, recorded if the request is denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeniedAction {
    action: Action,
    object: Object,
}

/// The entity of a request, as far as the request tells it: only a denial is worth a read of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Object {
    Known(EntityRef),
    /// An account, as the request names it.
    Account(Who),
    /// The caller's own account.
    OwnAccount,
    /// The account of a log-in.
    LogIn {
        name: String,
        /// What was typed has the form of an access code.
        may_be_code: bool,
    },
}

/// Returns what to record if the request is denied, or `None` if it only reads. A count in the console is the beginning of
/// an action; `--dry-run` is not.
pub(super) fn action(context: &RequestContext<'_>, request: &Request) -> Option<DeniedAction> {
    if context.dry_run && context.caller == Caller::Owner {
        return None;
    }
    let (action, object) = match request.act() {
        Request::SignIn(request) => (Action::LoggedIn, of_proof(request)?),
        Request::Accounts(request) => of_accounts(request)?,
        Request::Sessions(request) => known(of_sessions(request)?),
        Request::Directories(request) => known(of_directories(request)?),
        Request::Import(import) => {
            known((Action::Imported, journal_writer::store(&import.file.to_string_lossy())))
        }
        // What was counted is an action itself.
        Request::Journal(_) | Request::Check(_) | Request::Counted(_) | Request::Doctor(Doctor::Examine) => {
            return None;
        }
        Request::Undo(request) => known(of_undo(*request)),
        Request::Bin(request) => known(of_bin(request)?),
        Request::Doctor(Doctor::Repair { .. }) => {
            known((Action::Repaired, journal_writer::store("the store")))
        }
    };
    Some(DeniedAction { action, object })
}

fn known((action, object): (Action, EntityRef)) -> (Action, Object) {
    (action, Object::Known(object))
}

/// Records the denial, takes an attempt from a guessed access code, and returns the failure to report. A denial that cannot
/// be recorded stays one, but a guess that cannot be charged does not tell whether it was right.
pub(super) fn record(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    denied: DeniedAction,
    failure: Failure,
) -> Failure {
    if failure.kind != FailureKind::Refused {
        return failure;
    }
    let DeniedAction { action, object } = denied;
    let Some((object, tried)) = resolve(service, context, object) else { return failure };
    // On a store that cannot be written no code is accepted, so none can be guessed.
    let tried = tried.filter(|_| failure == wrong() && service.store.writable().is_ok());
    let recorded = with_denial(service, context, |tx| {
        if let Some(tried) = &tried {
            tried.spend(tx.rows, tx.now)?;
        }
        Ok(tx.journal.note_refusal(tx.rows, action, object, &failure.message)?)
    });
    match recorded {
        Err(error) if tried.is_some() => error,
        Ok(()) | Err(_) => failure,
    }
}

/// Reads the entity as the journal names it, and the access code that may have been guessed. Returns `None` if the
/// caller's own account cannot be told.
fn resolve(
    service: &Service,
    context: &RequestContext<'_>,
    object: Object,
) -> Option<(EntityRef, Option<Tried>)> {
    let found = match object {
        Object::Known(object) => object,
        Object::Account(who) => {
            let found = read(&*service.store, |rows| rows.user(context.now, &who)).ok().flatten();
            let by_name = || unnamed(EntityKind::Account, &who.to_string());
            found.as_ref().map_or_else(by_name, journal_writer::account)
        }
        Object::OwnAccount => {
            let principal = read(&*service.store, |rows| Principal::find(rows, context)).ok()?;
            journal_writer::account(principal.user().ok()?)
        }
        Object::LogIn { name, may_be_code } => {
            let found = read(&*service.store, |rows| credentials(rows, context.now, &name)).ok()?;
            let Some(found) = found else { return Some((unnamed(EntityKind::Account, "unknown"), None)) };
            let tried = if may_be_code { tried_code(&found, context.now) } else { None };
            return Some((journal_writer::account(&found.user), tried));
        }
    };
    Some((found, None))
}

fn of_proof(request: &SignIn) -> Option<Object> {
    match request {
        SignIn::LogIn { name, secret } | SignIn::Choose { name, proof: secret, .. } => {
            Some(Object::LogIn { name: name.clone(), may_be_code: may_be_code(secret) })
        }
        SignIn::Unlock(_) => Some(Object::OwnAccount),
        SignIn::Look | SignIn::SetUp { .. } | SignIn::StillIn | SignIn::LogOut => None,
    }
}

fn of_accounts(request: &Accounts) -> Option<(Action, Object)> {
    let by_label = |label: &str| Object::Known(unnamed(EntityKind::Account, label));
    let one = |who: &Who| Object::Account(who.clone());
    let all = |people: &AccountSelection| match people {
        AccountSelection::Named(named) => match named.as_slice() {
            [who] => one(who),
            named => by_label(&count(named.len() as u64, "account", "accounts")),
        },
        AccountSelection::Shown { .. } => by_label("all that a filter shows"),
    };
    Some(match request {
        Accounts::List { .. } | Accounts::Prepare | Accounts::Show(_) | Accounts::ListCodes => return None,
        Accounts::Add { fields, .. } => {
            let name = fields.username.as_deref().or(fields.email.as_deref()).unwrap_or_default();
            (Action::Added, by_label(name))
        }
        Accounts::Edit { who, .. } => (Action::Edited, one(who)),
        Accounts::Confirm(people) => (Action::Confirmed, all(people)),
        Accounts::Suspend(people) => (Action::Suspended, all(people)),
        Accounts::SetLevel(people, AccessLevel::Admin) => (Action::Promoted, all(people)),
        Accounts::SetLevel(people, AccessLevel::User) => (Action::Demoted, all(people)),
        Accounts::SetPassword { who, .. } => (Action::PasswordSet, one(who)),
        Accounts::ChangeOwnPassword { .. } => (Action::PasswordSet, Object::OwnAccount),
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

/// Something of which only what it was called is known.
fn unnamed(kind: EntityKind, label: &str) -> EntityRef {
    EntityRef { kind, id: None, label: label.to_owned(), account: None }
}
