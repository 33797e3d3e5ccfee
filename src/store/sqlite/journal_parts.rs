//! The parts of the journal: the entries whose numbers are the same but for the lowest 16 bits.
//!
//! Values that come in any order, such as accounts, are indexed within each part. So only the end of such an index is written,
//! and whoever looks asks each part: some hundreds for ten million entries.

/// The condition on an entry `j` that is true for every one and lets SQLite look into each part of an index. Only parts that
/// have an entry are asked.
pub(super) const IN_ANY_PART: &str = "(j.seq >> 16) IN (WITH RECURSIVE part (n) AS (
    SELECT (SELECT min(seq) FROM nexus_journal) >> 16
    UNION SELECT (SELECT min(seq) FROM nexus_journal WHERE seq > (n << 16 | 65535)) >> 16 FROM part WHERE n IS NOT NULL)
  SELECT n FROM part WHERE n IS NOT NULL)";

/// The entries along the index of accounts; the condition names an account and [`IN_ANY_PART`].
pub(super) const BY_ACCOUNT: &str = "nexus_journal j INDEXED BY nexus_journal_account";

/// Returns the numbers of the parts with entries after `after`, up to this one. The highest comes last.
pub(super) fn parts_between(after: i64, up_to: i64) -> std::ops::RangeInclusive<i64> {
    (after.saturating_add(1) >> 16)..=(up_to >> 16)
}
