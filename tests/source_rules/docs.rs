//! The form of doc comments: a sentence that says something.

use super::files::all_files;

/// First words of a fragment, where a sentence is wanted (RFC 1574).
const FRAGMENTS: [&str; 8] = ["What", "Whether", "How", "Where", "Which", "Whose", "Who", "Why"];

#[test]
fn hardly_a_first_line_is_a_fragment() {
    let comments = all_comments();
    let found: Vec<_> = comments.iter().filter(|(_, comment)| comment.is_fragment()).collect();
    assert!(found.len() * 50 <= comments.len(), "{} of {}:\n{}", found.len(), comments.len(), listed(&found));
}

#[test]
fn no_function_is_described_by_its_value() {
    let comments = all_comments();
    let found: Vec<_> = comments.iter().filter(|(_, comment)| comment.names_a_value()).collect();
    assert!(found.is_empty(), "begin with a verb: Returns the …\n{}", listed(&found));
}

#[test]
fn no_short_comment_repeats_the_name() {
    let comments = all_comments();
    let found: Vec<_> = comments.iter().filter(|(_, comment)| comment.repeats_the_name()).collect();
    assert!(found.is_empty(), "{}:\n{}", found.len(), listed(&found));
}

#[test]
fn planted_comments_are_found() {
    for text in [
        "/// What it holds.\npub struct A;",
        "    /// Which of them.\n    field: u8,",
        "//! How it is read.\n",
        "/// Whether\n/// it is one.\nfn f() {}",
    ] {
        assert!(comments(text)[0].is_fragment(), "{text}");
    }
    for text in [
        "/// The time.\npub time: Timestamp,",
        "    /// Accounts.\n    Accounts,",
        "/// The session's id.\n#[serde(default)]\npub(crate) session_id: i64,",
        "/// A bulk action.\n#[derive(Debug)]\npub struct BulkAction;",
        "/// Standard input.\nconst STANDARD_INPUT: u8 = 1;",
    ] {
        assert!(comments(text)[0].repeats_the_name(), "{text}");
    }
    for text in [
        "/// The number of rows.\nfn rows() -> u64 {",
        "    /// A store with an account.\n    #[must_use]\n    pub(super) const fn store(",
    ] {
        assert!(comments(text)[0].names_a_value(), "{text}");
    }
}

#[test]
fn what_says_something_is_not_complained_about() {
    for text in [
        "/// Returns what it holds.\nfn f() {}",
        "/// However, this.\nfn f() {}",
        "/// UTC only.\ntime: Timestamp,",
        "/// The time at which it ends.\ntime: Timestamp,",
        "/// The time.\n///\n/// It is UTC.\ntime: Timestamp,",
        "//// What a line of slashes is.\n",
        "// What a comment is.\nfn f() {}",
        "/// A file may be empty.\n#[test]\nfn an_empty_file_is_read() {}",
        "/// A function.\nwork: fn() -> u64,",
    ] {
        let wrong = |comment: &Comment<'_>| {
            comment.is_fragment() || comment.repeats_the_name() || comment.names_a_value()
        };
        let wrong = comments(text).iter().any(wrong);
        assert!(!wrong, "{text}");
    }
    assert_eq!(comments("/// A.\n/// What.\nfn f() {}\n/// B.\nfn g() {}").len(), 2);
}

/// A doc comment, and the line of code below it.
struct Comment<'a> {
    lines: Vec<&'a str>,
    code: &'a str,
    is_of_test: bool,
}

impl Comment<'_> {
    fn is_fragment(&self) -> bool {
        let word = self.lines.first().and_then(|line| line.split(|c: char| !c.is_alphanumeric()).next());
        word.is_some_and(|word| FRAGMENTS.contains(&word))
    }

    /// Returns true if the comment of a function is a noun where a verb is wanted.
    fn names_a_value(&self) -> bool {
        const NOUNS: [&str; 7] = ["The", "A", "An", "All", "Another", "One", "Its"];
        let word = self.lines.first().and_then(|line| line.split_whitespace().next());
        let mut words = self.code.split(|c: char| c.is_whitespace() || c == '(');
        let is_function = words.find(|word| !is_before_fn(word)).is_some_and(|word| word == "fn");
        is_function && !self.is_of_test && word.is_some_and(|word| NOUNS.contains(&word))
    }

    /// Returns true if the comment has three words or fewer and tells nothing but the item's name.
    fn repeats_the_name(&self) -> bool {
        let [line] = self.lines[..] else { return false };
        if line.split_whitespace().count() > 3 {
            return false;
        }
        let name = words(item_name(self.code));
        let mut said = words(line);
        said.retain(|word| !["the", "a", "an", "its", "of"].contains(&word.as_str()));
        !said.is_empty() && said.iter().all(|word| name.contains(word))
    }
}

/// Returns true for the words that may stand before `fn`.
fn is_before_fn(word: &str) -> bool {
    ["pub", "crate)", "super)", "const", "async"].contains(&word)
}

fn all_comments() -> Vec<(String, Comment<'static>)> {
    let files = all_files().into_iter();
    files
        .flat_map(|(file, text)| {
            let text: &'static str = text.leak();
            comments(text).into_iter().map(move |comment| (file.clone(), comment))
        })
        .collect()
}

/// Returns the first of them: the whole list would bury everything else.
fn listed(found: &[&(String, Comment<'_>)]) -> String {
    let lines = found.iter().take(60).map(|(file, comment)| format!("src/{file}: {}", comment.lines[0]));
    lines.collect::<Vec<_>>().join("\n")
}

fn comments(text: &str) -> Vec<Comment<'_>> {
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim_start).peekable();
    while let Some(line) = lines.next() {
        let Some(mark) = ["///", "//!"].into_iter().find(|mark| is_doc(line, mark)) else { continue };
        let mut comment = vec![line[mark.len()..].trim()];
        while let Some(line) = lines.next_if(|line| is_doc(line, mark)) {
            comment.push(line[mark.len()..].trim());
        }
        let code = if mark == "///" { lines.clone().find(|line| !line.starts_with("#[")) } else { None };
        let is_of_test =
            lines.clone().take_while(|line| line.starts_with("#[")).any(|line| line == "#[test]");
        found.push(Comment { lines: comment, code: code.unwrap_or_default(), is_of_test });
    }
    found
}

fn is_doc(line: &str, mark: &str) -> bool {
    line.starts_with(mark) && !line.starts_with("////")
}

/// Returns the name that a line of code declares.
fn item_name(code: &str) -> &str {
    const KEYWORDS: [&str; 14] = [
        "pub", "crate", "super", "in", "fn", "const", "static", "struct", "enum", "trait", "type", "mod",
        "async", "unsafe",
    ];
    let mut names = code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|name| !name.is_empty());
    names.find(|name| !KEYWORDS.contains(name)).unwrap_or_default()
}

/// Returns the words of a sentence or a name in lower case, without the ending of a plural or a genitive.
fn words(text: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut before_is_lower = false;
    for c in text.replace("'s", "").chars() {
        if c.is_uppercase() && before_is_lower {
            spaced.push(' ');
        }
        before_is_lower = c.is_lowercase();
        spaced.push(if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' });
    }
    spaced.split_whitespace().map(|word| word.trim_end_matches('s').to_owned()).collect()
}
