//! The front end in lines: what it says, and how long work is told of and stopped.

use crate::domain::secret::Pasted;
use crate::service::contract::{Directories, DirectorySelector, NextTry};

use super::*;

/// Returns a console in lines at which ada has logged in.
fn in_lines() -> Service {
    let mut service = Service::in_lines();
    service.answer();
    service.lines(&["ada", "sesame"]);
    service
}

impl Service {
    /// Types lines, each with the usual answers.
    fn lines(&mut self, lines: &[&str]) {
        for line in lines {
            self.line(line);
            self.answer();
        }
    }

    fn line(&mut self, line: &str) -> Vec<Effect> {
        self.now += Duration::seconds(1);
        self.tell(Msg::Line(Ok(Pasted::from(line))))
    }

    fn progress(&mut self) -> Option<String> {
        self.model.take_progress().map(|told| told.words)
    }
}

fn rows(service: &Service) -> Vec<String> {
    service.model.page().screen.rows
}

#[test]
fn a_password_that_is_typed_during_a_wait_is_answered_each_time() {
    let mut service = Service::in_lines();
    service.answer();
    service.lines(&["ada"]);
    service.line("wrong");
    let wait = NextTry { from: service.now, wait: Duration::seconds(10) };
    let wrong = failure(FailureKind::Refused, "Wrong username or password.").with_next_try(wait);
    let asked = service.open.remove(0);
    service.tell(Msg::Done(asked.request_id, Err(wrong)));
    assert!(service.model.page().screen.head.contains(&"Next try in 10 s".into()));
    for seconds in [9, 8] {
        assert_eq!(service.line("sesame"), []);
        assert_eq!(service.model.take_notice().unwrap(), format!("Error: Next try in {seconds} s."));
    }
}

#[test]
fn long_work_is_told_after_two_seconds_and_then_every_ten() {
    let mut service = in_lines();
    service.line("c");
    let begun = service.now;
    let request_id = service.open[0].request_id;
    service.tell(Msg::Progress(request_id, Progress { done: 0, total: 1_000 }));
    assert_eq!(service.progress(), None);
    service.now = begun + Duration::seconds(1);
    service.tell(Msg::Progress(request_id, Progress { done: 500, total: 1_000 }));
    assert_eq!(service.progress(), None);
    service.now = begun + Duration::seconds(2);
    service.tell(Msg::Woken);
    assert_eq!(service.progress().unwrap(), "Confirming: 500 of 1,000, 500 a second, 1 s left.");
    assert_eq!(service.progress(), None);
    assert!(service.model.wake_at().unwrap() <= begun + Duration::seconds(12));
    service.now = begun + Duration::seconds(12);
    service.tell(Msg::Woken);
    assert!(service.model.take_progress().is_some_and(|told| !told.is_first));
    service.finish(Err(failure(FailureKind::Refused, "It is refused.")));
    assert_eq!(service.progress(), None);
}

#[test]
fn control_c_stops_work_once_and_then_leaves() {
    let mut service = in_lines();
    assert!(!service.model.can_interrupt());
    service.line("c");
    let request_id = service.open[0].request_id;
    assert!(service.model.can_interrupt());
    assert_eq!(service.tell(Msg::Interrupted), [Effect::Cancel(request_id)]);
    assert_eq!(service.model.take_notice().as_deref(), Some("Stopping"));
    assert!(!service.model.can_interrupt());
}

#[test]
fn control_c_cancels_what_is_still_counted() {
    let mut service = in_lines();
    service.lines(&["*"]);
    let effects = service.line("A");
    let Some(Asked { request_id, dry_run: true, .. }) = service.open.first().cloned() else {
        panic!("{effects:?}")
    };
    assert!(service.model.can_interrupt());
    assert_eq!(service.tell(Msg::Interrupted), [Effect::Cancel(request_id)]);
    assert!(service.model.page().dialog.is_empty() && !service.model.can_interrupt());
}

#[test]
fn states_are_told_in_words_without_shapes() {
    let mut service = in_lines();
    for screen in [":overview", ":users", ":sessions", ":directories", ":journal"] {
        service.lines(&[screen, "Enter"]);
        let page = service.model.page();
        let lines = [page.screen.head, page.screen.rows, page.screen.details, vec![page.about]].concat();
        assert!(lines.len() > 3, "{screen}: {lines:?}");
        let shapes = ['●', '◌', '■', '×', '▲', '▸', '▾', '━', '─', '│', '✓', '█', '▌'];
        let found: Vec<_> = lines.iter().filter(|line| line.contains(shapes)).collect();
        assert!(found.is_empty(), "{screen}: {found:?}");
    }
    service.lines(&[":users"]);
    assert!(rows(&service)[1].starts_with("1. confirmed, "), "{:?}", rows(&service));
}

#[test]
fn a_directory_is_told_with_its_whole_path_and_if_it_is_open() {
    let mut service = in_lines();
    service.lines(&[":directories"]);
    let shown = rows(&service);
    assert!(shown.iter().any(|row| row.contains(" (closed), ")), "{shown:?}");
    assert!(shown.iter().skip(1).all(|row| row.contains("000")), "{shown:?}");
}

#[test]
fn the_keys_that_may_follow_are_told_one_a_line() {
    let mut service = in_lines();
    service.lines(&["o"]);
    let page = service.model.page();
    assert_eq!(page.dialog[0], "After o:");
    assert!(page.dialog.contains(&"p: pending accounts".to_owned()), "{:?}", page.dialog);
    assert_eq!(page.prompt.words, "Key:");
    service.lines(&["p"]);
    assert!(service.model.page().screen.head.contains(&"/ status:pending".to_owned()));
}

#[test]
fn an_empty_line_keeps_a_value_in_a_form_and_asks_for_the_page_elsewhere() {
    let mut service = in_lines();
    assert!(service.model.asks_for_page(" "));
    assert!(!service.model.asks_for_page("j"));
    service.lines(&["e"]);
    assert!(!service.model.asks_for_page(""));
}

#[test]
fn a_number_or_a_key_in_quotes_is_a_text() {
    let mut service = in_lines();
    service.lines(&[":directories", "m"]);
    service.line("user");
    let asked = service.open.remove(0);
    let missing = failure(FailureKind::NotFound, "There is no directory user.");
    service.tell(Msg::Done(asked.request_id, Err(missing)));
    service.answer();
    assert!(service.model.page().dialog.iter().any(|line| line.starts_with("1. ")));
    let effects = service.line("\"1\"");
    let moves = |request: &&Request| matches!(request, Request::Directories(Directories::Move { to: DirectorySelector::Path(to), .. }) if to == "1");
    assert_eq!(requests(&effects).iter().filter(|request| moves(request)).count(), 1, "{effects:?}");
    for (line, name) in
        [("\"Enter\"", "Enter"), ("\"12\"", "12"), ("\"\"a\"\"", "\"a\""), ("\"a\"", "\"a\""), ("12", "12")]
    {
        let mut service = in_lines();
        service.lines(&[":directories", "r"]);
        let effects = service.line(line);
        let renames = |request: &&Request| matches!(request, Request::Directories(Directories::Rename { name: new, .. }) if new == name);
        assert_eq!(
            requests(&effects).iter().filter(|request| renames(request)).count(),
            1,
            "{line}: {effects:?}"
        );
    }
}

#[test]
fn a_target_that_is_not_there_brings_those_that_may_be_meant_with_their_numbers() {
    let mut service = in_lines();
    service.lines(&[":directories", "m"]);
    service.line("user");
    let asked = service.open.remove(0);
    let missing = failure(FailureKind::NotFound, "There is no directory user.");
    service.tell(Msg::Done(asked.request_id, Err(missing)));
    service.answer();
    let dialog = service.model.page().dialog;
    let first = dialog.iter().find(|line| line.starts_with("1. ")).unwrap_or_else(|| panic!("{dialog:?}"));
    let path = first.trim_start_matches("1. ").to_owned();
    let effects = service.line("1");
    let moves_there = |request: &&Request| matches!(request, Request::Directories(Directories::Move { to: DirectorySelector::Path(to), .. }) if *to == path);
    assert_eq!(requests(&effects).iter().filter(|request| moves_there(request)).count(), 1, "{effects:?}");
}
