//! Set-up: the first admin of a store, or another one if none can log in.

use crate::domain::journal::FieldValues;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, Field, Fields, Status};
use crate::store::{NewUser, Read, read};

use super::super::contract::{Action, ActionSummary, Admins, Caller, Failure, FailureKind, Reply};
use super::super::instance::Service;
use super::super::operator::admins;
use super::super::request_context::RequestContext;
use super::super::required_fields::required;
use super::super::transaction::with_sign_in;
use super::super::{homes, journal, journal_writer, lookup, new_password};
use super::entry::enter;

/// Adds the first admin or, for the owner of the store's file, another one if none can log in. The check for an
/// existing admin before the slow hash makes a refusal quick; the check in the transaction makes it right.
pub(super) fn set_up(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    fields: Fields,
    password: &Secret,
) -> Result<Reply, Failure> {
    read(&*service.store, |rows| may_set_up(rows, context.now, context.caller))?;
    required(&fields, &[Field::FirstName, Field::LastName, Field::Username, Field::Email])?;
    let password_hash = new_password::hashed(service, password, &fields)?;
    let fields = Fields { level: Some(AccessLevel::Admin), status: Some(Status::Confirmed), ..fields };
    let admin = NewUser { id: None, fields, password_hash, created_at: context.now, updated_at: None };

    let (caller, settings) = (context.caller, service.sessions);
    with_sign_in(service, context, |tx| {
        may_set_up(tx.rows, tx.now, caller)?;
        let id = tx.rows.insert_user(&admin)?;
        let user = lookup::known(tx.rows, tx.now, id)?;
        let directories = homes::provision(tx, user.id, user.username.as_deref())?;
        let is_command = caller == Caller::Owner;
        if !is_command {
            tx.sign_in_as(&user, None);
        }
        let after = journal::image(&user).with_count("directories", directories);
        tx.note(Action::SetUp, journal_writer::account(&user), FieldValues::new(), after)?;
        if is_command {
            let summary = ActionSummary { accounts: 1, directories, ..ActionSummary::new(Action::SetUp) };
            Ok(Reply::Done(lookup::about(summary, &user).written(tx.journal.first)))
        } else {
            enter(tx, settings, &user, None).map(Reply::SignedIn)
        }
    })
}

/// Refuses a set-up at the console once there was an admin, because the console lets anyone set up.
fn may_set_up(rows: &dyn Read, now: Timestamp, caller: Caller) -> Result<(), Failure> {
    let conflict = |words: &str| Failure::new(FailureKind::Conflict, words);
    let admins = admins(rows, now)?;
    match (admins, caller) {
        (Admins::Never, _) | (Admins::NoneNow | Admins::NoneLeft, Caller::Owner) => Ok(()),
        (
            Admins::NoneNow | Admins::NoneLeft,
            Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } | Caller::Viewer { .. },
        ) => {
            let way_back = admins.way_back().unwrap_or_default();
            Err(conflict("This store had an admin before.")
                .hint(format!("The way back in is the command {way_back}.")))
        }
        (Admins::Usable, _) => {
            Err(conflict("There is an admin already.").hint("Log in, or let an admin add the account."))
        }
    }
}
