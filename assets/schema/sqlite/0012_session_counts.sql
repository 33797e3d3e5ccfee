-- The number of all sessions.
CREATE TABLE nexus_session_counts (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sessions INTEGER NOT NULL
);

INSERT INTO nexus_session_counts (id, sessions) SELECT 1, count(*) FROM de_torres_vincent_session_tokens;

CREATE TRIGGER nexus_sessions_total_insert AFTER INSERT ON de_torres_vincent_session_tokens
BEGIN
  UPDATE nexus_session_counts SET sessions = sessions + 1;
END;

CREATE TRIGGER nexus_sessions_total_delete AFTER DELETE ON de_torres_vincent_session_tokens
BEGIN
  UPDATE nexus_session_counts SET sessions = sessions - 1;
END;

DROP TRIGGER nexus_sessions_replaced_insert;
DROP TRIGGER nexus_sessions_replaced_update;

CREATE TRIGGER nexus_sessions_replaced_insert AFTER INSERT ON de_torres_vincent_session_tokens
WHEN EXISTS (SELECT 1 FROM nexus_replaced_sessions)
BEGIN
  INSERT INTO nexus_active_hours (hour, sessions)
  SELECT r.hour, -count(*) FROM nexus_replaced_sessions r
  WHERE r.hour IS NOT NULL AND (r.session_id = NEW.id
    OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens s WHERE s.id = r.session_id)) GROUP BY r.hour
  ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions;
  UPDATE nexus_session_counts SET sessions = sessions - (SELECT count(*) FROM nexus_replaced_sessions r
    WHERE r.session_id = NEW.id OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens s WHERE s.id = r.session_id));
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
  UPDATE nexus_session_counts SET sessions = sessions - (SELECT count(*) FROM nexus_replaced_sessions r
    WHERE r.session_id = NEW.id OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens s WHERE s.id = r.session_id));
  DELETE FROM nexus_replaced_sessions;
END;
