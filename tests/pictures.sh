#!/usr/bin/env bash
# Takes the pictures of the README again, from the real program (tests/pty/pictures.rs).
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --test pty pictures -- --ignored
