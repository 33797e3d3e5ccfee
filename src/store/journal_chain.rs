//! The hash chain of the journal: each entry's hash covers the entry before it, so an entry that is changed, removed or
//! inserted makes every later hash wrong.
//!
//! A chain alone does not show that its end was cut off or that all of it was written again. A head that was recorded
//! elsewhere shows that. The bytes are the same for every backend, so that such a head can be verified on any of them.

use sha2::{Digest as _, Sha256};

use crate::domain::text::hex;

/// Returns the hash of an entry as 64 hex digits: SHA-256 over the hash of the entry before it (as hex digits) and its fields
/// in the order of their columns. A field is hashed as its kind (`n` nothing, `i` number, `t` text, `b` anything else), its
/// length in bytes as 8 bytes, most significant first, and its bytes, so that no two entries have the same input.
pub(super) fn link<'f>(before: &str, fields: impl IntoIterator<Item = Field<'f>>) -> String {
    let mut hash = Sha256::new();
    let mut put = |kind: u8, bytes: &[u8]| {
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    put(b't', before.as_bytes());
    for field in fields {
        match field {
            Field::Nothing => put(b'n', &[]),
            Field::Number(number) => put(b'i', number.to_string().as_bytes()),
            Field::Text(text) => put(b't', text),
            Field::Other(bytes) => put(b'b', &bytes),
        }
    }
    hex(&hash.finalize())
}

/// A field of an entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field<'f> {
    Nothing,
    Number(i64),
    /// Text, byte for byte.
    Text(&'f [u8]),
    /// A value that NEXUS never writes.
    Other(Vec<u8>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_counts_and_so_does_where_it_ends() {
        let link = |fields: &[Field<'_>]| link("0", fields.iter().cloned());
        let text = |text: &'static str| Field::Text(text.as_bytes());
        let all = [
            link(&[text("ab"), text("c")]),
            link(&[text("a"), text("bc")]),
            link(&[text("abc")]),
            link(&[text("abc"), text("")]),
            link(&[text("abc"), Field::Nothing]),
            link(&[Field::Number(1)]),
            link(&[text("1")]),
            link(&[Field::Other(b"1".to_vec())]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert_eq!(one.len(), 64);
            assert!(all.iter().skip(at + 1).all(|other| other != one), "{at}");
        }
    }

    /// By hand: `printf 't\0\0\0\0\0\0\0\0010i\0\0\0\0\0\0\0\0017' | sha256sum`
    #[test]
    fn the_form_is_fixed() {
        let mut bytes = b"t".to_vec();
        bytes.extend(1_u64.to_be_bytes());
        bytes.extend(b"0i");
        bytes.extend(1_u64.to_be_bytes());
        bytes.extend(b"7");
        let expected = hex(&Sha256::digest(&bytes));
        assert_eq!(link("0", [Field::Number(7)]), expected);
    }
}
