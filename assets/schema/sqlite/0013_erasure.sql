-- What the journal says of a person can be erased while its chain of hashes holds.

-- The chain covers digests of two parts of an entry: who acted (actor, sudo_user, place), and what it was about (label, before,
-- after). Of each part its salt stands here, 16 bytes, and once it is erased its digest, 32 bytes. NULL in older entries.
ALTER TABLE nexus_journal ADD COLUMN actor_seal BLOB;
ALTER TABLE nexus_journal ADD COLUMN object_seal BLOB;

-- The hashes of the older entries in the chain of today. Those of before stand in the journal. There are none if that chain
-- was broken.
CREATE TABLE nexus_journal_rechained (
  seq INTEGER PRIMARY KEY,
  hash BLOB NOT NULL,
  -- NULL once the part is erased.
  actor_salt BLOB,
  object_salt BLOB
);

CREATE TRIGGER nexus_journal_rechained_once BEFORE INSERT ON nexus_journal_rechained
WHEN EXISTS (SELECT 1 FROM nexus_journal_rechained WHERE seq = NEW.seq)
BEGIN
  SELECT raise(ABORT, 'an entry of the journal is chained anew once');
END;

CREATE TRIGGER nexus_journal_rechained_fixed BEFORE UPDATE ON nexus_journal_rechained
WHEN NOT (NEW.seq IS OLD.seq AND NEW.hash IS OLD.hash
  AND (NEW.actor_salt IS OLD.actor_salt OR NEW.actor_salt IS NULL)
  AND (NEW.object_salt IS OLD.object_salt OR NEW.object_salt IS NULL))
BEGIN
  SELECT raise(ABORT, 'entries of the journal cannot be changed');
END;

CREATE TRIGGER nexus_journal_rechained_kept BEFORE DELETE ON nexus_journal_rechained
BEGIN
  SELECT raise(ABORT, 'entries of the journal cannot be deleted');
END;

-- An entry can lose a part, and nothing else about it can change.
DROP TRIGGER nexus_journal_fixed;
CREATE TRIGGER nexus_journal_fixed BEFORE UPDATE ON nexus_journal
WHEN NOT (NEW.seq IS OLD.seq AND NEW.at IS OLD.at AND NEW.actor_id IS OLD.actor_id AND NEW.session_id IS OLD.session_id
  AND NEW.verb IS OLD.verb AND NEW.outcome IS OLD.outcome AND NEW.kind IS OLD.kind AND NEW.object_id IS OLD.object_id
  AND NEW.account_id IS OLD.account_id AND NEW.act IS OLD.act AND NEW.undoes IS OLD.undoes AND NEW.hash IS OLD.hash
  AND (NEW.actor_seal IS OLD.actor_seal AND NEW.actor IS OLD.actor AND NEW.sudo_user IS OLD.sudo_user
      AND NEW.place IS OLD.place
    OR NEW.actor IS '' AND NEW.sudo_user IS NULL AND NEW.place IS '' AND length(NEW.actor_seal) IS 32
      AND ifnull(length(OLD.actor_seal), 16) IS 16)
  AND (NEW.object_seal IS OLD.object_seal AND NEW.label IS OLD.label AND NEW.before IS OLD.before AND NEW.after IS OLD.after
    OR NEW.label IS '' AND NEW.before IS '{}' AND NEW.after IS '{}' AND length(NEW.object_seal) IS 32
      AND ifnull(length(OLD.object_seal), 16) IS 16))
BEGIN
  SELECT raise(ABORT, 'entries of the journal cannot be changed');
END;

-- The entries of an operator are found by the account: names change, and are erased.
CREATE INDEX nexus_journal_actor_id ON nexus_journal (actor_id) WHERE actor_id IS NOT NULL;

-- An erased account has no name, and neither has the entry that says so.
DROP TRIGGER nexus_journal_labelled;
CREATE TRIGGER nexus_journal_labelled AFTER INSERT ON nexus_journal
WHEN NEW.kind = 'account' AND NEW.account_id IS NOT NULL AND NEW.label <> ''
  AND NOT EXISTS (SELECT 1 FROM nexus_journal_labels WHERE label = NEW.label AND account_id = NEW.account_id)
BEGIN
  INSERT INTO nexus_journal_labels (label, account_id) VALUES (NEW.label, NEW.account_id);
END;
DELETE FROM nexus_journal_labels WHERE label = '';
