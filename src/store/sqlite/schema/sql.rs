//! SQL text as tokens, so that two statements can be compared whatever their spacing, letter case, comments and quotes.

use std::ops::Range;

/// A token. Words are in lower case: neither keywords nor names tell letter case apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum SqlToken {
    /// A keyword, a bare name or a number.
    Word(String),
    /// A name in `"…"`, `` `…` `` or `[…]`, without its quotes.
    Quoted(String),
    /// A text in `'…'`, or the digits of `x'…'` behind an `x`.
    Text(String),
    /// Anything else, one character at a time.
    Mark(char),
}

impl SqlToken {
    /// Returns `true` for this keyword.
    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word == keyword)
    }

    /// Returns the name that this token can stand for, in lower case.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Word(word) => Some(word.clone()),
            // SQLite takes a text for a name where only a name can stand.
            Self::Quoted(name) | Self::Text(name) => Some(name.to_ascii_lowercase()),
            Self::Mark(_) => None,
        }
    }
}

/// A token and its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlacedToken {
    pub(super) token: SqlToken,
    pub(super) range: Range<usize>,
}

/// Splits SQL into its tokens; comments and white space are left out.
pub(super) fn tokens(sql: &str) -> Vec<PlacedToken> {
    let mut found = Vec::new();
    let mut rest = sql.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        let token = match c {
            _ if c.is_ascii_whitespace() => continue,
            '-' if rest.next_if(|(_, next)| *next == '-').is_some() => {
                while rest.next_if(|(_, next)| *next != '\n').is_some() {}
                continue;
            }
            '/' if rest.next_if(|(_, next)| *next == '*').is_some() => {
                let mut last = ' ';
                for (_, next) in rest.by_ref() {
                    if last == '*' && next == '/' {
                        break;
                    }
                    last = next;
                }
                continue;
            }
            '\'' => SqlToken::Text(quoted(&mut rest, '\'')),
            '"' | '`' => SqlToken::Quoted(quoted(&mut rest, c)),
            '[' => {
                let mut name = String::new();
                while let Some((_, next)) = rest.next_if(|(_, next)| *next != ']') {
                    name.push(next);
                }
                rest.next();
                SqlToken::Quoted(name)
            }
            _ if is_word(c) => {
                let mut word = String::from(c.to_ascii_lowercase());
                while let Some((_, next)) = rest.next_if(|(_, next)| is_word(*next)) {
                    word.push(next.to_ascii_lowercase());
                }
                match (word.as_str(), rest.next_if(|(_, next)| *next == '\'')) {
                    ("x", Some(_)) => SqlToken::Text(format!("x'{}", quoted(&mut rest, '\'').to_lowercase())),
                    (_, Some(_)) => {
                        let end = rest.peek().map_or(sql.len(), |(at, _)| *at) - 1;
                        found.push(PlacedToken { token: SqlToken::Word(word), range: start..end });
                        let text = quoted(&mut rest, '\'');
                        let until = rest.peek().map_or(sql.len(), |(at, _)| *at);
                        found.push(PlacedToken { token: SqlToken::Text(text), range: end..until });
                        continue;
                    }
                    (_, None) => SqlToken::Word(word),
                }
            }
            _ => SqlToken::Mark(c),
        };
        let end = rest.peek().map_or(sql.len(), |(at, _)| *at);
        found.push(PlacedToken { token, range: start..end });
    }
    found
}

/// Returns true if SQLite accepts a character in a word: letters, digits, `_`, `$` and everything beyond ASCII; a
/// number may contain a point.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii()
}

/// Reads up to the closing quote; a doubled one stands for itself.
fn quoted(rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>, quote: char) -> String {
    let mut text = String::new();
    while let Some((_, c)) = rest.next() {
        if c == quote && rest.next_if(|(_, next)| *next == quote).is_none() {
            break;
        }
        text.push(c);
    }
    text
}

/// Returns the tokens in the form that is compared: a quoted name that `is_known` becomes a bare one. Another one stays,
/// for SQLite takes `"x"` for a text where no column is called that.
pub(super) fn canonical(tokens: &[PlacedToken], is_known: &dyn Fn(&str) -> bool) -> Vec<SqlToken> {
    let bare = |token: &SqlToken| match token {
        SqlToken::Quoted(name) if is_known(&name.to_ascii_lowercase()) => {
            SqlToken::Word(name.to_ascii_lowercase())
        }
        token => token.clone(),
    };
    tokens.iter().map(|placed| bare(&placed.token)).collect()
}

/// Returns the place just behind the parenthesis that closes the one at `open`.
pub(super) fn group_end(tokens: &[PlacedToken], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, placed) in tokens.iter().enumerate().skip(open) {
        match placed.token {
            SqlToken::Mark('(') => depth += 1,
            SqlToken::Mark(')') if depth <= 1 => return at + 1,
            SqlToken::Mark(')') => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Splits a script into its statements, each without the semicolon. That of a trigger holds several.
pub(super) fn statements(script: &[PlacedToken]) -> Vec<&[PlacedToken]> {
    let mut found = Vec::new();
    let mut rest = script;
    while !rest.is_empty() {
        let creates = rest.first().is_some_and(|placed| placed.token.is("create"));
        let is_trigger = creates && rest.iter().take(3).any(|placed| placed.token.is("trigger"));
        let is_end = |at: usize| {
            let ends = rest.get(at).is_some_and(|placed| placed.token == SqlToken::Mark(';'));
            let before =
                |back: usize| at.checked_sub(back).and_then(|at| rest.get(at)).map(|placed| &placed.token);
            // `END` behind a semicolon ends a trigger; any other one belongs to a CASE.
            ends && (!is_trigger
                || before(1).is_some_and(|token| token.is("end")) && before(2) == Some(&SqlToken::Mark(';')))
        };
        let end = (0..rest.len()).find(|at| is_end(*at)).unwrap_or(rest.len());
        let (statement, after) = rest.split_at(end);
        if !statement.is_empty() {
            found.push(statement);
        }
        rest = after.get(1..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_that_is_dropped_ends_at_its_semicolon() {
        let script = tokens(
            "DROP TRIGGER a; CREATE TRIGGER a AFTER DELETE ON b BEGIN DELETE FROM c; END; DROP TABLE d",
        );
        let firsts: Vec<_> = statements(&script).iter().map(|found| found[0].token.name().unwrap()).collect();
        assert_eq!(firsts, ["drop", "create", "drop"]);
    }
}
