-- Orders that lists are shown in.

-- Part: smaller indexes. Times of accounts as numbers, which take half the room of texts.
DROP INDEX nexus_users_created;
CREATE INDEX nexus_users_created ON de_torres_vincent_users (unixepoch(
  CASE WHEN created_at > '0001' AND created_at < ':' AND datetime(created_at, '+0 days') = created_at THEN created_at ELSE
  CASE WHEN typeof(created_at) = 'text' AND created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND created_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(created_at, 1, 10), '+0 days') = substr(created_at, 1, 10) THEN
  CASE WHEN created_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(created_at, 12, 2) < '24' THEN
    datetime(substr(created_at, 1, 19) || ltrim(substr(created_at, 20), '.0123456789'))
  WHEN length(created_at) = 10 OR created_at GLOB '??????????[ T]??:??*' AND substr(created_at, 12, 2) < '24' THEN
    datetime(created_at) END END END END));
DROP INDEX nexus_users_updated;
CREATE INDEX nexus_users_updated ON de_torres_vincent_users (unixepoch(
  CASE WHEN updated_at > '0001' AND updated_at < ':' AND datetime(updated_at, '+0 days') = updated_at THEN updated_at ELSE
  CASE WHEN typeof(updated_at) = 'text' AND updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND updated_at NOT GLOB '0000*' THEN
  CASE WHEN date(substr(updated_at, 1, 10), '+0 days') = substr(updated_at, 1, 10) THEN
  CASE WHEN updated_at GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(updated_at, 12, 2) < '24' THEN
    datetime(substr(updated_at, 1, 19) || ltrim(substr(updated_at, 20), '.0123456789'))
  WHEN length(updated_at) = 10 OR updated_at GLOB '??????????[ T]??:??*' AND substr(updated_at, 12, 2) < '24' THEN
    datetime(updated_at) END END END END));

-- Part: directories by path, in the order of a list of all of them: the case of ASCII letters does not matter, and a slash sorts
-- before every other character, so that a directory comes right before those below it. Other programs find a path along the
-- index of before, which stays.
CREATE INDEX nexus_directories_order ON de_torres_vincent_user_directories (replace(directory_path, '/', char(1)) COLLATE NOCASE);
