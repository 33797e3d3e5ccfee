//! Rust source text as tokens and paths.

/// Returns every path of two or more parts, one for each member of a group.
pub(crate) fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let group = tokens[at] == "{" && at > 0 && tokens[at - 1] == "use";
        if group || is_name(&tokens[at]) {
            at = path_tree(tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found.retain(|path| path.len() > 1);
    found
}

/// Reads `a::b::{c, d::e}` at `at` and returns the index behind it.
fn path_tree(tokens: &[String], mut at: usize, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while let Some(token) = tokens.get(at).filter(|token| *token != "}") {
                    at = if token == "{" || is_name(token) || token == "*" {
                        path_tree(tokens, at, &path, found)
                    } else {
                        at + 1
                    };
                }
                return at + 1;
            }
            // `use a::{self}` is `use a`.
            Some("self") if !before.is_empty() => {}
            Some(name) => path.push(name.to_owned()),
            None => return at,
        }
        let goes_on = tokens.get(at + 1).is_some_and(|token| token == "::")
            && tokens.get(at + 2).is_some_and(|token| is_name(token) || token == "{" || token == "*");
        if !goes_on {
            found.push(path);
            return at + 1;
        }
        at += 2;
    }
}

pub(crate) fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];

/// Returns the modules in files of their own that are only for tests.
pub(crate) fn test_modules(tokens: &[String], here: &[String]) -> Vec<Vec<String>> {
    let starts = (0..tokens.len()).filter(|at| tokens[*at..].iter().take(TEST.len()).eq(TEST.iter()));
    starts
        .filter_map(|at| {
            let item = &tokens[at + TEST.len()..];
            let module = item.iter().position(|token| token == "mod").filter(|at| *at < 6)?;
            (item.get(module + 2)? == ";").then(|| [here, &[item[module + 1].clone()]].concat())
        })
        .collect()
}

/// Returns the tokens without those that are only for tests.
pub(crate) fn without_tests(tokens: &[String]) -> Vec<String> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if !tokens[at..].iter().take(TEST.len()).eq(TEST.iter()) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let mut depth = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                ";" => {}
                _ => continue,
            }
            if depth == 0 {
                break;
            }
        }
    }
    kept
}

/// Returns names, `::` and single characters of punctuation; comments and literals are left out.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => block_comment(rest),
            '"' => 1 + quoted(&rest[1..], '"'),
            '\'' => character_or_lifetime(rest),
            _ if raw_text(rest).is_some() => raw_text(rest).unwrap(),
            _ if is_name(rest) => {
                let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                tokens.push(rest[..length].to_owned());
                length
            }
            _ if rest.starts_with("::") => {
                tokens.push("::".to_owned());
                2
            }
            _ => {
                if !first.is_whitespace() {
                    tokens.push(first.to_string());
                }
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        match text.get(at..) {
            Some(rest) if rest.starts_with("/*") => (depth, at) = (depth + 1, at + 2),
            Some(rest) if rest.starts_with("*/") => (depth, at) = (depth - 1, at + 2),
            Some("") => return at,
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
}

/// Returns the length of a literal that `close` ends.
fn quoted(text: &str, close: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == close => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

fn character_or_lifetime(text: &str) -> usize {
    let mut letters = text[1..].chars();
    let is_character = letters.next() == Some('\\') || letters.next() == Some('\'');
    if is_character { 1 + quoted(&text[1..], '\'') } else { 1 }
}

/// Returns the length of `r"…"`, `r#"…"#`, `b"…"` and the like.
fn raw_text(text: &str) -> Option<usize> {
    let raw = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    let body = raw[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close)? + close.len();
    Some(text.len() - body.len() + end)
}
