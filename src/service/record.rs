//! What of an act goes into the journal: each thing that it changed is an entry, written in the same transaction. Of
//! secrets only that they changed.

use crate::domain::directory::Directory;
use crate::domain::journal::{Author, Image, Kind, NewEntry, Object, Outcome, Verb, Whence};
use crate::domain::session::{EndReason, Session, SessionEnd};
use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, Field, Fields, Status, User};
use crate::store::{Result, Write};

use super::operator::Actor;
use super::{Act, Here};

/// Who writes the entries of one act, and which of them came first.
#[derive(Debug, Clone)]
pub(super) struct Scribe {
    author: Author,
    whence: Whence,
    now: Timestamp,
    /// The first entry of the act.
    pub(super) first: Option<i64>,
    /// The entry that the next one undoes.
    pub(super) undoes: Option<i64>,
}

impl Scribe {
    /// For an act of somebody who is in, or of a command.
    pub(super) fn of(actor: &Actor, here: &Here, now: Timestamp) -> Self {
        match actor {
            Actor::Owner => Self::of_command(here, now),
            Actor::Operator { session, user } => Self::of_console(user, Some(session.id), here, now),
            Actor::Reader { user, .. } => Self::of_console(user, None, here, now),
        }
    }

    /// For a command: it needs no log-in, so it is the OS user's.
    pub(super) fn of_command(here: &Here, now: Timestamp) -> Self {
        let author = Author { account: None, name: here.user.clone(), sudo_user: here.sudo_user.clone() };
        Self {
            author,
            whence: Whence { session: None, place: here.terminal.clone() },
            now,
            first: None,
            undoes: None,
        }
    }

    /// For somebody at the console.
    pub(super) fn of_console(user: &User, session: Option<i64>, here: &Here, now: Timestamp) -> Self {
        let author = Author { account: Some(user.id), name: user.label().to_owned(), sudo_user: None };
        Self {
            author,
            whence: Whence { session, place: here.terminal.clone() },
            now,
            first: None,
            undoes: None,
        }
    }

    /// What those who act are called.
    pub(super) fn author_name(&self) -> &str {
        &self.author.name
    }

    /// Returns the end of a session that whoever acts brings about now.
    pub(super) fn ends(&self, reason: EndReason) -> SessionEnd {
        SessionEnd { at: self.now, by: Some(self.author.name.clone()), reason }
    }

    /// Writes down what was done to a thing.
    ///
    /// # Errors
    /// What the store says; the act must not be kept then.
    pub(super) fn note(
        &mut self,
        rows: &mut dyn Write,
        verb: Verb,
        object: Object,
        before: Image,
        after: Image,
    ) -> Result<()> {
        self.write(rows, verb, Outcome::Done, object, before, after)
    }

    /// Writes down what was not done, and why.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn note_refusal(
        &mut self,
        rows: &mut dyn Write,
        verb: Verb,
        object: Object,
        why: &str,
    ) -> Result<()> {
        let after = Image::new().with("refused", why);
        self.write(rows, verb, Outcome::Refused, object, Image::new(), after)
    }

    fn write(
        &mut self,
        rows: &mut dyn Write,
        verb: Verb,
        outcome: Outcome,
        object: Object,
        before: Image,
        after: Image,
    ) -> Result<()> {
        let (author, whence) = (self.author.clone(), self.whence.clone());
        let (at, act) = (self.now, self.first);
        let undoes = self.undoes.take();
        let seq =
            rows.record(&NewEntry { at, author, whence, verb, outcome, object, before, after, act, undoes })?;
        self.first.get_or_insert(seq);
        Ok(())
    }
}

impl Act<'_> {
    /// Writes down what was done to a thing.
    ///
    /// # Errors
    /// As [`Scribe::note`].
    pub(super) fn note(&mut self, verb: Verb, object: Object, before: Image, after: Image) -> Result<()> {
        self.scribe.note(self.rows, verb, object, before, after)
    }
}

/// An account, as the journal names it.
pub(super) fn account(user: &User) -> Object {
    Object {
        kind: Kind::Account,
        id: Some(user.id.0),
        label: user.label().to_owned(),
        account: Some(user.id),
    }
}

/// A session, as the journal names it: with its account's name, for it has none of its own.
pub(super) fn session(session: &Session) -> Object {
    Object {
        kind: Kind::Session,
        id: Some(session.id),
        label: format!("{} {}", session.user, session.short_id).trim_end().to_owned(),
        account: Some(session.user_id),
    }
}

/// A directory, as the journal names it.
pub(super) fn directory(directory: &Directory) -> Object {
    Object {
        kind: Kind::Directory,
        id: Some(directory.id),
        label: directory.path.clone(),
        account: Some(directory.user_id),
    }
}

/// The whole store, as the journal names it.
pub(super) fn store(label: &str) -> Object {
    Object { kind: Kind::Store, id: None, label: label.to_owned(), account: None }
}

/// Those fields that are set, by the names of their columns; an optional one that is empty as nothing.
pub(super) fn fields(fields: &Fields) -> Image {
    let image = fields.texts().fold(Image::new(), |image, (field, text)| {
        let text = Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
        image.with(column(field), text)
    });
    let image = with_word(image, "access_level", fields.level.map(AccessLevel::word));
    with_word(image, "status", fields.status.map(Status::word))
}

fn with_word(image: Image, column: &str, word: Option<&'static str>) -> Image {
    word.map_or(image.clone(), |word| image.with(column, word))
}

/// The fields of an account that an image holds: what [`fields`] makes an image of.
pub(super) fn of_image(image: &Image) -> Fields {
    // What is optional is set to nothing by an empty text.
    let text = |field| image.get(column(field)).map(|value| value.as_str().unwrap_or_default().to_owned());
    Fields {
        first_name: text(Field::FirstName),
        last_name: text(Field::LastName),
        username: text(Field::Username),
        email: text(Field::Email),
        contact_number: text(Field::ContactNumber),
        address: text(Field::Address),
        level: image.text("access_level").and_then(AccessLevel::parse),
        status: image.text("status").and_then(Status::parse),
    }
}

/// The column that holds a field of an account.
const fn column(field: Field) -> &'static str {
    match field {
        Field::FirstName => "firstname",
        Field::LastName => "lastname",
        Field::Username => "username",
        Field::Email => "email",
        Field::ContactNumber => "contact_number",
        Field::Address => "address",
        Field::AccessLevel => "access_level",
        Field::Status => "status",
        Field::Password => "password",
        Field::DirectoryName => "directory_name",
        Field::Span => "expiration",
    }
}
