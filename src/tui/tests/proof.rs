//! The password asked again before a grave action, in the box that asks about it.

use crate::service::contract::ProofAge;

use super::*;

/// Returns a console at which ada logged in ten minutes ago.
fn stale() -> Service {
    let mut service = Service::logged_in();
    service.wait(Duration::minutes(10));
    service.answer();
    service
}

fn proofs(effects: &[Effect]) -> Vec<&Secret> {
    fn password(request: &Request) -> Option<&Secret> {
        if let Request::SignIn(SignIn::Prove(password)) = request { Some(password) } else { None }
    }
    requests(effects).into_iter().filter_map(password).collect()
}

fn acts(effects: &[Effect]) -> usize {
    let is_one = |effect: &&Effect| matches!(effect, Effect::Perform { request, dry_run: false, .. } if is_act(request));
    effects.iter().filter(is_one).count()
}

#[test]
fn a_grave_act_asks_in_the_same_box_and_is_done_once_the_password_is_right() {
    let mut service = stale();
    service.operate("jA");
    service.assert_shows("user1?");
    service.assert_shows("Your password:");
    assert_eq!(requests(&service.press("y")), [&Request::Overview; 0], "a letter is part of the password");
    service.press("<backspace>");
    let effects = service.press("sesame<enter>");
    assert_eq!(proofs(&effects), [&Secret::from_text("sesame").unwrap()]);
    assert_eq!(acts(&effects), 0);
    assert_eq!(service.press("x<enter>"), [], "it is being checked");
    let asked = service.open.remove(0);
    let effects = service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(operator(1)))));
    assert_eq!(acts(&effects), 1);
    service.answer();
    service.assert_hides("Your password:");
    service.operate("jA");
    service.assert_hides("Your password:");
}

#[test]
fn a_wrong_password_keeps_the_box_and_does_nothing() {
    let mut service = stale();
    service.operate("jA");
    service.press("wrong<enter>");
    let asked = service.open.remove(0);
    let wrong = failure(FailureKind::Refused, "Wrong password.");
    let effects = service.tell(Msg::Done(asked.request_id, Err(wrong)));
    assert_eq!(effects, []);
    service.assert_shows("Wrong password.");
    service.assert_shows("[ Cancel ]");
    service.assert_shows("Your password: ▏");
    service.press("right<enter>");
    let asked = service.open.remove(0);
    let effects = service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(operator(1)))));
    assert_eq!(acts(&effects), 1);
}

#[test]
fn an_act_that_is_not_grave_asks_for_no_password() {
    let mut service = stale();
    service.operate("x");
    service.assert_shows("Suspend user1?");
    service.assert_hides("Your password:");
    assert_eq!(acts(&service.press("y")), 1);
}

#[test]
fn a_recent_proof_is_enough_and_one_that_gets_old_meanwhile_is_not() {
    let mut service = Service::logged_in();
    service.now = now() + Duration::minutes(4);
    service.tell(Msg::Woken);
    service.operate("jA");
    service.assert_hides("Your password:");
    service.now += Duration::minutes(2);
    assert_eq!(acts(&service.press("y")), 0);
    service.read();
    service.assert_shows("Your password:");
    service.press("sesame<enter>");
    let asked = service.open.remove(0);
    let effects = service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(operator(1)))));
    assert_eq!(acts(&effects), 1);
}

#[test]
fn unlocking_is_a_proof() {
    let mut service = stale();
    service.operate("Lsesame<enter>");
    service.operate("jA");
    service.assert_hides("Your password:");
}

#[test]
fn with_an_age_of_zero_every_grave_act_asks() {
    let start = Service::start(StorePath::Usual("/srv/nexus.db".into()), (80, 24), None);
    let mut service = Service::of(StartupOptions { proof_age: ProofAge(Duration::zero()), ..start });
    service.log_in();
    for _ in 0..2 {
        service.operate("jA");
        service.assert_shows("Your password:");
        service.press("sesame<enter>");
        let asked = service.open.remove(0);
        let effects = service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(operator(1)))));
        assert_eq!(acts(&effects), 1);
        service.answer();
        service.now += Duration::seconds(2);
    }
}

#[test]
fn a_purge_asks_for_the_name_and_then_for_the_password() {
    let mut service = stale();
    service.operate("otD");
    service.assert_shows("Your password:");
    service.assert_shows("type user1");
    service.operate("user1");
    service.assert_shows("[ go on ]");
    assert_eq!(requests(&service.press("<enter>")), [&Request::Overview; 0]);
    service.assert_shows("Your password: ▏");
    let effects = service.press("sesame<enter>");
    assert_eq!(proofs(&effects).len(), 1);
    let asked = service.open.remove(0);
    let effects = service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(operator(1)))));
    assert_eq!(acts(&effects), 1);
}

#[test]
fn what_needs_no_question_gets_one_for_the_password() {
    let mut service = stale();
    service.operate("jPC<enter>");
    service.assert_shows("Make an access code for");
    service.assert_shows("Your password:");
    service.press("<esc>");
    service.assert_shows("Good for");
    service.assert_hides("Your password:");
}

#[test]
fn the_password_can_be_pasted_and_shown_and_enter_alone_cancels() {
    let mut service = stale();
    service.operate("jA");
    service.now += Duration::seconds(1);
    service.tell(Msg::Paste("kettles\n".into()));
    service.assert_hides("kettles");
    service.press("<f2>");
    service.assert_shows("kettles");
    service.tell(Msg::Paste("a\nb".into()));
    service.assert_shows("control character");
    service.press("<ctrl-u>");
    assert!(proofs(&service.press("<enter>")).is_empty());
    service.assert_hides("Your password:");
}

#[test]
fn the_key_that_opened_the_box_answers_nothing_in_it() {
    let mut service = stale();
    service.press("jA");
    service.answer_counts();
    let effects = service.press("sesame<enter>");
    assert!(proofs(&effects).is_empty(), "the box is not drawn yet");
}

#[test]
fn esc_and_a_lock_take_the_question_back_while_the_password_is_checked() {
    for script in ["<esc>", "lock"] {
        let mut service = stale();
        service.operate("jA");
        service.press("sesame<enter>");
        let asked = service.open[0].clone();
        if script == "lock" {
            service.wait(Duration::minutes(15));
        } else {
            service.press(script);
        }
        let effects = service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(operator(1)))));
        assert_eq!(acts(&effects), 0, "{script}");
        service.assert_hides("Your password:");
    }
}

#[test]
fn an_act_that_came_too_late_is_not_done_and_the_next_one_asks() {
    let mut service = Service::logged_in();
    service.operate("jA");
    service.press("y");
    service.finish(Err(failure(FailureKind::ProofNeeded, "Your password is needed again for this.")));
    service.assert_shows("Your password is needed again");
    service.now += Duration::seconds(2);
    service.operate("A");
    service.assert_shows("Your password:");
}

#[test]
fn in_lines_the_password_is_a_secret_line() {
    let start = Service::start(StorePath::Usual("/srv/nexus.db".into()), (80, 24), None);
    let mut service = Service::of(start.clone());
    service.model = Model::new(start).in_lines();
    service.open.clear();
    let effects = service.model.begin();
    service.note(&effects);
    service.log_in();
    service.now += Duration::minutes(10);
    service.tell(Msg::Line(Ok("A".into())));
    service.answer();
    let page = service.model.page();
    assert!(page.prompt.is_secret && page.prompt.words.contains("type your password"), "{:?}", page.prompt);
    let effects = service.tell(Msg::Line(Ok(" y es ".into())));
    assert_eq!(proofs(&effects), [&Secret::from_text(" y es ").unwrap()]);
    let asked = service.open.remove(0);
    service.tell(Msg::Done(asked.request_id, Err(failure(FailureKind::Refused, "Wrong password."))));
    assert!(service.model.page().dialog.contains(&"Wrong password.".to_owned()));
    let effects = service.tell(Msg::Line(Ok("esc".into())));
    assert_eq!(acts(&effects), 0);
    assert!(!service.model.page().prompt.is_secret);
}
