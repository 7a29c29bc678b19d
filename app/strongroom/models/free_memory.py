# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How much memory a program could get now without pushing others out: one question, answered as each system does.

Linux is measured. Windows and macOS are written from their documentation (``GlobalMemoryStatusEx``, and
``host_statistics64`` with ``sysconf``) and have not been run yet.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_HOST_VM_INFO64 = 4
_KERN_SUCCESS = 0


def free_memory() -> int:
    """Return the bytes that are free now, or that the system would give up at once; 0 when it does not tell."""
    return _SOURCE()


def private_memory(process_id: int) -> int:
    """Return the bytes of a process that come free when it ends, its files' pages left out; 0 when nobody tells.

    On Linux ``RssAnon`` and ``RssShmem`` (``proc_pid_status(5)``). The pages of a mapped file are in MemAvailable
    already. Elsewhere it is not asked yet.
    """
    try:
        rows = Path(f"/proc/{process_id}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    kilobytes = [row.split()[1] for row in rows if row.startswith(("RssAnon:", "RssShmem:"))]
    return 1024 * sum(int(number) for number in kilobytes if number.isdecimal())


def available_in(rows: Iterable[str]) -> int:
    """Return what ``/proc/meminfo`` says can be had without swapping; 0 when it does not say.

    MemAvailable counts free pages, and cached ones that can be dropped, less what the kernel keeps for itself
    (``proc_meminfo(5)``).
    """
    for row in rows:
        key, _, value = row.partition(":")
        number = value.strip().removesuffix("kB").strip()
        if key == "MemAvailable" and number.isascii() and number.isdigit():
            return int(number) * 1024
    return 0


def _linux() -> int:
    try:
        return available_in(_MEMINFO.read_text(encoding="ascii", errors="replace").splitlines())
    except OSError:
        return 0


class MemoryStatus(ctypes.Structure):
    """``MEMORYSTATUSEX`` of Windows."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("memory_load", ctypes.c_uint32),
        ("total_physical", ctypes.c_uint64),
        ("available_physical", ctypes.c_uint64),
        ("total_page_file", ctypes.c_uint64),
        ("available_page_file", ctypes.c_uint64),
        ("total_virtual", ctypes.c_uint64),
        ("available_virtual", ctypes.c_uint64),
        ("available_extended_virtual", ctypes.c_uint64),
    )


def _windows() -> int:
    status = MemoryStatus(length=ctypes.sizeof(MemoryStatus))
    # Looked up by name: elsewhere ctypes has none.
    kernel = getattr(ctypes, "WinDLL")("kernel32")  # noqa: B009
    return int(status.available_physical) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else 0


class VmStatistics(ctypes.Structure):
    """The beginning of ``vm_statistics64`` of macOS: pages, by what they are."""

    _fields_ = (
        ("free", ctypes.c_uint32),
        ("active", ctypes.c_uint32),
        ("inactive", ctypes.c_uint32),
        ("wired", ctypes.c_uint32),
        ("events", ctypes.c_uint64 * 9),
        ("purgeable", ctypes.c_uint32),
        ("speculative", ctypes.c_uint32),
        ("rest", ctypes.c_uint64 * 16),
    )


def _macos() -> int:
    system = ctypes.CDLL(None)
    statistics = VmStatistics()
    count = ctypes.c_uint32(ctypes.sizeof(statistics) // 4)
    result = system.host_statistics64(
        system.mach_host_self(), _HOST_VM_INFO64, ctypes.byref(statistics), ctypes.byref(count)
    )
    if result != _KERN_SUCCESS:
        return 0
    # Free pages count the speculative ones already; inactive ones are taken back when somebody needs them.
    return int(statistics.free + statistics.inactive + statistics.purgeable) * os.sysconf("SC_PAGESIZE")


_SOURCES: dict[str, Callable[[], int]] = {"linux": _linux, "win32": _windows, "darwin": _macos}
_SOURCE = _SOURCES.get(sys.platform, lambda: 0)
