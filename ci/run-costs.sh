#!/usr/bin/env bash
# Measures what a run of each subject costs with one worker, as fixtures/costs.toml records it. On a machine that does nothing
# else: it takes half an hour for all. It needs perf, since what is killed together with its worker is in no wait(2)'s account.
# Usage: ci/run-costs.sh [SUBJECT…]; every subject that is here unless said otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v perf >/dev/null || { echo "there is no perf: install linux-perf" >&2; exit 3; }
cargo build --release --locked --quiet
sockspec="${CARGO_TARGET_DIR:-target}/release/sockspec"
if [ "$#" -eq 0 ]; then
  mapfile -t all < <("$sockspec" subjects --json | python3 -c \
    'import json, sys; print(*(each["name"] for each in json.load(sys.stdin) if each["available"]), sep="\n")')
  set -- "${all[@]}"
fi
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

for subject in "$@"; do
  start=$(date +%s%N)
  # Status 1 is a verdict; anything above it is none.
  perf stat -x, -e task-clock -o "$out/busy" -- "$sockspec" run "$subject" --jobs 1 --seed 0000000000000001 \
    >"$out/said" 2>&1 || [ "$?" -le 1 ] || { cat "$out/said" >&2; exit 1; }
  took=$((($(date +%s%N) - start) / 1000000))
  awk -F, -v name="$subject" -v took="$took" \
    '/task-clock/ { printf "\"%s\" = { milliseconds = %d, core = %d }\n", name, took, $1 }' "$out/busy"
done
