//! The accounts list through the library: pages, jumps, filters.

use std::path::Path;

use crate::bare::PAGE;
use crate::data::{NEEDLE, NEEDLES, Sizes};
use crate::outcome::{Effort, Outcome, Sample, failed};
use crate::random::Random;
use crate::table::{Table, Target};
use crate::verbs::{COLUMNS, Filter, Library, Order, Place, order, users_filter};

/// Words for a filter, and what they stand for.
const WORDS: [(&str, &str); 6] = [
    ("one letter", "e"),
    ("two letters", "an"),
    ("a word", "quillfea"),
    ("nothing has it", "zzqqx"),
    ("accents", "MÜLLER"),
    ("another script", "ИВАНОВ"),
];

/// What is typed first. The rows and the exact total come at once.
const FIRST: [(&str, &str); 3] = [("one letter", "a"), ("a word", "mar"), ("nothing has it", "zzqqx")];

/// Filters on status or level, each with another order, and whether that goes down.
const NARROWED: [(&str, &str, bool); 4] = [
    ("status:pending e", "last name", false),
    ("status:pending", "email", true),
    ("level:admin", "created", true),
    ("status:confirmed an", "username", false),
];

/// All of it.
pub(crate) fn measure(library: &Library, store: &Path, users: u64, sizes: Sizes, table: &mut Table) {
    let mut random = Random::new(1);
    let mut lists = Lists { library, users, random: &mut random };
    table.part("accounts, through the library");
    // A store just opened: what is worked out once per order is worked out here.
    let first_times = lists.first_times();
    for (name, column) in COLUMNS {
        let (kind, sample) = match lists.pages(order(column, false), order(column, true)) {
            Ok((kind, sample)) => (kind, Ok(sample)),
            Err(trouble) => ("none", Err(trouble)),
        };
        table.row(&format!("page by {name} ({kind})"), Target::Pages(sizes.limit(4.0, 6.0)), sample);
    }
    table.row("first jump in an order: the worst", Target::millis(sizes.limit(60.0, 150.0)), first_times);
    for (name, column) in COLUMNS {
        let jumps = lists.jumps(order(column, false), order(column, true));
        table.row(
            &format!("jump to any position by {name}"),
            Target::Lookups(sizes.limit(40.0, 60.0)),
            jumps,
        );
    }
    for (name, word) in FIRST {
        let first = first_filter(store, word);
        table.row(
            &format!("first filter of a store just opened: {word} ({name})"),
            Target::millis(sizes.limit(30.0, 60.0)),
            first,
        );
    }
    for (name, word) in WORDS {
        let rows = lists.rows(word, Order::default(), Effort::SOME);
        table.row(&format!("filter {word} ({name}): rows"), Target::millis(sizes.limit(16.0, 40.0)), rows);
        table.row("  exact total", Target::millis(sizes.limit(30.0, 300.0)), lists.total(word));
    }
    for (expression, by, descending) in NARROWED {
        let column = COLUMNS.iter().find(|(name, _)| *name == by).map(|(_, column)| *column);
        let found = lists.rows(expression, order(column.unwrap_or_default(), descending), Effort::SOME);
        table.row(&format!("filter {expression}, by {by}"), Target::millis(40.0), found);
    }
    table.row("checks of what filters find: right", Target::None, lists.check());
}

/// The first filter that each of several connections answers.
fn first_filter(store: &Path, word: &str) -> Outcome<Sample> {
    let filter = users_filter(word)?;
    Effort { runs: 7, ..Effort::USUAL }.time(
        || Library::open(store),
        |library| {
            let found = library.users(&filter, Order::default(), &Place::First)?;
            Ok((library, found))
        },
    )
}

/// The accounts list, and places in it.
struct Lists<'a> {
    library: &'a Library,
    users: u64,
    random: &'a mut Random,
}

impl Lists<'_> {
    fn anywhere(&mut self) -> Place {
        Place::At(self.random.below(self.users.saturating_sub(u64::from(PAGE))))
    }

    /// The first jump into the middle of each order, both ways.
    fn first_times(&mut self) -> Outcome<Sample> {
        let mut worst = None;
        for (_, column) in COLUMNS {
            for descending in [false, true] {
                let once = Effort { runs: 1, ..Effort::USUAL };
                let taken = once.time(
                    || Ok(self.users / 2),
                    |at| self.library.users(&Filter::default(), order(column, descending), &Place::At(at)),
                )?;
                worst = Some(slower(worst, ("", taken)));
            }
        }
        worst.map_or_else(|| failed("there are no orders"), |(_, sample)| Ok(sample))
    }

    /// First, last, next and previous pages, both ways: the slowest kind.
    fn pages(&mut self, up: Order, down: Order) -> Outcome<(&'static str, Sample)> {
        let mut worst = None;
        for (sort, kinds) in [
            (up, ["first", "last", "next", "previous"]),
            (down, ["first down", "last down", "next down", "previous down"]),
        ] {
            for (at, kind) in kinds.into_iter().enumerate() {
                let library = self.library;
                let all = Filter::default();
                let taken = Effort::USUAL.time(
                    || {
                        let place = self.anywhere();
                        match at {
                            0 => Ok(Place::First),
                            1 => Ok(Place::Last),
                            2 => Ok(Place::After(library.users(&all, sort, &place)?)),
                            _ => Ok(Place::Before(library.users(&all, sort, &place)?)),
                        }
                    },
                    |place| library.users(&all, sort, &place),
                )?;
                worst = Some(slower(worst, (kind, taken)));
            }
        }
        worst.map_or_else(|| failed("there are no pages"), Ok)
    }

    fn jumps(&mut self, up: Order, down: Order) -> Outcome<Sample> {
        let mut ways = [up, down].into_iter().cycle();
        let library = self.library;
        Effort { runs: 100, ..Effort::USUAL }.time(
            || Ok((ways.next().unwrap_or(up), self.anywhere())),
            |(sort, place)| library.users(&Filter::default(), sort, &place),
        )
    }

    fn rows(&self, expression: &str, sort: Order, effort: Effort) -> Outcome<Sample> {
        let filter = users_filter(expression)?;
        effort.time(|| self.library.stir(), |()| self.library.users(&filter, sort, &Place::First))
    }

    fn total(&self, expression: &str) -> Outcome<Sample> {
        let filter = users_filter(expression)?;
        Effort::SOME.time(|| self.library.stir(), |()| self.library.total(&filter))
    }

    /// A fast answer must be the right one. How many filters agree.
    fn check(&self) -> Outcome<Sample> {
        let total = |expression: &str| self.library.total(&users_filter(expression)?);
        // The data set has a needle fewer where it is too small to part them.
        let needles = total(NEEDLE)?;
        if needles == 0 || needles > NEEDLES {
            return failed(format!("{NEEDLE} finds {needles}"));
        }
        let parts = total("status:pending")? + total("status:confirmed")? + total("status:suspended")?;
        let pairs = [
            (total("zzqqx")?, 0),
            (total("quillfea")?, needles),
            (total("MÜLLER")?, total("muller")?),
            (parts, total("")?),
        ];
        match pairs.iter().position(|(found, asked)| found != asked) {
            Some(at) => failed(format!("check {at} finds {:?}", pairs.get(at))),
            None => Ok(Sample::one(crate::outcome::Unit::Count, pairs.len() as f64)),
        }
    }
}

type Kind = (&'static str, Sample);

fn slower(worst: Option<Kind>, other: Kind) -> Kind {
    match worst {
        Some(worst) if worst.1.median() >= other.1.median() => worst,
        _ => other,
    }
}
