//! Acts: asked about, under way, done, refused.

use super::*;
use crate::domain::user::Field;

fn acts(effects: &[Effect]) -> usize {
    let is_act = |effect: &&Effect| match effect {
        Effect::Perform { request, rehearsal, .. } => is_act(request) && !rehearsal,
        _ => false,
    };
    effects.iter().filter(is_act).count()
}

#[test]
fn what_is_asked_about_is_first_rehearsed() {
    let mut desk = Desk::logged_in();
    let effects = desk.press("x");
    assert!(matches!(
        &effects[..],
        [Effect::Perform { rehearsal: true, request: Request::Accounts(Accounts::Suspend(_)), .. }]
    ));
    desk.answer();
    desk.assert_shows("Suspend user1?");
    desk.assert_shows("2 sessions end and stay ended");
    assert_eq!(acts(&desk.press("y")), 1);
    desk.assert_hides("Suspend user1?");
}

#[test]
fn a_box_that_is_closed_stops_its_count() {
    let mut desk = Desk::logged_in();
    let effects = desk.press("d");
    let [Effect::Perform { ticket, .. }] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(desk.press("<esc>"), [Effect::Cancel(ticket)]);
    desk.press("x");
    desk.tell(Msg::Done(ticket, Ok(Reply::Done(Tally::new(Verb::Deleted)))));
    desk.read();
    assert_eq!(acts(&desk.press("y")), 0, "the old count is not the new one's");
}

#[test]
fn many_rows_are_accepted_by_their_number_only() {
    let mut desk = Desk::logged_in();
    desk.operate("*d");
    assert_eq!(acts(&desk.press("y")), 0);
    desk.operate("600");
    assert_eq!(acts(&desk.press("<enter>")), 1);
}

#[test]
fn where_nothing_would_change_nothing_is_asked() {
    let mut desk = Desk::logged_in();
    desk.press("x");
    let count = desk.open.remove(0);
    let tally = Tally { unchanged: 1, ..Tally::new(Verb::Suspended) };
    let rows = CountedRows::one(Some(1));
    desk.tell(Msg::Done(count.ticket, Ok(Reply::Counted { tally, rows })));
    desk.assert_hides("Suspend user1?");
}

#[test]
fn what_came_to_nothing_has_no_tick() {
    let told = |keys: &str, reply: fn() -> Reply| {
        let mut desk = Desk::logged_in();
        desk.operate("2");
        desk.press(keys);
        let asked = desk.open.remove(0);
        desk.tell(Msg::Done(asked.ticket, Ok(reply())));
        desk
    };
    let over = told("x", || Reply::Counted {
        tally: Tally { unchanged: 1, ..Tally::new(Verb::Revoked) },
        rows: CountedRows::one(Some(1)),
    });
    over.assert_shows("Nothing to change: 1 is so already");
    over.assert_hides("✓");
    let none = told("S", || Reply::Done(Tally::new(Verb::Swept)));
    none.assert_shows("Nothing to sweep");
    none.assert_hides("✓");
    let some = told("S", || Reply::Done(Tally { sessions: 2, ..Tally::new(Verb::Swept) }));
    some.assert_shows("✓ Swept 2 sessions");
}

#[test]
fn what_cannot_be_done_is_said_instead_of_asked() {
    let mut desk = Desk::logged_in();
    desk.press("d");
    let count = desk.open.remove(0);
    desk.tell(Msg::Done(count.ticket, Err(failure(FailureKind::Refused, "It is the last admin."))));
    desk.assert_shows("It is the last admin.");
    desk.assert_hides("Delete user1?");
}

#[test]
fn what_is_done_is_said_and_the_rows_are_read_again() {
    let mut desk = Desk::logged_in();
    assert_eq!(acts(&desk.press("c")), 1);
    let tally = Tally { accounts: 1, label: Some("user1".into()), ..Tally::new(Verb::Confirmed) };
    let effects = desk.finish(Ok(Reply::Done(tally)));
    assert!(matches!(requests(&effects)[..], [Request::Accounts(Accounts::List { .. })]));
    desk.assert_shows("Confirmed user1");
}

#[test]
fn marks_are_taken_away_by_what_they_were_for() {
    let mut desk = Desk::logged_in();
    desk.operate("<space><space>d");
    desk.assert_shows("2 marked");
    desk.operate("y");
    desk.assert_hides("marked");
}

#[test]
fn notices_go_after_four_seconds() {
    let mut desk = Desk::logged_in();
    desk.operate("c");
    desk.assert_shows("Confirmed user1");
    assert_eq!(desk.model.wake_at(), Some(desk.now + Duration::seconds(4)));
    desk.wait(Duration::milliseconds(3_999));
    desk.assert_shows("Confirmed user1");
    desk.wait(Duration::milliseconds(1));
    desk.assert_hides("Confirmed user1");
}

#[test]
fn failures_stay_until_the_next_key() {
    let mut desk = Desk::logged_in();
    desk.press("c");
    desk.finish(Err(failure(FailureKind::Unavailable, "The disk is full.").hint("Free some space.")));
    desk.wait(Duration::minutes(5));
    desk.assert_shows("The disk is full.");
    desk.assert_shows("Free some space.");
    desk.press("j");
    desk.assert_hides("The disk is full.");
}

#[test]
fn a_long_failure_is_told_to_its_end() {
    for size in [(120, 36), (80, 24), (60, 18), (40, 12)] {
        let mut desk = Desk::logged_in();
        desk.size = size;
        desk.tell(Msg::Resize(size.0, size.1));
        desk.press("u");
        let asked = desk.open.pop().unwrap();
        let words = "alan was changed since: status is suspended, not confirmed; email is a@b.example, not b@b.example.";
        let failure = failure(FailureKind::Conflict, words).hint("Look at what was done since.");
        desk.tell(Msg::Done(asked.ticket, Err(failure)));
        let told: String = desk.seen().split_whitespace().collect();
        assert!(told.contains(&words.replace(' ', "")), "{}", desk.seen());
        assert!(told.contains("Lookatwhatwasdonesince."), "{}", desk.seen());
        desk.press("j");
        desk.assert_hides("was changed since");
    }
}

#[test]
fn a_list_that_cannot_be_read_says_why() {
    let mut desk = Desk::logged_in();
    desk.press("R");
    let rows = desk.open.remove(0);
    desk.tell(Msg::Done(rows.ticket, Err(failure(FailureKind::Unavailable, "The store is damaged."))));
    desk.assert_shows("The store is damaged.");
    desk.assert_shows("row 1 of 600");
}

#[test]
fn a_refused_form_marks_the_field_and_keeps_what_was_typed() {
    let mut desk = Desk::logged_in();
    desk.press("aGrace<tab>Hopper<tab>grace<tab>grace@nexus.example<enter>");
    let taken = failure(FailureKind::Conflict, "This email is taken.").about(Field::Email);
    assert_eq!(desk.finish(Err(taken)), []);
    desk.assert_shows("This email is taken.");
    desk.assert_shows("Hopper");
    desk.operate("<backspace>x<enter>");
    desk.assert_hides("Hopper");
}

#[test]
fn a_refusal_about_no_field_stands_at_the_foot_of_the_box() {
    let mut desk = Desk::logged_in();
    desk.press("2");
    desk.answer();
    desk.press("a<enter>");
    desk.finish(Err(failure(FailureKind::NotFound, "There is no such account.")));
    desk.assert_shows("Issue a token");
    desk.assert_shows("There is no such account.");
}

#[test]
fn two_enters_issue_one_token() {
    let mut desk = Desk::logged_in();
    desk.operate("2");
    assert_eq!(acts(&desk.press("a<enter><enter><enter>")), 1);
}

#[test]
fn an_act_before_does_not_close_a_box_opened_since() {
    let mut desk = Desk::logged_in();
    desk.press("caGrace");
    desk.finish(Ok(Reply::Done(Tally { accounts: 1, ..Tally::new(Verb::Confirmed) })));
    desk.assert_shows("Grace");
    desk.press("<esc>caGrace");
    desk.finish(Err(failure(FailureKind::Refused, "It is refused.")));
    desk.press("<tab>Hopper");
    desk.assert_shows("Hopper");
}

#[test]
fn a_token_is_shown_once_copied_and_gone() {
    let mut desk = Desk::logged_in();
    desk.operate("2a<enter>");
    desk.assert_shows("nxs_secret");
    assert_eq!(desk.press("y"), [Effect::Copy("nxs_secret".into())]);
    desk.operate("<enter>");
    desk.assert_hides("nxs_secret");
}

#[test]
fn a_secret_that_comes_while_the_console_is_locked_waits_behind_the_lock() {
    let mut desk = Desk::logged_in();
    desk.operate("2");
    desk.press("a<enter><esc>L");
    desk.finish(Ok(usual(
        &Request::Sessions(Sessions::Issue {
            who: crate::domain::user::Who::Id(UserId(1)),
            life: Duration::hours(8),
        }),
        false,
    )));
    desk.assert_hides("nxs_secret");
    assert!(!desk.press("y").contains(&Effect::Copy("nxs_secret".into())));
    desk.operate("<backspace>sesame<enter>");
    desk.assert_shows("nxs_secret");
}

#[test]
fn the_password_menu_leads_on() {
    let mut desk = Desk::logged_in();
    desk.operate("jPc");
    desk.assert_shows("Make an access code for user2");
    desk.operate("<esc>Pp");
    desk.assert_shows("Set a password for user2");
    desk.operate("<esc>");
    desk.operate("Pr");
    desk.assert_shows("Revoke the access code of user1?");
    assert_eq!(acts(&desk.press("y")), 1);
    desk.answer();
    desk.operate("gP");
    desk.assert_shows("change your password");
}
