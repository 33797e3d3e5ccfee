-- Ten million accounts.

-- Part 1: the words of accounts in blocks, which a search reads instead of a row an account.
CREATE TABLE nexus_search_blocks (
  -- The block's accounts are those from this id up to the first one of the next block.
  first INTEGER PRIMARY KEY,
  -- Another one each time that it is written.
  stamp INTEGER NOT NULL,
  -- The ids of the accounts when it was written.
  ids BLOB NOT NULL,
  -- For each of the common letters, digits and signs a bit an account.
  letters BLOB NOT NULL,
  -- The domains of email addresses, by their numbers.
  domains BLOB NOT NULL,
  numbers BLOB NOT NULL,
  -- The other words, packed, and how long they are.
  lengths BLOB NOT NULL,
  words BLOB NOT NULL
);

-- The accounts whose words have changed since. (To note one twice would fail where the statement says how conflicts are
-- resolved.)
CREATE TABLE nexus_search_changes (
  user_id INTEGER PRIMARY KEY
);

CREATE TRIGGER nexus_names_added AFTER INSERT ON nexus_names
BEGIN
  INSERT INTO nexus_search_changes (user_id) SELECT NEW.user_id
  WHERE NOT EXISTS (SELECT 1 FROM nexus_search_changes WHERE user_id = NEW.user_id);
END;

CREATE TRIGGER nexus_names_changed AFTER UPDATE OF user_id, words ON nexus_names
BEGIN
  INSERT INTO nexus_search_changes (user_id) SELECT OLD.user_id
  WHERE NOT EXISTS (SELECT 1 FROM nexus_search_changes WHERE user_id = OLD.user_id);
  INSERT INTO nexus_search_changes (user_id) SELECT NEW.user_id
  WHERE NOT EXISTS (SELECT 1 FROM nexus_search_changes WHERE user_id = NEW.user_id);
END;

CREATE TRIGGER nexus_names_removed AFTER DELETE ON nexus_names
BEGIN
  INSERT INTO nexus_search_changes (user_id) SELECT OLD.user_id
  WHERE NOT EXISTS (SELECT 1 FROM nexus_search_changes WHERE user_id = OLD.user_id);
END;

-- Part: the entries of one act in the order of their numbers. They all have one time: with the account before the number, each of
-- them went to another page of these indexes.
DROP INDEX nexus_journal_verb;
DROP INDEX nexus_journal_actor;
CREATE INDEX nexus_journal_verb ON nexus_journal (verb, actor COLLATE NOCASE, at, seq, account_id, outcome);
CREATE INDEX nexus_journal_actor ON nexus_journal (actor COLLATE NOCASE, at, seq, verb, account_id, outcome);

-- Part: sessions in the order of their status and end, as numbers, which take a third of the room of texts. Nothing but orders
-- asks for these expressions, so that a search for active sessions never takes the indexes for the small partial ones.
DROP INDEX nexus_sessions_status;
DROP INDEX nexus_sessions_expiration;
CREATE INDEX nexus_sessions_status ON de_torres_vincent_session_tokens (status <> 'active');
CREATE INDEX nexus_sessions_expiration ON de_torres_vincent_session_tokens (unixepoch(
  CASE WHEN expiration > '0001' AND expiration < ':' AND datetime(expiration) = expiration THEN expiration ELSE
  CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END END));

-- Part: an account that replaces one that was confirmed. REPLACE fires no trigger of a deletion unless the program that writes
-- wants it.
CREATE TRIGGER nexus_users_idle_replaced_insert AFTER INSERT ON de_torres_vincent_users
WHEN NEW.status IS NOT 'confirmed' AND EXISTS (SELECT 1 FROM nexus_idle WHERE user_id = NEW.id)
BEGIN
  DELETE FROM nexus_idle WHERE user_id = NEW.id;
END;

CREATE TRIGGER nexus_users_idle_replaced_update AFTER UPDATE OF id ON de_torres_vincent_users
WHEN NEW.id <> OLD.id AND NEW.status IS NOT 'confirmed' AND EXISTS (SELECT 1 FROM nexus_idle WHERE user_id = NEW.id)
BEGIN
  DELETE FROM nexus_idle WHERE user_id = NEW.id;
END;

DELETE FROM nexus_idle WHERE user_id IN (SELECT id FROM de_torres_vincent_users WHERE status <> 'confirmed');
