use crate::domain::time::Duration;
use crate::domain::user::{UserId, Who};
use crate::tui::dialog::Dialog;
use crate::tui::overlays::edit::Edit;
use crate::tui::screens::list_screen::ListScreen;
use crate::tui::screens::screen::Screen as _;
use crate::tui::testing::{act, context, directory, frame, keys, press, window};

use super::*;

type DirectoriesScreen = ListScreen<DirectoryTree>;

fn row(id: i64, path: &str, children: u64, open: bool) -> TreeRow {
    TreeRow { directory: directory(id, path), depth: path.matches('/').count() as u32, children, open }
}

fn tree() -> Vec<TreeRow> {
    vec![
        row(1, "00003_ALAN", 2, true),
        row(2, "00003_ALAN/Audios", 0, false),
        row(3, "00003_ALAN/Photos", 4, false),
    ]
}

/// Returns the tree with its home open.
fn loaded() -> DirectoriesScreen {
    let (mut screen, context) = (DirectoriesScreen::default(), context(80, 24));
    screen.open(&context, None);
    screen.reply(&context, Slot::Rows, Ok(Reply::Tree(window(vec![row(1, "00003_ALAN", 2, false)]))));
    press(&mut screen, &context, "l");
    screen.reply(&context, Slot::Rows, Ok(Reply::Tree(window(tree()))));
    screen
}

fn pressed(script: &str) -> Vec<Ask> {
    press(&mut loaded(), &context(80, 24), script)
}

fn opened(id: i64) -> Ask {
    Ask::Perform(Slot::Detail, Request::Directories(DirectoryRequest::Opened(id)))
}

/// Returns the account and the expanded directories of a request for a tree.
fn tree_of(ask: &Ask) -> (Option<&Who>, Vec<i64>) {
    match ask {
        Ask::Query(Slot::Rows, Request::Directories(DirectoryRequest::Tree { of, open, .. })) => {
            (of.as_ref(), open.iter().copied().collect())
        }
        other => panic!("no tree: {other:?}"),
    }
}

/// Returns the request of the form that a key opens, after these keys.
fn in_the_box(key: &str, script: &str) -> Request {
    let asks = pressed(key);
    let [Ask::Open(Dialog::Form(form))] = asks.as_slice() else { panic!("{asks:?}") };
    let mut edit = Edit::new(form.clone());
    let mut asks: Vec<Ask> = keys(script).into_iter().flat_map(|key| edit.press(key)).collect();
    asks.retain(|ask| !matches!(ask, Ask::Complete(..)));
    let [Ask::Submit(request)] = asks.as_slice() else { panic!("{asks:?}") };
    request.clone()
}

#[test]
fn it_opens_on_the_closed_tree_of_everybody() {
    let asks = DirectoriesScreen::default().open(&context(80, 24), None);
    assert_eq!(asks.len(), 1);
    assert_eq!(tree_of(&asks[0]), (None, vec![]));
}

#[test]
fn opening_shows_what_lies_below_and_notes_the_access() {
    for key in ["l", "<enter>", "<right>"] {
        let asks = pressed(&format!("G{key}"));
        assert_eq!(tree_of(&asks[0]), (None, vec![1, 3]), "{key}");
        assert_eq!(asks[1..], [opened(3)], "{key}");
    }
    assert_eq!(pressed("l"), [], "it is open already");
}

#[test]
fn closing_hides_what_lies_below() {
    for key in ["h", "<left>"] {
        let asks = pressed(key);
        assert_eq!(asks.len(), 1);
        assert_eq!(tree_of(&asks[0]), (None, vec![]), "{key}");
    }
}

#[test]
fn from_a_closed_directory_it_goes_to_the_one_above() {
    let mut screen = loaded();
    press(&mut screen, &context(80, 24), "Gh");
    assert_eq!(screen.current().map(|row| row.directory.id), Some(1));
}

#[test]
fn a_directory_with_nothing_below_shows_its_details() {
    let (mut screen, context) = (loaded(), context(80, 24));
    assert_eq!(press(&mut screen, &context, "jl"), [opened(2)]);
    assert!(frame(&screen, &context).contains("00003_ALAN/Audios"));
    assert!(frame(&screen, &context).contains("Owner"));
    assert_eq!(press(&mut screen, &context, "h"), []);
    assert!(frame(&screen, &context).contains("row 2 of 3"));
}

#[test]
fn a_directory_is_added_below_the_one_under_the_cursor() {
    let added = DirectoryRequest::Add { path: "00003_ALAN/Photos/2024".into(), owner: None };
    assert_eq!(in_the_box("Ga", "2024<enter>"), Request::Directories(added));
}

#[test]
fn a_directory_is_renamed_and_moved() {
    let place = DirectorySelector::Id(3);
    let renamed = DirectoryRequest::Rename { place: place.clone(), name: "Photos 2".into() };
    assert_eq!(in_the_box("Gr", " 2<enter>"), Request::Directories(renamed));
    let to = DirectorySelector::Path("00003_ALAN/Audios".into());
    assert_eq!(
        in_the_box("Gm", "00003_ALAN/Audios<enter>"),
        Request::Directories(DirectoryRequest::Move { place, to })
    );
}

#[test]
fn the_one_under_the_cursor_is_removed_or_the_marked_ones_together() {
    assert_eq!(
        *act(&pressed("Gd")),
        Request::Directories(DirectoryRequest::Trash(vec![DirectorySelector::Id(3)]))
    );
    let both = vec![DirectorySelector::Id(2), DirectorySelector::Id(3)];
    assert_eq!(*act(&pressed("j<space><space>d")), Request::Directories(DirectoryRequest::Trash(both)));
}

#[test]
fn not_everything_is_removed_at_once() {
    assert!(matches!(pressed("*d").as_slice(), [Ask::ShowError(_)]));
}

#[test]
fn the_owners_home_sessions_and_tree_are_at_hand() {
    let home = DirectoryRequest::Provision(AccountSelection::one(UserId(3)));
    assert_eq!(pressed("i"), [Ask::Submit(Request::Directories(home))]);
    assert_eq!(pressed("s"), [Ask::Go(Route::filtered(ScreenId::SESSIONS, "user:3"))]);
    assert_eq!(pressed("f"), [Ask::Go(Route::filtered(ScreenId::DIRECTORIES, "user:3"))]);
}

#[test]
fn the_path_is_copied() {
    assert_eq!(pressed("Gy"), [Ask::Copy("00003_ALAN/Photos".into())]);
}

#[test]
fn sorting_reads_the_tree_anew_either_way_round() {
    for (script, column, descending) in [
        (",n", DirectoryColumn::Name, false),
        (",C", DirectoryColumn::Added, true),
        (",m", DirectoryColumn::Modified, false),
        (",I", DirectoryColumn::Id, true),
    ] {
        let asks = pressed(script);
        let [Ask::Query(_, Request::Directories(DirectoryRequest::Tree { sort, .. })), Ask::Remember(_)] =
            asks.as_slice()
        else {
            panic!("{asks:?}")
        };
        assert_eq!((sort.column, sort.descending), (column, descending));
    }
}

#[test]
fn a_filter_that_only_names_an_account_keeps_the_tree() {
    let asks = DirectoriesScreen::default().open(&context(80, 24), Some("user:alan"));
    assert_eq!(tree_of(&asks[0]), (Some(&Who::Username("alan".into())), vec![]));
    let asks = DirectoriesScreen::default().open(&context(80, 24), Some("!user:alan"));
    assert!(matches!(asks.as_slice(), [Ask::Query(_, Request::Directories(DirectoryRequest::List { .. }))]));
}

#[test]
fn words_find_directories_in_a_flat_list_with_their_paths() {
    let (mut screen, context) = (loaded(), context(80, 24));
    let asks = press(&mut screen, &context, "/p<enter>");
    let [
        Ask::Query(Slot::Rows, Request::Directories(DirectoryRequest::List { of: None, filter, .. })),
        Ask::RememberFilter(_),
    ] = asks.as_slice()
    else {
        panic!("{asks:?}")
    };
    assert_eq!(filter.terms.len(), 1);
    let found = vec![row(3, "00003_ALAN/Photos", 4, false).directory];
    screen.reply(&context, Slot::Rows, Ok(Reply::Directories(window(found))));
    assert!(frame(&screen, &context).contains("00003_ALAN/Photos"));
    assert_eq!(press(&mut screen, &context, "l"), [opened(3)], "there is no tree to open: its details show");
}

#[test]
fn an_empty_list_says_why_and_only_adding_works() {
    let (mut screen, context) = (DirectoriesScreen::default(), context(80, 24));
    screen.open(&context, None);
    screen.reply(&context, Slot::Rows, Ok(Reply::Tree(Window::default())));
    assert!(frame(&screen, &context).contains("There are no directories"));
    assert_eq!(press(&mut screen, &context, "lhrmdisfy<tab>"), []);
    assert!(matches!(press(&mut screen, &context, "a").as_slice(), [Ask::Open(Dialog::Form(_))]));
}

#[test]
fn details_do_not_repeat_what_the_row_shows() {
    let (mut screen, context) = (loaded(), context(120, 36));
    let root = TreeRow { depth: 0, ..row(1, "MEDIA/00001_ADA", 2, false) };
    screen.reply(&context, Slot::Rows, Ok(Reply::Tree(window(vec![root]))));
    let context = Context { now: context.now + Duration::milliseconds(60), relative: false, ..context };
    screen.wake(&context);
    let seen = frame(&screen, &context);
    for words in ["MEDIA/00001_ADA", "Created", "Modified"] {
        assert_eq!(seen.matches(words).count(), 1, "{words}: {seen}");
    }
    // An age does not say when.
    let seen = frame(&screen, &Context { relative: true, ..context });
    assert_eq!(seen.matches("Created").count(), 2, "{seen}");
}
