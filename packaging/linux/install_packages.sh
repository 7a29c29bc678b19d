#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
#
# Usage: install_packages.sh PACKAGE...
# As root on Debian or Ubuntu: installs the packages and says which. To anybody else it prints the line that would, and
# fails. Standard output stays empty: it belongs to the app.
set -eu

if [ "$(id -u 2>/dev/null)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "On Debian or Ubuntu: sudo apt-get install -y $*" >&2
    exit 1
fi
echo "Installing system packages: $*" >&2
export DEBIAN_FRONTEND=noninteractive
# What goes wrong is on standard error.
apt-get update -qq >/dev/null
apt-get install -qq -y --no-install-recommends "$@" >/dev/null
