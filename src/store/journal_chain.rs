//! The hash chain of the journal: each entry's hash covers the entry before it, so an entry that is changed, removed or
//! inserted makes every later hash wrong.
//!
//! The chain covers salted digests of the two parts of an entry that may hold what is known of a person. When a part is
//! erased, its digest takes the place of the salt: the chain still holds, and the digest alone does not tell what was there.
//!
//! A chain alone does not show that its end was cut off or that all of it was written again. A head that was recorded
//! elsewhere shows that. The bytes are the same for every backend, so that such a head can be verified on any of them.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use crate::domain::text::hex;

/// The fields of an entry that the chain covers, in the order of their columns.
pub(super) type HashedFields<'f> = [HashedField<'f>; FIELDS];

/// The number of fields that the chain covers.
pub(super) const FIELDS: usize = 17;

/// The number of bytes of a salt.
pub(super) const SALT: usize = 16;

/// The salted digest of a part.
pub(super) type Digest = [u8; 32];

/// A part of an entry that can be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ErasablePart {
    /// The names of the actor, and the origin.
    Actor,
    /// The name and the fields of the thing that the entry is about.
    Object,
}

impl ErasablePart {
    /// Returns the fields of this part.
    pub(super) const fn of<'a, 'f>(self, fields: &'a HashedFields<'f>) -> [&'a HashedField<'f>; 3] {
        let [_, _, _, actor, sudo_user, _, place, _, _, _, _, label, _, before, after, _, _] = fields;
        match self {
            Self::Actor => [actor, sudo_user, place],
            Self::Object => [label, before, after],
        }
    }

    /// Returns the digest of this part.
    pub(super) fn digest(self, fields: &HashedFields<'_>, salt: &[u8]) -> Digest {
        let mut hash = Sha256::new();
        put(&mut hash, b'b', salt);
        for field in self.of(fields) {
            field.add_to(&mut hash);
        }
        hash.finalize().into()
    }
}

/// Returns the fields that are never erased.
fn kept<'a, 'f>(fields: &'a HashedFields<'f>) -> [&'a HashedField<'f>; 11] {
    let [
        seq,
        at,
        actor_id,
        _,
        _,
        session_id,
        _,
        verb,
        outcome,
        kind,
        object_id,
        _,
        account_id,
        _,
        _,
        act,
        undoes,
    ] = fields;
    [seq, at, actor_id, session_id, verb, outcome, kind, object_id, account_id, act, undoes]
}

/// Returns the hash of an entry as 64 hex digits: SHA-256 over the hash of the entry before it (as hex digits), the fields
/// that are never erased in the order of their columns, the digests of [`ErasablePart::Actor`] and [`ErasablePart::Object`], and the hash
/// that it had in an earlier chain, or nothing.
///
/// A field is hashed as its kind (`n` nothing, `i` number, `t` text, `b` bytes), its length in bytes as 8 bytes, most
/// significant first, and its bytes, so that no two entries have the same input.
pub(super) fn link(
    before: &str,
    fields: &HashedFields<'_>,
    digests: [&Digest; 2],
    earlier: Option<&[u8]>,
) -> [u8; 32] {
    let mut hash = Sha256::new();
    put(&mut hash, b't', before.as_bytes());
    for field in kept(fields) {
        field.add_to(&mut hash);
    }
    for digest in digests {
        put(&mut hash, b'b', digest);
    }
    earlier.map_or(HashedField::Nothing, HashedField::Text).add_to(&mut hash);
    hash.finalize().into()
}

/// Returns the hash of an entry in the chain that stores had before their entries could be erased: SHA-256 over the hash of
/// the entry before it and all of its fields.
pub(super) fn earlier_link(before: &str, fields: &HashedFields<'_>) -> String {
    let mut hash = Sha256::new();
    put(&mut hash, b't', before.as_bytes());
    for field in fields {
        field.add_to(&mut hash);
    }
    hex(&hash.finalize())
}

fn put(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

/// A field of an entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HashedField<'f> {
    Nothing,
    Number(i64),
    /// Text, byte for byte.
    Text(&'f [u8]),
    /// A value that NEXUS never writes.
    Other(Cow<'f, [u8]>),
}

impl HashedField<'_> {
    fn add_to(&self, hash: &mut Sha256) {
        match self {
            Self::Nothing => put(hash, b'n', &[]),
            Self::Number(number) => put(hash, b'i', number.to_string().as_bytes()),
            Self::Text(text) => put(hash, b't', text),
            Self::Other(bytes) => put(hash, b'b', bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: [ErasablePart; 2] = [ErasablePart::Actor, ErasablePart::Object];
    const SALTS: [&[u8]; 2] = [&[1; SALT], &[2; SALT]];

    fn text(text: &'static str) -> HashedField<'static> {
        HashedField::Text(text.as_bytes())
    }

    /// Returns fields of which no two are alike.
    fn fields() -> HashedFields<'static> {
        let mut number = 0;
        [const { HashedField::Nothing }; FIELDS].map(|_| {
            number += 1;
            HashedField::Number(number)
        })
    }

    fn hash_of(fields: &HashedFields<'_>) -> [u8; 32] {
        let [actor, object] = [0, 1].map(|at| PARTS[at].digest(fields, SALTS[at]));
        link("0", fields, [&actor, &object], None)
    }

    #[test]
    fn every_field_counts_and_so_does_where_it_ends() {
        let with = |first: HashedField<'static>, second: HashedField<'static>| {
            let mut fields = fields();
            (fields[3], fields[4]) = (first, second);
            fields
        };
        let pairs = [
            with(text("ab"), text("c")),
            with(text("a"), text("bc")),
            with(text("abc"), text("")),
            with(text("abc"), HashedField::Nothing),
            with(HashedField::Number(1), HashedField::Nothing),
            with(text("1"), HashedField::Nothing),
            with(HashedField::Other(b"1".into()), HashedField::Nothing),
        ];
        let changed = (0..FIELDS).map(|at| {
            let mut fields = fields();
            fields[at] = text("changed");
            fields
        });
        let all: Vec<_> = pairs.into_iter().chain(changed).chain([fields()]).collect();
        for hash in [
            |fields: &HashedFields<'_>| hash_of(fields).to_vec(),
            |fields: &HashedFields<'_>| earlier_link("0", fields).into_bytes(),
        ] {
            let hashes: std::collections::BTreeSet<_> = all.iter().map(hash).collect();
            assert_eq!(hashes.len(), all.len());
        }
    }

    #[test]
    fn the_digest_of_a_part_stands_for_it_and_its_salt_and_for_nothing_else() {
        let [seal, other] = SALTS;
        let fields = fields();
        for part in PARTS {
            assert_ne!(part.digest(&fields, seal), part.digest(&fields, other));
            let mut erased = fields.clone();
            for at in if part == ErasablePart::Actor { [3, 4, 6] } else { [11, 13, 14] } {
                erased[at] = HashedField::Nothing;
            }
            assert_ne!(part.digest(&fields, seal), part.digest(&erased, seal));
            let [actor, object] = [0, 1].map(|at| PARTS[at].digest(&fields, SALTS[at]));
            assert_eq!(hash_of(&fields), link("0", &erased, [&actor, &object], None));
        }
    }

    /// By hand: `printf 't\0\0\0\0\0\0\0\0010i\0\0\0\0\0\0\0\0011n\0\0\0\0\0\0\0\0…' | sha256sum`
    #[test]
    fn the_forms_are_fixed() {
        let put = |bytes: &mut Vec<u8>, kind: u8, value: &[u8]| {
            bytes.push(kind);
            bytes.extend((value.len() as u64).to_be_bytes());
            bytes.extend(value);
        };
        let mut earlier = Vec::new();
        put(&mut earlier, b't', b"0");
        for number in 1..=17 {
            put(&mut earlier, b'i', number.to_string().as_bytes());
        }
        assert_eq!(earlier_link("0", &fields()), hex(&Sha256::digest(&earlier)));

        let digest = |salt: &[u8], numbers: [i32; 3]| {
            let mut bytes = Vec::new();
            put(&mut bytes, b'b', salt);
            for number in numbers {
                put(&mut bytes, b'i', number.to_string().as_bytes());
            }
            Sha256::digest(&bytes)
        };
        let mut bytes = Vec::new();
        put(&mut bytes, b't', b"0");
        for number in [1, 2, 3, 6, 8, 9, 10, 11, 13, 16, 17] {
            put(&mut bytes, b'i', number.to_string().as_bytes());
        }
        put(&mut bytes, b'b', &digest(SALTS[0], [4, 5, 7]));
        put(&mut bytes, b'b', &digest(SALTS[1], [12, 14, 15]));
        let before = bytes.len();
        put(&mut bytes, b'n', b"");
        assert_eq!(hash_of(&fields()), *Sha256::digest(&bytes));
        bytes.truncate(before);
        put(&mut bytes, b't', b"e");
        let [actor, object] = [0, 1].map(|at| PARTS[at].digest(&fields(), SALTS[at]));
        assert_eq!(link("0", &fields(), [&actor, &object], Some(b"e")), *Sha256::digest(&bytes));
    }
}
