-- What an overview of the whole service is told by, without reading the rows that it counts.

-- The journal's entries by day (UTC), action and outcome. Entries are only ever added, and each is counted as it is.
CREATE TABLE nexus_journal_days (
  day TEXT NOT NULL,
  verb TEXT NOT NULL,
  outcome TEXT NOT NULL,
  entries INTEGER NOT NULL,
  PRIMARY KEY (day, verb, outcome)
) WITHOUT ROWID;

INSERT INTO nexus_journal_days (day, verb, outcome, entries)
SELECT substr(at, 1, 10), verb, outcome, count(*) FROM nexus_journal GROUP BY 1, 2, 3;

CREATE TRIGGER nexus_journal_counted AFTER INSERT ON nexus_journal
BEGIN
  INSERT INTO nexus_journal_days (day, verb, outcome, entries) VALUES (substr(NEW.at, 1, 10), NEW.verb, NEW.outcome, 1)
  ON CONFLICT DO UPDATE SET entries = entries + 1;
END;

-- The sessions that began or ended within a stretch of time.
CREATE INDEX nexus_sessions_started ON nexus_sessions (started_at);
CREATE INDEX nexus_session_ends_at ON nexus_session_ends (ended_at);

-- Whose sessions end when: with the accounts that are not confirmed, this tells how many sessions are active without
-- reading one of them.
CREATE INDEX nexus_sessions_ends ON de_torres_vincent_session_tokens (
  CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END, user_id, status)
  WHERE status = 'active';
CREATE INDEX nexus_users_unconfirmed ON de_torres_vincent_users (id, status) WHERE status <> 'confirmed';
