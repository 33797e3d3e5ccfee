-- Who gets in, and who stays in.

-- The days on which an account is valid: from the first to the last one, UTC.
ALTER TABLE nexus_accounts ADD COLUMN valid_from TEXT
  CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(valid_from, '+0 days') = valid_from);
ALTER TABLE nexus_accounts ADD COLUMN expires_on TEXT
  CHECK (expires_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(expires_on, '+0 days') = expires_on);
ALTER TABLE nexus_bin_users ADD COLUMN valid_from TEXT;
ALTER TABLE nexus_bin_users ADD COLUMN expires_on TEXT;

-- Few accounts have dates: each is found by itself, and by what comes next.
CREATE INDEX nexus_accounts_dated ON nexus_accounts (user_id, valid_from, expires_on)
  WHERE valid_from IS NOT NULL OR expires_on IS NOT NULL;
CREATE INDEX nexus_accounts_valid_from ON nexus_accounts (valid_from) WHERE valid_from IS NOT NULL;
CREATE INDEX nexus_accounts_expires_on ON nexus_accounts (expires_on) WHERE expires_on IS NOT NULL;

-- The rule for idle accounts. While it is on (`idle_days` and `idle_since` among the settings), the moment from which each
-- confirmed account is idle stands here: its creation, the last time that it was seen, its import, or the end of a suspension.
ALTER TABLE nexus_accounts ADD COLUMN idle_from TEXT;
ALTER TABLE nexus_bin_users ADD COLUMN idle_from TEXT;

CREATE TABLE nexus_idle (
  user_id INTEGER PRIMARY KEY,
  base TEXT NOT NULL
);
CREATE INDEX nexus_idle_base ON nexus_idle (base);

CREATE TRIGGER nexus_users_idle_insert AFTER INSERT ON de_torres_vincent_users
WHEN NEW.status = 'confirmed' AND EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'idle_days')
BEGIN
  INSERT INTO nexus_idle (user_id, base)
  SELECT u.id, max(ifnull(CASE WHEN typeof(u.created_at) = 'text' AND u.created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND u.created_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(u.created_at, 1, 10), '+0 days') = substr(u.created_at, 1, 10) THEN
  CASE WHEN u.created_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(u.created_at, 12, 2) < '24' THEN
    datetime(substr(u.created_at, 1, 19) || ltrim(substr(u.created_at, 20), '.0123456789'))
  WHEN length(u.created_at) = 10 OR u.created_at GLOB '??????????[ T]??:??*' AND substr(u.created_at, 12, 2) < '24' THEN
    datetime(u.created_at) END END END, ''), ifnull(a.last_seen, ''), ifnull(a.idle_from, ''))
  FROM de_torres_vincent_users u LEFT JOIN nexus_accounts a ON a.user_id = u.id
  WHERE u.id = NEW.id AND u.status = 'confirmed'
  ON CONFLICT (user_id) DO UPDATE SET base = excluded.base;
END;

-- An account that is confirmed begins anew.
CREATE TRIGGER nexus_users_idle_update AFTER UPDATE OF id, status, created_at ON de_torres_vincent_users
WHEN EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'idle_days')
BEGIN
  DELETE FROM nexus_idle WHERE user_id = OLD.id;
  INSERT INTO nexus_accounts (user_id, idle_from)
  SELECT NEW.id, ifnull(CASE WHEN NEW.updated_at IS NOT OLD.updated_at THEN CASE WHEN typeof(NEW.updated_at) = 'text' AND NEW.updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND NEW.updated_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(NEW.updated_at, 1, 10), '+0 days') = substr(NEW.updated_at, 1, 10) THEN
  CASE WHEN NEW.updated_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(NEW.updated_at, 12, 2) < '24' THEN
    datetime(substr(NEW.updated_at, 1, 19) || ltrim(substr(NEW.updated_at, 20), '.0123456789'))
  WHEN length(NEW.updated_at) = 10 OR NEW.updated_at GLOB '??????????[ T]??:??*' AND substr(NEW.updated_at, 12, 2) < '24' THEN
    datetime(NEW.updated_at) END END END END, datetime('now'))
  WHERE NEW.status = 'confirmed' AND OLD.status <> 'confirmed'
  ON CONFLICT (user_id) DO UPDATE SET idle_from = excluded.idle_from;
  INSERT INTO nexus_idle (user_id, base)
  SELECT u.id, max(ifnull(CASE WHEN typeof(u.created_at) = 'text' AND u.created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND u.created_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(u.created_at, 1, 10), '+0 days') = substr(u.created_at, 1, 10) THEN
  CASE WHEN u.created_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(u.created_at, 12, 2) < '24' THEN
    datetime(substr(u.created_at, 1, 19) || ltrim(substr(u.created_at, 20), '.0123456789'))
  WHEN length(u.created_at) = 10 OR u.created_at GLOB '??????????[ T]??:??*' AND substr(u.created_at, 12, 2) < '24' THEN
    datetime(u.created_at) END END END, ''), ifnull(a.last_seen, ''), ifnull(a.idle_from, ''))
  FROM de_torres_vincent_users u LEFT JOIN nexus_accounts a ON a.user_id = u.id
  WHERE u.id = NEW.id AND u.status = 'confirmed'
  ON CONFLICT (user_id) DO UPDATE SET base = excluded.base;
END;

CREATE TRIGGER nexus_users_idle_delete AFTER DELETE ON de_torres_vincent_users
BEGIN
  DELETE FROM nexus_idle WHERE user_id = OLD.id;
END;

CREATE TRIGGER nexus_accounts_idle_insert AFTER INSERT ON nexus_accounts
WHEN EXISTS (SELECT 1 FROM nexus_idle WHERE user_id = NEW.user_id)
BEGIN
  INSERT INTO nexus_idle (user_id, base)
  SELECT u.id, max(ifnull(CASE WHEN typeof(u.created_at) = 'text' AND u.created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND u.created_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(u.created_at, 1, 10), '+0 days') = substr(u.created_at, 1, 10) THEN
  CASE WHEN u.created_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(u.created_at, 12, 2) < '24' THEN
    datetime(substr(u.created_at, 1, 19) || ltrim(substr(u.created_at, 20), '.0123456789'))
  WHEN length(u.created_at) = 10 OR u.created_at GLOB '??????????[ T]??:??*' AND substr(u.created_at, 12, 2) < '24' THEN
    datetime(u.created_at) END END END, ''), ifnull(a.last_seen, ''), ifnull(a.idle_from, ''))
  FROM de_torres_vincent_users u LEFT JOIN nexus_accounts a ON a.user_id = u.id
  WHERE u.id = NEW.user_id AND u.status = 'confirmed'
  ON CONFLICT (user_id) DO UPDATE SET base = excluded.base;
END;

CREATE TRIGGER nexus_accounts_idle_update AFTER UPDATE OF last_seen, idle_from ON nexus_accounts
WHEN EXISTS (SELECT 1 FROM nexus_idle WHERE user_id = NEW.user_id)
BEGIN
  INSERT INTO nexus_idle (user_id, base)
  SELECT u.id, max(ifnull(CASE WHEN typeof(u.created_at) = 'text' AND u.created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND u.created_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(u.created_at, 1, 10), '+0 days') = substr(u.created_at, 1, 10) THEN
  CASE WHEN u.created_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(u.created_at, 12, 2) < '24' THEN
    datetime(substr(u.created_at, 1, 19) || ltrim(substr(u.created_at, 20), '.0123456789'))
  WHEN length(u.created_at) = 10 OR u.created_at GLOB '??????????[ T]??:??*' AND substr(u.created_at, 12, 2) < '24' THEN
    datetime(u.created_at) END END END, ''), ifnull(a.last_seen, ''), ifnull(a.idle_from, ''))
  FROM de_torres_vincent_users u LEFT JOIN nexus_accounts a ON a.user_id = u.id
  WHERE u.id = NEW.user_id AND u.status = 'confirmed'
  ON CONFLICT (user_id) DO UPDATE SET base = excluded.base;
END;

-- The idle limit of tokens. While it is on (`token_idle_minutes` and `token_idle_since` among the settings), the last use of each
-- token whose row says `active` stands here: the last time that it was seen, else its start. Of a token of which NEXUS knows
-- neither it is the time at which its row came up. A console is none of them.
CREATE TABLE nexus_unused (
  session_id INTEGER PRIMARY KEY,
  base TEXT NOT NULL
);
CREATE INDEX nexus_unused_base ON nexus_unused (base);

CREATE TRIGGER nexus_sessions_unused_insert AFTER INSERT ON de_torres_vincent_session_tokens
WHEN EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'token_idle_minutes')
BEGIN
  DELETE FROM nexus_unused WHERE session_id = NEW.id;
  INSERT INTO nexus_unused (session_id, base)
  SELECT s.id, ifnull(max(n.started_at, ifnull(n.last_seen, '')), datetime('now'))
  FROM de_torres_vincent_session_tokens s LEFT JOIN nexus_sessions n ON n.session_id = s.id
  WHERE s.id = NEW.id AND s.status = 'active' AND n.origin IS NOT 'console';
END;

CREATE TRIGGER nexus_sessions_unused_update AFTER UPDATE OF id, status ON de_torres_vincent_session_tokens
WHEN (NEW.id <> OLD.id OR NEW.status <> OLD.status) AND EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'token_idle_minutes')
BEGIN
  DELETE FROM nexus_unused WHERE session_id IN (OLD.id, NEW.id);
  INSERT INTO nexus_unused (session_id, base)
  SELECT s.id, ifnull(max(n.started_at, ifnull(n.last_seen, '')), datetime('now'))
  FROM de_torres_vincent_session_tokens s LEFT JOIN nexus_sessions n ON n.session_id = s.id
  WHERE s.id = NEW.id AND s.status = 'active' AND n.origin IS NOT 'console';
END;

CREATE TRIGGER nexus_sessions_unused_delete AFTER DELETE ON de_torres_vincent_session_tokens
WHEN EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'token_idle_minutes')
BEGIN
  DELETE FROM nexus_unused WHERE session_id = OLD.id;
END;

CREATE TRIGGER nexus_sessions_start_insert AFTER INSERT ON nexus_sessions
WHEN EXISTS (SELECT 1 FROM nexus_unused WHERE session_id = NEW.session_id)
BEGIN
  DELETE FROM nexus_unused WHERE session_id = NEW.session_id AND NEW.origin = 'console';
  UPDATE nexus_unused SET base = max(NEW.started_at, ifnull(NEW.last_seen, '')) WHERE session_id = NEW.session_id;
END;

CREATE TRIGGER nexus_sessions_last_seen_update AFTER UPDATE OF last_seen ON nexus_sessions
WHEN EXISTS (SELECT 1 FROM nexus_unused WHERE session_id = NEW.session_id)
BEGIN
  UPDATE nexus_unused SET base = max(NEW.started_at, ifnull(NEW.last_seen, '')) WHERE session_id = NEW.session_id;
END;

-- The sessions that are active now, for services that ask by SQL: none of an account that is not usable.
DROP VIEW nexus_valid_sessions;
CREATE VIEW nexus_valid_sessions (session_id, user_id, token_digest, expiration) AS
SELECT s.id, s.user_id, s.session_token, CASE WHEN s.expiration > '0001' AND s.expiration < ':' AND datetime(s.expiration) = s.expiration THEN s.expiration ELSE
  CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END END
FROM de_torres_vincent_session_tokens s JOIN de_torres_vincent_users u ON u.id = s.user_id
WHERE s.status = 'active' AND u.status = 'confirmed' AND CASE WHEN s.expiration > '0001' AND s.expiration < ':' AND datetime(s.expiration) = s.expiration THEN s.expiration ELSE
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

-- What a token is for, in the words of whoever issued it.
ALTER TABLE nexus_sessions ADD COLUMN label TEXT;
ALTER TABLE nexus_bin_sessions ADD COLUMN label TEXT;
CREATE INDEX nexus_sessions_label ON nexus_sessions (label) WHERE label IS NOT NULL;

-- Failed log-ins, which delay further tries. Accounts that are gone have no rows here; those in the bin neither.
CREATE TABLE nexus_failed_log_ins (
  id INTEGER PRIMARY KEY,
  -- `account:ID`; `name:` and the keyed hash of a name that was typed, whether or not an account has it; or `unknown`, for
  -- all names that no account has.
  target TEXT NOT NULL,
  -- The OS user, and the address that logind or utmp vouches for.
  origin TEXT NOT NULL,
  -- Since the last good log-in from this origin.
  failures INTEGER NOT NULL,
  -- Those of which the account's owner has not been told.
  untold INTEGER NOT NULL,
  -- When the last one was: milliseconds since 1970, and since the boot with this id.
  wall_ms INTEGER NOT NULL,
  boot TEXT,
  boot_ms INTEGER,
  -- The last minute with a failure, counted from 1970; how many failures of that run of minutes have entries of their own in
  -- the journal, and how many of the last minute have none yet.
  minute INTEGER NOT NULL,
  written INTEGER NOT NULL,
  unwritten INTEGER NOT NULL
);

CREATE UNIQUE INDEX nexus_failed_log_ins_target ON nexus_failed_log_ins (target, origin);
CREATE INDEX nexus_failed_log_ins_unwritten ON nexus_failed_log_ins (minute) WHERE unwritten > 0;

CREATE TRIGGER nexus_failed_log_ins_removed AFTER DELETE ON de_torres_vincent_users
BEGIN
  DELETE FROM nexus_failed_log_ins WHERE target = 'account:' || OLD.id;
END;

-- Part: reasons. The entry of the journal that gave an account its status, moved something to the bin, or made an access code.
-- Who did it, when and why stands there, and is erased there.
ALTER TABLE nexus_accounts ADD COLUMN status_entry INTEGER;
ALTER TABLE nexus_access_codes ADD COLUMN entry INTEGER;
ALTER TABLE nexus_bin ADD COLUMN entry INTEGER;
ALTER TABLE nexus_bin_users ADD COLUMN status_entry INTEGER;
ALTER TABLE nexus_bin_users ADD COLUMN code_entry INTEGER;

INSERT INTO nexus_accounts (user_id, status_entry)
SELECT j.account_id, max(j.seq) FROM nexus_journal j JOIN de_torres_vincent_users u ON u.id = j.account_id
WHERE j.verb = 'suspend' AND j.outcome = 'done' AND j.kind = 'account' AND u.status = 'suspended' GROUP BY j.account_id
ON CONFLICT (user_id) DO UPDATE SET status_entry = excluded.status_entry;

UPDATE nexus_access_codes SET entry = c.seq
FROM (SELECT account_id, max(seq) AS seq FROM nexus_journal
      WHERE verb = 'access-code' AND outcome = 'done' GROUP BY account_id) c
WHERE c.account_id = nexus_access_codes.user_id;

UPDATE nexus_bin SET entry = d.seq
FROM (SELECT CASE WHEN json_valid(after) THEN json_extract(after, '$.bin') END AS item, max(seq) AS seq FROM nexus_journal
      WHERE verb IN ('delete', 'trash') AND outcome = 'done' GROUP BY 1) d
WHERE d.item = nexus_bin.id;

-- Part: invitations. One-time codes with which people register where the config file asks for one. Numbers are never used again:
-- the journal names them.
CREATE TABLE nexus_invitations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- A salted hash.
  code TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  tries_left INTEGER NOT NULL,
  -- The entry of the journal about its making.
  entry INTEGER
);

-- Part: notes of operators. Few accounts have one.
ALTER TABLE nexus_accounts ADD COLUMN note TEXT;
ALTER TABLE nexus_bin_users ADD COLUMN note TEXT;
CREATE INDEX nexus_accounts_noted ON nexus_accounts (user_id) WHERE note IS NOT NULL;

-- Times in the store's own form, nearly all, are told by one look: an import of very many accounts spends a good part of its
-- time on these expressions. The value is the same as before.
DROP INDEX nexus_users_created;
CREATE INDEX nexus_users_created ON de_torres_vincent_users (
  CASE WHEN created_at > '0001' AND created_at < ':' AND datetime(created_at) = created_at THEN created_at ELSE
  CASE WHEN typeof(created_at) = 'text' AND created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND created_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(created_at, 1, 10), '+0 days') = substr(created_at, 1, 10) THEN
  CASE WHEN created_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(created_at, 12, 2) < '24' THEN
    datetime(substr(created_at, 1, 19) || ltrim(substr(created_at, 20), '.0123456789'))
  WHEN length(created_at) = 10 OR created_at GLOB '??????????[ T]??:??*' AND substr(created_at, 12, 2) < '24' THEN
    datetime(created_at) END END END END);
DROP INDEX nexus_users_updated;
CREATE INDEX nexus_users_updated ON de_torres_vincent_users (
  CASE WHEN updated_at > '0001' AND updated_at < ':' AND datetime(updated_at) = updated_at THEN updated_at ELSE
  CASE WHEN typeof(updated_at) = 'text' AND updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND updated_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(updated_at, 1, 10), '+0 days') = substr(updated_at, 1, 10) THEN
  CASE WHEN updated_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(updated_at, 12, 2) < '24' THEN
    datetime(substr(updated_at, 1, 19) || ltrim(substr(updated_at, 20), '.0123456789'))
  WHEN length(updated_at) = 10 OR updated_at GLOB '??????????[ T]??:??*' AND substr(updated_at, 12, 2) < '24' THEN
    datetime(updated_at) END END END END);
DROP INDEX nexus_sessions_expiration;
CREATE INDEX nexus_sessions_expiration ON de_torres_vincent_session_tokens (
  (CASE WHEN expiration > '0001' AND expiration < ':' AND datetime(expiration) = expiration THEN expiration ELSE
  CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END END) || '');
DROP INDEX nexus_sessions_active;
CREATE INDEX nexus_sessions_active ON de_torres_vincent_session_tokens (
  CASE WHEN expiration > '0001' AND expiration < ':' AND datetime(expiration) = expiration THEN expiration ELSE
  CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END END, id, user_id, status)
  WHERE status = 'active';
DROP INDEX nexus_sessions_user_active;
CREATE INDEX nexus_sessions_user_active ON de_torres_vincent_session_tokens (user_id,
  CASE WHEN expiration > '0001' AND expiration < ':' AND datetime(expiration) = expiration THEN expiration ELSE
  CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END END)
  WHERE status = 'active';

-- Part: the second factor.
-- The second factor of an account (RFC 6238). The secret that an app shares is sealed with the key in the file beside the store,
-- whose name ends with .key: a copy of the store alone does not tell it. NULL where there is none.
ALTER TABLE nexus_accounts ADD COLUMN factor_secret BLOB;
-- The time at which its first code was accepted; NULL while it waits for one.
ALTER TABLE nexus_accounts ADD COLUMN factor_since TEXT;
-- The time step of the last code that was accepted: none is accepted twice.
ALTER TABLE nexus_accounts ADD COLUMN factor_step INTEGER;
-- Keyed hashes of the recovery codes that are left, with blanks between them.
ALTER TABLE nexus_accounts ADD COLUMN recovery_codes TEXT;

CREATE INDEX nexus_accounts_factor ON nexus_accounts (user_id) WHERE factor_secret IS NOT NULL;

ALTER TABLE nexus_bin_users ADD COLUMN factor_secret BLOB;
ALTER TABLE nexus_bin_users ADD COLUMN factor_since TEXT;
ALTER TABLE nexus_bin_users ADD COLUMN factor_step INTEGER;
ALTER TABLE nexus_bin_users ADD COLUMN recovery_codes TEXT;
