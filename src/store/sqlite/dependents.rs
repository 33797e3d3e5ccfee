//! Rows of other programs' tables that would be deleted with an account, by their foreign keys.

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

/// Returns the number of rows in other programs' tables that would be deleted with an account, its sessions and its
/// directories.
pub(super) fn count(connection: &Connection, user: UserId) -> Result<u64> {
    let links = links(connection)?;
    let mut children: Vec<_> = links.iter().map(|link| link.child.as_str()).collect();
    children.sort_unstable();
    children.dedup();
    let mut rows = 0;
    for child in children {
        let Some(condition) = condition(&links, child, MOST_LINKS) else { continue };
        let sql = format!("SELECT count(*) FROM main.{} WHERE {condition}", quoted(child));
        rows += connection.query_row(&sql, [user.0], |row| number(row, 0)).map_err(error::of)?;
    }
    Ok(rows)
}

fn links(connection: &Connection) -> Result<Vec<Link>> {
    let sql = r#"SELECT m.name, f.id, f."table", f."from",
                   ifnull(f."to", (SELECT c.name FROM pragma_table_info(f."table") c WHERE c.pk = f.seq + 1))
                 FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL
                     AND name NOT LIKE 'nexus@_%' ESCAPE '@' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'
                     AND name NOT IN ('de_torres_vincent_users', 'de_torres_vincent_session_tokens',
                       'de_torres_vincent_user_directories')) m,
                   pragma_foreign_key_list(m.name) f
                 WHERE f.on_delete = 'CASCADE' ORDER BY m.name, f.id, f.seq"#;
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

/// Returns the condition for the rows of a table that go with the account whose id is `?1`.
fn condition(links: &[Link], table: &str, most: u8) -> Option<String> {
    match table.to_ascii_lowercase().as_str() {
        "de_torres_vincent_users" => return Some("id = ?1".into()),
        "de_torres_vincent_session_tokens" | "de_torres_vincent_user_directories" => {
            return Some("user_id = ?1".into());
        }
        _ => {}
    }
    let most = most.checked_sub(1)?;
    let of_it = links.iter().filter(|link| link.child.eq_ignore_ascii_case(table));
    let ways: Vec<_> = of_it
        .filter_map(|link| {
            let condition = condition(links, &link.parent, most)?;
            let (here, there): (Vec<_>, Vec<_>) = link.columns.iter().cloned().unzip();
            let (here, there) = (here.join(", "), there.join(", "));
            Some(format!("({here}) IN (SELECT {there} FROM main.{} WHERE {condition})", quoted(&link.parent)))
        })
        .collect();
    (!ways.is_empty()).then(|| ways.join(" OR "))
}
