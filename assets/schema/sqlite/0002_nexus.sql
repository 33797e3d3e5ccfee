-- What NEXUS knows beyond the three tables, keyed by their rows. A row that another program wrote has none here.
CREATE TABLE nexus_accounts (
  user_id INTEGER PRIMARY KEY REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE,
  last_seen TEXT,
  must_change INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE nexus_access_codes (
  user_id INTEGER PRIMARY KEY REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE,
  expires_at TEXT NOT NULL,
  tries_left INTEGER NOT NULL
);

CREATE TABLE nexus_sessions (
  session_id INTEGER PRIMARY KEY REFERENCES de_torres_vincent_session_tokens (id) ON DELETE CASCADE,
  origin TEXT NOT NULL,
  detail TEXT NOT NULL,
  started_at TEXT NOT NULL,
  last_seen TEXT,
  -- Boot id, pid and start time of the process that a console session lives with.
  process TEXT
);

CREATE INDEX nexus_sessions_process ON nexus_sessions (process) WHERE process IS NOT NULL;

CREATE TABLE nexus_settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
