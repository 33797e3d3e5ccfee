//! Acts as commands: copied, and written into a runbook.

use std::path::PathBuf;

use super::*;

fn line(effects: &[Effect]) -> &str {
    match effects {
        [Effect::Copy(line)] => line,
        other => panic!("{other:?}"),
    }
}

/// What is written into the runbook.
fn written(effects: &[Effect]) -> Vec<&str> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::WriteRunbook(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

/// A console that writes a runbook.
fn recording() -> Desk {
    let mut desk = Desk::logged_in();
    desk.press(":record /tmp/a.sh<enter>");
    desk.tell(Msg::Recording(Ok(())));
    desk
}

/// Confirms the account under the cursor: what comes of the answer.
fn confirm(desk: &mut Desk, label: &str) -> Vec<Effect> {
    desk.wait(Duration::seconds(2));
    desk.press("c");
    let tally = Tally { accounts: 1, label: Some(label.into()), ..Tally::new(Verb::Confirmed) };
    desk.finish(Ok(Reply::Done(tally)))
}

#[test]
fn the_last_act_is_copied_as_a_command_from_every_screen() {
    let mut desk = Desk::logged_in();
    assert_eq!(desk.press("Y"), []);
    desk.assert_shows("Nothing done yet");
    desk.operate("jc");
    desk.assert_shows("Y copies the command");
    for screen in ["1", "2", "3"] {
        desk.operate(screen);
        assert_eq!(line(&desk.press("Y")), "nexus user confirm 2");
    }
}

#[test]
fn what_is_marked_or_shown_is_in_the_command() {
    let mut desk = Desk::logged_in();
    desk.operate("<space><space>xy");
    assert_eq!(line(&desk.press("Y")), "nexus user suspend 1 2");
    desk.operate("/status:pending<enter>*<space>d600<enter>");
    assert_eq!(line(&desk.press("Y")), "nexus user delete --filter status:pending --except 1 --expect 600");
}

#[test]
fn what_failed_is_not_the_last_act() {
    let mut desk = Desk::logged_in();
    desk.operate("c");
    desk.press("jc");
    desk.finish(Err(failure(FailureKind::Refused, "It is refused.")));
    assert_eq!(line(&desk.press("Y")), "nexus user confirm 1");
}

#[test]
fn a_store_that_commands_would_not_find_is_named() {
    let mut desk = Desk::logged_in_over(StorePath::Named("/srv/b.db".into()));
    desk.operate("c");
    assert_eq!(line(&desk.press("Y")), "nexus --store /srv/b.db user confirm 1");
}

#[test]
fn where_it_is_narrow_the_notice_says_what_was_done() {
    let mut desk = Desk::logged_in();
    desk.operate("c");
    desk.size = (60, 18);
    desk.tell(Msg::Resize(60, 18));
    desk.assert_shows("Confirmed user1 · u undoes · Y copies the command");
    confirm(&mut desk, "somebody.with-a-name");
    desk.assert_shows("Confirmed somebody.with-a-name · u undoes");
    desk.assert_hides("Y copies");
}

#[test]
fn a_runbook_begins_with_the_store_and_the_date() {
    let mut desk = Desk::logged_in();
    let effects = desk.press(":record /tmp/a.sh<enter>");
    let [Effect::StartRunbook { file, header }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(*file, PathBuf::from("/tmp/a.sh"));
    insta::assert_snapshot!(header);
    desk.tell(Msg::Recording(Ok(())));
    desk.assert_shows("Recording to /tmp/a.sh");
    desk.assert_shows("● rec");
    for size in [(80, 24), (60, 18), (40, 12)] {
        desk.size = size;
        desk.tell(Msg::Resize(size.0, size.1));
        desk.assert_shows("● rec");
    }
}

#[test]
fn each_act_that_was_done_is_a_step() {
    let mut desk = recording();
    let effects = confirm(&mut desk, "user1");
    assert_eq!(written(&effects), ["\n# 2026-11-23T12:00:02Z ada: Confirmed user1\nnexus user confirm 1\n"]);
    desk.wait(Duration::seconds(2));
    desk.press("c");
    let effects = desk.finish(Err(failure(FailureKind::Refused, "It is refused.")));
    assert_eq!(written(&effects), Vec::<&str>::new());
}

#[test]
fn what_has_no_command_is_a_comment() {
    let mut desk = recording();
    desk.operate("gPp");
    desk.press("old<tab>seven orange kettles sing<tab>seven orange kettles sing<enter>");
    let effects = desk.finish(Ok(Reply::Done(Tally::new(Verb::PasswordSet))));
    let [step] = written(&effects)[..] else { panic!("{effects:?}") };
    assert!(step.lines().all(|line| line.is_empty() || line.starts_with("# ")), "{step}");
    assert!(step.ends_with("# no command: only the console does this\n"), "{step}");
    assert!(!step.contains("kettles"));
    desk.press("Y");
    desk.assert_shows("The last act has no command");
}

#[test]
fn nothing_breaks_out_of_a_comment() {
    let mut desk = recording();
    let effects = confirm(&mut desk, "a\nrm -rf /\r\u{85}\u{2028}\x1b[2J");
    let [step] = written(&effects)[..] else { panic!("{effects:?}") };
    let lines: Vec<_> = step.lines().collect();
    assert_eq!(lines[0], "");
    assert!(lines[1].starts_with("# ") && lines[1].ends_with("a␊rm -rf /␍<U+0085><U+2028>␛[2J"), "{step:?}");
    assert_eq!(lines[2..], ["nexus user confirm 1"]);
}

#[test]
fn a_runbook_is_ended_by_the_same_word() {
    let mut desk = recording();
    desk.press(":record /tmp/b.sh<enter>");
    desk.assert_shows("Recording to /tmp/a.sh already");
    assert_eq!(desk.press(":record<enter>"), [Effect::EndRunbook]);
    desk.assert_shows("Recorded to /tmp/a.sh");
    desk.assert_hides("rec ");
    assert_eq!(written(&confirm(&mut desk, "user1")), Vec::<&str>::new());
    assert_eq!(desk.press(":record<enter>"), []);
    desk.assert_shows("Nothing is being recorded");
}

#[test]
fn a_runbook_that_cannot_be_written_is_ended_and_said() {
    let mut desk = recording();
    desk.tell(Msg::Recording(Err(failure(FailureKind::Other, "Cannot write /tmp/a.sh: it is full."))));
    desk.assert_shows("Cannot write /tmp/a.sh: it is full.");
    desk.assert_hides("● rec");
    assert_eq!(written(&confirm(&mut desk, "user1")), Vec::<&str>::new());
}

#[test]
fn the_next_operator_begins_anew() {
    let mut desk = recording();
    confirm(&mut desk, "user1");
    desk.wait(Duration::seconds(2));
    desk.press("c");
    let effects = desk.finish(Err(signed_out()));
    assert!(effects.contains(&Effect::EndRunbook), "{effects:?}");
    desk.answer();
    desk.operate("<ctrl-u>ada<tab>sesame<enter>");
    desk.assert_shows("row 1 of 600");
    desk.press("Y");
    desk.assert_shows("Nothing done yet");
}

#[test]
fn help_names_both() {
    let mut desk = Desk::logged_in();
    desk.operate("?runbook");
    desk.assert_shows(":record FILE");
    desk.operate("<esc>?as a command");
    desk.assert_shows("copy the last act");
}
