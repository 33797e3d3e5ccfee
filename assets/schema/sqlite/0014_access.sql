-- Part: sessions: what a token is for, in the words of whoever issued it.
ALTER TABLE nexus_sessions ADD COLUMN label TEXT;
ALTER TABLE nexus_bin_sessions ADD COLUMN label TEXT;
CREATE INDEX nexus_sessions_label ON nexus_sessions (label) WHERE label IS NOT NULL;
