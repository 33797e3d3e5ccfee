//! Denied actions and failed log-ins, which changed nothing but are recorded in the journal.
//!
//! A name that was typed at log-in is recorded only if an account has it, because people type passwords there.

use crate::domain::journal::{Action, EntityKind, EntityRef};
use crate::domain::page::Selection;
use crate::domain::text::count;
use crate::domain::user::{UserId, Who};
use crate::store::{Read, StoreError, read};

use super::authentication::{Recorded, Tried, is_wrong, may_be_code, tried_code};
use super::contract::{AccountSelection, Caller, DirectorySelector, Failure, InBin, Request, SignIn, Target};
use super::instance::Service;
use super::journal_writer::unnamed;
use super::lookup::credentials;
use super::operator::Principal;
use super::request_context::RequestContext;
use super::throttle::note_failure;
use super::transaction::with_denial;
use super::{bin, journal_writer};

/// The action and the entity of a request, recorded if the request is denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeniedAction {
    action: Action,
    object: DeniedEntity,
    recorded: Recorded,
}

/// The entity of a request, as far as the request tells it: only a denial is worth a read of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
enum DeniedEntity {
    Known(EntityRef),
    /// An account, as the request names it.
    Account(Who),
    /// An account in the bin, or one that is gone, likewise.
    BinnedAccount(Who),
    /// A directory, or one in the bin, by its path.
    Directory(String),
    BinnedDirectory(String),
    /// The caller's own account.
    OwnAccount,
    /// The account of a log-in.
    LogIn {
        name: String,
        /// The secret has the form of an access code.
        may_be_code: bool,
    },
}

/// Returns what to record if the request is denied, or `None` if it performs no action. A count in the console is the
/// beginning of an action; `--dry-run` is not.
pub(super) fn action(context: &RequestContext<'_>, request: &Request) -> Option<DeniedAction> {
    let leaves_nothing = match context.caller {
        Caller::Owner => context.dry_run,
        Caller::Viewer { .. } => true,
        Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } => false,
    };
    if leaves_nothing {
        return None;
    }
    let action = request.action()?.action;
    if let Request::SignIn(request) = request.uncounted() {
        // A proof that fails is a failed log-in, even if it was given to choose a password.
        let recorded = Recorded::of(request);
        return Some(DeniedAction { action: Action::LoggedIn, object: of_proof(request)?, recorded });
    }
    Some(DeniedAction { action, object: object(request)?, recorded: Recorded::EveryRefusal })
}

/// Records the denial, takes an attempt from a guessed access code, and returns the failure to report. A denial that cannot
/// be recorded stays one, but a guess that cannot be charged does not tell whether it was right.
pub(super) fn record(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    denied: DeniedAction,
    failure: Failure,
) -> Failure {
    let DeniedAction { action, object, recorded } = denied;
    if !recorded.includes(&failure) {
        return failure;
    }
    let Some((object, tried)) = resolve(service, context, object) else { return failure };
    // On a store that cannot be written no code is accepted, so none can be guessed.
    let tried = tried.filter(|_| is_wrong(&failure) && service.store.writable().is_ok());
    let recorded = with_denial(service, context, |tx| {
        if let Some(tried) = &tried {
            tried.spend(tx.rows, tx.now)?;
        }
        if action == Action::LoggedIn {
            return Ok(note_failure(tx, object, &failure.message)?);
        }
        Ok(tx.journal.note_refusal(tx.rows, action, object, &failure.message)?)
    });
    match recorded {
        Err(error) if tried.is_some() => error,
        Ok(()) | Err(_) => failure,
    }
}

/// Reads the entity as the journal names it, and the access code that may have been guessed. Returns `None` if the
/// account of a log-in or the caller's own cannot be told.
fn resolve(
    service: &Service,
    context: &RequestContext<'_>,
    object: DeniedEntity,
) -> Option<(EntityRef, Option<Tried>)> {
    let found = match object {
        DeniedEntity::Known(object) => object,
        DeniedEntity::Account(who) => {
            let found = read(&*service.store, |rows| rows.user(context.now, &who)).ok().flatten();
            let by_name = || unnamed(EntityKind::Account, &who.to_string());
            found.as_ref().map_or_else(by_name, journal_writer::account)
        }
        DeniedEntity::BinnedAccount(who) => {
            let named = |rows: &dyn Read| match rows.binned_accounts(&who)?.first() {
                Some(item) => Ok(bin::object(item)),
                None => Ok(gone(&who, rows.former_holder(&who)?)),
            };
            read(&*service.store, named).unwrap_or_else(|_: StoreError| gone(&who, None))
        }
        DeniedEntity::Directory(path) => {
            let found = read(&*service.store, |rows| rows.directories_at(&path)).unwrap_or_default();
            let by_path = || unnamed(EntityKind::Directory, &path);
            found.first().map_or_else(by_path, journal_writer::directory)
        }
        DeniedEntity::BinnedDirectory(path) => {
            let found = read(&*service.store, |rows| rows.binned_directories(&path)).unwrap_or_default();
            found.first().map_or_else(|| unnamed(EntityKind::Directory, &path), bin::object)
        }
        DeniedEntity::OwnAccount => {
            let principal = read(&*service.store, |rows| Principal::find(rows, context)).ok()?;
            journal_writer::account(principal.user().ok()?)
        }
        DeniedEntity::LogIn { name, may_be_code } => {
            let found = read(&*service.store, |rows| credentials(rows, context.now, &name)).ok()?;
            let Some(found) = found else { return Some((unnamed(EntityKind::Account, "unknown"), None)) };
            let tried = if may_be_code { tried_code(&found, context.now) } else { None };
            return Some((journal_writer::account(&found.user), tried));
        }
    };
    Some((found, None))
}

fn of_proof(request: &SignIn) -> Option<DeniedEntity> {
    match request {
        SignIn::LogIn { name, secret, code: _ }
        | SignIn::EnrolFactor { name, proof: secret, .. }
        | SignIn::Choose { name, proof: secret, .. } => {
            Some(DeniedEntity::LogIn { name: name.clone(), may_be_code: may_be_code(secret) })
        }
        SignIn::Unlock(_) | SignIn::Prove(_) => Some(DeniedEntity::OwnAccount),
        // A registration records what it refuses.
        SignIn::Register { .. }
        | SignIn::Look
        | SignIn::SetUp { .. }
        | SignIn::StillIn
        | SignIn::SeeAs(_)
        | SignIn::LogOut => None,
    }
}

/// Returns the rows that the request is about, or `None` if there are none.
fn object(request: &Request) -> Option<DeniedEntity> {
    let several = |kind, n: usize, one, many| unnamed(kind, &count(n as u64, one, many));
    let by_filter = |kind| unnamed(kind, "all that a filter shows");
    let directory = |place: &DirectorySelector| match place {
        DirectorySelector::Id(id) => DeniedEntity::Known(by_id(EntityKind::Directory, *id)),
        DirectorySelector::Path(path) => DeniedEntity::Directory(path.clone()),
    };
    Some(DeniedEntity::Known(match request.target() {
        Target::Account(who) => return Some(DeniedEntity::Account(who.clone())),
        Target::Accounts(AccountSelection::Named(named)) => match named.as_slice() {
            [who] => return Some(DeniedEntity::Account(who.clone())),
            named => several(EntityKind::Account, named.len(), "account", "accounts"),
        },
        Target::Accounts(AccountSelection::Shown { .. }) => by_filter(EntityKind::Account),
        Target::OwnAccount => return Some(DeniedEntity::OwnAccount),
        Target::Sessions(Selection::Ids(ids)) => match ids.as_slice() {
            [id] => by_id(EntityKind::Session, *id),
            ids => several(EntityKind::Session, ids.len(), "session", "sessions"),
        },
        Target::Sessions(Selection::Shown { .. }) => by_filter(EntityKind::Session),
        Target::Directory(place) | Target::Directories([place]) => return Some(directory(place)),
        Target::Directories(places) => {
            several(EntityKind::Directory, places.len(), "directory", "directories")
        }
        Target::BinItems(InBin::Items(_)) => journal_writer::store("the bin"),
        Target::BinItems(InBin::Account(who)) | Target::BinnedAccount(who) => {
            return Some(DeniedEntity::BinnedAccount(who.clone()));
        }
        Target::BinItems(InBin::Directory(path)) => return Some(DeniedEntity::BinnedDirectory(path.clone())),
        Target::New(kind, name) => unnamed(kind, &name),
        Target::Store(name) => journal_writer::store(&name),
        Target::Nothing => return None,
    }))
}

/// Returns an account that is not there any more: by its id if that is known, so that its name can be erased.
fn gone(who: &Who, id: Option<UserId>) -> EntityRef {
    EntityRef { id: id.map(|id| id.0), account: id, ..unnamed(EntityKind::Account, &who.to_string()) }
}

fn by_id(kind: EntityKind, id: i64) -> EntityRef {
    EntityRef { id: Some(id), ..unnamed(kind, &id.to_string()) }
}
