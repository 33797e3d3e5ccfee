//! Completion of a filter expression that is being typed: keys, and the values that they take.

use super::keys::{FilterKey, Suggestions, keys};
use super::terms::ListKind;

/// The word or value before the cursor, and what it may become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The byte at which the text begins that an option replaces; it ends at the cursor.
    pub start: usize,
    pub options: FilterOptions,
}

/// The texts that may stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterOptions {
    /// One of these.
    Texts(Vec<String>),
    /// An account whose name begins with this.
    Account(String),
    /// A value that must be typed; this is an example of the term.
    Typed(String),
}

/// Returns what may stand at the end of `before`, the text of an expression up to the cursor.
pub fn complete(subject: ListKind, before: &str) -> Completion {
    let term = last_term(before);
    let known = keys(subject);
    let Some((name, value)) = term.split_once(':').filter(|(name, _)| !name.contains('"')) else {
        let begun = known.iter().filter(|key| begins(key.name, term));
        let texts = begun.map(|key| format!("{}:", key.name)).collect();
        return Completion { start: before.len() - term.len(), options: FilterOptions::Texts(texts) };
    };
    let start = before.len() - value.len();
    let Some(key) = known.iter().find(|key| key.name.eq_ignore_ascii_case(name)) else {
        return Completion { start, options: FilterOptions::Texts(Vec::new()) };
    };
    Completion { start, options: options(key, value) }
}

/// Returns the byte at which an unfinished term begins: one at the end of `before` that has a key, and no value or only the
/// beginning of one.
pub fn unfinished_term(subject: ListKind, before: &str) -> Option<usize> {
    let term = last_term(before);
    let (name, value) = term.split_once(':')?;
    let key = keys(subject).iter().find(|key| key.name.eq_ignore_ascii_case(name))?;
    let goes_on = || match options(key, value) {
        FilterOptions::Texts(texts) => !texts.is_empty(),
        FilterOptions::Account(_) | FilterOptions::Typed(_) => false,
    };
    let start = before.len() - term.len();
    let negated = before.get(..start).is_some_and(|rest| rest.ends_with('!'));
    (value.is_empty() || goes_on()).then_some(start - usize::from(negated))
}

fn options(key: &FilterKey, value: &str) -> FilterOptions {
    match key.value.suggestions() {
        Suggestions::Words(words) => {
            let begun = words.into_iter().filter(|word| begins(word, value));
            FilterOptions::Texts(begun.map(str::to_owned).collect())
        }
        Suggestions::Accounts => FilterOptions::Account(value.trim_matches('"').replace("\"\"", "\"")),
        Suggestions::Nothing => FilterOptions::Typed(format!("{}:{}", key.name, key.example)),
    }
}

/// Returns the term at the end of an expression, without its `!`; empty after a blank.
fn last_term(before: &str) -> &str {
    let mut is_quoted = false;
    let mut start = 0;
    for (at, c) in before.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            c if c.is_whitespace() && !is_quoted => start = at + c.len_utf8(),
            _ => {}
        }
    }
    let term = before.get(start..).unwrap_or_default();
    term.strip_prefix('!').unwrap_or(term)
}

fn begins(word: &str, typed: &str) -> bool {
    word.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(subject: ListKind, before: &str) -> (usize, Vec<String>) {
        match complete(subject, before) {
            Completion { start, options: FilterOptions::Texts(texts) } => (start, texts),
            other => panic!("{before}: {other:?}"),
        }
    }

    #[test]
    fn a_key_is_completed_at_the_start_of_a_term() {
        assert_eq!(texts(ListKind::Users, "sta"), (0, vec!["status:".into()]));
        assert_eq!(texts(ListKind::Users, "ada !ST"), (5, vec!["status:".into()]));
        assert_eq!(texts(ListKind::Users, "s").1, ["status:", "seen:"]);
        assert_eq!(texts(ListKind::Users, "ada ").1.len(), keys(ListKind::Users).len());
        assert!(texts(ListKind::Users, "xyz").1.is_empty());
    }

    #[test]
    fn a_value_is_one_that_the_key_takes() {
        assert_eq!(texts(ListKind::Users, "status:p"), (7, vec!["pending".into()]));
        assert_eq!(texts(ListKind::Sessions, "ada status:").1, ["active", "expired"]);
        assert_eq!(
            texts(ListKind::Journal, "verb:unk").1.len() + texts(ListKind::Journal, "verb:del").1.len(),
            1
        );
        assert_eq!(texts(ListKind::Users, "created:<3").1, ["<30d"]);
        assert!(texts(ListKind::Users, "colour:r").1.is_empty());
    }

    #[test]
    fn a_key_without_its_whole_value_is_unfinished() {
        for (before, start) in [
            ("status:", Some(0)),
            ("ada !status:p", Some(4)),
            ("user:", Some(0)),
            ("status:x", None),
            ("user:a", None),
            ("colour:", None),
            ("sta", None),
        ] {
            assert_eq!(unfinished_term(ListKind::Users, before), start, "{before}");
        }
    }

    #[test]
    fn accounts_come_from_the_store_and_ids_from_nowhere() {
        let account =
            |start, typed: &str| Completion { start, options: FilterOptions::Account(typed.into()) };
        assert_eq!(complete(ListKind::Sessions, "user:al"), account(5, "al"));
        assert_eq!(complete(ListKind::Journal, "by:\"de la"), account(3, "de la"));
        let typed = FilterOptions::Typed("session:34".into());
        assert_eq!(complete(ListKind::Journal, "session:3"), Completion { start: 8, options: typed });
    }
}
