//! Paths of an import, without the prefixes that `--strip-prefix` names.

use crate::domain::directory::check_path;
use crate::domain::text::excerpt;

use super::fields::{RefusalReason, said};

/// Returns the path without the longest prefix that fits and without a slash at its end.
///
/// # Errors
/// The path is absolute, leaves the media root, is empty then, or breaks a rule of paths.
pub(super) fn path(path: &str, prefixes: &[String]) -> Result<String, RefusalReason> {
    let shown = excerpt(path);
    let below = prefixes.iter().filter_map(|prefix| without(path, prefix)).min_by_key(|rest| rest.len());
    let below = below.unwrap_or(path);
    let below = below.strip_suffix('/').unwrap_or(below);
    if below.starts_with('/') {
        Err(format!("directory_path is absolute: {shown}"))
    } else if below.split('/').any(|name| name == "..") {
        Err(format!("directory_path leaves the media root: {shown}"))
    } else if below.is_empty() {
        Err(format!("directory_path names no directory: {shown}"))
    } else {
        check_path(below).map_err(|rule| format!("directory_path {}: {shown}", said(rule)))?;
        Ok(below.to_owned())
    }
}

/// Returns the rest of a path after a prefix that ends at the end of a name.
fn without<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(prefix.trim_end_matches('/')).filter(|_| !prefix.is_empty())?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shortened_and_kept_below_the_root() {
        for (given, prefixes, kept) in [
            ("MEDIA/00001_ADA", &["MEDIA"][..], "00001_ADA"),
            ("MEDIA/00001_ADA/", &["MEDIA/"], "00001_ADA"),
            ("MEDIA2/x", &["MEDIA"], "MEDIA2/x"),
            ("../MEDIA/x", &["../MEDIA"], "x"),
            ("MEDIA/x", &[], "MEDIA/x"),
            ("MEDIA/x", &["", "x"], "MEDIA/x"),
            ("/srv/media/x", &["/srv/media"], "x"),
            ("/srv/media/x", &["/"], "srv/media/x"),
            ("/includes/MEDIA/x", &["../MEDIA", "/includes/MEDIA", "/includes"], "x"),
            ("MEDIA/MEDIA/x", &["MEDIA"], "MEDIA/x"),
        ] {
            let prefixes: Vec<_> = prefixes.iter().map(|prefix| (*prefix).to_owned()).collect();
            assert_eq!(path(given, &prefixes).as_deref(), Ok(kept), "{given}");
        }
        for (given, prefix) in [
            ("/etc", None),
            ("../MEDIA/x", None),
            ("a/../../b", None),
            ("MEDIA", Some("MEDIA")),
            ("MEDIA//x", Some("MEDIA")),
            ("", None),
            ("/", None),
            ("a//b", None),
            ("a//", None),
            ("./a", None),
            ("a/.", None),
            ("a\0b", None),
            ("a\nb", None),
        ] {
            let prefixes: Vec<_> = prefix.map(str::to_owned).into_iter().collect();
            assert!(path(given, &prefixes).is_err(), "{given}");
        }
    }

    #[test]
    fn reasons_quote_at_most_two_hundred_characters() {
        let long = format!("/{}", "é".repeat(9_000));
        assert!(path(&long, &[]).unwrap_err().chars().count() < 250);
    }
}
