-- Counts that are kept, and fewer and smaller indexes.

-- Part 1: the active sessions by their end, with their accounts: their list and their number along one index. The id stands
-- before the account, so that sessions that end at the same time are in the order of their ids.
DROP INDEX nexus_sessions_ends;
DROP INDEX nexus_sessions_active;
CREATE INDEX nexus_sessions_active ON de_torres_vincent_session_tokens (
  CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END, id, user_id, status)
  WHERE status = 'active';

-- Part 2: the number of accounts, and of those that are not confirmed.
CREATE TABLE nexus_account_counts (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  accounts INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  suspended INTEGER NOT NULL
);

INSERT INTO nexus_account_counts (id, accounts, pending, suspended)
SELECT 1, count(*), count(*) FILTER (WHERE status = 'pending'), count(*) FILTER (WHERE status = 'suspended')
FROM de_torres_vincent_users;

-- To replace an account is to delete it, which no trigger is told of: those that may be replaced are noted before, and those
-- that are gone are counted after.
CREATE TABLE nexus_replaced_accounts (
  user_id INTEGER PRIMARY KEY,
  status TEXT NOT NULL
);

CREATE TRIGGER nexus_users_replacing_insert BEFORE INSERT ON de_torres_vincent_users
WHEN EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE username = NEW.username COLLATE NOCASE)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE email = NEW.email COLLATE NOCASE)
BEGIN
  INSERT OR REPLACE INTO nexus_replaced_accounts (user_id, status)
  SELECT id, status FROM de_torres_vincent_users
  WHERE id = NEW.id OR username = NEW.username COLLATE NOCASE OR email = NEW.email COLLATE NOCASE;
END;

CREATE TRIGGER nexus_users_replacing_update BEFORE UPDATE OF id, username, email ON de_torres_vincent_users
WHEN EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = NEW.id AND id <> OLD.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE username = NEW.username COLLATE NOCASE AND id <> OLD.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE email = NEW.email COLLATE NOCASE AND id <> OLD.id)
BEGIN
  INSERT OR REPLACE INTO nexus_replaced_accounts (user_id, status)
  SELECT id, status FROM de_torres_vincent_users
  WHERE id <> OLD.id
    AND (id = NEW.id OR username = NEW.username COLLATE NOCASE OR email = NEW.email COLLATE NOCASE);
END;

CREATE TRIGGER nexus_users_counted_insert AFTER INSERT ON de_torres_vincent_users
BEGIN
  UPDATE nexus_account_counts
  SET accounts = accounts + 1, pending = pending + (NEW.status IS 'pending'),
    suspended = suspended + (NEW.status IS 'suspended');
END;

CREATE TRIGGER nexus_users_counted_update AFTER UPDATE OF status ON de_torres_vincent_users
WHEN NEW.status IS NOT OLD.status
BEGIN
  UPDATE nexus_account_counts
  SET pending = pending + (NEW.status IS 'pending') - (OLD.status IS 'pending'),
    suspended = suspended + (NEW.status IS 'suspended') - (OLD.status IS 'suspended');
END;

CREATE TRIGGER nexus_users_counted_delete AFTER DELETE ON de_torres_vincent_users
BEGIN
  UPDATE nexus_account_counts
  SET accounts = accounts - 1, pending = pending - (OLD.status IS 'pending'),
    suspended = suspended - (OLD.status IS 'suspended');
  DELETE FROM nexus_replaced_accounts WHERE user_id = OLD.id;
END;

CREATE TRIGGER nexus_users_replaced_insert AFTER INSERT ON de_torres_vincent_users
WHEN EXISTS (SELECT 1 FROM nexus_replaced_accounts)
BEGIN
  UPDATE nexus_account_counts
  SET accounts = accounts - gone.of_all, pending = pending - gone.of_pending, suspended = suspended - gone.of_suspended
  FROM (SELECT count(*) AS of_all, count(*) FILTER (WHERE r.status = 'pending') AS of_pending,
      count(*) FILTER (WHERE r.status = 'suspended') AS of_suspended
    FROM nexus_replaced_accounts r
    WHERE r.user_id = NEW.id OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_users u WHERE u.id = r.user_id)) AS gone;
  DELETE FROM nexus_replaced_accounts;
END;

CREATE TRIGGER nexus_users_replaced_update AFTER UPDATE OF id, username, email ON de_torres_vincent_users
WHEN EXISTS (SELECT 1 FROM nexus_replaced_accounts)
BEGIN
  DELETE FROM nexus_replaced_accounts WHERE user_id = OLD.id;
  UPDATE nexus_account_counts
  SET accounts = accounts - gone.of_all, pending = pending - gone.of_pending, suspended = suspended - gone.of_suspended
  FROM (SELECT count(*) AS of_all, count(*) FILTER (WHERE r.status = 'pending') AS of_pending,
      count(*) FILTER (WHERE r.status = 'suspended') AS of_suspended
    FROM nexus_replaced_accounts r
    WHERE r.user_id = NEW.id OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_users u WHERE u.id = r.user_id)) AS gone;
  DELETE FROM nexus_replaced_accounts;
END;

-- Part 3: indexes of the journal that grow at their ends. A page that is touched in the midst of an index is written for each
-- entry, however long the journal.
DROP INDEX nexus_journal_verb;
DROP INDEX nexus_journal_actor;
DROP INDEX nexus_journal_account;
DROP INDEX nexus_journal_object;
DROP INDEX nexus_journal_act;
DROP INDEX nexus_journal_session;
DROP INDEX nexus_journal_label;

-- The times only grow: what follows on a verb, or on who did it, is added behind.
CREATE INDEX nexus_journal_verb ON nexus_journal (verb, actor COLLATE NOCASE, at, account_id, outcome);
CREATE INDEX nexus_journal_actor ON nexus_journal (actor COLLATE NOCASE, at, verb, account_id, outcome);

-- Accounts and sessions come in any order: their entries are found in parts of 65,536 entries, of which only the last one
-- grows. Whoever looks asks each part.
CREATE INDEX nexus_journal_account ON nexus_journal (seq >> 16, account_id, kind);
CREATE INDEX nexus_journal_session ON nexus_journal (seq >> 16, session_id) WHERE session_id IS NOT NULL AND act = seq;

-- Sessions and directories; an account is found as the account that it is.
CREATE INDEX nexus_journal_object ON nexus_journal (kind, object_id) WHERE kind <> 'account' AND object_id IS NOT NULL;

-- The entries of an act but for its first.
CREATE INDEX nexus_journal_act ON nexus_journal (act) WHERE act <> seq;

-- Accounts by what they were called, each name once: also those that are gone.
CREATE TABLE nexus_journal_labels (
  label TEXT NOT NULL COLLATE NOCASE,
  account_id INTEGER NOT NULL,
  PRIMARY KEY (label, account_id)
) WITHOUT ROWID;

INSERT OR IGNORE INTO nexus_journal_labels (label, account_id)
SELECT label, account_id FROM nexus_journal WHERE kind = 'account' AND account_id IS NOT NULL
ORDER BY label COLLATE NOCASE, account_id;

CREATE TRIGGER nexus_journal_labelled AFTER INSERT ON nexus_journal
WHEN NEW.kind = 'account' AND NEW.account_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM nexus_journal_labels WHERE label = NEW.label AND account_id = NEW.account_id)
BEGIN
  INSERT INTO nexus_journal_labels (label, account_id) VALUES (NEW.label, NEW.account_id);
END;
