//! A command line while it is typed, split into words as a shell splits it.

/// A line that was typed so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedLine {
    /// The words before the last one.
    pub before: Vec<String>,
    /// The last word, which may go on; empty after a blank.
    pub last: String,
    /// The position of the last word in the line, in bytes.
    pub last_at: usize,
    /// True if the last word has begun, even if it is an empty pair of quotes.
    pub has_last: bool,
    /// True if a quote is still open.
    pub is_open: bool,
}

impl TypedLine {
    /// Splits a line. Blanks separate words; quotes and a backslash keep them together, as in a POSIX shell.
    pub fn parse(line: &str) -> Self {
        let mut before = Vec::new();
        let mut last = String::new();
        let mut last_at = 0;
        let mut has_word = false;
        let mut quote = None;
        let mut letters = line.char_indices();
        while let Some((at, letter)) = letters.next() {
            match (quote, letter) {
                (None, ' ' | '\t') => {
                    if std::mem::take(&mut has_word) {
                        before.push(std::mem::take(&mut last));
                    }
                    last_at = at + letter.len_utf8();
                    continue;
                }
                (None, '\'' | '"') => quote = Some(letter),
                (Some(open), letter) if open == letter => quote = None,
                (None | Some('"'), '\\') => last.extend(letters.next().map(|(_, escaped)| escaped)),
                (None | Some(_), letter) => last.push(letter),
            }
            has_word = true;
        }
        Self { before, last, last_at, has_last: has_word, is_open: quote.is_some() }
    }

    /// Returns all words; `None` if a quote is still open.
    pub fn words(self) -> Option<Vec<String>> {
        let Self { mut before, last, has_last, is_open, .. } = self;
        before.extend(has_last.then_some(last));
        (!is_open).then_some(before)
    }
}

/// Returns a word as it is typed into a line, in quotes where it needs them.
pub fn quoted_argument(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_-./@:,+=%<>!".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(line: &str) -> Option<Vec<String>> {
        TypedLine::parse(line).words()
    }

    #[test]
    fn blanks_separate_words_and_quotes_keep_them_together() {
        for (line, wanted) in [
            ("", &[][..]),
            ("  user   show ada ", &["user", "show", "ada"]),
            ("move 'a b' \"c \\\" d\"", &["move", "a b", "c \" d"]),
            ("edit ada --username ''", &["edit", "ada", "--username", ""]),
            (r"show o\'brien", &["show", "o'brien"]),
            ("list --filter=status:pending", &["list", "--filter=status:pending"]),
        ] {
            assert_eq!(words(line).unwrap(), wanted, "{line}");
        }
        assert_eq!(words("show 'a"), None);
    }

    #[test]
    fn the_last_word_may_go_on() {
        let line = TypedLine::parse("user show al");
        assert_eq!((line.before.len(), line.last.as_str(), line.last_at), (2, "al", 10));
        let line = TypedLine::parse("user show ");
        assert_eq!((line.before.len(), line.last.as_str(), line.last_at), (2, "", 10));
    }

    proptest! {
        #[test]
        fn a_quoted_word_comes_back_as_it_was(word in ".+") {
            prop_assert_eq!(words(&quoted_argument(&word)), Some(vec![word]));
        }

        #[test]
        fn any_line_is_split(line in any::<String>()) {
            let line_at = TypedLine::parse(&line).last_at;
            prop_assert!(line.is_char_boundary(line_at));
        }
    }
}
