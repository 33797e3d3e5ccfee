-- Acts on very many rows: what was begun in the transaction of the act and goes on in others. A row stands here from the
-- one until the last of them is through.
CREATE TABLE nexus_operations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- The entry of the journal that says what was begun; NULL until it is written, in the same transaction.
  entry INTEGER,
  -- move, trash, delete, restore, purge or end-sessions
  kind TEXT NOT NULL,
  -- The process that goes on with it; where it has ended, the next one does.
  process TEXT NOT NULL,
  -- What it is about, as people name it, and the account that this is or belongs to.
  label TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  -- The topmost directory; NULL where it is about an account.
  directory_id INTEGER,
  -- The bundle in the bin that is filled or emptied.
  bundle INTEGER,
  -- The path that the rows have, and the one that they get.
  from_path TEXT,
  to_path TEXT,
  -- The newest row that belongs to it.
  last_id INTEGER,
  -- Sessions that end: the one that does not, and when, by whom and why.
  spared INTEGER,
  ended_at TEXT,
  ended_by TEXT,
  reason TEXT,
  -- Rows at the beginning, and those that are through.
  total INTEGER NOT NULL,
  done INTEGER NOT NULL
);

CREATE INDEX nexus_operations_entry ON nexus_operations (entry);
CREATE INDEX nexus_operations_sessions ON nexus_operations (account_id) WHERE kind = 'end-sessions';

-- A bundle comes back in the order of its paths, step by step.
CREATE INDEX nexus_bin_directories_path ON nexus_bin_directories (bundle, directory_path);

-- Sessions that end step by step are over from the beginning.
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
    AND s.id <= o.last_id AND s.id IS NOT o.spared);
