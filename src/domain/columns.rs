//! The columns of a table: which of them are shown at a width, and how wide each is.
//!
//! Widths follow the content. What there is room for is never cut.

use super::text::Cut;

/// The gap after each column in cells.
pub const GAP: u16 = 2;
/// The width that a column takes of its content before all others have as much.
const MOST: u16 = 40;
/// The spare cells that a column may get beyond its content.
const SPARE: u16 = 6;

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The heading; also the name by which preferences know the column.
    pub title: &'static str,
    /// The keys of JSON and CSV that hold what the column shows.
    pub keys: &'static [&'static str],
    /// The minimum width in cells.
    pub least: u16,
    /// Set if the column takes spare width beyond its content; one without a share is no wider than its minimum then.
    pub share: u16,
    /// The width of its content that it gets before other columns get more.
    pub most: u16,
    /// Aligns the text to the right (numbers).
    pub right: bool,
    pub cut: Cut,
    /// The width of the terminal from which the column is shown, unless the columns were chosen.
    pub from_width: u16,
    /// The order in which columns are left out if there is no room for all: the highest rank first.
    pub rank: u8,
    /// The width of the terminal below which only the shape of a state is shown.
    pub shape_below: u16,
    /// Set if the cells have a short form: the column leaves room to others unless there is room for all of its content.
    pub has_short: bool,
}

impl Column {
    /// Creates a column of text aligned to the left.
    pub const fn new(
        title: &'static str,
        keys: &'static [&'static str],
        least: u16,
        share: u16,
        from_width: u16,
    ) -> Self {
        let (cut, right) = (Cut::End, false);
        Self {
            title,
            keys,
            least,
            share,
            most: MOST,
            right,
            cut,
            from_width,
            rank: 0,
            shape_below: 0,
            has_short: false,
        }
    }

    /// Aligns the text to the right.
    pub const fn right(self) -> Self {
        Self { right: true, ..self }
    }

    /// Limits the width that the column takes before others have what they need.
    pub const fn most(self, most: u16) -> Self {
        Self { most, ..self }
    }

    /// Sets the part of a text that is left out.
    pub const fn cut(self, cut: Cut) -> Self {
        Self { cut, ..self }
    }

    /// Sets the rank by which the column is left out.
    pub const fn rank(self, rank: u8) -> Self {
        Self { rank, ..self }
    }

    /// Notes that the cells have a short form of the minimum width.
    pub const fn has_short(self) -> Self {
        Self { has_short: true, ..self }
    }

    /// Shows only the shape of a state on terminals narrower than `width`.
    pub const fn shape_below(self, width: u16) -> Self {
        Self { shape_below: width, ..self }
    }
}

/// The room of a table and what it is for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Room<'a> {
    /// The width before the first column in cells.
    pub gutter: u16,
    /// The width of the table in cells.
    pub table: u16,
    /// The width of the terminal in cells.
    pub terminal: u16,
    /// The indices of the columns that the operator has chosen, in their order; empty for those of everybody.
    pub chosen: &'a [usize],
    /// The widths of the content by the indices of the columns.
    pub content: &'a [u16],
    /// The index of the column that the rows are sorted by: its heading has an arrow.
    pub sorted: Option<usize>,
}

/// A column that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The index of the column.
    pub at: usize,
    /// The width in cells.
    pub width: u16,
    /// Set if only the shape of a state is shown.
    pub is_shape: bool,
}

/// A column on its way to a width.
struct Sized {
    shown: Shown,
    column: Column,
    content: u16,
    /// The width that it has at least, where all have room.
    usual: u16,
    /// Set once rows have been measured.
    has_content: bool,
}

/// Returns the columns that a table shows, and the width of each.
pub fn layout(columns: &[Column], room: Room<'_>) -> Vec<Shown> {
    let mut sized = fitting(columns, room);
    // A column gives to others what it does not need, and gets it back if they do not need it either.
    for column in sized.iter_mut().filter(|column| column.has_content) {
        column.shown.width = column.shown.width.min(column.content);
    }
    let taken: u16 = sized.iter().map(|column| column.shown.width + GAP).sum();
    let mut spare = (room.table + GAP).saturating_sub(room.gutter + taken);
    spare = grow_in_turn(&mut sized, spare);
    let only = |is_wanted: bool, width: u16| if is_wanted { width } else { 0 };
    spare = grow(&mut sized, spare, |column| only(!column.column.has_short, column.content));
    // There is no room for the whole content of these, but their short forms may be cut less.
    spare = grow(&mut sized, spare, |column| only(column.column.has_short, column.content));
    spare = grow(&mut sized, spare, |column| only(column.column.share == 0, column.usual));
    grow(&mut sized, spare, |column| only(column.column.share > 0, column.shown.width + SPARE));
    sized.into_iter().map(|column| column.shown).collect()
}

/// Returns the chosen columns, or else those of everybody on a terminal of this width.
pub fn wanted(columns: &[Column], terminal: u16, chosen: &[usize]) -> Vec<usize> {
    let usual = |at: &usize| columns.get(*at).is_some_and(|column| column.from_width <= terminal);
    if chosen.is_empty() { (0..columns.len()).filter(usual).collect() } else { chosen.to_vec() }
}

/// Returns the columns that have room at their minimum widths. The first to leave are those of the highest rank, or
/// the last of chosen ones.
fn fitting(columns: &[Column], room: Room<'_>) -> Vec<Sized> {
    let wanted = wanted(columns, room.terminal, room.chosen);
    let mut sized: Vec<Sized> = wanted.into_iter().filter_map(|at| sized(columns, room, at)).collect();
    let taken = |sized: &[Sized]| sized.iter().map(|column| column.shown.width + GAP).sum::<u16>();
    while sized.len() > 1 && room.gutter + taken(&sized) > room.table + GAP {
        let rank = |(at, column): &(usize, &Sized)| {
            if room.chosen.is_empty() { (column.column.rank, *at) } else { (0, *at) }
        };
        let leaves = sized.iter().enumerate().max_by_key(rank).map(|(at, _)| at);
        sized.remove(leaves.unwrap_or_default());
    }
    if let [only] = sized.as_mut_slice() {
        only.shown.width = only.shown.width.min(room.table.saturating_sub(room.gutter)).max(1);
    }
    sized
}

fn sized(columns: &[Column], room: Room<'_>, at: usize) -> Option<Sized> {
    let column = *columns.get(at)?;
    if room.terminal < column.shape_below {
        let shown = Shown { at, width: 1, is_shape: true };
        return Some(Sized {
            shown,
            column: Column { share: 0, ..column },
            content: 1,
            usual: 1,
            has_content: true,
        });
    }
    let heading = column.title.chars().count() as u16 + if room.sorted == Some(at) { 2 } else { 0 };
    let content = room.content.get(at).copied().unwrap_or_default().max(heading);
    let shown = Shown { at, width: column.least.max(heading.min(column.least + 2)), is_shape: false };
    let has_content = room.content.get(at).is_some();
    Some(Sized { shown, column, content, usual: shown.width, has_content })
}

/// Widens the columns to their content, up to its usual width: first those that would be the last to leave, so that of
/// a row at least its name is whole. Returns the cells that are left.
fn grow_in_turn(sized: &mut [Sized], mut spare: u16) -> u16 {
    let mut by_rank: Vec<&mut Sized> = sized.iter_mut().collect();
    by_rank.sort_by_key(|column| column.column.rank);
    for column in by_rank {
        let target = column.content.min(column.column.most);
        let more = target.saturating_sub(column.shown.width);
        let more = if column.column.has_short && more > spare { 0 } else { more.min(spare) };
        column.shown.width += more;
        spare -= more;
    }
    spare
}

/// Widens the columns to their targets, evenly, as far as there are spare cells. Returns the cells that are left.
fn grow(sized: &mut [Sized], mut spare: u16, target: impl Fn(&Sized) -> u16) -> u16 {
    let targets: Vec<u16> = sized.iter().map(target).collect();
    while spare > 0 {
        let mut is_done = true;
        for (column, target) in sized.iter_mut().zip(&targets) {
            if spare > 0 && column.shown.width < *target {
                column.shown.width += 1;
                spare -= 1;
                is_done = false;
            }
        }
        if is_done {
            return spare;
        }
    }
    spare
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: &[Column] = &[
        Column::new("Status", &[], 11, 0, 0).rank(1).shape_below(64),
        Column::new("Username", &[], 10, 1, 0),
        Column::new("Name", &[], 10, 2, 50).rank(2),
        Column::new("Email", &[], 20, 1, 120).rank(3).cut(Cut::Middle),
        Column::new("Sessions", &[], 8, 0, 100).rank(4).right(),
    ];

    fn shown(room: Room<'_>) -> Vec<(usize, u16)> {
        layout(COLUMNS, room).into_iter().map(|shown| (shown.at, shown.width)).collect()
    }

    const GUTTER: u16 = 3;

    fn at(width: u16) -> Room<'static> {
        Room { gutter: GUTTER, table: width, terminal: width, ..Room::default() }
    }

    #[test]
    fn columns_give_way_when_it_is_narrow() {
        let indices = |width| shown(at(width)).into_iter().map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(indices(120), [0, 1, 2, 3, 4]);
        assert_eq!(indices(100), [0, 1, 2, 4]);
        assert_eq!(indices(80), [0, 1, 2]);
        assert_eq!(indices(40), [0, 1]);
        assert_eq!(layout(COLUMNS, at(40))[0], Shown { at: 0, width: 1, is_shape: true });
    }

    #[test]
    fn those_of_the_highest_rank_leave_first_when_details_take_room() {
        let indices: Vec<_> = shown(Room { table: 69, ..at(120) }).into_iter().map(|(at, _)| at).collect();
        assert_eq!(indices, [0, 1, 2, 3]);
    }

    #[test]
    fn content_gets_its_width_while_there_is_room() {
        let content = [9, 30, 12, 24, 1];
        let room = Room { content: &content, ..at(140) };
        let widths = shown(room);
        for (at, width) in &widths {
            assert!(*width >= content[*at], "{widths:?}");
        }
        // Where there is not enough, the widest is cut, not the others.
        let narrow = shown(Room { content: &[9, 60, 12, 24, 1], ..at(120) });
        assert!(narrow[2].1 >= 12 && narrow[3].1 >= 24 && narrow[1].1 < 60, "{narrow:?}");
    }

    #[test]
    fn a_column_gives_what_it_does_not_need_and_gets_it_back_last() {
        let bin = [
            Column::new("By", &[], 10, 0, 0),
            Column::new("What", &[], 14, 1, 0),
            Column::new("Kind", &[], 9, 0, 0),
        ];
        let widths = |path| {
            let room = Room { content: &[4, path, 7], ..at(46) };
            layout(&bin, room).into_iter().map(|shown| shown.width).collect::<Vec<_>>()
        };
        assert_eq!(widths(60), [4, 28, 7]);
        assert_eq!(widths(24), [6, 24, 9]);
        assert_eq!(widths(10), [10, 16, 9]);
    }

    #[test]
    fn chosen_columns_stand_in_their_order_and_the_last_leaves_first() {
        let room = Room { chosen: &[3, 1, 4], ..at(80) };
        assert_eq!(shown(room).iter().map(|(at, _)| *at).collect::<Vec<_>>(), [3, 1, 4]);
        let narrow = Room { chosen: &[3, 1, 4], ..at(40) };
        assert_eq!(shown(narrow).iter().map(|(at, _)| *at).collect::<Vec<_>>(), [3, 1]);
        // Even a single one fits.
        assert_eq!(shown(Room { chosen: &[3], ..at(12) }), [(3, 9)]);
    }

    #[test]
    fn the_heading_has_room_for_its_arrow() {
        let room = Room { sorted: Some(1), ..at(40) };
        assert!(shown(room)[1].1 >= 10);
        let numbers = Room { sorted: Some(4), ..at(100) };
        assert_eq!(shown(numbers).last(), Some(&(4, 10)));
    }

    proptest! {
        #[test]
        fn a_table_never_takes_more_than_it_has(
            table in 12_u16..250,
            content in prop::collection::vec(0_u16..200, 5),
            chosen in prop::sample::subsequence(vec![0_usize, 1, 2, 3, 4], 0..=5),
            sorted in prop::option::of(0_usize..5),
        ) {
            let room = Room { gutter: GUTTER, table, terminal: table, chosen: &chosen, content: &content, sorted };
            let widths = shown(room);
            let used: u16 = GUTTER + widths.iter().map(|(_, width)| width + GAP).sum::<u16>() - GAP;
            prop_assert!(used <= table, "{used} > {table}");
            // Nothing is cut while blanks stand beside it.
            let is_cut = widths.iter().any(|(at, width)| *width > 1 && content[*at] > *width);
            prop_assert!(!is_cut || used == table, "{widths:?} {content:?} in {table}");
            let has_blanks = |(at, width): &(usize, u16)| {
                *width > content[*at].max(COLUMNS[*at].title.len() as u16 + 2)
            };
            prop_assert!(!is_cut || !widths.iter().any(has_blanks), "{widths:?} {content:?} in {table}");
        }
    }
}
