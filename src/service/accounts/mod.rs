//! Accounts: list, add, edit. [`status`] decides what else follows from a change, [`passwords`] handles passwords and
//! codes.

use crate::auth::password::UNUSABLE;
use crate::auth::totp::TotpSecret;
use crate::domain::calendar::MOST_AHEAD;
use crate::domain::clock::Moment;
use crate::domain::config::FactorPolicy;
use crate::domain::journal::{Entry, FieldValues};
use crate::domain::page::{Anchor, RowRange};
use crate::domain::secret::Secret;
use crate::domain::text::excerpt;
use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, FIELDS, Field, Fields, Status, User, UserId, Who};
use crate::store::{Credentials, ListOf, NewUser, StoreError, read};

use super::contract::{
    AccountChange, Accounts, Action, ActionSummary, Caller, FactorState, Failure, FailureKind, Provenance,
    Reply, UserDetail,
};
use super::instance::Service;
use super::operator::Principal;
use super::request_context::RequestContext;
use super::required_fields::required;
use super::transaction::{Snapshot, Transaction, run_single, with_snapshot};
use super::{
    bin, gates, homes, invitations, journal, journal_writer, lookup, new_password, second_factor, status,
    throttle,
};

mod new_accounts;
mod passwords;
mod recover;

use passwords::{LONGEST_CODE, NewCode};

/// About the number of rows of a screen.
const ROWS_AHEAD: u32 = 50;

/// The number of accounts that a text may be completed to.
const MOST_COMPLETIONS: usize = 10;

/// Reads the first accounts and what tabs show, so that SQLite has prepared the statements and read the pages. It asks
/// `go_on` before each of the two. An error comes again for whoever asks.
pub fn read_ahead(service: &Service, now: Timestamp, go_on: &mut dyn FnMut() -> bool) {
    let span = RowRange { anchor: Anchor::Position(0), before: 0, len: ROWS_AHEAD };
    let _ = read::<_, StoreError>(&*service.store, |rows| {
        if go_on() {
            rows.users(now, &ListOf::default(), span)?;
        }
        if go_on() {
            rows.tab_counts(now, None)?;
        }
        Ok(())
    });
}

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Accounts,
) -> Result<Reply, Failure> {
    match request {
        Accounts::List { filter, sort, span } => with_snapshot(service, context, |snapshot| {
            snapshot.principal.may_filter(&filter)?;
            let list = ListOf { filter, scope: snapshot.principal.scope(), sort };
            let found = snapshot.rows.users(snapshot.now, &list, span)?;
            Ok(Reply::Users(found.map(|user| snapshot.principal.shown(user))))
        }),
        Accounts::Begun(text) => with_snapshot(service, context, |snapshot| {
            let scope = snapshot.principal.scope();
            let found = snapshot.rows.users_begun(snapshot.now, &text, scope, MOST_COMPLETIONS)?;
            Ok(Reply::Users(found.map(|user| snapshot.principal.shown(user))))
        }),
        Accounts::Prepare => {
            let sees_all =
                with_snapshot(service, context, |snapshot| Ok(snapshot.principal.scope().is_none()))?;
            // A plain user's filter finds only their own account.
            if sees_all {
                service.store.warm_up()?;
            }
            Ok(Reply::Ready)
        }
        Accounts::TabCounts => with_snapshot(service, context, |snapshot| {
            let counts = snapshot.rows.tab_counts(snapshot.now, snapshot.principal.scope())?;
            Ok(Reply::TabCounts(counts))
        }),
        Accounts::Calendar => with_snapshot(service, context, |snapshot| {
            let own = snapshot.principal.scope();
            Ok(Reply::Calendar(snapshot.rows.ahead(snapshot.now, own, MOST_AHEAD)?))
        }),
        Accounts::Show(who) => {
            let now = context.moment();
            with_snapshot(service, context, |snapshot| show(snapshot, &now, &who))
        }
        Accounts::Why(who) => {
            let now = context.moment();
            // Where the key file cannot be read, no code can be checked.
            let key = second_factor::key(service).ok().flatten();
            with_snapshot(service, context, |snapshot| gates::of_account(snapshot, &now, &who, key.as_ref()))
        }
        Accounts::Add { fields, password, must_change } => {
            add(service, context, fields, password.as_ref(), must_change)
        }
        Accounts::AddAll { file, codes, agreed } => {
            new_accounts::add_all(service, context, (&file, &codes), agreed.as_deref())
        }
        Accounts::Change { who, change } => change_one(service, context, &who, change),
        Accounts::Act { action, accounts } => status::perform(service, context, action, accounts),
        Accounts::ChangeOwnPassword { current, password } => {
            passwords::change_own(service, context, &current, &password).map(Reply::Done)
        }
        Accounts::OfferFactor => {
            may_enrol(service)?;
            with_snapshot(service, context, |snapshot| {
                let user = snapshot.principal.user()?;
                second_factor::require_none(snapshot.rows, user)?;
                Ok(Reply::FactorOffer(Box::new(second_factor::offer(user)?)))
            })
        }
        Accounts::EnrolFactor { factor, code } => enrol_own(service, context, &factor, &code),
        Accounts::ListCodes => with_snapshot(service, context, passwords::list_codes),
        Accounts::Invite { life } => invitations::invite(service, context, life),
        Accounts::RevokeInvitation(id) => invitations::revoke(service, context, id),
        Accounts::ListInvitations => with_snapshot(service, context, invitations::list),
    }
}

/// Performs an action on one account.
fn change_one(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    who: &Who,
    change: AccountChange,
) -> Result<Reply, Failure> {
    match change {
        AccountChange::Edit { fields, was } => {
            write(service, context, |tx| edit(tx, who, fields, was.map(|was| *was))).map(Reply::Done)
        }
        AccountChange::SetPassword { password, must_change } => {
            passwords::set(service, context, who, &password, must_change).map(Reply::Done)
        }
        AccountChange::MakeCode { life } => passwords::make_code(service, context, who, life),
        AccountChange::Recover { password } => recover::recover(service, context, who, password.as_ref()),
        AccountChange::EnrolFactor => enrol(service, context, who),
        AccountChange::ResetFactor => {
            write(service, context, |tx| second_factor::reset(tx, who)).map(Reply::Done)
        }
        AccountChange::RevokeCode => {
            write(service, context, |tx| passwords::revoke_code(tx, who)).map(Reply::Done)
        }
    }
}

/// Runs an action on one account. Every such action leaves a usable admin if there was one.
fn write(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<ActionSummary, Failure>,
) -> Result<ActionSummary, Failure> {
    run_single(service, context, |tx| tx.keep_an_admin(work))
}

/// Refuses to set up a second factor where the config file turns them off.
///
/// # Errors
/// [`FailureKind::Refused`].
fn may_enrol(service: &Service) -> Result<(), Failure> {
    if service.factor_policy != FactorPolicy::Off {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Refused, "Second factors are turned off.")
        .hint("`second_factor` in the config file turns them on."))
}

/// Sets up a second factor for an account, which waits for its first code.
fn enrol(service: &mut Service, context: &mut RequestContext<'_>, who: &Who) -> Result<Reply, Failure> {
    may_enrol(service)?;
    let secret = TotpSecret::new()?;
    let account = |snapshot: Snapshot<'_>| {
        second_factor::own_or_any(snapshot, who, "set up another account's second factor")
    };
    set_up_factor(service, context, account, &secret, None)
}

/// Sets up the operator's own second factor, with its first code.
fn enrol_own(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    factor: &Secret,
    code: &Secret,
) -> Result<Reply, Failure> {
    may_enrol(service)?;
    let (secret, step) = second_factor::verified(factor, code, context.now)?;
    let account = |snapshot: Snapshot<'_>| snapshot.principal.user().cloned();
    set_up_factor(service, context, account, &secret, Some(step))
}

/// Stores a second factor for an account that has none. `step` is the time step of the code that verified it, or `None` if it
/// waits for its first code.
fn set_up_factor(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    account: impl Fn(Snapshot<'_>) -> Result<User, Failure>,
    secret: &TotpSecret,
    step: Option<i64>,
) -> Result<Reply, Failure> {
    // Whoever is refused makes no key file.
    with_snapshot(service, context, |snapshot| {
        second_factor::require_none(snapshot.rows, &account(snapshot)?)
    })?;
    let key = second_factor::key_for(service, context.dry_run)?;
    let mut slip = None;
    let summary = write(service, context, |tx| {
        let user = account(tx.snapshot())?;
        let verified = step.map(|step| (tx.now, step));
        let made = second_factor::enrol(tx, &user, &key, secret, verified)?;
        let summary = made.summary.clone();
        slip = Some(made);
        Ok(summary)
    })?;
    Ok(second_factor::show(summary, slip, context.dry_run))
}

fn show(snapshot: Snapshot<'_>, moment: &Moment, who: &Who) -> Result<Reply, Failure> {
    let Snapshot { rows, now, principal } = snapshot;
    // All by one statement: preparing it takes longer than anything else here.
    let Credentials { user, must_change, code, .. } = lookup::find_credentials(rows, now, principal, who)?;
    let code = code.map(|code| passwords::in_force(rows, &user, &code)).transpose()?;
    // Another program may have set the status since.
    let is_of_now = |entry: &Entry| entry.after.text("status") == Some(user.status.word());
    let status_set = rows.status_entry(user.id)?.filter(is_of_now).map(Provenance::from);
    let second_factor = match rows.second_factor(user.id)?.map(|factor| factor.since) {
        None => FactorState::None,
        Some(None) => FactorState::Waiting,
        Some(Some(since)) => FactorState::Since(since),
    };
    let home = rows.home(user.id)?.map(|home| home.path);
    let directories = rows.directory_count(user.id)?;
    let waits = throttle::waits(rows, moment, user.id)?;
    Ok(Reply::User(Box::new(UserDetail {
        user,
        home,
        directories,
        status_set,
        code,
        must_change,
        second_factor,
        waits,
    })))
}

/// Adds an account with a password, or with an access code to choose one. A password that someone else chose must be
/// changed at the first log-in, unless a command set it: whoever runs commands owns the file anyway.
fn add(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    fields: Fields,
    password: Option<&Secret>,
    must_change: bool,
) -> Result<Reply, Failure> {
    required_fields(&fields)?;
    let (password_hash, must_change, code) = match password {
        Some(password) => {
            let hash = new_password::hashed(service, password, &fields)?;
            (hash, must_change || context.caller != Caller::Owner, None)
        }
        None => (
            UNUSABLE.to_owned(),
            false,
            Some(NewCode::make(&mut service.hasher, context.now + LONGEST_CODE)?),
        ),
    };
    let new = NewUser { id: None, fields, password_hash, created_at: context.now, updated_at: None };
    let summary = write(service, context, |tx| {
        tx.principal.admin_only("add accounts")?;
        bin::not_held(tx.rows, tx.now, &new.fields)?;
        let (user, summary) = add_one(tx, &new, must_change, code.as_ref())?;
        Ok(lookup::about(summary, &user))
    })?;
    Ok(match code {
        Some(code) => code.show(context, summary),
        None => Reply::Done(summary),
    })
}

/// Checks the fields of a new account.
///
/// # Errors
/// As [`required`].
fn required_fields(fields: &Fields) -> Result<(), Failure> {
    let needed: Vec<_> = FIELDS.iter().filter(|spec| spec.required).map(|spec| spec.field).collect();
    required(fields, &needed)
}

/// Inserts an account with what belongs to it.
fn add_one(
    tx: &mut Transaction<'_>,
    new: &NewUser,
    must_change: bool,
    code: Option<&NewCode>,
) -> Result<(User, ActionSummary), Failure> {
    let id = tx.rows.insert_user(new)?;
    if must_change {
        tx.rows.set_password(tx.now, id, &new.password_hash, true)?;
    }
    if let Some(code) = code {
        tx.rows.set_access_code(tx.now, id, Some(&code.stored))?;
    }
    let user = lookup::known(tx.rows, tx.now, id)?;
    let changes_level = user.level == AccessLevel::Admin;
    if changes_level {
        tx.require_proof()?;
    }
    let mut summary = ActionSummary { accounts: 1, changes_level, ..ActionSummary::new(Action::Added) };
    if user.status == Status::Confirmed {
        summary.directories = homes::provision(tx, user.id, user.username.as_deref())?;
    }
    let after = journal::image(&user).with_count("directories", summary.directories);
    tx.note(Action::Added, journal_writer::account(&user), FieldValues::new(), after)?;
    Ok((user, summary))
}

/// Sets fields, with everything that follows from a new status or level.
fn edit(
    tx: &mut Transaction<'_>,
    who: &Who,
    fields: Fields,
    was: Option<Fields>,
) -> Result<ActionSummary, Failure> {
    let user = own_or_any(tx, who)?;
    // Whether such a field would change is not told either.
    may_set(&tx.principal, user.id, &fields.clone().filter(|spec, _| spec.is_for_admins))?;
    let now = user.fields();
    let meanwhile = was.map(|was| status::differing(was, &now)).unwrap_or_default();
    if let Some((first, _)) = meanwhile.values().next() {
        let changed: Vec<_> = meanwhile.values().map(|(spec, _)| spec.label).collect();
        let message = format!("{} was changed meanwhile: {}.", excerpt(user.label()), changed.join(", "));
        return Err(Failure::new(FailureKind::Conflict, message)
            .hint("Look at it again before you change it.")
            .about(first.field));
    }
    let asked = status::differing(fields, &now);
    may_set(&tx.principal, user.id, &asked)?;
    asked.check().map_err(|(field, rule)| Failure::rule(field, rule))?;
    if asked.valid_from.is_some() || asked.expires_on.is_some() {
        // A day that is set is judged with the one that stays. Other programs may have left anything in other fields.
        let days = [Field::ValidFrom, Field::ExpiresOn];
        let both = asked.clone().or(&now).filter(|spec, _| days.contains(&spec.field));
        both.check().map_err(|(field, rule)| Failure::rule(field, rule))?;
    }
    let mut summary = ActionSummary::new(Action::Edited);
    if let Some(change) = status::change_to(tx, &user, asked, &mut summary)? {
        summary.own = change.own(&tx.principal);
        tx.note(Action::Edited, journal_writer::account(&user), change.before(), change.after())?;
    }
    Ok(lookup::about(summary, &lookup::known(tx.rows, tx.now, user.id)?))
}

/// Checks that fields that the principal may not account; a plain user may set some of their own.
///
/// # Errors
/// [`FailureKind::Refused`] about the first such field.
pub(super) fn may_set(principal: &Principal, id: UserId, fields: &Fields) -> Result<(), Failure> {
    let Some(own) = principal.scope() else { return Ok(()) };
    if own != id {
        return principal.admin_only("change another account");
    }
    let Some((spec, _)) = fields.values().find(|(spec, _)| !spec.own) else { return Ok(()) };
    let words = format!("Only an admin may change this: {}.", spec.label);
    Err(Failure::new(FailureKind::Refused, words).about(spec.field))
}

/// Returns the account, if the principal may change it at all. A plain user does not learn which others exist.
fn own_or_any(tx: &Transaction<'_>, who: &Who) -> Result<User, Failure> {
    let found = tx.rows.user(tx.now, who)?;
    if let (Ok(user), Some(found)) = (tx.principal.user(), &found)
        && user.id == found.id
    {
        return Ok(User::clone(user));
    }
    tx.principal.admin_only("change another account")?;
    found.ok_or_else(|| lookup::missing(who))
}

#[cfg(test)]
mod tests;
