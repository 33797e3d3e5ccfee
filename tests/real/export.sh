#!/usr/bin/env bash
# Exports read by other programs: SQL by Debian's sqlite3, and by MariaDB where its client reaches a server without a password;
# imported again; and killed while they are written.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -m 700 "$folder/house" "$folder/again"
store=$folder/house/nexus.db
nexus() { "$NEXUS" --store "$store" "$@"; }
users=de_torres_vincent_users
columns="id, firstname, lastname, ifnull(username, '~'), email, password, CASE WHEN address IS NULL THEN '~' ELSE hex(address) END, created_at"

nexus import "$(dirname "$0")/../data/legacy-nexus.sql" --keep-sessions 2> /dev/null
sqlite3 "$store" "UPDATE $users SET address = 'a' || char(10, 13, 0, 9, 27) || '\n''\"' || char(8238, 128512) WHERE id % 7 = 0;
    UPDATE $users SET firstname = '=cmd|''/C calc''!A0', lastname = '''=1+1' WHERE id % 5 = 0"

nexus export "$folder/a.sql" --with-hashes --with-journal
sqlite3 "$folder/new.db" < "$folder/a.sql"
all() { sqlite3 "$1" "SELECT $columns FROM $users ORDER BY id"; }
cmp <(all "$store") <(all "$folder/new.db")
if mariadb -e 'SELECT 1' > /dev/null 2>&1; then
    mariadb -e 'CREATE DATABASE nexus_export_test'
    mariadb nexus_export_test < "$folder/a.sql"
    cmp <(all "$store") <(mariadb --default-character-set=utf8mb4 -N -r nexus_export_test \
        -e "SELECT concat_ws('|', ${columns/created_at/"date_format(created_at, '%Y-%m-%d %H:%i:%s')"}) FROM $users ORDER BY id")
    mariadb -e 'DROP DATABASE nexus_export_test'
fi

for name in a.json a.json.gz a.json.zst a.zip; do
    nexus export "$folder/$name" --with-hashes 2> /dev/null
    rm -f "$folder"/again/*
    "$NEXUS" --store "$folder/again/nexus.db" import "$folder/$name" --keep-sessions 2> /dev/null
    "$NEXUS" --store "$folder/again/nexus.db" export "$folder/again/$name" --with-hashes 2> /dev/null
    cmp "$folder/$name" "$folder/again/$name"
done

# A formula begins no cell.
nexus export "$folder/csv" --as csv 2> /dev/null
if cut -d, -f2,3 "$folder/csv/users.csv" | grep -qE '(^|,)[=+@-]'; then
    echo "a formula was left" >&2
    exit 1
fi

mkdir "$folder/killed"
for round in {1..25}; do
    # Not by the function, whose shell would get the signal, and tidy up in place of this one.
    (trap - EXIT; exec "$NEXUS" --store "$store" export "$folder/killed/a.json" 2> /dev/null) &
    sleep "0.0$((round % 10))"
    kill -s "$( ((round % 2)) && echo TERM || echo HUP)" $! 2> /dev/null || true
    wait $! || true
    if [[ -e $folder/killed/a.json ]]; then
        cmp "$folder/killed/a.json" <(nexus export - --as json 2> /dev/null)
        rm "$folder/killed/a.json"
    fi
    [[ -d $folder/killed && -z $(ls -A "$folder/killed") ]] || { ls -A "$folder/killed" >&2; exit 1; }
done
echo "exports: read by others, imported again, killed"
