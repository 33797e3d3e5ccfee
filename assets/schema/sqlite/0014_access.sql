-- Who gets in, and who stays in. One part for each purpose.

-- Part: failed log-ins, which delay further tries.

-- Accounts that are gone have no rows here; those in the bin neither.
CREATE TABLE nexus_failed_log_ins (
  id INTEGER PRIMARY KEY,
  -- `account:ID`; `name:` and the keyed hash of a name that was typed, whether or not an account has it; or `unknown`, for
  -- all names that no account has.
  target TEXT NOT NULL,
  -- The OS user, and the address that logind or utmp vouches for.
  origin TEXT NOT NULL,
  -- Since the last good log-in from this origin.
  failures INTEGER NOT NULL,
  -- Those of which the account's owner has not been told.
  untold INTEGER NOT NULL,
  -- When the last one was: milliseconds since 1970, and since the boot with this id.
  wall_ms INTEGER NOT NULL,
  boot TEXT,
  boot_ms INTEGER,
  -- The last minute with a failure, counted from 1970; how many failures of that run of minutes have entries of their own in
  -- the journal, and how many of the last minute have none yet.
  minute INTEGER NOT NULL,
  written INTEGER NOT NULL,
  unwritten INTEGER NOT NULL
);

CREATE UNIQUE INDEX nexus_failed_log_ins_target ON nexus_failed_log_ins (target, origin);
CREATE INDEX nexus_failed_log_ins_unwritten ON nexus_failed_log_ins (minute) WHERE unwritten > 0;

CREATE TRIGGER nexus_failed_log_ins_removed AFTER DELETE ON de_torres_vincent_users
BEGIN
  DELETE FROM nexus_failed_log_ins WHERE target = 'account:' || OLD.id;
END;
