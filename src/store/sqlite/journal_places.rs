//! Known places of the journal in orders along an index, so that a page further is read from where the last one ended.

use crate::domain::journal::Head;

use super::journal_orders::{EntryOrder, EntryPlace};

/// The most places that are kept of an order.
const MOST_PLACES: usize = 8_192;
/// The most orders of which places are kept.
const MOST_ORDERS: usize = 4;

/// The known places of some orders, the one that was asked for last first.
#[derive(Debug, Default)]
pub(super) struct JournalPlaces(Vec<KnownPlaces>);

/// The facts beside the entries on which the lines of the whole journal depend: the actions that are looked through, and those
/// that are not folded; `None` if each entry is a line.
pub(super) type Folded = Option<(i64, Vec<i64>)>;

/// Places of lines whose positions are known.
#[derive(Debug)]
pub(super) struct KnownPlaces {
    pub(super) order: EntryOrder,
    pub(super) folded: Folded,
    /// The newest entry at that time.
    pub(super) head: Head,
    /// Ascending positions with their places.
    pub(super) places: Vec<(u64, EntryPlace)>,
}

impl JournalPlaces {
    /// Takes the known places of an order out.
    pub(super) fn take(&mut self, order: EntryOrder, folded: &Folded) -> Option<KnownPlaces> {
        let at = self.0.iter().position(|known| known.order == order && known.folded == *folded)?;
        Some(self.0.remove(at))
    }

    pub(super) fn put(&mut self, known: KnownPlaces) {
        self.0.insert(0, known);
        self.0.truncate(MOST_ORDERS);
    }
}

impl KnownPlaces {
    pub(super) fn add(&mut self, at: u64, place: EntryPlace) {
        if self.places.len() >= MOST_PLACES {
            self.places.clear();
        }
        if let Err(free) = self.places.binary_search_by_key(&at, |(at, _)| *at) {
            self.places.insert(free, (at, place));
        }
    }

    pub(super) fn add_all(&mut self, places: Vec<(u64, EntryPlace)>) {
        for (at, place) in places {
            self.add(at, place);
        }
    }

    /// Shifts the places behind a line that was added.
    pub(super) fn shift(&mut self, added: &EntryPlace) {
        for (at, place) in &mut self.places {
            if self.order.compare(place, added).is_gt() {
                *at += 1;
            }
        }
    }
}
