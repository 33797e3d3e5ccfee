//! Reports of the mouse (xterm: SGR mouse mode, 1006).

use ratatui::layout::Position;

use crate::tui::pointer::{Gesture, Pointer, Wheel};

/// Returns what `CSI < BUTTON ; COLUMN ; ROW M` reports. Other buttons, buttons with a modifier, and moves mean nothing.
pub(super) fn report(parameters: &[u8]) -> Option<Pointer> {
    let mut fields = str::from_utf8(parameters).ok()?.split(';');
    let gesture = match fields.next()? {
        "0" => Gesture::Click,
        "64" => Gesture::Wheel(Wheel::Up),
        "65" => Gesture::Wheel(Wheel::Down),
        _ => return None,
    };
    // Columns and rows count from 1.
    let mut place = || fields.next()?.parse::<u16>().ok()?.checked_sub(1);
    let at = Position { x: place()?, y: place()? };
    fields.next().is_none().then_some(Pointer { at, gesture })
}
