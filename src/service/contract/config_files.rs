//! Access to the config file for those who read and change it.

use std::io::{self, Read};
use std::path::Path;

use super::Failure;

/// Access to config files.
pub trait ConfigFiles {
    /// Opens a file for reading.
    ///
    /// # Errors
    /// Those of the operating system.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>>;

    /// Writes a new file for its owner only, and its folder if that is missing.
    ///
    /// # Errors
    /// A conflict if there is a file of that name; another failure if it cannot be written.
    fn create(&self, path: &Path, text: &str) -> Result<(), Failure>;

    /// Replaces the contents of a file, all at once.
    ///
    /// # Errors
    /// A failure if it cannot be written; the old contents remain.
    fn replace(&self, path: &Path, text: &str) -> Result<(), Failure>;
}
