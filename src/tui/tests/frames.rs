//! Snapshots of whole frames.

use crate::domain::time::Duration;
use crate::tui::effect::Effect;

use super::{Msg, Progress, Service};

/// Returns the frame at this size after these keys, each with the usual replies.
fn frame(size: (u16, u16), script: &str) -> String {
    let mut service = Service::logged_in();
    service.size = size;
    service.tell(Msg::Resize(size.0, size.1));
    service.answer();
    service.operate(script);
    service.seen()
}

#[test]
fn the_log_in() {
    for size in [(80, 24), (40, 12)] {
        let mut service = Service::new(size);
        service.answer();
        service.operate("ada");
        insta::assert_snapshot!(format!("log_in_{}x{}", size.0, size.1), service.seen());
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
        let mut service = Service::logged_in();
        service.size = size;
        service.tell(Msg::Resize(size.0, size.1));
        service.answer();
        service.operate("*");
        service.press("A");
        service.answer();
        let effects = service.press("600<enter>");
        let Some(Effect::Perform { request_id, .. }) = effects.last() else { panic!("{effects:?}") };
        service.tell(Msg::Progress(*request_id, Progress { done: 0, total: 50_000 }));
        service.now += Duration::milliseconds(4_500);
        service.tell(Msg::Progress(*request_id, Progress { done: 12_345, total: 50_000 }));
        insta::assert_snapshot!(format!("long_work_{}x{}", size.0, size.1), service.seen());
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
    let mut service = Service::logged_in();
    service.press("x");
    service.wait(Duration::milliseconds(150));
    insta::assert_snapshot!("counting_80x24", service.seen());
}
