//! The number of directories. Triggers keep it, whoever writes; a load, and a whole tree that is inserted at once, count at
//! their end.

use rusqlite::Connection;

use crate::store::Result;

use super::error;
use super::statement::execute;

/// The directories without anything that is joined.
pub(super) const TABLE: &str = "de_torres_vincent_user_directories d";

/// The number of all directories. Where it is gone they are counted, until `nexus doctor --fix` puts it back.
pub(super) const TOTAL: &str = "SELECT ifnull((SELECT directories FROM nexus_directory_counts),
  (SELECT count(*) FROM de_torres_vincent_user_directories))";

/// The number of all directories as a scan finds it, and as it is kept.
pub(super) const COUNTED: &str = "SELECT count(*) FROM de_torres_vincent_user_directories";
pub(super) const KEPT: &str = "SELECT directories FROM nexus_directory_counts";

/// Adds directories that were inserted while the triggers were switched off.
pub(super) fn add(connection: &Connection, directories: usize) -> Result<()> {
    let sql = "UPDATE nexus_directory_counts SET directories = directories + ?";
    execute(connection, sql, [directories as i64]).map(drop)
}

/// Counts all directories again.
pub(super) fn recount(connection: &Connection) -> Result<()> {
    let sql = format!(
        "DELETE FROM nexus_replaced_directories; DELETE FROM nexus_directory_counts;
         INSERT INTO nexus_directory_counts (id, directories) SELECT 1, * FROM ({COUNTED});"
    );
    connection.execute_batch(&sql).map_err(error::of)
}
