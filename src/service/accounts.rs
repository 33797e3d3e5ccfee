//! Accounts: seen, added, edited. What else follows from a change is decided in [`standing`], what concerns
//! passwords and codes in [`passwords`].

use crate::auth::password::UNUSABLE;
use crate::domain::journal::Image;
use crate::domain::secret::Secret;
use crate::domain::text::excerpt;
use crate::domain::user::{AccessLevel, Field, Fields, Status, User, UserId, Who};
use crate::store::{ListOf, NewUser, Read};

use super::contract::{Accounts, Caller, Failure, FailureKind, Reply, Tally, UserDetail, Verb};
use super::operator::{Actor, keep_an_admin};
use super::steps::each;
use super::{Act, Call, Desk, act_on_one, bin, homes, journal, look, new_password, people, record};

mod passwords;
pub(super) mod standing;
#[cfg(test)]
mod tests;

use passwords::{LONGEST_CODE, NewCode};

/// What a plain user may change of their own account.
const OWN_FIELDS: [Field; 4] = [Field::FirstName, Field::LastName, Field::ContactNumber, Field::Address];

pub(super) fn perform(desk: &mut Desk, call: &mut Call<'_>, request: Accounts) -> Result<Reply, Failure> {
    match request {
        Accounts::List { filter, sort, span } => look(desk, call, |rows, actor| {
            let list = ListOf { filter, scope: actor.scope(), sort };
            Ok(Reply::Users(rows.users(call.now, &list, span)?))
        }),
        Accounts::Prepare => look(desk, call, |rows, actor| {
            // A plain user's filter finds nothing but his own account.
            if actor.scope().is_none() {
                rows.read_words()?;
            }
            Ok(Reply::Ready)
        }),
        Accounts::Show(who) => look(desk, call, |rows, actor| show(rows, call, actor, &who)),
        Accounts::Add { fields, password, must_change } => {
            add(desk, call, fields, password.as_ref(), must_change)
        }
        Accounts::Edit { who, fields, was } => {
            write(desk, call, |act| edit(act, &who, fields, was.map(|was| *was))).map(Reply::Done)
        }
        Accounts::Confirm(people) => each(desk, call, &standing::confirm(people)),
        Accounts::Suspend(people) => each(desk, call, &standing::suspend(people)),
        Accounts::SetLevel(people, level) => each(desk, call, &standing::set_level(people, level)),
        Accounts::SetPassword { who, password, must_change } => {
            passwords::set(desk, call, &who, &password, must_change).map(Reply::Done)
        }
        Accounts::ChangeOwnPassword { current, password } => {
            passwords::change_own(desk, call, &current, &password).map(Reply::Done)
        }
        Accounts::MakeCode { who, life } => passwords::make_code(desk, call, &who, life),
        Accounts::RevokeCode(who) => {
            write(desk, call, |act| passwords::revoke_code(act, &who)).map(Reply::Done)
        }
        Accounts::ListCodes => look(desk, call, |rows, actor| passwords::list_codes(rows, call.now, actor)),
        Accounts::Delete(people) => each(desk, call, &standing::Deletion(people)),
    }
}

/// Runs one act on accounts: every one of them leaves a usable admin where there was one.
fn write(
    desk: &mut Desk,
    call: &mut Call<'_>,
    work: impl FnOnce(&mut Act<'_>) -> Result<Tally, Failure>,
) -> Result<Tally, Failure> {
    act_on_one(desk, call, |act| keep_an_admin(act, work))
}

fn show(rows: &dyn Read, call: &Call<'_>, actor: &Actor, who: &Who) -> Result<Reply, Failure> {
    let user = people::find(rows, call.now, actor, who)?;
    let credentials = rows.credentials(call.now, &Who::Id(user.id))?;
    let must_change = credentials.as_ref().is_some_and(|found| found.must_change);
    let code_expires_at = credentials.and_then(|found| found.code).map(|code| code.expires_at);
    let home = rows.home(user.id)?.map(|home| home.path);
    let directories = rows.directory_count(user.id)?;
    Ok(Reply::User(Box::new(UserDetail { user, home, directories, code_expires_at, must_change })))
}

/// Whether these fields are there and not empty, and all keep their rules.
///
/// # Errors
/// [`FailureKind::Invalid`] about the first that does not.
pub(super) fn required(fields: &Fields, needed: &[Field]) -> Result<(), Failure> {
    for needed in needed {
        let text = fields.texts().find(|(field, _)| field == needed).map_or("", |(_, text)| text);
        if text.trim().is_empty() {
            return Err(Failure::rule(*needed, "must not be empty"));
        }
    }
    fields.check().map_err(|(field, rule)| Failure::rule(field, rule))
}

/// A new account, with a password or else with an access code to choose one. A password that somebody else chose
/// must be changed at the first log-in, unless a command set it: whoever runs that owns the file anyway.
fn add(
    desk: &mut Desk,
    call: &mut Call<'_>,
    fields: Fields,
    password: Option<&Secret>,
    must_change: bool,
) -> Result<Reply, Failure> {
    required(&fields, &[Field::FirstName, Field::LastName, Field::Email])?;
    let (password_hash, must_change, code) = match password {
        Some(password) => {
            let hash = new_password::hashed(&mut desk.hasher, password, &fields)?;
            (hash, must_change || call.caller != Caller::Owner, None)
        }
        None => (UNUSABLE.to_owned(), false, Some(NewCode::make(&mut desk.hasher, call.now + LONGEST_CODE)?)),
    };
    let new = NewUser { id: None, fields, password_hash, created_at: call.now, updated_at: None };
    let tally = write(desk, call, |act| {
        act.actor.admin_only("add accounts")?;
        bin::not_held(act.rows, act.now, &new.fields)?;
        let id = act.rows.insert_user(&new)?;
        if must_change {
            act.rows.set_password(act.now, id, &new.password_hash, true)?;
        }
        if let Some(code) = &code {
            act.rows.set_access_code(act.now, id, Some(&code.stored))?;
        }
        let user = people::known(act.rows, act.now, id)?;
        let changes_level = user.level == AccessLevel::Admin;
        let mut tally = Tally { accounts: 1, changes_level, ..Tally::new(Verb::Added) };
        if user.status == Status::Confirmed {
            tally.directories = homes::provision(act.rows, act.now, user.id, user.username.as_deref())?;
        }
        let after = journal::image(&user).with_count("directories", tally.directories);
        act.note(Verb::Added, record::account(&user), Image::new(), after)?;
        Ok(people::about(tally, &user))
    })?;
    Ok(match code {
        Some(code) => code.handed_over(call, tally),
        None => Reply::Done(tally),
    })
}

/// Sets fields, with all that follows from a new status or level.
fn edit(act: &mut Act<'_>, who: &Who, fields: Fields, was: Option<Fields>) -> Result<Tally, Failure> {
    let user = own_or_any(act, who)?;
    let now = user.fields();
    let meanwhile = was.map(|was| differing(was, &now)).unwrap_or_default();
    if let Some(first) = names(&meanwhile).first() {
        let changed: Vec<_> = names(&meanwhile).iter().map(|field| field.label()).collect();
        let message = format!("{} was changed meanwhile: {}.", excerpt(user.label()), changed.join(", "));
        return Err(Failure::new(FailureKind::Conflict, message)
            .hint("Look at it again before you change it.")
            .about(*first));
    }
    let asked = differing(fields, &now);
    may_set(&act.actor, user.id, &asked)?;
    asked.check().map_err(|(field, rule)| Failure::rule(field, rule))?;
    let mut tally = Tally::new(Verb::Edited);
    if let Some(change) = standing::change_to(act.rows, act.now, &act.scribe, &user, asked, &mut tally)? {
        tally.own = change.own(&act.actor);
        act.note(Verb::Edited, record::account(&user), change.before(), change.after())?;
    }
    Ok(people::about(tally, &people::known(act.rows, act.now, user.id)?))
}

/// Whether the actor may set these fields of an account: a plain user some of his own.
///
/// # Errors
/// [`FailureKind::Refused`] about the first that he may not.
pub(super) fn may_set(actor: &Actor, id: UserId, fields: &Fields) -> Result<(), Failure> {
    let Some(own) = actor.scope() else { return Ok(()) };
    if own != id {
        return actor.admin_only("change another account");
    }
    let Some(field) = names(fields).into_iter().find(|field| !OWN_FIELDS.contains(field)) else {
        return Ok(());
    };
    let words = format!("Only an admin may change this: {}.", field.label());
    Err(Failure::new(FailureKind::Refused, words).about(field))
}

/// The account, if the actor may change it at all. Which others there are is not told to a plain user.
fn own_or_any(act: &Act<'_>, who: &Who) -> Result<User, Failure> {
    let found = act.rows.user(act.now, who)?;
    if let (Actor::Operator { user, .. } | Actor::Reader { user, .. }, Some(found)) = (&act.actor, &found)
        && user.id == found.id
    {
        return Ok(User::clone(user));
    }
    act.actor.admin_only("change another account")?;
    found.ok_or_else(|| people::missing(who))
}

/// Those of the fields that are set and not as they stand.
fn differing(asked: Fields, now: &Fields) -> Fields {
    fn new<T: PartialEq>(asked: Option<T>, now: Option<&T>) -> Option<T> {
        asked.filter(|asked| now != Some(asked))
    }
    Fields {
        first_name: new(asked.first_name, now.first_name.as_ref()),
        last_name: new(asked.last_name, now.last_name.as_ref()),
        username: new(asked.username, now.username.as_ref()),
        email: new(asked.email, now.email.as_ref()),
        contact_number: new(asked.contact_number, now.contact_number.as_ref()),
        address: new(asked.address, now.address.as_ref()),
        level: new(asked.level, now.level.as_ref()),
        status: new(asked.status, now.status.as_ref()),
    }
}

/// Which fields are set.
fn names(fields: &Fields) -> Vec<Field> {
    let mut names: Vec<_> = fields.texts().map(|(field, _)| field).collect();
    names.extend(fields.level.map(|_| Field::AccessLevel));
    names.extend(fields.status.map(|_| Field::Status));
    names
}
