-- Counts that are kept, orders that had no index yet, the letters of the search, shorter triggers, and indexes of times that
-- impossible days leave whole.

-- Part: directories by date. As numbers dates take half the room of texts.
CREATE INDEX nexus_directories_date_added ON de_torres_vincent_user_directories (unixepoch(
  CASE WHEN date_added > '0001' AND date_added < ':' AND datetime(date_added, '+0 days') = date_added THEN date_added ELSE
  CASE WHEN typeof(date_added) = 'text' AND date_added GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND date_added NOT GLOB '0000*' THEN
  CASE WHEN date(substr(date_added, 1, 10), '+0 days') = substr(date_added, 1, 10) THEN
  CASE WHEN date_added GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(date_added, 12, 2) < '24' THEN
    datetime(substr(date_added, 1, 19) || ltrim(substr(date_added, 20), '.0123456789'))
  WHEN length(date_added) = 10 OR date_added GLOB '??????????[ T]??:??*' AND substr(date_added, 12, 2) < '24' THEN
    datetime(date_added) END END END END));
CREATE INDEX nexus_directories_last_modified ON de_torres_vincent_user_directories (unixepoch(
  CASE WHEN last_modified > '0001' AND last_modified < ':' AND datetime(last_modified, '+0 days') = last_modified THEN last_modified ELSE
  CASE WHEN typeof(last_modified) = 'text' AND last_modified GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND last_modified NOT GLOB '0000*' THEN
  CASE WHEN date(substr(last_modified, 1, 10), '+0 days') = substr(last_modified, 1, 10) THEN
  CASE WHEN last_modified GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(last_modified, 12, 2) < '24' THEN
    datetime(substr(last_modified, 1, 19) || ltrim(substr(last_modified, 20), '.0123456789'))
  WHEN length(last_modified) = 10 OR last_modified GLOB '??????????[ T]??:??*' AND substr(last_modified, 12, 2) < '24' THEN
    datetime(last_modified) END END END END));

-- Part: the number of all directories. REPLACE fires no trigger of a deletion unless the program that writes wants it: the rows
-- that may be replaced are noted before, and those that were are taken off after.
CREATE TABLE nexus_directory_counts (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  directories INTEGER NOT NULL
);

INSERT INTO nexus_directory_counts (id, directories) SELECT 1, count(*) FROM de_torres_vincent_user_directories;

CREATE TABLE nexus_replaced_directories (
  id INTEGER PRIMARY KEY
);

CREATE TRIGGER nexus_directories_total_insert AFTER INSERT ON de_torres_vincent_user_directories
BEGIN
  UPDATE nexus_directory_counts SET directories = directories + 1;
END;

CREATE TRIGGER nexus_directories_total_delete AFTER DELETE ON de_torres_vincent_user_directories
BEGIN
  UPDATE nexus_directory_counts SET directories = directories - 1;
  DELETE FROM nexus_replaced_directories WHERE id = OLD.id;
END;

CREATE TRIGGER nexus_directories_replacing_insert BEFORE INSERT ON de_torres_vincent_user_directories
WHEN EXISTS (SELECT 1 FROM de_torres_vincent_user_directories WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_user_directories WHERE directory_id = NEW.directory_id)
BEGIN
  DELETE FROM nexus_replaced_directories;
  INSERT INTO nexus_replaced_directories
  SELECT id FROM de_torres_vincent_user_directories WHERE id = NEW.id OR directory_id = NEW.directory_id;
END;

CREATE TRIGGER nexus_directories_replacing_update BEFORE UPDATE OF id, directory_id ON de_torres_vincent_user_directories
WHEN EXISTS (SELECT 1 FROM de_torres_vincent_user_directories WHERE id = NEW.id AND id <> OLD.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_user_directories WHERE directory_id = NEW.directory_id AND id <> OLD.id)
BEGIN
  DELETE FROM nexus_replaced_directories;
  INSERT INTO nexus_replaced_directories
  SELECT id FROM de_torres_vincent_user_directories
  WHERE id <> OLD.id AND (id = NEW.id OR directory_id = NEW.directory_id);
END;

CREATE TRIGGER nexus_directories_replaced_insert AFTER INSERT ON de_torres_vincent_user_directories
WHEN EXISTS (SELECT 1 FROM nexus_replaced_directories)
BEGIN
  UPDATE nexus_directory_counts SET directories = directories - (SELECT count(*) FROM nexus_replaced_directories r
    WHERE r.id = NEW.id OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_user_directories d WHERE d.id = r.id));
  DELETE FROM nexus_replaced_directories;
END;

CREATE TRIGGER nexus_directories_replaced_update AFTER UPDATE OF id, directory_id ON de_torres_vincent_user_directories
WHEN EXISTS (SELECT 1 FROM nexus_replaced_directories)
BEGIN
  UPDATE nexus_directory_counts SET directories = directories - (SELECT count(*) FROM nexus_replaced_directories r
    WHERE r.id <> OLD.id AND (r.id = NEW.id OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_user_directories d WHERE d.id = r.id)));
  DELETE FROM nexus_replaced_directories;
END;

-- Part: the few entries of the journal that were not done.
CREATE INDEX nexus_journal_not_done ON nexus_journal (outcome, at, verb, actor COLLATE NOCASE, account_id) WHERE outcome <> 'done';

-- Part: the letters of the search beside its blocks, one letter after the other, so that a search for one reads no others.
DROP TABLE nexus_search_blocks;
CREATE TABLE nexus_search_blocks (
  -- The block's accounts are those from this id up to the first one of the next block.
  first INTEGER PRIMARY KEY,
  -- Another one each time that it is written.
  stamp INTEGER NOT NULL,
  -- The ids of the accounts when it was written.
  ids BLOB NOT NULL,
  -- The domains of email addresses, by their numbers.
  domains BLOB NOT NULL,
  numbers BLOB NOT NULL,
  -- The other words, packed, and how long they are.
  lengths BLOB NOT NULL,
  words BLOB NOT NULL
);
CREATE TABLE nexus_search_letters (
  -- The number of a common letter, digit or sign.
  letter INTEGER NOT NULL,
  -- The block.
  first INTEGER NOT NULL,
  -- A bit for each of its accounts.
  bits BLOB NOT NULL,
  PRIMARY KEY (letter, first)
) WITHOUT ROWID;

-- Part: shorter triggers. Every program that opens the store reads the text of all of them first.
DROP TRIGGER nexus_sessions_counted_insert;
DROP TRIGGER nexus_sessions_counted_update;
DROP TRIGGER nexus_sessions_counted_delete;
DROP TRIGGER nexus_sessions_replacing_insert;
DROP TRIGGER nexus_sessions_replacing_update;
DROP TRIGGER nexus_users_sessions_insert;
DROP TRIGGER nexus_users_sessions_update;
DROP TRIGGER nexus_users_sessions_delete;
DROP TRIGGER nexus_users_replacing_insert;
DROP TRIGGER nexus_users_replacing_update;
DROP TRIGGER nexus_users_idle_insert;
DROP TRIGGER nexus_users_idle_update;
DROP TRIGGER nexus_accounts_idle_insert;
DROP TRIGGER nexus_accounts_idle_update;
DROP TRIGGER nexus_directories_added;
DROP TRIGGER nexus_directories_moved;
DROP TRIGGER nexus_journal_undone_once;

-- The hour in which each session ends; NULL where its time is none.
CREATE VIEW nexus_session_hours (session_id, user_id, session_token, status, hour) AS
SELECT id, user_id, session_token, status, substr(CASE WHEN expiration > '0001' AND expiration < ':' AND datetime(expiration, '+0 days') = expiration THEN expiration ELSE
  CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END END, 1, 13)
FROM de_torres_vincent_session_tokens;

CREATE TRIGGER nexus_sessions_counted_insert AFTER INSERT ON de_torres_vincent_session_tokens
WHEN NEW.status = 'active' AND EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = NEW.user_id AND status = 'confirmed')
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT hour, 1 FROM nexus_session_hours WHERE session_id = NEW.id AND hour IS NOT NULL
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
END;

-- The row as it was is gone: its time is read here.
CREATE TRIGGER nexus_sessions_counted_update AFTER UPDATE OF user_id, expiration, status ON de_torres_vincent_session_tokens
WHEN OLD.status = 'active' OR NEW.status = 'active'
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT hour, n FROM (SELECT n, substr(CASE WHEN t > '0001' AND t < ':' AND datetime(t, '+0 days') = t THEN t ELSE
  CASE WHEN typeof(t) = 'text' AND t GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND t NOT GLOB '0000*' THEN
  CASE WHEN date(substr(t, 1, 10), '+0 days') = substr(t, 1, 10) THEN
  CASE WHEN t GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(t, 12, 2) < '24' THEN
    datetime(substr(t, 1, 19) || ltrim(substr(t, 20), '.0123456789'))
  WHEN length(t) = 10 OR t GLOB '??????????[ T]??:??*' AND substr(t, 12, 2) < '24' THEN
    datetime(t) END END END END, 1, 13) AS hour
    FROM (SELECT -1 AS n, OLD.user_id AS owner, OLD.status AS status, OLD.expiration AS t
      UNION ALL SELECT 1, NEW.user_id, NEW.status, NEW.expiration) e
    WHERE e.status = 'active'
      AND EXISTS (SELECT 1 FROM de_torres_vincent_users u WHERE u.id = e.owner AND u.status = 'confirmed'))
  WHERE hour IS NOT NULL
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
END;

CREATE TRIGGER nexus_sessions_counted_delete AFTER DELETE ON de_torres_vincent_session_tokens
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT hour, -1 FROM (SELECT substr(CASE WHEN t > '0001' AND t < ':' AND datetime(t, '+0 days') = t THEN t ELSE
  CASE WHEN typeof(t) = 'text' AND t GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND t NOT GLOB '0000*' THEN
  CASE WHEN date(substr(t, 1, 10), '+0 days') = substr(t, 1, 10) THEN
  CASE WHEN t GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(t, 12, 2) < '24' THEN
    datetime(substr(t, 1, 19) || ltrim(substr(t, 20), '.0123456789'))
  WHEN length(t) = 10 OR t GLOB '??????????[ T]??:??*' AND substr(t, 12, 2) < '24' THEN
    datetime(t) END END END END, 1, 13) AS hour
    FROM (SELECT OLD.expiration AS t
      WHERE OLD.status = 'active' AND EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = OLD.user_id AND status = 'confirmed')))
  WHERE hour IS NOT NULL
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
  DELETE FROM nexus_replaced_sessions WHERE session_id = OLD.id;
END;

CREATE TRIGGER nexus_sessions_replacing_insert BEFORE INSERT ON de_torres_vincent_session_tokens
WHEN EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens WHERE session_token = NEW.session_token)
BEGIN
  DELETE FROM nexus_replaced_sessions;
  INSERT INTO nexus_replaced_sessions (session_id, hour)
  SELECT h.session_id, CASE WHEN h.status = 'active' AND EXISTS (SELECT 1 FROM de_torres_vincent_users u
    WHERE u.id = h.user_id AND u.status = 'confirmed') THEN h.hour END
  FROM nexus_session_hours h WHERE h.session_id = NEW.id OR h.session_token = NEW.session_token;
END;

CREATE TRIGGER nexus_sessions_replacing_update BEFORE UPDATE OF id, session_token ON de_torres_vincent_session_tokens
WHEN EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens WHERE id = NEW.id AND id <> OLD.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens WHERE session_token = NEW.session_token AND id <> OLD.id)
BEGIN
  DELETE FROM nexus_replaced_sessions;
  INSERT INTO nexus_replaced_sessions (session_id, hour)
  SELECT h.session_id, CASE WHEN h.status = 'active' AND EXISTS (SELECT 1 FROM de_torres_vincent_users u
    WHERE u.id = h.user_id AND u.status = 'confirmed') THEN h.hour END
  FROM nexus_session_hours h
  WHERE h.session_id <> OLD.id AND (h.session_id = NEW.id OR h.session_token = NEW.session_token);
END;

-- The active sessions of accounts, along their small index.
CREATE VIEW nexus_account_hours (user_id, hour) AS
SELECT s.user_id, h.hour FROM de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_user_active
  CROSS JOIN nexus_session_hours h ON h.session_id = s.id
WHERE s.status = 'active' AND h.hour IS NOT NULL;

CREATE TRIGGER nexus_users_sessions_insert AFTER INSERT ON de_torres_vincent_users
WHEN NEW.status = 'confirmed'
  AND EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens INDEXED BY nexus_sessions_user_active
    WHERE user_id = NEW.id AND status = 'active')
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT hour, count(*) FROM nexus_account_hours WHERE user_id = NEW.id GROUP BY hour
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
END;

CREATE TRIGGER nexus_users_sessions_update AFTER UPDATE OF id, status ON de_torres_vincent_users
WHEN (NEW.status IS NOT OLD.status OR NEW.id IS NOT OLD.id)
  AND EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens INDEXED BY nexus_sessions_user_active
    WHERE user_id IN (OLD.id, NEW.id) AND status = 'active')
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT hour, -count(*) FROM nexus_account_hours WHERE user_id = OLD.id AND OLD.status = 'confirmed' GROUP BY hour
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT hour, count(*) FROM nexus_account_hours WHERE user_id = NEW.id AND NEW.status = 'confirmed' GROUP BY hour
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
END;

-- Before, for sessions that are deleted with their account find none any more.
CREATE TRIGGER nexus_users_sessions_delete BEFORE DELETE ON de_torres_vincent_users
WHEN OLD.status = 'confirmed'
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT hour, -count(*) FROM nexus_account_hours WHERE user_id = OLD.id GROUP BY hour
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
END;

CREATE TRIGGER nexus_users_replacing_insert BEFORE INSERT ON de_torres_vincent_users
WHEN EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE username = NEW.username COLLATE NOCASE)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE email = NEW.email COLLATE NOCASE)
BEGIN
  DELETE FROM nexus_replaced_hours;
  DELETE FROM nexus_replaced_accounts;
  INSERT INTO nexus_replaced_accounts (user_id, status)
  SELECT id, status FROM de_torres_vincent_users
  WHERE id = NEW.id OR username = NEW.username COLLATE NOCASE OR email = NEW.email COLLATE NOCASE;
  INSERT INTO nexus_replaced_hours (user_id, hour, sessions)
  SELECT h.user_id, h.hour, count(*) FROM nexus_replaced_accounts r CROSS JOIN nexus_account_hours h ON h.user_id = r.user_id
  WHERE r.status = 'confirmed' GROUP BY 1, 2;
END;

CREATE TRIGGER nexus_users_replacing_update BEFORE UPDATE OF id, username, email ON de_torres_vincent_users
WHEN EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = NEW.id AND id <> OLD.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE username = NEW.username COLLATE NOCASE AND id <> OLD.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE email = NEW.email COLLATE NOCASE AND id <> OLD.id)
BEGIN
  DELETE FROM nexus_replaced_hours;
  DELETE FROM nexus_replaced_accounts;
  INSERT INTO nexus_replaced_accounts (user_id, status)
  SELECT id, status FROM de_torres_vincent_users
  WHERE id <> OLD.id
    AND (id = NEW.id OR username = NEW.username COLLATE NOCASE OR email = NEW.email COLLATE NOCASE);
  INSERT INTO nexus_replaced_hours (user_id, hour, sessions)
  SELECT h.user_id, h.hour, count(*) FROM nexus_replaced_accounts r CROSS JOIN nexus_account_hours h ON h.user_id = r.user_id
  WHERE r.status = 'confirmed' GROUP BY 1, 2;
END;

-- The moment from which each confirmed account is idle, and when its row was changed.
CREATE VIEW nexus_idle_moments (user_id, base, changed) AS
SELECT u.id, max(ifnull(CASE WHEN typeof(u.created_at) = 'text' AND u.created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND u.created_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(u.created_at, 1, 10), '+0 days') = substr(u.created_at, 1, 10) THEN
  CASE WHEN u.created_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(u.created_at, 12, 2) < '24' THEN
    datetime(substr(u.created_at, 1, 19) || ltrim(substr(u.created_at, 20), '.0123456789'))
  WHEN length(u.created_at) = 10 OR u.created_at GLOB '??????????[ T]??:??*' AND substr(u.created_at, 12, 2) < '24' THEN
    datetime(u.created_at) END END END, ''), ifnull(a.last_seen, ''), ifnull(a.idle_from, '')),
  CASE WHEN typeof(u.updated_at) = 'text' AND u.updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND u.updated_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(u.updated_at, 1, 10), '+0 days') = substr(u.updated_at, 1, 10) THEN
  CASE WHEN u.updated_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(u.updated_at, 12, 2) < '24' THEN
    datetime(substr(u.updated_at, 1, 19) || ltrim(substr(u.updated_at, 20), '.0123456789'))
  WHEN length(u.updated_at) = 10 OR u.updated_at GLOB '??????????[ T]??:??*' AND substr(u.updated_at, 12, 2) < '24' THEN
    datetime(u.updated_at) END END END
FROM de_torres_vincent_users u LEFT JOIN nexus_accounts a ON a.user_id = u.id
WHERE u.status = 'confirmed';

CREATE TRIGGER nexus_users_idle_insert AFTER INSERT ON de_torres_vincent_users
WHEN NEW.status = 'confirmed' AND EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'idle_days')
BEGIN
  INSERT INTO nexus_idle (user_id, base) SELECT user_id, base FROM nexus_idle_moments WHERE user_id = NEW.id
  ON CONFLICT (user_id) DO UPDATE SET base = excluded.base;
END;

-- An account that is confirmed begins anew.
CREATE TRIGGER nexus_users_idle_update AFTER UPDATE OF id, status, created_at ON de_torres_vincent_users
WHEN EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'idle_days')
BEGIN
  DELETE FROM nexus_idle WHERE user_id = OLD.id;
  INSERT INTO nexus_accounts (user_id, idle_from)
  SELECT NEW.id, ifnull((SELECT changed FROM nexus_idle_moments
    WHERE user_id = NEW.id AND NEW.updated_at IS NOT OLD.updated_at), datetime('now'))
  WHERE NEW.status = 'confirmed' AND OLD.status <> 'confirmed'
  ON CONFLICT (user_id) DO UPDATE SET idle_from = excluded.idle_from;
  INSERT INTO nexus_idle (user_id, base) SELECT user_id, base FROM nexus_idle_moments WHERE user_id = NEW.id
  ON CONFLICT (user_id) DO UPDATE SET base = excluded.base;
END;

CREATE TRIGGER nexus_accounts_idle_insert AFTER INSERT ON nexus_accounts
WHEN EXISTS (SELECT 1 FROM nexus_idle WHERE user_id = NEW.user_id)
BEGIN
  INSERT INTO nexus_idle (user_id, base) SELECT user_id, base FROM nexus_idle_moments WHERE user_id = NEW.user_id
  ON CONFLICT (user_id) DO UPDATE SET base = excluded.base;
END;

CREATE TRIGGER nexus_accounts_idle_update AFTER UPDATE OF last_seen, idle_from ON nexus_accounts
WHEN EXISTS (SELECT 1 FROM nexus_idle WHERE user_id = NEW.user_id)
BEGIN
  INSERT INTO nexus_idle (user_id, base) SELECT user_id, base FROM nexus_idle_moments WHERE user_id = NEW.user_id
  ON CONFLICT (user_id) DO UPDATE SET base = excluded.base;
END;

-- The place of each directory in the tree, as the rows tell it.
CREATE VIEW nexus_directory_places (id, user_id, parent, name, folded) AS
SELECT d.id, d.user_id,
  CASE WHEN instr(d.directory_path, '/') THEN
    ifnull((SELECT min(p.id) FROM de_torres_vincent_user_directories p WHERE p.user_id = d.user_id
      AND p.directory_path || '/' = rtrim(d.directory_path, replace(d.directory_path, '/', ''))
      AND p.directory_path = CAST(substr(CAST(rtrim(d.directory_path, replace(d.directory_path, '/', '')) AS BLOB), 1,
        length(CAST(rtrim(d.directory_path, replace(d.directory_path, '/', '')) AS BLOB)) - 1) AS TEXT)), 0)
  ELSE 0 END,
  lower(d.directory_name), d.directory_name NOT GLOB '*[^ -~]*'
FROM de_torres_vincent_user_directories d;

-- Where NEXUS inserts many, or moves a directory with all below it, it sees to the tree itself.
CREATE TRIGGER nexus_directories_added AFTER INSERT ON de_torres_vincent_user_directories
WHEN NOT EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'moving')
BEGIN
  -- A REPLACE may have left it. (The clause of an INSERT OR FAIL from outside would hold here instead of one of ours.)
  DELETE FROM nexus_directories WHERE id = NEW.id;
  INSERT INTO nexus_directories (id, user_id, parent, name, folded)
  SELECT id, user_id, parent, name, folded FROM nexus_directory_places WHERE id = NEW.id;
  UPDATE nexus_directories SET parent = NEW.id
  WHERE id IN (SELECT c.id FROM de_torres_vincent_user_directories c WHERE c.user_id = NEW.user_id
      AND c.directory_path > NEW.directory_path || '/' AND c.directory_path < NEW.directory_path || '0'
      AND rtrim(c.directory_path, replace(c.directory_path, '/', '')) = NEW.directory_path || '/')
    AND (parent = 0 OR parent > NEW.id);
END;

CREATE TRIGGER nexus_directories_moved
AFTER UPDATE OF id, user_id, directory_name, directory_path ON de_torres_vincent_user_directories
WHEN NOT EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'moving')
BEGIN
  DELETE FROM nexus_directories WHERE id IN (OLD.id, NEW.id);
  UPDATE nexus_directories SET parent =
    ifnull((SELECT min(p.id) FROM de_torres_vincent_user_directories p
      WHERE p.user_id = OLD.user_id AND p.directory_path = OLD.directory_path), 0)
  WHERE parent = OLD.id;
  INSERT INTO nexus_directories (id, user_id, parent, name, folded)
  SELECT id, user_id, parent, name, folded FROM nexus_directory_places WHERE id = NEW.id;
  UPDATE nexus_directories SET parent = NEW.id
  WHERE id IN (SELECT c.id FROM de_torres_vincent_user_directories c WHERE c.user_id = NEW.user_id
      AND c.directory_path > NEW.directory_path || '/' AND c.directory_path < NEW.directory_path || '0'
      AND rtrim(c.directory_path, replace(c.directory_path, '/', '')) = NEW.directory_path || '/')
    AND (parent = 0 OR parent > NEW.id);
END;

-- Few entries undo another one.
CREATE TRIGGER nexus_journal_undone_once BEFORE INSERT ON nexus_journal
WHEN NEW.undoes IS NOT NULL AND EXISTS (SELECT 1 FROM nexus_journal WHERE undoes = NEW.undoes)
BEGIN
  SELECT raise(ABORT, 'an entry of the journal is undone once');
END;

-- Part: impossible days. SQLite 3.40 leaves `2026-02-30 10:00:00` as it is unless there is something to add, and later versions
-- do not: an index must hold the same whoever writes.
DROP VIEW nexus_valid_sessions;
CREATE VIEW nexus_valid_sessions (session_id, user_id, token_digest, expiration) AS
SELECT s.id, s.user_id, s.session_token, CASE WHEN s.expiration > '0001' AND s.expiration < ':' AND datetime(s.expiration, '+0 days') = s.expiration THEN s.expiration ELSE
  CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END END
FROM de_torres_vincent_session_tokens s JOIN de_torres_vincent_users u ON u.id = s.user_id
WHERE s.status = 'active' AND u.status = 'confirmed' AND CASE WHEN s.expiration > '0001' AND s.expiration < ':' AND datetime(s.expiration, '+0 days') = s.expiration THEN s.expiration ELSE
  CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END END > datetime('now')
  AND NOT EXISTS (SELECT 1 FROM nexus_operations o WHERE o.kind = 'end-sessions' AND o.account_id = s.user_id
    AND s.id <= o.last_id AND s.id IS NOT o.spared)
  AND NOT EXISTS (SELECT 1 FROM nexus_accounts a WHERE a.user_id = s.user_id
    AND (a.valid_from > date('now') OR a.expires_on < date('now')))
  AND NOT EXISTS (SELECT 1 FROM nexus_idle i WHERE i.user_id = s.user_id
    AND max(i.base, (SELECT value FROM nexus_settings WHERE name = 'idle_since'))
      <= datetime('now', '-' || (SELECT value FROM nexus_settings WHERE name = 'idle_days') || ' days')
    -- Of the admins, the one that was seen last is spared.
    AND NOT (u.access_level = 'admin' AND NOT EXISTS (SELECT 1 FROM de_torres_vincent_users x
      JOIN nexus_idle k ON k.user_id = x.id
      WHERE x.access_level = 'admin' AND x.status = 'confirmed' AND (k.base > i.base OR k.base = i.base AND x.id > u.id)
        AND (x.password GLOB '$argon2id$*' OR x.password GLOB '$2[aby]$*')
        AND NOT EXISTS (SELECT 1 FROM nexus_accounts v WHERE v.user_id = x.id
          AND (v.valid_from IS NOT NULL OR v.expires_on IS NOT NULL)))))
  AND NOT EXISTS (SELECT 1 FROM nexus_unused k WHERE k.session_id = s.id
    AND max(k.base, (SELECT value FROM nexus_settings WHERE name = 'token_idle_since'))
      <= datetime('now', '-' || (SELECT value FROM nexus_settings WHERE name = 'token_idle_minutes') || ' minutes'));
DROP INDEX nexus_users_created;
CREATE INDEX nexus_users_created ON de_torres_vincent_users (
  CASE WHEN created_at > '0001' AND created_at < ':' AND datetime(created_at, '+0 days') = created_at THEN created_at ELSE
  CASE WHEN typeof(created_at) = 'text' AND created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND created_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(created_at, 1, 10), '+0 days') = substr(created_at, 1, 10) THEN
  CASE WHEN created_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(created_at, 12, 2) < '24' THEN
    datetime(substr(created_at, 1, 19) || ltrim(substr(created_at, 20), '.0123456789'))
  WHEN length(created_at) = 10 OR created_at GLOB '??????????[ T]??:??*' AND substr(created_at, 12, 2) < '24' THEN
    datetime(created_at) END END END END);
DROP INDEX nexus_users_updated;
CREATE INDEX nexus_users_updated ON de_torres_vincent_users (
  CASE WHEN updated_at > '0001' AND updated_at < ':' AND datetime(updated_at, '+0 days') = updated_at THEN updated_at ELSE
  CASE WHEN typeof(updated_at) = 'text' AND updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND updated_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(updated_at, 1, 10), '+0 days') = substr(updated_at, 1, 10) THEN
  CASE WHEN updated_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(updated_at, 12, 2) < '24' THEN
    datetime(substr(updated_at, 1, 19) || ltrim(substr(updated_at, 20), '.0123456789'))
  WHEN length(updated_at) = 10 OR updated_at GLOB '??????????[ T]??:??*' AND substr(updated_at, 12, 2) < '24' THEN
    datetime(updated_at) END END END END);
DROP INDEX nexus_sessions_expiration;
CREATE INDEX nexus_sessions_expiration ON de_torres_vincent_session_tokens (unixepoch(
  CASE WHEN expiration > '0001' AND expiration < ':' AND datetime(expiration, '+0 days') = expiration THEN expiration ELSE
  CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END END));
DROP INDEX nexus_sessions_active;
CREATE INDEX nexus_sessions_active ON de_torres_vincent_session_tokens (
  CASE WHEN expiration > '0001' AND expiration < ':' AND datetime(expiration, '+0 days') = expiration THEN expiration ELSE
  CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END END, id, user_id, status)
  WHERE status = 'active';
DROP INDEX nexus_sessions_user_active;
CREATE INDEX nexus_sessions_user_active ON de_torres_vincent_session_tokens (user_id,
  CASE WHEN expiration > '0001' AND expiration < ':' AND datetime(expiration, '+0 days') = expiration THEN expiration ELSE
  CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END END)
  WHERE status = 'active';
