//! The settings of searches.

use serde::{Deserialize, Deserializer, Serialize};

use super::number_setting::from_whole_number;

/// The settings of searches in the config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SearchSettings {
    /// The most that the words of accounts may take in memory.
    pub memory: SearchMemory,
}

/// A whole number of MiB, from 0 to 4,096.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SearchMemory(u16);

impl SearchMemory {
    /// The maximum: the words of more than a hundred million accounts.
    const MOST: u16 = 4_096;

    /// Returns that many MiB, or `None` if the number is out of range.
    pub fn new(mebibytes: i64) -> Option<Self> {
        u16::try_from(mebibytes).ok().filter(|mebibytes| *mebibytes <= Self::MOST).map(Self)
    }

    /// Returns the number of bytes.
    pub fn bytes(self) -> usize {
        usize::from(self.0) << 20
    }
}

impl Default for SearchMemory {
    /// Returns enough for the words of two million accounts.
    fn default() -> Self {
        Self(64)
    }
}

impl<'de> Deserialize<'de> for SearchMemory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = format!("a whole number of MiB from 0 to {}", Self::MOST);
        from_whole_number(deserializer, &expected, Self::new)
    }
}
