//! Notices at the foot of the screen can be read in full at every size, and hide no question.

use ratatui::style::Modifier;

use crate::domain::config::Registration;
use crate::service::contract::NotUndone;

use super::*;

const SIZES: [(u16, u16); 4] = [(40, 10), (40, 12), (60, 18), (80, 24)];

/// Returns a path that a message quotes as it is.
fn long_path() -> String {
    format!("/srv/{}/nexus.db", "a-folder/".repeat(20))
}

/// Returns the words for a file with two names, as the store says them.
fn linked() -> Failure {
    let path = long_path();
    let message = format!("The file {path} has 2 names (hard links), so it is opened for reading only.");
    let fix = format!(
        "end every program that uses it, then make this name a file of its own: \
         cp -p {path} {path}.single && mv {path}.single {path} (the names: find / -xdev -samefile {path})"
    );
    Failure::new(FailureKind::Unavailable, message).hint(fix)
}

fn in_size(size: (u16, u16)) -> Service {
    let mut service = Service::new(size);
    service.answer();
    service.press("ada<tab>sesame<enter>");
    service.answer();
    service
}

/// Returns the lines between title and footer, without blanks.
fn body(service: &Service) -> String {
    let seen = service.seen();
    let lines: Vec<_> = seen.lines().collect();
    lines[1..lines.len() - 1].concat().split_whitespace().collect()
}

/// Returns the text of a box, without blanks.
fn inside(service: &Service) -> String {
    let seen = service.seen();
    let lines = seen.lines().filter_map(|line| Some(line.split_once('│')?.1.rsplit_once('│')?.0));
    lines.collect::<String>().split_whitespace().collect()
}

/// Reads a notice to its end, by the key that reads on.
fn read_on(service: &mut Service) -> String {
    let mut read = Vec::new();
    loop {
        let seen = service.seen();
        let mut lines: Vec<_> = seen.lines().map(str::to_owned).collect();
        lines.remove(0);
        lines.pop();
        if !lines.last().unwrap().contains("reads on") {
            read.extend(lines);
            break;
        }
        let counts = lines.pop().unwrap();
        for line in lines {
            if read.last() != Some(&line) || line.is_empty() {
                read.push(line);
            }
        }
        let counts: Vec<u64> = counts.split(' ').filter_map(|word| word.parse().ok()).collect();
        if counts[0] == counts[1] {
            break;
        }
        service.press("<pagedown>");
    }
    read.concat().split_whitespace().collect()
}

#[test]
fn the_longest_messages_are_read_whole_at_every_size() {
    for size in SIZES {
        for failure in [linked(), Failure::new(FailureKind::Conflict, "It is taken.".repeat(40))] {
            let mut service = in_size(size);
            service.press("d");
            let asked = service.open.pop().unwrap();
            service.tell(Msg::Done(asked.request_id, Err(failure.clone())));
            // What was read of one page may stand on the next one too: each piece is looked for by itself.
            let read = read_on(&mut service);
            let words = format!("{} {}", failure.message, failure.hint.unwrap_or_default());
            for word in words.split_whitespace().flat_map(|word| word.split_inclusive('/')) {
                let word = word.trim_end_matches(['.', '&']);
                assert!(read.contains(word), "{size:?}: no {word} in {read}");
            }
            let title = service.seen().lines().next().unwrap().to_owned();
            assert!(title.contains("Users"), "{title}");
            service.press("j");
            assert!(!body(&service).contains("readson") && !body(&service).contains('×'), "{size:?}");
        }
    }
}

#[test]
fn keys_that_read_on_move_no_cursor_and_others_take_it_away() {
    let mut service = in_size((40, 12));
    service.press("d");
    let asked = service.open.pop().unwrap();
    service.tell(Msg::Done(asked.request_id, Err(linked())));
    let first = service.seen();
    service.press("<down><down>");
    assert_ne!(service.seen(), first);
    service.press("<up><up><up>");
    assert_eq!(service.seen(), first);
    service.press("<esc>");
    service.assert_shows("row 1 of 600");
    // One that is short is taken away by any key, which is also pressed.
    service.press("d");
    let asked = service.open.pop().unwrap();
    service.tell(Msg::Done(asked.request_id, Err(failure(FailureKind::Conflict, "It is gone."))));
    service.assert_shows("It is gone.");
    service.operate("<down>");
    service.assert_shows("row 2 of 600");
}

#[test]
fn what_was_done_is_said_whole_with_the_way_back() {
    for size in SIZES {
        let mut service = in_size(size);
        service.press("*x");
        service.answer();
        service.press("600<enter>");
        let summary = ActionSummary {
            accounts: 12_345,
            sessions: 234_567,
            directories: 98_765,
            ended: 3,
            unchanged: 1_234,
            vanished: 17,
            own: Own::LeftOut,
            ..ActionSummary::new(Action::Suspended)
        };
        service.finish(Ok(Reply::Done(summary.clone())));
        let body = body(&service);
        for words in [summary.done(), "u undoes the rest".into()] {
            let words: String = words.split_whitespace().collect();
            assert!(body.contains(&words), "{size:?}: no {words} in {body}");
        }
    }
}

#[test]
fn what_an_undo_left_stays_until_a_key_with_its_reason() {
    for size in SIZES {
        let mut service = in_size(size);
        service.press("u");
        service.answer_counts();
        let why = "p3 was changed since: status is suspended, not confirmed.".to_owned();
        let left = vec![NotUndone { entry: 9, why }];
        let of = Some(Action::Confirmed);
        let summary = ActionSummary {
            accounts: 29,
            of,
            vanished: 1,
            not_undone: left,
            ..ActionSummary::new(Action::Undone)
        };
        service.finish(Ok(Reply::Done(summary)));
        service.answer();
        service.wait(Duration::minutes(1));
        let body = body(&service);
        assert!(body.contains("▲Undidconfirmof29accounts;1isleftasitis:p3waschangedsince"), "{body}");
        assert!(body.contains("Ctrl-rredoesit"), "{body}");
        service.operate("j");
        service.assert_hides("left as");
    }
}

#[test]
fn a_message_never_hides_a_question() {
    for size in SIZES {
        let mut service = in_size(size);
        service.press("x");
        service.answer();
        service.tell(Msg::Recording(Err(linked())));
        service.assert_shows("Cancel");
        service.operate("<esc>");
        service.assert_hides("Cancel");
        assert!(body(&service).contains("hardlinks"), "it is there to be read when the question is gone");
    }
}

#[test]
fn why_a_form_is_refused_is_read_whole_at_every_size() {
    for size in SIZES {
        let mut service = in_size(size);
        service.press("e<ctrl-u>Augusta<enter>");
        service.finish(Err(linked()));
        let read = read_on(&mut service);
        assert!(read.contains("hardlinks") && read.contains("-samefile"), "{size:?} {read}");
        service.press("<esc>");
    }
}

#[test]
fn why_nobody_can_log_in_is_read_whole_at_every_size() {
    for size in SIZES {
        for failure in
            [linked(), failure(FailureKind::Unavailable, "The store is busy, and it stays so for long.")]
        {
            let mut service = Service::new(size);
            service.answer();
            service.press("ada<tab>sesame<enter>");
            let asked = service.open.pop().unwrap();
            service.tell(Msg::Done(asked.request_id, Err(failure.clone())));
            let read = read_on(&mut service);
            let words = format!("{} {}", failure.message, failure.hint.unwrap_or_default());
            for word in words.split_whitespace().flat_map(|word| word.split_inclusive('/')) {
                assert!(read.contains(word.trim_end_matches(['.', '&'])), "{size:?}: no {word} in {read}");
            }
        }
    }
}

#[test]
fn what_is_wrong_with_a_filter_is_read_whole_at_every_size() {
    for size in SIZES {
        let mut service = in_size(size);
        service.press("/colour:red");
        let body = body(&service);
        assert!(body.contains("×unknownkeycolour:"), "{size:?} {body}");
    }
}

#[test]
fn what_a_menu_offers_is_read_whole_at_every_size() {
    for size in SIZES {
        let mut service = in_size(size);
        service.operate("jP");
        assert!(inside(&service).contains("(tobechangedatlog-in)"), "{size:?} {}", service.seen());
    }
}

#[test]
fn the_match_under_the_cursor_shows_at_every_size() {
    for size in SIZES {
        let mut service = in_size(size);
        service.operate(":s");
        for _ in 0..8 {
            service.operate("<down>");
            let terminal = service.draw(size);
            let buffer = terminal.backend().buffer();
            let reversed = |y: u16| {
                (0..size.0).filter(move |x| buffer[(*x, y)].modifier.contains(Modifier::REVERSED)).count()
                    > 10
            };
            let seen = service.seen();
            let rows = seen.lines().enumerate().filter(|(_, line)| line.contains('│')).map(|(y, _)| y as u16);
            assert!(rows.into_iter().any(reversed), "{size:?}: no cursor in\n{seen}");
        }
    }
}

#[test]
fn the_titles_of_boxes_escape_hostile_names_once() {
    let mut service = in_size((80, 24));
    service.press("x");
    let asked = service.open.pop().unwrap();
    let summary = ActionSummary { label: Some("a\u{202e}b\u{1b}c".into()), ..summary(&asked.request) };
    let rows = rows(&asked.request);
    service.tell(Msg::Done(asked.request_id, Ok(Reply::Counted { summary, rows })));
    service.assert_shows("Suspend a<U+202E>b␛c?");
    service.press("<esc>");
    service.operate("a");
    let secret = Secret::from_text("ABCD-1234").unwrap();
    let summary = ActionSummary { label: Some("a\u{202e}b".into()), ..ActionSummary::new(Action::CodeMade) };
    service.press("<esc>");
    service.press("c");
    service.finish(Ok(Reply::Secret { summary, secret, expires_at: now() }));
    service.assert_shows("Access code for a<U+202E>b");
}

#[test]
fn the_way_back_in_is_read_at_every_size() {
    for size in SIZES {
        let mut service = Service::new(size);
        let asked = service.open.pop().unwrap();
        let status = StoreStatus {
            store: "/srv/nexus.db".into(),
            admins: Admins::NoneNow,
            sound_at: None,
            registration: Registration::Closed,
        };
        service.tell(Msg::Done(asked.request_id, Ok(Reply::StoreStatus(status))));
        for script in ["", "ada<tab>sesame<enter>"] {
            service.press(script);
            let body = body(&service);
            assert!(body.contains("Thewaybackin:nexusrecoverWHO"), "{size:?} {}", service.seen());
            assert!(body.contains("Usernameoremail") && body.contains("Password"), "{}", service.seen());
        }
        service.open.clear();
    }
}

#[test]
fn a_token_shows_with_its_keys_at_every_size() {
    for size in SIZES {
        let mut service = in_size(size);
        service.press("c");
        let token = format!("nxs_{}", "x".repeat(43));
        let secret = Secret::from_text(&token).unwrap();
        let summary = ActionSummary { label: Some("alan".into()), ..ActionSummary::new(Action::Issued) };
        service.finish(Ok(Reply::Secret { summary, secret, expires_at: now() }));
        let body = inside(&service);
        for words in [token.as_str(), "Gooduntil", "Itisshownonlynow."] {
            assert!(body.contains(words), "{size:?}: no {words} in {}", service.seen());
        }
        service.assert_shows("y copy   Enter close");
    }
}
