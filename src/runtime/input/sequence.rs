//! Control sequences and strings that have come in part (ECMA-48).

use crate::domain::color::Rgb;

pub(super) const ESC: u8 = 0x1b;
pub(super) const BEL: u8 = 0x07;
pub(super) const CTRL_C: u8 = 0x03;
pub(super) const DEL: u8 = 0x7f;
/// String terminator as one byte.
pub(super) const ST: u8 = 0x9c;
/// The beginnings of strings and sequences as one byte.
pub(super) const DCS: u8 = 0x90;
pub(super) const CSI: u8 = 0x9b;
pub(super) const SS3: u8 = 0x8f;

/// The beginning of an operating system command as one byte.
pub(super) const OSC: u8 = 0x9d;

/// The beginning of the reply to the question of `terminal.rs` for the colour of the ground, and of the same with transparency.
const BACKGROUND: [&str; 2] = ["11;rgb:", "11;rgba:"];
/// Number of bytes of a string that are kept: no such reply has more.
const MAX_KEPT: usize = 40;

/// Maximum size of a key's parameters; no key has as many.
const MAX_PARAMETERS: usize = 64;

/// A pending control sequence.
#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) introducer: Introducer,
    /// Parameters and intermediate bytes.
    pub(super) parameters: Vec<u8>,
    /// Number of bytes after the introducer.
    pub(super) len: usize,
    /// True if it began with ESC, which may have been the key.
    pub(super) after_escape: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Introducer {
    Csi,
    Ss3,
}

/// A pending string (OSC, DCS, APC, PM, SOS).
#[derive(Debug)]
pub(super) struct Text {
    /// The beginning, as the equivalent C1 byte.
    introducer: u8,
    /// The first bytes.
    kept: Vec<u8>,
    pub(super) len: usize,
    /// True if the last byte was ESC: a backslash ends the string.
    pub(super) is_escaped: bool,
    /// Number of bytes that the current UTF-8 character still lacks: its bytes may look like ST.
    pub(super) character: u8,
    pub(super) after_escape: bool,
    /// Its beginning was told as the key Esc, so that it may be no string after all.
    pub(super) is_resumed: bool,
}

impl Introducer {
    pub(super) fn to_c1(self) -> u8 {
        match self {
            Self::Csi => CSI,
            Self::Ss3 => SS3,
        }
    }
}

impl Sequence {
    pub(super) fn new(introducer: Introducer, after_escape: bool) -> Self {
        Self { introducer, parameters: Vec::new(), len: 0, after_escape }
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.len = self.len.saturating_add(1);
        // Bytes that are not kept are counted: a sequence with anything unexpected in it is not a key.
        if matches!(byte, 0x20..=0x3f) && self.parameters.len() < MAX_PARAMETERS {
            self.parameters.push(byte);
        }
    }
}

impl Text {
    pub(super) fn new(introducer: u8, after_escape: bool) -> Self {
        let kept = Vec::new();
        Self { introducer, kept, len: 0, is_escaped: false, character: 0, after_escape, is_resumed: false }
    }

    /// Returns the colour of the terminal's ground, if the string reports it.
    pub(super) fn background(&self) -> Option<Rgb> {
        // The ESC of the string terminator is counted.
        if self.introducer != OSC || self.kept.len() + 1 < self.len {
            return None;
        }
        let text = str::from_utf8(&self.kept).ok()?.trim_end_matches('\u{1b}');
        let channels = BACKGROUND.iter().find_map(|begin| text.strip_prefix(begin))?;
        let mut channels = channels.split('/').map(channel);
        Some(Rgb(channels.next()??, channels.next()??, channels.next()??))
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.is_escaped = byte == ESC;
        self.len = self.len.saturating_add(1);
        if self.kept.len() < MAX_KEPT {
            self.kept.push(byte);
        }
        self.character = match byte {
            0xc2..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            0x80..=0xbf => self.character.saturating_sub(1),
            _ => 0,
        };
    }
}

/// Returns a channel of a colour, which has one to four hexadecimal digits (`XParseColor`).
fn channel(digits: &str) -> Option<u8> {
    if !(1..=4).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let value = u32::from_str_radix(digits, 16).ok()?;
    let most = 16_u32.pow(digits.len() as u32) - 1;
    u8::try_from(value * 255 / most).ok()
}

pub(super) fn is_control(byte: u8) -> bool {
    byte < 0x20 || byte == DEL
}

/// Returns the single byte that is equivalent to ESC and this letter (ECMA-35, 6.4.3).
pub(super) fn to_c1(letter: u8) -> u8 {
    letter.wrapping_add(0x40)
}
