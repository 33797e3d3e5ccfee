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

/// Returns the indices of the entries that the line may mean, the likeliest first: those whose names begin with it, then
/// those of whose words all are found, then those whose names hold its letters in their order.
pub(super) fn ranked(entries: &[PaletteCommand], typed: &str) -> Vec<usize> {
    let typed = fold(typed);
    let words: Vec<&str> = typed.split_whitespace().collect();
    let line = words.join(" ");
    let mut fuzzy = Fuzzy::new(&line);
    let mut found: Vec<_> = entries
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| {
            if begins(entry.name(), &line) {
                return Some(((0, Reverse(0)), at));
            }
            let text = fold(&format!("{} {}", entry.usage(), entry.help()));
            if words.iter().all(|word| text.contains(word)) {
                return Some(((1, Reverse(0)), at));
            }
            let score = fuzzy.score(entry.name())?;
            Some(((2, Reverse(score)), at))
        })
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, at)| at).collect()
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
