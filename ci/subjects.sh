#!/usr/bin/env bash
# Installs what Debian and PyPI offer of the subjects that `sockspec subjects` lists. Nothing else needs any of it.
# As root: ci/subjects.sh [FOLDER], where FOLDER becomes a virtual environment for the Python packages.
set -euo pipefail
cd "$(dirname "$0")/.."
venv="${1:-target/subjects}"

apt-get update
# jython brings a Java of its own; the compiler for the driver in Java comes with a JDK. Tcl's needs no tcllib.
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
  gcc libc6-dev musl-tools dietlibc-dev \
  python3 python3-venv pypy3 jython default-jdk-headless \
  perl ruby php-cli nodejs tcl

python3 -m venv "$venv"
"$venv/bin/pip" install --quiet gevent eventlet trio uvloop

# CPython in several versions comes from pyenv, its 3.9 with gevent[dnspython] for that resolver, and RustPython from cargo:
# `sockspec subjects` says how.
# PATH is for the reader's shell to fill in.
# shellcheck disable=SC2016
printf 'The packages are found through PATH:\n  export PATH="$PATH:%s/bin"\n' "$(cd "$venv" && pwd)"
