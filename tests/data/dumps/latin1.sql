/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: small
-- ------------------------------------------------------
-- Server version	10.11.19-MariaDB-0+deb12u1

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES latin1 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

--
-- Table structure for table `de_torres_vincent_session_tokens`
--

DROP TABLE IF EXISTS `de_torres_vincent_session_tokens`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `de_torres_vincent_session_tokens` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `user_id` int(11) NOT NULL,
  `session_token` varchar(255) NOT NULL,
  `expiration` datetime DEFAULT NULL,
  `status` enum('active','expired') NOT NULL DEFAULT 'active',
  PRIMARY KEY (`id`),
  KEY `user_id` (`user_id`)
) ENGINE=InnoDB AUTO_INCREMENT=11 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `de_torres_vincent_session_tokens`
--

SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;
LOCK TABLES `de_torres_vincent_session_tokens` WRITE;
/*!40000 ALTER TABLE `de_torres_vincent_session_tokens` DISABLE KEYS */;
INSERT INTO `de_torres_vincent_session_tokens` VALUES
(1,1,'BuDUBB52yXDIvTLUcSmRTFDDJqOfsR7V','2027-10-01 10:06:31','active'),
(2,1,'86BwCqwbjIndvutLlXlMQG8RzP5yleuo','2024-01-12 15:41:11','expired'),
(3,2,'A5G3ElHutZZKyCe0H4bsjoZMwMIZklhQ','2027-08-06 18:15:54','active'),
(4,2,'texyacp6mbvQX4SxecCTnUecgyXXfsMA','2024-04-24 04:06:03','expired'),
(5,2,'0QgSX9BDYoVKEQC9Tk05stdNcVKQ0yR1','2024-05-02 21:29:47','active'),
(6,3,'DwFDC7UG6tKP7RL431ElJqwM2oxdrN9R','2027-09-13 02:38:56','active'),
(7,3,'WeQFDoU8pEeuBPYiIZVNuksj35632ysn','2024-08-28 02:43:59','expired'),
(8,5,'s4vyqbyMTbWHPMPmJoFTpA0MAqYthZl7','2027-12-14 12:14:27','active'),
(9,5,'DFB73H7LRYiKzFi6qH1RthpcnbpDpFzk','2024-02-05 19:44:49','expired'),
(10,5,'eF4bu0qNLYJdxWaEfM2sF8vnXRGpq8wv','2024-06-09 14:55:03','active');
/*!40000 ALTER TABLE `de_torres_vincent_session_tokens` ENABLE KEYS */;
UNLOCK TABLES;
COMMIT;
SET AUTOCOMMIT=@OLD_AUTOCOMMIT;

--
-- Table structure for table `de_torres_vincent_user_directories`
--

DROP TABLE IF EXISTS `de_torres_vincent_user_directories`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `de_torres_vincent_user_directories` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `user_id` int(11) NOT NULL,
  `directory_id` varchar(32) NOT NULL,
  `directory_name` varchar(255) NOT NULL,
  `date_added` timestamp NOT NULL DEFAULT current_timestamp(),
  `last_modified` timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  `last_accessed` timestamp NULL DEFAULT NULL,
  `directory_path` varchar(255) NOT NULL,
  `username` varchar(50) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `user_id` (`user_id`)
) ENGINE=InnoDB AUTO_INCREMENT=13 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `de_torres_vincent_user_directories`
--

SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;
LOCK TABLES `de_torres_vincent_user_directories` WRITE;
/*!40000 ALTER TABLE `de_torres_vincent_user_directories` DISABLE KEYS */;
INSERT INTO `de_torres_vincent_user_directories` VALUES
(1,1,'672cdd635bb9875077468ef98a11ab1a','00001_ADA','2024-01-08 16:08:22','2024-03-03 13:18:11',NULL,'MEDIA/00001_ADA','ada'),
(2,1,'c69042ae9340b3635a82117dc73189ff','Photos','2024-01-08 16:08:22','2024-03-03 13:18:11','2024-03-03 13:18:11','MEDIA/00001_ADA/Photos',NULL),
(3,1,'bd7068e9d2efcfa02481225c61401da4','2023','2024-01-08 16:08:22','2024-03-03 13:18:11',NULL,'MEDIA/00001_ADA/Photos/2023','ada'),
(4,1,'4df9ba6c54e60db0be227d06589e492b','2024','2024-01-08 16:08:22','2024-03-03 13:18:11',NULL,'MEDIA/00001_ADA/Photos/2024','ada'),
(5,1,'6273c4e3ae29dcea48130bbbbec0d345','Été à la mer','2024-01-08 16:08:22','2024-03-03 13:18:11',NULL,'MEDIA/00001_ADA/Photos/2024/Été à la mer','ada'),
(6,1,'0b65bfee9de35f99737b6384d9e4fca5','Trip; \"North\"','2024-01-08 16:08:22','2024-03-03 13:18:11',NULL,'MEDIA/00001_ADA/Photos/2024/Trip; \"North\"','ada'),
(7,1,'46123f04258f896a5850dde2b451887a','Videos','2024-01-08 16:08:22','2024-03-03 13:18:11','2024-03-03 13:18:11','MEDIA/00001_ADA/Videos',NULL),
(8,1,'d7f96e26009d72a9ddd34a569abeeb18','Audios','2024-01-08 16:08:22','2024-03-03 13:18:11','2024-03-03 13:18:11','MEDIA/00001_ADA/Audios',NULL),
(9,1,'279ed537ed2d9d6a95f31972e4428c54','Recents','2024-01-08 16:08:22','2024-03-03 13:18:11','2024-03-03 13:18:11','MEDIA/00001_ADA/Recents',NULL),
(10,1,'f42fb440af4177688c48f130f2b3bdfe','Trash','2024-01-08 16:08:22','2024-03-03 13:18:11','2024-03-03 13:18:11','MEDIA/00001_ADA/Trash',NULL),
(11,1,'8acfab7dde8c814a088bebb96b8cd650','Favorites','2024-01-08 16:08:22','2024-03-03 13:18:11','2024-03-03 13:18:11','MEDIA/00001_ADA/Favorites',NULL),
(12,1,'2155e18a64bfe77d2a81a9f3e63bf8f6','Uploads','2024-01-08 16:08:22','2024-03-03 13:18:11','2024-03-03 13:18:11','MEDIA/00001_ADA/Uploads',NULL);
/*!40000 ALTER TABLE `de_torres_vincent_user_directories` ENABLE KEYS */;
UNLOCK TABLES;
COMMIT;
SET AUTOCOMMIT=@OLD_AUTOCOMMIT;

--
-- Table structure for table `de_torres_vincent_users`
--

DROP TABLE IF EXISTS `de_torres_vincent_users`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `de_torres_vincent_users` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `firstname` varchar(50) NOT NULL,
  `lastname` varchar(50) NOT NULL,
  `username` varchar(50) DEFAULT NULL,
  `email` varchar(100) NOT NULL,
  `password` varchar(255) NOT NULL,
  `contact_number` varchar(20) DEFAULT NULL,
  `address` text DEFAULT NULL,
  `access_level` enum('user','admin') NOT NULL DEFAULT 'user',
  `status` enum('pending','confirmed') NOT NULL DEFAULT 'pending',
  `access_code` varchar(100) DEFAULT NULL,
  `created_at` timestamp NOT NULL DEFAULT current_timestamp(),
  `updated_at` timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  `session_token` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `email` (`email`),
  UNIQUE KEY `username` (`username`)
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `de_torres_vincent_users`
--

SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;
LOCK TABLES `de_torres_vincent_users` WRITE;
/*!40000 ALTER TABLE `de_torres_vincent_users` DISABLE KEYS */;
INSERT INTO `de_torres_vincent_users` VALUES
(1,'Ada','Lovelace','ada','ada@nexus.example','$2y$10$zjNN5csvO1b10ScZg28hu.SI/sh86i1mHjFSiN/kDIg6Ly3H4Itha','+65 941 1879','150 Main St\nApt \"8\"; floor 2 ?','admin','confirmed','$2y$04$yYsEnLDu64T/B1oXt1KTYeTznprm4VBE2VEe8CLns0no/Ud24G6.u','2024-01-08 16:08:22','2024-03-03 13:18:11','BuDUBB52yXDIvTLUcSmRTFDDJqOfsR7V'),
(2,'Grace','Hopper','grace','grace@nexus.example','$2y$10$tDWST8mlF/puXtsEwuEWRuNesWVwhd.Ur0wp1Bm8J5fgzAhMkz9lK','+97 310 6110','602 Calle de Alcalá','admin','confirmed','a9jKXu','2024-01-09 15:14:41','2024-02-15 22:30:01',NULL),
(3,'Alan','Turing','alan','alan@nexus.example','$2y$10$lcdnMuo7P/Xk2qqz04DEGe1nm9iQ3uMQIr4pZK3H9EA9D0q.j1iWO','+78 697 6548','408 Königsallee','user','confirmed','SfewYQ','2024-01-10 09:56:06','2024-02-07 20:43:21','DwFDC7UG6tKP7RL431ElJqwM2oxdrN9R'),
(4,'Edsger','Dijkstra','edsger','edsger@nexus.example','$2y$10$ZRoOt1vrV7WH29oBmorfh.glW8U5ywEmgdvPcXOf2WvO6jUQnTGvW',NULL,'374 Rue de l\'Église','user','pending','$2y$04$PPwVpHRBk9w3kn9GaKHCJeoI2tECxmxsVat8/e3Bvj.pI/1xeLNtS','2024-01-11 10:01:54','2024-02-04 21:27:38',NULL),
(5,'Kaede','Cohen','u4_cohen','user4@mail.example','$2y$10$WmMwv6rNyRhqfkFvklWoKuQs9zAu5SW.aIFl0YO/GcQk72pwLE7DS','+40 146 7721',NULL,'user','confirmed','JSmBah','2024-01-13 02:23:02','2024-04-09 01:22:35','s4vyqbyMTbWHPMPmJoFTpA0MAqYthZl7'),
(6,'Ana','Müller','u5_mller','user5@exämple.example','$2y$10$7jRlYWT8SmbRCMEnNEP0RO8g99VqxiGcg2we3Ild5cisgnQhcLjvG','+86 906 3885','910 C:\\old\\path\\lane','user','pending','8V6fhd','2024-01-13 12:20:37','2024-02-08 00:20:28',NULL);
/*!40000 ALTER TABLE `de_torres_vincent_users` ENABLE KEYS */;
UNLOCK TABLES;
COMMIT;
SET AUTOCOMMIT=@OLD_AUTOCOMMIT;
/*!50003 SET @saved_cs_client      = @@character_set_client */ ;
/*!50003 SET @saved_cs_results     = @@character_set_results */ ;
/*!50003 SET @saved_col_connection = @@collation_connection */ ;
/*!50003 SET character_set_client  = utf8mb4 */ ;
/*!50003 SET character_set_results = utf8mb4 */ ;
/*!50003 SET collation_connection  = utf8mb4_general_ci */ ;
/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;
/*!50003 SET sql_mode              = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 trigger tr after insert on de_torres_vincent_users for each row begin
 -- a comment; with ' a quote
 insert into odds (id) values (999);
 /* another ' */ insert into de_torres_vincent_users values (1,'evil');
end 
*/;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
/*!50003 SET character_set_client  = @saved_cs_client */ ;
/*!50003 SET character_set_results = @saved_cs_results */ ;
/*!50003 SET collation_connection  = @saved_col_connection */ ;

--
-- Table structure for table `gen`
--

DROP TABLE IF EXISTS `gen`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `gen` (
  `id` int(11) NOT NULL,
  `g` int(11) GENERATED ALWAYS AS (`id` + 1) STORED,
  `name` varchar(10) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `gen`
--

SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;
LOCK TABLES `gen` WRITE;
/*!40000 ALTER TABLE `gen` DISABLE KEYS */;
INSERT INTO `gen` VALUES
(1,2,'x'),
(2,3,'y');
/*!40000 ALTER TABLE `gen` ENABLE KEYS */;
UNLOCK TABLES;
COMMIT;
SET AUTOCOMMIT=@OLD_AUTOCOMMIT;

--
-- Table structure for table `odds`
--

DROP TABLE IF EXISTS `odds`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `odds` (
  `id` int(11) NOT NULL,
  `we``ird "col"` varchar(50) DEFAULT NULL,
  `txt` longtext DEFAULT NULL,
  `bin` varbinary(64) DEFAULT NULL,
  `bits` bit(10) DEFAULT NULL,
  `flag` bit(1) DEFAULT NULL,
  `num` decimal(20,4) DEFAULT NULL,
  `dbl` double DEFAULT NULL,
  `neg` int(11) DEFAULT NULL,
  `geo` point DEFAULT NULL,
  `gen` varchar(60) GENERATED ALWAYS AS (concat('g',`id`)) STORED,
  `virt` int(11) GENERATED ALWAYS AS (`id` * 2) VIRTUAL,
  `inv` int(11) INVISIBLE DEFAULT 7,
  `dt` datetime(6) DEFAULT NULL,
  `e` enum('a','b''c','d)') DEFAULT NULL,
  `j` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`j`)),
  PRIMARY KEY (`id`),
  KEY `k,ey` (`neg`),
  CONSTRAINT `CONSTRAINT_1` CHECK (`neg` < 100)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `odds`
--

SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;
LOCK TABLES `odds` WRITE;
/*!40000 ALTER TABLE `odds` DISABLE KEYS */;
INSERT INTO `odds` (`id`, `we``ird "col"`, `txt`, `bin`, `bits`, `flag`, `num`, `dbl`, `neg`, `geo`, `gen`, `virt`, `inv`, `dt`, `e`, `j`) VALUES (1,'it\'s; a \"test\" `x` -- no # comment /* x */','line1\nline2\r\n	tab \\ back % _ \Z end','\0ÿ\'\n\\\"','ª','',12345678901234.5678,1.5e300,-5,'\0\0\0\0\0\0\0\0\0\0\0\0\0ð?\0\0\0\0\0\0\0@','g1',2,7,'2024-02-29 01:02:03.000004','b\'c','{\"a\": \"b\\\"c\"}'),
(2,NULL,'','',NULL,'\0',-0.5000,-1e-300,0,NULL,'g2',4,7,'2024-01-01 00:00:00.000000','d)','[]'),
(3,'??? ? \');','INSERT INTO odds VALUES (9);\n-- Dump completed\n','plain','\0\0',NULL,0.0000,0,99,NULL,'g3',6,7,NULL,'a',NULL);
/*!40000 ALTER TABLE `odds` ENABLE KEYS */;
UNLOCK TABLES;
COMMIT;
SET AUTOCOMMIT=@OLD_AUTOCOMMIT;

--
-- Temporary table structure for view `people`
--

DROP TABLE IF EXISTS `people`;
/*!50001 DROP VIEW IF EXISTS `people`*/;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8mb4;
/*!50001 CREATE VIEW `people` AS SELECT
 NULL AS `id`,
 NULL AS `username` */;
SET character_set_client = @saved_cs_client;

--
-- Table structure for table `weird``table`
--

DROP TABLE IF EXISTS `weird``table`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `weird``table` (
  `key` int(11) DEFAULT NULL,
  `values` varchar(10) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `weird``table`
--

SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;
LOCK TABLES `weird``table` WRITE;
/*!40000 ALTER TABLE `weird``table` DISABLE KEYS */;
INSERT INTO `weird``table` VALUES
(1,'a'),
(2,'b');
/*!40000 ALTER TABLE `weird``table` ENABLE KEYS */;
UNLOCK TABLES;
COMMIT;
SET AUTOCOMMIT=@OLD_AUTOCOMMIT;

--
-- Final view structure for view `people`
--

/*!50001 DROP VIEW IF EXISTS `people`*/;
/*!50001 SET @saved_cs_client          = @@character_set_client */;
/*!50001 SET @saved_cs_results         = @@character_set_results */;
/*!50001 SET @saved_col_connection     = @@collation_connection */;
/*!50001 SET character_set_client      = utf8mb4 */;
/*!50001 SET character_set_results     = utf8mb4 */;
/*!50001 SET collation_connection      = utf8mb4_general_ci */;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `people` AS select `de_torres_vincent_users`.`id` AS `id`,`de_torres_vincent_users`.`username` AS `username` from `de_torres_vincent_users` */;
/*!50001 SET character_set_client      = @saved_cs_client */;
/*!50001 SET character_set_results     = @saved_cs_results */;
/*!50001 SET collation_connection      = @saved_col_connection */;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed
