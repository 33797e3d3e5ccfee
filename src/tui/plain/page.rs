//! A page of text, and the part of it that is new since the last one.

use super::{Prompt, ScreenText};

/// All that the console says at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlainPage {
    /// The name of the screen.
    pub name: String,
    /// The store, the operator and the time left.
    pub about: String,
    pub screen: ScreenText,
    /// The question, the form or the box in front of the screen.
    pub dialog: Vec<String>,
    /// The error of the field that is asked about; told each time.
    pub fault: Option<String>,
    /// The keys that are of use now.
    pub keys: String,
    pub prompt: Prompt,
}

/// The page that was printed last.
#[derive(Debug, Default)]
pub struct LastPage(Option<PlainPage>);

impl LastPage {
    /// Forgets the page, so that the next one is printed in full.
    pub fn forget(&mut self) {
        self.0 = None;
    }

    /// Returns true if a page is of another screen than the last one.
    pub fn is_elsewhere(&self, page: &PlainPage) -> bool {
        self.0.as_ref().is_none_or(|last| last.name != page.name)
    }

    /// Returns the lines of a page that are new. The screen behind a dialog is not repeated.
    pub fn news(&mut self, page: PlainPage) -> Vec<String> {
        let is_elsewhere = self.is_elsewhere(&page);
        let none = PlainPage::default();
        let last = self.0.as_ref().filter(|_| !is_elsewhere).unwrap_or(&none);
        let mut lines = Vec::new();
        if is_elsewhere {
            lines.extend([page.name.clone(), page.about.clone()].into_iter().filter(|line| !line.is_empty()));
        }
        let kept = if page.dialog.is_empty() {
            lines.extend(screen_news(&last.screen, &page.screen));
            None
        } else {
            let is_same = page.dialog.first() == last.dialog.first();
            let is_new = |line: &&String| !is_same || !last.dialog.contains(line);
            lines.extend(page.dialog.iter().filter(is_new).cloned());
            Some(last.screen.clone())
        };
        lines.extend(page.fault.clone());
        // The keys of a screen are named once, when it comes to the front.
        let names_keys = is_elsewhere || (!page.dialog.is_empty() && page.keys != last.keys);
        if names_keys && !page.keys.is_empty() {
            lines.push(page.keys.clone());
        }
        self.0 = Some(match kept {
            Some(screen) => PlainPage { screen, ..page },
            None => page,
        });
        lines
    }
}

fn screen_news(last: &ScreenText, now: &ScreenText) -> Vec<String> {
    let mut lines = Vec::new();
    if now.head != last.head {
        lines.extend(now.head.iter().filter(|line| !last.head.contains(line)).cloned());
    }
    if now.rows != last.rows {
        lines.extend(changed_rows(&last.rows, &now.rows).cloned());
    } else if now.cursor != last.cursor {
        lines.extend(now.cursor.iter().cloned());
    }
    if now.details != last.details {
        lines.extend(now.details.iter().cloned());
    }
    lines
}

/// Returns the rows that have changed in place, if they are few, or else all.
fn changed_rows<'a>(last: &'a [String], now: &'a [String]) -> impl Iterator<Item = &'a String> {
    let changed = now.iter().zip(last).filter(|(now, last)| now != last).count();
    let is_all = now.len() != last.len() || changed * 2 > now.len();
    now.iter().enumerate().filter(move |(at, row)| is_all || last.get(*at) != Some(row)).map(|(_, row)| row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(cursor: usize) -> PlainPage {
        let rows = vec!["1. ada".to_owned(), "2. alan".to_owned()];
        PlainPage {
            name: "Users".into(),
            about: "ada, admin".into(),
            screen: ScreenText {
                head: vec!["/ a".into(), format!("row {cursor} of 2")],
                cursor: rows.get(cursor - 1).cloned(),
                rows,
                ..ScreenText::default()
            },
            keys: "Keys: c confirm".into(),
            ..PlainPage::default()
        }
    }

    #[test]
    fn only_what_is_new_is_printed() {
        let mut last = LastPage::default();
        let all = ["Users", "ada, admin", "/ a", "row 1 of 2", "1. ada", "2. alan", "Keys: c confirm"];
        assert_eq!(last.news(page(1)), all);
        assert_eq!(last.news(page(1)), [""; 0]);
        assert_eq!(last.news(page(2)), ["row 2 of 2", "2. alan"]);
        last.forget();
        assert_eq!(last.news(page(1)), all);
    }

    #[test]
    fn a_dialog_hides_the_screen_which_is_not_repeated_after_it() {
        let mut last = LastPage::default();
        last.news(page(1));
        let asks = PlainPage { dialog: vec!["Delete ada?".into()], keys: "Keys: y delete".into(), ..page(1) };
        assert_eq!(last.news(asks.clone()), ["Delete ada?", "Keys: y delete"]);
        assert_eq!(last.news(asks.clone()), [""; 0]);
        let more = PlainPage { dialog: vec!["Delete ada?".into(), "It does not match.".into()], ..asks };
        assert_eq!(last.news(more), ["It does not match."]);
        assert_eq!(last.news(page(1)), [""; 0]);
        let mut gone = page(1);
        gone.screen.rows.remove(0);
        assert_eq!(last.news(gone), ["2. alan"]);
    }

    #[test]
    fn of_many_rows_only_the_changed_ones_are_printed() {
        let mut last = LastPage::default();
        let with = |rows: [&str; 3]| {
            let rows = rows.map(str::to_owned).to_vec();
            PlainPage { screen: ScreenText { rows, ..ScreenText::default() }, ..page(1) }
        };
        last.news(with(["1. ada", "2. alan", "3. grace"]));
        assert_eq!(last.news(with(["1. ada", "2. marked, alan", "3. grace"])), ["2. marked, alan"]);
        let others = ["1. edsger", "2. tim", "3. grace"];
        assert_eq!(last.news(with(others)), others);
    }
}
