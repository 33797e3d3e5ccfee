//! One layout of modules and imports.

use std::collections::BTreeSet;

use super::files::all_files;
use super::tokens::tokens;

#[test]
fn every_file_has_the_one_layout() {
    let found = violations(&all_files());
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
}

#[test]
fn planted_violations_are_found() {
    for files in [
        &[("a.rs", ""), ("a/b.rs", "")][..],
        &[("a.rs", "mod b;"), ("a/b/c.rs", ""), ("a/b/mod.rs", "")],
        &[("a.rs", "#[cfg(test)]\nmod tests;\nmod b;")],
        &[("a.rs", "#[cfg(test)]\nmod tests { fn f() {} }\nfn g() {}")],
        &[("a.rs", "use super::b::B;\nuse crate::c::C;")],
        &[("a.rs", "use super::{b::B, d};\n\nmod e;\n\nuse crate::{c::C};")],
        &[("a.rs", "pub(in crate::b) fn f() {}")],
    ] {
        let found = violations(&owned(files));
        assert_eq!(found.len(), 1, "{files:?}: {found:?}");
    }
}

#[test]
fn what_is_in_order_is_not_complained_about() {
    for files in [
        &[("lib.rs", "pub mod a;"), ("main.rs", ""), ("a/mod.rs", "mod b;"), ("a/b.rs", "")][..],
        &[(
            "a.rs",
            "use crate::c::C;\n\nuse super::b::B;\n\npub use crate::d::D;\n\n#[cfg(test)]\nmod tests;\n// end\n",
        )],
        &[(
            "a.rs",
            "// pub(in x)\nfn f() { use super::b; use crate::c; }\n#[cfg(test)]\nmod tests { use super::*; use crate::x; }",
        )],
        &[("a.rs", "#[cfg(test)]\nmod testing;\nfn f() {}\n#[cfg(test)]\n#[path = \"x.rs\"]\nmod tests;")],
    ] {
        assert_eq!(violations(&owned(files)), Vec::<String>::new(), "{files:?}");
    }
}

fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect()
}

fn violations(files: &[(String, String)]) -> Vec<String> {
    let folders: BTreeSet<_> =
        files.iter().filter_map(|(file, _)| Some(file.rsplit_once('/')?.0)).flat_map(ancestors).collect();
    let mut found = Vec::new();
    for (file, text) in files {
        if folders.contains(file.trim_end_matches(".rs")) {
            found.push(format!("src/{file}: a module with children is a folder with mod.rs"));
        }
        found.extend(in_file(text).into_iter().map(|what| format!("src/{file}: {what}")));
    }
    found
}

/// Returns `a/b` and `a` for `a/b`.
fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| Some(folder.rsplit_once('/')?.0))
}

fn in_file(text: &str) -> Vec<&'static str> {
    let tokens = tokens(text);
    let items = items(&tokens);
    let mut found = Vec::new();
    if items.iter().rev().skip(1).any(|item| contains(item, &["mod", "tests"])) {
        found.push("`mod tests` is the last item");
    }
    let imports = |item: &Vec<String>, root: &str| item.iter().take(2).eq(["use", root]);
    let first_super = items.iter().position(|item| imports(item, "super"));
    let last_crate = items.iter().rposition(|item| imports(item, "crate"));
    if matches!((first_super, last_crate), (Some(first), Some(last)) if first < last) {
        found.push("`use crate::` comes before `use super::`");
    }
    if contains(&tokens, &["pub", "(", "in"]) {
        found.push("an item with `pub(in …)` is in the wrong module");
    }
    found
}

fn contains(tokens: &[String], part: &[&str]) -> bool {
    tokens.windows(part.len()).any(|window| window.iter().eq(part))
}

/// Returns the top-level items, each without what is inside its braces.
fn items(tokens: &[String]) -> Vec<Vec<String>> {
    let mut items = vec![Vec::new()];
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ if depth == 0 => items.last_mut().unwrap().push(token.clone()),
            _ => {}
        }
        // The braces of a group in a `use` are followed by its semicolon.
        let group = tokens.get(at + 1).is_some_and(|next| next == ";");
        if depth == 0 && (token == ";" || (token == "}" && !group)) {
            items.push(Vec::new());
        }
    }
    items.retain(|item| !item.is_empty());
    items
}
