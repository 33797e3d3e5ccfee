//! Tables of NEXUS's own that were lost and can be made again: what stood in them is told by other rows, or it is certain
//! that nothing did.

use rusqlite::Connection;

use crate::store::sqlite::{error, names};
use crate::store::{Result, StoreError};

use super::expected::Object;

/// A table that can be created again.
struct Remake {
    table: &'static str,
    /// The condition under which everything that it contained can be derived. A condition on a table that is missing
    /// is false.
    if_told: &'static str,
    /// Statements that fill it.
    fill: &'static str,
}

const ALWAYS: &str = "1";
/// Holds wherever there is a journal: without one it cannot be asked.
const HAS_JOURNAL: &str = "NOT EXISTS (SELECT 1 FROM nexus_journal WHERE 0)";

/// Holds if nothing was under way: an item that is being filled or emptied holds fewer rows than it says, and directories
/// that are being moved have paths that do not begin with that of the one above.
const NOTHING_UNDER_WAY: &str = "NOT EXISTS (SELECT 1 FROM nexus_bin b
    WHERE b.sessions <> (SELECT count(*) FROM nexus_bin_sessions x WHERE x.bundle = b.id)
      OR b.directories <> (SELECT count(*) FROM nexus_bin_directories x WHERE x.bundle = b.id))
  AND NOT EXISTS (SELECT 1 FROM nexus_directories n JOIN de_torres_vincent_user_directories d ON d.id = n.id
    JOIN de_torres_vincent_user_directories p ON p.id = n.parent
    WHERE substr(d.directory_path, 1, length(p.directory_path) + 1) <> p.directory_path || '/')";

/// All of them, each before those that are filled from it.
///
/// Of sessions, the process and the boot are not told: they end by their time. Of an access code, the tries that are left
/// are not: one is.
const REMAKES: [Remake; 34] = [
    // `denormalized` fills these, after all tables are there.
    Remake { table: "nexus_names", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_changes", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_directories", if_told: ALWAYS, fill: "" },
    // `kept_tables` writes the blocks, once they lack what is not noted.
    Remake { table: "nexus_search_changes", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_search_blocks", if_told: ALWAYS, fill: "DELETE FROM nexus_search_changes;" },
    Remake { table: "nexus_search_letters", if_told: ALWAYS, fill: "" },
    Remake {
        table: "nexus_name_keys",
        if_told: ALWAYS,
        fill: "INSERT INTO nexus_name_keys (user_id, folded) SELECT id, 0 FROM de_torres_vincent_users
               WHERE username GLOB '*[^ -~]*' OR email GLOB '*[^ -~]*';",
    },
    // `kept_tables` fills these, after all triggers are there.
    Remake { table: "nexus_account_counts", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_idle", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_unused", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_replaced_accounts", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_active_hours", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_session_counts", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_replaced_hours", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_replaced_sessions", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_directory_counts", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_replaced_directories", if_told: ALWAYS, fill: "" },
    Remake { table: "nexus_journal_days", if_told: HAS_JOURNAL, fill: "" },
    Remake { table: "nexus_journal_labels", if_told: HAS_JOURNAL, fill: "" },
    // Without older entries there were none. Their salts are told by nothing.
    Remake {
        table: "nexus_journal_rechained",
        if_told: "NOT EXISTS (SELECT 1 FROM nexus_journal WHERE actor_seal IS NULL OR object_seal IS NULL)",
        fill: "",
    },
    // Of an operation that was under way the rest would never be done.
    Remake { table: "nexus_operations", if_told: NOTHING_UNDER_WAY, fill: "" },
    // Whoever waits need not any more.
    Remake { table: "nexus_failed_log_ins", if_told: ALWAYS, fill: "" },
    // The next check is due then.
    Remake { table: "nexus_checks", if_told: ALWAYS, fill: "" },
    Remake {
        table: "nexus_revision",
        if_told: ALWAYS,
        fill: "INSERT INTO nexus_revision VALUES (1, randomblob(16), zeroblob(16), 0);",
    },
    Remake {
        table: "nexus_settings",
        if_told: HAS_JOURNAL,
        fill: "INSERT INTO nexus_settings (name, value) SELECT 'had_admin', ''
               WHERE EXISTS (SELECT 1 FROM nexus_journal WHERE verb IN ('set-up', 'log-in') AND outcome = 'done')
                 OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE access_level = 'admin' AND status = 'confirmed'
                   AND (password GLOB '$argon2id$*' OR password GLOB '$2[aby]$*'));",
    },
    Remake {
        table: "nexus_sessions",
        if_told: HAS_JOURNAL,
        fill: "INSERT OR IGNORE INTO nexus_sessions (session_id, origin, detail, started_at)
               SELECT j.object_id, CASE j.verb WHEN 'log-in' THEN 'console' ELSE 'service' END, j.place, j.at
               FROM nexus_journal j JOIN de_torres_vincent_session_tokens s
                 ON s.id = j.object_id AND s.user_id = j.account_id
               WHERE j.kind = 'session' AND j.verb IN ('log-in', 'issue') AND j.outcome = 'done' ORDER BY j.seq DESC;",
    },
    Remake {
        table: "nexus_session_ends",
        if_told: HAS_JOURNAL,
        fill: "INSERT OR IGNORE INTO nexus_session_ends (session_id, ended_at, ended_by, reason)
               SELECT j.object_id, j.at, j.actor, CASE j.verb WHEN 'log-out' THEN 'logged-out' ELSE 'revoked' END
                 || CASE WHEN json_valid(j.after) THEN ifnull(': ' || json_extract(j.after, '$.reason'), '') ELSE '' END
               FROM nexus_journal j JOIN de_torres_vincent_session_tokens s
                 ON s.id = j.object_id AND s.user_id = j.account_id AND s.status = 'expired'
               WHERE j.kind = 'session' AND j.verb IN ('log-out', 'revoke') AND j.outcome = 'done' ORDER BY j.seq DESC;",
    },
    // Whoever got a password from somebody else is asked for another one: entries about passwords say so, and of an
    // account that an operator of the console added it is taken for granted.
    Remake {
        table: "nexus_accounts",
        if_told: HAS_JOURNAL,
        fill: "INSERT INTO nexus_accounts (user_id, last_seen, must_change, valid_from, expires_on, note, status_entry)
               SELECT u.id, seen.at, ifnull(asked.must, 0), first.day, last.day, noted.text, given.seq FROM de_torres_vincent_users u
               LEFT JOIN (SELECT account, max(at) AS at FROM (
                   SELECT account_id AS account, at FROM nexus_journal WHERE verb = 'log-in' AND outcome = 'done'
                   UNION ALL SELECT s.user_id, n.last_seen FROM nexus_sessions n
                     JOIN de_torres_vincent_session_tokens s ON s.id = n.session_id)
                 GROUP BY account) seen ON seen.account = u.id
               LEFT JOIN (SELECT object_id AS account, max(seq), CASE WHEN verb = 'add' THEN actor_id IS NOT NULL
                   ELSE json_valid(after) AND ifnull(json_extract(after, '$.must_change'), 0) = 1 END AS must
                 FROM nexus_journal WHERE kind = 'account' AND verb IN ('add', 'password') AND outcome = 'done'
                 GROUP BY object_id) asked ON asked.account = u.id
               LEFT JOIN (SELECT object_id AS account, max(seq), json_extract(after, '$.valid_from') AS day
                 FROM nexus_journal WHERE kind = 'account' AND outcome = 'done' AND json_valid(after)
                   AND json_type(after, '$.valid_from') IS NOT NULL
                 GROUP BY object_id) first ON first.account = u.id
               LEFT JOIN (SELECT object_id AS account, max(seq), json_extract(after, '$.expires_on') AS day
                 FROM nexus_journal WHERE kind = 'account' AND outcome = 'done' AND json_valid(after)
                   AND json_type(after, '$.expires_on') IS NOT NULL
                 GROUP BY object_id) last ON last.account = u.id
               LEFT JOIN (SELECT object_id AS account, max(seq), json_extract(after, '$.note') AS text
                 FROM nexus_journal WHERE kind = 'account' AND outcome = 'done' AND json_valid(after)
                   AND json_type(after, '$.note') IS NOT NULL
                 GROUP BY object_id) noted ON noted.account = u.id
               LEFT JOIN (SELECT object_id AS account, max(seq) AS seq
                 FROM nexus_journal WHERE kind = 'account' AND outcome = 'done' AND json_valid(before)
                   AND json_valid(after) AND json_type(before, '$.status') IS NOT NULL
                   AND json_type(after, '$.status') IS NOT NULL
                 GROUP BY object_id) given ON given.account = u.id
               WHERE seen.at IS NOT NULL OR asked.must OR first.day IS NOT NULL OR last.day IS NOT NULL
                 OR noted.text IS NOT NULL OR given.seq IS NOT NULL;",
    },
    Remake {
        table: "nexus_access_codes",
        if_told: HAS_JOURNAL,
        fill: "INSERT INTO nexus_access_codes (user_id, expires_at, tries_left, entry)
               SELECT u.id, code.ends, 1, code.seq FROM de_torres_vincent_users u
               JOIN (SELECT object_id AS account, max(seq) AS seq,
                   CASE WHEN json_valid(after) THEN json_extract(after, '$.expires_at') END AS ends
                 FROM nexus_journal WHERE kind = 'account' AND verb = 'access-code' AND outcome = 'done'
                 GROUP BY object_id) code ON code.account = u.id
               WHERE u.access_code IS NOT NULL AND typeof(code.ends) = 'text';",
    },
    Remake {
        table: "nexus_bin_users",
        if_told: "NOT EXISTS (SELECT 1 FROM nexus_bin WHERE kind = 'account')",
        fill: "",
    },
    Remake {
        table: "nexus_bin_sessions",
        if_told: "NOT EXISTS (SELECT 1 FROM nexus_bin WHERE sessions > 0)",
        fill: "",
    },
    Remake {
        table: "nexus_bin_directories",
        if_told: "NOT EXISTS (SELECT 1 FROM nexus_bin WHERE directories > 0 OR kind <> 'account')",
        fill: "",
    },
    // The codes are in no other table.
    Remake {
        table: "nexus_invitations",
        if_told: "NOT EXISTS (SELECT 1 FROM nexus_journal WHERE verb = 'invite' AND outcome = 'done')",
        fill: "",
    },
    Remake { table: "nexus_bin_columns", if_told: "NOT EXISTS (SELECT 1 FROM nexus_bin)", fill: "" },
];

/// Returns true if everything that a table contained can be derived.
pub(super) fn is_told(connection: &Connection, table: &str) -> Result<bool> {
    let Some(remake) = REMAKES.iter().find(|remake| remake.table == table) else { return Ok(false) };
    let sql = format!("SELECT {}", remake.if_told);
    match connection.query_row(&sql, [], |row| row.get(0)).map_err(error::of) {
        // What it asks of is gone as well.
        Err(StoreError::Unreachable(_)) => Ok(false),
        told => told,
    }
}

/// Returns those of the tables that are lost, each before those that are filled from it.
pub(super) fn in_order<'o>(lost: impl Iterator<Item = &'o Object>) -> Vec<&'o Object> {
    let place = |object: &&Object| REMAKES.iter().position(|remake| remake.table == object.name);
    let mut lost: Vec<_> = lost.collect();
    lost.sort_by_key(place);
    lost
}

/// Creates a table again, with everything that can be derived of its rows.
pub(super) fn remake(connection: &Connection, table: &Object) -> Result<()> {
    connection.execute(&table.sql, []).map_err(error::of)?;
    if let Some(remake) = REMAKES.iter().find(|remake| remake.table == table.name) {
        connection.execute_batch(remake.fill).map_err(error::of)?;
    }
    if table.name == "nexus_name_keys" {
        names::finish_some(connection, i64::MAX)?;
    }
    Ok(())
}
