//! The commands that a typed line names, and those that it may mean.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::domain::text::fold;

use super::entries::PaletteCommand;

/// The most words of a name.
const MAX_WORDS: usize = 2;
/// The letters from which on names are also searched for letters in their order: fewer match nearly everything.
const LEAST_FUZZY: usize = 3;

/// A command that was typed, and the rest of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// The index of the entry.
    pub(super) at: usize,
    pub(super) rest: &'a str,
}

/// Something that a typed line may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The command at this index.
    Command(usize),
    /// The saved view at this index, which a command opens by its name.
    View(usize),
}

/// Returns the command that was typed in full, or by a beginning that no other has.
pub(super) fn named<'a>(entries: &[PaletteCommand], typed: &'a str) -> Option<Named<'a>> {
    whole(entries, typed).or_else(|| begun(entries, typed))
}

/// Returns the command with the longest name that was typed in full.
pub(super) fn whole<'a>(entries: &[PaletteCommand], typed: &'a str) -> Option<Named<'a>> {
    (1..=MAX_WORDS).rev().find_map(|count| {
        let (name, rest) = split(typed, count)?;
        let at = entries.iter().position(|entry| entry.name().eq_ignore_ascii_case(&name))?;
        Some(Named { at, rest })
    })
}

fn begun<'a>(entries: &[PaletteCommand], typed: &'a str) -> Option<Named<'a>> {
    (1..=MAX_WORDS).rev().find_map(|count| {
        let (beginning, rest) = split(typed, count)?;
        let mut found = entries.iter().enumerate().filter(|(_, entry)| begins(entry.name(), &beginning));
        let (at, entry) = found.next().filter(|_| found.next().is_none())?;
        // What follows half a name is no argument of it.
        (entry.words() == count || rest.is_empty()).then_some(Named { at, rest })
    })
}

/// Returns all that the line may mean, the likeliest first: commands whose names begin with it, then saved views whose names
/// do, then those of whose words all are found, then those whose names hold its letters in their order. Without any letter
/// it means no view.
pub(super) fn ranked(entries: &[PaletteCommand], views: &[String], typed: &str) -> Vec<Meaning> {
    let typed = fold(typed);
    let words: Vec<&str> = typed.split_whitespace().collect();
    let line = words.join(" ");
    let mut fuzzy = Fuzzy::new(&line);
    let mut rank = |begun: Option<u8>, text: &dyn Fn() -> String, name: &str| {
        let found = begun.or_else(|| {
            let text = text();
            words.iter().all(|word| text.contains(word)).then_some(2)
        });
        match found {
            Some(rank) => Some((rank, Reverse(0))),
            None => fuzzy.score(name).map(|score| (3, Reverse(score))),
        }
    };
    let mut found = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let begun = begins(entry.name(), &line).then_some(0);
        let text = || fold(&format!("{} {}", entry.usage(), entry.help()));
        found.extend(rank(begun, &text, entry.name()).map(|rank| (rank, Meaning::Command(at))));
    }
    for (at, view) in views.iter().enumerate().filter(|_| !words.is_empty()) {
        let name = fold(view);
        let begun = name.starts_with(&line).then_some(1);
        found.extend(rank(begun, &|| name.clone(), &name).map(|rank| (rank, Meaning::View(at))));
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, meaning)| meaning).collect()
}

/// Returns the first `count` words, separated by one blank each, and the rest of a line.
fn split(typed: &str, count: usize) -> Option<(String, &str)> {
    let mut rest = typed.trim_start();
    let mut words = Vec::new();
    for _ in 0..count {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.is_empty() {
            return None;
        }
        words.push(word);
        rest = after.trim_start();
    }
    Some((words.join(" "), rest))
}

/// Returns true if a name begins with the typed text; nothing begins with an empty text.
pub(super) fn begins(name: &str, typed: &str) -> bool {
    !typed.is_empty() && name.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

/// Finds letters in their order, with others between them.
struct Fuzzy {
    search: Option<(Matcher, Pattern)>,
    letters: Vec<char>,
}

impl Fuzzy {
    fn new(typed: &str) -> Self {
        let search = (typed.chars().count() >= LEAST_FUZZY).then(|| {
            let pattern = Pattern::new(typed, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
            (Matcher::new(Config::DEFAULT), pattern)
        });
        Self { search, letters: Vec::new() }
    }

    fn score(&mut self, name: &str) -> Option<u32> {
        let (matcher, pattern) = self.search.as_mut()?;
        pattern.score(Utf32Str::new(name, &mut self.letters), matcher)
    }
}
