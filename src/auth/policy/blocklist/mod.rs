//! The list of common passwords, `assets/passwords/common.set`, and the simple changes by which people make another
//! password of one.
//!
//! The file is a Golomb-coded set (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters, 2007): of
//! each password it has 39 bits of a hash, as the distance to the one before, in 1,024 parts. A look-up reads one part. A
//! password that is not on the list is taken for one that is with a probability below one in a million.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::domain::text::fold;

use super::patterns::{shortest_piece, unleet};

/// The set: where each part ends, in bytes after the table, four bytes each, little-endian; then the parts.
static COMMON: &[u8] = include_bytes!("../../../../assets/passwords/common.set");

/// The bits of a hash that the set keeps, and those of them that choose the part.
const HASH_BITS: u32 = 39;
const PART_BITS: u32 = 10;
/// The bits of a distance that are written as they are; the rest is a number of ones, ended by a zero.
const LOW_BITS: u32 = 20;
/// The bytes of an entry in the table.
const ENTRY_BYTES: usize = 4;

/// The shortest password of which changes are looked for.
const SHORTEST: usize = 4;
/// The most characters around a common password that make no other password of it: a date with its marks.
const MOST_AROUND: usize = 10;

/// Returns true if a password is common, or a common one with simple changes: letter case and accents, other characters that
/// stand for letters, up to ten digits and marks before and after it, or itself again.
pub(super) fn is_common(text: &str) -> bool {
    let folded = Zeroizing::new(fold(text));
    let forms = [plain(&folded), bare_form(text)];
    forms.iter().any(|form| contains(COMMON, form) || contains(COMMON, one_piece(form)))
}

/// Returns the form in which the set has a password.
fn bare_form(text: &str) -> Zeroizing<String> {
    let folded = Zeroizing::new(fold(text));
    plain(bare(&folded))
}

/// Returns the text without the digits and marks around it, unless there are too many or little else.
fn bare(text: &str) -> &str {
    let bare = text.trim_matches(|c: char| !c.is_alphabetic());
    let around = text.chars().count().saturating_sub(bare.chars().count());
    if around <= MOST_AROUND && bare.chars().count() >= SHORTEST { bare } else { text }
}

/// Returns the text with letters in place of the characters that stand for them.
fn plain(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().map(unleet).collect())
}

/// Returns the piece of which the text is a repetition, or all of it.
fn one_piece(text: &str) -> &str {
    let piece = shortest_piece(text);
    if piece < SHORTEST {
        return text;
    }
    text.char_indices().nth(piece).map_or(text, |(at, _)| text.get(..at).unwrap_or(text))
}

/// Returns true if the set has the text.
fn contains(set: &[u8], text: &str) -> bool {
    let hash = hash(text);
    part(set, hash >> (HASH_BITS - PART_BITS))
        .is_some_and(|part| Distances::of(part).any(|found| found == low(hash)))
}

/// Returns the bits of the hash that the set keeps.
fn hash(text: &str) -> u64 {
    let digest = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(text.as_bytes())));
    let first = digest.first_chunk().copied().unwrap_or_default();
    u64::from_be_bytes(first) >> (u64::BITS - HASH_BITS)
}

/// Returns the bits of a hash within its part.
const fn low(hash: u64) -> u64 {
    hash & ((1 << (HASH_BITS - PART_BITS)) - 1)
}

/// Returns the bytes of a part.
fn part(set: &[u8], number: u64) -> Option<&[u8]> {
    let table = ENTRY_BYTES << PART_BITS;
    let number = usize::try_from(number).ok()?;
    let end = |number: usize| {
        let bytes = set.get(number * ENTRY_BYTES..)?.first_chunk().copied()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    };
    let begin = match number.checked_sub(1) {
        Some(before) => end(before)?,
        None => 0,
    };
    set.get(table + begin..table + end(number)?)
}

/// The hashes of a part, in their order.
struct Distances<'a> {
    bits: Box<dyn Iterator<Item = bool> + 'a>,
    last: u64,
}

impl<'a> Distances<'a> {
    fn of(part: &'a [u8]) -> Self {
        let bits = part.iter().flat_map(|byte| (0..u8::BITS).rev().map(move |bit| byte >> bit & 1 == 1));
        Self { bits: Box::new(bits), last: 0 }
    }
}

impl Iterator for Distances<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let mut distance = 0;
        while self.bits.next()? {
            distance += 1_u64;
        }
        for _ in 0..LOW_BITS {
            distance = distance << 1 | u64::from(self.bits.next()?);
        }
        self.last += distance;
        Some(self.last)
    }
}

#[cfg(test)]
mod tests;
