//! The source's rows as NEXUS means to store them.

use crate::auth::password::UNUSABLE;
use crate::domain::foreign::Row;
use crate::domain::session::RowStatus;
use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, Fields as AccountFields, Status, UserId};
use crate::service::contract::ImportReport;
use crate::store::{NewDirectory, NewUser};

use super::fields::{Fields, Reason};

/// The columns of the users table, in the order of a row that names none.
const USER_COLUMNS: [&str; 14] = [
    "id",
    "firstname",
    "lastname",
    "username",
    "email",
    "password",
    "contact_number",
    "address",
    "access_level",
    "status",
    "access_code",
    "created_at",
    "updated_at",
    "session_token",
];
const SESSION_COLUMNS: [&str; 5] = ["id", "user_id", "session_token", "expiration", "status"];
const DIRECTORY_COLUMNS: [&str; 9] = [
    "id",
    "user_id",
    "directory_id",
    "directory_name",
    "date_added",
    "last_modified",
    "last_accessed",
    "directory_path",
    "username",
];
/// The longest directory id, in characters.
const MAX_DIRECTORY_ID: usize = 64;

/// An account of the source.
pub(super) struct Account {
    pub(super) new: NewUser,
}

impl Account {
    pub(super) fn of(row: Row, now: Timestamp, report: &mut ImportReport) -> Result<Self, Reason> {
        let mut fields = Fields::of(row, &USER_COLUMNS, report)?;
        let new = NewUser {
            id: fields.id("id")?.map(UserId),
            fields: AccountFields {
                first_name: Some(fields.required("firstname")?),
                last_name: Some(fields.required("lastname")?),
                username: fields.text("username")?.filter(|name| !name.is_empty()),
                email: Some(fields.required("email")?),
                contact_number: fields.text("contact_number")?,
                address: fields.text("address")?,
                level: fields.word("access_level", AccessLevel::parse)?,
                status: fields.word("status", Status::parse)?,
            },
            password_hash: fields
                .text("password")?
                .filter(|hash| !hash.is_empty())
                .unwrap_or_else(|| UNUSABLE.into()),
            created_at: fields.time("created_at", now)?,
            updated_at: Some(fields.time("updated_at", now)?),
        };
        // Guessable, and often in the clear: never taken over, but said.
        report.codes_dropped += u64::from(fields.text("access_code")?.is_some_and(|code| !code.is_empty()));
        Ok(Self { new })
    }

    /// What to call it.
    pub(super) fn label(&self) -> &str {
        let fields = &self.new.fields;
        fields.username.as_deref().or(fields.email.as_deref()).unwrap_or_default()
    }
}

/// A session of the source.
pub(super) struct Token {
    pub(super) id: Option<i64>,
    /// The account's id in the source.
    pub(super) user: i64,
    /// In the clear, or a digest already.
    pub(super) text: String,
    pub(super) expiration: Option<Timestamp>,
    pub(super) active: bool,
}

impl Token {
    pub(super) fn of(row: Row, report: &mut ImportReport) -> Result<Self, Reason> {
        let mut fields = Fields::of(row, &SESSION_COLUMNS, report)?;
        let text = fields.required("session_token")?;
        if text.is_empty() {
            return Err("session_token is empty".into());
        }
        let status = fields.word("status", RowStatus::parse)?.unwrap_or(RowStatus::Active);
        Ok(Self {
            id: fields.id("id")?,
            user: fields.id("user_id")?.ok_or("user_id is missing")?,
            text,
            expiration: fields.optional_time("expiration")?,
            active: status == RowStatus::Active,
        })
    }
}

/// A directory of the source.
pub(super) struct Folder {
    /// The account's id in the source.
    pub(super) user: i64,
    pub(super) new: NewDirectory,
}

impl Folder {
    pub(super) fn of(
        row: Row,
        now: Timestamp,
        prefix: Option<&str>,
        report: &mut ImportReport,
    ) -> Result<Self, Reason> {
        let mut fields = Fields::of(row, &DIRECTORY_COLUMNS, report)?;
        let user = fields.id("user_id")?.ok_or("user_id is missing")?;
        let directory_id = fields.required("directory_id")?;
        let printable = directory_id.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if directory_id.is_empty() || directory_id.len() > MAX_DIRECTORY_ID || !printable {
            return Err("directory_id is not 1 to 64 printable ASCII characters".into());
        }
        let new = NewDirectory {
            id: fields.id("id")?,
            user_id: UserId(user),
            directory_id,
            path: path(&fields.required("directory_path")?, prefix)?,
            name: Some(fields.required("directory_name")?),
            date_added: fields.time("date_added", now)?,
            last_modified: Some(fields.time("last_modified", now)?),
            last_accessed: fields.optional_time("last_accessed")?,
            username: fields.text("username")?,
        };
        Ok(Self { user, new })
    }
}

/// The path without the prefix and without a slash at its end.
///
/// # Errors
/// It is absolute, leaves the media root, or nothing is left of it.
fn path(path: &str, prefix: Option<&str>) -> Result<String, Reason> {
    let prefix = prefix.map(|prefix| prefix.trim_end_matches('/')).filter(|prefix| !prefix.is_empty());
    let below = match prefix.and_then(|prefix| path.strip_prefix(prefix)) {
        Some("") => "",
        Some(rest) => rest.strip_prefix('/').unwrap_or(path),
        None => path,
    };
    let below = below.trim_end_matches('/');
    if below.starts_with('/') {
        Err(format!("directory_path is absolute: {path}"))
    } else if below.split('/').any(|name| name == "..") {
        Err(format!("directory_path leaves the media root: {path}"))
    } else if below.is_empty() {
        Err(format!("directory_path names no directory: {path}"))
    } else {
        Ok(below.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shortened_and_kept_below_the_root() {
        for (given, prefix, kept) in [
            ("MEDIA/00001_ADA", Some("MEDIA"), "00001_ADA"),
            ("MEDIA/00001_ADA/", Some("MEDIA/"), "00001_ADA"),
            ("MEDIA2/x", Some("MEDIA"), "MEDIA2/x"),
            ("../MEDIA/x", Some("../MEDIA"), "x"),
            ("MEDIA/x", None, "MEDIA/x"),
            ("/srv/media/x", Some("/srv/media"), "x"),
        ] {
            assert_eq!(path(given, prefix).as_deref(), Ok(kept), "{given}");
        }
        for (given, prefix) in [
            ("/etc", None),
            ("../MEDIA/x", None),
            ("a/../../b", None),
            ("MEDIA", Some("MEDIA")),
            ("", None),
            ("/", None),
        ] {
            assert!(path(given, prefix).is_err(), "{given}");
        }
    }
}
