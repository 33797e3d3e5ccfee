//! Statements after the rows that change them, in every spelling.

use super::*;

/// Returns the verbs of the statements after rows of `t` that are found, each with its line.
fn later(dump: &str) -> Vec<(u64, String)> {
    let mut reader = DumpReader::new(dump.as_bytes(), only(|table| table == "t"));
    while reader.next_row().unwrap_or_else(|error| panic!("{error}: {dump}")).is_some() {}
    let later = &reader.findings().later;
    assert!(later.iter().all(|statement| statement.table.as_deref() == Some("t")), "{dump}");
    later.iter().map(|statement| (statement.line, statement.action.clone())).collect()
}

/// Statements that change the rows of a table, whose name stands for `@`.
const CHANGES: [(&str, &str); 44] = [
    ("UPDATE", "UPDATE @ SET a = 'x' WHERE b = 1"),
    ("UPDATE", "UPDATE LOW_PRIORITY IGNORE @ AS x SET a = 1"),
    ("UPDATE", "UPDATE u JOIN @ ON u.a = 'b' SET b = 1"),
    ("UPDATE", "UPDATE u, @ SET b = 1"),
    ("UPDATE", "UPDATE OR REPLACE @ SET a = 1"),
    ("DELETE", "DELETE FROM @"),
    ("DELETE", "DELETE LOW_PRIORITY QUICK IGNORE FROM @ WHERE a = 1"),
    ("DELETE", "DELETE @ FROM @ JOIN u"),
    ("DELETE", "DELETE FROM @.*, u.* USING u JOIN v"),
    ("DELETE", "DELETE u, @.* FROM v"),
    ("DELETE", "DELETE FROM x USING @ AS x JOIN u"),
    ("TRUNCATE", "TRUNCATE TABLE @"),
    ("TRUNCATE", "TRUNCATE @"),
    ("DROP", "DROP TABLE @"),
    ("DROP", "DROP TABLE IF EXISTS @ CASCADE"),
    ("DROP", "DROP TABLES u, @"),
    ("DROP", "DROP TEMPORARY TABLE @"),
    ("RENAME", "RENAME TABLE @ TO old"),
    ("RENAME", "RENAME TABLE u TO v, @ TO u"),
    ("RENAME", "RENAME TABLES IF EXISTS @ WAIT 5 TO old"),
    ("ALTER", "ALTER TABLE @ RENAME TO old"),
    ("ALTER", "ALTER TABLE @ RENAME old"),
    ("ALTER", "ALTER TABLE @ RENAME COLUMN a TO b"),
    ("ALTER", "ALTER IGNORE TABLE IF EXISTS @ DROP a"),
    ("ALTER", "ALTER ONLINE TABLE @ ADD z int, DROP COLUMN `a`"),
    ("ALTER", "ALTER TABLE @ DROP `a`"),
    ("ALTER", "ALTER TABLE @ CHANGE COLUMN a b int NOT NULL"),
    ("ALTER", "ALTER TABLE @ CHANGE `a` `b` int"),
    ("ALTER", "ALTER TABLE @ DROP PARTITION p0"),
    ("ALTER", "ALTER TABLE @ TRUNCATE PARTITION ALL"),
    ("ALTER", "ALTER TABLE @ EXCHANGE PARTITION p WITH TABLE u"),
    ("ALTER", "ALTER TABLE u EXCHANGE PARTITION p WITH TABLE @"),
    ("ALTER", "ALTER TABLE @ DISCARD TABLESPACE"),
    ("LOAD", "LOAD DATA INFILE 'x' INTO TABLE @"),
    ("LOAD", "LOAD DATA LOCAL INFILE 'x' IGNORE INTO TABLE @ FIELDS TERMINATED BY ','"),
    ("LOAD", "LOAD XML INFILE 'x' REPLACE INTO TABLE @"),
    ("INSERT", "INSERT INTO @ SELECT a FROM u"),
    ("INSERT", "INSERT INTO @ (a) (SELECT 1)"),
    ("REPLACE", "REPLACE INTO @ (a) SELECT 1"),
    ("CREATE OR REPLACE", "CREATE OR REPLACE TABLE @ (a int)"),
    ("CREATE OR REPLACE", "CREATE OR REPLACE TEMPORARY TABLE @ (a int)"),
    ("WITH", "WITH x AS (SELECT 1), y (a) AS (SELECT 2) UPDATE @ SET a = 1"),
    ("WITH", "WITH RECURSIVE x AS (SELECT 1) DELETE FROM @"),
    ("WITH", "WITH x AS (SELECT 1) INSERT INTO @ SELECT 1"),
];

/// Statements after which the rows are what they were.
const NO_CHANGES: [&str; 18] = [
    "UPDATE u SET a = '@'",
    "UPDATE u JOIN v ON v.a = '@' SET b = 1",
    "DELETE FROM u WHERE a = '@'",
    "DELETE FROM u WHERE a IN (SELECT a FROM @)",
    "DROP VIEW @",
    "DROP TRIGGER IF EXISTS @",
    "ALTER TABLE @ ADD PRIMARY KEY (`id`), ADD UNIQUE KEY `email` (`email`)",
    "ALTER TABLE @ CHANGE a `A` int NOT NULL, CHANGE COLUMN IF EXISTS `b` `b` int",
    "ALTER TABLE @ ALTER a DROP DEFAULT, RENAME INDEX x TO y, RENAME KEY z TO a",
    "ALTER TABLE @ DROP PRIMARY KEY, DROP FOREIGN KEY x, DROP CONSTRAINT y",
    "ALTER TABLE @ DROP SYSTEM VERSIONING",
    "ALTER TABLE u DROP a, COMMENT = '@'",
    "ALTER VIEW @ AS SELECT 1",
    "LOAD DATA INFILE '@' INTO TABLE u",
    "LOAD INDEX INTO CACHE @",
    "INSERT INTO u SELECT * FROM @",
    "WITH x AS (DELETE FROM @) SELECT 1",
    "CREATE OR REPLACE TABLE u LIKE @",
];

/// Statements that run others whose text the file gives, or which read the rows only.
const DESCRIBED: [(&str, &str); 3] = [
    ("ANALYZE", "ANALYZE FORMAT=JSON DELETE FROM @"),
    ("EXPLAIN", "EXPLAIN ANALYZE UPDATE @ SET a = 1"),
    ("EXECUTE", "EXECUTE IMMEDIATE 'DELETE FROM @'"),
];

/// The beginning of a dump, with rows of the table in three lines, and its end.
const DUMPS: [(&str, &str); 5] = [
    ("DROP TABLE IF EXISTS t;\nDELETE FROM t;\nINSERT INTO t VALUES (1);\n", ""),
    ("USE `cine`;\n\nINSERT INTO t VALUES (1);\n", ""),
    ("CREATE DATABASE cine;\nUSE other;\nINSERT INTO cine.t VALUES (1);\nUSE cine;", ""),
    ("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nINSERT INTO 't' VALUES(1);\n", "COMMIT;\n"),
    ("CREATE TABLE [t] (a);\nDELETE FROM [t];\nINSERT INTO \"t\" VALUES(1);\n", ""),
];

/// One table's name in every spelling.
const NAMES: [&str; 14] = [
    "t",
    "`t`",
    "\"t\"",
    "'t'",
    "[t]",
    "T",
    "cine.t",
    "`cine`.`t`",
    "\"cine\".t",
    "'cine'.'t'",
    "[cine].[t]",
    "cine . `t`",
    "cine/**/./*a*/t",
    "Cine.\n`T`",
];

/// Returns one statement in every wrapping; `true` where it begins a line further down.
fn wrapped(statement: &str) -> Vec<(bool, String)> {
    let blanks = |blank: &str| format!("{};", statement.replace(' ', blank));
    vec![
        (false, format!("{statement};")),
        (false, format!("{} ;", statement.to_ascii_lowercase())),
        (false, format!("/*!40000 {statement} */;")),
        (false, format!("/*!40000 {statement}*/ ;")),
        (false, format!("/*M!100100 {statement} */;")),
        (false, blanks("/* x */")),
        (false, blanks("\r\n\t")),
        (false, blanks(" -- x\n")),
        (false, blanks(" /*! */ ")),
        (true, format!("DELIMITER $$\n{statement}$$\nDELIMITER ;")),
        (true, format!("DELIMITER ;;\n{statement};;\nDELIMITER ;")),
        (true, format!("delimiter //\n{statement}//\ndelimiter ;")),
    ]
}

#[test]
fn they_are_found_in_every_spelling() {
    for (head, tail) in DUMPS {
        for (action, statement) in CHANGES {
            let plain = |name: &&str| (false, format!("{};", statement.replace('@', name)));
            for (below, statement) in
                NAMES.iter().map(plain).chain(wrapped(&statement.replace('@', "`cine`.`t`")))
            {
                let dump = format!("{head}{statement}\nINSERT INTO u VALUES (1);\n{tail}");
                assert_eq!(later(&dump), [(4 + u64::from(below), action.to_owned())], "{dump}");
            }
        }
    }
}

#[test]
fn others_are_not_taken_for_them() {
    for (head, tail) in DUMPS {
        for statement in NO_CHANGES {
            for (_, wrapped) in wrapped(&statement.replace('@', "t")) {
                let dump = format!("{head}{wrapped}\n{tail}");
                assert_eq!(later(&dump), [], "{dump}");
            }
        }
    }
}

/// If the file says in which database the rows stand, a table of the same name elsewhere is another one. If it never
/// says so, the database that a statement names may be theirs: the file may have been dumped without its USE.
#[test]
fn a_database_counts_where_the_file_tells_that_of_the_rows() {
    // A table that a query or another file fills elsewhere is refused by itself.
    for (action, statement) in
        CHANGES.into_iter().filter(|(action, _)| !["INSERT", "REPLACE", "LOAD"].contains(action))
    {
        let statement = statement.replace('@', "other.t");
        for head in ["USE cine;\nINSERT INTO t VALUES (1);\n", "INSERT INTO `cine`.t VALUES (1);\n"] {
            assert_eq!(later(&format!("{head}{statement};\n")), [], "{head}{statement}");
        }
        let found = later(&format!("INSERT INTO t VALUES (1);\n{statement};\n"));
        assert_eq!(found, [(2, action.to_owned())], "{statement}");
    }
    for (rows, statement, count) in [
        ("USE cine;\nINSERT INTO t VALUES (1);", "DROP DATABASE IF EXISTS `cine`", 1),
        ("USE cine;\nINSERT INTO t VALUES (1);", "DROP SCHEMA CINE", 1),
        ("USE cine;\nINSERT INTO t VALUES (1);", "CREATE OR REPLACE DATABASE cine", 1),
        ("USE cine;\nINSERT INTO t VALUES (1);", "DROP DATABASE other", 0),
        ("USE cine;\nINSERT INTO t VALUES (1);", "CREATE DATABASE IF NOT EXISTS cine", 0),
        ("INSERT INTO t VALUES (1);", "DROP DATABASE cine", 1),
    ] {
        assert_eq!(later(&format!("{rows}\n{statement};\n")).len(), count, "{statement}");
    }
}

#[test]
fn sqlites_main_database_need_not_be_named() {
    let head = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n";
    for (rows, statement) in
        [("t", "DELETE FROM main.t"), ("main.t", "DROP TABLE 't'"), ("\"main\".'t'", "UPDATE [t] SET a=1")]
    {
        let dump = format!("{head}INSERT INTO {rows} VALUES(1);\n{statement};\nCOMMIT;\n");
        assert_eq!(later(&dump).len(), 1, "{dump}");
        assert_eq!(super::styles::findings(&dump).databases.into_iter().collect::<Vec<_>>(), [""], "{dump}");
    }
}

/// A delimiter may consist of letters of a name: what stands behind it is another statement.
#[test]
fn a_delimiter_ends_a_word() {
    for statement in ["DROP TABLE u", "SET a=1", "USE cine", "COMMIT", "TRUNCATE u", "CREATE TABLE v LIKE u"]
    {
        let dump =
            format!("DELIMITER $$\n{statement}$$\nINSERT INTO t VALUES (1)$$\nDROP TABLE t$$\nDELIMITER ;\n");
        assert_eq!(later(&dump), [(4, "DROP".to_owned())], "{dump}");
    }
}

/// Returns the statements after rows that may change any table, each with its line.
fn later_unknown(dump: &str) -> Vec<(u64, String)> {
    let mut reader = DumpReader::new(dump.as_bytes(), only(|table| table == "t"));
    while reader.next_row().unwrap_or_else(|error| panic!("{error}: {dump}")).is_some() {}
    let later = reader.findings().later.iter();
    later.filter(|found| found.table.is_none()).map(|found| (found.line, found.action.clone())).collect()
}

#[test]
fn statements_that_run_others_are_found() {
    for (action, statement) in DESCRIBED {
        let dump = format!("INSERT INTO t VALUES (1);\n{};\n", statement.replace('@', "`t`"));
        assert_eq!(later(&dump), [(2, action.to_owned())], "{dump}");
    }
    for (action, statement) in [
        ("CALL", "CALL clean_up()"),
        ("CALL", "CALL cine.`clean_up`"),
        ("EXECUTE", "EXECUTE never_prepared USING @a"),
        ("EXECUTE", "EXECUTE IMMEDIATE CONCAT('DELETE FROM ', 't')"),
        ("EXECUTE", "EXECUTE IMMEDIATE 'CALL f()'"),
        ("EXECUTE", "EXECUTE IMMEDIATE 'DELETE FROM `'"),
        ("DO", "DO clean_up(1)"),
        ("SELECT", "SELECT cine.`made_here` (1) INTO @x"),
        ("BINLOG", "BINLOG 'SOgWTg8BAAAA'"),
        ("IMPORT", "IMPORT TABLE FROM 't.sdi'"),
        ("CLONE", "CLONE INSTANCE FROM a@b:3306 IDENTIFIED BY 'x'"),
        ("BEGIN NOT ATOMIC", "BEGIN NOT ATOMIC DELETE FROM t"),
        ("DELETE", "DELETE FROM a_view WHERE a = 1"),
        ("UPDATE", "UPDATE cine.a_view SET a = 1"),
        ("INSERT", "INSERT INTO a_view SELECT 2"),
    ] {
        let made = "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 FUNCTION made_here(a int) RETURNS int RETURN 1 */;\n\
            CREATE ALGORITHM=UNDEFINED DEFINER=`a`@`%` SQL SECURITY DEFINER VIEW `a_view` AS select 1;\n";
        let rows = "INSERT INTO t VALUES (1);\n";
        let dump = format!("{made}{rows}{statement};\nINSERT INTO u VALUES (1);\n");
        assert_eq!(later_unknown(&dump), [(4, action.to_owned())], "{dump}");
        // Before the rows, and where none are wanted, nothing is changed.
        assert_eq!(later_unknown(&format!("{made}{statement};\n{rows}")), [], "{statement}");
        assert_eq!(
            later_unknown(&format!("{made}INSERT INTO u VALUES (1);\n{statement};\n")),
            [],
            "{statement}"
        );
    }
}

#[test]
fn a_prepared_statement_does_what_its_text_says() {
    let dump = |prepared: &str| {
        format!(
            "PREPARE s FROM {prepared};\nINSERT INTO t VALUES (1);\nEXECUTE S USING @a;\nDEALLOCATE PREPARE s;\n"
        )
    };
    for text in
        ["'DELETE FROM t WHERE a = ?'", "\"UPDATE `t` SET a = 'x'\"", "'TRUNCATE cine.t'", "'DROP TABLE t;'"]
    {
        assert_eq!(later(&dump(text)), [(3, "EXECUTE".to_owned())], "{text}");
    }
    for text in
        ["'SELECT * FROM t'", "'DELETE FROM u'", "'ALTER TABLE t ADD INDEX i (a)'", "'OPTIMIZE TABLE t'"]
    {
        assert_eq!(later(&dump(text)), [], "{text}");
    }
    for text in ["@sql", "concat('DELETE FROM t')", "'BEGIN NOT ATOMIC DELETE FROM t; END'"] {
        assert_eq!(later_unknown(&dump(text)), [(3, "EXECUTE".to_owned())], "{text}");
    }
    let again = "PREPARE s FROM 'DELETE FROM t';\nPREPARE s FROM 'SELECT 1';\nINSERT INTO t VALUES (1);\nEXECUTE s;\n";
    assert_eq!(later(again), []);
}

#[test]
fn what_only_reads_or_belongs_to_dumps_is_not_taken_for_a_change() {
    for statement in [
        "DO SLEEP(1)",
        "DO RELEASE_LOCK('dump')",
        "DO 1",
        "SELECT COUNT(*) FROM t",
        "SELECT made_elsewhere(1)",
        "EXPLAIN DELETE FROM t",
        "EXPLAIN ANALYZE SELECT * FROM t",
        "ANALYZE TABLE t",
        "ANALYZE NO_WRITE_TO_BINLOG TABLE t",
        "DESCRIBE t",
        "START SLAVE",
        "CHANGE MASTER TO MASTER_LOG_FILE='x', MASTER_LOG_POS=4",
        "CREATE INDEX i ON t (a)",
        "CREATE UNIQUE INDEX i ON t (a)",
        "CREATE TRIGGER r BEFORE DELETE ON t FOR EACH ROW SET @a = 1",
        "CREATE DEFINER=`a`@`%` PROCEDURE p() DELETE FROM t",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t",
        "CREATE USER a",
        "CREATE SEQUENCE s START WITH 1",
        "DELETE FROM no_view",
    ] {
        let dump = format!("INSERT INTO t VALUES (1);\n{statement};\nINSERT INTO t VALUES (2);\n");
        assert_eq!((later(&dump), read(&dump).unwrap().len()), (vec![], 2), "{statement}");
    }
}

#[test]
fn rows_that_were_rolled_back_are_found() {
    let rows = "INSERT INTO t VALUES (1);\n";
    for dump in [
        format!("SET autocommit=0;\nSAVEPOINT a;\n{rows}ROLLBACK TO SAVEPOINT a;\nCOMMIT;\n"),
        format!("CREATE TABLE t (a int);\nBEGIN;\n{rows}ROLLBACK TO a;\nCOMMIT;\n"),
    ] {
        assert_eq!(later_unknown(&dump), [(4, "ROLLBACK TO".to_owned())], "{dump}");
    }
    assert_eq!(later_unknown(&format!("BEGIN;\n{rows}COMMIT;\nSAVEPOINT a;\nROLLBACK TO a;\n")), []);
    let distributed = |last: &str| read(format!("XA START 'x';\n{rows}XA END 'x';\n{last}"));
    assert!(matches!(distributed("XA ROLLBACK 'x';\n"), Err(DumpError::GaveUp { .. })));
    assert!(matches!(distributed(""), Err(DumpError::CutOff { .. })));
    assert_eq!(distributed("XA COMMIT 'x' ONE PHASE;\n").unwrap().len(), 1);
}

#[test]
fn rows_that_another_file_holds_are_missing() {
    let found =
        wrong("CREATE TABLE t (a int);\nLOAD DATA LOCAL INFILE 't.dat' REPLACE INTO TABLE `t` (a);\n");
    assert_eq!(found, "line 2: the rows of this table are in another file");
    let other = "LOAD DATA INFILE 'u.dat' INTO TABLE u;\nINSERT INTO t VALUES (1);\n";
    assert_eq!(later(other), []);
}
