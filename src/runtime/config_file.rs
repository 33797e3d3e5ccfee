//! Reading and writing the config file.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use crate::domain::text::visible_path;
use crate::service::contract::{self, Failure, FailureKind};
use crate::service::{NewFile, unwritten};

/// The config files of this machine.
#[derive(Debug, Clone, Copy)]
pub struct SystemConfigFiles;

impl contract::ConfigFiles for SystemConfigFiles {
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(File::open(path)?))
    }

    fn create(&self, path: &Path, text: &str) -> Result<(), Failure> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(|error| unwritten(folder, &error))?;
        }
        write(NewFile::create(path)?, path, text)
    }

    fn replace(&self, path: &Path, text: &str) -> Result<(), Failure> {
        // A link, as people keep them to their own collection of such files, stays one.
        let found = fs::canonicalize(path).and_then(|real| Ok((fs::metadata(&real)?, real)));
        let (old, real) = found.map_err(|error| {
            Failure::new(FailureKind::Other, format!("Cannot read {}: {error}.", visible_path(path)))
        })?;
        write(NewFile::replacing(&real)?.with_owner_and_mode_of(&old)?, path, text)
    }
}

fn write(mut file: NewFile, path: &Path, text: &str) -> Result<(), Failure> {
    file.write_all(text.as_bytes()).map_err(|error| unwritten(path, &error))?;
    file.finish()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use contract::ConfigFiles as _;

    use super::*;

    #[test]
    fn a_new_file_and_its_folders_are_for_the_owner_only() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/nexus/config.toml");
        SystemConfigFiles.create(&path, "theme = \"dark\"\n").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(SystemConfigFiles.create(&path, "").unwrap_err().kind, FailureKind::Conflict);
        assert_eq!(fs::read_to_string(&path).unwrap(), "theme = \"dark\"\n");
    }

    #[test]
    fn a_changed_file_keeps_its_mode_and_the_link_to_it() {
        let home = tempfile::tempdir().unwrap();
        let [real, link] = ["real.toml", "config.toml"].map(|name| home.path().join(name));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o644)).unwrap();
        symlink(&real, &link).unwrap();
        SystemConfigFiles.replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(
            SystemConfigFiles.replace(&home.path().join("none"), "").unwrap_err().kind,
            FailureKind::Other
        );
    }
}
