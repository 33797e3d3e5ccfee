//! Saved views: saved, opened and removed by name, across runs.

use crate::domain::filter::{Filter, ListKind};
use crate::domain::session::SessionColumn;
use crate::tui::preferences::{MAX_VIEWS, Preferences, SavedView};

use super::*;

const ADA: UserId = UserId(1);

fn with(preferences: Preferences) -> Service {
    let mut service = Service::logged_in();
    service.tell(Msg::Preferences { account: ADA, result: Ok(preferences) });
    service
}

/// Returns what was saved last.
fn saved(effects: &[Effect]) -> Preferences {
    let preferences = effects.iter().rev().find_map(|effect| match effect {
        Effect::SavePreferences { account: ADA, preferences } => Some(preferences.as_ref().clone()),
        _ => None,
    });
    preferences.unwrap()
}

fn view(screen: &str, filter: &str) -> SavedView {
    SavedView { screen: screen.into(), filter: filter.into(), sort: None }
}

fn keeping(name: &str, kept: SavedView) -> Preferences {
    Preferences { views: [(name.to_owned(), kept)].into(), ..Preferences::default() }
}

#[test]
fn a_view_brings_back_screen_filter_and_order_in_another_run() {
    let mut service = with(Preferences::default());
    service.operate("2/status:active<enter>,E");
    let preferences = saved(&service.press(":save old<enter>"));
    service.assert_shows("✓ Saved the view old");
    let mut service = with(preferences);
    service.operate("4");
    let effects = service.press(":view old<enter>");
    let [Request::Sessions(Sessions::List { filter, sort, .. })] = requests(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(*filter, Filter::parse(ListKind::Sessions, "status:active").unwrap());
    assert_eq!((sort.column, sort.descending), (SessionColumn::Expiration, true));
    service.answer();
    service.assert_shows("/ status:active");
    service.operate("<esc>");
    service.assert_shows("Journal");
}

#[test]
fn all_sessions_of_a_saved_view_are_ended_with_fourteen_keys() {
    let mut service = with(keeping("old", view("sessions", "seen:>30d")));
    let script = "2:view old<enter>*x";
    service.operate(script);
    service.assert_shows("/ seen:>30d");
    // This list is so long that its number must be typed; ten rows or fewer take a `y`.
    service.assert_shows("600");
    assert!(keys(script).len() < 14);
}

#[test]
fn saving_under_a_known_name_says_that_it_replaces() {
    let mut service = with(keeping("mine", view("users", "ada")));
    service.operate("/grace<enter>");
    let preferences = saved(&service.press(":save mine<enter>"));
    service.assert_shows("✓ Replaced the view mine");
    assert_eq!(preferences.views["mine"].filter, "grace");
    assert_eq!(preferences.views.len(), 1);
}

#[test]
fn a_name_may_be_shortened_to_open_a_view_but_not_to_remove_it() {
    let mut service = with(keeping("stale accounts", view("users", "seen:>30d")));
    service.operate(":view sta<enter>");
    service.assert_shows("/ seen:>30d");
    service.operate(":unsave sta<enter>");
    service.assert_shows("× There is no saved view sta.");
    let preferences = saved(&service.press(":unsave stale accounts<enter>"));
    service.assert_shows("✓ Removed the view stale accounts");
    assert!(preferences.views.is_empty());
}

#[test]
fn tab_completes_the_name_of_a_view() {
    let mut preferences = keeping("stale accounts", view("users", "seen:>30d"));
    preferences.views.insert("admins".into(), view("users", "level:admin"));
    let mut service = with(preferences);
    service.operate(":view <down>");
    service.assert_shows("admins");
    service.assert_shows("stale accounts");
    service.operate("<esc>:view st<tab><enter>");
    service.assert_shows("/ seen:>30d");
    let preferences = saved(&service.press(":unsave adm<tab><enter>"));
    assert_eq!(preferences.view_names().collect::<Vec<_>>(), ["stale accounts"]);
}

#[test]
fn the_list_of_views_opens_and_removes() {
    let mut preferences = keeping("a", view("users", "ada"));
    preferences.views.insert("b".into(), view("sessions", "user:ada"));
    let mut service = with(preferences);
    service.operate(":views<enter>");
    service.assert_shows("Saved views");
    service.assert_shows("sessions user:ada");
    let preferences = saved(&service.press("d"));
    assert_eq!(preferences.view_names().collect::<Vec<_>>(), ["b"]);
    service.operate("<enter>");
    service.assert_shows("Sessions");
    service.assert_shows("/ user:ada");
    service.operate(":unsave b<enter>:views<enter>");
    service.assert_shows("– No views are saved yet");
    service.operate(":view<enter>");
    service.assert_shows("– No views are saved yet");
}

#[test]
fn what_is_no_view_is_an_error() {
    for (command, words) in [
        (":view nothing<enter>", "× There is no saved view nothing."),
        (":save<enter>", "× A view needs a name"),
        (":unsave<enter>", "× unsave needs the name of a view"),
    ] {
        let mut service = with(Preferences::default());
        service.operate(command);
        service.assert_shows(words);
        service.assert_shows("row 1 of 600");
    }
    let mut many = Preferences::default();
    many.views.extend((0..MAX_VIEWS).map(|at| (format!("{at:03}"), view("users", "a"))));
    let mut service = with(many);
    service.operate(":save one more<enter>");
    service.assert_shows("× There are already 100 saved views.");
    service.operate(":save 007<enter>");
    service.assert_shows("✓ Replaced the view 007");
}

#[test]
fn a_view_that_somebody_has_spoilt_goes_nowhere() {
    for (kept, words) in [
        (view("cellar", "a"), "there is no screen cellar"),
        (view("log\u{1b}[2Jin", ""), "there is no screen"),
        (view("users", "colour:red"), "unknown key colour"),
    ] {
        let mut service = with(keeping("bad", kept));
        service.operate("jj:view bad<enter>");
        service.assert_shows("× The view bad cannot be shown");
        service.assert_shows(words);
        service.assert_shows("row 3 of 600");
        assert!(!service.seen().contains('\u{1b}'));
    }
}
