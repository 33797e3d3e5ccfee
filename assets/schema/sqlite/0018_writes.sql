-- Less work for each row that is written.

-- Part: the journal. NEXUS alone adds entries: it notes the names of accounts, and counts the entries of a transaction once.
DROP TRIGGER nexus_journal_counted;
DROP TRIGGER nexus_journal_labelled;

-- A statement that may have to be taken back keeps a copy of each page that it changes. When an entry is refused, nothing of it was
-- written yet: so the statement ends there, and nothing is taken back. Of a statement that inserts several entries, which NEXUS
-- never does, those before the refused one stay.
DROP TRIGGER nexus_journal_gapless;
DROP TRIGGER nexus_journal_undone_once;

CREATE TRIGGER nexus_journal_gapless BEFORE INSERT ON nexus_journal
WHEN NEW.seq IS NOT (SELECT ifnull(max(seq), 0) + 1 FROM nexus_journal)
BEGIN
  SELECT raise(FAIL, 'the journal has no gaps');
END;

CREATE TRIGGER nexus_journal_undone_once BEFORE INSERT ON nexus_journal
WHEN NEW.undoes IS NOT NULL AND EXISTS (SELECT 1 FROM nexus_journal WHERE undoes = NEW.undoes)
BEGIN
  SELECT raise(FAIL, 'an entry of the journal is undone once');
END;

-- Part: one trigger where directories are added. While NEXUS inserts many, or moves a directory with all below it, it sees to the
-- tree, to the number of directories and to the revision itself, and it replaces none.
DROP TRIGGER nexus_directories_added;
DROP TRIGGER nexus_directories_total_insert;
DROP TRIGGER nexus_directories_replacing_insert;
DROP TRIGGER nexus_directories_replaced_insert;
DROP TRIGGER nexus_directories_revision_insert;
DROP TRIGGER nexus_directories_revision_update;

CREATE TRIGGER nexus_directories_replacing_insert BEFORE INSERT ON de_torres_vincent_user_directories
WHEN NOT EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'moving')
  AND (EXISTS (SELECT 1 FROM de_torres_vincent_user_directories WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM de_torres_vincent_user_directories WHERE directory_id = NEW.directory_id))
BEGIN
  DELETE FROM nexus_replaced_directories;
  INSERT INTO nexus_replaced_directories
  SELECT id FROM de_torres_vincent_user_directories WHERE id = NEW.id OR directory_id = NEW.directory_id;
END;

-- A DELETE without a condition writes an empty table as well. What a REPLACE may have left in the tree is deleted first: the
-- clause of an INSERT OR FAIL from outside would hold here instead of one of ours.
CREATE TRIGGER nexus_directories_added AFTER INSERT ON de_torres_vincent_user_directories
WHEN NOT EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'moving')
BEGIN
  UPDATE nexus_revision SET revision = randomblob(16), changes = changes + 1;
  UPDATE nexus_directory_counts SET directories = directories + 1 - (SELECT count(*) FROM nexus_replaced_directories r
    WHERE r.id = NEW.id OR NOT EXISTS (SELECT 1 FROM de_torres_vincent_user_directories d WHERE d.id = r.id));
  DELETE FROM nexus_replaced_directories WHERE true;
  DELETE FROM nexus_directories WHERE id = NEW.id;
  INSERT INTO nexus_directories (id, user_id, parent, name, folded)
  SELECT id, user_id, parent, name, folded FROM nexus_directory_places WHERE id = NEW.id;
  UPDATE nexus_directories SET parent = NEW.id
  WHERE id IN (SELECT c.id FROM de_torres_vincent_user_directories c WHERE c.user_id = NEW.user_id
      AND c.directory_path > NEW.directory_path || '/' AND c.directory_path < NEW.directory_path || '0'
      AND rtrim(c.directory_path, replace(c.directory_path, '/', '')) = NEW.directory_path || '/')
    AND (parent = 0 OR parent > NEW.id);
END;

CREATE TRIGGER nexus_directories_revision_update AFTER UPDATE ON de_torres_vincent_user_directories
WHEN NOT EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'moving')
BEGIN
  UPDATE nexus_revision SET revision = randomblob(16), changes = changes + 1;
END;

-- Part: the order of sessions by label, in which case does not matter, as in other orders of texts.
DROP INDEX nexus_sessions_label;
CREATE INDEX nexus_sessions_label ON nexus_sessions (label COLLATE NOCASE) WHERE label IS NOT NULL;
