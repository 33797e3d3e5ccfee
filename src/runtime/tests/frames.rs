//! The frames that a terminal gets from the event loop.

use crate::runtime::RuntimeEvent;
use crate::runtime::canvas::Canvas;
use crate::runtime::diff_backend::DiffBackend;
use crate::runtime::diff_backend::tests::ByteLog;
use crate::tui::effect::Msg;

use super::{Toy, key, now, play};

/// Returns a terminal of four cells whose frames are logged.
fn logged() -> (ByteLog, Canvas<DiffBackend<ByteLog>>) {
    let paper = ByteLog::default();
    let terminal = Canvas::new(DiffBackend::new(paper.clone()), 8, 1);
    (paper, terminal)
}

#[test]
fn every_frame_requests_the_status_of_a_terminal_that_reports_it_and_an_empty_one_does_not() {
    let (paper, mut terminal) = logged();
    let mut toy = Toy { wake_at: Some(now()), ..Toy::default() };
    play(&mut terminal, &mut toy, [RuntimeEvent::StatusReport, key('a'), RuntimeEvent::StatusReport]);
    let bytes = String::from_utf8(paper.take()).unwrap();
    assert_eq!(bytes.matches("\x1b[5n").count(), 2, "{bytes:?}");
    assert_eq!(toy.drawn.get(), 2, "the first frame, and one for the key: a report is no reason to draw");
}

#[test]
fn another_programs_stop_restores_the_terminal_and_the_return_draws_anew() {
    let (paper, mut terminal) = logged();
    let mut toy = Toy { typed: "ab".into(), wake_at: Some(now()), ..Toy::default() };
    let script = [RuntimeEvent::Stop, RuntimeEvent::Msg(Box::new(Msg::Resumed))];
    assert_eq!(play(&mut terminal, &mut toy, script).notes, ["stop", "resume"]);
    let bytes = String::from_utf8(paper.take()).unwrap();
    assert_eq!(bytes.matches("\x1b[2J").count(), 2, "{bytes:?}");
}
