//! The blocks of the search index in the store: the words of up to 4,096 accounts each, in the order of ids, which are read at
//! once where a million rows would have to be.
//!
//! A block has the accounts from its first id up to the next block's. Triggers note the accounts whose words have changed
//! since their block was written; whoever searches looks at those one by one. When there are many, NEXUS writes their blocks
//! again as it changes something else.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::domain::text::fold;
use crate::domain::user::UserId;
use crate::store::Result;

use super::super::error;
use super::super::statement::{execute, first};
use super::ids::Ids;
use super::packed_words::{LETTERS, PackedWords, letter};

/// The maximum number of accounts in a block.
pub(super) const ACCOUNTS: usize = 4_096;
/// The maximum number of accounts whose blocks are written again at once.
const ACCOUNTS_AT_ONCE: usize = 4 * ACCOUNTS;
/// The number of noted accounts from which blocks are written again.
pub(crate) const MANY: usize = 2_048;
/// The first id of the first block: every account has one.
pub(super) const LEAST: i64 = i64::MIN;

/// The first id of the block of an account.
const BLOCK_OF: &str = "SELECT max(first) FROM nexus_search_blocks WHERE first <= ?";

/// A block that is being filled.
#[derive(Debug, Default)]
pub(super) struct NewBlock {
    pub(super) ids: Vec<i64>,
    pub(super) words: PackedWords,
    /// The letters of each account, a bit each.
    letters: Vec<u64>,
}

impl NewBlock {
    /// Adds an account with its words, folded.
    pub(super) fn push(&mut self, id: i64, words: &[u8]) {
        self.ids.push(id);
        self.words.push(words);
        let bits = words.iter().filter_map(|byte| letter(*byte)).fold(0, |bits, letter| bits | 1 << letter);
        self.letters.push(bits);
    }

    pub(super) fn is_full(&self) -> bool {
        self.ids.len() == ACCOUNTS
    }

    /// Writes the block with its first id, and begins another one.
    pub(super) fn write(&mut self, connection: &Connection, first: i64) -> Result<()> {
        for (letter, bits) in self.letters().enumerate() {
            let sql = "INSERT OR REPLACE INTO nexus_search_letters (letter, first, bits) VALUES (?, ?, ?)";
            execute(connection, sql, params![letter as i64, first, bits])?;
        }
        let ids = Ids::of(std::mem::take(&mut self.ids));
        let PackedWords { domains, numbers, lengths, words } = &self.words;
        let sql = "INSERT INTO nexus_search_blocks (first, stamp, ids, domains, numbers, lengths, words)
                   VALUES (?, random(), ?, ?, ?, ?, ?)";
        execute(connection, sql, params![first, ids.to_bytes(), domains, numbers, lengths, words])?;
        self.words.clear();
        self.letters.clear();
        Ok(())
    }

    /// Returns for each letter the accounts that have it, a bit each.
    fn letters(&self) -> impl Iterator<Item = Vec<u8>> {
        (0..LETTERS).map(|letter| {
            let bits = |some: &[u64]| {
                some.iter().enumerate().fold(0, |bits, (at, held)| bits | ((held >> letter & 1) as u8) << at)
            };
            self.letters.chunks(8).map(bits).collect()
        })
    }
}

/// The words of all accounts, or of some, in the order of ids.
const NAMES: &str = "SELECT user_id, words, folded FROM nexus_names ORDER BY user_id";
const NAMES_BETWEEN: &str = "SELECT user_id, words, folded FROM nexus_names
  WHERE user_id >= ?1 AND (?2 IS NULL OR user_id < ?2) ORDER BY user_id LIMIT ?3";

/// Passes the words of an account to `take`, folded. They are the column `at` of a row, and whether they are folded the next.
pub(super) fn with_words<T>(row: &Row<'_>, at: usize, take: impl FnOnce(&[u8]) -> T) -> rusqlite::Result<T> {
    let words = row.get_ref(at)?.as_bytes_or_null()?.unwrap_or_default();
    let is_folded = row.get_ref(at + 1)?.as_i64().is_ok_and(|folded| folded != 0);
    Ok(match std::str::from_utf8(words) {
        Ok(_) if is_folded => take(words),
        Ok(words) => take(fold(words).as_bytes()),
        Err(_) => take(fold(&String::from_utf8_lossy(words)).as_bytes()),
    })
}

/// Removes all blocks, and what is noted of changes since they were written.
pub(super) fn clear(connection: &Connection) -> Result<()> {
    connection
        .execute_batch(
            "DELETE FROM nexus_search_blocks; DELETE FROM nexus_search_letters; DELETE FROM nexus_search_changes;",
        )
        .map_err(error::of)
}

/// Writes all blocks again.
pub(crate) fn rewrite(connection: &Connection) -> Result<()> {
    clear(connection)?;
    let mut statement = connection.prepare_cached(NAMES).map_err(error::of)?;
    let rows = statement.query([]).map_err(error::of)?;
    write_all(connection, LEAST, rows).map(drop)
}

/// Writes blocks of these rows, the first one with this first id. Returns the number of rows, and the last id.
fn write_all(
    connection: &Connection,
    mut first: i64,
    mut rows: rusqlite::Rows<'_>,
) -> Result<(usize, Option<i64>)> {
    let mut block = NewBlock::default();
    let (mut count, mut last) = (0, None);
    while let Some(row) = rows.next().map_err(error::of)? {
        let id = row.get(0).map_err(error::of)?;
        if block.is_full() {
            block.write(connection, first)?;
        }
        if count > 0 && block.ids.is_empty() {
            first = id;
        }
        with_words(row, 1, |words| block.push(id, words)).map_err(error::of)?;
        (count, last) = (count + 1, Some(id));
    }
    if !block.ids.is_empty() {
        block.write(connection, first)?;
    }
    Ok((count, last))
}

/// Returns true if more than `many` accounts have changed since their blocks were written.
pub(crate) fn is_behind(connection: &Connection, many: usize) -> Result<bool> {
    let sql = "SELECT 1 FROM nexus_search_changes LIMIT 1 OFFSET ?";
    Ok(first(connection, sql, [many as i64], |_| Ok(()))?.is_some())
}

/// Writes the block again of which most accounts are noted, if more than `many` are. Returns true if there was something to do.
pub(crate) fn catch_up(connection: &Connection, many: usize) -> Result<bool> {
    if !is_behind(connection, many)? {
        return Ok(false);
    }
    let sql = format!(
        "SELECT ({BLOCK_OF}), count(*) FROM (SELECT user_id FROM nexus_search_changes LIMIT {ACCOUNTS_AT_ONCE}) c
         GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )
    .replace("<= ?", "<= c.user_id");
    let block = first(connection, &sql, [], |row| row.get::<_, Option<i64>>(0))?.flatten();
    write_again(connection, block.unwrap_or(LEAST)).map(|()| true)
}

/// Writes the block again in which the words of an account may stand that is gone.
pub(crate) fn forget(connection: &Connection, account: UserId) -> Result<()> {
    match first(connection, BLOCK_OF, [account.0], |row| row.get::<_, Option<i64>>(0))?.flatten() {
        Some(block) => write_again(connection, block),
        None => Ok(()),
    }
}

/// Writes a block again. If very many accounts have been added to it, the rest of them stay noted.
fn write_again(connection: &Connection, block: i64) -> Result<()> {
    let sql = "SELECT min(first) FROM nexus_search_blocks WHERE first > ?";
    let next = first(connection, sql, [block], |row| row.get::<_, Option<i64>>(0))?.flatten();
    let sql = "SELECT ids FROM nexus_search_blocks WHERE first = ?";
    let ids = |row: &Row<'_>| Ok(row.get_ref(0)?.as_blob().ok().and_then(Ids::from_bytes));
    let before = first(connection, sql, [block], ids)?.flatten();
    execute(connection, "DELETE FROM nexus_search_blocks WHERE first = ?", [block])?;
    for letter in 0..LETTERS as i64 {
        execute(
            connection,
            "DELETE FROM nexus_search_letters WHERE letter = ? AND first = ?",
            [letter, block],
        )?;
    }
    let mut statement = connection.prepare_cached(NAMES_BETWEEN).map_err(error::of)?;
    let rows = statement.query(params![block, next, ACCOUNTS_AT_ONCE as i64]).map_err(error::of)?;
    let (count, last) = write_all(connection, block, rows)?;
    let last = last.filter(|_| count == ACCOUNTS_AT_ONCE);
    let sql = "DELETE FROM nexus_search_changes WHERE user_id >= ?1 AND (?2 IS NULL OR user_id < ?2)
               AND (?3 IS NULL OR user_id <= ?3)";
    execute(connection, sql, params![block, next, last])?;
    let Some(last) = last else { return Ok(()) };
    for id in before.iter().flat_map(Ids::iter).filter(|id| *id > last) {
        execute(connection, "INSERT OR IGNORE INTO nexus_search_changes (user_id) VALUES (?)", [id])?;
    }
    Ok(())
}

/// Returns true if the blocks do not hold the words of the accounts that are not noted.
pub(crate) fn differ(connection: &Connection) -> Result<bool> {
    let sql = "SELECT k.user_id, k.words, k.folded FROM nexus_names k
               WHERE NOT EXISTS (SELECT 1 FROM nexus_search_changes c WHERE c.user_id = k.user_id) ORDER BY k.user_id";
    let mut statement = connection.prepare(sql).map_err(error::of)?;
    let mut rows = statement.query([]).map_err(error::of)?;
    let mut next = || -> Result<Option<(i64, Vec<u8>)>> {
        let Some(row) = rows.next().map_err(error::of)? else { return Ok(None) };
        let id = row.get(0).map_err(error::of)?;
        Ok(Some((id, with_words(row, 1, <[u8]>::to_vec).map_err(error::of)?)))
    };
    let sql = "SELECT first, ids, domains, numbers, lengths, words,
                 (SELECT min(n.first) FROM nexus_search_blocks n WHERE n.first > b.first)
               FROM nexus_search_blocks b ORDER BY first";
    let mut statement = connection.prepare(sql).map_err(error::of)?;
    let mut blocks = statement.query([]).map_err(error::of)?;
    let mut noted =
        connection.prepare("SELECT 1 FROM nexus_search_changes WHERE user_id = ?").map_err(error::of)?;
    let mut wanted = next()?;
    while let Some(row) = blocks.next().map_err(error::of)? {
        let range =
            (row.get::<_, i64>(0).map_err(error::of)?, row.get::<_, Option<i64>>(6).map_err(error::of)?);
        let Some(ids) = row.get_ref(1).map_err(error::of)?.as_blob().ok().and_then(Ids::from_bytes) else {
            return Ok(true);
        };
        let mut words = PackedWords::default();
        read(row, 2, &mut words).map_err(error::of)?;
        if !words.is_of(ids.len()) {
            return Ok(true);
        }
        let mut again = NewBlock::default();
        words.each(|at, words| again.push(ids.get(at).unwrap_or_default(), words));
        let is_within = |id: &i64| *id >= range.0 && range.1.is_none_or(|next| *id < next);
        if letters_of(connection, range.0)? != again.letters().collect::<Vec<_>>()
            || !again.ids.iter().all(is_within)
        {
            return Ok(true);
        }
        let mut held = Vec::new();
        words.each(|_, words| held.push(words.to_vec()));
        for held in ids.iter().zip(held) {
            if wanted.as_ref() == Some(&held) {
                wanted = next()?;
            } else if wanted.as_ref().is_some_and(|wanted| wanted.0 <= held.0)
                || !noted.exists([held.0]).map_err(error::of)?
            {
                return Ok(true);
            }
        }
    }
    let sql = "SELECT count(*) <> (SELECT count(*) FROM nexus_search_blocks) * ? FROM nexus_search_letters";
    let are_others = first(connection, sql, [LETTERS as i64], |row| row.get(0))?.unwrap_or_default();
    Ok(wanted.is_some() || are_others)
}

/// Returns the letters of a block as they are stored.
fn letters_of(connection: &Connection, first: i64) -> Result<Vec<Vec<u8>>> {
    let sql = "SELECT bits FROM nexus_search_letters WHERE letter = ? AND first = ?";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    let mut letters = Vec::new();
    for letter in 0..LETTERS as i64 {
        letters.extend(statement.query_row([letter, first], |row| row.get(0)).optional().map_err(error::of)?);
    }
    Ok(letters)
}

/// Reads the packed words of a block from four columns into `words`.
pub(super) fn read(row: &Row<'_>, at: usize, words: &mut PackedWords) -> rusqlite::Result<()> {
    words.clear();
    let PackedWords { domains, numbers, lengths, words } = words;
    for (column, bytes) in (at..).zip([domains, numbers, lengths, words]) {
        bytes.extend_from_slice(row.get_ref(column)?.as_blob().unwrap_or_default());
    }
    Ok(())
}
