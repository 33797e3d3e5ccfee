//! The columns of a list by name, as `--columns` takes them: the keys of JSON and CSV, and the headings of tables.

use super::{Column, Heading, Key, Record};

/// Returns the names of all columns of a list: its keys, then the headings that name no key.
pub(crate) fn column_names<R: Record>() -> Vec<String> {
    let mut names: Vec<String> = R::keys().iter().map(|key| key.name.to_owned()).collect();
    for column in R::columns().iter().filter(|column| !column.keys().is_empty()) {
        let name = column.name();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Returns the name of the column that `typed` means; letter case, hyphens and blanks do not matter.
pub(crate) fn find_column<R: Record>(typed: &str) -> Option<String> {
    let name = normalized(typed);
    column_names::<R>().into_iter().find(|known| *known == name)
}

fn normalized(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

/// Returns the keys and the table columns of these names, each once, in their order.
pub(super) fn chosen<R: Record>(names: &[impl AsRef<str>]) -> (Vec<Key<R>>, Vec<Column<R>>) {
    let (mut keys, mut columns): (Vec<Key<R>>, Vec<Column<R>>) = (Vec::new(), Vec::new());
    for name in names.iter().map(AsRef::as_ref) {
        let key = take(R::keys(), |key| key.name == name);
        let column = take(R::columns(), |column| match &key {
            // A column that shows more than this key is not meant.
            Some(_) => column.keys() == [name],
            None => column.name() == name && !column.keys().is_empty(),
        });
        let wanted: Vec<&str> = match (&key, &column) {
            (Some(key), _) => vec![key.name],
            (None, Some(column)) => column.keys().to_vec(),
            (None, None) => Vec::new(),
        };
        for name in wanted {
            if keys.iter().all(|key| key.name != name) {
                keys.extend(take(R::keys(), |key| key.name == name));
            }
        }
        let column = column.or_else(|| key.map(shown_plainly));
        if let Some(column) = column.filter(|new| columns.iter().all(|old| old.title() != new.title())) {
            columns.push(column);
        }
    }
    (keys, columns)
}

fn take<T>(all: Vec<T>, is_wanted: impl FnMut(&T) -> bool) -> Option<T> {
    all.into_iter().find(is_wanted)
}

/// Returns a column that shows the values of a key, for those that the usual table leaves out.
fn shown_plainly<R: 'static>(key: Key<R>) -> Column<R> {
    Column::new(Heading::words(key.name), move |row, now| (key.value)(row, now).into_cell())
}

impl<R> Column<R> {
    fn title(&self) -> &'static str {
        self.heading.0.title
    }

    /// Returns the keys that hold what the column shows.
    fn keys(&self) -> &'static [&'static str] {
        self.heading.0.keys
    }

    /// Returns the name by which the column is chosen.
    fn name(&self) -> String {
        normalized(self.title())
    }
}
