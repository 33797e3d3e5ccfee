//! The files in a ZIP archive, read one after another.

use std::io::{Error, Read, Result, Seek};

use zip::ZipArchive;

/// An archive that is being read.
pub struct ZipFiles<R: Read + Seek>(ZipArchive<R>);

impl<R: Read + Seek> ZipFiles<R> {
    /// Reads the directory of the archive.
    ///
    /// # Errors
    /// It is damaged or cut off.
    pub fn new(file: R) -> Result<Self> {
        ZipArchive::new(file).map(Self).map_err(Error::other)
    }

    /// Returns the names of the files and folders that can be read, in the order of the archive.
    pub fn names(&self) -> Vec<String> {
        self.0.file_names().filter_map(|name| Some(name.ok()?.into())).collect()
    }

    /// Opens a file. Its checksum is verified when its end is read.
    ///
    /// # Errors
    /// It is damaged, encrypted, or packed in a way that no export uses.
    pub fn open(&mut self, name: &str) -> Result<impl Read + '_> {
        self.0.by_name(name).map_err(Error::other)
    }
}
