//! A difference between a store's schema and the expected one, and its description.

use crate::domain::finding::{DROP_FOREIGN, Finding, Severity};
use crate::domain::text::{clip, sentence};

use super::expected::{Object, ObjectKind};

/// The short name of this check.
pub(crate) const CHECK: &str = "schema";

/// Cells of a name or a definition that a message repeats.
const QUOTED_CELLS: usize = 100;

/// A difference between a store's schema and the expected one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SchemaFault {
    pub(super) kind: ObjectKind,
    pub(super) name: String,
    /// The table that it is, or that it belongs to.
    pub(super) table: String,
    pub(super) wrong: Wrong,
}

/// A way in which an object differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It does not exist.
    Missing,
    /// An index, trigger or view has another definition.
    Altered,
    /// A part of a table differs; the text continues after the table's name.
    Part(String),
    /// A column of another program that NEXUS cannot fill in.
    Column(String),
    /// A trigger or unique index that another program created.
    Foreign,
    /// A view that another program created; it does not prevent writing.
    View,
}

impl SchemaFault {
    pub(super) fn of(object: &Object, wrong: Wrong) -> Self {
        Self { kind: object.kind, name: object.name.clone(), table: object.table.clone(), wrong }
    }

    /// Returns `true` where the store must not be written because of it.
    pub(super) const fn refuses(&self) -> bool {
        match self.wrong {
            Wrong::Missing | Wrong::Altered | Wrong::Part(_) | Wrong::Column(_) | Wrong::Foreign => true,
            Wrong::View => false,
        }
    }

    /// Returns the object's kind and name: `trigger nexus_users_touch`.
    fn object(&self) -> String {
        format!("{} {}", self.kind.word(), clip(&self.name, QUOTED_CELLS))
    }

    /// Returns what is wrong, as a part of a sentence.
    pub(super) fn words(&self) -> String {
        let object = self.object();
        match &self.wrong {
            Wrong::Missing => format!("{object} is missing"),
            Wrong::Altered => format!("{object} is altered"),
            Wrong::Part(part) | Wrong::Column(part) => format!("{object}: {}", clip(part, QUOTED_CELLS)),
            Wrong::Foreign => {
                format!("{object} on {} was not made by NEXUS", clip(&self.table, QUOTED_CELLS))
            }
            Wrong::View => format!("{object} was made by another program"),
        }
    }

    /// Returns the finding that `doctor` reports. `obstacle` says why it cannot be mended.
    pub(super) fn finding(&self, obstacle: Option<String>) -> Finding {
        let fixable = obstacle.is_none()
            && match self.wrong {
                Wrong::Missing | Wrong::Altered | Wrong::Part(_) => true,
                Wrong::Column(_) | Wrong::Foreign | Wrong::View => false,
            };
        let fix = match (&self.wrong, obstacle) {
            (_, Some(obstacle)) => obstacle,
            (Wrong::Missing | Wrong::Altered | Wrong::Part(_), None) => "nexus doctor --fix".into(),
            (Wrong::Column(_), None) => "Give the column a default, or allow NULL in it.".into(),
            (Wrong::Foreign, None) => DROP_FOREIGN.into(),
            (Wrong::View, None) => "Drop the view if no program needs it; NEXUS leaves it alone.".into(),
        };
        Finding {
            check: CHECK,
            severity: if self.refuses() { Severity::Error } else { Severity::Warning },
            object: self.name.clone(),
            message: sentence(&self.words()),
            fix,
            fixable,
        }
    }
}

/// Returns the finding about a table that has NEXUS's prefix and that this version does not know.
pub(super) fn stale_table(name: String) -> Finding {
    let table = clip(&name, QUOTED_CELLS);
    Finding {
        check: CHECK,
        severity: Severity::Warning,
        message: format!("Table {table} has a name of NEXUS's own, but this version does not know it."),
        fix: "Look at what it holds and drop it: nothing of NEXUS uses it.".into(),
        object: name,
        fixable: false,
    }
}
