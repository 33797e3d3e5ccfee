//! Directories: names, paths below the media root, homes and their libraries.

use super::time::Timestamp;
use super::user::UserId;

/// The directories created in a new home, in the order of creation.
pub const LIBRARIES: [&str; 7] = ["Audios", "Favorites", "Photos", "Recents", "Trash", "Uploads", "Videos"];

/// A directory as lists and details show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    pub id: i64,
    pub user_id: UserId,
    /// The owner's username, else the email.
    pub owner: String,
    /// 1–64 printable ASCII characters, unique; 32 hex digits if NEXUS made it.
    pub directory_id: String,
    /// The last part of the path.
    pub name: String,
    /// Relative to the media root, with `/` between names.
    pub path: String,
    pub date_added: Option<Timestamp>,
    /// Time of the last change.
    pub last_modified: Option<Timestamp>,
    /// The last time an operator opened it.
    pub last_accessed: Option<Timestamp>,
    /// The username stored in the row itself.
    pub username: Option<String>,
}

/// A visible row of the directory tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeRow {
    pub directory: Directory,
    /// Number of ancestors in the tree: 0 for a root.
    pub depth: u32,
    /// Number of direct children.
    pub children: u64,
    /// True if the children are shown.
    pub open: bool,
}

/// Sort columns of directories (within their parent).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DirectoryColumn {
    /// Name in a tree; the whole path in a flat list. A parent always comes before what lies below it.
    #[default]
    Name,
    /// The last part of the path, whatever its parent.
    LastPart,
    /// Date of creation.
    Added,
    /// Date of the last change.
    Modified,
    /// Order of creation.
    Id,
    /// The owner's username or email, letter case ignored.
    Owner,
    /// Number of directories directly below.
    Below,
}

/// Checks that `name` can be one component of a path.
///
/// # Errors
/// Returns the rule that `name` breaks.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        Err("must not be empty")
    } else if name.len() > 255 {
        Err("at most 255 bytes")
    } else if name == "." || name == ".." {
        Err("must not be . or ..")
    } else if name.contains('/') {
        Err("must not contain a /")
    } else if name.chars().any(char::is_control) {
        Err("no control characters")
    } else {
        Ok(())
    }
}

/// Checks that `path` is relative, stays below the media root and consists of valid names.
///
/// # Errors
/// Returns the rule that `path` breaks.
pub fn check_path(path: &str) -> Result<(), &'static str> {
    if path.starts_with('/') {
        return Err("must be relative to the media root");
    }
    if path.len() > 4_096 {
        return Err("at most 4,096 bytes");
    }
    path.split('/').try_for_each(check_name)
}

/// Splits a path into its parent and its last name. A path of one name has no parent.
pub fn split(path: &str) -> (Option<&str>, &str) {
    match path.rsplit_once('/') {
        Some((parent, name)) => (Some(parent), name),
        None => (None, path),
    }
}

/// Returns the path of `name` below `parent`.
pub fn join(parent: Option<&str>, name: &str) -> String {
    match parent {
        Some(parent) => format!("{parent}/{name}"),
        None => name.to_owned(),
    }
}

/// Returns true if `path` is `ancestor` or lies below it.
pub fn is_within(path: &str, ancestor: &str) -> bool {
    path.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns the name of a new home: the id padded to five digits, `_`, the username in capitals. The username is
/// replaced by `USER` if there is none or if it cannot be a directory name.
pub fn home_name(id: UserId, username: Option<&str>) -> String {
    let name =
        username.filter(|name| check_name(name).is_ok()).map_or_else(|| "USER".into(), str::to_uppercase);
    format!("{:05}_{name}", id.0)
}

/// Returns true if `name` is the name of a home: five or more digits and a `_`.
pub fn is_home_name(name: &str) -> bool {
    name.split_once('_').is_some_and(|(id, _)| id.len() >= 5 && id.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_component() {
        for good in ["Photos", "Trip; \"North\"", "Été à la mer", "...", " "] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "a\0b", "a\nb", &"x".repeat(256)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_stay_below_the_root() {
        assert_eq!(check_path("00001_ADA/Photos/2024"), Ok(()));
        for bad in ["", "/etc", "a/../b", "../MEDIA", "a//b", "a/", "./a"] {
            assert!(check_path(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_are_taken_apart_and_put_together() {
        assert_eq!(split("a/b/c"), (Some("a/b"), "c"));
        assert_eq!(split("a"), (None, "a"));
        assert_eq!(join(Some("a"), "b"), "a/b");
        assert!(is_within("a/b", "a") && is_within("a", "a") && !is_within("ab", "a"));
    }

    #[test]
    fn homes_are_named_after_id_and_username() {
        assert_eq!(home_name(UserId(3), Some("alan")), "00003_ALAN");
        assert_eq!(home_name(UserId(1_234_567), None), "1234567_USER");
        assert_eq!(home_name(UserId(3), Some("../x")), "00003_USER");
        assert!(is_home_name("00003_ALAN") && is_home_name("000027_JOHN_DOE001"));
        assert!(!is_home_name("0003_ALAN") && !is_home_name("Photos"));
    }
}
