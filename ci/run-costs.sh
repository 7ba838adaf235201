#!/usr/bin/env bash
# Measures what a run of each subject costs with one worker, as fixtures/costs.toml records it. On a machine that does nothing
# else: it takes half an hour for all. Usage: ci/run-costs.sh [SUBJECT…]; every subject that is here unless said otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked --quiet
sockspec="${CARGO_TARGET_DIR:-target}/release/sockspec"
[ "$#" -gt 0 ] || mapfile -t all < <("$sockspec" subjects --json | python3 -c \
  'import json, sys; print(*(each["name"] for each in json.load(sys.stdin) if each["available"]), sep="\n")')
[ "$#" -gt 0 ] || set -- "${all[@]}"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

TIMEFORMAT='%R %U %S'
for subject in "$@"; do
  # Status 1 is a verdict; anything above it is none.
  { time "$sockspec" run "$subject" --jobs 1 --seed 0000000000000001 >"$out/said" 2>&1; } 2>"$out/took" ||
    [ "$?" -le 1 ] || { cat "$out/said" >&2; exit 1; }
  read -r long user system <"$out/took"
  awk -v name="$subject" -v long="$long" -v busy="$user" -v system="$system" 'BEGIN {
    printf "\"%s\" = { milliseconds = %d, core = %d }\n", name, long * 1000, (busy + system) * 1000 }'
done
