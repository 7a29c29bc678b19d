# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Gets the system's libraries that Qt would miss, or says how to get them, instead of letting Qt abort.

Usage: ``python system_libraries.py tests|window``. ``tests``: what Qt needs without a display; ``window``: X11 as well.
As root, where there is apt-get, what is missing is installed. The exit code is not 0 when something is still missing.

The table is what ``readelf -d`` names as needed by Qt's own libraries and plugins in PySide6-Essentials 6.11, without
the C and C++ run-time libraries, which every Linux system with Python has.
"""

import ctypes
import os
import subprocess
import sys

APT_GET = "/usr/bin/apt-get"

WITHOUT_DISPLAY = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}

X11 = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def missing_packages(wanted: dict[str, str]) -> list[str]:
    """Return the Debian packages of the libraries that the dynamic linker does not find."""
    return sorted({package for library, package in wanted.items() if not _loads(library)})


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def main(arguments: list[str]) -> int:
    """Print what is missing for the purpose that ``arguments`` name; return the exit code."""
    if not sys.platform.startswith("linux"):
        return 0
    missing = missing_packages(WITHOUT_DISPLAY | X11 if "window" in arguments else WITHOUT_DISPLAY)
    if missing and can_install():
        print(f"Installing system libraries for the window: {' '.join(missing)}", file=sys.stderr)
        return install(missing)
    if missing:
        print(
            "The window needs system libraries that are not installed here.\n"
            f"On Debian or Ubuntu: sudo apt-get install -y {' '.join(missing)}",
            file=sys.stderr,
        )
    return 1 if missing else 0


def can_install() -> bool:
    """Return whether this user may install Debian packages without being asked for a password."""
    return os.geteuid() == 0 and os.access(APT_GET, os.X_OK)


def install(packages: list[str]) -> int:
    """Install ``packages`` with apt-get; return the exit code of the step that failed, or 0."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *packages]):
        # Its output is for whoever looks for the reason of a failure; standard output belongs to the app.
        outcome = subprocess.run([APT_GET, *step], env=environment, stdout=subprocess.DEVNULL, check=False)
        if outcome.returncode != 0:
            return outcome.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
