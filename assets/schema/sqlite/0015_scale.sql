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
