-- Every change, one entry for each thing that an act changed, written in the same transaction. Entries are only ever added.
CREATE TABLE nexus_journal (
  -- From 1 without gaps.
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  at TEXT NOT NULL,
  -- Who: the operator's account and its name then, or for a command the OS user and what SUDO_USER said.
  actor_id INTEGER,
  actor TEXT NOT NULL,
  sudo_user TEXT,
  -- Where from: the console session's row (NULL for a command), and the SSH client's address or the terminal.
  session_id INTEGER,
  place TEXT NOT NULL,
  verb TEXT NOT NULL,
  -- done or refused
  outcome TEXT NOT NULL,
  -- What it was about, and the account that this is or belongs to.
  kind TEXT NOT NULL,
  object_id INTEGER,
  label TEXT NOT NULL,
  account_id INTEGER,
  -- The changed fields as JSON objects; of secrets only that they changed.
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  -- The first entry of the same act.
  act INTEGER NOT NULL,
  -- The entry that this one undoes.
  undoes INTEGER,
  -- SHA-256 over the hash of the entry before and all the columns above, 64 hex digits.
  hash TEXT NOT NULL
);

-- All that a filter asks stands in each of these, so that none has to look at the entries themselves.
CREATE INDEX nexus_journal_verb ON nexus_journal (verb, actor COLLATE NOCASE, account_id, outcome, at);
CREATE INDEX nexus_journal_actor ON nexus_journal (actor COLLATE NOCASE, verb, account_id, outcome, at);
CREATE INDEX nexus_journal_account ON nexus_journal (account_id, verb, actor COLLATE NOCASE, outcome, at);
CREATE INDEX nexus_journal_object ON nexus_journal (kind, object_id);
-- For a stretch of time alone. The times only grow, so that this one costs little.
CREATE INDEX nexus_journal_at ON nexus_journal (at, outcome);
CREATE INDEX nexus_journal_act ON nexus_journal (act);
CREATE INDEX nexus_journal_session ON nexus_journal (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX nexus_journal_command ON nexus_journal (actor) WHERE actor_id IS NULL;
-- An entry is undone once; to take that back is another entry.
CREATE UNIQUE INDEX nexus_journal_undoes ON nexus_journal (undoes) WHERE undoes IS NOT NULL;
-- Accounts by what they were called: also those that are gone.
CREATE INDEX nexus_journal_label ON nexus_journal (label COLLATE NOCASE, account_id) WHERE kind = 'account';

CREATE TRIGGER nexus_journal_gapless BEFORE INSERT ON nexus_journal
WHEN NEW.seq IS NOT (SELECT ifnull(max(seq), 0) + 1 FROM nexus_journal)
BEGIN
  SELECT raise(ABORT, 'the journal has no gaps');
END;

-- To replace an entry is to delete it, which no trigger is told of: the one that it would replace is looked for.
CREATE TRIGGER nexus_journal_undone_once BEFORE INSERT ON nexus_journal
WHEN EXISTS (SELECT 1 FROM nexus_journal WHERE undoes = NEW.undoes)
BEGIN
  SELECT raise(ABORT, 'an entry of the journal is undone once');
END;

CREATE TRIGGER nexus_journal_fixed BEFORE UPDATE ON nexus_journal
BEGIN
  SELECT raise(ABORT, 'entries of the journal cannot be changed');
END;

CREATE TRIGGER nexus_journal_kept BEFORE DELETE ON nexus_journal
BEGIN
  SELECT raise(ABORT, 'entries of the journal cannot be deleted');
END;
