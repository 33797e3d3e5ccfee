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

/// Returns a console at which ada has just logged in, and whose preferences have not come yet.
fn waiting() -> Service {
    let mut service = Service::new((80, 24));
    service.answer();
    service.press("ada<tab>sesame<enter>");
    let asked = service.open.remove(0);
    service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(operator(1)))));
    service
}

#[test]
fn the_first_list_is_read_once_in_the_remembered_order() {
    let mut service = waiting();
    let lists = |service: &Service| {
        service
            .open
            .iter()
            .filter(|asked| matches!(asked.request, Request::Accounts(Accounts::List { .. })))
            .count()
    };
    // What the log-in itself wrote, another size and a key for the rows do not read it early.
    service.tell(Msg::StoreChanged);
    service.tell(Msg::Resize(80, 25));
    service.press("j");
    assert_eq!(lists(&service), 0);
    let effects = loaded(&mut service, ADA, sorted_by("users", "name"));
    assert_eq!(orders(&effects), [BY_NAME]);
    service.loads.clear();
    service.answer();
    service.assert_shows("row 2 of 600");
    assert_eq!(orders(&loaded(&mut service, ADA, sorted_by("users", "name"))), []);
}

#[test]
fn preferences_on_a_slow_disk_do_not_keep_the_list_away() {
    let mut service = waiting();
    let at = service.model.wake_at().unwrap();
    assert!(at - service.now <= Duration::seconds(1), "{at}");
    let effects = service.wait(Duration::seconds(1));
    assert_eq!(orders(&effects).len(), 1);
    let effects = loaded(&mut service, ADA, sorted_by("users", "name"));
    assert_eq!(orders(&effects), [BY_NAME]);
}

#[test]
fn a_screen_that_is_chosen_meanwhile_is_read_at_once_and_only_once() {
    let mut service = waiting();
    let effects = service.press("2");
    assert!(matches!(requests(&effects)[..], [Request::Sessions(Sessions::List { .. })]));
    let effects = loaded(&mut service, ADA, Preferences::default());
    assert_eq!(requests(&effects), Vec::<&Request>::new());
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
    let mut service = waiting();
    service.wait(Duration::seconds(1));
    while let Some(asked) = service.open.pop() {
        service.tell(Msg::Done(asked.request_id, Ok(usual(&asked.request, false))));
    }
    assert!(saved(&service.press(",N")).is_empty(), "those of the file have not come yet");
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
