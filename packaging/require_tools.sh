#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
#
# Usage: require_tools.sh PYTHON
# Gets what `make setup` needs and does not find, before anything is downloaded: as root on Debian or Ubuntu it installs
# that, elsewhere it says in one go what is missing. cmake is not on the list: where the system has none, building
# llama.cpp takes the one from the package index.
set -eu

python=$1
here=${0%/*}
name=${python##*/}

lacks() {
    missing="$missing
  - $1"
    packages="$packages${2:+ $2}"
}

look() {
    missing=""
    packages=""
    if ! command -v "$python" >/dev/null 2>&1; then
        lacks "Python 3.11, 3.12 or 3.13 (there is no $python)" "$name $name-venv"
    elif ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; then
        version=$("$python" -c 'import platform; print(platform.python_version())')
        lacks "Python 3.11, 3.12 or 3.13 ($python is $version; name another: make setup PYTHON=python3.12)" ""
    elif ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        lacks "Python's venv module with pip" "$name-venv"
    fi
    if ! command -v g++ >/dev/null 2>&1 && ! command -v c++ >/dev/null 2>&1 && ! command -v clang++ >/dev/null 2>&1; then
        lacks "a C++ compiler, for llama.cpp" "g++"
    fi
}

look
if [ -n "$packages" ] && [ "$(id -u 2>/dev/null)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    # shellcheck disable=SC2086 # a list of names
    /bin/sh "$here/linux/install_packages.sh" $packages || true
    look
fi
if [ -n "$missing" ]; then
    echo "Strongroom cannot be set up yet. Missing:$missing" >&2
    if [ -n "$packages" ] && command -v apt-get >/dev/null 2>&1; then
        echo "On Debian or Ubuntu: sudo apt-get install -y$packages" >&2
    fi
    exit 1
fi
