-- What lists are sorted by and filters look into, worked out once and kept beside the rows. Another program's rows get a
-- plain form by trigger, with functions that every SQLite has; NEXUS finishes what is not ASCII when it next sees it.
CREATE TABLE nexus_names (
  user_id INTEGER PRIMARY KEY,
  -- Last and first name, folded: case and accents do not matter.
  name TEXT NOT NULL,
  -- First and last name, username, email, a line each, folded.
  words TEXT NOT NULL,
  -- 0 where only ASCII is folded yet.
  folded INTEGER NOT NULL
);

INSERT INTO nexus_names (user_id, name, words, folded)
SELECT id, lower(lastname || ' ' || firstname),
  lower(firstname || ' ' || lastname || char(10) || ifnull(username, '') || char(10) || email),
  firstname || lastname || ifnull(username, '') || email NOT GLOB '*[^ -~]*'
FROM de_torres_vincent_users;

CREATE INDEX nexus_names_name ON nexus_names (name);
CREATE INDEX nexus_names_first ON nexus_names (substr(words, 1, instr(words, char(10)) - 1));
CREATE INDEX nexus_names_unfolded ON nexus_names (user_id) WHERE folded = 0;

-- Which accounts were changed, by whomever: the last 65,536 changes. A reader that has fallen further behind reads anew.
CREATE TABLE nexus_changes (
  seq INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL
);

CREATE TRIGGER nexus_users_added AFTER INSERT ON de_torres_vincent_users
BEGIN
  INSERT OR REPLACE INTO nexus_names (user_id, name, words, folded) VALUES (
    NEW.id, lower(NEW.lastname || ' ' || NEW.firstname),
    lower(NEW.firstname || ' ' || NEW.lastname || char(10) || ifnull(NEW.username, '') || char(10) || NEW.email),
    NEW.firstname || NEW.lastname || ifnull(NEW.username, '') || NEW.email NOT GLOB '*[^ -~]*');
  INSERT INTO nexus_changes (user_id) VALUES (NEW.id);
  DELETE FROM nexus_changes WHERE seq < (SELECT max(seq) FROM nexus_changes) - 65536;
END;

CREATE TRIGGER nexus_users_renamed AFTER UPDATE OF id, firstname, lastname, username, email ON de_torres_vincent_users
BEGIN
  DELETE FROM nexus_names WHERE user_id = OLD.id;
  INSERT OR REPLACE INTO nexus_names (user_id, name, words, folded) VALUES (
    NEW.id, lower(NEW.lastname || ' ' || NEW.firstname),
    lower(NEW.firstname || ' ' || NEW.lastname || char(10) || ifnull(NEW.username, '') || char(10) || NEW.email),
    NEW.firstname || NEW.lastname || ifnull(NEW.username, '') || NEW.email NOT GLOB '*[^ -~]*');
  INSERT INTO nexus_changes (user_id) SELECT OLD.id WHERE OLD.id IS NOT NEW.id;
END;

-- The newest session and the time of a change alone are no change that a list could show wrongly for long.
CREATE TRIGGER nexus_users_changed AFTER UPDATE OF id, firstname, lastname, username, email, access_level, status, created_at
ON de_torres_vincent_users
BEGIN
  INSERT INTO nexus_changes (user_id) VALUES (NEW.id);
  DELETE FROM nexus_changes WHERE seq < (SELECT max(seq) FROM nexus_changes) - 65536;
END;

CREATE TRIGGER nexus_users_removed AFTER DELETE ON de_torres_vincent_users
BEGIN
  DELETE FROM nexus_names WHERE user_id = OLD.id;
  INSERT INTO nexus_changes (user_id) VALUES (OLD.id);
  DELETE FROM nexus_changes WHERE seq < (SELECT max(seq) FROM nexus_changes) - 65536;
END;

-- An index for every order that a list can have.
CREATE INDEX nexus_users_status ON de_torres_vincent_users (status);
CREATE INDEX nexus_users_level ON de_torres_vincent_users (access_level);
CREATE INDEX nexus_users_created ON de_torres_vincent_users (created_at);
CREATE INDEX nexus_users_updated ON de_torres_vincent_users (updated_at);
CREATE INDEX nexus_accounts_last_seen ON nexus_accounts (last_seen) WHERE last_seen IS NOT NULL;
CREATE INDEX nexus_users_label ON de_torres_vincent_users (ifnull(username, email) COLLATE NOCASE);
-- Nothing is appended to the columns: so these serve orders only, and a search for active sessions never takes them for
-- the small partial indexes.
CREATE INDEX nexus_sessions_status ON de_torres_vincent_session_tokens (status || '');
CREATE INDEX nexus_sessions_expiration ON de_torres_vincent_session_tokens (expiration || '');
CREATE INDEX nexus_sessions_last_seen ON nexus_sessions (last_seen) WHERE last_seen IS NOT NULL;

-- The tree of directories: what lies directly above each. Paths tell it, but not to an index that is in the order of
-- folded names.
CREATE TABLE nexus_directories (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL,
  -- The row directly above, the oldest one with that path; 0 for a root.
  parent INTEGER NOT NULL,
  -- The last part of the path, folded.
  name TEXT NOT NULL,
  -- 0 where only ASCII is folded yet.
  folded INTEGER NOT NULL
);

INSERT INTO nexus_directories (id, user_id, parent, name, folded)
SELECT d.id, d.user_id,
  ifnull((SELECT min(p.id) FROM de_torres_vincent_user_directories p WHERE p.user_id = d.user_id
      AND p.directory_path || '/' = rtrim(d.directory_path, replace(d.directory_path, '/', ''))
      AND p.directory_path = CAST(substr(CAST(rtrim(d.directory_path, replace(d.directory_path, '/', '')) AS BLOB), 1,
        length(CAST(rtrim(d.directory_path, replace(d.directory_path, '/', '')) AS BLOB)) - 1) AS TEXT)), 0),
  lower(d.directory_name), d.directory_name NOT GLOB '*[^ -~]*'
FROM de_torres_vincent_user_directories d;

CREATE INDEX nexus_directories_children ON nexus_directories (parent, name);
CREATE INDEX nexus_directories_roots ON nexus_directories (user_id, name) WHERE parent = 0;
CREATE INDEX nexus_directories_unfolded ON nexus_directories (id) WHERE folded = 0;
DROP INDEX nexus_directories_parent;

CREATE TRIGGER nexus_directories_added AFTER INSERT ON de_torres_vincent_user_directories
BEGIN
  INSERT OR REPLACE INTO nexus_directories (id, user_id, parent, name, folded) VALUES (NEW.id, NEW.user_id,
    ifnull((SELECT min(p.id) FROM de_torres_vincent_user_directories p WHERE p.user_id = NEW.user_id
      AND p.directory_path || '/' = rtrim(NEW.directory_path, replace(NEW.directory_path, '/', ''))
      AND p.directory_path = CAST(substr(CAST(rtrim(NEW.directory_path, replace(NEW.directory_path, '/', '')) AS BLOB), 1,
        length(CAST(rtrim(NEW.directory_path, replace(NEW.directory_path, '/', '')) AS BLOB)) - 1) AS TEXT)), 0),
    lower(NEW.directory_name), NEW.directory_name NOT GLOB '*[^ -~]*');
  UPDATE nexus_directories SET parent = NEW.id
  WHERE id IN (SELECT c.id FROM de_torres_vincent_user_directories c WHERE c.user_id = NEW.user_id
      AND c.directory_path > NEW.directory_path || '/' AND c.directory_path < NEW.directory_path || '0'
      AND rtrim(c.directory_path, replace(c.directory_path, '/', '')) = NEW.directory_path || '/')
    AND (parent = 0 OR parent > NEW.id);
END;

CREATE TRIGGER nexus_directories_removed AFTER DELETE ON de_torres_vincent_user_directories
BEGIN
  DELETE FROM nexus_directories WHERE id = OLD.id;
  UPDATE nexus_directories SET parent =
    ifnull((SELECT min(p.id) FROM de_torres_vincent_user_directories p
      WHERE p.user_id = OLD.user_id AND p.directory_path = OLD.directory_path), 0)
  WHERE parent = OLD.id;
END;

-- Where NEXUS moves a directory with all below it, only the topmost one gets another parent: it sees to that itself.
CREATE TRIGGER nexus_directories_moved
AFTER UPDATE OF id, user_id, directory_name, directory_path ON de_torres_vincent_user_directories
WHEN NOT EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'moving')
BEGIN
  DELETE FROM nexus_directories WHERE id = OLD.id;
  UPDATE nexus_directories SET parent =
    ifnull((SELECT min(p.id) FROM de_torres_vincent_user_directories p
      WHERE p.user_id = OLD.user_id AND p.directory_path = OLD.directory_path), 0)
  WHERE parent = OLD.id;
  INSERT OR REPLACE INTO nexus_directories (id, user_id, parent, name, folded) VALUES (NEW.id, NEW.user_id,
    ifnull((SELECT min(p.id) FROM de_torres_vincent_user_directories p WHERE p.user_id = NEW.user_id
      AND p.directory_path || '/' = rtrim(NEW.directory_path, replace(NEW.directory_path, '/', ''))
      AND p.directory_path = CAST(substr(CAST(rtrim(NEW.directory_path, replace(NEW.directory_path, '/', '')) AS BLOB), 1,
        length(CAST(rtrim(NEW.directory_path, replace(NEW.directory_path, '/', '')) AS BLOB)) - 1) AS TEXT)), 0),
    lower(NEW.directory_name), NEW.directory_name NOT GLOB '*[^ -~]*');
  UPDATE nexus_directories SET parent = NEW.id
  WHERE id IN (SELECT c.id FROM de_torres_vincent_user_directories c WHERE c.user_id = NEW.user_id
      AND c.directory_path > NEW.directory_path || '/' AND c.directory_path < NEW.directory_path || '0'
      AND rtrim(c.directory_path, replace(c.directory_path, '/', '')) = NEW.directory_path || '/')
    AND (parent = 0 OR parent > NEW.id);
END;
