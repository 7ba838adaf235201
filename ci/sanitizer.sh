#!/usr/bin/env bash
# The reference's tests and the suite in process, under a sanitizer of the nightly compiler: address (with leaks) or thread.
#
# usage: bash ci/sanitizer.sh [address|thread]
#
# With the component rust-src the standard library is instrumented too; without it only the project and its crates are,
# and thread cannot be had. Exit status 3: there is no nightly compiler, and nothing was run.
set -euo pipefail
cd "$(dirname "$0")/.."
sanitizer="${1:-address}"
case "$sanitizer" in address | thread) ;; *) echo "no such sanitizer: $sanitizer (give address or thread)" >&2; exit 2 ;; esac

if ! cargo +nightly --version >/dev/null 2>&1; then
  echo "NOT RUN: no nightly toolchain; 'rustup toolchain install nightly --component rust-src' brings one" >&2
  exit 3
fi
target="$(rustc +nightly -vV | sed -n 's/^host: //p')"
build=(--target "$target" --target-dir "target/sanitizer-$sanitizer" --locked)
if [ -d "$(rustc +nightly --print sysroot)/lib/rustlib/src/rust/library" ]; then
  build+=(-Zbuild-std)
  echo "std is instrumented as well"
elif [ "$sanitizer" = thread ]; then
  echo "NOT RUN: thread needs an instrumented std; 'rustup component add --toolchain nightly rust-src' brings its source" >&2
  exit 3
else
  echo "std is not instrumented: the component rust-src is missing"
fi
export RUSTFLAGS="-Zsanitizer=$sanitizer" RUSTDOCFLAGS="-Zsanitizer=$sanitizer"
# Some tests ask for more memory than there is and want to hear so; what the suite leaks counts as much as what it breaks.
export ASAN_OPTIONS="allocator_may_return_null=1:detect_stack_use_after_return=1:${ASAN_OPTIONS:-}"
export TSAN_OPTIONS="allocator_may_return_null=1:halt_on_error=1:${TSAN_OPTIONS:-}"

# no_system_call is left out: a sanitizer makes system calls of its own.
# The programs are built by themselves, since a test of one is not the program.
cargo +nightly build -p socket-reference "${build[@]}" --examples
cargo +nightly test -p socket-reference "${build[@]}" --lib --test behaviour --test differential --test examples
cargo +nightly run -p sockspec "${build[@]}" -- run
