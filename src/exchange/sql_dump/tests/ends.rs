//! End marks of tools whose files tell them only together with their name or their words.

use super::styles::{ROW, findings, is_cut_off};

/// A file that restores a setting it never saved has had lines removed.
#[test]
fn heidisqls_end_is_told_by_the_checks_even_where_lines_were_taken_out() {
    let head = "-- HeidiSQL Version:             12.11.0.7065\n\
        /*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n\
        /*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\n";
    let tail = "/*!40103 SET TIME_ZONE=IFNULL(@OLD_TIME_ZONE, 'system') */;\n\
        /*!40101 SET SQL_MODE=IFNULL(@OLD_SQL_MODE, '') */;\n\
        /*!40014 SET FOREIGN_KEY_CHECKS=IFNULL(@OLD_FOREIGN_KEY_CHECKS, 1) */;";
    for end in 0..tail.len() {
        assert!(is_cut_off(&format!("{head}{ROW}{}", &tail[..end])), "{}", &tail[..end]);
    }
    assert!(findings(&format!("{head}{ROW}{tail}")).end_marked);
    // Version 7 neither puts the checks aside nor brings them back.
    let old = "-- HeidiSQL Version:             7.0.0.4053\n/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n\
        /*!40014 SET FOREIGN_KEY_CHECKS=0 */;\n";
    let end = "/*!40014 SET FOREIGN_KEY_CHECKS=1 */;\n";
    assert!(is_cut_off(&format!("{old}{ROW}")));
    assert!(is_cut_off(&format!("{old}{ROW}{end}")));
    let restored = "/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;\n";
    assert!(findings(&format!("{old}{ROW}{end}{restored}")).end_marked);
}

/// phpMyAdmin ends with the character set that it found, even where the lines that put it aside were taken out. What it
/// shows on the screen chooses no character set, and ends with COMMIT.
#[test]
fn phpmyadmins_end_is_told_by_the_character_set_that_it_chose() {
    for head in [
        "-- phpMyAdmin SQL Dump\n",
        "# phpMyAdmin MySQL-Dump\n",
        "-- phpMyAdmin SQL Dump\nSTART TRANSACTION;\n",
    ] {
        let commit = if head.contains("START") { "COMMIT;\n" } else { "" };
        let saved = "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n";
        for saved in ["", saved] {
            let start = format!("{head}{saved}/*!40101 SET NAMES utf8mb4 */;\n{ROW}{commit}");
            let tail = "/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;";
            for end in 0..tail.len() {
                assert!(is_cut_off(&format!("{start}{}", &tail[..end])), "{start}{}", &tail[..end]);
            }
            assert!(findings(&format!("{start}{tail}")).end_marked, "{start}");
        }
        assert_eq!(findings(&format!("{head}{ROW}{commit}")).end_marked, !commit.is_empty(), "{head}");
    }
}

/// A tool that never restores what it saved is not cut off if it says in words that its file ends.
#[test]
fn a_tool_that_never_restores_is_whole_where_it_says_that_it_ends() {
    let head = "-- Backup by Site Keeper, completed export\nSET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='';\n\
        SET @OLD_TIME_ZONE=@@TIME_ZONE;\n";
    for last in [
        "-- End of dump",
        "/* DUPLICATOR_MYSQLDUMP_EOF */",
        "# Backup completed on 2024-05-05 12:13:14",
        "-- ------ END OF FILE ------",
        "-- Dump completed on 2024-05-05",
    ] {
        assert!(findings(&format!("{head}{ROW}{last}\n")).end_marked, "{last}");
        assert!(is_cut_off(&format!("{head}{ROW}{last}\n{ROW}")), "{last}");
        assert!(is_cut_off(&format!("{head}{last}\n{ROW}")), "{last}");
    }
    for comment in
        ["-- End of data for table `t`", "-- Dump of table t completed", "/* backup */ -- x", "-- Ende"]
    {
        assert!(is_cut_off(&format!("{head}{ROW}{comment}\n")), "{comment}");
    }
    // What frames its files says so with its own words alone.
    assert!(is_cut_off(&format!("-- MySQL dump 10.13\n{head}{ROW}-- End of dump\n")));
    assert!(findings(&format!("-- MySQL dump 10.13\n{head}{ROW}-- Dump completed\n")).end_marked);
}
