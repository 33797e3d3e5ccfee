//! Rows to insert, and transactions that succeed.

use crate::domain::bin::DeletionInfo;
use crate::domain::session::{EndReason, SessionEnd, SessionOrigin};
use crate::domain::time::{Duration, Timestamp, from_stored};
use crate::domain::user::{AccessLevel, Fields, Status, UserId};
use crate::store::{
    NewDirectory, NewSession, NewUser, Read, SessionStart, Store, TransactionEnd, Write, change, read,
};

/// Returns a revocation by an admin as the end of a session.
pub(crate) fn revoked() -> SessionEnd {
    SessionEnd::new(now(), Some("ann".into()), EndReason::Revoked)
}

pub(crate) fn now() -> Timestamp {
    from_stored("2026-11-23 12:00:00").unwrap()
}

/// Runs a read that succeeds.
pub(crate) fn look<T>(store: &dyn Store, work: impl FnOnce(&dyn Read) -> crate::store::Result<T>) -> T {
    read(store, work).unwrap()
}

/// Runs a change that succeeds, and commits it.
pub(crate) fn keep<T>(
    store: &mut dyn Store,
    work: impl FnOnce(&mut dyn Write) -> crate::store::Result<T>,
) -> T {
    change(store, TransactionEnd::Commit, work).unwrap()
}

/// Returns an account to insert: confirmed, with a username and an email of its own.
pub(crate) fn account(name: &str, level: AccessLevel) -> NewUser {
    NewUser {
        id: None,
        fields: Fields {
            first_name: Some(name.to_owned()),
            last_name: Some("Tester".into()),
            username: Some(name.to_owned()),
            email: Some(format!("{name}@nexus.example")),
            level: Some(level),
            status: Some(Status::Confirmed),
            ..Fields::default()
        },
        password_hash: "!".into(),
        created_at: now(),
        updated_at: None,
    }
}

/// Returns a service session to insert, valid for an hour.
pub(crate) fn token(user_id: UserId, digest: &str) -> NewSession {
    let start = SessionStart {
        origin: SessionOrigin::Service,
        detail: "web".into(),
        label: None,
        at: now(),
        process: None,
        boot: None,
    };
    let expiration = Some(now() + Duration::hours(1));
    NewSession { id: None, user_id, digest: digest.into(), expiration, active: true, start: Some(start) }
}

/// Returns a directory to insert.
pub(crate) fn folder(user_id: UserId, path: &str) -> NewDirectory {
    NewDirectory {
        id: None,
        user_id,
        directory_id: format!("{}:{path}", user_id.0),
        path: path.into(),
        name: None,
        date_added: now(),
        last_modified: None,
        last_accessed: None,
        username: None,
    }
}

/// Returns the information about a deletion that is stored with the bin item.
pub(crate) fn deletion_info() -> DeletionInfo {
    DeletionInfo { at: now(), by: "ada".into(), held_until: now() + Duration::days(30), number: None }
}
