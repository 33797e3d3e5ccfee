//! The accounts that are not confirmed users. Most are: only the others are read, from indexes.

use rusqlite::Connection;

use crate::store::Result;

use super::super::error;
use super::super::place_set::Places;
use super::SearchIndex;

/// The places of accounts by status and level.
#[derive(Debug)]
pub(super) struct Marks {
    pub(super) pending: Places,
    /// The suspended ones, and those with a status that is none.
    pub(super) suspended: Places,
    pub(super) admins: Places,
}

impl Marks {
    pub(super) fn read(connection: &Connection, index: &SearchIndex) -> Result<Self> {
        Ok(Self {
            pending: read(connection, index, PENDING)?,
            suspended: read(connection, index, SUSPENDED)?,
            admins: read(connection, index, ADMINS)?,
        })
    }
}

/// Returns the places of the accounts that these queries find.
fn read(connection: &Connection, index: &SearchIndex, queries: &[&str]) -> Result<Places> {
    let mut places = index.nobody();
    for sql in queries {
        let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
        let mut rows = statement.query([]).map_err(error::of)?;
        while let Some(row) = rows.next().map_err(error::of)? {
            if let Some(at) = index.place(row.get(0).map_err(error::of)?) {
                places.add(at);
            }
        }
    }
    Ok(places)
}

macro_rules! with_status {
    ($condition:literal) => {
        concat!(
            "SELECT id FROM de_torres_vincent_users INDEXED BY nexus_users_status WHERE status ",
            $condition
        )
    };
}

const PENDING: &[&str] = &[with_status!("= 'pending'")];

const SUSPENDED: &[&str] = &[
    with_status!("< 'confirmed'"),
    with_status!("> 'confirmed' AND status < 'pending'"),
    with_status!("> 'pending'"),
];

const ADMINS: &[&str] =
    &["SELECT id FROM de_torres_vincent_users INDEXED BY nexus_users_level WHERE access_level = 'admin'"];
