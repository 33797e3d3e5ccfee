//! Lists that use the screen: columns, order, times, and the details beside them.

use crate::domain::local_zone::LocalZone;
use crate::domain::overview::TabCounts;
use crate::domain::session::SessionColumn;
use crate::tui::preferences::{ListPreferences, Preferences};

use super::*;

/// Returns the console at this size, with preferences to save.
fn at(size: (u16, u16)) -> Service {
    let mut service = Service::logged_in();
    service.tell(Msg::Preferences { account: UserId(1), result: Ok(Preferences::default()) });
    service.size = size;
    service.tell(Msg::Resize(size.0, size.1));
    service.answer();
    service
}

/// Returns the line of the headings.
fn headings(service: &Service) -> String {
    let seen = service.seen();
    let line = seen.lines().skip(1).find(|line| line.contains("User")).unwrap();
    line.split('│').next().unwrap_or_default().to_owned()
}

fn saved(effects: &[Effect]) -> Option<ListPreferences> {
    effects.iter().find_map(|effect| match effect {
        Effect::SavePreferences { preferences, .. } => preferences.lists.get("users").cloned(),
        _ => None,
    })
}

#[test]
fn each_width_has_its_columns() {
    for (width, shown) in [
        (40, vec!["Username"]),
        (60, vec!["Username", "Name"]),
        (80, vec!["Status", "Username", "Name", "Level", "Last", "seen"]),
        (100, vec!["Status", "Username", "Name", "Level", "Sessions", "Last", "seen"]),
        (120, vec!["Status", "Username", "Name", "Email", "Level"]),
        (160, vec!["Status", "Username", "Name", "Email", "Level", "Phone", "Created", "Modified"]),
    ] {
        let service = at((width, 18));
        assert_eq!(headings(&service).split_whitespace().collect::<Vec<_>>(), shown, "at {width}");
    }
    let wide = headings(&at((200, 50)));
    for column in ["Email", "Phone", "Created", "Modified", "Sessions", "Last seen"] {
        assert!(wide.contains(column), "{column} in {wide}");
    }
}

#[test]
fn columns_have_room_for_another_form_of_times_at_once() {
    let mut service = at((160, 40));
    service.operate("t");
    let seen = service.seen();
    let cut = seen.lines().filter(|line| line.contains(":…") || line.contains(" …")).collect::<Vec<_>>();
    assert!(cut.is_empty(), "{cut:?}\n{seen}");
}

#[test]
fn the_order_is_always_seen() {
    let mut service = at((80, 24));
    service.assert_shows("id ▴");
    service.operate(",U");
    service.assert_shows("Username ▾");
    service.assert_hides("id ▴");
    // A column that is not shown has no heading.
    service.operate(",e");
    service.assert_shows("email ▴");
    let mut narrow = at((40, 12));
    narrow.operate(",s");
    narrow.assert_shows("status ▴");
}

#[test]
fn the_box_of_the_columns_changes_the_list_and_is_remembered() {
    let mut service = at((80, 24));
    service.operate("C");
    service.assert_shows("Columns");
    // Status goes, and the name comes before the username.
    let effects = service.press("<space>jjK");
    service.operate("<enter>");
    assert_eq!(
        headings(&service).split_whitespace().collect::<Vec<_>>(),
        ["Name", "Username", "Level", "Last", "seen"]
    );
    let columns = saved(&effects).unwrap().columns;
    assert_eq!(columns, ["Username", "Name", "Level", "Last seen"], "the first of the two changes");
    // At the next log-in they are there again.
    let mut next = at((80, 24));
    let list = ListPreferences { columns, ..ListPreferences::default() };
    let preferences = Preferences { lists: [("users".to_owned(), list)].into(), ..Preferences::default() };
    next.tell(Msg::Preferences { account: UserId(1), result: Ok(preferences) });
    next.answer();
    assert_eq!(headings(&next).split_whitespace().next(), Some("Username"));
}

#[test]
fn columns_that_a_file_invents_are_left_out() {
    let mut service = at((80, 24));
    let columns = ["no such", "Email", "Email", "\u{1b}[2J"].map(str::to_owned).to_vec();
    let list = ListPreferences { columns, ..ListPreferences::default() };
    let preferences = Preferences { lists: [("users".to_owned(), list)].into(), ..Preferences::default() };
    service.tell(Msg::Preferences { account: UserId(1), result: Ok(preferences) });
    service.answer();
    service.assert_shows("   Email\n");
}

#[test]
fn the_divide_moves_and_is_remembered() {
    let mut service = at((120, 36));
    let divide = |service: &Service| service.seen().lines().nth(3).unwrap().chars().position(|c| c == '│');
    assert_eq!(divide(&service), Some(84));
    let effects = service.press("<lt>");
    assert_eq!(divide(&service), Some(80));
    assert_eq!(saved(&effects).unwrap().pane_width, Some(40));
    service.press(">>");
    assert_eq!(divide(&service), Some(88));
    let mut narrow = at((80, 24));
    narrow.press("<lt>");
    narrow.assert_shows("no room beside the list");
}

#[test]
fn the_details_do_not_repeat_the_row_and_show_their_focus() {
    let mut service = at((120, 36));
    assert_eq!(service.seen().matches("user1@nexus.example").count(), 1);
    service.assert_hides("┃");
    service.operate("<tab>");
    service.assert_shows("┃");
    service.operate("<tab>");
    service.assert_hides("┃");
    // Without the list they tell everything.
    let mut narrow = at((80, 24));
    narrow.operate("<enter>");
    narrow.assert_shows("user1@nexus.example");
    narrow.assert_shows("● confirmed");
}

#[test]
fn sessions_begin_with_the_newest_active_one() {
    let mut service = at((80, 24));
    let effects = service.press("2");
    let [Request::Sessions(Sessions::List { sort, .. })] = requests(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((sort.column, sort.descending), (SessionColumn::State, true));
    service.answer();
    service.assert_shows("State ▾");
}

#[test]
fn times_are_ages_then_utc_then_local() {
    let local_zone = LocalZone::of(Some("Europe/Berlin"), |_| Err("none".into()));
    assert!(local_zone.is_some());
    let mut service = Service::new((160, 36));
    service.model = Model::new(StartupOptions {
        size: service.size,
        now: now(),
        features: TerminalFeatures { colour: true, unicode: true },
        host: "media.example".into(),
        local_zone,
        commands: crate::tui::testing::commands(),
        appearance: crate::tui::appearance::Appearance::default(),
        keymap: crate::tui::keymap::Keymap::usual(),
        mouse: false,
        lock_after: Duration::minutes(15),
        proof_age: crate::service::contract::ProofAge(Duration::minutes(5)),
        store: StorePath::Usual("/srv/nexus.db".into()),
        front: ScreenId::USERS,
        demo: None,
        read_only: None,
    });
    service.open.clear();
    let effects = service.model.begin();
    service.note(&effects);
    service.answer();
    service.operate("ada<tab>sesame<enter>");
    service.operate("2");
    service.assert_shows("3 h ago");
    service.assert_shows(" · UTC");
    service.operate("t");
    service.assert_shows("23 Nov 09:00");
    service.assert_shows(" · UTC");
    service.operate("t");
    service.assert_shows("23 Nov 10:00");
    service.assert_shows(" · CET");
    service.operate("t");
    service.assert_shows("3 h ago");
}

#[test]
fn the_tabs_carry_counts_where_there_is_room() {
    at((120, 36)).assert_shows("1 Users ◌51   2 Sessions 312   3 Directories");
    for width in [80, 90] {
        at((width, 24)).assert_shows("1 Users ◌51  2 Sessions 312  3 Directories");
    }
    let mut service = at((120, 36));
    let before = service.seen();
    service.tell(Msg::StoreChanged);
    assert_eq!(service.seen(), before, "what is unchanged is not drawn");
    let of = |asked: &Asked| asked.request == Request::Accounts(Accounts::TabCounts);
    let asked = service.open.iter().position(of).map(|at| service.open.remove(at)).unwrap();
    let counts = TabCounts { pending: 0, active_sessions: 1_313, next_end: None };
    service.tell(Msg::Done(asked.request_id, Ok(Reply::TabCounts(counts))));
    service.assert_shows("1 Users   2 Sessions 1,313   3");
}

/// Answers the count of the tabs.
fn count_tabs(service: &mut Service, active_sessions: u64, next_end: Option<Timestamp>) {
    let of = |asked: &Asked| asked.request == Request::Accounts(Accounts::TabCounts);
    let asked = service.open.iter().position(of).map(|at| service.open.remove(at)).expect("a count");
    let counts = TabCounts { pending: 0, active_sessions, next_end };
    service.tell(Msg::Done(asked.request_id, Ok(Reply::TabCounts(counts))));
}

#[test]
fn the_counts_fall_when_sessions_run_out() {
    let counts = |effects: &[Effect]| requests(effects).contains(&&Request::Accounts(Accounts::TabCounts));
    let mut service = at((120, 36));
    service.tell(Msg::StoreChanged);
    let end = service.now + Duration::seconds(30);
    count_tabs(&mut service, 3, Some(end));
    service.answer();
    service.assert_shows("2 Sessions 3 ");
    assert!(service.model.wake_at().is_some_and(|at| at <= end));
    assert!(!counts(&service.wait(Duration::seconds(29))));
    assert!(counts(&service.wait(Duration::seconds(1))));
    // While that is counted nothing else is.
    assert!(!counts(&service.wait(Duration::milliseconds(400))));
    let now = service.now;
    count_tabs(&mut service, 2, Some(now));
    service.assert_shows("2 Sessions 2 ");
    // Where many run out, they are counted once a second.
    assert!(!counts(&service.wait(Duration::milliseconds(500))));
    assert!(service.model.wake_at().is_some_and(|at| at > service.now));
    assert!(counts(&service.wait(Duration::milliseconds(100))));
    count_tabs(&mut service, 0, None);
    service.assert_hides("2 Sessions 2");
    // A locked console counts nothing, and is not woken for it.
    service.tell(Msg::StoreChanged);
    let end = service.now + Duration::seconds(5);
    count_tabs(&mut service, 1, Some(end));
    service.answer();
    service.press("L");
    assert!(!counts(&service.wait(Duration::seconds(6))));
    assert!(service.model.wake_at().is_none_or(|at| at > service.now));
}
