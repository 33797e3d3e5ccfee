//! The cells of the screen, with what a frame's writer asks of each of them many times.

use ratatui::buffer::{Cell, CellWidth as _};
use ratatui::style::{Color, Modifier};

/// Modifiers and their SGR parameters (ECMA-48, 8.3.117).
const MODIFIERS: [(Modifier, &str); 9] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::SLOW_BLINK, "5"),
    (Modifier::RAPID_BLINK, "6"),
    (Modifier::REVERSED, "7"),
    (Modifier::HIDDEN, "8"),
    (Modifier::CROSSED_OUT, "9"),
];

/// Modifiers that are visible on a blank, too.
const GROUND: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

/// The prime of FNV-1a with 64 bits.
const PRIME: u64 = 0x0100_0000_01b3;

/// A cell of the screen: its symbol, the visible part of its style, and its width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glyph {
    symbol: Symbol,
    style: CellStyle,
    cells: u8,
}

/// The text of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Symbol {
    /// The usual case, which needs no memory of its own.
    One(char),
    Several(Box<str>),
}

impl Glyph {
    /// A cell that was never drawn on.
    pub(super) const BLANK: Self = Self { symbol: Symbol::One(' '), style: CellStyle::PLAIN, cells: 1 };

    pub(super) fn of(cell: &Cell) -> Self {
        let text = cell.symbol();
        let mut characters = text.chars();
        let symbol = match (characters.next(), characters.next()) {
            (Some(one), None) => Symbol::One(one),
            (_, Some(_)) | (None, None) => Symbol::Several(text.into()),
        };
        let cells = u8::try_from(cell.cell_width().max(1)).unwrap_or(u8::MAX);
        Self { style: CellStyle::of(cell, symbol == Symbol::One(' ')), symbol, cells }
    }

    /// Returns true if it is the glyph of a cell.
    pub(super) fn shows(&self, cell: &Cell) -> bool {
        let text = cell.symbol();
        let is_same = match &self.symbol {
            Symbol::One(one) if one.is_ascii() => text.as_bytes() == [*one as u8],
            Symbol::One(one) => text.chars().eq([*one]),
            Symbol::Several(several) => **several == *text,
        };
        let style = CellStyle { fg: cell.fg, bg: cell.bg, modifier: cell.modifier };
        // A style as it is in a cell may have parts that cannot be seen, one of a glyph has none.
        is_same && (self.style == style || self.style == CellStyle::of(cell, self.is_space()))
    }

    pub(super) const fn style(&self) -> CellStyle {
        self.style
    }

    /// Returns the number of cells that it takes on its line.
    pub(super) const fn cells(&self) -> u16 {
        self.cells as u16
    }

    pub(super) fn is_space(&self) -> bool {
        self.symbol == Symbol::One(' ')
    }

    /// Returns true if it looks like an erased cell.
    pub(super) fn is_erased(&self) -> bool {
        self.is_space() && self.style == CellStyle::PLAIN
    }

    pub(super) fn is_ascii(&self) -> bool {
        matches!(self.symbol, Symbol::One(one) if one.is_ascii())
    }

    /// Returns true if all terminals agree on its width: a single character that is not an emoji. They differ about several
    /// characters in one cell.
    pub(super) fn is_certain(&self) -> bool {
        matches!(self.symbol, Symbol::One(one) if one < '\u{1f000}')
    }

    /// Returns the number of bytes of its text.
    pub(super) fn len(&self) -> usize {
        match &self.symbol {
            Symbol::One(one) => one.len_utf8(),
            Symbol::Several(several) => several.len(),
        }
    }

    pub(super) fn write(&self, text: &mut String) {
        match &self.symbol {
            Symbol::One(one) => text.push(*one),
            Symbol::Several(several) => text.push_str(several),
        }
    }

    /// Adds it to a hash that may collide (FNV-1a, a character at a time).
    pub(super) fn hash(&self, hash: u64) -> u64 {
        let style = u64::from(self.style.modifier.bits()) << 1 | u64::from(self.style.fg == Color::Reset);
        let step = |hash: u64, one: char| (hash ^ (style << 32 | u64::from(one))).wrapping_mul(PRIME);
        match &self.symbol {
            Symbol::One(one) => step(hash, *one),
            Symbol::Several(several) => several.chars().fold(hash, step),
        }
    }
}

/// The style of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CellStyle {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl CellStyle {
    pub(super) const PLAIN: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    /// Returns a cell's style, without the parts that are invisible on a space.
    fn of(cell: &Cell, is_space: bool) -> Self {
        let style = Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier };
        if is_space && style.is_bare() { Self { bg: cell.bg, ..Self::PLAIN } } else { style }
    }

    /// Returns true if a blank in this style shows nothing but the background.
    fn is_bare(self) -> bool {
        !self.modifier.intersects(GROUND)
    }

    /// Returns true if erasing in this style leaves plain blanks.
    pub(super) fn erases_plainly(self) -> bool {
        self.is_bare() && self.bg == Color::Reset
    }

    /// Returns true if `glyph` looks right when it is written in this style.
    pub(super) fn suits(self, glyph: &Glyph) -> bool {
        let wanted = glyph.style;
        self == wanted || (glyph.is_space() && self.is_bare() && wanted.is_bare() && self.bg == wanted.bg)
    }

    /// Returns the SGR parameters that change `from` into this style.
    pub(super) fn parameters(self, mut from: Self) -> String {
        let loses = !(from.modifier - self.modifier).is_empty()
            || (self.fg == Color::Reset && from.fg != Color::Reset)
            || (self.bg == Color::Reset && from.bg != Color::Reset);
        let mut parameters = String::new();
        if loses {
            // One empty parameter resets everything, instead of one for each.
            from = Self::PLAIN;
        }
        let added = self.modifier - from.modifier;
        let modifiers = MODIFIERS.iter().filter(|(modifier, _)| added.contains(*modifier));
        modifiers.for_each(|(_, parameter)| separated(&mut parameters, parameter));
        if self.fg != from.fg {
            separated(&mut parameters, &colour(self.fg, 30));
        }
        if self.bg != from.bg {
            separated(&mut parameters, &colour(self.bg, 40));
        }
        if loses && !parameters.is_empty() { format!(";{parameters}") } else { parameters }
    }
}

fn separated(parameters: &mut String, parameter: &str) {
    if !parameters.is_empty() {
        parameters.push(';');
    }
    parameters.push_str(parameter);
}

/// Returns the parameter of a colour; foreground colours begin at 30, background colours at 40.
fn colour(colour: Color, base: u8) -> String {
    let (ansi, bright) = match colour {
        Color::Reset => (9, false),
        Color::Black => (0, false),
        Color::Red => (1, false),
        Color::Green => (2, false),
        Color::Yellow => (3, false),
        Color::Blue => (4, false),
        Color::Magenta => (5, false),
        Color::Cyan => (6, false),
        Color::Gray => (7, false),
        Color::DarkGray => (0, true),
        Color::LightRed => (1, true),
        Color::LightGreen => (2, true),
        Color::LightYellow => (3, true),
        Color::LightBlue => (4, true),
        Color::LightMagenta => (5, true),
        Color::LightCyan => (6, true),
        Color::White => (7, true),
        Color::Indexed(index) => return format!("{};5;{index}", base + 8),
        Color::Rgb(red, green, blue) => return format!("{};2;{red};{green};{blue}", base + 8),
    };
    (base + ansi + if bright { 60 } else { 0 }).to_string()
}
