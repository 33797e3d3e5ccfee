-- Counts that are kept, and orders that had no index yet.

-- Part: directories by date. As numbers dates take half the room of texts.
CREATE INDEX nexus_directories_date_added ON de_torres_vincent_user_directories (unixepoch(
  CASE WHEN date_added > '0001' AND date_added < ':' AND datetime(date_added) = date_added THEN date_added ELSE
  CASE WHEN typeof(date_added) = 'text' AND date_added GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND date_added NOT GLOB '0000*' THEN
  CASE WHEN date(substr(date_added, 1, 10), '+0 days') = substr(date_added, 1, 10) THEN
  CASE WHEN date_added GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(date_added, 12, 2) < '24' THEN
    datetime(substr(date_added, 1, 19) || ltrim(substr(date_added, 20), '.0123456789'))
  WHEN length(date_added) = 10 OR date_added GLOB '??????????[ T]??:??*' AND substr(date_added, 12, 2) < '24' THEN
    datetime(date_added) END END END END));
CREATE INDEX nexus_directories_last_modified ON de_torres_vincent_user_directories (unixepoch(
  CASE WHEN last_modified > '0001' AND last_modified < ':' AND datetime(last_modified) = last_modified THEN last_modified ELSE
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
