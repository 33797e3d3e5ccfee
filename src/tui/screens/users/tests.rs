use crate::domain::page::Anchor;
use crate::domain::time::Duration;
use crate::tui::effect::Slot;
use crate::tui::keys::Press;
use crate::tui::keys::name;
use crate::tui::screens::list_screen::ListScreen;
use crate::tui::screens::screen::{Answer, Screen as _};
use crate::tui::testing::{act, context, frame, keys, press, user, window};

use super::*;

type UsersScreen = ListScreen<AccountList>;

const NAMES: [&str; 4] = ["ada", "grace", "alan", "edsger"];

fn loaded() -> UsersScreen {
    let mut screen = UsersScreen::default();
    let context = context(80, 24);
    screen.open(&context, None);
    let mut rows: Vec<_> = (1..).zip(NAMES).map(|(id, name)| user(id, name)).collect();
    rows[3].status = crate::domain::user::Status::Pending;
    screen.reply(&context, Slot::Rows, Ok(Reply::Users(window(rows))));
    screen
}

fn pressed(script: &str) -> Vec<Ask> {
    press(&mut loaded(), &context(80, 24), script)
}

fn named(ids: &[i64]) -> AccountSelection {
    AccountSelection::Named(ids.iter().map(|id| Who::Id(UserId(*id))).collect())
}

#[test]
fn it_opens_on_the_first_rows() {
    let asks = UsersScreen::default().open(&context(80, 24), None);
    let [Ask::Query(Slot::Rows, Request::Accounts(Accounts::List { filter, span, .. }))] = asks.as_slice()
    else {
        panic!("{asks:?}")
    };
    assert!(filter.is_empty());
    assert_eq!((span.anchor, span.before), (Anchor::Position(0), 0));
}

#[test]
fn acts_are_for_the_marked_accounts_else_for_the_one_under_the_cursor() {
    assert_eq!(act(&pressed("Gc")), &Request::Accounts(AccountAction::Confirm.on(named(&[4]))));
    assert_eq!(
        act(&pressed("<space><space>c")),
        &Request::Accounts(AccountAction::Confirm.on(named(&[1, 2])))
    );
    assert_eq!(act(&pressed("jx")), &Request::Accounts(AccountAction::Suspend.on(named(&[2]))));
    assert_eq!(act(&pressed("d")), &Request::Accounts(AccountAction::Delete.on(named(&[1]))));
}

#[test]
fn all_that_the_filter_shows_is_no_list_of_ids() {
    let asks = pressed("*d");
    let everybody = AccountSelection::Shown { filter: Filter::default(), except: vec![] };
    assert_eq!(*act(&asks), Request::Accounts(AccountAction::Delete.on(everybody)));
    let asks = pressed("<space>~d");
    assert!(
        matches!(act(&asks), Request::Accounts(Accounts::Act { action: AccountAction::Delete, accounts: AccountSelection::Shown { except, .. } }) if *except == [1])
    );
}

#[test]
fn a_range_is_marked_from_v_to_here() {
    let asks = pressed("jvjd");
    assert_eq!(act(&asks), &Request::Accounts(AccountAction::Delete.on(named(&[2, 3]))));
}

#[test]
fn the_level_turns_to_the_other() {
    let asks = pressed("A");
    assert_eq!(act(&asks), &Request::Accounts(AccountAction::Promote.on(named(&[1]))));
}

#[test]
fn all_sessions_of_an_account_end_by_one_act() {
    let asks = pressed("X");
    assert!(matches!(act(&asks), Request::Sessions(Sessions::Revoke(Selection::Shown { .. }))));
}

#[test]
fn it_leads_to_the_accounts_sessions_and_directories() {
    assert_eq!(pressed("s"), [Ask::Go(Route::filtered(ScreenId::SESSIONS, "user:ada"))]);
    assert_eq!(pressed("f"), [Ask::Go(Route::filtered(ScreenId::DIRECTORIES, "user:ada"))]);
    // The filter means this account, whatever it is called.
    for (username, filter) in
        [("42", "user:7"), ("a@b", "user:7"), ("al two", "user:\"al two\""), ("a\u{1b}b", "user:7")]
    {
        let asks = AccountList::on_row(&context(80, 24), &user(7, username), RowMsg::Sessions);
        assert_eq!(asks, [Ask::Go(Route::filtered(ScreenId::SESSIONS, filter))], "{username:?}");
    }
}

#[test]
fn homes_are_made_and_emails_copied() {
    assert_eq!(pressed("i"), [Ask::Submit(Request::Directories(Directories::Provision(named(&[1]))))]);
    assert_eq!(pressed("y"), [Ask::Copy("ada@nexus.example".into())]);
}

#[test]
fn boxes_open_for_adding_editing_and_passwords() {
    assert!(matches!(pressed("a").as_slice(), [Ask::Open(Dialog::Form(_))]));
    assert!(matches!(pressed("e").as_slice(), [Ask::Open(Dialog::Form(_))]));
    assert!(matches!(pressed("P").as_slice(), [Ask::Open(Dialog::PasswordMenu { .. })]));
}

#[test]
fn sorting_reads_the_rows_anew_either_way_round() {
    for (script, column, descending) in [
        (",u", UserColumn::Username, false),
        (",N", UserColumn::Name, true),
        (",e", UserColumn::Email, false),
    ] {
        let asks = pressed(script);
        let [Ask::Query(Slot::Rows, Request::Accounts(Accounts::List { sort, .. })), Ask::Remember(_)] =
            asks.as_slice()
        else {
            panic!("{asks:?}")
        };
        assert_eq!((sort.column, sort.descending), (column, descending));
    }
}

#[test]
fn the_filter_is_live_and_a_wrong_one_changes_nothing() {
    let asks = pressed("/ed");
    assert_eq!(asks.len(), 3);
    assert_eq!(asks[0], Ask::Query(Slot::Prefetch, Request::Accounts(Accounts::Prepare)));
    assert!(
        matches!(&asks[2], Ask::Query(Slot::Rows, Request::Accounts(Accounts::List { filter, .. })) if filter.terms.len() == 1)
    );
    // The last character makes an unknown key of the word: nothing is read for it.
    assert_eq!(pressed("/x:").len(), 2);
    let mut screen = loaded();
    press(&mut screen, &context(80, 24), "/colour:red<enter>");
    assert!(screen.takes_text());
    assert!(frame(&screen, &context(80, 24)).contains("unknown key colour:"));
}

#[test]
fn escape_takes_back_one_thing_at_a_time() {
    let (mut screen, context) = (loaded(), context(80, 24));
    press(&mut screen, &context, "/a<enter>");
    screen.reply(&context, Slot::Rows, Ok(Reply::Users(window(vec![user(1, "ada")]))));
    press(&mut screen, &context, "<space>");
    assert!(frame(&screen, &context).contains("1 marked"));
    press(&mut screen, &context, "<esc>");
    assert!(frame(&screen, &context).contains(" / a"));
    press(&mut screen, &context, "<esc>");
    assert!(screen.list.filter().is_empty());
    let escape = Press { key: crate::tui::testing::keys("<esc>")[0], name: "esc".into() };
    assert_eq!(screen.press(&context, &escape), Answer::Pass);
}

#[test]
fn escape_in_the_filter_line_brings_the_old_filter_back() {
    let (mut screen, context) = (loaded(), context(80, 24));
    press(&mut screen, &context, "/ada<enter>/x<esc>");
    assert!(frame(&screen, &context).contains(" / ada"));
}

#[test]
fn enter_shows_the_account_in_detail_and_h_the_list_again() {
    let (mut screen, context) = (loaded(), context(80, 24));
    let asks = press(&mut screen, &context, "<enter>");
    assert_eq!(asks, [Ask::Query(Slot::Detail, Request::Accounts(Accounts::Show(Who::Id(UserId(1)))))]);
    let detail = UserDetail {
        user: user(1, "ada"),
        home: Some("00001_ADA".into()),
        directories: 8,
        status_set: None,
        code: None,
        must_change: false,
        second_factor: crate::service::contract::FactorState::None,
        waits: Vec::new(),
    };
    screen.reply(&context, Slot::Detail, Ok(Reply::User(Box::new(detail))));
    assert!(frame(&screen, &context).contains("00001_ADA"));
    press(&mut screen, &context, "h");
    assert!(frame(&screen, &context).contains("edsger"));
}

#[test]
fn a_wide_terminal_shows_the_account_beside_the_list_behind_its_rows() {
    let (mut screen, mut context) = (UsersScreen::default(), context(120, 36));
    screen.open(&context, None);
    let rows = || Ok(Reply::Users(window(vec![user(1, "ada"), user(2, "grace")])));
    assert_eq!(screen.reply(&context, Slot::Rows, rows()), []);
    context.now += Duration::milliseconds(60);
    assert!(matches!(screen.wake(&context).as_slice(), [Ask::Query(Slot::Detail, _)]));
    // Where they have no room nobody waits for them.
    let mut narrow = UsersScreen::default();
    let small = crate::tui::testing::context(100, 30);
    narrow.open(&small, None);
    narrow.reply(&small, Slot::Rows, rows());
    assert_eq!(narrow.wake_at(), None);
}

#[test]
fn the_details_follow_the_cursor_once_it_rests() {
    let (mut screen, mut context) = (UsersScreen::default(), context(120, 36));
    screen.open(&context, None);
    let rows = vec![user(1, "ada"), user(2, "grace"), user(3, "alan")];
    screen.reply(&context, Slot::Rows, Ok(Reply::Users(window(rows))));
    context.now += Duration::milliseconds(60);
    screen.wake(&context);
    let email = |id: &str| format!("{id}@nexus.example");
    assert_eq!(press(&mut screen, &context, "j"), []);
    context.now += Duration::milliseconds(40);
    assert_eq!(press(&mut screen, &context, "j"), []);
    context.now += Duration::milliseconds(59);
    assert_eq!(screen.wake(&context), []);
    assert!(frame(&screen, &context).contains(&email("ada")));
    assert_eq!(screen.wake_at(), Some(context.now + Duration::milliseconds(1)));
    context.now += Duration::milliseconds(1);
    let shown = Request::Accounts(Accounts::Show(Who::Id(UserId(3))));
    assert_eq!(screen.wake(&context), [Ask::Query(Slot::Detail, shown)]);
    assert!(frame(&screen, &context).contains(&email("alan")));
    assert_eq!(screen.wake_at(), None);
}

#[test]
fn the_details_are_taken_away_while_a_held_key_scrolls_the_list() {
    let (mut screen, mut context) = (UsersScreen::default(), context(120, 12));
    screen.open(&context, None);
    let rows = (1..=40).map(|id| user(id, &format!("user{id}"))).collect();
    screen.reply(&context, Slot::Rows, Ok(Reply::Users(window(rows))));
    context.now += Duration::milliseconds(60);
    screen.wake(&context);
    let details = |screen: &UsersScreen, context: &Context| frame(screen, context).contains("account 1");
    let mut hold = |context: &mut Context, times| {
        for _ in 0..times {
            context.now += Duration::milliseconds(33);
            assert_eq!(screen.wake(context), []);
            press(&mut screen, context, "j");
        }
        details(&screen, context)
    };
    assert!(hold(&mut context, 5), "the list has not scrolled yet");
    assert!(!hold(&mut context, 20));
    context.now += Duration::milliseconds(60);
    assert!(matches!(screen.wake(&context).as_slice(), [Ask::Query(Slot::Detail, _)]));
    assert!(frame(&screen, &context).contains("account 26"));
}

#[test]
fn keys_wait_for_the_rows_they_are_for() {
    let (mut screen, context) = (loaded(), context(80, 24));
    press(&mut screen, &context, "/ed<enter>");
    for script in ["c", "P", "<space>", "j", "H", "<enter>"] {
        let key = keys(script)[0];
        let waits = Press { key, name: name(key) };
        assert_eq!(screen.press(&context, &waits), Answer::Wait, "{script}");
    }
    screen.reply(&context, Slot::Rows, Ok(Reply::Users(window(vec![user(4, "edsger")]))));
    let asks = press(&mut screen, &context, "c");
    assert_eq!(act(&asks), &Request::Accounts(AccountAction::Confirm.on(named(&[4]))));
}

#[test]
fn a_detail_that_comes_late_is_not_shown_beside_another_row() {
    let (mut screen, context) = (loaded(), context(120, 36));
    let detail = |id, name| {
        let user = user(id, name);
        Reply::User(Box::new(UserDetail {
            user,
            home: None,
            directories: 0,
            status_set: None,
            code: None,
            must_change: false,
            second_factor: crate::service::contract::FactorState::None,
            waits: Vec::new(),
        }))
    };
    screen.reply(&context, Slot::Detail, Ok(detail(1, "ada")));
    press(&mut screen, &context, "jk");
    let asks = screen.reply(&context, Slot::Detail, Ok(detail(2, "grace")));
    assert_eq!(asks, [Ask::Query(Slot::Detail, Request::Accounts(Accounts::Show(Who::Id(UserId(1)))))]);
    assert!(!frame(&screen, &context).contains("grace · account 2"));
}

#[test]
fn an_empty_list_says_why() {
    let (mut screen, context) = (UsersScreen::default(), context(80, 24));
    screen.open(&context, None);
    screen.reply(&context, Slot::Rows, Ok(Reply::Users(Window::default())));
    assert!(frame(&screen, &context).contains("There are no accounts yet"));
    assert_eq!(press(&mut screen, &context, "cxdei"), []);
}

#[test]
fn it_looks_like_this() {
    insta::assert_snapshot!(frame(&loaded(), &context(80, 12)));
    insta::assert_snapshot!("narrow", frame(&loaded(), &context(40, 12)));
}

#[test]
fn blanks_around_a_name_are_seen_in_list_and_detail_and_box() {
    let (mut screen, context) = (UsersScreen::default(), context(120, 24));
    screen.open(&context, None);
    let name = User { username: Some(" al an ".into()), ..user(1, "alan") };
    screen.reply(&context, Slot::Rows, Ok(Reply::Users(window(vec![name]))));
    let shown = frame(&screen, &context);
    assert!(shown.contains("<U+0020>al an<U+0020>"), "{shown}");
    press(&mut screen, &context, "<enter>");
    let shown = frame(&screen, &context);
    assert!(shown.matches("<U+0020>al an<U+0020>").count() > 0, "{shown}");
}

#[test]
fn on_the_board_of_pending_accounts_x_rejects() {
    let on_board = |filter: &str| {
        let mut screen = loaded();
        let context = context(80, 24);
        screen.open(&context, Some(filter));
        let rows: Vec<_> = [user(4, "edsger")].into();
        screen.reply(&context, Slot::Rows, Ok(Reply::Users(window(rows))));
        let hint = screen.help().into_iter().find(|help| help.on == ["x"]).map(|help| help.hint);
        (act(&press(&mut screen, &context, "x")).clone(), hint)
    };
    let rejects = Request::Accounts(AccountAction::Reject.on(named(&[4])));
    assert_eq!(on_board("status:pending"), (rejects.clone(), Some("reject")));
    assert_eq!(on_board("status:pending created:>30d"), (rejects, Some("reject")));
    let suspends = Request::Accounts(AccountAction::Suspend.on(named(&[4])));
    for filter in ["", "!status:pending", "status:confirmed"] {
        assert_eq!(on_board(filter), (suspends.clone(), Some("suspend")), "{filter}");
    }
}

#[test]
fn n_opens_the_note_of_the_account() {
    let mut screen = loaded();
    let context = context(80, 24);
    let mut noted = user(1, "ada");
    noted.note = Some("pays in cash".into());
    screen.reply(&context, Slot::Rows, Ok(Reply::Users(window(vec![noted.clone()]))));
    let form = FormDialog::EditNote { account: (&noted).into(), was: "pays in cash".into() };
    assert_eq!(press(&mut screen, &context, "n"), [Ask::Open(form.into())]);
    assert!(frame(&screen, &crate::tui::testing::context(120, 36)).contains("pays in cash"));
}
