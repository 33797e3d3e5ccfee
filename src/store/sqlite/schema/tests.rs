//! Alterations of a store's schema: found, or harmless.

use rusqlite::Connection;

use super::compare::faults;
use super::expected::{LATEST_DIGEST, Object, ObjectKind, digest, expected};
use super::*;

/// Returns a store's tables in memory.
fn made(version: i64) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    for step in STEPS.iter().take(version as usize) {
        connection.execute_batch(step).unwrap();
    }
    connection
}

/// Returns the descriptions of the faults of a store after `sql`.
fn said_after(sql: &str) -> Vec<String> {
    let connection = made(LATEST);
    connection.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let faults = faults(&connection, LATEST).unwrap();
    faults.iter().filter(|fault| fault.refuses()).map(fault::SchemaFault::words).collect()
}

/// Writes over the text of a schema object, as a program with `writable_schema` does.
fn rewritten(connection: &Connection, name: &str, sql: &str) {
    connection.pragma_update(None, "writable_schema", 1).unwrap();
    connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", [sql, name]).unwrap();
    connection.pragma_update(None, "writable_schema", "RESET").unwrap();
}

#[test]
fn the_expected_schema_of_every_version_is_what_sqlite_makes_of_its_migrations() {
    for version in 1..=LATEST {
        let connection = made(version);
        let mut real: Vec<_> = Object::all(&connection).unwrap();
        real.retain(|object| !object.name.starts_with("sqlite_"));
        let mut derived = expected(version).unwrap().to_vec();
        real.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        derived.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        assert_eq!(derived, real, "version {version}");
        assert_eq!(faults(&connection, version).unwrap(), [], "version {version}");
    }
}

#[test]
fn the_digest_of_the_latest_schema_is_written_down_and_tells_every_alteration() {
    let latest = expected(LATEST).unwrap();
    // After a migration was added, LATEST_DIGEST becomes what stands on the left.
    assert_eq!(digest(latest), LATEST_DIGEST);
    let store = made(LATEST);
    assert_eq!(digest(&Object::all(&store).unwrap()), LATEST_DIGEST);
    for at in 0..latest.len() {
        let mut fewer = latest.to_vec();
        fewer.remove(at);
        let mut altered = latest.to_vec();
        altered[at].sql.push(' ');
        let mut elsewhere = latest.to_vec();
        let Object { name, table, .. } = &mut elsewhere[at];
        let last = name.pop().unwrap();
        table.insert(0, last);
        for objects in [fewer, altered, elsewhere] {
            assert_ne!(digest(&objects), LATEST_DIGEST, "{}", latest[at].name);
        }
    }
}

/// SQLite 3.40 leaves an impossible day as it is where nothing is added to it, and later ones do not. An index that compared a time
/// with what it is left as would be damaged by the one or the other.
#[test]
fn no_object_compares_a_time_with_what_some_versions_of_sqlite_make_of_it() {
    for object in expected(LATEST).unwrap() {
        for after in object.sql.split("datetime(").skip(1) {
            let (time, rest) = after.split_once(')').unwrap();
            assert!(!rest.starts_with(&format!(" = {time}")), "{}: {time}", object.name);
        }
    }
}

#[test]
fn every_object_that_is_dropped_is_named() {
    for object in expected(LATEST).unwrap() {
        let kind = object.kind.word();
        let sql = format!("PRAGMA foreign_keys = OFF; DROP {kind} {}", object.name);
        let said = said_after(&sql);
        assert_eq!(said, [format!("{kind} {} is missing", object.name)], "{sql}");
    }
}

#[test]
fn a_trigger_on_any_of_nexus_s_tables_is_named_and_one_elsewhere_is_not() {
    let mut tables: Vec<_> =
        expected(LATEST).unwrap().iter().filter(|o| o.kind == ObjectKind::Table).collect();
    tables.dedup();
    for table in tables {
        for when in ["BEFORE INSERT", "AFTER UPDATE", "AFTER DELETE"] {
            let sql = format!("CREATE TRIGGER evil {when} ON {} BEGIN SELECT 1; END", table.name);
            assert_eq!(said_after(&sql), [format!("trigger evil on {} was not made by NEXUS", table.name)]);
        }
    }
    let elsewhere = "CREATE TABLE plugin (a); CREATE VIEW people AS SELECT * FROM de_torres_vincent_users;
        CREATE TRIGGER theirs AFTER INSERT ON plugin BEGIN
          UPDATE de_torres_vincent_users SET address = NEW.a WHERE id = 1; END;
        CREATE TRIGGER on_view INSTEAD OF DELETE ON people BEGIN SELECT 1; END;";
    assert_eq!(said_after(elsewhere), [""; 0]);
    let hidden =
        "CREATE TABLE Nexus_plugin (a); CREATE TRIGGER t AFTER INSERT ON nexus_PLUGIN BEGIN SELECT 1; END";
    assert_eq!(said_after(hidden), ["trigger t on nexus_PLUGIN was not made by NEXUS"]);
}

#[test]
fn a_trigger_index_or_view_with_another_definition_is_named() {
    for object in expected(LATEST).unwrap().iter().filter(|object| object.kind != ObjectKind::Table) {
        let (kind, name, table) = (object.kind.word(), &object.name, &object.table);
        let other = match object.kind {
            ObjectKind::Trigger => {
                format!("CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN SELECT 1; END")
            }
            ObjectKind::Index => format!("CREATE INDEX {name} ON {table} (rowid)").replace("rowid", "1 + 1"),
            ObjectKind::View | ObjectKind::Table => format!("CREATE {kind} {name} AS SELECT 1 AS one"),
        };
        let said = said_after(&format!("DROP {kind} {name}; {other}"));
        assert_eq!(said, [format!("{kind} {name} is altered")]);
    }
    for (name, sql) in [
        (
            "nexus_users_email",
            "CREATE INDEX nexus_users_email ON de_torres_vincent_users (email COLLATE NOCASE)",
        ),
        ("nexus_users_email", "CREATE UNIQUE INDEX nexus_users_email ON de_torres_vincent_users (email)"),
        (
            "nexus_users_email",
            "CREATE UNIQUE INDEX nexus_users_email ON de_torres_vincent_users (email COLLATE NOCASE, id)",
        ),
        (
            "nexus_users_email",
            "CREATE UNIQUE INDEX nexus_users_email ON de_torres_vincent_users (email COLLATE NOCASE) WHERE id > 9",
        ),
        (
            "nexus_users_email",
            "CREATE UNIQUE INDEX nexus_users_email ON de_torres_vincent_users (firstname COLLATE NOCASE)",
        ),
        (
            "nexus_journal_undoes",
            "CREATE UNIQUE INDEX nexus_journal_undoes ON nexus_journal (undoes) WHERE undoes IS NULL",
        ),
        (
            "nexus_sessions_user",
            "CREATE INDEX nexus_sessions_user ON de_torres_vincent_session_tokens (user_id DESC)",
        ),
    ] {
        assert_eq!(
            said_after(&format!("DROP INDEX {name}; {sql}")),
            [format!("index {name} is altered")],
            "{sql}"
        );
    }
}

/// Rebuilds a table with another text in place of a part of its own.
fn rebuilt(table: &str, part: &str, other: &str) -> Vec<String> {
    let connection = made(LATEST);
    let object = expected(LATEST).unwrap().iter().find(|object| object.is(ObjectKind::Table, table)).unwrap();
    assert!(object.sql.contains(part), "{table}: {part}");
    rewritten(&connection, table, &object.sql.replacen(part, other, 1));
    let faults = faults(&connection, LATEST).unwrap();
    faults.iter().map(fault::SchemaFault::words).collect()
}

const USERS: &str = "de_torres_vincent_users";
const TOKENS: &str = "de_torres_vincent_session_tokens";
const DIRECTORIES: &str = "de_torres_vincent_user_directories";

#[test]
fn an_altered_part_of_a_table_is_named() {
    let level = " CHECK (access_level IN ('user', 'admin'))";
    for (table, part, other) in [
        (USERS, level, ""),
        (USERS, level, " CHECK (access_level IN ('user', 'admin', 'root'))"),
        (USERS, level, " CHECK (access_level IN ('user', 'admin') OR 1)"),
        (USERS, level, " CHECK (access_level IN ('user', 'ADMIN'))"),
        (USERS, level, " /* CHECK (access_level IN ('user', 'admin')) */"),
        (USERS, level, " DEFAULT 'user' -- CHECK (access_level IN ('user', 'admin'))\n"),
        (USERS, "email TEXT NOT NULL", "email TEXT"),
        (USERS, "email TEXT NOT NULL", "email TEXT NOT NULL ON CONFLICT IGNORE"),
        (USERS, "email TEXT NOT NULL", "email TEXT NOT NULL COLLATE NOCASE"),
        (USERS, "email TEXT NOT NULL", "email BLOB NOT NULL"),
        (USERS, "email TEXT NOT NULL", "email TEXT NOT NULL CHECK (length(email) < 20)"),
        (USERS, "email TEXT NOT NULL", "email TEXT NOT NULL DEFAULT ''"),
        (USERS, "username TEXT", "username TEXT NOT NULL"),
        (USERS, "username TEXT", "username TEXT REFERENCES other (name)"),
        (USERS, "address TEXT,", ""),
        (USERS, "contact_number TEXT,\n  address TEXT", "address TEXT,\n  contact_number TEXT"),
        (USERS, "contact_number TEXT", "CONTACT_NUMBER TEXT"),
        (USERS, "contact_number TEXT", "contact_number TEXT AS ('x')"),
        (USERS, " AUTOINCREMENT", ""),
        (USERS, "DEFAULT 'user'", "DEFAULT 'admin'"),
        (USERS, "DEFAULT CURRENT_TIMESTAMP", "DEFAULT 'CURRENT_TIMESTAMP'"),
        (USERS, "DEFAULT CURRENT_TIMESTAMP", "DEFAULT \"CURRENT_TIMESTAMP\""),
        (USERS, "session_token TEXT", "session_token TEXT, plan TEXT NOT NULL"),
        (USERS, "session_token TEXT", "session_token TEXT, plan TEXT NOT NULL DEFAULT NULL"),
        (USERS, "session_token TEXT", "session_token TEXT, CHECK (status <> 'suspended')"),
        (USERS, "session_token TEXT", "session_token TEXT, plan TEXT CHECK (status = 'confirmed')"),
        (USERS, "session_token TEXT", "session_token TEXT, CHECK (0)"),
        (TOKENS, " ON DELETE CASCADE", ""),
        (TOKENS, " ON DELETE CASCADE", " ON DELETE SET NULL"),
        (TOKENS, " REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE", ""),
        (TOKENS, "(id) ON DELETE CASCADE", "(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"),
        (TOKENS, " REFERENCES de_torres_vincent_users", " REFERENCES other"),
        (TOKENS, " CHECK (status IN ('active', 'expired'))", ""),
        (DIRECTORIES, "directory_id TEXT NOT NULL", "directory_id TEXT"),
        (DIRECTORIES, " REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE", ""),
        ("nexus_journal", "seq INTEGER PRIMARY KEY CHECK (seq > 0)", "seq INTEGER PRIMARY KEY"),
        (
            "nexus_journal",
            "seq INTEGER PRIMARY KEY CHECK (seq > 0)",
            "seq INTEGER PRIMARY KEY ON CONFLICT REPLACE CHECK (seq > 0)",
        ),
        (
            "nexus_accounts",
            "must_change INTEGER NOT NULL DEFAULT 0",
            "must_change INTEGER NOT NULL DEFAULT 1",
        ),
        ("nexus_access_codes", "tries_left INTEGER NOT NULL", "tries_left INTEGER"),
        ("nexus_bin_sessions", "status TEXT", "status INTEGER"),
    ] {
        let said = rebuilt(table, part, other);
        assert!(!said.is_empty(), "{table}: {part} became {other}");
        assert!(said.iter().all(|words| words.starts_with(&format!("table {table}: "))), "{said:?}");
    }
}

#[test]
fn what_other_programs_may_add_is_left_alone() {
    for sql in [
        "ALTER TABLE de_torres_vincent_users ADD COLUMN plan TEXT",
        "ALTER TABLE de_torres_vincent_users ADD COLUMN plan TEXT NOT NULL DEFAULT 'free' CHECK (plan IN ('free', 'paid'))",
        "ALTER TABLE de_torres_vincent_users ADD COLUMN plan GENERATED ALWAYS AS (upper(email))",
        "CREATE TABLE plan (id INTEGER PRIMARY KEY);
         ALTER TABLE de_torres_vincent_users ADD COLUMN plan INTEGER REFERENCES plan (id)",
        "ALTER TABLE de_torres_vincent_session_tokens ADD COLUMN device TEXT DEFAULT 'tv'",
        "ALTER TABLE nexus_journal ADD COLUMN tag TEXT",
        "CREATE INDEX theirs ON de_torres_vincent_users (address)",
        "CREATE INDEX theirs ON nexus_journal (actor) WHERE actor = 'x'",
        "ALTER TABLE de_torres_vincent_users ADD COLUMN plan TEXT;
         CREATE UNIQUE INDEX theirs ON de_torres_vincent_users (plan)",
        "CREATE UNIQUE INDEX theirs ON de_torres_vincent_users (id, email)",
        "CREATE TABLE plugin (user_id REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE)",
        "CREATE VIEW people AS SELECT * FROM de_torres_vincent_users",
        "ANALYZE",
        "REINDEX",
        "DELETE FROM sqlite_sequence",
        "DROP INDEX nexus_users_email;
         create unique index if not exists \"NEXUS_users_email\" on [de_torres_vincent_users] (`email` collate nocase asc)",
        "DROP TRIGGER nexus_journal_kept;
         create trigger nexus_journal_kept before delete on \"nexus_journal\" begin -- kept
           select RAISE (abort, 'entries of the journal cannot be deleted'); end",
    ] {
        assert_eq!(said_after(sql), [""; 0], "{sql}");
    }
}

#[test]
fn a_table_written_in_other_words_is_the_same() {
    for (table, part, other) in [
        (USERS, "email TEXT NOT NULL", "\"email\" text not null"),
        (USERS, "access_level IN ('user', 'admin')", "\"access_level\" in('user','admin')"),
        (USERS, "DEFAULT 'user'", "DEFAULT ('user')"),
        (USERS, "DEFAULT CURRENT_TIMESTAMP", "DEFAULT current_timestamp"),
        (TOKENS, "REFERENCES de_torres_vincent_users (id)", "REFERENCES \"de_torres_vincent_users\""),
        (
            TOKENS,
            " CHECK (status IN ('active', 'expired'))\n",
            ", CONSTRAINT known CHECK (status IN ('active', 'expired'))\n",
        ),
        ("nexus_settings", "value TEXT NOT NULL", "value TEXT NOT NULL -- anything"),
    ] {
        let connection = made(LATEST);
        let object =
            expected(LATEST).unwrap().iter().find(|object| object.is(ObjectKind::Table, table)).unwrap();
        assert!(object.sql.contains(part), "{table}: {part}");
        rewritten(&connection, table, &object.sql.replacen(part, other, 1));
        assert_eq!(faults(&connection, LATEST).unwrap(), [], "{other}");
    }
}

/// Makes a table anew with a part of its text altered, as other programs do that cannot alter it.
fn remade(table: &str, part: &str, other: &str) -> Vec<String> {
    let object = expected(LATEST).unwrap().iter().find(|object| object.is(ObjectKind::Table, table)).unwrap();
    let mut sql =
        format!("PRAGMA foreign_keys = OFF; DROP TABLE {table}; {};", object.sql.replacen(part, other, 1));
    for object in expected(LATEST).unwrap().iter().filter(|object| object.table == table) {
        if object.kind != ObjectKind::Table {
            sql.extend([object.sql.as_str(), ";"]);
        }
    }
    said_after(&sql)
}

#[test]
fn a_table_that_was_made_anew_is_compared_by_what_it_is() {
    assert_eq!(remade(USERS, "session_token TEXT", "session_token TEXT, plan TEXT UNIQUE"), [""; 0]);
    assert_eq!(remade(USERS, "contact_number TEXT", "plan TEXT, contact_number TEXT"), [""; 0]);
    for (table, part, other) in [
        (USERS, "session_token TEXT", "session_token TEXT UNIQUE"),
        (USERS, "session_token TEXT", "session_token TEXT, UNIQUE (firstname, lastname)"),
        (USERS, "session_token TEXT", "session_token TEXT, plan TEXT DEFAULT 'x' UNIQUE"),
        (USERS, "id INTEGER PRIMARY KEY AUTOINCREMENT", "id INTEGER NOT NULL UNIQUE"),
        (USERS, "id INTEGER PRIMARY KEY AUTOINCREMENT", "id INTEGER PRIMARY KEY DESC"),
        ("nexus_settings", " WITHOUT ROWID", ""),
        ("nexus_settings", " WITHOUT ROWID", " STRICT, WITHOUT ROWID"),
        ("nexus_accounts", "user_id INTEGER PRIMARY KEY", "user_id INT PRIMARY KEY"),
    ] {
        assert!(!remade(table, part, other).is_empty(), "{table}: {other}");
    }
}

#[test]
fn a_unique_index_of_another_program_that_can_refuse_a_row_is_named() {
    for sql in [
        "CREATE UNIQUE INDEX theirs ON de_torres_vincent_users (firstname)",
        "CREATE UNIQUE INDEX theirs ON de_torres_vincent_users (lower(address))",
        "ALTER TABLE de_torres_vincent_users ADD COLUMN plan TEXT DEFAULT 'free';
         CREATE UNIQUE INDEX theirs ON de_torres_vincent_users (plan)",
        "CREATE UNIQUE INDEX theirs ON nexus_journal (at)",
    ] {
        assert_eq!(said_after(sql).len(), 1, "{sql}");
    }
}

#[test]
fn a_refusal_names_five_objects_and_counts_the_others() {
    let connection = made(LATEST);
    for object in expected(LATEST).unwrap().iter().filter(|object| object.kind == ObjectKind::Trigger).take(7)
    {
        connection.execute_batch(&format!("DROP TRIGGER {}", object.name)).unwrap();
    }
    let Err(StoreError::Altered(words)) = verify(&connection, LATEST) else { panic!("not refused") };
    assert!(words.starts_with("trigger nexus_users_touch is missing, "), "{words}");
    assert!(words.ends_with(", and 2 more"), "{words}");
    assert_eq!(words.matches("is missing").count(), 5);
}
