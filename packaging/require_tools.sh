#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
#
# Usage: require_tools.sh PYTHON
# Says in one go what `make setup` needs and does not find, before anything is downloaded.
set -eu

python=$1
missing=""
packages=""

lacks() {
    missing="$missing
  - $1"
    packages="$packages${2:+ $2}"
}

if ! command -v "$python" >/dev/null 2>&1; then
    lacks "Python 3.11, 3.12 or 3.13 (there is no $python)" "python3 python3-venv"
elif ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; then
    version=$("$python" -c 'import platform; print(platform.python_version())')
    lacks "Python 3.11, 3.12 or 3.13 ($python is $version; name another: make setup PYTHON=python3.12)" ""
elif ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    lacks "Python's venv module with pip" "python3-venv"
fi
if ! command -v g++ >/dev/null 2>&1 && ! command -v c++ >/dev/null 2>&1 && ! command -v clang++ >/dev/null 2>&1; then
    lacks "a C++ compiler, for llama.cpp" "g++"
fi
if ! command -v cmake >/dev/null 2>&1; then
    lacks "cmake, for llama.cpp" "cmake"
fi

if [ -n "$missing" ]; then
    echo "Strongroom cannot be set up yet. Missing:$missing" >&2
    if [ -n "$packages" ] && command -v apt-get >/dev/null 2>&1; then
        echo "On Debian or Ubuntu: sudo apt-get install -y$packages" >&2
    fi
    exit 1
fi
