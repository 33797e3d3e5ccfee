-- Orders of lists by columns that had no index yet.

CREATE INDEX nexus_users_phone ON de_torres_vincent_users (contact_number);
CREATE INDEX nexus_sessions_origin ON nexus_sessions (origin || ' ' || detail);
