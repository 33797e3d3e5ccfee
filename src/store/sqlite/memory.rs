//! What a connection keeps in memory between two looks, so that the next one is quick. Nothing here is needed for a
//! right answer: all of it can be worked out again from the rows.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;

use super::fences::{Fences, Setting};
use super::order::Order;
use super::texts::Texts;
use super::version::Version;
use crate::store::{Result, Tending};

/// How many ids of filtered lists are remembered: 8 bytes each.
const IDS: usize = 1_500_000;

/// What is kept.
#[derive(Debug, Default)]
pub(super) struct Memory {
    version: Version,
    counts: BTreeMap<String, u64>,
    fences: Vec<Fences>,
    /// The order that was looked at last.
    wanted: Option<Order>,
    setting: Option<Setting>,
    lists: Vec<(String, Arc<Vec<i64>>)>,
    /// The words of all accounts, once a filter has asked for them.
    pub(super) texts: Option<Texts>,
}

/// A connection with its memory, inside a transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'c> {
    pub(super) connection: &'c Connection,
    pub(super) memory: &'c RefCell<Memory>,
}

impl<'c> Reader<'c> {
    /// Looks at the state that the connection sees now.
    pub(super) fn new(connection: &'c Connection, memory: &'c RefCell<Memory>) -> Result<Self> {
        let reader = Self { connection, memory };
        reader.renew()?;
        Ok(reader)
    }

    /// Forgets what may no longer be so.
    fn renew(&self) -> Result<()> {
        let version = Version::of(self.connection)?;
        let mut memory = self.memory.borrow_mut();
        if memory.version != version {
            memory.version = version;
            memory.counts.clear();
            memory.lists.clear();
        }
        Ok(())
    }

    /// How many rows a list has, counted where that is not known for this state of the rows.
    pub(super) fn count(&self, name: &str, count: impl FnOnce() -> Result<u64>) -> Result<u64> {
        self.renew()?;
        if let Some(known) = self.memory.borrow().counts.get(name) {
            return Ok(*known);
        }
        let counted = count()?;
        self.memory.borrow_mut().counts.insert(name.to_owned(), counted);
        Ok(counted)
    }

    /// How many rows a list has, known from elsewhere.
    pub(super) fn knows(&self, name: String, count: u64) {
        self.memory.borrow_mut().counts.insert(name, count);
    }

    /// Notes that this order is being looked at.
    pub(super) fn look_at(&self, order: Order) {
        self.memory.borrow_mut().wanted = Some(order);
    }

    /// Whether the fences of an order stand as the rows do now.
    pub(super) fn has_fences(&self, order: Order) -> bool {
        let memory = self.memory.borrow();
        memory.fences.iter().any(|fences| fences.are_of(order) && fences.version == memory.version)
    }

    /// Works with the fences of an order, set now where they never were.
    pub(super) fn with_fences<T>(&self, order: Order, work: impl FnOnce(&Fences) -> Result<T>) -> Result<T> {
        let known = self.memory.borrow().fences.iter().position(|fences| fences.are_of(order));
        let at = if let Some(at) = known {
            at
        } else {
            let version = self.memory.borrow().version;
            let fences = Setting::new(order, version).finish(self.connection)?;
            let mut memory = self.memory.borrow_mut();
            memory.fences.push(fences);
            memory.fences.len() - 1
        };
        match self.memory.borrow().fences.get(at) {
            Some(fences) => work(fences),
            None => Err(crate::store::StoreError::Gone),
        }
    }

    /// The ids of a filtered list in its order, worked out where they are not known for this state of the rows.
    pub(super) fn list(&self, name: &str, find: impl FnOnce() -> Result<Vec<i64>>) -> Result<Arc<Vec<i64>>> {
        self.renew()?;
        if let Some((_, ids)) = self.memory.borrow().lists.iter().find(|(known, _)| known == name) {
            return Ok(Arc::clone(ids));
        }
        let ids = Arc::new(find()?);
        let mut memory = self.memory.borrow_mut();
        while !memory.lists.is_empty()
            && memory.lists.iter().map(|(_, ids)| ids.len()).sum::<usize>() + ids.len() > IDS
        {
            memory.lists.remove(0);
        }
        memory.lists.push((name.to_owned(), Arc::clone(&ids)));
        Ok(ids)
    }

    /// A few milliseconds of work on the fences of the order that was looked at last.
    pub(super) fn tend(&self) -> Result<Tending> {
        let mut memory = self.memory.borrow_mut();
        let Some(order) = memory.wanted else { return Ok(Tending::Rest) };
        let version = Version::of(self.connection)?;
        let known = memory.fences.iter().position(|fences| fences.are_of(order));
        if known.and_then(|at| memory.fences.get(at)).is_some_and(|fences| fences.version == version) {
            return Ok(Tending::Rest);
        }
        let begun = memory.setting.take().filter(|setting| setting.order().stretches == order.stretches);
        let mut setting = begun.unwrap_or_else(|| Setting::new(order, version));
        let Some(fences) = setting.step(self.connection)? else {
            memory.setting = Some(setting);
            return Ok(Tending::More);
        };
        if let Some(old) = known.and_then(|at| memory.fences.get_mut(at)) {
            *old = fences;
            return Ok(Tending::Settled);
        }
        memory.fences.push(fences);
        Ok(Tending::Rest)
    }
}
