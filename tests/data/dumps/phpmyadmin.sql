-- phpMyAdmin SQL Dump
-- version 5.2.1
-- https://www.phpmyadmin.net/
--
-- Host: 127.0.0.1
-- Generation Time: Nov 23, 2026 at 07:40 AM
-- Server version: 10.4.32-MariaDB
-- PHP Version: 8.2.12

SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";
START TRANSACTION;
SET time_zone = "+00:00";


/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;

--
-- Database: `nexus_media`
--

DELIMITER $$
--
-- Procedures
--
CREATE DEFINER=`root`@`localhost` PROCEDURE `add_user` (IN `p_email` VARCHAR(100))   BEGIN
    INSERT INTO de_torres_vincent_users (email) VALUES (p_email);
    INSERT INTO de_torres_vincent_users (email) VALUES ('trap@nexus.example');
END$$

DELIMITER ;

-- --------------------------------------------------------

--
-- Table structure for table `de_torres_vincent_session_tokens`
--

CREATE TABLE `de_torres_vincent_session_tokens` (
  `id` int(11) NOT NULL,
  `user_id` int(11) NOT NULL,
  `session_token` varchar(255) NOT NULL,
  `expiration` datetime DEFAULT NULL,
  `status` enum('active','expired') NOT NULL DEFAULT 'active'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

--
-- Dumping data for table `de_torres_vincent_session_tokens`
--

INSERT INTO `de_torres_vincent_session_tokens` (`id`, `user_id`, `session_token`, `expiration`, `status`) VALUES
(1, 1, 'BuDUBB52yXDIvTLUcSmRTFDDJqOfsR7V', '2027-10-01 10:06:31', 'active'),
(2, 1, '86BwCqwbjIndvutLlXlMQG8RzP5yleuo', NULL, 'expired');

-- --------------------------------------------------------

--
-- Table structure for table `de_torres_vincent_users`
--

CREATE TABLE `de_torres_vincent_users` (
  `id` int(11) NOT NULL,
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
  `session_token` varchar(255) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

--
-- Dumping data for table `de_torres_vincent_users`
--

INSERT INTO `de_torres_vincent_users` (`id`, `firstname`, `lastname`, `username`, `email`, `password`, `contact_number`, `address`, `access_level`, `status`, `access_code`, `created_at`, `updated_at`, `session_token`) VALUES
(1, 'Ada', 'Lovelace', 'ada', 'ada@nexus.example', '$2y$10$zjNN5csvO1b10ScZg28hu.SI/sh86i1mHjFSiN/kDIg6Ly3H4Itha', '+65 941 1879', '150 Main St\nApt \"8\"; floor 2 🏠', 'admin', 'confirmed', NULL, '2024-01-08 16:08:22', '2024-03-03 13:18:11', 'BuDUBB52yXDIvTLUcSmRTFDDJqOfsR7V'),
(2, 'D''Arcy', 'Moreno', 'u6_moreno', 'user6@example.org', '$2y$10$6bOPLijIB9fON1Tr3zUFJeFnpt7LFI.ppcGEpRJzDeRywNxcDSwHa', '+73 757 4126', '667 大通り', 'user', 'confirmed', 'a9jKXu', '2024-01-14 12:31:48', '2024-03-04 12:50:48', NULL);

--
-- Triggers `de_torres_vincent_users`
--
DELIMITER $$
CREATE TRIGGER `log_user` AFTER INSERT ON `de_torres_vincent_users` FOR EACH ROW BEGIN
    -- don't count; see below
    INSERT INTO user_log VALUES (NEW.id, 'added');
END
$$
DELIMITER ;

-- --------------------------------------------------------

--
-- Table structure for table `user_flags`
--

CREATE TABLE `user_flags` (
  `user_id` int(11) NOT NULL,
  `flag` bit(1) DEFAULT b'0',
  `since` timestamp NOT NULL DEFAULT current_timestamp()
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

INSERT INTO `user_flags` (`user_id`, `flag`, `since`) VALUES
(1, b'1', '2024-01-08 16:08:22'),
(2, b'0', '0000-00-00 00:00:00');

--
-- Indexes for dumped tables
--

ALTER TABLE `de_torres_vincent_users`
  ADD PRIMARY KEY (`id`),
  ADD UNIQUE KEY `email` (`email`);

--
-- AUTO_INCREMENT for table `de_torres_vincent_users`
--
ALTER TABLE `de_torres_vincent_users`
  MODIFY `id` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=3;
COMMIT;

/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
