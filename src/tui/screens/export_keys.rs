//! The keys of JSON and CSV behind the columns of the lists.

use crate::domain::filter::ListKind;
use crate::service::contract::{Directories, Request};

/// Returns the keys that hold what a column shows, by the heading of the column; `None` for a heading that is unknown.
pub(crate) fn keys(list: ListKind, heading: &str) -> Option<&'static [&'static str]> {
    let columns: &[(&str, &'static [&'static str])] = match list {
        ListKind::Users => &[
            ("Status", &["status"]),
            ("Username", &["username"]),
            ("Name", &["firstname", "lastname"]),
            ("Email", &["email"]),
            ("Level", &["access_level"]),
            ("Phone", &["contact_number"]),
            ("Created", &["created_at"]),
            ("Modified", &["updated_at"]),
            ("Sessions", &["active_sessions"]),
            ("Last seen", &["last_seen"]),
        ],
        ListKind::Sessions => &[
            ("State", &["status"]),
            ("User", &["user"]),
            ("Session", &["short_id"]),
            ("Origin", &["origin", "origin_detail"]),
            ("Started", &["started_at"]),
            ("Last seen", &["last_seen"]),
            ("Time left", &["expiration"]),
        ],
        ListKind::Directories => &[
            ("Name", &["directory_path"]),
            ("Owner", &["owner"]),
            ("Below", &["children"]),
            ("Created", &["date_added"]),
            ("Modified", &["last_modified"]),
            ("Accessed", &["last_accessed"]),
        ],
        ListKind::Journal => &[
            ("Time", &["at"]),
            ("By", &["actor"]),
            ("What", &["verb", "outcome", "kind", "label", "before", "after", "reason"]),
        ],
        ListKind::Bin => &[
            ("Deleted", &["deleted_at"]),
            ("By", &["deleted_by"]),
            ("Kind", &["kind"]),
            ("What", &["label"]),
            ("Sessions", &["sessions"]),
            ("Directories", &["directories"]),
        ],
    };
    let heading = heading.trim();
    columns.iter().find(|(known, _)| *known == heading).map(|(_, keys)| *keys)
}

/// Returns true if the rows of a list have a key: only a tree counts what is below a directory.
pub(crate) fn has(list: &Request, key: &str) -> bool {
    key != "children" || matches!(list, Request::Directories(Directories::Tree { .. }))
}

#[cfg(test)]
mod tests {
    use crate::service::contract::{ExportFormat, ListExport};
    use crate::tui::screens::SCREENS;
    use crate::tui::testing::{context, now};

    use super::*;

    #[test]
    fn every_column_of_every_list_can_be_exported() {
        for size in [(40, 12), (60, 18), (80, 24), (120, 36), (200, 50), (300, 50)] {
            for screen in SCREENS {
                let screen = (screen.new)();
                let Some((list, columns)) = screen.exported(&context(size.0, size.1)) else { continue };
                assert!(!columns.is_empty(), "{}", screen.name());
                let export = ListExport { list, columns: columns.clone(), format: ExportFormat::Csv };
                let mut out = Vec::new();
                let rows = crate::cli::CONSOLE_COMMANDS.export(
                    &export,
                    now(),
                    &mut |request, _, _| Ok(crate::tui::tests::usual(&request, false)),
                    &mut |_| std::ops::ControlFlow::Continue(()),
                    &mut out,
                );
                let text = String::from_utf8(out).unwrap();
                assert_eq!(text.lines().next().unwrap(), columns.join(","));
                assert_eq!(rows.unwrap() + 1, text.lines().count() as u64, "{}", screen.name());
            }
        }
        assert_eq!(keys(ListKind::Users, "Colour"), None);
    }
}
