//! How a store is opened.

use crate::domain::access::Access;

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// What for.
    pub access: Access,
    /// The group that may write the file and its folder besides their owner.
    pub group: Option<u32>,
    /// Runs a piece of work of a few milliseconds that no signal should cut short.
    pub uninterrupted: fn(&mut dyn FnMut()),
}

impl From<Access> for Opening {
    fn from(access: Access) -> Self {
        Self { access, group: None, uninterrupted: |work| work() }
    }
}
