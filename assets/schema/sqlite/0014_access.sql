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

-- The sessions that are active now, for services that ask by SQL: none of an account that is not usable.
DROP VIEW nexus_valid_sessions;
CREATE VIEW nexus_valid_sessions (session_id, user_id, token_digest, expiration) AS
SELECT s.id, s.user_id, s.session_token, CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END
FROM de_torres_vincent_session_tokens s JOIN de_torres_vincent_users u ON u.id = s.user_id
WHERE s.status = 'active' AND u.status = 'confirmed' AND CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END > datetime('now')
  AND NOT EXISTS (SELECT 1 FROM nexus_operations o WHERE o.kind = 'end-sessions' AND o.account_id = s.user_id
    AND s.id <= o.last_id AND s.id IS NOT o.spared)
  AND NOT EXISTS (SELECT 1 FROM nexus_accounts a WHERE a.user_id = s.user_id
    AND (a.valid_from > date('now') OR a.expires_on < date('now')));

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
