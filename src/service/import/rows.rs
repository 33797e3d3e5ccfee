//! Rows of the source, converted in what NEXUS stores.

use crate::auth::password::{UNUSABLE, is_usable};
use crate::auth::token::{digest, is_digest};
use crate::domain::day::Day;
use crate::domain::directory::check_name;
use crate::domain::foreign::{Row, RowPlace, Value};
use crate::domain::session::RowStatus;
use crate::domain::stored_table::StoredTable;
use crate::domain::text::excerpt;
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{FIELDS, Field, FieldKind, FieldSpec, Fields as AccountFields, UserId};
use crate::exchange::export::Cell;
use crate::service::contract::ImportReport;
use crate::store::{NewDirectory, NewUser};

use super::fields::{RefusalReason, RowFields, said};
use super::strip_prefix;

/// The longest directory id, in characters.
const MAX_DIRECTORY_ID: usize = 64;

/// Returns the reason for which a row of a table is refused, of which an export contains these values, one for each column.
pub(super) fn refusal(table: StoredTable, cells: &[Cell<'_>], now: Timestamp) -> Option<RefusalReason> {
    let values = cells.iter().map(exported_value).collect();
    let row = Row { table: table.name().into(), place: RowPlace::Row(1), columns: None, values, zone: None };
    let mut report = ImportReport::default();
    match table {
        StoredTable::Users => AccountRow::of(row, now, &mut report).err(),
        StoredTable::Sessions => SessionRow::of(row, &mut report).err(),
        StoredTable::Directories => DirectoryRow::of(row, now, &[], &mut report).err(),
    }
}

/// Returns a value of an export as an import reads it.
fn exported_value(cell: &Cell<'_>) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Number(number) => Value::Number(number.to_string()),
        Cell::Text(text) => Value::Text(text.clone().into_owned()),
        Cell::Time(time) => Value::Text(to_stored(*time)),
        Cell::Flag(flag) => Value::Text(flag.to_string()),
        Cell::Json(json) => Value::Text(json.clone()),
    }
}

/// An account of the source.
pub(super) struct AccountRow {
    pub(super) new: NewUser,
    /// True if a new password must be chosen at the next log-in.
    pub(super) must_change: bool,
    pub(super) last_seen: Option<Timestamp>,
    /// True if its password hash can match a password.
    pub(super) has_usable_password: bool,
    /// True if it has an access code. Those are not imported: they are guessable, and often in the clear.
    pub(super) has_code: bool,
}

impl AccountRow {
    pub(super) fn of(row: Row, now: Timestamp, report: &mut ImportReport) -> Result<Self, RefusalReason> {
        let mut fields = RowFields::of(row, StoredTable::Users, report)?;
        let id = fields.id("id")?.map(UserId);
        let mut values = AccountFields::default();
        for spec in &FIELDS {
            values.set(spec, account_field(&mut fields, spec)?);
        }
        let new = NewUser {
            id,
            fields: values,
            password_hash: fields
                .text("password")?
                .filter(|hash| !hash.is_empty())
                .unwrap_or_else(|| UNUSABLE.into()),
            created_at: fields.time("created_at", now)?,
            updated_at: Some(fields.time("updated_at", now)?),
        };
        let has_code = fields.text("access_code")?.is_some_and(|code| !code.is_empty());
        let must_change = fields.flag("must_change")?;
        let last_seen = fields.optional_time("last_seen", report)?;
        let has_usable_password = is_usable(&new.password_hash);
        Ok(Self { new, must_change, last_seen, has_usable_password, has_code })
    }

    /// Returns its name for messages.
    pub(super) fn label(&self) -> String {
        let fields = &self.new.fields;
        excerpt(fields.username.as_deref().or(fields.email.as_deref()).unwrap_or_default()).into_owned()
    }

    /// Returns the email in lower case, for comparison.
    pub(super) fn email(&self) -> String {
        self.new.fields.email.as_deref().unwrap_or_default().to_lowercase()
    }

    /// Returns the username if it looks like an email and is not this account's own.
    pub(super) fn email_like_username(&self) -> Option<&str> {
        let AccountFields { username, email, .. } = &self.new.fields;
        let own = |name: &&str| email.as_ref().is_some_and(|email| same_email(email, name));
        username.as_deref().filter(|name| name.contains('@') && !own(name))
    }
}

/// Takes the value of one field of an account.
fn account_field(row: &mut RowFields, spec: &FieldSpec) -> Result<Option<String>, RefusalReason> {
    match spec.kind {
        FieldKind::LoginName if spec.field == Field::Email => email(row).map(Some),
        FieldKind::LoginName => row.name(spec.column),
        FieldKind::Choice { .. } => Ok(row.word(spec.column, |text| spec.word(text))?.map(str::to_owned)),
        FieldKind::Text if spec.required => row.required(spec.column).map(Some),
        FieldKind::Text => row.text(spec.column),
        FieldKind::Day => day(row, spec),
    }
}

/// Takes a day. One that is impossible is no day that could be left out: the account would be valid without it.
fn day(row: &mut RowFields, spec: &FieldSpec) -> Result<Option<String>, RefusalReason> {
    let day = row.text(spec.column)?.filter(|text| !text.is_empty());
    match day {
        Some(text) if Day::parse(&text).is_none() => {
            Err(format!("{} is not a possible date: {}", spec.column, excerpt(&text)))
        }
        day => Ok(day),
    }
}

/// Takes the email, which must have an `@`.
fn email(fields: &mut RowFields) -> Result<String, RefusalReason> {
    let email = fields.name("email")?.unwrap_or_default();
    if email.contains('@') { Ok(email) } else { Err(format!("email has no @: {}", excerpt(&email))) }
}

/// Returns true if two emails are the same, letter case ignored.
fn same_email(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// A session of the source.
pub(super) struct SessionRow {
    pub(super) id: Option<i64>,
    /// The account's id in the source.
    pub(super) user: i64,
    pub(super) digest: String,
    /// True if the source has the token in the clear.
    pub(super) was_clear: bool,
    pub(super) expiration: Option<Timestamp>,
    pub(super) active: bool,
}

impl SessionRow {
    pub(super) fn of(row: Row, report: &mut ImportReport) -> Result<Self, RefusalReason> {
        let mut fields = RowFields::of(row, StoredTable::Sessions, report)?;
        let text = fields.required("session_token")?;
        if text.is_empty() {
            return Err("session_token is empty".into());
        }
        let status = fields.word("status", RowStatus::parse)?.unwrap_or(RowStatus::Active);
        Ok(Self {
            id: fields.id("id")?,
            user: fields.id("user_id")?.ok_or("user_id is missing")?,
            was_clear: !is_digest(&text),
            digest: if is_digest(&text) { text } else { digest(&text) },
            expiration: fields.optional_time("expiration", report)?,
            active: status == RowStatus::Active,
        })
    }
}

/// A session or a directory of the source, or the reason for which it is refused.
pub(super) enum BelongingRow {
    Session(Result<SessionRow, RefusalReason>),
    Directory(Result<DirectoryRow, RefusalReason>),
}

/// A directory of the source.
pub(super) struct DirectoryRow {
    /// The account's id in the source.
    pub(super) user: i64,
    pub(super) new: NewDirectory,
}

impl DirectoryRow {
    pub(super) fn of(
        row: Row,
        now: Timestamp,
        prefixes: &[String],
        report: &mut ImportReport,
    ) -> Result<Self, RefusalReason> {
        let mut fields = RowFields::of(row, StoredTable::Directories, report)?;
        let user = fields.id("user_id")?.ok_or("user_id is missing")?;
        let directory_id = fields.required("directory_id")?;
        let printable = directory_id.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if directory_id.is_empty() || directory_id.len() > MAX_DIRECTORY_ID || !printable {
            return Err("directory_id is not 1 to 64 printable ASCII characters".into());
        }
        let name = fields.required("directory_name")?;
        check_name(&name).map_err(|rule| format!("directory_name {}: {}", said(rule), excerpt(&name)))?;
        let new = NewDirectory {
            id: fields.id("id")?,
            user_id: UserId(user),
            directory_id,
            path: strip_prefix::path(&fields.required("directory_path")?, prefixes)?,
            name: Some(name),
            date_added: fields.time("date_added", now)?,
            last_modified: Some(fields.time("last_modified", now)?),
            last_accessed: fields.optional_time("last_accessed", report)?,
            username: fields.text("username")?,
        };
        Ok(Self { user, new })
    }
}
