#!/usr/bin/env bash
# What NEXUS writes, read by others: the tables by Debian's sqlite3, the password hash by PHP's password_verify.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
store=$folder/house/nexus.db
password='a walk through the house, with "quotes" & ünïcödé'

printf '%s\n' "$password" |
    "$NEXUS" --store "$store" setup --username ada --email ada@nexus.example --firstname Ada --lastname Lovelace --password-stdin

[[ $(stat -c %a "$store") == 600 && $(stat -c %a "$folder/house") == 700 ]] || { echo "modes" >&2; exit 1; }
[[ $(sqlite3 "file:$store?mode=ro" "PRAGMA integrity_check") == ok ]] || { echo "integrity" >&2; exit 1; }
row=$(sqlite3 "file:$store?mode=ro" "SELECT username, access_level, status FROM de_torres_vincent_users")
[[ $row == "ada|admin|confirmed" ]] || { echo "row: $row" >&2; exit 1; }

hash=$(sqlite3 "file:$store?mode=ro" "SELECT password FROM de_torres_vincent_users")
HASH=$hash PASSWORD=$password php -r '
    $right = password_verify(getenv("PASSWORD"), getenv("HASH"));
    $wrong = password_verify(getenv("PASSWORD") . "x", getenv("HASH"));
    exit($right && !$wrong ? 0 : 1);
' || { echo "password_verify does not agree on $hash" >&2; exit 1; }
echo "sqlite3 and PHP agree"
