//! The filter language of lists: `müller status:pending !has:sessions created:<30d`.
//!
//! Terms are separated by blanks and must all match; `!` negates one. Double quotes keep blanks and colons in a
//! word; a doubled quote inside them stands for one. An expression that cannot be parsed is an error, never
//! "everything".

mod completion;
mod keys;
mod terms;

use std::fmt;

use super::nearest::nearest;
use super::text::{excerpt, excerpt_bare, fold, grouped};
use super::user::Who;
pub use completion::{Completion, FilterOptions, complete, unfinished_term};
use keys::Suggestions;
pub use keys::{FilterKey, FilterValue, keys};
pub use terms::{Bound, ListKind, Since, Test, quoted};

/// A condition on rows. The default has no terms and matches every row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// The terms; all of them must match.
    pub terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// True if the test must not match.
    pub negated: bool,
    pub test: Test,
}

/// Maximum length of an expression, in bytes. People type far less; the plan of a query grows with it.
pub const MAX_BYTES: usize = 4_096;

/// Maximum number of terms: SQLite refuses conditions that nest deeper than 1,000 (sqlite.org/limits.html, 5).
pub const MAX_TERMS: usize = 200;

/// A syntax error in an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} (at character {})", at + 1)]
pub struct FilterError {
    /// The position of the error, in characters from the start, counted from 0.
    pub at: usize,
    /// A description of the error and its correction.
    pub what: String,
}

impl Filter {
    /// Returns the filter for the rows of an account.
    pub fn of_account(account: Who) -> Self {
        Self::default().and(Test::User(account))
    }

    /// Parses an expression.
    ///
    /// # Errors
    /// [`FilterError`] for an unknown key, a value that the key does not take, an unclosed quote, or no term at
    /// all.
    pub fn parse(subject: ListKind, expression: &str) -> Result<Self, FilterError> {
        if expression.len() > MAX_BYTES {
            let what = format!(
                "a filter has at most {} bytes, not {}",
                grouped(MAX_BYTES as u64),
                grouped(expression.len() as u64)
            );
            return Err(FilterError { at: 0, what });
        }
        let mut terms = Vec::new();
        for piece in pieces(expression)? {
            if terms.len() == MAX_TERMS {
                return Err(FilterError {
                    at: piece.at,
                    what: format!("a filter has at most {MAX_TERMS} terms"),
                });
            }
            let test = piece.test(subject).map_err(|what| FilterError { at: piece.at, what })?;
            terms.push(Term { negated: piece.negated, test });
        }
        if terms.is_empty() {
            return Err(FilterError { at: 0, what: "the filter is empty".into() });
        }
        Ok(Self { terms })
    }

    /// Returns true if the filter matches every row.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Returns the filter with one more condition.
    pub fn and(mut self, test: Test) -> Self {
        self.terms.push(Term { negated: false, test });
        self
    }
}

/// Writes the expression from which [`Filter::parse`] makes this filter.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Term { negated, test }) in self.terms.iter().enumerate() {
            let (blank, bang) = (if at == 0 { "" } else { " " }, if *negated { "!" } else { "" });
            write!(f, "{blank}{bang}{test}")?;
        }
        Ok(())
    }
}

/// A term that is not parsed yet.
struct RawTerm {
    at: usize,
    negated: bool,
    key: Option<String>,
    value: String,
}

impl RawTerm {
    fn test(&self, subject: ListKind) -> Result<Test, String> {
        let Some(key) = &self.key else {
            let word = fold(&self.value);
            return if word.is_empty() { Err("a word is missing".into()) } else { Ok(Test::Word(word)) };
        };
        let key = key.to_ascii_lowercase();
        let known = keys(subject);
        let Some(FilterKey { example, value, .. }) = known.iter().find(|known| known.name == key) else {
            let names: Vec<_> =
                known.iter().map(|known| format!("{}:{}", known.name, known.example)).collect();
            let similar = nearest(&key, known.iter().map(|known| known.name));
            let tip = similar.map(|name| format!(" (did you mean {name}?)")).unwrap_or_default();
            return Err(format!("unknown key {}{tip}: use one of {}", excerpt(&key), names.join(" ")));
        };
        if self.value.is_empty() {
            return Err(format!("{key}: needs a value, as in {key}:{example}"));
        }
        let refused = || {
            let words = match value.suggestions() {
                Suggestions::Words(words) => words,
                Suggestions::Accounts | Suggestions::Nothing => Vec::new(),
            };
            let near = nearest(&self.value.to_lowercase(), words).unwrap_or(example);
            format!("{key}: cannot be “{}”; try {key}:{near}", excerpt_bare(&self.value))
        };
        value.test(&self.value).ok_or_else(refused)
    }
}

/// Splits an expression at blanks outside quotes.
fn pieces(expression: &str) -> Result<Vec<RawTerm>, FilterError> {
    let mut found = Vec::new();
    let mut rest = expression.chars().enumerate().peekable();
    while let Some(&(at, c)) = rest.peek() {
        if c.is_whitespace() {
            rest.next();
            continue;
        }
        let negated = rest.next_if(|(_, c)| *c == '!').is_some();
        let mut piece = RawTerm { at, negated, key: None, value: String::new() };
        let mut quoted = false;
        while let Some((_, c)) = rest.next_if(|(_, c)| quoted || !c.is_whitespace()) {
            match c {
                '"' if quoted && rest.next_if(|(_, c)| *c == '"').is_some() => piece.value.push(c),
                '"' => quoted = !quoted,
                ':' if !quoted && piece.key.is_none() => piece.key = Some(std::mem::take(&mut piece.value)),
                _ => piece.value.push(c),
            }
        }
        if quoted {
            return Err(FilterError { at, what: "a quote is not closed".into() });
        }
        found.push(piece);
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
