//! The options with which a store is opened.

use crate::domain::access::Access;
use crate::domain::search_settings::SearchMemory;

use super::OnStep;

/// The moment at which a new store gets its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Making {
    /// When it is opened, so that others can open it too.
    AtOnce,
    /// With the first change. A program that ends before that, in whatever way, leaves nothing behind.
    WithFirstChange,
    /// With the first change as well, which may be of any size: it is not copied then. One that is killed before leaves a
    /// hidden folder, which the next making there removes.
    WithFirstLoad,
}

/// Work that reports its progress.
pub type ReportedWork<'w> = dyn FnMut(&mut OnStep<'_>) + 'w;

/// The options with which a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    pub access: Access,
    /// The group that may write the file and its folder, besides their owner.
    pub group: Option<u32>,
    pub making: Making,
    /// The most that a search keeps in memory.
    pub search_memory: SearchMemory,
    /// Runs work that may take long, and shows the text to whoever waits for it.
    pub announced: fn(&str, &mut dyn FnMut()),
    /// Runs work that may take very long, shows the text and the progress, and stops it when that is asked for.
    pub reported: fn(&str, &mut ReportedWork<'_>),
    /// Runs work of a few milliseconds that no signal may interrupt.
    pub uninterrupted: fn(&mut dyn FnMut()),
}

impl From<Access> for Opening {
    fn from(access: Access) -> Self {
        Self {
            access,
            group: None,
            making: Making::AtOnce,
            search_memory: SearchMemory::default(),
            announced: |_, work| work(),
            reported: |_, work| work(&mut |_| true),
            uninterrupted: |work| work(),
        }
    }
}
