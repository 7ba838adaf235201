#!/usr/bin/env bash
# Every crate that is published can be packaged, without a warning. `--verify` builds each from its package too.
set -euo pipefail
cd "$(dirname "$0")/.."
verify=--no-verify
[ "${1:-}" != --verify ] || verify=

# What no outside user depends on stays here: `publish = false`.
mapfile -t kept < <(grep -l '^publish = false' -- */Cargo.toml */*/Cargo.toml | while read -r manifest; do
  sed -n 's/^name = "\(.*\)"/--exclude=\1/p' "$manifest" | head -n 1
done)

said=$(mktemp)
trap 'rm -f "$said"' EXIT
if ! cargo package --workspace --locked --allow-dirty ${verify:+"$verify"} "${kept[@]}" >"$said" 2>&1; then
  cat "$said"
  exit 1
fi
if grep -n -A3 '^warning' "$said"; then
  echo "ci/packages.sh: cargo package warns: mend the manifest that it names" >&2
  exit 1
fi
printf '%s crates can be packaged\n' "$(grep -c '^ *Packaged ' "$said")"
