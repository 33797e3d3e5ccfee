//! Splits a terminal's bytes into keys and pasted text; everything else that a terminal sends is dropped.
//!
//! Pure: bytes and times go in, events come out, and nothing waits here. A terminal answers queries with
//! strings that begin with ESC (ECMA-48, 5.6: CSI, OSC, DCS, APC, PM and SOS). They may arrive late and in
//! parts, and no part of one is a key. Each state is limited in bytes and in time, so that nothing can block
//! the keyboard.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::runtime::tab_stops::TRIAL_REPORT;

use super::event::InputEvent;
use super::keys;
use super::mouse;
use super::paste::Paste;
use super::sequence::{BEL, CSI, CTRL_C, DCS, ESC, Introducer, SS3, ST, Sequence, Text, is_control, to_c1};

/// Silence after which a lone ESC counts as the key. Parts of one sequence arrive closer together on all but
/// the worst links, and a key must be answered within 100 ms.
const ESCAPE_SILENCE: Duration = Duration::from_millis(75);
/// Time after an ESC reported as the key during which the rest of a sequence is still dropped, if nobody would
/// type it there.
const LATE: Duration = Duration::from_millis(300);
/// Later, and where somebody may type it, it is no key if more comes this soon after its first byte: a terminal writes
/// the rest of a reply at once, a hand does not.
const BURST_GAP: Duration = Duration::from_millis(30);
/// A delay of a character after ESC that makes a key with Alt: a terminal writes both at once, a hand
/// does not.
const ALT_GAP: Duration = Duration::from_millis(10);
/// Silence after which ESC and the letter that begins a string count as Esc.
const INTRODUCER_SILENCE: Duration = Duration::from_millis(100);
/// Silence that ends any other pending sequence.
const SILENCE: Duration = Duration::from_secs(1);
/// Silence that ends an overlong sequence: the bytes that arrive with it are still not keys.
const OVERFLOW_PAUSE: Duration = Duration::from_millis(50);
/// Maximum size of a string.
const MAX_STRING: usize = 64 << 10;

/// Parses a terminal's byte stream into events.
#[derive(Debug)]
pub(super) struct Parser {
    state: ParserState,
    /// The time of the last byte.
    last: Instant,
    /// An ESC reported as the key, if nothing has arrived since.
    told_escape: Option<ToldEscape>,
}

/// An ESC that was told as the key after a silence. What began with it may still go on.
#[derive(Debug, Clone, Copy)]
struct ToldEscape {
    /// The time of the last byte before the silence.
    at: Instant,
    /// The introducer that the dropped letter stood for, as the equivalent C1 byte.
    introducer: Option<u8>,
}

/// The part of a sequence that has come.
#[derive(Debug)]
enum ParserState {
    /// Nothing is pending.
    Ground,
    /// A character of more than one byte.
    Character {
        bytes: Vec<u8>,
        len: usize,
        alt: bool,
    },
    /// ESC, and nothing yet.
    Escape,
    /// A character soon after an ESC that was told: a key, unless more comes at once.
    Held {
        told: ToldEscape,
        byte: u8,
    },
    /// A control sequence, or a function key of a VT100 (SS3).
    Sequence(Sequence),
    /// `ESC [ [`: with one more letter it is a function key of the Linux console.
    LinuxFunction,
    /// A mouse report of X10: number of bytes left, each of which may look like a key.
    Mouse(u8),
    /// A string, none of which is kept.
    Text(Text),
    Paste(Paste),
}

impl Parser {
    /// Creates a parser with nothing pending.
    pub(super) fn new(now: Instant) -> Self {
        Self { state: ParserState::Ground, last: now, told_escape: None }
    }

    /// Processes bytes. They may have waited in a queue, so only [`Parser::tick`] decides that a pending
    /// sequence has timed out.
    pub(super) fn feed(&mut self, bytes: &[u8], now: Instant, events: &mut Vec<InputEvent>) {
        for byte in bytes {
            self.step(*byte, now, events);
            self.last = now;
        }
    }

    /// Returns the time at which the pending sequence ends unless more bytes arrive; `None` if nothing is
    /// pending.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let silence = match &self.state {
            ParserState::Ground => return None,
            ParserState::Escape => ESCAPE_SILENCE,
            ParserState::Held { .. } => BURST_GAP,
            ParserState::Sequence(Sequence { len: 0, after_escape: true, .. })
            | ParserState::Text(Text { len: 0, after_escape: true, is_escaped: false, .. }) => {
                INTRODUCER_SILENCE
            }
            ParserState::Sequence(Sequence { len, .. }) | ParserState::Text(Text { len, .. })
                if *len > MAX_STRING =>
            {
                OVERFLOW_PAUSE
            }
            ParserState::Paste(paste) if paste.is_too_long() => OVERFLOW_PAUSE,
            ParserState::Character { .. }
            | ParserState::Sequence(_)
            | ParserState::LinuxFunction
            | ParserState::Mouse(_)
            | ParserState::Text(_)
            | ParserState::Paste(_) => SILENCE,
        };
        Some(self.last + silence)
    }

    /// Ends the pending sequence if its time is over. Call it only when there is nothing to read.
    pub(super) fn tick(&mut self, now: Instant, events: &mut Vec<InputEvent>) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        let state = std::mem::replace(&mut self.state, ParserState::Ground);
        match state {
            ParserState::Escape => self.tell_escape(None, events),
            ParserState::Sequence(Sequence { len: 0, after_escape: true, introducer, .. }) => {
                self.tell_escape(Some(introducer.to_c1()), events);
            }
            ParserState::Text(Text { len: 0, after_escape: true, is_escaped: false, .. }) => {
                self.tell_escape(Some(DCS), events);
            }
            ParserState::Held { told, byte } => {
                self.ground(byte, false, events);
                self.told_escape = told.introducer.and(Some(told));
            }
            ParserState::Paste(paste) => events.push(InputEvent::Paste(paste.into_text())),
            ParserState::Ground
            | ParserState::Character { .. }
            | ParserState::Sequence(_)
            | ParserState::LinuxFunction
            | ParserState::Mouse(_)
            | ParserState::Text(_) => {}
        }
    }

    /// Tells the key Esc, and remembers what it may have begun.
    fn tell_escape(&mut self, introducer: Option<u8>, events: &mut Vec<InputEvent>) {
        events.push(InputEvent::Key(KeyCode::Esc.into()));
        self.told_escape = Some(ToldEscape { at: self.last, introducer });
    }

    fn step(&mut self, byte: u8, now: Instant, events: &mut Vec<InputEvent>) {
        let told = self.told_escape.take();
        let told = told.filter(|told| now.saturating_duration_since(told.at) < SILENCE);
        match std::mem::replace(&mut self.state, ParserState::Ground) {
            ParserState::Ground => match told {
                Some(told) => self.after_escape(told, byte, now, events),
                None => self.ground(byte, false, events),
            },
            ParserState::Held { told, byte: first } => self.held(told, first, byte, now, events),
            ParserState::Character { bytes, len, alt } => self.character(bytes, len, alt, byte, events),
            ParserState::Escape => self.escape(byte, now, events),
            ParserState::Sequence(sequence) => self.sequence(sequence, byte, events),
            ParserState::LinuxFunction => match byte {
                b'A'..=b'E' => events.push(InputEvent::Key(KeyCode::F(1 + byte - b'A').into())),
                _ if is_control(byte) => self.ground(byte, false, events),
                _ => {}
            },
            ParserState::Mouse(_) if is_control(byte) => self.ground(byte, false, events),
            ParserState::Mouse(left) if left > 1 => self.state = ParserState::Mouse(left - 1),
            ParserState::Mouse(_) => {}
            ParserState::Text(text) => self.text(text, byte, events),
            ParserState::Paste(mut paste) => {
                if paste.push(byte) {
                    events.push(InputEvent::Paste(paste.into_text()));
                } else {
                    self.state = ParserState::Paste(paste);
                }
            }
        }
    }

    /// Takes a byte soon after an ESC that was told as the key.
    fn after_escape(&mut self, told: ToldEscape, byte: u8, now: Instant, events: &mut Vec<InputEvent>) {
        let is_late = now.saturating_duration_since(told.at) < LATE;
        match (told.introducer, byte) {
            (None, b'[' | b'O' | b']' | b'_' | b'^') if is_late => self.introduce(to_c1(byte)),
            (None, b'[' | b'O' | b']' | b'_' | b'^' | b'P' | b'X') | (Some(_), 0x20..=0x7e) => {
                self.state = ParserState::Held { told, byte };
            }
            _ => self.ground(byte, false, events),
        }
    }

    /// Takes the byte directly behind the one that is held: both go on with what was told as Esc.
    fn held(&mut self, told: ToldEscape, first: u8, byte: u8, now: Instant, events: &mut Vec<InputEvent>) {
        // `P` opens a menu; what follows it in a reply (parameters) is no choice there.
        let is_reply = match (told.introducer, first) {
            _ if byte == CTRL_C => false,
            (None, b'P') => matches!(byte, 0x20..=0x3f),
            _ => true,
        };
        if !is_reply {
            self.ground(first, false, events);
            return self.step(byte, now, events);
        }
        self.introduce(told.introducer.unwrap_or(to_c1(first)));
        if let ParserState::Text(text) = &mut self.state {
            text.is_resumed = true;
        }
        if told.introducer.is_some() {
            self.step(first, now, events);
        }
        self.step(byte, now, events);
    }

    /// Processes a byte while nothing is pending, or after an ESC that means Alt.
    fn ground(&mut self, byte: u8, alt: bool, events: &mut Vec<InputEvent>) {
        match byte {
            ESC => self.state = ParserState::Escape,
            _ if is_control(byte) => events.push(InputEvent::Key(with_alt(keys::control(byte), alt))),
            0x20..=0x7e => events.push(InputEvent::Key(with_alt(keys::character(byte.into()), alt))),
            0xc2..=0xdf => self.state = ParserState::Character { bytes: vec![byte], len: 2, alt },
            0xe0..=0xef => self.state = ParserState::Character { bytes: vec![byte], len: 3, alt },
            0xf0..=0xf4 => self.state = ParserState::Character { bytes: vec![byte], len: 4, alt },
            _ => self.introduce(byte),
        }
    }

    /// Processes a control function of one byte (C1); all but those that introduce something are dropped.
    fn introduce(&mut self, byte: u8) {
        match byte {
            SS3 => self.state = ParserState::Sequence(Sequence::new(Introducer::Ss3, false)),
            CSI => self.state = ParserState::Sequence(Sequence::new(Introducer::Csi, false)),
            DCS | 0x98 | 0x9d..=0x9f => self.state = ParserState::Text(Text::new(byte, false)),
            _ => {}
        }
    }

    fn character(
        &mut self,
        mut bytes: Vec<u8>,
        len: usize,
        alt: bool,
        byte: u8,
        events: &mut Vec<InputEvent>,
    ) {
        if !matches!(byte, 0x80..=0xbf) {
            return self.ground(byte, false, events);
        }
        bytes.push(byte);
        if bytes.len() < len {
            self.state = ParserState::Character { bytes, len, alt };
            return;
        }
        let text = str::from_utf8(&bytes).unwrap_or_default();
        match text.chars().next() {
            // Terminals with 8-bit controls may encode them as characters.
            Some(control @ '\u{80}'..='\u{9f}') => self.introduce(control as u8),
            Some(letter) => events.push(InputEvent::Key(with_alt(keys::character(letter), alt))),
            None => {}
        }
    }

    fn escape(&mut self, byte: u8, now: Instant, events: &mut Vec<InputEvent>) {
        match byte {
            b'[' => self.state = ParserState::Sequence(Sequence::new(Introducer::Csi, true)),
            b'O' => self.state = ParserState::Sequence(Sequence::new(Introducer::Ss3, true)),
            b']' | b'P' | b'X' | b'_' | b'^' => {
                self.state = ParserState::Text(Text::new(to_c1(byte), true));
            }
            // The end of a string that has already ended.
            b'\\' => {}
            ESC | 0x80..=0xbf => {
                events.push(InputEvent::Key(KeyCode::Esc.into()));
                self.ground(byte, false, events);
            }
            _ if now.saturating_duration_since(self.last) < ALT_GAP => self.ground(byte, true, events),
            _ => {
                events.push(InputEvent::Key(KeyCode::Esc.into()));
                self.ground(byte, false, events);
            }
        }
    }

    fn sequence(&mut self, mut sequence: Sequence, byte: u8, events: &mut Vec<InputEvent>) {
        match byte {
            ESC => self.state = ParserState::Escape,
            CTRL_C if sequence.len > MAX_STRING => self.ground(byte, false, events),
            // It has only one letter: anything else after it was typed.
            _ if sequence.introducer == Introducer::Ss3 && is_control(byte) => {
                self.ground(byte, false, events);
            }
            0x40..=0x7e => self.finish(&sequence, byte, events),
            _ => {
                sequence.push(byte);
                self.state = ParserState::Sequence(sequence);
            }
        }
    }

    /// Completes a sequence with its last byte.
    fn finish(&mut self, sequence: &Sequence, last: u8, events: &mut Vec<InputEvent>) {
        match (sequence.introducer, sequence.parameters.as_slice(), last) {
            _ if sequence.parameters.len() < sequence.len => {}
            (Introducer::Csi, [], b'[') => self.state = ParserState::LinuxFunction,
            (Introducer::Csi, [], b'M') => self.state = ParserState::Mouse(3),
            // Device status report (ECMA-48, 8.3.35): ready, or not; either way it has shown what came before.
            (Introducer::Csi, b"0" | b"3", b'n') => events.push(InputEvent::Status),
            (Introducer::Csi, TRIAL_REPORT, b'R') => events.push(InputEvent::TabStopsWork),
            (Introducer::Csi, [b'<', report @ ..], b'M') => {
                events.extend(mouse::report(report).map(InputEvent::Pointer));
            }
            (Introducer::Csi, b"200", b'~') => self.state = ParserState::Paste(Paste::new()),
            (Introducer::Csi, parameters, _) => {
                events.extend(keys::control_sequence(parameters, last).map(InputEvent::Key));
            }
            (Introducer::Ss3, [], _) => events.extend(keys::ss3(last).map(InputEvent::Key)),
            (Introducer::Ss3, ..) => {}
        }
    }

    fn text(&mut self, mut text: Text, byte: u8, events: &mut Vec<InputEvent>) {
        match byte {
            b'\\' if text.is_escaped => events.extend(text.background().map(InputEvent::Background)),
            BEL => events.extend(text.background().map(InputEvent::Background)),
            ST if text.character == 0 => events.extend(text.background().map(InputEvent::Background)),
            CTRL_C if text.is_resumed || text.len > MAX_STRING => self.ground(byte, false, events),
            _ => {
                text.push(byte);
                self.state = ParserState::Text(text);
            }
        }
    }
}

fn with_alt(mut key: KeyEvent, alt: bool) -> KeyEvent {
    key.modifiers.set(KeyModifiers::ALT, alt || key.modifiers.contains(KeyModifiers::ALT));
    key
}
