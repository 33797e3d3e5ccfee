-- Who gets in, who stays in.

-- The second factor of an account (RFC 6238). The secret that an app shares is sealed with the key in the file beside the store,
-- whose name ends with .key: a copy of the store alone does not tell it. NULL where there is none.
ALTER TABLE nexus_accounts ADD COLUMN factor_secret BLOB;
-- The time at which its first code was accepted; NULL while it waits for one.
ALTER TABLE nexus_accounts ADD COLUMN factor_since TEXT;
-- The time step of the last code that was accepted: none is accepted twice.
ALTER TABLE nexus_accounts ADD COLUMN factor_step INTEGER;
-- Keyed hashes of the recovery codes that are left, with blanks between them.
ALTER TABLE nexus_accounts ADD COLUMN recovery_codes TEXT;

CREATE INDEX nexus_accounts_factor ON nexus_accounts (user_id) WHERE factor_secret IS NOT NULL;

ALTER TABLE nexus_bin_users ADD COLUMN factor_secret BLOB;
ALTER TABLE nexus_bin_users ADD COLUMN factor_since TEXT;
ALTER TABLE nexus_bin_users ADD COLUMN factor_step INTEGER;
ALTER TABLE nexus_bin_users ADD COLUMN recovery_codes TEXT;
