#!/usr/bin/env bash
# Runs a matrix as a CI would: each subject in N shards, one after the other here, merged and compared with its whole run.
# Usage: ci/shards.sh [N [SUBJECT…]]; 10 shards of the reference unless said otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."
shards="${1:-10}"
shift || true
[ "$#" -gt 0 ] || set -- reference

cargo build --release --locked --quiet
sockspec="${CARGO_TARGET_DIR:-target}/release/sockspec"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Status 1 is a verdict; anything above it is none.
judged() { "$@" >"$out/said" 2>&1 || { status=$?; [ "$status" -le 1 ] || { cat "$out/said" >&2; exit "$status"; }; }; }

for subject in "$@"; do
  reports=()
  longest=0
  for index in $(seq "$shards"); do
    start=$(date +%s%N)
    judged "$sockspec" run "$subject" --shard "$index/$shards" --json "$out/$index.json"
    took=$((($(date +%s%N) - start) / 1000000))
    [ "$took" -le "$longest" ] || longest=$took
    reports+=("$out/$index.json")
  done
  judged "$sockspec" merge "${reports[@]}" -o "$out/merged.json"
  start=$(date +%s%N)
  judged "$sockspec" run "$subject" --json "$out/whole.json"
  whole=$((($(date +%s%N) - start) / 1000000))
  if ! "$sockspec" compare "$out/whole.json" "$out/merged.json" >"$out/said"; then
    cat "$out/said" >&2
    echo "$subject: the merged shards are not the whole run" >&2
    exit 1
  fi
  echo "$subject: $(tail -n 1 "$out/said") (longest of $shards shards $longest ms, whole $whole ms)"
done
