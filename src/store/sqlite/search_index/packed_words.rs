//! The words of up to a few thousand accounts, packed to about half, and searched as they are.
//!
//! Usernames and addresses mostly repeat names, and most addresses have one of few domains. So in the lines of username and
//! email a run of letters that is a part of the name becomes one byte, and the domain becomes a number beside the words.
//! Only whole runs do: so a text of letters alone, and one without any, is found in the packed words.

use memchr::{memchr, memchr_iter, memmem, memrchr};

/// The length that stands for all that are not less.
const LONG: u8 = 0xff;
/// The byte behind each account's words; no UTF-8 text contains it.
const END: u8 = 0xff;
/// The first byte of words that are not packed, because they contain control characters or lack a line.
const AS_IS: u8 = 0x00;
/// The highest byte that stands for a part of a name; the lowest is 1. Below the line feed, so that lines stay apart.
const PARTS: usize = 8;
/// The shortest run that is packed.
const SHORTEST: usize = 2;
/// The maximum number of domains with a number; 0 is none.
const DOMAINS: usize = 255;

/// Words in the order of their accounts.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct PackedWords {
    /// The domains by number less one, a line each.
    pub(super) domains: Vec<u8>,
    /// The number of each account's domain.
    pub(super) numbers: Vec<u8>,
    /// The number of bytes of each account's words, with the [`END`]; [`LONG`] for those that are longer.
    pub(super) lengths: Vec<u8>,
    /// The words of each account without the domain, each with an [`END`].
    pub(super) words: Vec<u8>,
}

/// Returns true for a byte of a run of letters.
const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte >= 0x80
}

/// Returns the runs of letters, and of other characters, in turn.
fn runs(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.chunk_by(|a, b| is_letter(*a) == is_letter(*b))
}

/// Returns the parts of a name that bytes stand for.
fn parts(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_part = |run: &&[u8]| run.len() >= SHORTEST && run.first().is_some_and(|first| is_letter(*first));
    runs(name).filter(is_part).take(PARTS)
}

impl PackedWords {
    /// Adds the words of the next account: name, username and email, a line each.
    pub(super) fn push(&mut self, words: &[u8]) {
        let begin = self.words.len();
        let number = self.push_lines(words).unwrap_or_else(|| {
            self.words.push(AS_IS);
            self.words.extend_from_slice(words);
            0
        });
        self.numbers.push(number);
        self.words.push(END);
        self.lengths.push(u8::try_from(self.words.len() - begin).unwrap_or(LONG));
    }

    /// Packs words and returns the number of their domain; `None`, and nothing, if they are not what they should be.
    fn push_lines(&mut self, words: &[u8]) -> Option<u8> {
        let (name, rest) = words.split_at_checked(memchr(b'\n', words)?)?;
        let (username, email) = rest.get(1..)?.split_at_checked(memchr(b'\n', rest.get(1..)?)?)?;
        let email = email.get(1..)?;
        if [name, username, email].iter().any(|line| line.iter().any(|byte| *byte < b' ')) {
            return None;
        }
        let domain = memrchr(b'@', email).and_then(|at| Some((at, self.number(email.get(at + 1..)?)?)));
        let (local, number) = match domain {
            Some((at, number)) => (email.get(..at)?, number),
            None => (email, 0),
        };
        self.words.extend_from_slice(name);
        for line in [username, local] {
            self.words.push(b'\n');
            for run in runs(line) {
                match parts(name).position(|part| part == run) {
                    Some(at) => self.words.push(at as u8 + 1),
                    None => self.words.extend_from_slice(run),
                }
            }
        }
        Some(number)
    }

    /// Returns the number of a domain, a new one if need be; `None` if there are too many.
    fn number(&mut self, domain: &[u8]) -> Option<u8> {
        let mut known = 0;
        for line in self.domains() {
            known += 1;
            if line == domain {
                return Some(known as u8);
            }
        }
        if known == DOMAINS || domain.is_empty() {
            return None;
        }
        self.domains.extend_from_slice(domain);
        self.domains.push(b'\n');
        Some(known as u8 + 1)
    }

    fn domains(&self) -> impl Iterator<Item = &[u8]> {
        let line = |line| <[u8]>::strip_suffix(line, b"\n").unwrap_or(line);
        self.domains.split_inclusive(|byte| *byte == b'\n').map(line)
    }

    /// Returns true if there are words of as many accounts, as there should be of a block that was read.
    pub(super) fn is_of(&self, accounts: usize) -> bool {
        let lengths = self.lengths.iter().map(|length| usize::from(*length)).sum::<usize>();
        let is_whole = if self.lengths.contains(&LONG) {
            memchr_iter(END, &self.words).count() == accounts
        } else {
            lengths == self.words.len()
        };
        is_whole && self.numbers.len() == accounts && self.lengths.len() == accounts
    }

    /// Returns the number of bytes that it takes.
    pub(super) fn size(&self) -> usize {
        self.domains.len() + self.numbers.len() + self.lengths.len() + self.words.len()
    }

    pub(super) fn clear(&mut self) {
        self.domains.clear();
        self.numbers.clear();
        self.lengths.clear();
        self.words.clear();
    }

    /// Passes the words of each account to `take`, in order.
    pub(super) fn each(&self, mut take: impl FnMut(usize, &[u8])) {
        let domains: Vec<_> = self.domains().collect();
        let mut whole = Vec::new();
        for (at, (packed, number)) in self.words.split(|byte| *byte == END).zip(&self.numbers).enumerate() {
            unpack(packed, domain(&domains, *number), &mut whole);
            take(at, &whole);
        }
    }

    /// Passes the places of the accounts whose words contain a text to `take`; an account may be passed more than once.
    pub(super) fn find(&self, text: &SearchedText<'_>, take: &mut dyn FnMut(usize)) {
        let domains: Vec<_> = self.domains().collect();
        self.find_by_domain(text, &domains, take);
        let mut whole = Vec::new();
        let mut accounts = self.numbers.iter().zip(&self.lengths).enumerate();
        let (mut begin, mut from) = (0, 0);
        while let Some(hit) = self.words.get(from..).and_then(|rest| text.anchor.find(rest)) {
            let hit = from + hit;
            // A hit is in one of the accounts from here on, mostly in one of the next.
            let Some((at, number)) = accounts.find_map(|(at, (number, length))| {
                let end = begin + self.length(begin, *length);
                if end <= hit {
                    begin = end;
                    return None;
                }
                from = end;
                Some((at, *number))
            }) else {
                return;
            };
            let is_found = text.is_plain || {
                unpack(
                    self.words.get(begin..from - 1).unwrap_or_default(),
                    domain(&domains, number),
                    &mut whole,
                );
                text.is_in(&whole)
            };
            if is_found {
                take(at);
            }
            begin = from;
        }
    }

    /// Returns the number of bytes of the words that begin there, by their noted length.
    fn length(&self, begin: usize, noted: u8) -> usize {
        if noted < LONG {
            return usize::from(noted);
        }
        let words = self.words.get(begin..).unwrap_or_default();
        memchr(END, words).map_or(words.len(), |end| end + 1).max(1)
    }

    /// Finds a text in domains. A text with an at sign may also begin before the sign and end in a domain: if the packed
    /// words say so, such accounts are found here.
    fn find_by_domain(&self, text: &SearchedText<'_>, domains: &[&[u8]], take: &mut dyn FnMut(usize)) {
        let (before, from_sign) = text.bytes.split_at(text.sign.unwrap_or(text.bytes.len()));
        let (mut contain, mut begin) = (Numbers::default(), Numbers::default());
        for (domain, number) in domains.iter().zip(1..) {
            let with_sign = [b"@", *domain].concat();
            contain.set(number, text.finder.find(&with_sign).is_some());
            begin.set(number, text.is_plain && !from_sign.is_empty() && with_sign.starts_with(from_sign));
        }
        if contain.is_any {
            let places = self.numbers.iter().enumerate().filter(|(_, number)| contain.has(**number));
            places.for_each(|(at, _)| take(at));
        }
        if begin.is_any {
            let texts = self.words.split(|byte| *byte == END).zip(&self.numbers).enumerate();
            let found = texts.filter(|(_, (words, number))| begin.has(**number) && words.ends_with(before));
            found.for_each(|(at, _)| take(at));
        }
    }
}

/// Some numbers of domains.
struct Numbers {
    marks: [bool; DOMAINS + 1],
    is_any: bool,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { marks: [false; DOMAINS + 1], is_any: false }
    }
}

impl Numbers {
    fn set(&mut self, number: usize, is_in: bool) {
        if let Some(mark) = self.marks.get_mut(number) {
            *mark = is_in;
            self.is_any |= is_in;
        }
    }

    fn has(&self, number: u8) -> bool {
        self.marks.get(usize::from(number)) == Some(&true)
    }
}

fn domain<'d>(domains: &[&'d [u8]], number: u8) -> Option<&'d [u8]> {
    domains.get(usize::from(number).checked_sub(1)?).copied()
}

/// Writes the words of an account as they were before they were packed.
fn unpack(packed: &[u8], domain: Option<&[u8]>, whole: &mut Vec<u8>) {
    whole.clear();
    if let Some((&AS_IS, words)) = packed.split_first() {
        whole.extend_from_slice(words);
        return;
    }
    let (name, lines) = packed.split_at(memchr(b'\n', packed).unwrap_or(packed.len()));
    whole.extend_from_slice(name);
    for byte in lines {
        match usize::from(*byte) {
            part @ 1..=PARTS => whole.extend_from_slice(parts(name).nth(part - 1).unwrap_or_default()),
            _ => whole.push(*byte),
        }
    }
    if let Some(domain) = domain {
        whole.push(b'@');
        whole.extend_from_slice(domain);
    }
}

/// A text to search for.
#[derive(Debug)]
pub(super) struct SearchedText<'t> {
    bytes: &'t [u8],
    is_in_email: bool,
    finder: memmem::Finder<'t>,
    /// A part of the text that the packed words contain where the words contain the text, unless that is in a domain.
    anchor: memmem::Finder<'t>,
    /// True if the packed words contain the text where the words do, and the other way round: they need not be unpacked.
    is_plain: bool,
    /// The position of the last at sign.
    sign: Option<usize>,
}

impl<'t> SearchedText<'t> {
    /// Returns a text to be searched for in all words, or in emails alone.
    pub(super) fn new(text: &'t str, is_in_email: bool) -> Self {
        let bytes = text.as_bytes();
        let sign = memrchr(b'@', bytes);
        let is_plain = !is_in_email && runs(bytes).nth(1).is_none() && bytes.iter().all(|byte| *byte >= b' ');
        // What stands behind the last sign may be a domain; of the rest the longest run is the rarest.
        let before = bytes.get(..sign.unwrap_or(bytes.len())).unwrap_or_default();
        let longest = runs(before).max_by_key(|run| run.len());
        let anchor = if is_plain { bytes } else { longest.unwrap_or(bytes.get(..1).unwrap_or_default()) };
        Self {
            bytes,
            is_in_email,
            finder: memmem::Finder::new(bytes),
            anchor: memmem::Finder::new(anchor),
            is_plain,
            sign,
        }
    }

    /// Returns the letter that it is, if it is one that blocks have bits for.
    pub(super) fn letter(&self) -> Option<usize> {
        let [byte] = self.bytes else { return None };
        if self.is_in_email { None } else { letter(*byte) }
    }

    fn is_in(&self, words: &[u8]) -> bool {
        let begin = if self.is_in_email { memrchr(b'\n', words).map_or(0, |end| end + 1) } else { 0 };
        words.get(begin..).is_some_and(|words| self.finder.find(words).is_some())
    }
}

/// The number of letters that have bits.
pub(super) const LETTERS: usize = 44;

/// Returns the number of a small letter, a digit, or one of the signs in names and addresses.
pub(super) fn letter(byte: u8) -> Option<usize> {
    const SIGNS: &[u8] = b"@._-'+\" ";
    match byte {
        b'a'..=b'z' => Some(usize::from(byte - b'a')),
        b'0'..=b'9' => Some(usize::from(byte - b'0') + 26),
        sign => SIGNS.iter().position(|known| *known == sign).map(|at| at + 36),
    }
}
