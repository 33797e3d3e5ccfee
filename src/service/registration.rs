//! Registration at the log-in screen, for people who have no account yet.
//!
//! A registered account is pending: an admin confirms or rejects it. A username that is taken is told, for another one must be
//! chosen. An email that is taken is answered as if it were free (ASVS 5.0, 6.3.8), and the journal tells the admin of it. Each
//! try counts against its origin, so that nobody tries many names.

use crate::auth::code::InvitationCode;
use crate::domain::config::Registration;
use crate::domain::journal::FieldValues;
use crate::domain::secret::Secret;
use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::{AccessLevel, Field, Fields, Status};
use crate::store::{Invitation, NewUser, Read, read};

use super::contract::{Action, Admins, Failure, FailureKind, Reply};
use super::host::HostInfo;
use super::instance::Service;
use super::operator::admins;
use super::request_context::RequestContext;
use super::required_fields::required;
use super::transaction::{Transaction, with_sign_in};
use super::{bin, journal, journal_writer, lookup, new_password};

/// The number of tries to register from one origin within [`SPAN`]. A family or a class registers in one go.
const MOST_TRIES: u64 = 10;
/// The time for which a try counts.
const SPAN: Duration = Duration::hours(1);

/// The fields that somebody registers with. All others are for an admin.
const FIELDS: [Field; 4] = [Field::FirstName, Field::LastName, Field::Username, Field::Email];

/// Returns the way in which people can register here now. The console asks for it where the store is only read, so that
/// this does not tell whether the account could be written.
pub(super) fn registration(service: &Service, admins: Admins) -> Registration {
    // Somebody must be there to confirm.
    if admins == Admins::Usable { service.registration } else { Registration::Closed }
}

/// The outcome of a try that the journal records.
enum RegistrationOutcome {
    /// The account was made, or its email was taken, which is not told.
    Registered,
    Refused(Failure),
}

/// Makes a pending account.
pub(super) fn register(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    fields: Fields,
    password: &Secret,
    code: &Secret,
) -> Result<Reply, Failure> {
    let admins = read(&*service.store, |rows| admins(rows, context.now))?;
    let needs_code = match registration(service, admins) {
        Registration::Closed => return Err(refused("Nobody can register here.")),
        Registration::Open => false,
        Registration::Code => true,
    };
    let fields = fields.filter(|spec, _| FIELDS.contains(&spec.field));
    required(&fields, &FIELDS)?;
    let now = context.now;
    read(&*service.store, |rows| may_try(rows, &service.host, now))?;
    let password_hash = new_password::hashed(service, password, &fields)?;
    let invitation = if needs_code { Some(InvitationCheck::check(service, now, code)?) } else { None };
    let fields = Fields { level: Some(AccessLevel::User), status: Some(Status::Pending), ..fields };
    let new = NewUser { id: None, fields, password_hash, created_at: now, updated_at: None };
    let outcome = with_sign_in(service, context, |tx| {
        may_try(tx.rows, tx.host, tx.now)?;
        match &invitation {
            Some(invitation) if !invitation.holds(tx)? => return wrong_code(tx),
            Some(_) | None => {}
        }
        add(tx, &new, invitation.as_ref())
    })?;
    match outcome {
        RegistrationOutcome::Registered => Ok(Reply::Registered),
        RegistrationOutcome::Refused(failure) => Err(failure),
    }
}

/// Refuses a try from an origin from which there were too many.
///
/// # Errors
/// [`FailureKind::Unavailable`].
fn may_try(rows: &dyn Read, host: &HostInfo, now: Timestamp) -> Result<(), Failure> {
    let tries = rows.actions_from(Action::Registered, &host.user, &host.terminal, now - SPAN)?;
    if tries < MOST_TRIES {
        return Ok(());
    }
    let message = "Too many registrations from here within an hour.";
    Err(Failure::new(FailureKind::Unavailable, message)
        .hint("Try again later, or ask an admin for an account."))
}

/// Makes the account if its names are free, and uses the invitation up.
fn add(
    tx: &mut Transaction<'_>,
    new: &NewUser,
    invitation: Option<&InvitationCheck>,
) -> Result<RegistrationOutcome, Failure> {
    let taken = match tx.rows.holder(None, &new.fields)? {
        Some((field, holder)) => {
            Some((field, journal_writer::account(&lookup::known(tx.rows, tx.now, holder)?)))
        }
        None => tx.rows.reserved_by(tx.now, &new.fields)?.map(|(field, item)| (field, bin::object(&item))),
    };
    let Some((field, holder)) = taken else {
        let id = tx.rows.insert_user(new)?;
        let user = lookup::known(tx.rows, tx.now, id)?;
        tx.note(
            Action::Registered,
            journal_writer::account(&user),
            FieldValues::new(),
            journal::image(&user),
        )?;
        use_up(tx, invitation)?;
        return Ok(RegistrationOutcome::Registered);
    };
    let label = field.label().to_lowercase();
    tx.journal.note_refusal(tx.rows, Action::Registered, holder, &format!("its {label} is taken"))?;
    if field == Field::Username {
        let failure = Failure::new(FailureKind::Conflict, "is taken: choose another one").about(field);
        return Ok(RegistrationOutcome::Refused(failure));
    }
    use_up(tx, invitation)?;
    Ok(RegistrationOutcome::Registered)
}

fn use_up(tx: &mut Transaction<'_>, invitation: Option<&InvitationCheck>) -> Result<(), Failure> {
    let id = invitation.and_then(|check| check.found.as_ref()).map(|found| found.id);
    Ok(id.map_or(Ok(()), |id| tx.rows.remove_invitation(id).map(drop))?)
}

/// An invitation code that was typed, compared with the invitation that it names.
struct InvitationCheck {
    /// The invitation that it names, if there is one.
    found: Option<Invitation>,
    fits: bool,
}

impl InvitationCheck {
    /// Compares the code. That takes as long for an invitation that does not exist.
    fn check(service: &mut Service, now: Timestamp, typed: &Secret) -> Result<Self, Failure> {
        let typed = InvitationCode::parse(typed);
        let found = match &typed {
            Some(code) => read(&*service.store, |rows| rows.invitation(now, code.number))?,
            None => None,
        };
        let code = typed.map_or_else(Secret::new, |typed| typed.code);
        let stored = found.as_ref().map(|found| found.hash.as_str());
        let fits = service.hasher.verify_code(&code, stored);
        Ok(Self { fits: fits && found.is_some(), found })
    }

    /// Returns true if the code is right and nobody used it since. A wrong one costs the invitation a try.
    fn holds(&self, tx: &mut Transaction<'_>) -> Result<bool, Failure> {
        let Some(checked) = &self.found else { return Ok(false) };
        let now = tx.rows.invitation(tx.now, checked.id)?.filter(|now| now.hash == checked.hash);
        let Some(now) = now else { return Ok(false) };
        if !self.fits {
            let tries_left = now.tries_left.saturating_sub(1);
            tx.rows.set_invitation_tries(now.id, tries_left)?;
        }
        Ok(self.fits)
    }
}

fn wrong_code(tx: &mut Transaction<'_>) -> Result<RegistrationOutcome, Failure> {
    let why = "This invitation code is not valid.";
    tx.journal.note_refusal(tx.rows, Action::Registered, journal_writer::store("an account"), why)?;
    Ok(RegistrationOutcome::Refused(refused(why)))
}

fn refused(words: &str) -> Failure {
    Failure::new(FailureKind::Refused, words)
}
