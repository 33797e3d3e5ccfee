//! Errors of lower layers as [`Failure`]s: the kind, one sentence, and a hint.

use crate::auth::AuthError;
use crate::domain::text::sentence;
use crate::domain::user::Field;
use crate::store::StoreError;

use super::contract::{Failure, FailureKind};

/// The hint for rows of other programs that keep something from being deleted.
pub(super) const REFERENCED: &str =
    "Delete those rows, or change what they refer to, with the program that made the table.";

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Taken(_)
            | StoreError::Duplicate(_)
            | StoreError::Referenced
            | StoreError::UnderWay(_) => FailureKind::Conflict,
            StoreError::Gone => FailureKind::NotFound,
            StoreError::Stopped => FailureKind::Stopped,
            StoreError::Damaged | StoreError::KnownDamage(_) => FailureKind::Damaged,
            StoreError::Busy
            | StoreError::ReadOnly
            | StoreError::NotWritable
            | StoreError::Missing(_)
            | StoreError::Finding(_)
            | StoreError::Full
            | StoreError::Altered(_)
            | StoreError::Earlier { .. }
            | StoreError::Newer { .. }
            | StoreError::NotAStore(_)
            | StoreError::Importable(_)
            | StoreError::Replaced
            | StoreError::Leftover { .. }
            | StoreError::Unreachable(_) => FailureKind::Unavailable,
        };
        let failure = Self::new(kind, sentence(&error.to_string()));
        let leftover_hint = error.leftover_hint().unwrap_or_default();
        match error {
            StoreError::Taken(field) => failure.about(field),
            StoreError::Referenced => failure.hint(REFERENCED),
            StoreError::UnderWay(_) => failure.hint("Try again when it is through."),
            StoreError::Gone => failure.hint("Somebody else removed it meanwhile."),
            StoreError::Busy => failure.hint("Other programs locked it for more than 5 seconds; try again."),
            StoreError::ReadOnly => failure.hint("Leave --readonly out."),
            StoreError::NotWritable => failure
                .hint("Look at the owners and modes of the file and its folder, and at how it is mounted."),
            StoreError::Missing(_) => failure.hint(
                "`nexus setup`, `nexus import FILE` or the console, `nexus`, make one; or name another path.",
            ),
            StoreError::Finding(finding) | StoreError::KnownDamage(finding) => failure.hint(finding.fix),
            StoreError::Full => failure.hint("Free some space and try again."),
            StoreError::Damaged => failure.hint("`nexus doctor` says more. Restore a backup."),
            StoreError::Altered(_) => failure.hint(
                "Nothing was written. `nexus doctor` says more, `nexus doctor --fix` restores what is NEXUS's own.",
            ),
            StoreError::Earlier { .. } => failure.hint(
                "Whoever may write it brings it up to date with any command without --readonly: `nexus user list`.",
            ),
            StoreError::Newer { .. } => failure.hint("Use the newer NEXUS that made it."),
            StoreError::NotAStore(_) => failure.hint("It was not touched; name another path."),
            StoreError::Importable(path) => {
                let import = format!("nexus import {}", path.display());
                failure.hint(format!("It was not touched; take it into a store of its own: {import}"))
            }
            StoreError::Leftover { .. } => failure.hint(leftover_hint),
            StoreError::Replaced => failure.hint("Start again to use the file that is there now."),
            StoreError::Duplicate(_) | StoreError::Stopped | StoreError::Unreachable(_) => failure,
        }
    }
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        Self::new(FailureKind::Other, sentence(&error.to_string()))
    }
}

impl Failure {
    /// Returns the failure for a field that breaks a rule.
    pub(super) fn rule(field: Field, rule: &str) -> Self {
        Self::new(FailureKind::Invalid, sentence(&format!("{}: {rule}", field.label()))).about(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_field_is_named() {
        let failure = Failure::from(StoreError::Taken(Field::Email));
        assert_eq!(failure.kind, FailureKind::Conflict);
        assert_eq!((failure.message.as_str(), failure.field), ("This email is taken.", Some(Field::Email)));
    }

    #[test]
    fn a_store_that_cannot_serve_exits_7() {
        for error in [
            StoreError::Busy,
            StoreError::ReadOnly,
            StoreError::NotWritable,
            StoreError::Missing("/none.db".into()),
            StoreError::Full,
            StoreError::Damaged,
            StoreError::Altered("trigger t on u was not made by NEXUS".into()),
            StoreError::Newer { found: 9, known: 1 },
            StoreError::Earlier { found: 1, latest: 9, bytes: 2 << 30, most: 1 << 30 },
            StoreError::NotAStore("this is a text file".into()),
            StoreError::Importable("old.db".into()),
            StoreError::Replaced,
            StoreError::Leftover { file: "a".into(), leftover: "a-wal".into(), why: "no" },
            StoreError::Unreachable("disk I/O error".into()),
        ] {
            let failure = Failure::from(error);
            assert_eq!(failure.kind.exit_code(), 7, "{failure:?}");
            assert!(failure.message.ends_with('.'), "{failure:?}");
        }
    }
}
