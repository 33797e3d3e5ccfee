-- What was deleted, kept as it was: one bundle for an account with its sessions and directories, or for a directory with
-- all below it. The columns hold the very values of the rows.
CREATE TABLE nexus_bin (
  -- A bundle's number is never given to another one: entries of the journal name it.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- account or directory
  kind TEXT NOT NULL,
  -- The account's row, or the topmost directory's.
  object_id INTEGER NOT NULL,
  -- The account that it is or that it belongs to.
  user_id INTEGER NOT NULL,
  -- Username or email, or a path.
  label TEXT NOT NULL,
  -- What lay directly above a directory; NULL for a root of the tree.
  parent TEXT,
  -- Names that nobody else gets until then; only of accounts.
  username TEXT,
  email TEXT,
  held_until TEXT NOT NULL,
  deleted_at TEXT NOT NULL,
  deleted_by TEXT NOT NULL,
  sessions INTEGER NOT NULL,
  directories INTEGER NOT NULL
);

CREATE INDEX nexus_bin_object ON nexus_bin (kind, object_id);
CREATE INDEX nexus_bin_label ON nexus_bin (label COLLATE NOCASE);
CREATE INDEX nexus_bin_username ON nexus_bin (username COLLATE NOCASE) WHERE username IS NOT NULL;
CREATE INDEX nexus_bin_email ON nexus_bin (email COLLATE NOCASE) WHERE email IS NOT NULL;
CREATE INDEX nexus_bin_user ON nexus_bin (user_id);

CREATE TABLE nexus_bin_users (
  bundle INTEGER PRIMARY KEY REFERENCES nexus_bin (id) ON DELETE CASCADE,
  id INTEGER NOT NULL,
  firstname TEXT, lastname TEXT, username TEXT, email TEXT, password TEXT, contact_number TEXT, address TEXT,
  access_level TEXT, status TEXT, access_code TEXT, created_at TEXT, updated_at TEXT, session_token TEXT,
  -- NEXUS's own rows about it; must_change and code_tries_left are NULL where there was none.
  last_seen TEXT, must_change INTEGER, code_expires_at TEXT, code_tries_left INTEGER
);

CREATE TABLE nexus_bin_sessions (
  bundle INTEGER NOT NULL REFERENCES nexus_bin (id) ON DELETE CASCADE,
  id INTEGER NOT NULL,
  user_id INTEGER NOT NULL, session_token TEXT, expiration TEXT, status TEXT,
  -- NEXUS's own row about it; origin is NULL where there was none.
  origin TEXT, detail TEXT, started_at TEXT, last_seen TEXT, process TEXT,
  PRIMARY KEY (bundle, id)
) WITHOUT ROWID;

CREATE TABLE nexus_bin_directories (
  bundle INTEGER NOT NULL REFERENCES nexus_bin (id) ON DELETE CASCADE,
  id INTEGER NOT NULL,
  user_id INTEGER NOT NULL, directory_id TEXT, directory_name TEXT, date_added TEXT, last_modified TEXT,
  last_accessed TEXT, directory_path TEXT, username TEXT,
  PRIMARY KEY (bundle, id)
) WITHOUT ROWID;
