//! The filter line: completion with accounts from the store, history, and what it shows.

use crate::tui::preferences::Preferences;

use super::*;

fn filters(effects: &[Effect]) -> Vec<String> {
    let filter = |request: &Request| match request {
        Request::Accounts(Accounts::List { filter, .. }) => Some(filter.to_string()),
        _ => None,
    };
    requests(effects).into_iter().filter_map(filter).collect()
}

#[test]
fn tab_completes_a_key_and_its_value_and_the_list_follows() {
    let mut service = Service::logged_in();
    service.operate("/sta<tab>");
    service.assert_shows("/ status:");
    service.assert_shows("pending   confirmed   suspended");
    service.assert_hides("needs a value");
    service.press("p");
    service.answer();
    service.assert_hides("cannot be");
    let effects = service.press("<tab>");
    assert_eq!(filters(&effects), ["status:pending"]);
    service.answer();
    service.press("<enter>");
    service.assert_shows("/ status:pending");
    service.assert_hides("confirmed   suspended");
}

#[test]
fn a_term_that_is_still_being_typed_filters_nothing() {
    let mut service = Service::logged_in();
    let effects = service.press("/ada sta<tab>pe");
    assert_eq!(filters(&effects)[4..], ["ada s", "ada st", "ada sta", "ada"]);
    let effects = service.press("nding");
    assert_eq!(filters(&effects), ["ada status:pending"]);
    let effects = service.press("<backspace>");
    assert_eq!(filters(&effects), ["ada"]);
    let effects = service.press(&"<backspace>".repeat(9));
    assert_eq!(filters(&effects)[..1], ["ada status"]);
}

#[test]
fn an_empty_screen_that_another_one_led_to_says_that_escape_leads_back() {
    let mut service = Service::logged_in();
    service.press("s");
    service.answer();
    let asked = {
        service.press("R");
        service.open.remove(0)
    };
    service.tell(Msg::Done(asked.request_id, Ok(Reply::Sessions(Window::default()))));
    service.assert_shows("Esc leads back.");
    service.open.clear();
    service.operate("<esc>");
    service.assert_shows("Users");
}

#[test]
fn enter_on_an_unfinished_key_says_why_it_is_no_filter() {
    let mut service = Service::logged_in();
    service.operate("/status:<enter>");
    service.assert_shows("needs a value");
    service.operate("p<tab>");
    service.assert_hides("needs a value");
}

#[test]
fn the_keys_behind_tab_wait_for_the_accounts() {
    let mut service = Service::logged_in();
    service.operate("2");
    service.press("/user:user5<tab><enter>x");
    assert!(!service.open.iter().any(|asked| is_act(&asked.request)));
    service.answer();
    service.assert_shows("/ user:user5");
    service.assert_shows("Revoke");
    let effects = service.press("y");
    assert!(
        matches!(requests(&effects)[0].uncounted(), Request::Sessions(Sessions::Revoke(_))),
        "{effects:?}"
    );
}

#[test]
fn accounts_that_cannot_be_read_are_an_error_and_the_line_goes_on() {
    let mut service = Service::logged_in();
    service.operate("2");
    service.press("/user:a");
    service.answer();
    service.press("<tab>");
    let at = service.open.iter().position(|asked| matches!(asked.request, Request::Accounts(_))).unwrap();
    let asked = service.open.remove(at);
    service.tell(Msg::Done(asked.request_id, Err(failure(FailureKind::Unavailable, "The store is busy."))));
    service.assert_shows("The store is busy.");
    service.operate("da");
    service.assert_shows("/ user:ada");
}

#[test]
fn filters_that_were_kept_are_found_again_at_the_next_log_in() {
    let mut service = Service::logged_in();
    let account = UserId(1);
    let result = Ok(Preferences::default());
    service.tell(Msg::Preferences { account, result });
    service.operate("/grace<enter>");
    service.operate("<esc>/dropped<esc>");
    service.operate("/status:pending");
    let effects = service.press("<enter>");
    let saved = effects.iter().find_map(|effect| match effect {
        Effect::SavePreferences { preferences, .. } => Some(preferences.clone()),
        _ => None,
    });
    let saved = saved.unwrap();
    service.answer();
    service.operate("/<up>");
    service.assert_shows("/ grace");

    let mut service = Service::logged_in();
    service.tell(Msg::Preferences { account, result: Ok(*saved) });
    service.operate("/<up>");
    service.assert_shows("/ status:pending");
    service.operate("<up>");
    service.assert_shows("/ grace");
    service.operate("<down><down>");
    service.assert_hides("grace");
    service.operate("<esc>2/<up>");
    service.assert_hides("grace");
}

#[test]
fn the_footer_shows_the_keys_of_the_line() {
    let mut service = Service::logged_in();
    service.operate("/");
    service.assert_shows("Enter keep   Tab complete   ↑ earlier filters   Esc drop");
    service.assert_shows("status:   level:   user:");
    service.assert_hides("x suspend");
    service.operate("<esc>");
    service.assert_shows("x suspend");
}
