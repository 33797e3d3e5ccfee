//! How a store is opened.

use crate::domain::access::Access;

/// When a store that is made gets its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Making {
    /// When it is opened: others may open it as well.
    AtOnce,
    /// With the first change: what ends before that, however it ends, leaves nothing.
    WithFirstChange,
}

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// What for.
    pub access: Access,
    /// The group that may write the file and its folder besides their owner.
    pub group: Option<u32>,
    /// When a store that is made gets its name.
    pub making: Making,
    /// Runs work that may take long, and tells whoever waits for it what it is.
    pub announced: fn(&str, &mut dyn FnMut()),
    /// Runs a piece of work of a few milliseconds that no signal should cut short.
    pub uninterrupted: fn(&mut dyn FnMut()),
}

impl From<Access> for Opening {
    fn from(access: Access) -> Self {
        Self {
            access,
            group: None,
            making: Making::AtOnce,
            announced: |_, work| work(),
            uninterrupted: |work| work(),
        }
    }
}
