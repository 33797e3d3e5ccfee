//! How whole frames look.

use super::{Desk, Msg, Progress};
use crate::domain::time::Duration;
use crate::tui::effect::Effect;

/// The console at this size after these keys, each with the usual answers.
fn frame(size: (u16, u16), script: &str) -> String {
    let mut desk = Desk::logged_in();
    desk.size = size;
    desk.tell(Msg::Resize(size.0, size.1));
    desk.answer();
    desk.operate(script);
    desk.seen()
}

#[test]
fn the_log_in() {
    for size in [(80, 24), (40, 12)] {
        let mut desk = Desk::new(size);
        desk.answer();
        desk.operate("ada");
        insta::assert_snapshot!(format!("log_in_{}x{}", size.0, size.1), desk.seen());
    }
}

#[test]
fn the_lists() {
    insta::assert_snapshot!("users_120x16", frame((120, 16), ""));
    insta::assert_snapshot!("users_40x12", frame((40, 12), "jj<space>"));
    insta::assert_snapshot!("sessions_80x14", frame((80, 14), "2/user:ada<enter>"));
    insta::assert_snapshot!("directories_60x18", frame((60, 18), "3j"));
}

#[test]
fn the_journal() {
    for size in [(120, 36), (80, 24), (60, 18), (40, 12)] {
        let name = |what| format!("journal_{what}_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name("list"), frame(size, "4"));
        insta::assert_snapshot!(name("entry"), frame(size, "4j<enter>"));
    }
}

#[test]
fn the_bin() {
    for size in [(120, 36), (80, 24), (60, 18), (40, 12)] {
        let name = |what| format!("bin_{what}_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name("board"), frame(size, "ot"));
        insta::assert_snapshot!(name("bundle"), frame(size, "otj<enter>"));
        insta::assert_snapshot!(name("purge"), frame(size, "otDuse"));
    }
}

#[test]
fn long_work() {
    for size in [(120, 36), (80, 24), (60, 18)] {
        let mut desk = Desk::logged_in();
        desk.size = size;
        desk.tell(Msg::Resize(size.0, size.1));
        desk.answer();
        desk.operate("*");
        desk.press("A");
        desk.answer();
        let effects = desk.press("600<enter>");
        let Some(Effect::Perform { ticket, .. }) = effects.last() else { panic!("{effects:?}") };
        desk.tell(Msg::Progress(*ticket, Progress { done: 0, total: 50_000 }));
        desk.now += Duration::milliseconds(4_500);
        desk.tell(Msg::Progress(*ticket, Progress { done: 12_345, total: 50_000 }));
        insta::assert_snapshot!(format!("long_work_{}x{}", size.0, size.1), desk.seen());
    }
}

#[test]
fn the_boxes() {
    insta::assert_snapshot!("help_80x24", frame((80, 24), "?"));
    insta::assert_snapshot!("add_80x24", frame((80, 24), "a"));
    insta::assert_snapshot!("token_80x24", frame((80, 24), "2a<enter>"));
}

#[test]
fn the_boxes_that_ask() {
    for size in [(120, 36), (80, 24), (60, 18), (40, 12)] {
        let name = |what| format!("{what}_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name("suspend"), frame(size, "x"));
        insta::assert_snapshot!(name("delete_many"), frame(size, "*d60"));
    }
    insta::assert_snapshot!("delete_many_typed_60x18", frame((60, 18), "*d600"));
    insta::assert_snapshot!("edit_asks_80x24", frame((80, 24), "e<backtab><right><enter>"));
}

#[test]
fn a_count_that_takes_long() {
    let mut desk = Desk::logged_in();
    desk.press("x");
    desk.wait(Duration::milliseconds(150));
    insta::assert_snapshot!("counting_80x24", desk.seen());
}
