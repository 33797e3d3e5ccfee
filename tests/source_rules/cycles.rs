//! Import cycles between files.
//!
//! A path counts as an import of the file that defines its first item, in `use` lines and elsewhere. Re-exports are
//! followed to the definition, so a `mod.rs` that only re-exports its children is part of no cycle. A module may use what the
//! modules above it define: a child belongs to its parent, which may use it in turn.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{module, sources};
use super::tokens::{is_name, paths, tokens, without_tests};

type Path = Vec<String>;
/// The files that each file imports, itself not among them.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_files_import_each_other() {
    let found = cycles(&imports(&sources()));
    assert!(found.is_empty(), "{} cycles:\n{}", found.len(), found.join("\n"));
}

#[test]
fn planted_cycles_are_found() {
    for files in [
        &[("a.rs", "use crate::b::B;"), ("b.rs", "use crate::a::A;")][..],
        &[("a.rs", "fn f() { crate::b::g() }"), ("b.rs", "fn g() { super::a::f() }")],
        &[("a.rs", "use crate::b; fn f() { b::g() }"), ("b.rs", "use crate::a as c; fn g() { c::f() }")],
        &[
            ("a.rs", "use crate::{b::{B, D}};"),
            ("b.rs", "use crate::c::*;"),
            ("c.rs", "pub use crate::a::f as g;\nfn h() { g() }"),
        ],
        &[
            ("a/mod.rs", "mod b; use b::B; pub struct A;"),
            ("a/b.rs", "use crate::c::C;"),
            ("c.rs", "use crate::a::A;"),
        ],
        &[
            ("a/mod.rs", "mod b; pub use self::b::B; pub struct A(B);"),
            ("a/b.rs", "fn f() { crate::c::g() }"),
            ("c.rs", "fn g() { super::a::A::new() }"),
        ],
        &[
            ("a/mod.rs", "mod b; mod c; pub use b::B; pub use c::C;"),
            ("a/b.rs", "use super::C; pub struct B;"),
            ("a/c.rs", "use crate::a::B; pub struct C;"),
        ],
        &[
            ("a/mod.rs", "mod b; use crate::c::C;"),
            ("a/b.rs", "use super::C;"),
            ("c.rs", "use crate::a::b::B; pub struct C;"),
        ],
        &[
            ("a.rs", "use std::fmt; impl crate::b::B for A {}"),
            ("b.rs", "macro_rules! m { () => { $crate::a::f() } }"),
        ],
    ] {
        let found = cycles(&imports(&owned(files)));
        assert_eq!(found.len(), 1, "{files:?}: {found:?}");
    }
}

#[test]
fn what_is_no_cycle_is_not_complained_about() {
    for files in [
        &[("a.rs", "use crate::b::B;"), ("b.rs", "//! [`crate::a`]\n// use crate::a::A;")][..],
        &[("a.rs", "use crate::b::B;"), ("b.rs", "#[cfg(test)] mod tests { use crate::a::A; }")],
        &[
            ("a/mod.rs", "mod b; mod c; pub use b::B; pub use c::C;"),
            ("a/b.rs", "use super::C; pub struct B;"),
            ("a/c.rs", "pub struct C;"),
        ],
        &[("a/mod.rs", "mod b; use b::B;"), ("a/b.rs", "use super::super::c::C;"), ("c.rs", "")],
        &[("a/mod.rs", "mod b; use b::B; pub struct A;"), ("a/b.rs", "use super::A;")],
        &[("a/mod.rs", "mod b; pub fn f() { b::g() }"), ("a/b.rs", "pub fn g() { super::f() }")],
        &[("a.rs", "use crate::b::f; use crate::b;"), ("b.rs", "use crate::a; pub fn f() {}")],
    ] {
        assert_eq!(cycles(&imports(&owned(files))), Vec::<String>::new(), "{files:?}");
    }
}

fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect()
}

/// A file with its `use` items taken apart.
struct Source {
    file: String,
    module: Path,
    uses: Vec<Use>,
    /// The tokens outside `use` items.
    rest: Vec<String>,
}

/// One name that a `use` item brings into scope.
struct Use {
    path: Path,
    name: String,
    exported: bool,
}

struct Package(BTreeMap<Path, Source>);

fn imports(files: &[(String, String)]) -> Imports {
    let sources = files.iter().map(|(file, text)| (module(file), source(file, text))).collect();
    let package = Package(sources);
    package.0.values().map(|source| (source.file.clone(), package.imports_of(source))).collect()
}

fn source(file: &str, text: &str) -> Source {
    let tokens = without_tests(&tokens(text));
    let (mut uses, mut rest) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] != "use" {
            rest.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let exported = matches!(tokens.get(at.wrapping_sub(1)).map(String::as_str), Some("pub" | ")"));
        let end = at + tokens[at..].iter().position(|token| token == ";").unwrap_or(tokens.len() - at);
        use_tree(&tokens[at + 1..end], &mut 0, &[], exported, &mut uses);
        at = end + 1;
    }
    Source { file: file.to_owned(), module: module(file), uses, rest }
}

/// Reads `a::{b, c as d}` at `at`, up to the comma or brace that ends it.
fn use_tree(tokens: &[String], at: &mut usize, before: &[String], exported: bool, uses: &mut Vec<Use>) {
    let mut path = before.to_vec();
    let mut alias = None;
    while let Some(token) = tokens.get(*at).filter(|token| *token != "," && *token != "}") {
        *at += 1;
        match token.as_str() {
            "{" => {
                while tokens.get(*at).is_some_and(|token| token != "}") {
                    use_tree(tokens, at, &path, exported, uses);
                    *at += usize::from(tokens.get(*at).is_some_and(|token| token == ","));
                }
                *at += 1;
                return;
            }
            "as" => {
                alias = tokens.get(*at).cloned();
                *at += 1;
            }
            "::" => {}
            "self" if !path.is_empty() => {}
            name => path.push(name.to_owned()),
        }
    }
    if let Some(last) = path.last().cloned() {
        uses.push(Use { path, name: alias.unwrap_or(last), exported });
    }
}

impl Package {
    fn imports_of(&self, source: &Source) -> BTreeSet<String> {
        // A re-export counts for those who use it; here it counts only if the name is used here too.
        let used = source.uses.iter().filter(|item| !item.exported || source.rest.contains(&item.name));
        let used = used.map(|item| item.path.clone());
        let targets = used.chain(paths(&source.rest));
        targets
            .filter_map(|path| self.definition(&self.absolute(&path, &source.module)?, 0))
            .filter(|file| !source.module.starts_with(&module(file)))
            .collect()
    }

    /// Returns the path from the package's root that `path` means in the module `here`; `None` for other crates.
    fn absolute(&self, path: &[String], here: &[String]) -> Option<Path> {
        let first = path.first()?;
        match first.as_str() {
            "crate" | "nexus" => Some(path[1..].to_vec()),
            "self" => Some([here, &path[1..]].concat()),
            "super" => {
                let ups = path.iter().take_while(|part| *part == "super").count();
                Some([here.get(..here.len().checked_sub(ups)?)?, &path[ups..]].concat())
            }
            _ => {
                let child = [here, &path[..1]].concat();
                if self.0.contains_key(&child) {
                    return Some([&child, &path[1..]].concat());
                }
                let item = self.0.get(here)?.uses.iter().find(|item| item.name == *first)?;
                (item.path.first() != Some(first)).then_some(())?;
                self.absolute(&[&item.path, &path[1..]].concat(), here)
            }
        }
    }

    /// Returns the file that defines the item at a path. A module by itself is no item: only what is used of it counts.
    fn definition(&self, path: &[String], depth: usize) -> Option<String> {
        // Re-exports that lead round in a circle do not compile.
        (depth < 20).then_some(())?;
        let length = (0..=path.len()).rev().find(|length| self.0.contains_key(&path[..*length]))?;
        let source = self.0.get(&path[..length])?;
        let name = path.get(length)?;
        match source.uses.iter().find(|item| item.name == *name) {
            Some(item) if is_name(name) => {
                let target = self.absolute(&item.path, &source.module)?;
                self.definition(&[&target, &path[length + 1..]].concat(), depth + 1)
            }
            _ => Some(source.file.clone()),
        }
    }
}

/// Returns one line for each group of files that import each other, directly or through others.
fn cycles(imports: &Imports) -> Vec<String> {
    let imports = &core(imports);
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        imports.keys().map(|file| (file, reached(imports, file))).collect();
    let mut groups = BTreeSet::new();
    for (file, others) in &reached {
        if others.contains(file) {
            groups.insert(others.iter().filter(|other| reached[*other].contains(file)).collect::<Vec<_>>());
        }
    }
    let line = |group: &Vec<&&String>| {
        let edges = group.iter().map(|file| {
            let inside = imports[**file].iter().filter(|other| group.iter().any(|member| **member == *other));
            format!("{file} → {}", inside.cloned().collect::<Vec<_>>().join(", "))
        });
        format!("{} files: {}", group.len(), edges.collect::<Vec<_>>().join("; "))
    };
    groups.iter().map(line).collect()
}

/// Returns the imports without the files that lead to no cycle.
fn core(imports: &Imports) -> Imports {
    let mut core = imports.clone();
    loop {
        let files: BTreeSet<_> = core.keys().cloned().collect();
        for others in core.values_mut() {
            others.retain(|other| files.contains(other));
        }
        core.retain(|_, others| !others.is_empty());
        if core.len() == files.len() {
            return core;
        }
    }
}

fn reached<'a>(imports: &'a Imports, from: &str) -> BTreeSet<&'a String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        for next in imports.get(file).into_iter().flatten() {
            if found.insert(next) {
                open.push(next);
            }
        }
    }
    found
}
