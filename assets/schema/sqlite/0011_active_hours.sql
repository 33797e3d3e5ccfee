-- The number of active sessions, by the hour in which they end: of confirmed accounts alone. How many are active is told by the
-- hours to come and the sessions that end in this one.
CREATE TABLE nexus_active_hours (
  hour TEXT PRIMARY KEY,
  sessions INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO nexus_active_hours (hour, sessions)
SELECT substr(CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END, 1, 13), count(*)
FROM de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_active
WHERE s.status = 'active' AND CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END IS NOT NULL
  AND EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = s.user_id AND status = 'confirmed')
GROUP BY 1;

-- Whom and what an INSERT or UPDATE may replace, and the sessions that go with an account.
CREATE TABLE nexus_replaced_hours (
  user_id INTEGER NOT NULL,
  hour TEXT NOT NULL,
  sessions INTEGER NOT NULL,
  PRIMARY KEY (user_id, hour)
) WITHOUT ROWID;

CREATE TABLE nexus_replaced_sessions (
  session_id INTEGER PRIMARY KEY,
  hour TEXT
);

-- Sessions.
CREATE TRIGGER nexus_sessions_counted_insert AFTER INSERT ON de_torres_vincent_session_tokens
WHEN NEW.status = 'active' AND EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = NEW.user_id AND status = 'confirmed')
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT substr(CASE WHEN typeof(NEW.expiration) = 'text' AND NEW.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND NEW.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(NEW.expiration, 1, 10), '+0 days') = substr(NEW.expiration, 1, 10) THEN
  CASE WHEN NEW.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(NEW.expiration, 12, 2) < '24' THEN
    datetime(substr(NEW.expiration, 1, 19) || ltrim(substr(NEW.expiration, 20), '.0123456789'))
  WHEN length(NEW.expiration) = 10 OR NEW.expiration GLOB '??????????[ T]??:??*' AND substr(NEW.expiration, 12, 2) < '24' THEN
    datetime(NEW.expiration) END END END, 1, 13), 1 WHERE CASE WHEN typeof(NEW.expiration) = 'text' AND NEW.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND NEW.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(NEW.expiration, 1, 10), '+0 days') = substr(NEW.expiration, 1, 10) THEN
  CASE WHEN NEW.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(NEW.expiration, 12, 2) < '24' THEN
    datetime(substr(NEW.expiration, 1, 19) || ltrim(substr(NEW.expiration, 20), '.0123456789'))
  WHEN length(NEW.expiration) = 10 OR NEW.expiration GLOB '??????????[ T]??:??*' AND substr(NEW.expiration, 12, 2) < '24' THEN
    datetime(NEW.expiration) END END END IS NOT NULL
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
END;

CREATE TRIGGER nexus_sessions_counted_update AFTER UPDATE OF user_id, expiration, status ON de_torres_vincent_session_tokens
WHEN OLD.status = 'active' OR NEW.status = 'active'
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT substr(CASE WHEN typeof(OLD.expiration) = 'text' AND OLD.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND OLD.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(OLD.expiration, 1, 10), '+0 days') = substr(OLD.expiration, 1, 10) THEN
  CASE WHEN OLD.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(OLD.expiration, 12, 2) < '24' THEN
    datetime(substr(OLD.expiration, 1, 19) || ltrim(substr(OLD.expiration, 20), '.0123456789'))
  WHEN length(OLD.expiration) = 10 OR OLD.expiration GLOB '??????????[ T]??:??*' AND substr(OLD.expiration, 12, 2) < '24' THEN
    datetime(OLD.expiration) END END END, 1, 13), -1
  WHERE OLD.status = 'active' AND EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = OLD.user_id AND status = 'confirmed')
    AND CASE WHEN typeof(OLD.expiration) = 'text' AND OLD.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND OLD.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(OLD.expiration, 1, 10), '+0 days') = substr(OLD.expiration, 1, 10) THEN
  CASE WHEN OLD.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(OLD.expiration, 12, 2) < '24' THEN
    datetime(substr(OLD.expiration, 1, 19) || ltrim(substr(OLD.expiration, 20), '.0123456789'))
  WHEN length(OLD.expiration) = 10 OR OLD.expiration GLOB '??????????[ T]??:??*' AND substr(OLD.expiration, 12, 2) < '24' THEN
    datetime(OLD.expiration) END END END IS NOT NULL
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT substr(CASE WHEN typeof(NEW.expiration) = 'text' AND NEW.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND NEW.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(NEW.expiration, 1, 10), '+0 days') = substr(NEW.expiration, 1, 10) THEN
  CASE WHEN NEW.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(NEW.expiration, 12, 2) < '24' THEN
    datetime(substr(NEW.expiration, 1, 19) || ltrim(substr(NEW.expiration, 20), '.0123456789'))
  WHEN length(NEW.expiration) = 10 OR NEW.expiration GLOB '??????????[ T]??:??*' AND substr(NEW.expiration, 12, 2) < '24' THEN
    datetime(NEW.expiration) END END END, 1, 13), 1
  WHERE NEW.status = 'active' AND EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = NEW.user_id AND status = 'confirmed')
    AND CASE WHEN typeof(NEW.expiration) = 'text' AND NEW.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND NEW.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(NEW.expiration, 1, 10), '+0 days') = substr(NEW.expiration, 1, 10) THEN
  CASE WHEN NEW.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(NEW.expiration, 12, 2) < '24' THEN
    datetime(substr(NEW.expiration, 1, 19) || ltrim(substr(NEW.expiration, 20), '.0123456789'))
  WHEN length(NEW.expiration) = 10 OR NEW.expiration GLOB '??????????[ T]??:??*' AND substr(NEW.expiration, 12, 2) < '24' THEN
    datetime(NEW.expiration) END END END IS NOT NULL
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
END;

CREATE TRIGGER nexus_sessions_counted_delete AFTER DELETE ON de_torres_vincent_session_tokens
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT substr(CASE WHEN typeof(OLD.expiration) = 'text' AND OLD.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND OLD.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(OLD.expiration, 1, 10), '+0 days') = substr(OLD.expiration, 1, 10) THEN
  CASE WHEN OLD.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(OLD.expiration, 12, 2) < '24' THEN
    datetime(substr(OLD.expiration, 1, 19) || ltrim(substr(OLD.expiration, 20), '.0123456789'))
  WHEN length(OLD.expiration) = 10 OR OLD.expiration GLOB '??????????[ T]??:??*' AND substr(OLD.expiration, 12, 2) < '24' THEN
    datetime(OLD.expiration) END END END, 1, 13), -1
  WHERE OLD.status = 'active' AND EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = OLD.user_id AND status = 'confirmed')
    AND CASE WHEN typeof(OLD.expiration) = 'text' AND OLD.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND OLD.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(OLD.expiration, 1, 10), '+0 days') = substr(OLD.expiration, 1, 10) THEN
  CASE WHEN OLD.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(OLD.expiration, 12, 2) < '24' THEN
    datetime(substr(OLD.expiration, 1, 19) || ltrim(substr(OLD.expiration, 20), '.0123456789'))
  WHEN length(OLD.expiration) = 10 OR OLD.expiration GLOB '??????????[ T]??:??*' AND substr(OLD.expiration, 12, 2) < '24' THEN
    datetime(OLD.expiration) END END END IS NOT NULL
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
  DELETE FROM nexus_replaced_sessions WHERE session_id = OLD.id;
END;

CREATE TRIGGER nexus_sessions_replacing_insert BEFORE INSERT ON de_torres_vincent_session_tokens
WHEN EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens WHERE session_token = NEW.session_token)
BEGIN
  DELETE FROM nexus_replaced_sessions;
  INSERT INTO nexus_replaced_sessions (session_id, hour)
  SELECT s.id, CASE WHEN s.status = 'active' AND EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = s.user_id AND status = 'confirmed') THEN substr(CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END, 1, 13) END
  FROM de_torres_vincent_session_tokens s WHERE s.id = NEW.id OR s.session_token = NEW.session_token;
END;

CREATE TRIGGER nexus_sessions_replacing_update BEFORE UPDATE OF id, session_token ON de_torres_vincent_session_tokens
WHEN EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens WHERE id = NEW.id AND id <> OLD.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens WHERE session_token = NEW.session_token AND id <> OLD.id)
BEGIN
  DELETE FROM nexus_replaced_sessions;
  INSERT INTO nexus_replaced_sessions (session_id, hour)
  SELECT s.id, CASE WHEN s.status = 'active' AND EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = s.user_id AND status = 'confirmed') THEN substr(CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END, 1, 13) END
  FROM de_torres_vincent_session_tokens s WHERE s.id <> OLD.id AND (s.id = NEW.id OR s.session_token = NEW.session_token);
END;

CREATE TRIGGER nexus_sessions_replaced_insert AFTER INSERT ON de_torres_vincent_session_tokens
WHEN EXISTS (SELECT 1 FROM nexus_replaced_sessions)
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT r.hour, -count(*) FROM nexus_replaced_sessions r
  WHERE r.hour IS NOT NULL AND (r.session_id = NEW.id
    OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens s WHERE s.id = r.session_id)) GROUP BY r.hour
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
  DELETE FROM nexus_replaced_sessions;
END;

CREATE TRIGGER nexus_sessions_replaced_update AFTER UPDATE OF id, session_token ON de_torres_vincent_session_tokens
WHEN EXISTS (SELECT 1 FROM nexus_replaced_sessions)
BEGIN
  DELETE FROM nexus_replaced_sessions WHERE session_id = OLD.id;
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT r.hour, -count(*) FROM nexus_replaced_sessions r
  WHERE r.hour IS NOT NULL AND (r.session_id = NEW.id
    OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens s WHERE s.id = r.session_id)) GROUP BY r.hour
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
  DELETE FROM nexus_replaced_sessions;
END;

-- Accounts: their sessions count while they are confirmed.
CREATE TRIGGER nexus_users_sessions_insert AFTER INSERT ON de_torres_vincent_users
WHEN NEW.status = 'confirmed'
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT substr(CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END, 1, 13), count(*)
  FROM de_torres_vincent_session_tokens INDEXED BY nexus_sessions_user_active
  WHERE user_id = NEW.id AND status = 'active' AND CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END IS NOT NULL GROUP BY 1
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
END;

CREATE TRIGGER nexus_users_sessions_update AFTER UPDATE OF id, status ON de_torres_vincent_users
WHEN NEW.status IS NOT OLD.status OR NEW.id IS NOT OLD.id
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT substr(CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END, 1, 13), -count(*)
  FROM de_torres_vincent_session_tokens INDEXED BY nexus_sessions_user_active
  WHERE user_id = OLD.id AND status = 'active' AND CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END IS NOT NULL AND OLD.status = 'confirmed' GROUP BY 1
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT substr(CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END, 1, 13), count(*)
  FROM de_torres_vincent_session_tokens INDEXED BY nexus_sessions_user_active
  WHERE user_id = NEW.id AND status = 'active' AND CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END IS NOT NULL AND NEW.status = 'confirmed' GROUP BY 1
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
END;

-- Before, for sessions that are deleted with their account find none any more.
CREATE TRIGGER nexus_users_sessions_delete BEFORE DELETE ON de_torres_vincent_users
WHEN OLD.status = 'confirmed'
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT substr(CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END, 1, 13), -count(*)
  FROM de_torres_vincent_session_tokens INDEXED BY nexus_sessions_user_active
  WHERE user_id = OLD.id AND status = 'active' AND CASE WHEN typeof(expiration) = 'text' AND expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(expiration, 1, 10), '+0 days') = substr(expiration, 1, 10) THEN
  CASE WHEN expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(substr(expiration, 1, 19) || ltrim(substr(expiration, 20), '.0123456789'))
  WHEN length(expiration) = 10 OR expiration GLOB '??????????[ T]??:??*' AND substr(expiration, 12, 2) < '24' THEN
    datetime(expiration) END END END IS NOT NULL GROUP BY 1
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
END;

DROP TRIGGER nexus_users_replacing_insert;
DROP TRIGGER nexus_users_replacing_update;
DROP TRIGGER nexus_users_counted_delete;
DROP TRIGGER nexus_users_replaced_insert;
DROP TRIGGER nexus_users_replaced_update;

CREATE TRIGGER nexus_users_replacing_insert BEFORE INSERT ON de_torres_vincent_users
WHEN EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE username = NEW.username COLLATE NOCASE)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE email = NEW.email COLLATE NOCASE)
BEGIN
  DELETE FROM nexus_replaced_hours;
  DELETE FROM nexus_replaced_accounts;
  INSERT INTO nexus_replaced_accounts (user_id, status)
  SELECT id, status FROM de_torres_vincent_users
  WHERE id = NEW.id OR username = NEW.username COLLATE NOCASE OR email = NEW.email COLLATE NOCASE;
  INSERT INTO nexus_replaced_hours (user_id, hour, sessions)
  SELECT s.user_id, substr(CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END, 1, 13), count(*)
  FROM nexus_replaced_accounts r CROSS JOIN de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_user_active
    ON s.user_id = r.user_id
  WHERE r.status = 'confirmed' AND s.status = 'active' AND CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END IS NOT NULL GROUP BY 1, 2;
END;

CREATE TRIGGER nexus_users_replacing_update BEFORE UPDATE OF id, username, email ON de_torres_vincent_users
WHEN EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE id = NEW.id AND id <> OLD.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE username = NEW.username COLLATE NOCASE AND id <> OLD.id)
  OR EXISTS (SELECT 1 FROM de_torres_vincent_users WHERE email = NEW.email COLLATE NOCASE AND id <> OLD.id)
BEGIN
  DELETE FROM nexus_replaced_hours;
  DELETE FROM nexus_replaced_accounts;
  INSERT INTO nexus_replaced_accounts (user_id, status)
  SELECT id, status FROM de_torres_vincent_users
  WHERE id <> OLD.id
    AND (id = NEW.id OR username = NEW.username COLLATE NOCASE OR email = NEW.email COLLATE NOCASE);
  INSERT INTO nexus_replaced_hours (user_id, hour, sessions)
  SELECT s.user_id, substr(CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END, 1, 13), count(*)
  FROM nexus_replaced_accounts r CROSS JOIN de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_user_active
    ON s.user_id = r.user_id
  WHERE r.status = 'confirmed' AND s.status = 'active' AND CASE WHEN typeof(s.expiration) = 'text' AND s.expiration GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND s.expiration NOT GLOB '0000*' THEN
  CASE WHEN date(substr(s.expiration, 1, 10), '+0 days') = substr(s.expiration, 1, 10) THEN
  CASE WHEN s.expiration GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(substr(s.expiration, 1, 19) || ltrim(substr(s.expiration, 20), '.0123456789'))
  WHEN length(s.expiration) = 10 OR s.expiration GLOB '??????????[ T]??:??*' AND substr(s.expiration, 12, 2) < '24' THEN
    datetime(s.expiration) END END END IS NOT NULL GROUP BY 1, 2;
END;

CREATE TRIGGER nexus_users_counted_delete AFTER DELETE ON de_torres_vincent_users
BEGIN
  UPDATE nexus_account_counts
  SET accounts = accounts - 1, pending = pending - (OLD.status IS 'pending'),
    suspended = suspended - (OLD.status IS 'suspended');
  DELETE FROM nexus_replaced_hours WHERE user_id = OLD.id;
  DELETE FROM nexus_replaced_accounts WHERE user_id = OLD.id;
END;

CREATE TRIGGER nexus_users_replaced_insert AFTER INSERT ON de_torres_vincent_users
WHEN EXISTS (SELECT 1 FROM nexus_replaced_accounts)
BEGIN
  UPDATE nexus_account_counts
  SET accounts = accounts - gone.of_all, pending = pending - gone.of_pending, suspended = suspended - gone.of_suspended
  FROM (SELECT count(*) AS of_all, count(*) FILTER (WHERE r.status = 'pending') AS of_pending,
      count(*) FILTER (WHERE r.status = 'suspended') AS of_suspended
    FROM nexus_replaced_accounts r
    WHERE r.user_id = NEW.id OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_users u WHERE u.id = r.user_id)) AS gone;
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT h.hour, -sum(h.sessions) FROM nexus_replaced_accounts r JOIN nexus_replaced_hours h ON h.user_id = r.user_id
  WHERE r.user_id = NEW.id OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_users u WHERE u.id = r.user_id) GROUP BY h.hour
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
  DELETE FROM nexus_replaced_hours;
  DELETE FROM nexus_replaced_accounts;
END;

CREATE TRIGGER nexus_users_replaced_update AFTER UPDATE OF id, username, email ON de_torres_vincent_users
WHEN EXISTS (SELECT 1 FROM nexus_replaced_accounts)
BEGIN
  DELETE FROM nexus_replaced_accounts WHERE user_id = OLD.id;
  UPDATE nexus_account_counts
  SET accounts = accounts - gone.of_all, pending = pending - gone.of_pending, suspended = suspended - gone.of_suspended
  FROM (SELECT count(*) AS of_all, count(*) FILTER (WHERE r.status = 'pending') AS of_pending,
      count(*) FILTER (WHERE r.status = 'suspended') AS of_suspended
    FROM nexus_replaced_accounts r
    WHERE r.user_id = NEW.id OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_users u WHERE u.id = r.user_id)) AS gone;
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT h.hour, -sum(h.sessions) FROM nexus_replaced_accounts r JOIN nexus_replaced_hours h ON h.user_id = r.user_id
  WHERE r.user_id = NEW.id OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_users u WHERE u.id = r.user_id) GROUP BY h.hour
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
  DELETE FROM nexus_replaced_hours;
  DELETE FROM nexus_replaced_accounts;
END;
