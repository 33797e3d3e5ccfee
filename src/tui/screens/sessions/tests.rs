use super::*;
use crate::domain::session::{Origin, RowStatus};
use crate::domain::time::Duration;
use crate::domain::user::{Status, UserId};
use crate::tui::effect::Slot;
use crate::tui::screens::Screen as _;
use crate::tui::testing::{context, frame, now, press, window};

fn session(id: i64, user: &str, minutes: i64) -> Session {
    Session {
        id,
        user_id: UserId(id),
        user: user.into(),
        user_status: Status::Confirmed,
        short_id: format!("{id:08x}"),
        row_status: RowStatus::Active,
        expiration: Some(now() + Duration::minutes(minutes)),
        origin: Origin::Service,
        origin_detail: "web".into(),
        started_at: Some(now() - Duration::hours(1)),
        last_seen: None,
    }
}

fn loaded() -> Sessions {
    let mut screen = Sessions::default();
    screen.open(&context(80, 24), None);
    let rows = vec![session(1, "ada", 478), session(2, "alan", 9), session(3, "alan", -60)];
    screen.reply(&context(80, 24), Slot::Rows, Ok(Reply::Sessions(window(rows))));
    screen
}

fn pressed(script: &str) -> Vec<Ask> {
    press(&mut loaded(), &context(80, 24), script)
}

fn request(asks: &[Ask]) -> (&str, &Wish) {
    match asks {
        [Ask::Confirm { question, then: Request::Sessions(wish), .. }] => (question, wish),
        [Ask::Act(Request::Sessions(wish))] => ("", wish),
        other => panic!("{other:?}"),
    }
}

#[test]
fn states_are_shapes_and_words() {
    let shown = frame(&loaded(), &context(80, 24));
    for words in
        ["● active", "▲ ends soon", "× expired", "this one", "7 h 58 min", "ended 23 Nov 2026", "row 1 of 3"]
    {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
}

#[test]
fn revoking_asks() {
    let asks = pressed("jx");
    assert_eq!(request(&asks), ("End the session 00000002 of alan", &Wish::Revoke(Selection::one(2))));
    let asks = pressed("<space><space>x");
    assert_eq!(request(&asks), ("End 2 sessions", &Wish::Revoke(Selection::Ids(vec![1, 2]))));
    let asks = pressed("*x");
    let all = Selection::Shown { filter: Filter::default(), except: vec![] };
    assert_eq!(request(&asks), ("End 3 sessions", &Wish::Revoke(all)));
}

#[test]
fn all_of_the_users_end_by_one_question() {
    let asks = pressed("jX");
    let filter = Filter::default().and(Test::User(Who::Id(UserId(2))));
    let all = Selection::Shown { filter, except: vec![] };
    assert_eq!(request(&asks), ("End all sessions of alan", &Wish::Revoke(all)));
}

#[test]
fn one_is_renewed_at_once_several_after_a_question() {
    let asks = pressed("+");
    assert_eq!(request(&asks), ("", &Wish::Renew { which: Selection::one(1), life: DEFAULT_LIFE }));
    assert_eq!(request(&pressed("<space><space>+")).0, "Renew 2 sessions");
}

#[test]
fn sweeping_and_issuing() {
    assert_eq!(request(&pressed("S")), ("", &Wish::Sweep));
    assert!(matches!(pressed("a").as_slice(), [Ask::Open(Overlay::Edit(_))]));
}

#[test]
fn it_leads_along_by_the_account() {
    assert_eq!(pressed("s"), [Ask::Go(Route::Sessions(Some("user:1".into())))]);
    assert_eq!(pressed("f"), [Ask::Go(Route::Directories(Some("user:1".into())))]);
    assert_eq!(pressed("y"), [Ask::Copy("00000001".into())]);
}

#[test]
fn every_column_sorts() {
    for (script, column, descending) in [
        (",i", SessionColumn::Id, false),
        (",U", SessionColumn::User, true),
        (",e", SessionColumn::Expiration, false),
        (",T", SessionColumn::LastSeen, true),
    ] {
        let asks = pressed(script);
        let [Ask::Load(Slot::Rows, Request::Sessions(Wish::List { sort, .. }))] = asks.as_slice() else {
            panic!("{asks:?}")
        };
        assert_eq!((sort.column, sort.descending), (column, descending));
    }
}

#[test]
fn the_session_shows_in_detail_and_scrolls_no_further_than_it_goes() {
    let (mut screen, context) = (loaded(), context(80, 24));
    press(&mut screen, &context, "jj<enter>jjj");
    let shown = frame(&screen, &context);
    assert!(shown.contains("Because") && shown.contains("time was over"), "{shown}");
    press(&mut screen, &context, "<esc>");
    assert!(frame(&screen, &context).contains("row 3 of 3"));
}

#[test]
fn keys_do_nothing_on_an_empty_list() {
    let mut screen = Sessions::default();
    screen.open(&context(80, 24), None);
    screen.reply(&context(80, 24), Slot::Rows, Ok(Reply::Sessions(Window::default())));
    assert_eq!(press(&mut screen, &context(80, 24), "xX+sfy<enter>"), []);
    assert!(frame(&screen, &context(80, 24)).contains("There are no sessions"));
}
