//! The keys of a config file, with their lines.

use toml_edit::{Document, TableLike};

/// A key of the file that has a value, not a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DocumentKey {
    /// Its tables and its name, as in `bin.keep_days`.
    pub(super) name: String,
    /// The line of its value, counted from 1.
    pub(super) line: usize,
}

/// Returns the keys of a file in the order in which they stand there; none of a file that is not TOML.
pub(super) fn keys(text: &str) -> Vec<DocumentKey> {
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let mut keys = Vec::new();
    collect(document.as_table(), "", text, &mut keys);
    keys.sort_by_key(|key| key.line);
    keys
}

fn collect(table: &dyn TableLike, prefix: &str, text: &str, keys: &mut Vec<DocumentKey>) {
    for (name, item) in table.iter() {
        let name = format!("{prefix}{name}");
        match item.as_table_like() {
            Some(inner) if !inner.is_empty() => collect(inner, &format!("{name}."), text, keys),
            Some(_) => {}
            None => {
                let before = item.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
                keys.push(DocumentKey { name, line: before.matches('\n').count() + 1 });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_tables_and_lines() {
        let text = "start = \"users\"\nstore = { label = \"a\", color = \"red\" }\n\n[bin] # days\n\nkeep_days = 7\n[keys]\n[keys.users]\nundo = [\n\"U\",\n]\n";
        let keys: Vec<_> = keys(text).into_iter().map(|key| (key.name, key.line)).collect();
        let expected = [
            ("start", 1),
            ("store.label", 2),
            ("store.color", 2),
            ("bin.keep_days", 6),
            ("keys.users.undo", 9),
        ];
        assert_eq!(keys, expected.map(|(name, line)| (name.to_owned(), line)));
        assert_eq!(super::keys("[bin"), []);
    }
}
