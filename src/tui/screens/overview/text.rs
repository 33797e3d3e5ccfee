//! The overview in lines: its panels, the figures behind their numbers, the charts as numbers.

use ratatui::text::Span;

use crate::domain::text::grouped;
use crate::tui::plain::ScreenText;

use super::layout::{DoorPlace, Focus, PanelLayout};
use super::panel::{Chart, Door, Panel, PanelRow};

impl PanelLayout {
    /// Returns the panels below each other.
    pub(super) fn text(&self, focus: Option<Focus>) -> ScreenText {
        let (mut rows, mut number) = (Vec::new(), 0);
        for panel in self.panels() {
            rows.push(match &panel.figure {
                Some(door) => {
                    number += 1;
                    heading_text(number, panel, door)
                }
                None => panel.heading.clone(),
            });
            let mut is_below_chart = false;
            for row in &panel.rows {
                match row {
                    PanelRow::Doors(doors) => rows.extend(doors.iter().map(|door| {
                        number += 1;
                        door_text(number, door)
                    })),
                    // Below a chart stand the words of its axis.
                    PanelRow::Note(_) if is_below_chart => {}
                    PanelRow::Note(line) => rows.push(spaced_once(&line.to_string())),
                    PanelRow::Chart(chart) => rows.extend(chart_text(chart)),
                }
                is_below_chart = matches!(row, PanelRow::Chart(_));
            }
        }
        let doors = self.doors();
        let at = focus.and_then(|focus| doors.iter().position(|(door, _)| *door == focus));
        let cursor = at.zip(focus).and_then(|(at, focus)| {
            let (_, door) = doors.get(at)?;
            match focus.at {
                DoorPlace::Heading => {
                    let panel = self.panels().find(|panel| panel.id == focus.panel)?;
                    Some(heading_text(at + 1, panel, door))
                }
                DoorPlace::Row(_) => Some(door_text(at + 1, door)),
            }
        });
        ScreenText { rows, cursor, total: Some(doors.len() as u64), ..ScreenText::default() }
    }
}

fn joined(spans: &[Span<'_>]) -> String {
    spans.iter().map(|span| span.content.as_ref()).collect()
}

fn heading_text(number: usize, panel: &Panel, figure: &Door) -> String {
    format!("{number}. {}: {}", panel.heading, joined(&figure.right))
}

fn door_text(number: usize, door: &Door) -> String {
    format!("{number}. {}", spaced_once(&format!("{} {}", joined(&door.left), joined(&door.right))))
}

/// Returns a text without the blanks that align it.
fn spaced_once(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the numbers of a chart: bars one by one, a line by its ends and its extremes. The figures of shares stand below
/// them.
fn chart_text(chart: &Chart) -> Option<String> {
    let listed = |points: &[u64]| points.iter().map(|point| grouped(*point)).collect::<Vec<_>>().join(" ");
    match chart {
        Chart::Shares(_) => None,
        Chart::Bars(points, ..) => Some(format!("oldest to newest: {}", listed(points))),
        Chart::Line(points, _) => {
            let (first, last) = (points.first()?, points.last()?);
            let (lowest, highest) = (points.iter().min()?, points.iter().max()?);
            Some(format!(
                "from {} to {}, least {}, most {}",
                grouped(*first),
                grouped(*last),
                grouped(*lowest),
                grouped(*highest)
            ))
        }
    }
}
