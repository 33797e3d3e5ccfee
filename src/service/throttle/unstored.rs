//! Counts of failed tries that live with this process, because the store cannot be written.

use std::collections::BTreeMap;

use crate::auth::throttle::{NameKey, new_name_key};
use crate::domain::failed_tries::{FailedTries, TryTarget};
use crate::store::StoreError;

use super::super::contract::Failure;
use super::Counts;

/// The failed tries while the store cannot be written.
#[derive(Debug, Default)]
pub struct UnstoredTries {
    key: Option<NameKey>,
    tries: BTreeMap<(TryTarget, String), FailedTries>,
}

impl UnstoredTries {
    /// Returns the key of the names' hashes in this process.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub(super) fn name_key(&mut self) -> Result<NameKey, Failure> {
        match self.key {
            Some(key) => Ok(key),
            None => Ok(*self.key.insert(new_name_key()?)),
        }
    }

    pub(super) fn forget(&mut self, target: TryTarget, origin: &str) {
        self.tries.remove(&(target, origin.to_owned()));
    }
}

impl Counts for UnstoredTries {
    fn tries(&self, target: TryTarget, origin: &str) -> Result<Option<FailedTries>, StoreError> {
        Ok(self.tries.get(&(target, origin.to_owned())).cloned())
    }

    fn keep(&mut self, target: TryTarget, origin: &str, tries: &FailedTries) -> Result<(), StoreError> {
        self.tries.insert((target, origin.to_owned()), tries.clone());
        if self.tries.len() > FailedTries::MOST_KEPT as usize {
            let oldest =
                self.tries.iter().min_by_key(|(_, tries)| tries.last.wall).map(|(key, _)| key.clone());
            oldest.and_then(|oldest| self.tries.remove(&oldest));
        }
        Ok(())
    }
}
