//! Acts as commands: copied, and written into a runbook.

use std::path::PathBuf;

use super::*;

fn line(effects: &[Effect]) -> &str {
    match effects {
        [Effect::Copy(line)] => line,
        other => panic!("{other:?}"),
    }
}

/// Returns the texts that are written into the runbook.
fn written(effects: &[Effect]) -> Vec<&str> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::WriteRunbook(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

/// Returns a console that writes a runbook.
fn recording() -> Service {
    let mut service = Service::logged_in();
    service.press(":record /tmp/a.sh<enter>");
    service.tell(Msg::Recording(Ok(())));
    service
}

/// Confirms the account under the cursor: what comes of the answer.
fn confirm(service: &mut Service, label: &str) -> Vec<Effect> {
    service.wait(Duration::seconds(2));
    service.press("c");
    let summary =
        ActionSummary { accounts: 1, label: Some(label.into()), ..ActionSummary::new(Action::Confirmed) };
    service.finish(Ok(Reply::Done(summary)))
}

#[test]
fn the_last_act_is_copied_as_a_command_from_every_screen() {
    let mut service = Service::logged_in();
    assert_eq!(service.press("Y"), []);
    service.assert_shows("Nothing done yet");
    service.operate("jc");
    service.assert_shows("Y copies the command");
    for screen in ["1", "2", "3"] {
        service.operate(screen);
        assert_eq!(line(&service.press("Y")), "nexus user confirm 2");
    }
}

#[test]
fn what_is_marked_or_shown_is_in_the_command() {
    let mut service = Service::logged_in();
    service.operate("<space><space>xy");
    assert_eq!(line(&service.press("Y")), "nexus user suspend 1 2");
    service.operate("/status:pending<enter>*<space>d600<enter>");
    assert_eq!(
        line(&service.press("Y")),
        "nexus user delete --filter status:pending --except 1 --expect 600"
    );
}

#[test]
fn what_failed_is_not_the_last_act() {
    let mut service = Service::logged_in();
    service.operate("c");
    service.press("jc");
    service.finish(Err(failure(FailureKind::Refused, "It is refused.")));
    assert_eq!(line(&service.press("Y")), "nexus user confirm 1");
}

#[test]
fn a_store_that_commands_would_not_find_is_named() {
    let mut service = Service::logged_in_over(StorePath::Named("/srv/b.db".into()));
    service.operate("c");
    assert_eq!(line(&service.press("Y")), "nexus --store /srv/b.db user confirm 1");
}

#[test]
fn where_it_is_narrow_the_notice_says_what_was_done() {
    let mut service = Service::logged_in();
    service.operate("c");
    service.size = (60, 18);
    service.tell(Msg::Resize(60, 18));
    service.assert_shows("Confirmed user1 · u undoes · Y copies the command");
    confirm(&mut service, "somebody.with-a-name");
    service.assert_shows("Confirmed somebody.with-a-name · u undoes");
    service.assert_hides("Y copies");
}

#[test]
fn a_runbook_begins_with_the_store_and_the_date() {
    let mut service = Service::logged_in();
    let effects = without_saves(service.press(":record /tmp/a.sh<enter>"));
    let [Effect::StartRunbook { file, header }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(*file, PathBuf::from("/tmp/a.sh"));
    insta::assert_snapshot!(header);
    service.tell(Msg::Recording(Ok(())));
    service.assert_shows("Recording to /tmp/a.sh");
    service.assert_shows("● rec");
    for size in [(80, 24), (60, 18), (40, 12)] {
        service.size = size;
        service.tell(Msg::Resize(size.0, size.1));
        service.assert_shows("● rec");
    }
}

#[test]
fn each_act_that_was_done_is_a_step() {
    let mut service = recording();
    let effects = confirm(&mut service, "user1");
    assert_eq!(written(&effects), ["\n# 2026-11-23T12:00:02Z ada: Confirmed user1\nnexus user confirm 1\n"]);
    service.wait(Duration::seconds(2));
    service.press("c");
    let effects = service.finish(Err(failure(FailureKind::Refused, "It is refused.")));
    assert_eq!(written(&effects), Vec::<&str>::new());
}

#[test]
fn what_has_no_command_is_a_comment() {
    let mut service = recording();
    service.operate("gPp");
    service.press("old<tab>seven orange kettles sing<tab>seven orange kettles sing<enter>");
    let effects = service.finish(Ok(Reply::Done(ActionSummary::new(Action::PasswordSet))));
    let [step] = written(&effects)[..] else { panic!("{effects:?}") };
    assert!(step.lines().all(|line| line.is_empty() || line.starts_with("# ")), "{step}");
    assert!(step.ends_with("# no command: only the console does this\n"), "{step}");
    assert!(!step.contains("kettles"));
    service.press("Y");
    service.assert_shows("The last action has no command");
}

#[test]
fn nothing_breaks_out_of_a_comment() {
    let mut service = recording();
    let effects = confirm(&mut service, "a\nrm -rf /\r\u{85}\u{2028}\x1b[2J");
    let [step] = written(&effects)[..] else { panic!("{effects:?}") };
    let lines: Vec<_> = step.lines().collect();
    assert_eq!(lines[0], "");
    assert!(lines[1].starts_with("# ") && lines[1].ends_with("a␊rm -rf /␍<U+0085><U+2028>␛[2J"), "{step:?}");
    assert_eq!(lines[2..], ["nexus user confirm 1"]);
}

#[test]
fn a_runbook_is_ended_by_the_same_word() {
    let mut service = recording();
    service.press(":record /tmp/b.sh<enter>");
    service.assert_shows("Already recording to /tmp/a.sh");
    assert_eq!(without_saves(service.press(":record<enter>")), [Effect::EndRunbook]);
    service.assert_shows("Recorded to /tmp/a.sh");
    service.assert_hides("rec ");
    assert_eq!(written(&confirm(&mut service, "user1")), Vec::<&str>::new());
    assert_eq!(without_saves(service.press(":record<enter>")), []);
    service.assert_shows("Nothing is being recorded");
}

#[test]
fn a_runbook_that_cannot_be_written_is_ended_and_said() {
    let mut service = recording();
    service.tell(Msg::Recording(Err(failure(FailureKind::Other, "Cannot write /tmp/a.sh: it is full."))));
    service.assert_shows("Cannot write /tmp/a.sh: it is full.");
    service.assert_hides("● rec");
    assert_eq!(written(&confirm(&mut service, "user1")), Vec::<&str>::new());
}

#[test]
fn the_next_operator_begins_anew() {
    let mut service = recording();
    confirm(&mut service, "user1");
    service.wait(Duration::seconds(2));
    service.press("c");
    let effects = service.finish(Err(signed_out()));
    assert!(effects.contains(&Effect::EndRunbook), "{effects:?}");
    service.answer();
    service.operate("<ctrl-u>ada<tab>sesame<enter>");
    service.assert_shows("row 1 of 600");
    service.press("Y");
    service.assert_shows("Nothing done yet");
}

#[test]
fn help_names_both() {
    let mut service = Service::logged_in();
    service.operate("?runbook");
    service.assert_shows(":record FILE");
    service.operate("<esc>?as a command");
    service.assert_shows("copy the last action");
}
