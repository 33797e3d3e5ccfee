//! The principal of an action and its rights. They are decided inside the transaction that acts, never on an older
//! state.

use crate::auth::password::is_usable;
use crate::domain::filter::{Filter, Test};
use crate::domain::journal::{Action, Entry};
use crate::domain::session::{DEFAULT_LIFE, Session};
use crate::domain::stored_table::StoredTable;
use crate::domain::text::excerpt;
use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, FIELDS, User, UserId, Who};
use crate::store::{AdminTerm, Credentials, Read, Write};

use super::contract::{Admins, Caller, Failure, FailureKind, Operator};
use super::request_context::RequestContext;

/// The scope of [`Principal::Nobody`]: no row has this id.
const NO_ACCOUNT: UserId = UserId(i64::MIN);

/// The caller of a request, as the rows describe it at this moment.
pub(super) enum Principal {
    /// Someone who is not logged in, and may see nothing.
    Nobody,
    /// A command, run by someone who may write the store's file.
    Owner,
    /// An operator at the console whose session is in force.
    Operator { session: Box<Session>, user: Box<User> },
    /// An operator at a read-only console, who has no session.
    Reader {
        user: Box<User>,
        /// The latest time at which they are signed out.
        until: Timestamp,
        /// The time of the store's last restore as they logged in.
        restored_at: Option<Timestamp>,
    },
    /// An admin who sees the console as this account gets it.
    Viewer {
        user: Box<User>,
        /// The admin's session.
        session: Box<Session>,
    },
}

impl Principal {
    /// Returns the caller, if their session is still in force.
    ///
    /// # Errors
    /// [`FailureKind::SignedOut`].
    pub(super) fn find(rows: &dyn Read, context: &RequestContext<'_>) -> Result<Self, Failure> {
        let id = match context.caller {
            Caller::Owner => return Ok(Self::Owner),
            Caller::Nobody => return Err(not_signed_in()),
            Caller::Reader { account, until, restored_at } => {
                let user = Self::reader(rows, context.now, account, until, restored_at)?;
                return Ok(Self::Reader { user: Box::new(user), until, restored_at });
            }
            Caller::Viewer { session, account } => {
                return Self::viewer(rows, context.now, session, account);
            }
            Caller::Operator(id) => id,
        };
        let (session, user) = in_force(rows, context.now, id)?;
        Ok(Self::Operator { session, user })
    }

    /// Returns an admin, by the row of their session, as a viewer of what an account gets.
    ///
    /// # Errors
    /// [`FailureKind::SignedOut`] when that session has ended; [`FailureKind::Conflict`] if the account gets no console.
    pub(super) fn viewer(
        rows: &dyn Read,
        now: Timestamp,
        session: i64,
        account: UserId,
    ) -> Result<Self, Failure> {
        let (session, admin) = in_force(rows, now, session)?;
        if admin.level != AccessLevel::Admin {
            return Err(signed_out());
        }
        let user = rows.user(now, &Who::Id(account))?;
        let no_console = |words: String| Failure::new(FailureKind::Conflict, words);
        let user = user.ok_or_else(|| no_console("This account is not there any more.".into()))?;
        match user.shut(now) {
            None => Ok(Self::Viewer { user: Box::new(user), session }),
            Some(shut) => {
                let name = excerpt(user.label());
                Err(no_console(format!("{name} gets no console: {}.", shut.words())))
            }
        }
    }

    /// Returns the caller as [`Principal::find`] does, or [`Principal::Nobody`] for one who is not logged in.
    ///
    /// # Errors
    /// [`FailureKind::SignedOut`].
    pub(super) fn find_or_nobody(rows: &dyn Read, context: &RequestContext<'_>) -> Result<Self, Failure> {
        if context.caller == Caller::Nobody { Ok(Self::Nobody) } else { Self::find(rows, context) }
    }

    /// Returns the account of a read-only console for as long as a session would last: until its time is over, the
    /// account is no longer usable, its password is changed, or the store is restored.
    fn reader(
        rows: &dyn Read,
        now: Timestamp,
        account: UserId,
        until: Timestamp,
        restored_at: Option<Timestamp>,
    ) -> Result<User, Failure> {
        let user = rows.user(now, &Who::Id(account))?.filter(|user| user.shut(now).is_none());
        let user = user.filter(|_| now < until).ok_or_else(signed_out)?;
        let since = rows.entries_about(account, until - DEFAULT_LIFE)?;
        if since.iter().any(|entry| Action::parse(&entry.action) == Some(Action::PasswordSet)) {
            return Err(signed_out());
        }
        // A restore ends all sessions: the account with this id may be somebody else's now. Its time is that of its beginning;
        // whoever logged in before its end read the old store.
        let restored = rows.last_done(Action::StoreRestored)?;
        if restored != restored_at || restored.is_some_and(|at| at >= until - DEFAULT_LIFE) {
            return Err(signed_out());
        }
        Ok(user)
    }

    /// Returns the operator's account.
    ///
    /// # Errors
    /// [`FailureKind::Refused`] for the owner, who has no account.
    pub(super) fn user(&self) -> Result<&User, Failure> {
        match self {
            Self::Nobody => Err(not_signed_in()),
            Self::Owner => Err(Failure::new(FailureKind::Refused, "A command has no account of its own.")),
            Self::Operator { user, .. } | Self::Reader { user, .. } | Self::Viewer { user, .. } => Ok(user),
        }
    }

    /// Returns the id of the operator's session, if there is one.
    pub(super) fn session(&self) -> Option<i64> {
        match self {
            Self::Nobody | Self::Owner | Self::Reader { .. } | Self::Viewer { .. } => None,
            Self::Operator { session, .. } => Some(session.id),
        }
    }

    /// Returns the credentials against which the operator's own password is checked.
    ///
    /// # Errors
    /// [`FailureKind::SignedOut`] when the account is gone; as [`Principal::user`].
    pub(super) fn credentials(&self, rows: &dyn Read, now: Timestamp) -> Result<Credentials, Failure> {
        let user = self.user()?;
        rows.credentials(now, &Who::Id(user.id))?.ok_or_else(signed_out)
    }

    /// Returns the only account that a plain user may see, or `None` for a principal who sees everything.
    pub(super) fn scope(&self) -> Option<UserId> {
        match self {
            Self::Operator { user, .. } | Self::Reader { user, .. } | Self::Viewer { user, .. } => {
                (user.level == AccessLevel::User).then_some(user.id)
            }
            Self::Nobody => Some(NO_ACCOUNT),
            Self::Owner => None,
        }
    }

    /// Returns true if the principal may see what belongs to this account.
    pub(super) fn sees(&self, owner: UserId) -> bool {
        self.scope().is_none_or(|own| own == owner)
    }

    /// Refuses a plain user.
    ///
    /// # Errors
    /// [`FailureKind::Refused`]: `Only an admin may …`.
    pub(super) fn admin_only(&self, what: &str) -> Result<(), Failure> {
        match self.scope() {
            None => Ok(()),
            Some(_) => Err(Failure::only_for_admins(what)),
        }
    }

    /// Refuses a plain user a filter on what only admins see: its rows would tell.
    ///
    /// # Errors
    /// As [`Principal::admin_only`].
    pub(super) fn may_filter(&self, filter: &Filter) -> Result<(), Failure> {
        let is_on_notes = filter.terms.iter().any(|term| matches!(term.test, Test::Note(_)));
        if is_on_notes { self.admin_only("filter by notes") } else { Ok(()) }
    }

    /// Returns the account without the fields that the principal must not see.
    pub(super) fn shown(&self, user: User) -> User {
        if self.scope().is_none() { user } else { User { note: None, ..user } }
    }

    /// Returns the entry without the fields that the principal must not see.
    pub(super) fn shown_entry(&self, mut entry: Entry) -> Entry {
        if self.scope().is_some() {
            for spec in FIELDS.iter().filter(|spec| spec.is_for_admins) {
                entry.before.remove(spec.column);
                entry.after.remove(spec.column);
            }
        }
        entry
    }

    /// Returns the operator's account.
    pub(super) fn account(&self) -> Option<i64> {
        self.user().ok().map(|user| user.id.0)
    }

    /// Returns the id of the operator's session, if this account is their own.
    pub(super) fn session_of(&self, account: UserId) -> Option<i64> {
        match self {
            Self::Operator { session, user } if user.id == account => Some(session.id),
            Self::Nobody
            | Self::Owner
            | Self::Operator { .. }
            | Self::Reader { .. }
            | Self::Viewer { .. } => None,
        }
    }

    /// Returns the description of the operator for the front ends.
    ///
    /// # Errors
    /// As [`Principal::user`].
    pub(super) fn described(&self) -> Result<Operator, Failure> {
        let user = self.user()?;
        let of = |session, end: Option<Timestamp>| Ok(described(user, session, end.ok_or_else(signed_out)?));
        match self {
            Self::Nobody | Self::Owner => of(None, None),
            Self::Operator { session, .. } => of(Some(session.id), session.expiration),
            Self::Reader { until, restored_at, .. } => {
                Ok(Operator { restored_at: *restored_at, ..of(None, Some(*until))? })
            }
            Self::Viewer { session, .. } => {
                Ok(Operator { seen_by: Some(session.id), ..of(None, session.expiration)? })
            }
        }
    }
}

/// Returns the description of an operator with this account for the front ends.
pub(super) fn described(user: &User, session: Option<i64>, expires_at: Timestamp) -> Operator {
    let label = user.label().to_owned();
    Operator {
        id: user.id,
        label,
        level: user.level,
        session,
        expires_at,
        restored_at: None,
        seen_by: None,
        ended_consoles: 0,
        failed: None,
    }
}

/// Returns a console session that is in force, and its account.
fn in_force(rows: &dyn Read, now: Timestamp, id: i64) -> Result<(Box<Session>, Box<User>), Failure> {
    let session = rows.session(id)?.ok_or_else(signed_out)?;
    if let Some(why) = session.ended_by(now) {
        let message = format!("You were logged out: {}.", excerpt(&why));
        return Err(Failure::new(FailureKind::SignedOut, message));
    }
    let user = rows.user(now, &Who::Id(session.user_id))?.ok_or_else(signed_out)?;
    Ok((Box::new(session), Box::new(user)))
}

fn not_signed_in() -> Failure {
    Failure::new(FailureKind::SignedOut, "Log in first.")
}

fn signed_out() -> Failure {
    Failure::new(FailureKind::SignedOut, "You were logged out.")
}

/// Returns true if an account can log in as admin.
pub(super) fn has_usable_admin(rows: &dyn Read, now: Timestamp) -> Result<bool, Failure> {
    Ok(rows.has_usable_admin(now, AdminTerm::Now, &|_, hash| is_usable(hash))?)
}

/// Returns whether an account can log in as admin, or ever could.
pub(super) fn admins(rows: &dyn Read, now: Timestamp) -> Result<Admins, Failure> {
    Ok(if has_usable_admin(rows, now)? {
        Admins::Usable
    } else if rows.had_usable_admin()? {
        let is_left = rows.stored_count(StoredTable::Users)? > 0;
        if is_left { Admins::NoneNow } else { Admins::NoneLeft }
    } else {
        Admins::Never
    })
}

/// Records permanently that there is a usable admin, if there is one.
pub(super) fn note_admin(rows: &mut dyn Write, now: Timestamp) -> Result<(), Failure> {
    if !rows.had_usable_admin()? && has_usable_admin(rows, now)? {
        rows.note_usable_admin()?;
    }
    Ok(())
}

/// The time for which a store has a usable admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AdminOutlook {
    Never,
    /// All that there are have a last day.
    ForATime,
    Lasting,
}

/// Returns the time for which there is a usable admin other than the accounts `without`, whose ids are in order.
pub(super) fn admin_outlook(
    rows: &dyn Read,
    now: Timestamp,
    without: &[i64],
) -> Result<AdminOutlook, Failure> {
    let stays = |id: UserId, hash: &str| is_usable(hash) && without.binary_search(&id.0).is_err();
    Ok(if rows.has_usable_admin(now, AdminTerm::Lasting, &stays)? {
        AdminOutlook::Lasting
    } else if rows.has_usable_admin(now, AdminTerm::Now, &stays)? {
        AdminOutlook::ForATime
    } else {
        AdminOutlook::Never
    })
}

/// Refuses an action after which no usable admin remains, or none without a last day; `without` are the ids, in order, of
/// the accounts that it removes. A store without any usable admin is not protected.
///
/// # Errors
/// [`FailureKind::Refused`] where these are all there are.
pub(super) fn ensure_admin_remains(rows: &dyn Read, now: Timestamp, without: &[i64]) -> Result<(), Failure> {
    ensure_outlook(admin_outlook(rows, now, &[])?, admin_outlook(rows, now, without)?)
}

/// Refuses an action by which the outlook becomes worse.
///
/// # Errors
/// [`FailureKind::Refused`].
pub(super) fn ensure_outlook(before: AdminOutlook, after: AdminOutlook) -> Result<(), Failure> {
    if before <= after {
        return Ok(());
    }
    let (message, hint) = match after {
        AdminOutlook::Never | AdminOutlook::Lasting => (
            "That would leave no usable admin.",
            "Promote and confirm another account first; it needs a password.",
        ),
        AdminOutlook::ForATime => (
            "That would leave no usable admin once the last day of the others is over.",
            "Promote and confirm an account without an end date first; it needs a password.",
        ),
    };
    Err(Failure::new(FailureKind::Refused, message).hint(hint))
}

#[cfg(test)]
mod tests;
