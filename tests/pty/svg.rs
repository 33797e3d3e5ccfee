//! A picture of a terminal's screen, as SVG.

use std::fmt::Write;

use vt100::{Cell, Color, Screen};

/// Size of a cell, in pixels.
const CELL: (usize, usize) = (10, 20);
/// Margin around the screen, in pixels.
const MARGIN: usize = 10;
const BACKGROUND: &str = "#16181d";
const FOREGROUND: &str = "#d8dade";
/// The sixteen colours of a dark terminal, as `One Half Dark` has them.
const PALETTE: [&str; 16] = [
    "#282c34", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#dcdfe4", "#5d677a",
    "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#ffffff",
];

/// The look of a cell.
#[derive(Debug, Clone, PartialEq)]
struct Look {
    ink: String,
    ground: String,
    bold: bool,
    dim: bool,
    underline: bool,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let (ink, ground) = (colour(cell.fgcolor(), FOREGROUND), colour(cell.bgcolor(), BACKGROUND));
        let (ink, ground) = if cell.inverse() { (ground, ink) } else { (ink, ground) };
        Self { ink, ground, bold: cell.bold(), dim: cell.dim(), underline: cell.underline() }
    }
}

/// Cells beside each other that look alike.
struct Run {
    x: usize,
    cells: usize,
    look: Look,
    text: String,
}

/// Returns the picture of a screen.
pub(crate) fn picture(screen: &Screen) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let (width, height) =
        (usize::from(columns) * CELL.0 + 2 * MARGIN, usize::from(rows) * CELL.1 + 2 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"16\" \
         xml:space=\"preserve\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n"
    );
    for y in 0..rows {
        for run in runs(screen, y, columns) {
            draw(&mut svg, usize::from(y), &run);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn runs(screen: &Screen, y: u16, columns: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for x in 0..columns {
        let Some(cell) = screen.cell(y, x).filter(|cell| !cell.is_wide_continuation()) else { continue };
        let (look, cells) = (Look::of(cell), 1 + usize::from(cell.is_wide()));
        let text = if cell.has_contents() { cell.contents() } else { " " };
        match runs
            .last_mut()
            .filter(|run| run.look == look && cells == 1 && is_plain(text) && is_plain(&run.text))
        {
            Some(run) => {
                run.cells += cells;
                run.text.push_str(text);
            }
            None => runs.push(Run { x: x.into(), cells, look, text: text.to_owned() }),
        }
    }
    runs
}

/// Returns true if every font draws the text one cell a character. Anything else is placed cell by cell.
fn is_plain(text: &str) -> bool {
    text.is_ascii()
}

fn draw(svg: &mut String, y: usize, run: &Run) {
    let (x, top, width) = (MARGIN + run.x * CELL.0, MARGIN + y * CELL.1, run.cells * CELL.0);
    let Look { ink, ground, bold, dim, underline } = &run.look;
    if ground != BACKGROUND {
        writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{}\" fill=\"{ground}\"/>",
            CELL.1
        )
        .unwrap();
    }
    if run.text.trim().is_empty() && !underline {
        return;
    }
    let mut style = String::new();
    for (wanted, attribute) in [
        (*bold, " font-weight=\"bold\""),
        (*dim, " opacity=\"0.6\""),
        (*underline, " text-decoration=\"underline\""),
    ] {
        if wanted {
            style.push_str(attribute);
        }
    }
    let text = run.text.replace('&', "&amp;").replace('<', "&lt;");
    writeln!(
        svg,
        "<text x=\"{x}\" y=\"{}\" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{ink}\"{style}>{text}</text>",
        top + 15
    )
    .unwrap();
}

/// Returns a terminal's colour for SVG.
fn colour(colour: Color, default: &str) -> String {
    match colour {
        Color::Default => default.to_owned(),
        Color::Idx(index @ 0..16) => PALETTE[usize::from(index)].to_owned(),
        Color::Idx(index @ 16..=231) => {
            let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
            let n = index - 16;
            format!("#{:02x}{:02x}{:02x}", level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        Color::Idx(index) => {
            let grey = 8 + 10 * (index - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}
