//! Colours of themes, their contrast, and their nearest relatives on terminals with fewer colours.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The names of the terminal's own sixteen colours, by their index.
const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// The sixteen colours of xterm's default palette (`XTerm-col.ad`).
const XTERM: [Rgb; 16] = [
    Rgb(0, 0, 0),
    Rgb(205, 0, 0),
    Rgb(0, 205, 0),
    Rgb(205, 205, 0),
    Rgb(0, 0, 238),
    Rgb(205, 0, 205),
    Rgb(0, 205, 205),
    Rgb(229, 229, 229),
    Rgb(127, 127, 127),
    Rgb(255, 0, 0),
    Rgb(0, 255, 0),
    Rgb(255, 255, 0),
    Rgb(92, 92, 255),
    Rgb(255, 0, 255),
    Rgb(0, 255, 255),
    Rgb(255, 255, 255),
];

/// The levels of a channel in the cube of 216 colours of a terminal with 256.
const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// A colour of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Color {
    /// One of the terminal's own sixteen colours, by its index.
    Ansi(u8),
    /// One of 256 colours, by its index.
    Indexed(u8),
    Rgb(Rgb),
}

/// The number of colours that a terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorDepth {
    #[default]
    Ansi,
    Indexed,
    Truecolor,
}

impl ColorDepth {
    /// Returns the number of colours that `COLORTERM` and `TERM` promise.
    pub fn of(colorterm: &str, term: &str) -> Self {
        if matches!(colorterm, "truecolor" | "24bit") || term.ends_with("-direct") {
            Self::Truecolor
        } else if term.contains("256color") {
            Self::Indexed
        } else {
            Self::Ansi
        }
    }
}

impl Rgb {
    /// Returns the relative luminance, from 0 for black to 1 for white (WCAG 2.2, "relative luminance").
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Returns the contrast ratio to another colour, from 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn distance(self, other: Self) -> u32 {
        let square = |one: u8, two: u8| u32::from(one.abs_diff(two)).pow(2);
        square(self.0, other.0) + square(self.1, other.1) + square(self.2, other.2)
    }
}

impl Color {
    /// Returns the colour with this name or number: `red`, `bright-red`, `#ff8800`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(index) = NAMES.iter().position(|name| *name == text) {
            return Some(Self::Ansi(index as u8));
        }
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self::Rgb(Rgb(red, green, blue)))
    }

    /// Returns red, green and blue; for the terminal's own colours, those of xterm's default palette.
    pub fn rgb(self) -> Rgb {
        match self {
            Self::Ansi(index) => XTERM.get(usize::from(index)).copied().unwrap_or(Rgb(0, 0, 0)),
            Self::Indexed(index) => indexed(index),
            Self::Rgb(rgb) => rgb,
        }
    }

    /// Returns the nearest colour that a terminal with so many colours shows.
    pub fn at_depth(self, depth: ColorDepth) -> Self {
        match (self, depth) {
            (Self::Rgb(rgb), ColorDepth::Indexed) => {
                // The first sixteen depend on the terminal's settings.
                let nearest = (16..=u8::MAX).min_by_key(|index| indexed(*index).distance(rgb));
                nearest.map_or(self, Self::Indexed)
            }
            (Self::Rgb(_) | Self::Indexed(_), ColorDepth::Ansi) => {
                let nearest = (0..16).min_by_key(|index| Self::Ansi(*index).rgb().distance(self.rgb()));
                nearest.map_or(self, Self::Ansi)
            }
            (_, ColorDepth::Truecolor)
            | (Self::Ansi(_) | Self::Indexed(_), ColorDepth::Indexed)
            | (Self::Ansi(_), ColorDepth::Ansi) => self,
        }
    }
}

/// Returns a colour of xterm's palette of 256 (`256colres.pl`): sixteen, a cube of 216, and 24 shades of grey.
fn indexed(index: u8) -> Rgb {
    let level = |part: u8| LEVELS.get(usize::from(part)).copied().unwrap_or(u8::MAX);
    match index {
        0..=15 => Color::Ansi(index).rgb(),
        16..=231 => {
            let at = index - 16;
            Rgb(level(at / 36), level(at / 6 % 6), level(at % 6))
        }
        232..=255 => {
            let grey = 8 + 10 * (index - 232);
            Rgb(grey, grey, grey)
        }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ansi(index) => f.write_str(NAMES.get(usize::from(*index)).copied().unwrap_or_default()),
            Self::Indexed(_) | Self::Rgb(_) => {
                let Rgb(red, green, blue) = self.rgb();
                write!(f, "#{red:02x}{green:02x}{blue:02x}")
            }
        }
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(ColorText)
    }
}

/// Deserializes a [`Color`] and states the rule if it is invalid.
struct ColorText;

impl Visitor<'_> for ColorText {
    type Value = Color;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a colour such as red, bright-red or #ff8800")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Color, E> {
        Color::parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_have_names_or_numbers() {
        assert_eq!(Color::parse("bright-red"), Some(Color::Ansi(9)));
        assert_eq!(Color::parse("#ff8800"), Some(Color::Rgb(Rgb(255, 136, 0))));
        for text in ["", "pink", "#ff880", "#ff88001", "#+12345", "ff8800", "#ﬀ880", "Red"] {
            assert_eq!(Color::parse(text), None, "{text}");
        }
        for text in ["cyan", "bright-white", "#0a0b0c"] {
            assert_eq!(Color::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn the_environment_tells_the_number_of_colours() {
        for (colorterm, term, depth) in [
            ("truecolor", "xterm-256color", ColorDepth::Truecolor),
            ("24bit", "screen", ColorDepth::Truecolor),
            ("", "xterm-direct", ColorDepth::Truecolor),
            ("1", "tmux-256color", ColorDepth::Indexed),
            ("", "xterm", ColorDepth::Ansi),
            ("", "linux", ColorDepth::Ansi),
        ] {
            assert_eq!(ColorDepth::of(colorterm, term), depth, "{colorterm} {term}");
        }
    }

    #[test]
    fn the_contrast_is_that_of_the_guidelines() {
        let (black, white) = (Rgb(0, 0, 0), Rgb(255, 255, 255));
        assert!((white.contrast(black) - 21.0).abs() < 1e-9);
        assert!((black.contrast(black) - 1.0).abs() < 1e-9);
        // A grey that is well known to be the lightest that passes on white.
        assert!(Rgb(118, 118, 118).contrast(white) >= 4.5);
        assert!(Rgb(119, 119, 119).contrast(white) < 4.5);
    }

    #[test]
    fn a_terminal_with_fewer_colours_shows_the_nearest() {
        let orange = Color::parse("#ff8700").unwrap();
        assert_eq!(orange.at_depth(ColorDepth::Indexed), Color::Indexed(208));
        assert_eq!(Color::Indexed(208).rgb(), Rgb(255, 135, 0));
        assert_eq!(Color::parse("#00fffe").unwrap().at_depth(ColorDepth::Ansi), Color::Ansi(14));
        assert_eq!(orange.at_depth(ColorDepth::Truecolor), orange);
        assert_eq!(Color::Ansi(3).at_depth(ColorDepth::Indexed), Color::Ansi(3));
    }
}
