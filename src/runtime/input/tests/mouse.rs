//! Reports of the mouse.

use ratatui::layout::Position;

use super::*;

fn pointer(x: u16, y: u16, gesture: Gesture) -> Pointer {
    Pointer { at: Position { x, y }, gesture }
}

#[test]
fn presses_of_the_left_button_and_the_wheel_are_reported_from_the_first_cell_on() {
    let mut script = Script::new();
    script.send("\x1b[<0;1;1M\x1b[<0;1;1m\x1b[<64;500;300M");
    // A report may be torn.
    script.send("\x1b[<65").wait(SPLIT).send(";2;3Mj");
    assert_eq!(
        script.pointers,
        [
            pointer(0, 0, Gesture::Click),
            pointer(499, 299, Gesture::Wheel(Wheel::Up)),
            pointer(1, 2, Gesture::Wheel(Wheel::Down)),
        ]
    );
    assert_eq!(script.end(), [plain('j')]);
}

#[test]
fn other_buttons_modifiers_moves_and_broken_reports_mean_nothing() {
    for report in [
        "1;2;3",
        "2;2;3",
        "4;2;3",
        "8;2;3",
        "16;2;3",
        "32;2;3",
        "35;2;3",
        "66;2;3",
        "68;2;3",
        "128;2;3",
        "0",
        "0;2",
        "0;0;1",
        "0;1;0",
        "0;2;3;4",
        "0;2;99999",
        "0;-1;2",
        "0;:;2",
        "",
        "0;;",
    ] {
        let mut script = Script::new();
        script.send(format!("\x1b[<{report}Mj"));
        assert_eq!(script.pointers, [], "{report}");
        assert_eq!(script.end(), [plain('j')], "{report}");
    }
}
