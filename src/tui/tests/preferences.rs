//! The preferences of an operator: asked for at log-in, applied when it comes, saved with every change.

use crate::domain::page::Sort;
use crate::domain::user::UserColumn;
use crate::tui::preferences::{ListPreferences, Preferences, SavedOrder};

use super::*;

const ADA: UserId = UserId(1);

fn sorted_by(screen: &str, column: &str) -> Preferences {
    let sort = Some(SavedOrder { column: column.into(), descending: true });
    let list = ListPreferences { sort, ..ListPreferences::default() };
    Preferences { lists: [(screen.to_owned(), list)].into(), ..Preferences::default() }
}

fn loaded(service: &mut Service, account: UserId, preferences: Preferences) -> Vec<Effect> {
    service.tell(Msg::Preferences { account, result: Ok(preferences) })
}

fn saved(effects: &[Effect]) -> Vec<&Preferences> {
    let preferences = |effect: &'_ Effect| matches!(effect, Effect::SavePreferences { account: ADA, .. });
    let saves = effects.iter().filter(|effect| preferences(effect));
    saves
        .map(|effect| match effect {
            Effect::SavePreferences { preferences, .. } => &**preferences,
            other => panic!("{other:?}"),
        })
        .collect()
}

fn orders(effects: &[Effect]) -> Vec<Sort<UserColumn>> {
    let order = |request: &Request| match request {
        Request::Accounts(Accounts::List { sort, .. }) => Some(*sort),
        _ => None,
    };
    requests(effects).into_iter().filter_map(order).collect()
}

const BY_NAME: Sort<UserColumn> = Sort { column: UserColumn::Name, descending: true };

#[test]
fn they_are_asked_for_at_log_in_and_not_when_the_console_is_unlocked() {
    let mut service = Service::new((80, 24));
    service.answer();
    service.press("ada<tab>sesame<enter>");
    let asked = service.open.remove(0);
    let load = Effect::LoadPreferences { account: ADA };
    let effects = service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(operator(1)))));
    assert!(effects.contains(&load), "{effects:?}");
    service.answer();
    service.press("L");
    service.press("sesame<enter>");
    let asked = service.open.remove(0);
    let effects = service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(operator(1)))));
    assert!(!effects.contains(&load), "{effects:?}");
}

#[test]
fn the_remembered_order_is_read_at_once() {
    let mut service = Service::logged_in();
    let effects = loaded(&mut service, ADA, sorted_by("users", "name"));
    assert_eq!(orders(&effects), [BY_NAME]);
    service.answer();
    assert_eq!(orders(&service.press("R")), [BY_NAME]);
}

#[test]
fn the_order_of_another_screen_is_read_when_that_comes_to_the_front() {
    let mut service = Service::logged_in();
    let effects = loaded(&mut service, ADA, sorted_by("sessions", "user"));
    assert_eq!(requests(&effects), Vec::<&Request>::new());
    let effects = service.press("2");
    let [Request::Sessions(Sessions::List { sort, .. })] = requests(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert!(sort.descending);
}

#[test]
fn an_order_that_the_list_does_not_have_is_left_alone() {
    let mut service = Service::logged_in();
    for column in ["", "no such", "\u{1b}[2J"] {
        let effects = loaded(&mut service, ADA, sorted_by("users", column));
        assert_eq!(requests(&effects), Vec::<&Request>::new());
    }
}

#[test]
fn a_change_is_saved_once_and_only_if_it_is_one() {
    let mut service = Service::logged_in();
    assert!(saved(&service.press(",N")).is_empty(), "those of the file have not come yet");
    service.answer();
    loaded(&mut service, ADA, Preferences::default());
    service.answer();
    let effects = service.press(",N");
    assert_eq!(saved(&effects), [&sorted_by("users", "name")]);
    service.answer();
    assert!(saved(&service.press(",N")).is_empty());
}

#[test]
fn those_of_another_account_are_not_taken() {
    let mut service = Service::logged_in();
    assert_eq!(loaded(&mut service, UserId(7), sorted_by("users", "name")), []);
}

#[test]
fn a_file_that_cannot_be_used_is_a_warning() {
    let mut service = Service::logged_in();
    let failure = failure(FailureKind::Other, "1.toml is not used: line 1 is not a preference.");
    service.tell(Msg::Preferences { account: ADA, result: Err(failure) });
    service.assert_shows("▲ 1.toml is not used");
    service.answer();
    // What is set from now on replaces the file.
    assert_eq!(saved(&service.press(",N")).len(), 1);
}
