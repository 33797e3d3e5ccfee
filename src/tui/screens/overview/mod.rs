//! The overview: the state of the service at a glance, every figure a door to the list behind it.

mod keys;
mod layout;
mod lists;
mod panel;
mod panels;
mod text;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

use crate::domain::time::{Duration, Timestamp};
use crate::service::contract::{AccountAction, AccountSelection, Failure, Overview, Reply, Request};
use crate::tui::context::{Context, Medium};
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{Found, Help, Key, Press, find};
use crate::tui::plain::ScreenText;
use crate::tui::pointer::{WHEEL_ROWS, Wheel};
use crate::tui::route::{ScreenId, Tab, TabArgument};
use crate::tui::widgets::bars;
use crate::tui::widgets::scroll_window::Move;

use super::screen::{Answer, Clicked, Screen};
use super::{OwnScreen, ScreenDef};
use keys::{KEYS, OverviewKey};
use layout::{DoorPlace, Focus, PanelLayout};
use panel::Door;

/// The least time between two readings: a store that many write to does not keep the console busy.
const LEAST_GAP: Duration = Duration::seconds(1);
/// The share of the time that is spent on reading, at most: one part of so many.
const SHARE: i32 = 20;
/// The time after which the figures are read again although nothing was written: sessions end by themselves.
const STALE: Duration = Duration::minutes(1);
/// The height of the body from which a line above the panels names the time zone.
const WITH_ZONE: u16 = 18;

/// The state of the overview.
#[derive(Default)]
pub(crate) struct OverviewScreen {
    overview: Option<Box<Overview>>,
    focus: Option<Focus>,
    /// The first line that is shown.
    top: u16,
    /// The time of the request that was not answered yet.
    asked_at: Option<Timestamp>,
    /// The time of the last answer, and the time that it took.
    answered: Option<(Timestamp, Duration)>,
    /// Set if something was written since the figures were read.
    is_outdated: bool,
}

impl OwnScreen for OverviewScreen {
    const DEF: ScreenDef = ScreenDef::own::<Self>(
        ScreenId::OVERVIEW,
        "Overview",
        Tab { command: "overview", help: "the state of the service", argument: TabArgument::Nothing },
    );
}

/// Returns true if a line above the panels names the time zone; where there is none, a time names it.
fn has_zone_line(context: &Context) -> bool {
    context.medium == Medium::Screen && context.body.height >= WITH_ZONE
}

/// Returns the area in which the panels are drawn.
fn area(context: &Context) -> Rect {
    let above = u16::from(has_zone_line(context));
    let body = context.body;
    Rect { y: body.y + above, height: body.height.saturating_sub(above), ..body }
}

impl OverviewScreen {
    fn layout(&self, context: &Context) -> Option<PanelLayout> {
        let overview = self.overview.as_ref()?;
        let room = layout::room(context.body);
        Some(PanelLayout::new(panels::all(context, overview, room), context.body))
    }

    fn read(&mut self, context: &Context) -> Vec<Ask> {
        self.asked_at = Some(context.now);
        self.is_outdated = false;
        vec![Ask::Query(Slot::Rows, Request::Overview)]
    }

    /// Returns the time from which the figures may be read again.
    fn free_at(&self) -> Option<Timestamp> {
        self.answered.map(|(at, took)| at + LEAST_GAP.max(took * SHARE))
    }

    /// Moves the focus, and scrolls as little as needed to show it.
    fn step(&mut self, context: &Context, step: Move) {
        let Some(layout) = self.layout(context) else { return };
        let doors: Vec<_> = layout.doors().into_iter().map(|(focus, _)| focus).collect();
        let at =
            self.focus.and_then(|focus| doors.iter().position(|door| *door == focus)).unwrap_or_default();
        let page = usize::from(area(context).height / 2).max(1);
        let to = match step {
            Move::Up => at.saturating_sub(1),
            Move::Down => at + 1,
            Move::HalfUp => at.saturating_sub(page.div_ceil(2)),
            Move::HalfDown => at + page.div_ceil(2),
            Move::PageUp => at.saturating_sub(page),
            Move::PageDown => at + page,
            Move::First => 0,
            Move::Last => usize::MAX,
            Move::To(row) => usize::try_from(row).unwrap_or(usize::MAX),
        };
        self.focus = doors.get(to.min(doors.len().saturating_sub(1))).copied();
        self.follow(context, &layout);
    }

    /// Moves the focus to the first figure below the heading of another panel, around the ends.
    fn step_panel(&mut self, context: &Context, way: Move) {
        let Some(layout) = self.layout(context) else { return };
        let mut firsts: Vec<Focus> = Vec::new();
        for (focus, _) in layout.doors() {
            match firsts.last_mut().filter(|last| last.panel == focus.panel) {
                Some(first) if focus.at == DoorPlace::FIRST => *first = focus,
                Some(_) => {}
                None => firsts.push(focus),
            }
        }
        let is_current = |first: &Focus| self.focus.is_some_and(|focus| focus.panel == first.panel);
        let at = firsts.iter().position(is_current).unwrap_or_default();
        let to = if way == Move::Down { at + 1 } else { at + firsts.len().saturating_sub(1) };
        self.focus = to.checked_rem(firsts.len()).and_then(|to| firsts.get(to)).copied();
        self.follow(context, &layout);
    }

    /// Keeps the focus on a figure that exists, and in sight.
    fn follow(&mut self, context: &Context, layout: &PanelLayout) {
        let doors = layout.doors();
        let kept = self.focus.and_then(|focus| {
            let of_panel = |(door, _): &&(Focus, &Door)| door.panel == focus.panel && door.at <= focus.at;
            doors.iter().rfind(of_panel)
        });
        let first = || doors.iter().find(|(focus, _)| focus.at == DoorPlace::FIRST).or(doors.first());
        self.focus = kept.or_else(first).map(|(focus, _)| *focus);
        let height = area(context).height.max(1);
        if let Some((first, last)) = self.focus.and_then(|focus| layout.lines_of(focus)) {
            // What belongs to the figure is shown from its end on, if it is higher than the screen.
            self.top = self
                .top
                .max((last + 1).saturating_sub(height))
                .min(first.max((last + 1).saturating_sub(height)));
        }
        self.top = self.top.min(layout.height().saturating_sub(height));
    }

    /// Follows the focus after the figures or the size have changed.
    fn settle(&mut self, context: &Context) {
        if let Some(layout) = self.layout(context) {
            self.follow(context, &layout);
        }
    }

    /// Runs `work` on the figure that has the focus.
    fn on_door(&self, context: &Context, work: impl FnOnce(&Door) -> Ask) -> Vec<Ask> {
        let Some(layout) = self.layout(context) else { return Vec::new() };
        let doors = layout.doors();
        let found = doors.iter().find(|(focus, _)| Some(*focus) == self.focus);
        found.map(|(_, door)| work(door)).into_iter().collect()
    }
}

/// Confirms or rejects the account of a row, by the way of every action.
fn decide(door: &Door, action: AccountAction) -> Ask {
    match door.pending {
        Some(id) => Ask::Submit(Request::Accounts(action.on(AccountSelection::one(id)))),
        None => Ask::refusal("This account does not wait for confirmation."),
    }
}

impl Screen for OverviewScreen {
    fn name(&self) -> &'static str {
        Self::DEF.name
    }

    fn help(&self) -> Vec<Help> {
        KEYS.iter().map(Key::help).collect()
    }

    fn row_noun(&self) -> &'static str {
        "figure"
    }

    fn changes(&self, key: &str) -> bool {
        matches!(find(KEYS, key), Found::Hit(OverviewKey::Confirm | OverviewKey::Reject))
    }

    fn needs_admin(&self, key: &str) -> bool {
        matches!(find(KEYS, key), Found::Hit(OverviewKey::Confirm | OverviewKey::Reject))
    }

    fn takes_text(&self) -> bool {
        false
    }

    fn press(&mut self, context: &Context, press: &Press) -> Answer {
        let Found::Hit(key) = find(KEYS, &press.name) else { return Answer::Pass };
        if self.overview.is_none() && key != OverviewKey::Refresh {
            return if self.asked_at.is_some() { Answer::Wait } else { Answer::Asks(Vec::new()) };
        }
        match key {
            OverviewKey::Open => {
                return Answer::Asks(self.on_door(context, |door| Ask::Go(door.route.clone())));
            }
            OverviewKey::Out => return Answer::Asks(vec![Ask::Press("esc".into())]),
            OverviewKey::Confirm => {
                return Answer::Asks(self.on_door(context, |door| decide(door, AccountAction::Confirm)));
            }
            OverviewKey::Reject => {
                return Answer::Asks(self.on_door(context, |door| decide(door, AccountAction::Reject)));
            }
            OverviewKey::NextPanel => self.step_panel(context, Move::Down),
            OverviewKey::PreviousPanel => self.step_panel(context, Move::Up),
            OverviewKey::Step(step) => self.step(context, step),
            OverviewKey::Refresh => return Answer::Asks(self.read(context)),
        }
        Answer::Asks(Vec::new())
    }

    fn click(&mut self, context: &Context, at: Position) -> Clicked {
        let area = area(context);
        let Some(layout) = self.layout(context).filter(|_| area.contains(at)) else {
            return Clicked::default();
        };
        let place = Position { x: at.x - area.x, y: at.y - area.y + self.top };
        let Some(focus) = layout.door_at(layout::room(context.body), place) else {
            return Clicked::default();
        };
        self.focus = Some(focus);
        self.follow(context, &layout);
        let row = layout.doors().iter().position(|(door, _)| *door == focus);
        Clicked { asks: Vec::new(), row: row.map(|row| row as i64) }
    }

    fn wheel(&mut self, context: &Context, _: Position, wheel: Wheel) -> Vec<Ask> {
        let step = match wheel {
            Wheel::Up => Move::Up,
            Wheel::Down => Move::Down,
        };
        (0..WHEEL_ROWS).for_each(|_| self.step(context, step));
        Vec::new()
    }

    fn paste(&mut self, _: &Context, _: &str) -> Vec<Ask> {
        Vec::new()
    }

    fn reply(&mut self, context: &Context, _: Slot, result: Result<Reply, Failure>) -> Vec<Ask> {
        let took = self.asked_at.take().map_or(Duration::zero(), |asked| context.now - asked);
        self.answered = Some((context.now, took.max(Duration::zero())));
        match result {
            Ok(Reply::Overview(overview)) => self.overview = Some(overview),
            // No other reply answers the request.
            Ok(_) => {}
            Err(failure) => return vec![Ask::ShowError(failure)],
        }
        self.settle(context);
        Vec::new()
    }

    fn open(&mut self, context: &Context, _: Option<&str>) -> Vec<Ask> {
        self.settle(context);
        self.read(context)
    }

    fn refresh(&mut self, context: &Context) -> Vec<Ask> {
        self.settle(context);
        self.is_outdated = true;
        self.wake(context)
    }

    fn wake_at(&self) -> Option<Timestamp> {
        if self.asked_at.is_some() {
            return None;
        }
        if self.is_outdated { self.free_at() } else { self.answered.map(|(at, _)| at + STALE) }
    }

    fn wake(&mut self, context: &Context) -> Vec<Ask> {
        let is_first = self.answered.is_none() && self.is_outdated && self.asked_at.is_none();
        if is_first || self.wake_at().is_some_and(|at| at <= context.now) {
            return self.read(context);
        }
        Vec::new()
    }

    fn go_to(&mut self, context: &Context, row: u64) -> Vec<Ask> {
        self.step(context, Move::To(row));
        Vec::new()
    }

    fn text(&self, context: &Context) -> ScreenText {
        self.layout(context).map_or_else(ScreenText::default, |layout| layout.text(self.focus))
    }

    fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let area = area(context).intersection(frame.area());
        if has_zone_line(context) {
            let zone = Line::styled(format!("{} ", context.zone_name()), theme.quiet()).right_aligned();
            frame.render_widget(zone, Rect { height: 1, ..context.body });
        }
        let Some(layout) = self.layout(context) else {
            if context.waiting || self.asked_at.is_some() {
                bars::line(frame, area, "  Reading the figures", theme.quiet());
            }
            return;
        };
        let drawn = layout.draw(theme, layout::room(context.body), self.focus);
        for y in 0..area.height.min(layout.height().saturating_sub(self.top)) {
            for x in 0..area.width {
                let from = drawn.cell((x, self.top + y));
                if let (Some(from), Some(to)) = (from, frame.buffer_mut().cell_mut((area.x + x, area.y + y)))
                {
                    *to = from.clone();
                }
            }
        }
        let more = |frame: &mut Frame<'_>, y, shape| {
            let place = Rect { x: area.right().saturating_sub(1), y, width: 1, height: 1 };
            frame.render_widget(Line::styled(shape, theme.accent()), place.intersection(area));
        };
        if self.top > 0 {
            more(frame, area.y, theme.shape("↑", "^"));
        }
        if self.top + area.height < layout.height() {
            more(frame, area.bottom().saturating_sub(1), theme.shape("↓", "v"));
        }
    }
}

#[cfg(test)]
mod tests;
