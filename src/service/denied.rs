//! Denied actions and failed log-ins, which changed nothing but are recorded in the journal.
//!
//! A name that was typed at log-in is recorded only if an account has it, because people type passwords there.

use crate::domain::journal::{Action, EntityKind, EntityRef};
use crate::domain::page::Selection;
use crate::domain::text::count;
use crate::domain::user::Who;
use crate::store::{Read, TransactionEnd, Write, read};

use super::authentication::{Tried, credentials, tried_code, wrong};
use super::contract::{
    AccountSelection, Caller, DirectorySelector, Failure, FailureKind, InBin, Request, SignIn, Target,
};
use super::journal_writer::JournalWriter;
use super::operator::Principal;
use super::{RequestContext, Service, change, journal_writer};

/// The action and the entity of a request, recorded if it is denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeniedAction {
    action: Action,
    object: EntityRef,
    /// The access code that loses an attempt if the log-in fails.
    tried: Option<Tried>,
}

/// Returns what to record if the request is denied, or `None` if it performs no action. A count in the console is the
/// beginning of an action; `--dry-run` is not.
pub(super) fn subject(
    service: &Service,
    context: &RequestContext<'_>,
    request: &Request,
) -> Option<DeniedAction> {
    if context.dry_run && context.caller == Caller::Owner {
        return None;
    }
    let action = request.action()?.action;
    if let Request::SignIn(request) = request.act() {
        // A proof that fails is a failed log-in, even if it was given to choose a password.
        let (object, tried) = of_proof(service, context, request)?;
        return Some(DeniedAction { action: Action::LoggedIn, object, tried });
    }
    Some(DeniedAction { action, object: entity(service, context, request)?, tried: None })
}

/// Records the denial, takes an attempt from a guessed access code, and returns the failure to report. A denial that cannot
/// be recorded stays one, but a guess that cannot be charged does not tell whether it was right.
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
    // On a store that cannot be written no code is accepted, so none can be guessed.
    let tried = tried.filter(|_| failure == wrong() && service.store.writable().is_ok());
    let Service { store, host, .. } = service;
    let noted = change(&mut **store, TransactionEnd::Commit, |rows: &mut dyn Write| {
        let journal = match context.caller {
            // Nobody is logged in: only the OS user who runs the console is known.
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

/// Returns the rows that the request is about, or `None` if they cannot be told.
fn entity(service: &Service, context: &RequestContext<'_>, request: &Request) -> Option<EntityRef> {
    let several = |kind, n: usize, one, many| unnamed(kind, &count(n as u64, one, many));
    let by_filter = |kind| unnamed(kind, "all that a filter shows");
    let directory = |place: &DirectorySelector| match place {
        DirectorySelector::Id(id) => by_id(EntityKind::Directory, *id),
        DirectorySelector::Path(path) => unnamed(EntityKind::Directory, path),
    };
    Some(match request.target() {
        Target::Account(who) => account(service, context, who),
        Target::Accounts(AccountSelection::Named(named)) => match named.as_slice() {
            [who] => account(service, context, who),
            named => several(EntityKind::Account, named.len(), "account", "accounts"),
        },
        Target::Accounts(AccountSelection::Shown { .. }) => by_filter(EntityKind::Account),
        Target::OwnAccount => own(service, context)?,
        Target::Sessions(Selection::Ids(ids)) => match ids.as_slice() {
            [id] => by_id(EntityKind::Session, *id),
            ids => several(EntityKind::Session, ids.len(), "session", "sessions"),
        },
        Target::Sessions(Selection::Shown { .. }) => by_filter(EntityKind::Session),
        Target::Directory(place) | Target::Directories([place]) => directory(place),
        Target::Directories(places) => {
            several(EntityKind::Directory, places.len(), "directory", "directories")
        }
        Target::BinItems(InBin::Items(_)) => journal_writer::store("the bin"),
        Target::BinItems(InBin::Account(who)) => unnamed(EntityKind::Account, &who.to_string()),
        Target::BinItems(InBin::Directory(path)) => unnamed(EntityKind::Directory, path),
        Target::New(kind, name) => unnamed(kind, &name),
        Target::Store(name) => journal_writer::store(&name),
        Target::Nothing => return None,
    })
}

/// Returns the account by its stored name, or as the request names it if there is none.
fn account(service: &Service, context: &RequestContext<'_>, who: &Who) -> EntityRef {
    let found = read(&*service.store, |rows: &dyn Read| rows.user(context.now, who)).ok().flatten();
    found.as_ref().map_or_else(|| unnamed(EntityKind::Account, &who.to_string()), journal_writer::account)
}

fn own(service: &Service, context: &RequestContext<'_>) -> Option<EntityRef> {
    let principal = read(&*service.store, |rows| Principal::find(rows, context)).ok()?;
    principal.user().ok().map(journal_writer::account)
}

/// Returns an entity of which only the name is known.
fn unnamed(kind: EntityKind, label: &str) -> EntityRef {
    EntityRef { kind, id: None, label: label.to_owned(), account: None }
}

fn by_id(kind: EntityKind, id: i64) -> EntityRef {
    EntityRef { id: Some(id), ..unnamed(kind, &id.to_string()) }
}
