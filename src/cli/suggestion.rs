//! Messages about names that are not known: the known names, and the nearest one.

use crate::domain::nearest::nearest;

/// Returns the error for an unknown name: those to use, and as a tip the similar one. `accepted` has aliases as well.
pub(super) fn unknown<'a>(
    noun: &str,
    typed: &str,
    known: &[impl AsRef<str>],
    accepted: impl IntoIterator<Item = &'a str>,
) -> String {
    let known: Vec<_> = known.iter().map(AsRef::as_ref).collect();
    let rule = format!("unknown {noun}: use one of {}", known.join(", "));
    match nearest(&typed.to_lowercase(), accepted) {
        Some(similar) => format!("{rule}\n\n  tip: a similar {noun} exists: '{similar}'"),
        None => rule,
    }
}
