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

-- Part 3: the clock.

-- Part 4: long actions in short steps.

-- Part 5: the daily check of the file.
