//! Acts: asked about, under way, done, refused.

use crate::domain::user::Field;

use super::*;

fn acts(effects: &[Effect]) -> usize {
    let is_act = |effect: &&Effect| match effect {
        Effect::Perform { request, dry_run, .. } => is_act(request) && !dry_run,
        _ => false,
    };
    effects.iter().filter(is_act).count()
}

#[test]
fn what_is_asked_about_is_first_rehearsed() {
    let mut service = Service::logged_in();
    let effects = service.press("x");
    assert!(matches!(
        &effects[..],
        [Effect::Perform {
            dry_run: true,
            request: Request::Accounts(Accounts::Act { action: AccountAction::Suspend, .. }),
            ..
        }]
    ));
    service.answer();
    service.assert_shows("Suspend user1?");
    service.assert_shows("Ends 2 sessions for good.");
    assert_eq!(acts(&service.press("y")), 1);
    service.assert_hides("Suspend user1?");
}

#[test]
fn a_box_that_is_closed_stops_its_count() {
    let mut service = Service::logged_in();
    let effects = service.press("d");
    let [Effect::Perform { request_id, .. }] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(service.press("<esc>"), [Effect::Cancel(request_id)]);
    service.press("x");
    service.tell(Msg::Done(request_id, Ok(Reply::Done(ActionSummary::new(Action::Deleted)))));
    service.read();
    assert_eq!(acts(&service.press("y")), 0, "the old count is not the new one's");
}

#[test]
fn many_rows_are_accepted_by_their_number_only() {
    let mut service = Service::logged_in();
    service.operate("*d");
    assert_eq!(acts(&service.press("y")), 0);
    service.operate("600");
    assert_eq!(acts(&service.press("<enter>")), 1);
}

#[test]
fn where_nothing_would_change_nothing_is_asked() {
    let mut service = Service::logged_in();
    service.press("x");
    let count = service.open.remove(0);
    let summary = ActionSummary { unchanged: 1, ..ActionSummary::new(Action::Suspended) };
    let rows = CountedRows::one(Some(1));
    service.tell(Msg::Done(count.request_id, Ok(Reply::Counted { summary, rows })));
    service.assert_hides("Suspend user1?");
}

#[test]
fn what_came_to_nothing_has_no_tick() {
    let told = |keys: &str, reply: fn() -> Reply| {
        let mut service = Service::logged_in();
        service.operate("2");
        service.press(keys);
        let asked = service.open.remove(0);
        service.tell(Msg::Done(asked.request_id, Ok(reply())));
        service
    };
    let over = told("x", || Reply::Counted {
        summary: ActionSummary { unchanged: 1, ..ActionSummary::new(Action::Revoked) },
        rows: CountedRows::one(Some(1)),
    });
    over.assert_shows("Nothing to change: 1 is already ended");
    over.assert_hides("✓");
    let none = told("S", || Reply::Done(ActionSummary::new(Action::Swept)));
    none.assert_shows("Nothing to sweep");
    none.assert_hides("✓");
    let some = told("S", || Reply::Done(ActionSummary { sessions: 2, ..ActionSummary::new(Action::Swept) }));
    some.assert_shows("✓ Swept 2 sessions");
}

#[test]
fn what_cannot_be_done_is_said_instead_of_asked() {
    let mut service = Service::logged_in();
    service.press("d");
    let count = service.open.remove(0);
    service.tell(Msg::Done(count.request_id, Err(failure(FailureKind::Refused, "It is the last admin."))));
    service.assert_shows("It is the last admin.");
    service.assert_hides("Delete user1?");
}

#[test]
fn what_is_done_is_said_and_the_rows_are_read_again() {
    let mut service = Service::logged_in();
    assert_eq!(acts(&service.press("c")), 1);
    let summary =
        ActionSummary { accounts: 1, label: Some("user1".into()), ..ActionSummary::new(Action::Confirmed) };
    let effects = service.finish(Ok(Reply::Done(summary)));
    assert!(matches!(requests(&effects)[..], [Request::Accounts(Accounts::List { .. })]));
    service.assert_shows("Confirmed user1");
}

#[test]
fn marks_are_taken_away_by_what_they_were_for() {
    let mut service = Service::logged_in();
    service.operate("<space><space>d");
    service.assert_shows("2 marked");
    service.operate("y");
    service.assert_hides("marked");
}

#[test]
fn notices_go_after_four_seconds() {
    let mut service = Service::logged_in();
    service.operate("c");
    service.assert_shows("Confirmed user1");
    assert_eq!(service.model.wake_at(), Some(service.now + Duration::seconds(4)));
    service.wait(Duration::milliseconds(3_999));
    service.assert_shows("Confirmed user1");
    service.wait(Duration::milliseconds(1));
    service.assert_hides("Confirmed user1");
}

#[test]
fn failures_stay_until_the_next_key() {
    let mut service = Service::logged_in();
    service.press("c");
    service.finish(Err(failure(FailureKind::Unavailable, "The disk is full.").hint("Free some space.")));
    service.wait(Duration::minutes(5));
    service.assert_shows("The disk is full.");
    service.assert_shows("Free some space.");
    service.press("j");
    service.assert_hides("The disk is full.");
}

#[test]
fn a_long_failure_is_told_to_its_end() {
    for size in [(120, 36), (80, 24), (60, 18), (40, 12)] {
        let mut service = Service::logged_in();
        service.size = size;
        service.tell(Msg::Resize(size.0, size.1));
        service.press("u");
        let asked = service.open.pop().unwrap();
        let words = "alan was changed since: status is suspended, not confirmed; email is a@b.example, not b@b.example.";
        let failure = failure(FailureKind::Conflict, words).hint("Look at what was done since.");
        service.tell(Msg::Done(asked.request_id, Err(failure)));
        let told: String = service.seen().split_whitespace().collect();
        assert!(told.contains(&words.replace(' ', "")), "{}", service.seen());
        assert!(told.contains("Lookatwhatwasdonesince."), "{}", service.seen());
        service.press("j");
        service.assert_hides("was changed since");
    }
}

#[test]
fn a_list_that_cannot_be_read_says_why() {
    let mut service = Service::logged_in();
    service.press("R");
    let rows = service.open.remove(0);
    service.tell(Msg::Done(rows.request_id, Err(failure(FailureKind::Unavailable, "The store is damaged."))));
    service.assert_shows("The store is damaged.");
    service.assert_shows("row 1 of 600");
}

#[test]
fn a_refused_form_marks_the_field_and_keeps_what_was_typed() {
    let mut service = Service::logged_in();
    service.press("aGrace<tab>Hopper<tab>grace<tab>grace@nexus.example<enter>");
    let taken = failure(FailureKind::Conflict, "This email is taken.").about(Field::Email);
    assert_eq!(service.finish(Err(taken)), []);
    service.assert_shows("This email is taken.");
    service.assert_shows("Hopper");
    service.operate("<backspace>x<enter>");
    service.assert_hides("Hopper");
}

#[test]
fn a_refusal_about_no_field_stands_at_the_foot_of_the_box() {
    let mut service = Service::logged_in();
    service.press("2");
    service.answer();
    service.press("a<enter>");
    service.finish(Err(failure(FailureKind::NotFound, "There is no such account.")));
    service.assert_shows("Issue a token");
    service.assert_shows("There is no such account.");
}

#[test]
fn two_enters_issue_one_token() {
    let mut service = Service::logged_in();
    service.operate("2");
    assert_eq!(acts(&service.press("a<enter><enter><enter>")), 1);
}

#[test]
fn an_act_before_does_not_close_a_box_opened_since() {
    let mut service = Service::logged_in();
    service.press("caGrace");
    service.finish(Ok(Reply::Done(ActionSummary { accounts: 1, ..ActionSummary::new(Action::Confirmed) })));
    service.assert_shows("Grace");
    service.press("<esc>");
    service.read();
    service.press("ycaGrace");
    service.finish(Err(failure(FailureKind::Refused, "It is refused.")));
    service.press("<tab>Hopper");
    service.assert_shows("Hopper");
}

#[test]
fn a_token_is_shown_once_copied_and_gone() {
    let mut service = Service::logged_in();
    service.operate("2a<enter>");
    service.assert_shows("nxs_secret");
    assert_eq!(service.press("y"), [Effect::Copy("nxs_secret".into())]);
    service.operate("<enter>");
    service.assert_hides("nxs_secret");
}

#[test]
fn a_secret_that_comes_while_the_console_is_locked_waits_behind_the_lock() {
    let mut service = Service::logged_in();
    service.operate("2");
    service.press("a<enter><esc>L");
    service.finish(Ok(usual(
        &Request::Sessions(Sessions::Issue {
            who: crate::domain::user::Who::Id(UserId(1)),
            life: Duration::hours(8),
            label: None,
        }),
        false,
    )));
    service.assert_hides("nxs_secret");
    assert!(!service.press("y").contains(&Effect::Copy("nxs_secret".into())));
    service.operate("<backspace>sesame<enter>");
    service.assert_shows("nxs_secret");
}

#[test]
fn the_password_menu_leads_on() {
    let mut service = Service::logged_in();
    service.operate("jPC");
    service.assert_shows("Make an access code for user2");
    service.operate("<esc>Pp");
    service.assert_shows("Set a password for user2");
    service.operate("<esc>");
    service.operate("Pr");
    service.assert_shows("Revoke the access code of user1?");
    assert_eq!(acts(&service.press("y")), 1);
    service.answer();
    service.operate("gP");
    service.assert_shows("change your password");
}

#[test]
fn a_first_code_is_made_at_once_and_the_next_key_copies_it() {
    for script in ["jPc", "j:access-code<enter>"] {
        let mut service = Service::logged_in();
        service.operate(script);
        service.assert_shows("Access code for user1");
        assert!(service.press("y").iter().any(|effect| matches!(effect, Effect::Copy(_))));
    }
}

#[test]
fn while_a_code_is_made_no_key_reaches_the_list() {
    for script in ["Pc", ":access-code<enter>", ":user access-code user2<enter>"] {
        let mut service = Service::logged_in();
        service.operate("j");
        service.press(script);
        no_key_reaches_the_list(&mut service);
    }
}

#[track_caller]
fn no_key_reaches_the_list(service: &mut Service) {
    while let Some(at) = service.open.iter().position(|open| open.dry_run) {
        let asked = service.open.remove(at);
        let reply = usual(&asked.request, true);
        service.tell(Msg::Done(asked.request_id, Ok(reply)));
    }
    assert_eq!(service.press("yxd"), [], "the code is not there yet");
    service.answer();
    service.assert_shows("Access code for user1");
}

#[test]
fn while_a_code_is_made_the_console_can_be_locked_drawn_again_and_suspended() {
    for script in ["Pc", ":access-code<enter>"] {
        let mut service = Service::logged_in();
        service.operate("j");
        service.press(script);
        service.answer_counts();
        assert_eq!(service.press("<ctrl-l>"), [Effect::Redraw], "{script}");
        assert_eq!(service.press("<ctrl-z>"), [Effect::Suspend], "{script}");
        service.press("L");
        service.answer();
        service.assert_shows("Locked");
        service.assert_hides("Access code for user1");
        service.operate("<backspace>sesame<enter>");
        service.assert_shows("Access code for user1");
    }
}

#[test]
fn a_code_that_replaces_one_is_asked_about_over_the_menu() {
    let mut service = Service::logged_in();
    service.operate("j");
    service.press("Pr");
    service.answer();
    service.assert_shows("Revoke the access code of user1?");
    service.assert_hides("Password of");
    service.operate("<esc>");
    service.assert_shows("Password of user2");
}
