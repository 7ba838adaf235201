#!/usr/bin/env bash
# Runs the suite on the reference twice, in process and behind its own driver, and compares verdict by verdict.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

cargo build --release --locked --quiet
sockspec="${CARGO_TARGET_DIR:-target}/release/sockspec"
"$sockspec" run reference --json "$out/in-process.json" >/dev/null
"$sockspec" run reference-wire --json "$out/wire.json" >/dev/null

# A line a case is all that is compared: id and verdict stand on lines of their own in the report.
verdicts() { grep -E '^ *"(id|verdict)": ' "$1"; }
if ! diff <(verdicts "$out/in-process.json") <(verdicts "$out/wire.json"); then
  echo "the reference has other verdicts behind the wire than in process" >&2
  exit 1
fi
echo "the same verdicts: $(verdicts "$out/wire.json" | grep -c '"id"') cases"
