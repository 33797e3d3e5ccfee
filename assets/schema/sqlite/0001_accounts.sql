-- The three tables that other programs read and write. Their columns, in this order, are a promise.
-- AUTOINCREMENT: an account's id is never given to another one, not even after the highest was deleted.
CREATE TABLE de_torres_vincent_users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  firstname TEXT NOT NULL,
  lastname TEXT NOT NULL,
  username TEXT,
  email TEXT NOT NULL,
  password TEXT NOT NULL,
  contact_number TEXT,
  address TEXT,
  access_level TEXT NOT NULL DEFAULT 'user' CHECK (access_level IN ('user', 'admin')),
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'confirmed', 'suspended')),
  access_code TEXT,
  created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  session_token TEXT
);

CREATE TABLE de_torres_vincent_session_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE,
  session_token TEXT NOT NULL,
  expiration TEXT,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'expired'))
);

CREATE TABLE de_torres_vincent_user_directories (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE,
  directory_id TEXT NOT NULL,
  directory_name TEXT NOT NULL,
  date_added TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_modified TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_accessed TEXT,
  directory_path TEXT NOT NULL,
  username TEXT
);

-- Uniqueness is by index, not by constraint, so that a large import can build it last.
CREATE UNIQUE INDEX nexus_users_username ON de_torres_vincent_users (username COLLATE NOCASE);
CREATE UNIQUE INDEX nexus_users_email ON de_torres_vincent_users (email COLLATE NOCASE);
CREATE UNIQUE INDEX nexus_sessions_token ON de_torres_vincent_session_tokens (session_token);
CREATE UNIQUE INDEX nexus_directories_id ON de_torres_vincent_user_directories (directory_id);

-- Foreign keys: without these, deleting an account would read both tables whole.
CREATE INDEX nexus_sessions_user ON de_torres_vincent_session_tokens (user_id);
CREATE INDEX nexus_directories_user ON de_torres_vincent_user_directories (user_id);

-- Active sessions are few: partial indexes find those of an account, and those whose time is over.
CREATE INDEX nexus_sessions_user_active ON de_torres_vincent_session_tokens (user_id, expiration)
  WHERE status = 'active';
CREATE INDEX nexus_sessions_active ON de_torres_vincent_session_tokens (expiration) WHERE status = 'active';

-- Who can log in as admin: asked before every act that could take the last one away.
CREATE INDEX nexus_users_admin ON de_torres_vincent_users (status) WHERE access_level = 'admin';

-- A directory's parent needs no column: it is its path up to the last slash.
CREATE INDEX nexus_directories_parent ON de_torres_vincent_user_directories
  (user_id, rtrim(directory_path, replace(directory_path, '/', '')), directory_name);
CREATE INDEX nexus_directories_path ON de_torres_vincent_user_directories (user_id, directory_path);
CREATE INDEX nexus_directories_by_path ON de_torres_vincent_user_directories (directory_path);

-- Where another program changes an account and does not say when. Its own update is of updated_at alone, so it does
-- not call itself; a new session is no change of the account.
CREATE TRIGGER nexus_users_touch
AFTER UPDATE OF firstname, lastname, username, email, password, contact_number, address, access_level, status,
  access_code ON de_torres_vincent_users
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
  UPDATE de_torres_vincent_users SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id;
END;
