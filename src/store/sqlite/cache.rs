//! The memory of a connection between two reads, which makes the next one quick. Nothing here is needed for a correct
//! answer: all of it can be computed again from the rows.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::Connection;

use crate::domain::dependents::{DeletionTarget, Dependents};
use crate::domain::journal::Head;
use crate::store::{IdleWork, Result};

use super::error;
use super::journal_folds::JournalFolds;
use super::journal_places::JournalPlaces;
use super::keyset::Order;
use super::position_index::PositionIndex;
use super::revision;
use super::schema;
use super::search_index::SearchIndex;
use super::settings::{NO_IDS, set_overdue};
use super::sort_orders::BY_STATE_WITH_OVERDUE;
use super::version::Version;

/// The maximum number of ids of filtered lists in the cache: 8 bytes each.
const IDS: usize = 1_500_000;

/// The maximum number of counts of the rows of actions in the cache.
const LOOKS: usize = 256;

/// The maximum number of directories in the cache whose children were counted.
const PARENTS: usize = 10_000;

/// The cache of a connection.
#[derive(Debug, Default)]
pub(super) struct Cache {
    version: Version,
    /// The generation of the schema. A restore changes it, and then nothing that was read before holds any more, not even
    /// what a log of changes keeps up.
    generation: Option<i64>,
    counts: BTreeMap<String, u64>,
    /// Numbers of rows of the three tables, with the revision of the rows and the changes of this connection then.
    rows: BTreeMap<String, (Vec<u8>, u64, u64)>,
    /// The numbers of directories directly below others.
    children: HashMap<i64, u64>,
    index: Vec<PositionIndex>,
    /// The order that was looked at last.
    wanted: Option<Order>,
    /// The index of that order while it is built in idle time.
    building: Option<PositionIndex>,
    lists: Vec<FoundList>,
    /// The rows of a whole list that were shown last.
    shown: Option<Shown>,
    /// Counts of the rows of an action, as they were when they were last read.
    looks: BTreeMap<String, u64>,
    /// The rows of other programs that an action on very many rows meets, likewise.
    dependents: Vec<(DeletionTarget, Dependents)>,
    /// The runs of entries of one action, once a list of the journal has needed them.
    pub(super) folds: JournalFolds,
    /// The places in other orders of the journal than that of writing.
    pub(super) journal_places: JournalPlaces,
    /// The search index, once a filter has needed it.
    search_index: Option<SearchIndex>,
    /// The maximum number of bytes that the search index keeps.
    search_memory: usize,
    /// The sessions that are over though their rows say `active`, as the connection knows them; `None` if there are none.
    overdue: Option<String>,
}

impl Cache {
    /// Returns a cache whose search index keeps up to `search_memory` bytes.
    pub(super) fn new(search_memory: usize) -> Self {
        Self { search_memory, ..Self::default() }
    }

    /// Returns the search index, which may have to follow the store first.
    pub(super) fn search_index(&mut self) -> &mut SearchIndex {
        self.search_index.get_or_insert_with(|| SearchIndex::new(self.search_memory))
    }

    /// Forgets what was read in a transaction that is rolled back: the version does not tell that the rows are again as
    /// they were before.
    pub(super) fn roll_back(&mut self) {
        self.version = Version::default();
        self.rows.clear();
        for index in &mut self.index {
            index.version = Version::default();
        }
    }
}

/// The ids of a filtered list, in its order.
#[derive(Debug)]
struct FoundList {
    name: String,
    ids: Arc<Vec<i64>>,
    /// The newest entry when a list of the journal was found that only new entries can change.
    head: Option<Head>,
}

/// Consecutive rows of a whole list, at their exact positions.
#[derive(Debug)]
struct Shown {
    order: Order,
    first: u64,
    ids: Vec<i64>,
}

/// A connection with its memory, inside a transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct CachedReader<'c> {
    pub(super) connection: &'c Connection,
    pub(super) cache: &'c RefCell<Cache>,
}

impl<'c> CachedReader<'c> {
    /// Creates a reader of the state that the connection sees now.
    pub(super) fn new(connection: &'c Connection, cache: &'c RefCell<Cache>) -> Result<Self> {
        let reader = Self { connection, cache };
        reader.renew()?;
        Ok(reader)
    }

    /// Forgets what this connection has changed since; what others change shows only in the next transaction.
    fn renew_own(&self) -> Result<()> {
        if self.cache.borrow().version.is_of(self.connection) { Ok(()) } else { self.renew() }
    }

    /// Forgets what may no longer be so.
    fn renew(&self) -> Result<()> {
        let version = Version::of(self.connection)?;
        let mut cache = self.cache.borrow_mut();
        if cache.version == version {
            return Ok(());
        }
        let generation = Some(schema::generation(self.connection)?);
        if cache.generation == generation {
            cache.version = version;
            cache.counts.clear();
            cache.children.clear();
            cache.shown = None;
            cache.lists.retain(|list| list.head.is_some());
        } else {
            let overdue = cache.overdue.take();
            *cache = Cache { version, generation, overdue, ..Cache::new(cache.search_memory) };
        }
        Ok(())
    }

    /// Returns the number of rows in a list; it is counted if the cache does not have it for this state of the rows.
    pub(super) fn count(&self, name: &str, count: impl FnOnce() -> Result<u64>) -> Result<u64> {
        self.renew_own()?;
        if let Some(known) = self.cache.borrow().counts.get(name) {
            return Ok(*known);
        }
        let counted = count()?;
        self.cache.borrow_mut().counts.insert(name.to_owned(), counted);
        Ok(counted)
    }

    /// Returns the number of rows of one of the three tables. They are counted again only if rows of these tables have changed:
    /// others change all the time.
    pub(super) fn count_rows(&self, name: &str, count: impl FnOnce() -> Result<u64>) -> Result<u64> {
        self.count(name, || {
            let Some(revision) = revision::of_rows(self.connection)? else { return count() };
            let changes = self.connection.total_changes();
            if let Some((known, own, rows)) = self.cache.borrow().rows.get(name)
                && (known, *own) == (&revision, changes)
            {
                return Ok(*rows);
            }
            let counted = count()?;
            let mut cache = self.cache.borrow_mut();
            if cache.rows.len() >= LOOKS {
                cache.rows.clear();
            }
            cache.rows.insert(name.to_owned(), (revision, changes, counted));
            Ok(counted)
        })
    }

    /// Returns the number of directories directly below one. Whoever opens a directory has seen it, mostly, and it was counted
    /// then.
    pub(super) fn children(&self, parent: i64, count: impl FnOnce() -> Result<u64>) -> Result<u64> {
        self.renew_own()?;
        if let Some(known) = self.cache.borrow().children.get(&parent) {
            return Ok(*known);
        }
        let counted = count()?;
        self.remember_children(parent, counted);
        Ok(counted)
    }

    /// Returns true if the number of directories directly below one is known.
    pub(super) fn has_children_of(&self, parent: i64) -> Result<bool> {
        self.renew_own()?;
        Ok(self.cache.borrow().children.contains_key(&parent))
    }

    /// Records the number of directories directly below one.
    pub(super) fn remember_children(&self, parent: i64, count: u64) {
        let mut cache = self.cache.borrow_mut();
        if cache.children.len() >= PARENTS {
            cache.children.clear();
        }
        cache.children.insert(parent, count);
    }

    /// Returns the number of rows of an action. In the transaction of the action, which has the lock, more than
    /// `most` rows are not counted again, even if somebody has added or removed a few since the last count.
    pub(super) fn count_of_act(
        &self,
        name: &str,
        most: Option<u64>,
        count: impl FnOnce() -> Result<u64>,
    ) -> Result<u64> {
        let known = self.cache.borrow().looks.get(name).copied();
        if let (Some(most), Some(known)) = (most, known)
            && known > most
        {
            return Ok(known);
        }
        let counted = self.count(name, count)?;
        let mut cache = self.cache.borrow_mut();
        if cache.looks.len() >= LOOKS {
            cache.looks.clear();
        }
        cache.looks.insert(name.to_owned(), counted);
        Ok(counted)
    }

    /// Returns the rows of other programs that the deletion of `rows` rows meets. In the transaction of the action they
    /// are not counted again where there are more than `most` rows, as in [`count_of_act`](Self::count_of_act): SQLite
    /// itself refuses what would break a key, and a step carries whatever goes with its rows.
    pub(super) fn dependents_of_act(
        &self,
        target: DeletionTarget,
        most: Option<u64>,
        rows: u64,
        find: impl FnOnce() -> Result<Dependents>,
    ) -> Result<Dependents> {
        if most.is_some_and(|most| rows > most)
            && let Some((_, known)) = self.cache.borrow().dependents.iter().find(|(of, _)| *of == target)
        {
            return Ok(known.clone());
        }
        let found = find()?;
        let mut cache = self.cache.borrow_mut();
        cache.dependents.retain(|(of, _)| *of != target);
        if cache.dependents.len() >= LOOKS {
            cache.dependents.clear();
        }
        cache.dependents.push((target, found.clone()));
        Ok(found)
    }

    /// Records the number of rows in a list.
    pub(super) fn remember(&self, name: String, count: u64) {
        self.cache.borrow_mut().counts.insert(name, count);
    }

    /// Notes the sessions that are over though their rows say `active`, a JSON array, for the order by state.
    pub(super) fn note_overdue(&self, ids: Option<String>) -> Result<()> {
        let mut cache = self.cache.borrow_mut();
        if cache.overdue == ids {
            return Ok(());
        }
        let text = ids.clone().unwrap_or_else(|| NO_IDS.to_owned());
        set_overdue(self.connection, text).map_err(error::of)?;
        // Positions in that order are no longer so.
        cache.shown = None;
        let is_other = |index: &PositionIndex| !index.are_in(BY_STATE_WITH_OVERDUE);
        cache.index.retain(is_other);
        cache.building = cache.building.take().filter(is_other);
        cache.overdue = ids;
        Ok(())
    }

    /// Records that this order is being read.
    pub(super) fn look_at(&self, order: Order) {
        self.cache.borrow_mut().wanted = Some(order);
    }

    /// Returns true if the position index of an order is up to date.
    pub(super) fn has_position_index(&self, order: Order) -> bool {
        let cache = self.cache.borrow();
        cache.index.iter().any(|index| index.are_of(order) && index.version == cache.version)
    }

    /// Records the rows of a whole list that are shown, if their positions are exact. Scrolling asks for the rows around one of
    /// them.
    pub(super) fn remember_shown(&self, order: Order, first: u64, ids: Vec<i64>) {
        let is_exact = self.has_position_index(order);
        self.cache.borrow_mut().shown = is_exact.then_some(Shown { order, first, ids });
    }

    /// Returns the position of a row that was shown last in this order, if no row has changed since.
    pub(super) fn shown_position(&self, order: Order, id: i64) -> Option<u64> {
        let cache = self.cache.borrow();
        let shown = cache.shown.as_ref().filter(|shown| shown.order == order)?;
        let at = shown.ids.iter().position(|known| *known == id)?;
        Some(shown.first + at as u64)
    }

    /// Runs `work` with the position index of an order of so many rows.
    pub(super) fn with_position_index<T>(
        &self,
        order: Order,
        total: u64,
        work: impl FnOnce(&mut PositionIndex) -> Result<T>,
    ) -> Result<T> {
        let mut cache = self.cache.borrow_mut();
        let version = cache.version;
        if let Some(known) = cache.index.iter_mut().find(|index| index.are_of(order)) {
            return work(known);
        }
        let mut index = PositionIndex::new(order, version, total);
        let done = work(&mut index)?;
        cache.index.push(index);
        Ok(done)
    }

    /// Returns the ids of a filtered list in its order. They are found if the cache does not have them for this state
    /// of the rows.
    pub(super) fn list(&self, name: &str, find: impl FnOnce() -> Result<Vec<i64>>) -> Result<Arc<Vec<i64>>> {
        self.renew_own()?;
        if let Some(list) = self.cache.borrow().lists.iter().find(|list| list.name == name) {
            return Ok(Arc::clone(&list.ids));
        }
        let ids = Arc::new(find()?);
        self.keep_list(name, Arc::clone(&ids), None);
        Ok(ids)
    }

    /// Returns a list of the journal that was kept with its newest entry, however the rows have changed since.
    pub(super) fn kept_entries(&self, name: &str) -> Result<Option<(Head, Arc<Vec<i64>>)>> {
        self.renew_own()?;
        let cache = self.cache.borrow();
        let kept = cache.lists.iter().find(|list| list.name == name);
        Ok(kept.and_then(|list| Some((list.head.clone()?, Arc::clone(&list.ids)))))
    }

    /// Keeps a list: until the rows change or, with the newest entry of the journal, for longer.
    pub(super) fn keep_list(&self, name: &str, ids: Arc<Vec<i64>>, head: Option<Head>) {
        let mut cache = self.cache.borrow_mut();
        cache.lists.retain(|list| list.name != name);
        while !cache.lists.is_empty()
            && cache.lists.iter().map(|list| list.ids.len()).sum::<usize>() + ids.len() > IDS
        {
            cache.lists.remove(0);
        }
        cache.lists.push(FoundList { name: name.to_owned(), ids, head });
    }

    /// Works for a few milliseconds on the folds of the journal, or else on the position index of the order that was read
    /// last.
    pub(super) fn run_idle_work(&self) -> Result<IdleWork> {
        let mut cache = self.cache.borrow_mut();
        match cache.folds.step(self.connection)? {
            IdleWork::Done => {}
            folds => return Ok(folds),
        }
        let Some(order) = cache.wanted else { return Ok(IdleWork::Done) };
        let version = Version::of(self.connection)?;
        let known = cache.index.iter().position(|index| index.are_of(order));
        if let Some(index) = known.and_then(|at| cache.index.get_mut(at))
            && index.version == version
        {
            return Ok(if index.is_complete() || index.step(self.connection)? {
                IdleWork::Done
            } else {
                IdleWork::More
            });
        }
        let begun = cache.building.take().filter(|index| index.are_of(order));
        let mut index = begun.unwrap_or_else(|| PositionIndex::new(order, version, 0));
        if !index.step(self.connection)? {
            cache.building = Some(index);
            return Ok(IdleWork::More);
        }
        if let Some(old) = known.and_then(|at| cache.index.get_mut(at)) {
            *old = index;
            return Ok(IdleWork::Refreshed);
        }
        cache.index.push(index);
        Ok(IdleWork::Done)
    }
}
