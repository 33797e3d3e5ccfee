use super::*;
use crate::domain::directory::Directory;
use crate::domain::user::UserId;
use crate::tui::effect::Slot;
use crate::tui::screens::Screen as _;
use crate::tui::testing::{context, frame, press, window};

fn row(id: i64, path: &str, depth: u32, children: u64, open: bool) -> TreeRow {
    let directory = Directory {
        id,
        user_id: UserId(3),
        owner: "alan".into(),
        directory_id: format!("{id:032x}"),
        name: split(path).1.into(),
        path: path.into(),
        date_added: None,
        last_modified: None,
        last_accessed: None,
        username: None,
    };
    TreeRow { directory, depth, children, open }
}

fn loaded() -> Directories {
    let mut screen = Directories::default();
    screen.open(&context(80, 24), None);
    let rows = vec![
        row(1, "00003_ALAN", 0, 2, true),
        row(2, "00003_ALAN/Photos", 1, 1, false),
        row(3, "00003_ALAN/Videos", 1, 0, false),
    ];
    screen.list.source.open.insert(1);
    screen.reply(&context(80, 24), Slot::Rows, Ok(Reply::Tree(window(rows))));
    screen
}

fn pressed(script: &str) -> Vec<Ask> {
    press(&mut loaded(), &context(80, 24), script)
}

/// Which directories show what lies below them, as the request for the rows says.
fn opened(asks: &[Ask]) -> Vec<i64> {
    match asks {
        [Ask::Load(Slot::Rows, Request::Directories(Wish::Tree { open, .. })), ..] => {
            open.iter().copied().collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_tree_is_drawn_with_its_twigs() {
    let shown = frame(&loaded(), &context(80, 24));
    for words in ["▾ 00003_ALAN", "  ▸ Photos", "    Videos", "alan", "row 1 of 3"] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
}

#[test]
fn opening_shows_what_lies_below_and_notes_that_it_was_opened() {
    let asks = pressed("j<enter>");
    assert_eq!(opened(&asks), [1, 2]);
    assert_eq!(asks.last(), Some(&Ask::Load(Slot::Detail, Request::Directories(Wish::Opened(2)))));
}

#[test]
fn a_directory_with_nothing_below_shows_its_details() {
    let (mut screen, context) = (loaded(), context(80, 24));
    press(&mut screen, &context, "jjl");
    assert!(frame(&screen, &context).contains("00003_ALAN/Videos"));
    press(&mut screen, &context, "h");
    assert!(frame(&screen, &context).contains("row 3 of 3"));
}

#[test]
fn closing_hides_what_lies_below_or_goes_up() {
    assert_eq!(opened(&pressed("h")), [] as [i64; 0]);
    let (mut screen, context) = (loaded(), context(80, 24));
    press(&mut screen, &context, "jjh");
    assert_eq!(screen.current().map(|row| row.directory.id), Some(1));
}

#[test]
fn boxes_open_for_adding_renaming_and_moving() {
    for script in ["a", "r", "m"] {
        assert!(matches!(pressed(script).as_slice(), [Ask::Open(Overlay::Edit(_))]), "{script}");
    }
}

#[test]
fn removing_asks() {
    let asks = pressed("jd");
    let [Ask::Confirm { question, rows, then, .. }] = asks.as_slice() else { panic!("{asks:?}") };
    assert_eq!((question.as_str(), *rows), ("Remove 00003_ALAN/Photos", 1));
    assert_eq!(*then, Request::Directories(Wish::Trash(vec![Place::Id(2)])));
    assert!(matches!(pressed("*d").as_slice(), [Ask::Notice(_)]));
}

#[test]
fn the_owner_is_one_key_away() {
    assert_eq!(pressed("i"), [Ask::Act(Request::Directories(Wish::Provision(People::one(UserId(3)))))]);
    assert_eq!(pressed("s"), [Ask::Go(Route::Sessions(Some("user:3".into())))]);
    assert_eq!(pressed("f"), [Ask::Go(Route::Directories(Some("user:3".into())))]);
    assert_eq!(pressed("jy"), [Ask::Copy("00003_ALAN/Photos".into())]);
}

#[test]
fn a_filter_for_an_account_keeps_the_tree_and_any_other_makes_a_list() {
    let mut screen = loaded();
    let asks = screen.open(&context(80, 24), Some("user:alan"));
    let of_alan = Some(Who::Username("alan".into()));
    assert!(
        matches!(&asks[0], Ask::Load(Slot::Rows, Request::Directories(Wish::Tree { of, .. })) if *of == of_alan)
    );
    for filter in ["photos", "!user:alan", "user:alan photos"] {
        let asks = screen.open(&context(80, 24), Some(filter));
        assert!(
            matches!(&asks[0], Ask::Load(Slot::Rows, Request::Directories(Wish::List { .. }))),
            "{filter}"
        );
    }
    let found = row(2, "00003_ALAN/Photos", 0, 0, false).directory;
    screen.reply(&context(80, 24), Slot::Rows, Ok(Reply::Directories(window(vec![found]))));
    assert!(frame(&screen, &context(80, 24)).contains("00003_ALAN/Photos"));
}

#[test]
fn every_column_sorts() {
    for (script, column, descending) in [
        (",n", DirectoryColumn::Name, false),
        (",A", DirectoryColumn::Added, true),
        (",m", DirectoryColumn::Modified, false),
        (",I", DirectoryColumn::Id, true),
    ] {
        let asks = pressed(script);
        let [Ask::Load(Slot::Rows, Request::Directories(Wish::Tree { sort, .. }))] = asks.as_slice() else {
            panic!("{asks:?}")
        };
        assert_eq!((sort.column, sort.descending), (column, descending));
    }
}
