-- What NEXUS needs to be sure of itself. One part for each purpose; none changes the three tables' columns.

-- Part 1: names and emails that look alike.

-- Part 2: sessions: how and why they ended, and which machine they live on.

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
