//! Sessions and directories through the library.

use crate::bare::Bare;
use crate::data::{DEEP, HEAVY, Sizes, WIDE};
use crate::outcome::{Effort, Outcome, Sample, failed};
use crate::random::Random;
use crate::table::{Table, Target};
use crate::verbs::{DirectoryColumn, Library, Place, SessionColumn, grouped};

/// Part of a name that few accounts have.
const NAME: &str = "quillfea";

/// The orders of a flat list of directories.
const FLAT: [(&str, DirectoryColumn); 3] = [
    ("path", DirectoryColumn::Name),
    ("date of creation", DirectoryColumn::Added),
    ("date of change", DirectoryColumn::Modified),
];

/// Sessions: the active ones, a token's account, a sweep that finds nothing.
pub(crate) fn sessions(library: &mut Library, bare: &Bare, sizes: Sizes, table: &mut Table) {
    table.part("sessions, through the library");
    let of_one = library
        .user(HEAVY)
        .and_then(|user| Effort::SOME.time(|| library.stir(), |()| library.active_sessions(Some(user))));
    table.row("active sessions of one account", Target::Lookups(sizes.limit(10.0, 12.0)), of_one);
    let of_all = Effort::USUAL.time(|| Ok(()), |()| library.active_sessions(None));
    table.row("all active sessions by their ends", Target::Pages(6.0), of_all);
    let changed = Effort::SOME.time(|| library.stir(), |()| library.active_sessions(None));
    table.row("  right after a change: all are counted", Target::millis(5.0), changed);
    let of_a_name = Effort::SOME
        .time(|| library.stir(), |()| library.sessions(NAME, SessionColumn::Started, &Place::First));
    table.row("sessions filtered by a word", Target::millis(sizes.limit(60.0, 300.0)), of_a_name);
    let by_account =
        Effort::SOME.time(|| library.stir(), |()| library.sessions("", SessionColumn::User, &Place::First));
    table.row("all sessions by account: the first page", Target::Pages(6.0), by_account);
    let mut random = Random::new(7);
    let within = Effort::SOME.time(
        || library.stir().map(|()| Place::At(random.below(sizes.sessions()))),
        |place| library.sessions("", SessionColumn::User, &place),
    );
    table.row("  any place, after a change", Target::millis(sizes.limit(150.0, 300.0)), within);
    table.row("token check", Target::Lookups(6.0), token_check(library, bare));
    table.row("sweep, nothing to do", Target::Lookups(6.0), idle_sweep(library, bare));
}

fn token_check(library: &Library, bare: &Bare) -> Outcome<Sample> {
    let digests = bare.digests(5_000)?;
    let mut next = digests.iter().cycle();
    Effort::QUICK.time(
        || next.next().map_or_else(|| failed("there are no sessions"), Ok),
        |digest| library.check_token(digest),
    )
}

fn idle_sweep(library: &mut Library, bare: &Bare) -> Outcome<Sample> {
    bare.sweep()?;
    Effort::QUICK.time(|| Ok(()), |()| library.sweep_step())
}

/// Directories: a node with many right below it, a large subtree, a search in one account's.
pub(crate) fn directories(library: &mut Library, sizes: Sizes, table: &mut Table) {
    table.part("directories, through the library");
    let crowd = sizes.crowd();
    table.row(
        &format!("open a directory with {} below it", grouped(crowd)),
        Target::Pages(sizes.limit(4.0, 6.0)),
        open(library, crowd),
    );
    table.row(
        &format!("move a subtree of {}", grouped(crowd)),
        Target::millis(100.0),
        relocate(library, crowd),
    );
    let search = library.user(HEAVY).and_then(|user| {
        Effort::USUAL.time(|| library.stir(), |()| library.search_directories(user, "wedding"))
    });
    let what = format!("search in one account's {}", grouped(sizes.heavy_directories()));
    table.row(&what, Target::millis(30.0), search);
    for (name, column) in FLAT {
        let mut random = Random::new(8);
        let pages = Effort::SOME.time(
            || library.stir().map(|()| Place::At(random.below(sizes.directories()))),
            |place| library.directories(column, &place),
        );
        table.row(
            &format!("all directories by {name}: any page"),
            Target::Pages(sizes.limit(6.0, 8.0)),
            pages,
        );
    }
}

fn open(library: &Library, crowd: u64) -> Outcome<Sample> {
    let branch = library.below_home(library.user(HEAVY)?, WIDE)?;
    let shown = library.open_branch(&branch)?;
    if shown <= crowd {
        return failed(format!("{shown} rows show"));
    }
    Effort::USUAL.time(|| library.stand_before(&branch), |()| library.open_branch(&branch))
}

fn relocate(library: &mut Library, crowd: u64) -> Outcome<Sample> {
    let branch = library.below_home(library.user(HEAVY)?, DEEP)?;
    let other = format!("{}er", branch.path);
    let mut places = [&other, &branch.path].into_iter().cycle();
    // An even number of runs leaves it where it was.
    let mut times = Vec::new();
    for _ in 0..3 {
        for _ in 0..2 {
            let to = places.next().unwrap_or(&other);
            let start = std::time::Instant::now();
            let moved = library.move_directory(branch.id, to)?;
            times.push(start.elapsed());
            if moved != crowd + 1 {
                return failed(format!("{moved} rows moved"));
            }
        }
    }
    Sample::times(times)
}
