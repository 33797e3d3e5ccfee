-- What NEXUS needs to be sure of itself. One part for each purpose; none changes the three tables' columns.

-- Part 1: names and emails that look alike.

-- The keys by which usernames and emails are compared, of accounts of which one is not printable ASCII alone: the unique
-- indexes ignore letter case in ASCII only, and know nothing of the forms that a letter can have.
CREATE TABLE nexus_name_keys (
  user_id INTEGER PRIMARY KEY,
  -- NULL where the name is ASCII, and until NEXUS has worked the key out.
  username TEXT,
  email TEXT,
  -- 0 where that is still to be done.
  folded INTEGER NOT NULL
);

INSERT INTO nexus_name_keys (user_id, folded)
SELECT id, 0 FROM de_torres_vincent_users WHERE username GLOB '*[^ -~]*' OR email GLOB '*[^ -~]*';

CREATE INDEX nexus_name_keys_username ON nexus_name_keys (username) WHERE username IS NOT NULL;
CREATE INDEX nexus_name_keys_email ON nexus_name_keys (email) WHERE email IS NOT NULL;
CREATE INDEX nexus_name_keys_unfolded ON nexus_name_keys (user_id) WHERE folded = 0;

CREATE TRIGGER nexus_name_keys_added AFTER INSERT ON de_torres_vincent_users
WHEN NEW.username GLOB '*[^ -~]*' OR NEW.email GLOB '*[^ -~]*'
BEGIN
  INSERT OR REPLACE INTO nexus_name_keys (user_id, folded) VALUES (NEW.id, 0);
END;

CREATE TRIGGER nexus_name_keys_changed AFTER UPDATE OF id, username, email ON de_torres_vincent_users
BEGIN
  DELETE FROM nexus_name_keys WHERE user_id = OLD.id;
  INSERT OR REPLACE INTO nexus_name_keys (user_id, folded)
  SELECT NEW.id, 0 WHERE NEW.username GLOB '*[^ -~]*' OR NEW.email GLOB '*[^ -~]*';
END;

CREATE TRIGGER nexus_name_keys_removed AFTER DELETE ON de_torres_vincent_users
BEGIN
  DELETE FROM nexus_name_keys WHERE user_id = OLD.id;
END;

-- The same names of accounts in the bin are few: they are compared one by one.
CREATE INDEX nexus_bin_unusual ON nexus_bin (id) WHERE username GLOB '*[^ -~]*' OR email GLOB '*[^ -~]*';

-- Which password hashes cost something else than NEXUS's own: every log-in does the work of the dearest, whatever the
-- account. Of bcrypt the cost, of argon2id all costs.
CREATE INDEX nexus_users_bcrypt ON de_torres_vincent_users (substr(password, 5, 2))
  WHERE password GLOB '$2[aby]$[01][0-9]$*' AND length(password) = 60;
CREATE INDEX nexus_users_argon2 ON de_torres_vincent_users (substr(password, 16, instr(substr(password, 16), '$')))
  WHERE password GLOB '$argon2id$v=19$m=*' AND password NOT GLOB '$argon2id$v=19$m=65536,t=3,p=4$*';

-- Part 2: sessions: how and why they ended, and which machine they live on.

-- Other programs write times as they like: ISO 8601 with T, Z, offsets, fractions, or a bare date. Indexes hold what is
-- meant, in one form, or NULL for what is no time; only that is ever compared.
DROP INDEX nexus_sessions_user_active;
DROP INDEX nexus_sessions_active;
DROP INDEX nexus_sessions_expiration;
DROP INDEX nexus_users_created;
DROP INDEX nexus_users_updated;

CREATE INDEX nexus_sessions_user_active ON de_torres_vincent_session_tokens (user_id,
  CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END)
  WHERE status = 'active';
CREATE INDEX nexus_sessions_active ON de_torres_vincent_session_tokens (
  CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END)
  WHERE status = 'active';
-- Nothing is appended to the column, as with the others that serve orders only.
CREATE INDEX nexus_sessions_expiration ON de_torres_vincent_session_tokens (
  (CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END) || '');
CREATE INDEX nexus_users_created ON de_torres_vincent_users (
  CASE WHEN typeof(created_at) = 'text' AND created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND created_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(created_at, 1, 10), '+0 days') = substr(created_at, 1, 10) THEN
  CASE WHEN created_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(created_at, 12, 2) < '24' THEN
    datetime(substr(created_at, 1, 19) || ltrim(substr(created_at, 20), '.0123456789'))
  WHEN length(created_at) = 10 OR created_at GLOB '??????????[ T]??:??*' AND substr(created_at, 12, 2) < '24' THEN
    datetime(created_at) END END END);
CREATE INDEX nexus_users_updated ON de_torres_vincent_users (
  CASE WHEN typeof(updated_at) = 'text' AND updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND updated_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(updated_at, 1, 10), '+0 days') = substr(updated_at, 1, 10) THEN
  CASE WHEN updated_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(updated_at, 12, 2) < '24' THEN
    datetime(substr(updated_at, 1, 19) || ltrim(substr(updated_at, 20), '.0123456789'))
  WHEN length(updated_at) = 10 OR updated_at GLOB '??????????[ T]??:??*' AND substr(updated_at, 12, 2) < '24' THEN
    datetime(updated_at) END END END);

-- Who ended a session, when and why. A session whose row says that it is over but that has no row here was ended by
-- another program, or before NEXUS wrote this down.
CREATE TABLE nexus_session_ends (
  session_id INTEGER PRIMARY KEY REFERENCES de_torres_vincent_session_tokens (id) ON DELETE CASCADE,
  ended_at TEXT NOT NULL,
  -- NULL where nobody did it: its time was over.
  ended_by TEXT,
  reason TEXT NOT NULL
);

ALTER TABLE nexus_bin_sessions ADD COLUMN ended_at TEXT;
ALTER TABLE nexus_bin_sessions ADD COLUMN ended_by TEXT;
ALTER TABLE nexus_bin_sessions ADD COLUMN end_reason TEXT;

-- The boot of the machine in which a session's end was set, and the wall clock's time at which that boot would have begun
-- by the clock then, in seconds since 1970. Within one boot it only differs between two moments where the clock was set.
ALTER TABLE nexus_sessions ADD COLUMN boot TEXT;
ALTER TABLE nexus_sessions ADD COLUMN epoch INTEGER;
ALTER TABLE nexus_bin_sessions ADD COLUMN boot TEXT;
ALTER TABLE nexus_bin_sessions ADD COLUMN epoch INTEGER;

CREATE INDEX nexus_bin_sessions_token ON nexus_bin_sessions (session_token);
CREATE INDEX nexus_sessions_boot ON nexus_sessions (boot, epoch) WHERE boot IS NOT NULL;

-- The sessions that are active now, for services that ask by SQL.
CREATE VIEW nexus_valid_sessions (session_id, user_id, token_digest, expiration) AS
SELECT s.id, s.user_id, s.session_token, CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END
FROM de_torres_vincent_session_tokens s JOIN de_torres_vincent_users u ON u.id = s.user_id
WHERE s.status = 'active' AND u.status = 'confirmed' AND CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END > datetime('now');

-- Part 3: the clock.

-- Part 4: long actions in short steps.

-- Part 5: the daily check of the file.
-- One row: when a check was begun that is not through yet, and when one was through and had found nothing. What it found
-- is remembered beside the store, which is not written any more then.
CREATE TABLE nexus_checks (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  begun_at TEXT,
  sound_at TEXT
);

-- Part 6: which state of the file a write-ahead log continues.
-- One row on a page of its own. A transaction of NEXUS gives it a new revision and notes the one before; these triggers do
-- the first for every row that other programs change.
CREATE TABLE nexus_revision (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision BLOB NOT NULL,
  previous BLOB NOT NULL,
  -- Rows changed since the last transaction of NEXUS.
  changes INTEGER NOT NULL
);

INSERT INTO nexus_revision VALUES (1, randomblob(16), zeroblob(16), 0);

CREATE TRIGGER nexus_users_revision_insert AFTER INSERT ON de_torres_vincent_users
BEGIN
  UPDATE nexus_revision SET revision = randomblob(16), changes = changes + 1;
END;

CREATE TRIGGER nexus_users_revision_update AFTER UPDATE ON de_torres_vincent_users
BEGIN
  UPDATE nexus_revision SET revision = randomblob(16), changes = changes + 1;
END;

CREATE TRIGGER nexus_users_revision_delete AFTER DELETE ON de_torres_vincent_users
BEGIN
  UPDATE nexus_revision SET revision = randomblob(16), changes = changes + 1;
END;

CREATE TRIGGER nexus_sessions_revision_insert AFTER INSERT ON de_torres_vincent_session_tokens
BEGIN
  UPDATE nexus_revision SET revision = randomblob(16), changes = changes + 1;
END;

CREATE TRIGGER nexus_sessions_revision_update AFTER UPDATE ON de_torres_vincent_session_tokens
BEGIN
  UPDATE nexus_revision SET revision = randomblob(16), changes = changes + 1;
END;

CREATE TRIGGER nexus_sessions_revision_delete AFTER DELETE ON de_torres_vincent_session_tokens
BEGIN
  UPDATE nexus_revision SET revision = randomblob(16), changes = changes + 1;
END;

CREATE TRIGGER nexus_directories_revision_insert AFTER INSERT ON de_torres_vincent_user_directories
BEGIN
  UPDATE nexus_revision SET revision = randomblob(16), changes = changes + 1;
END;

CREATE TRIGGER nexus_directories_revision_update AFTER UPDATE ON de_torres_vincent_user_directories
BEGIN
  UPDATE nexus_revision SET revision = randomblob(16), changes = changes + 1;
END;

CREATE TRIGGER nexus_directories_revision_delete AFTER DELETE ON de_torres_vincent_user_directories
BEGIN
  UPDATE nexus_revision SET revision = randomblob(16), changes = changes + 1;
END;

-- Part 7: whether there ever was an admin who could log in. Noted from now on; for stores from before it is told by who
-- was in, or by an admin who is there.
INSERT OR IGNORE INTO nexus_settings (name, value)
SELECT 'had_admin', ''
WHERE EXISTS (SELECT 1 FROM nexus_journal WHERE verb IN ('set-up', 'log-in') AND outcome = 'done')
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users
    WHERE access_level = 'admin' AND status = 'confirmed' AND (password GLOB '$argon2id$*' OR password GLOB '$2[aby]$*'));

-- Part 8: columns that other programs added to the three tables, of rows that lie in the bin.
CREATE TABLE nexus_bin_columns (
  bundle INTEGER NOT NULL REFERENCES nexus_bin (id) ON DELETE CASCADE,
  -- The table and the row that the value stood in.
  source TEXT NOT NULL,
  row INTEGER NOT NULL,
  name TEXT NOT NULL,
  -- Without a type, so that any value stays what it is.
  value,
  PRIMARY KEY (bundle, source, row, name)
) WITHOUT ROWID;
