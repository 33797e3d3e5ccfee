//! The search index: the words of all accounts in memory, searched from one character on, faster than an index on
//! disk.
//!
//! It follows the rows by the log of changes. An account that has changed gets a new place and its old one is dead;
//! when there are too many dead places, everything is read again.

use std::collections::BTreeMap;

use memchr::memmem::Finder;
use rusqlite::{Connection, params};

use crate::domain::filter::Test;
use crate::domain::text::fold;
use crate::domain::user::{AccessLevel, Status, UserColumn};
use crate::store::Result;

use super::error;
use super::keyset::{Order, ScanStart};
use super::place_set::Places;
use super::position_index::places;
use super::values::{number, text};

/// The byte after each account's words; no UTF-8 text contains it.
const END: u8 = 0xff;
/// The mark of a place whose account was deleted or has moved to another place.
const DEAD: u8 = 0xff;
/// The bit for an admin, beside the status.
const ADMIN: u8 = 0x80;

/// The maximum number of accounts to sort by their keys one by one; for more, the whole order is read.
const FEW: usize = 2_000;
/// The number of orders in memory.
const ORDERS: usize = 2;
/// The maximum number of changes to follow one by one.
const CHANGES: usize = 2_000;

/// The words, levels and statuses of all accounts, by place.
#[derive(Debug)]
pub(super) struct SearchIndex {
    /// The change that is followed up to.
    seq: i64,
    /// The words, one account after the other.
    words: Vec<u8>,
    /// The start of each account's words.
    starts: Vec<u32>,
    /// The ids by place, ascending except for accounts that have changed.
    ids: Vec<i64>,
    /// Status and level by place.
    marks: Vec<u8>,
    /// The letters of the words, by place: a bit for each of [`letter`].
    letters: Vec<u64>,
    /// Places of accounts that changed.
    moved: BTreeMap<i64, u32>,
    /// The number of places that were read in one go; those after them are of accounts that have changed.
    read: usize,
    /// All places in an order, until something changes.
    orders: Vec<(UserColumn, Vec<u32>)>,
}

/// Returns a status as a byte.
const fn status_mark(status: Status) -> u8 {
    match status {
        Status::Pending => 0,
        Status::Confirmed => 1,
        Status::Suspended => 2,
    }
}

impl SearchIndex {
    /// Builds the index from the names of all accounts.
    pub(super) fn read(connection: &Connection) -> Result<Self> {
        let seq = newest_change(connection)?;
        let mut statement =
            connection.prepare_cached("SELECT count(*) FROM nexus_names").map_err(error::of)?;
        let count = statement.query_row([], |row| number(row, 0)).map_err(error::of)? as usize;
        let mut search_index = Self {
            seq,
            words: Vec::with_capacity(count * 68),
            starts: Vec::with_capacity(count + count / 64),
            ids: Vec::with_capacity(count + count / 64),
            marks: Vec::with_capacity(count + count / 64),
            letters: Vec::with_capacity(count + count / 64),
            moved: BTreeMap::new(),
            read: 0,
            orders: Vec::new(),
        };
        let mut statement = connection.prepare_cached(READ_ALL).map_err(error::of)?;
        let mut rows = statement.query([]).map_err(error::of)?;
        while let Some(row) = rows.next().map_err(error::of)? {
            search_index.push(row).map_err(error::of)?;
        }
        search_index.read = search_index.ids.len();
        search_index.words.shrink_to_fit();
        search_index.marks = vec![status_mark(Status::Confirmed); search_index.read];
        search_index.read_marks(connection, UNUSUAL, |mark, word| {
            *mark = *mark & ADMIN | Status::parse(word).map_or(status_mark(Status::Suspended), status_mark);
        })?;
        search_index.read_marks(connection, ADMINS, |mark, _| *mark |= ADMIN)?;
        Ok(search_index)
    }

    /// Reads statuses and levels. Most accounts are confirmed and of level user: only the others are read, from
    /// indexes.
    fn read_marks(&mut self, connection: &Connection, sql: &str, set: fn(&mut u8, &str)) -> Result<()> {
        let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
        let mut rows = statement.query([]).map_err(error::of)?;
        while let Some(row) = rows.next().map_err(error::of)? {
            let place = self.place(row.get(0).map_err(error::of)?);
            if let Some(mark) = place.and_then(|at| self.marks.get_mut(at)) {
                set(mark, row.get_ref(1).map_err(error::of)?.as_str().unwrap_or_default());
            }
        }
        Ok(())
    }

    fn push(&mut self, row: &rusqlite::Row<'_>) -> rusqlite::Result<()> {
        let words = row.get_ref(1)?.as_bytes_or_null()?.unwrap_or_default();
        let start = self.words.len();
        self.starts.push(start as u32);
        self.ids.push(row.get(0)?);
        let is_folded = row.get_ref(2)?.as_i64().is_ok_and(|folded| folded != 0);
        match std::str::from_utf8(words) {
            Ok(_) if is_folded => self.words.extend_from_slice(words),
            Ok(words) => self.words.extend_from_slice(fold(words).as_bytes()),
            Err(_) => self.words.extend_from_slice(fold(&String::from_utf8_lossy(words)).as_bytes()),
        }
        let held = self.words.get(start..).unwrap_or_default();
        self.letters.push(held.iter().filter_map(|byte| letter(*byte)).fold(0, |held, bit| held | bit));
        self.words.push(END);
        Ok(())
    }

    /// Follows the changes since. Returns false if there are too many: then all accounts must be read again.
    pub(super) fn follow(&mut self, connection: &Connection) -> Result<bool> {
        let newest = newest_change(connection)?;
        if newest == self.seq {
            return Ok(true);
        }
        let sql = "SELECT seq, user_id FROM nexus_changes WHERE seq > ?1 AND seq <= ?1 + ?2 ORDER BY seq";
        let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let rows = statement.query_map(params![self.seq, CHANGES as i64 + 1], read).map_err(error::of)?;
        let changes = rows.collect::<rusqlite::Result<Vec<(i64, i64)>>>().map_err(error::of)?;
        let is_gapless = changes.first().is_some_and(|(seq, _)| *seq == self.seq + 1)
            && changes.last().is_some_and(|(seq, _)| *seq == newest);
        if !is_gapless || self.moved.len() + changes.len() > CHANGES * 4 {
            return Ok(false);
        }
        self.orders.clear();
        let mut ids: Vec<_> = changes.into_iter().map(|(_, id)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            self.renew(connection, id)?;
        }
        self.seq = newest;
        Ok(true)
    }

    fn renew(&mut self, connection: &Connection, id: i64) -> Result<()> {
        if let Some(mark) = self.place(id).and_then(|at| self.marks.get_mut(at)) {
            *mark = DEAD;
        }
        self.moved.remove(&id);
        let mut statement = connection.prepare_cached(READ_ONE).map_err(error::of)?;
        let mut rows = statement.query([id]).map_err(error::of)?;
        if let Some(row) = rows.next().map_err(error::of)? {
            self.moved.insert(id, self.ids.len() as u32);
            self.push(row).map_err(error::of)?;
            let word = |column| text(row, column).map_err(error::of);
            let status = Status::parse(&word(3)?).map_or(status_mark(Status::Suspended), status_mark);
            let is_admin = word(4)? == AccessLevel::Admin.word();
            self.marks.push(status | if is_admin { ADMIN } else { 0 });
        }
        Ok(())
    }

    /// Returns the place of an account.
    fn place(&self, id: i64) -> Option<usize> {
        if let Some(at) = self.moved.get(&id) {
            return Some(*at as usize);
        }
        let read = self.ids.get(..self.read)?;
        // Ids mostly have no gaps: then this is the place.
        let near = usize::try_from(id - read.first()?).ok()?;
        if read.get(near) == Some(&id) { Some(near) } else { read.binary_search(&id).ok() }
    }

    /// Returns the positions of all accounts that still exist.
    pub(super) fn everybody(&self) -> Places {
        self.marked(|mark| mark != DEAD)
    }

    /// Returns the accounts with these ids.
    pub(super) fn these(&self, ids: &[i64]) -> Places {
        let mut places = Places::none(self.ids.len());
        ids.iter().filter_map(|id| self.place(*id)).for_each(|at| places.add(at));
        places
    }

    fn marked(&self, wanted: impl Fn(u8) -> bool) -> Places {
        Places::of(&self.marks, |mark| wanted(*mark))
    }

    /// Returns the accounts that pass a test, or `None` for a test that needs more than this index.
    pub(super) fn passing(&self, test: &Test) -> Option<Places> {
        match test {
            Test::Word(word) => Some(self.holding(word)),
            Test::Email(part) => Some(self.holding_in_email(part)),
            Test::Status(status) => {
                let status = status_mark(*status);
                Some(self.marked(|mark| mark & !ADMIN == status))
            }
            Test::Level(level) => {
                let admin = if *level == AccessLevel::Admin { ADMIN } else { 0 };
                Some(self.marked(|mark| mark != DEAD && mark & ADMIN == admin))
            }
            Test::State(_)
            | Test::Id(_)
            | Test::User(_)
            | Test::Created(_)
            | Test::Expires(_)
            | Test::Seen(_)
            | Test::NeverSeen
            | Test::HasSessions
            | Test::HasCode
            | Test::HasHome
            | Test::HasFailures
            | Test::Note(_)
            | Test::Origin(_)
            | Test::Label(_)
            | Test::By(_)
            | Test::Action(_)
            | Test::Outcome(_)
            | Test::From(_)
            | Test::EntityRef(..)
            | Test::Since(_) => None,
        }
    }

    /// Returns the accounts whose words contain this text. An account with several hits is found once: after each hit
    /// the search continues after the account's end.
    fn holding(&self, text: &str) -> Places {
        // Most accounts have most letters: what finding one costs is the way to begin a search.
        if let [byte] = text.as_bytes()
            && let Some(letter) = letter(*byte)
        {
            return Places::of(&self.letters, |held| held & letter != 0);
        }
        self.found(text, |_| 0)
    }

    /// Returns the accounts whose email contains this text. It is the last line of their words.
    fn holding_in_email(&self, text: &str) -> Places {
        self.found(text, |words| memchr::memrchr(b'\n', words).map_or(0, |end| end + 1))
    }

    /// Returns the accounts whose words contain this text after as many bytes as `skip` says.
    fn found(&self, text: &str, skip: impl Fn(&[u8]) -> usize) -> Places {
        let finder = Finder::new(text);
        let mut places = Places::none(self.ids.len());
        let mut at = 0;
        let mut from = 0;
        while let Some(hit) = self.words.get(from..).and_then(|rest| finder.find(rest)) {
            let hit = from + hit;
            at += self.starts.get(at + 1..).map_or(0, |later| behind(later, hit as u32));
            let begin = self.starts.get(at).map_or(0, |begin| *begin as usize);
            let end = self.starts.get(at + 1).map_or(self.words.len(), |next| *next as usize);
            let first = begin + self.words.get(begin..end).map_or(0, &skip);
            if hit >= first {
                places.add(at);
            }
            from = if hit >= first { end } else { first };
        }
        places
    }

    /// Returns the ids of these places in ascending order of a column.
    pub(super) fn in_order(
        &mut self,
        connection: &Connection,
        places: &Places,
        column: UserColumn,
        order: Order,
    ) -> Result<Vec<i64>> {
        let count = places.count();
        let known = self.orders.iter().position(|(known, _)| *known == column);
        let id_at = |ids: &[i64], at: usize| ids.get(at).copied().unwrap_or_default();
        if column == UserColumn::Id || (known.is_none() && count <= FEW) {
            let mut ids = Vec::with_capacity(count);
            ids.extend(places.iter().map(|at| id_at(&self.ids, at)));
            if !self.moved.is_empty() {
                ids.sort_unstable();
            }
            return if column == UserColumn::Id { Ok(ids) } else { sorted(connection, &ids, order) };
        }
        let known = match known {
            Some(known) => known,
            None => self.read_order(connection, column, order)?,
        };
        let all = self.orders.get(known).map(|(_, all)| all.as_slice()).unwrap_or_default();
        let mut ids = Vec::with_capacity(count);
        ids.extend(
            all.iter().filter(|at| places.has(**at as usize)).map(|at| id_at(&self.ids, *at as usize)),
        );
        Ok(ids)
    }

    /// Reads an order whole; where among those known it is then.
    fn read_order(&mut self, connection: &Connection, column: UserColumn, order: Order) -> Result<usize> {
        let mut all = Vec::with_capacity(self.ids.len());
        order.scan(connection, ScanStart::Beginning, places(u64::MAX), &mut |_, row| {
            let id = row.get(1).map_err(error::of)?;
            all.extend(self.place(id).map(|at| at as u32));
            Ok(true)
        })?;
        if self.orders.len() == ORDERS {
            self.orders.remove(0);
        }
        self.orders.push((column, all));
        Ok(self.orders.len() - 1)
    }
}

/// Sorts some ids by their keys.
fn sorted(connection: &Connection, ids: &[i64], order: Order) -> Result<Vec<i64>> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(order.place(connection, *id)?);
    }
    found.sort_by(|a, b| order.compare(a, b));
    Ok(found.into_iter().map(|place| place.id).collect())
}

/// Returns the bit of a small letter, a digit, or one of the signs in names and addresses.
fn letter(byte: u8) -> Option<u64> {
    const SIGNS: &[u8] = b"@._-'+\" ";
    let bit = match byte {
        b'a'..=b'z' => byte - b'a',
        b'0'..=b'9' => byte - b'0' + 26,
        sign => SIGNS.iter().position(|known| *known == sign)? as u8 + 36,
    };
    Some(1 << bit)
}

/// Returns the number of these starts that are at or before a hit: usually very few.
fn behind(later: &[u32], hit: u32) -> usize {
    let mut near = 0;
    for start in later.iter().take(8) {
        if *start > hit {
            return near;
        }
        near += 1;
    }
    near + later.get(near..).map_or(0, |rest| rest.partition_point(|start| *start <= hit))
}

const READ_ALL: &str = "SELECT user_id, words, folded FROM nexus_names ORDER BY user_id";

const UNUSUAL: &str = "SELECT id, status FROM de_torres_vincent_users INDEXED BY nexus_users_status
  WHERE status < 'confirmed' OR status > 'confirmed'";

const ADMINS: &str = "SELECT id, access_level FROM de_torres_vincent_users INDEXED BY nexus_users_level
  WHERE access_level = 'admin'";

const READ_ONE: &str = "SELECT k.user_id, k.words, k.folded, u.status, u.access_level
  FROM nexus_names k CROSS JOIN de_torres_vincent_users u ON u.id = k.user_id WHERE k.user_id = ?";

fn newest_change(connection: &Connection) -> Result<i64> {
    let sql = "SELECT ifnull(max(seq), 0) FROM nexus_changes";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    statement.query_row([], |row| row.get(0)).map_err(error::of)
}
