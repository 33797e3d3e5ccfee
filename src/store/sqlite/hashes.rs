//! The costs of password hashes, read from indexes, which whoever writes an account keeps up to date.

use rusqlite::{Connection, OptionalExtension as _};

use crate::store::{HashCosts, Result};

use super::error;
use super::statement::first;
use super::values::text;

/// The dearest bcrypt hash's within those that a log-in accepts.
const DEAREST_BCRYPT: &str = "SELECT substr(password, 5, 2) FROM de_torres_vincent_users INDEXED BY nexus_users_bcrypt
  WHERE password GLOB '$2[aby]$[01][0-9]$*' AND length(password) = 60 AND substr(password, 5, 2) BETWEEN '04' AND '14'
  ORDER BY substr(password, 5, 2) DESC LIMIT 1";

/// The next of argon2id in the order of their texts, with the sign that ends them.
const NEXT_ARGON2: &str = "SELECT substr(password, 16, instr(substr(password, 16), '$'))
  FROM de_torres_vincent_users INDEXED BY nexus_users_argon2
  WHERE password GLOB '$argon2id$v=19$m=*' AND password NOT GLOB '$argon2id$v=19$m=65536,t=3,p=4$*'
    AND substr(password, 16, instr(substr(password, 16), '$')) > ?
  ORDER BY substr(password, 16, instr(substr(password, 16), '$')) LIMIT 1";

/// The most different costs of argon2id that are looked for: each is a search of its own.
const MOST_ARGON2: usize = 16;

pub(super) fn costs(connection: &Connection) -> Result<HashCosts> {
    let bcrypt = first(connection, DEAREST_BCRYPT, [], |row| text(row, 0))?;
    let mut costs = HashCosts { bcrypt, argon2: Vec::new() };
    let mut statement = connection.prepare_cached(NEXT_ARGON2).map_err(error::of)?;
    let mut last = String::new();
    for _ in 0..MOST_ARGON2 {
        let next = statement.query_row([&last], |row| text(row, 0)).optional().map_err(error::of)?;
        let Some(next) = next else { break };
        costs.argon2.push(next.trim_end_matches('$').to_owned());
        last = next;
    }
    Ok(costs)
}
