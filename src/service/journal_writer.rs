//! Journal entries of an action: one for each thing that it changes, written in the same transaction. Of secrets they
//! tell only that they changed.

use crate::domain::directory::Directory;
use crate::domain::journal::{
    Action, Actor, EntityKind, EntityRef, FieldValues, NewEntry, Origin, Outcome, REASON, REFUSED, Reason,
};
use crate::domain::session::{EndReason, Session, SessionEnd};
use crate::domain::time::Timestamp;
use crate::domain::user::{FIELDS, Fields, User};
use crate::store::{Result, Write};

use super::host::HostInfo;
use super::operation_conflicts::require_free_for_entry;
use super::operator::Principal;

/// The writer of the journal entries of one action.
#[derive(Debug, Clone)]
pub(super) struct JournalWriter {
    actor: Actor,
    origin: Origin,
    now: Timestamp,
    /// The first entry of the action.
    pub(super) first: Option<i64>,
    /// The entry that the next one undoes.
    pub(super) undoes: Option<i64>,
    reason: Option<Reason>,
}

impl JournalWriter {
    /// Returns the writer for an action of this principal.
    pub(super) fn of(principal: &Principal, host: &HostInfo, now: Timestamp) -> Self {
        match principal {
            // Nobody is logged in: only the OS user who runs the console is known.
            Principal::Nobody | Principal::Owner => Self::of_command(host, now),
            Principal::Operator { session, user } => Self::of_console(user, Some(session.id), host, now),
            Principal::Reader { user, .. } | Principal::Viewer { user, .. } => {
                Self::of_console(user, None, host, now)
            }
        }
    }

    /// Returns the writer for a command, which needs no log-in: it is the OS user's.
    pub(super) fn of_command(host: &HostInfo, now: Timestamp) -> Self {
        let actor = Actor { account: None, name: host.user.clone(), sudo_user: host.sudo_user.clone() };
        Self {
            actor,
            origin: Origin { session: None, place: host.terminal.clone() },
            now,
            first: None,
            undoes: None,
            reason: None,
        }
    }

    /// Returns the writer for an account at the console.
    pub(super) fn of_console(user: &User, session: Option<i64>, host: &HostInfo, now: Timestamp) -> Self {
        let actor = Actor { account: Some(user.id), name: user.label().to_owned(), sudo_user: None };
        Self {
            actor,
            origin: Origin { session, place: host.terminal.clone() },
            now,
            first: None,
            undoes: None,
            reason: None,
        }
    }

    /// Adds the reason that was given for the action.
    pub(super) fn because(self, reason: Option<&Reason>) -> Self {
        Self { reason: reason.cloned(), ..self }
    }

    /// Returns a writer for the rows of another store, in which the ids of accounts and sessions may be those of others. The
    /// actor is known by name alone.
    pub(super) fn without_ids(self) -> Self {
        let (actor, origin) =
            (Actor { account: None, ..self.actor }, Origin { session: None, ..self.origin });
        Self { actor, origin, ..self }
    }

    /// Returns the name of the actor.
    pub(super) fn author_name(&self) -> &str {
        &self.actor.name
    }

    /// Returns the end of a session that the actor ends now.
    pub(super) fn ends(&self, reason: EndReason) -> SessionEnd {
        let remark = self.reason.as_ref().map(|reason| reason.words().to_owned());
        SessionEnd { at: self.now, by: Some(self.actor.name.clone()), reason, remark }
    }

    /// Records a change of one thing.
    ///
    /// # Errors
    /// Those of the store; the action must be rolled back then.
    pub(super) fn note(
        &mut self,
        rows: &mut dyn Write,
        action: Action,
        object: EntityRef,
        before: FieldValues,
        after: FieldValues,
    ) -> Result<()> {
        self.write(rows, action, Outcome::Done, object, before, after)
    }

    /// Records a denied action, and the reason.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) fn note_refusal(
        &mut self,
        rows: &mut dyn Write,
        action: Action,
        object: EntityRef,
        why: &str,
    ) -> Result<()> {
        let after = FieldValues::new().with(REFUSED, why);
        self.write(rows, action, Outcome::Refused, object, FieldValues::new(), after)
    }

    fn write(
        &mut self,
        rows: &mut dyn Write,
        action: Action,
        outcome: Outcome,
        object: EntityRef,
        before: FieldValues,
        after: FieldValues,
    ) -> Result<()> {
        let (actor, origin) = (self.actor.clone(), self.origin.clone());
        let (at, act) = (self.now, self.first);
        if outcome == Outcome::Done {
            require_free_for_entry(rows, action, &object, (&before, &after), act)?;
        }
        let after = match &self.reason {
            Some(reason) => after.with(REASON, reason.words()),
            None => after,
        };
        let undoes = self.undoes.take();
        let seq = rows.record(&NewEntry {
            at,
            actor,
            origin,
            action,
            outcome,
            object,
            before,
            after,
            act,
            undoes,
        })?;
        self.first.get_or_insert(seq);
        Ok(())
    }
}

/// Returns the account as the journal names it.
pub(super) fn account(user: &User) -> EntityRef {
    EntityRef {
        kind: EntityKind::Account,
        id: Some(user.id.0),
        label: user.label().to_owned(),
        account: Some(user.id),
    }
}

/// Returns the session as the journal names it: by its account's name, for it has none of its own.
pub(super) fn session(session: &Session) -> EntityRef {
    EntityRef {
        kind: EntityKind::Session,
        id: Some(session.id),
        label: format!("{} {}", session.user, session.short_id).trim_end().to_owned(),
        account: Some(session.user_id),
    }
}

/// Returns the directory as the journal names it.
pub(super) fn directory(directory: &Directory) -> EntityRef {
    EntityRef {
        kind: EntityKind::Directory,
        id: Some(directory.id),
        label: directory.path.clone(),
        account: Some(directory.user_id),
    }
}

/// Returns the whole store as the journal names it.
pub(super) fn store(label: &str) -> EntityRef {
    EntityRef { kind: EntityKind::Store, id: None, label: label.to_owned(), account: None }
}

/// Returns the fields that are set, by column; An empty text as null.
pub(super) fn fields(fields: &Fields) -> FieldValues {
    fields.values().fold(FieldValues::new(), |values, (spec, text)| {
        let text = Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
        values.with(spec.column, text)
    })
}

/// Returns the fields of an account that the journal recorded; the inverse of [`fields`].
pub(super) fn of_image(values: &FieldValues) -> Fields {
    // Null stands for an optional field.
    let text = |column| Some(values.get(column)?.as_str().unwrap_or_default().to_owned());
    FIELDS.iter().filter_map(|spec| Some((spec, text(spec.column)?))).collect()
}
