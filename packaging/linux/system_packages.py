# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Gets what the window and its tests need of the system, or says how to get it, instead of letting Qt abort.

Usage: ``python system_packages.py tests|window``. ``window``: the libraries that Qt misses on a display, and a font.
``tests``: the same, a tracer and a display server that nobody sees. As root, where there is apt-get, what is missing is
installed. The exit code is not 0 when something is still missing without which the purpose fails: that is what Qt needs
for it. Without the rest, tests that need it are left out.

The tables of libraries are what ``readelf -d`` names as needed by Qt's own libraries and plugins in PySide6-Essentials
6.11, without the C and C++ run-time libraries, which every Linux system with Python has.
"""

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path

INSTALLER = Path(__file__).with_name("install_packages.sh")

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


TOOLS = {
    "Xvfb": "xvfb",
    "nm": "binutils",
    "readelf": "binutils",
    "strace": "strace",
}
"""Programs that tests of the whole app start."""

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
FONTS = "fonts-dejavu-core"


def missing_packages(wanted: dict[str, str]) -> list[str]:
    """Return the Debian packages of the libraries that the dynamic linker does not find."""
    return sorted({package for library, package in wanted.items() if not _loads(library)})


def missing_tools(wanted: dict[str, str]) -> list[str]:
    """Return the Debian packages of the programs that are not on the path."""
    return sorted({package for program, package in wanted.items() if shutil.which(program) is None})


def missing_fonts() -> list[str]:
    """Return the Debian package of a font where there is none at all, and nothing can be read in a window."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return [] if any(next(folder.rglob("*.[to]t[fc]"), None) for folder in folders) else [FONTS]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def main(arguments: list[str]) -> int:
    """Get what is missing for the purpose that ``arguments`` name; return the exit code."""
    if not sys.platform.startswith("linux"):
        return 0
    needed = missing_packages(WITHOUT_DISPLAY if "tests" in arguments else WITHOUT_DISPLAY | X11)
    wanted = missing_fonts()
    if "tests" in arguments:
        wanted += missing_packages(X11) + missing_tools(TOOLS)
    missing = sorted({*needed, *wanted})
    if not missing or install(missing):
        return 0
    if needed:
        print("The window needs system libraries that are not installed here.", file=sys.stderr)
        return 1
    print("Without these packages, some tests are left out.", file=sys.stderr)
    return 0


def install(packages: list[str]) -> bool:
    """Install ``packages``, or print the line that would; return whether they are there now."""
    return subprocess.run(["/bin/sh", str(INSTALLER), *packages], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
