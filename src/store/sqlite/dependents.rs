//! Rows that would be deleted with an account by foreign keys of other programs: rows of their tables, and rows of the
//! three tables that a column of theirs ties to it.

use rusqlite::{Connection, Row};

use super::error;
use super::values::{number, quoted, text};
use super::window::all;
use crate::domain::user::UserId;
use crate::store::Result;

/// Tables between an account and a row that goes with it.
const MOST_LINKS: u8 = 6;

/// A foreign key that deletes rows with those they point to.
struct Link {
    child: String,
    parent: String,
    /// The columns of the child and of its parent, each ready for SQL.
    columns: Vec<(String, String)>,
}

/// Returns the number of rows that would be deleted with an account, its sessions and its directories by foreign keys that
/// are not NEXUS's.
pub(super) fn count(connection: &Connection, user: UserId) -> Result<u64> {
    let links = links(connection)?;
    let mut children: Vec<_> = links.iter().map(|link| link.child.as_str()).collect();
    children.sort_unstable();
    children.dedup();
    let mut rows = 0;
    for child in children {
        let ways = ways(&links, child, MOST_LINKS);
        if ways.is_empty() {
            continue;
        }
        let beside = own(child).map(|own| format!(" AND NOT ifnull({own}, 0)")).unwrap_or_default();
        let sql =
            format!("SELECT count(*) FROM main.{} WHERE ({}){beside}", quoted(child), ways.join(" OR "));
        rows += connection.query_row(&sql, [user.0], |row| number(row, 0)).map_err(error::of)?;
    }
    Ok(rows)
}

fn links(connection: &Connection) -> Result<Vec<Link>> {
    let sql = r#"SELECT m.name, f.id, f."table", f."from",
                   ifnull(f."to", (SELECT c.name FROM pragma_table_info(f."table") c WHERE c.pk = f.seq + 1))
                 FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL
                     AND name NOT LIKE 'nexus@_%' ESCAPE '@' AND name NOT LIKE 'sqlite@_%' ESCAPE '@') m,
                   pragma_foreign_key_list(m.name) f
                 WHERE f.on_delete = 'CASCADE'
                   AND NOT (f."from" = 'user_id' COLLATE NOCASE AND m.name IN ('de_torres_vincent_session_tokens',
                     'de_torres_vincent_user_directories'))
                 ORDER BY m.name, f.id, f.seq"#;
    let read = |row: &Row<'_>| {
        let columns = (quoted(&text(row, 3)?), quoted(&text(row, 4)?));
        Ok((row.get::<_, i64>(1)?, text(row, 0)?, text(row, 2)?, columns))
    };
    let mut links: Vec<(i64, Link)> = Vec::new();
    for (id, child, parent, columns) in all(connection, sql, [], read)? {
        match links.last_mut().filter(|(last, link)| *last == id && link.child == child) {
            Some((_, link)) => link.columns.push(columns),
            None => links.push((id, Link { child, parent, columns: vec![columns] })),
        }
    }
    Ok(links.into_iter().map(|(_, link)| link).collect())
}

/// Returns the condition for the account's own row, sessions or directories; `None` for another table.
fn own(table: &str) -> Option<&'static str> {
    match table.to_ascii_lowercase().as_str() {
        "de_torres_vincent_users" => Some("id = ?1"),
        "de_torres_vincent_session_tokens" | "de_torres_vincent_user_directories" => Some("user_id = ?1"),
        _ => None,
    }
}

/// Returns the condition for the rows of a table that go with the account whose id is `?1`.
fn condition(links: &[Link], table: &str, most: u8) -> Option<String> {
    if let Some(own) = own(table) {
        return Some(own.into());
    }
    let ways = ways(links, table, most);
    (!ways.is_empty()).then(|| ways.join(" OR "))
}

/// Returns a condition for each foreign key by which rows of a table go with the account.
fn ways(links: &[Link], table: &str, most: u8) -> Vec<String> {
    let Some(most) = most.checked_sub(1) else { return Vec::new() };
    let of_it = links.iter().filter(|link| link.child.eq_ignore_ascii_case(table));
    of_it
        .filter_map(|link| {
            let condition = condition(links, &link.parent, most)?;
            let (here, there): (Vec<_>, Vec<_>) = link.columns.iter().cloned().unzip();
            let (here, there) = (here.join(", "), there.join(", "));
            Some(format!("({here}) IN (SELECT {there} FROM main.{} WHERE {condition})", quoted(&link.parent)))
        })
        .collect()
}
