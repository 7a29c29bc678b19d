# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Linux system calls by name, through the C library's ``syscall``: those that Python has no function for."""

import ctypes
import errno
import os
import platform
import sys
from collections.abc import Sequence

from strongroom.confinement.syscalls import TABLES, SystemCallTable

_C = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
if _C is not None:
    _C.syscall.restype = ctypes.c_long

Argument = int | bytes | None | ctypes.Array[ctypes.c_char]


def this_table() -> SystemCallTable | None:
    """Return the table of this processor; None where there is none, or where this is not Linux."""
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    return TABLES.get(platform.machine())


def system_call(name: str, *arguments: Argument) -> int:
    """Make a system call and return its result.

    Args:
        name: As in the kernel's tables: ``landlock_create_ruleset``.
        arguments: Integers, bytes or buffers (their address is passed), None for a null pointer.

    Raises:
        OSError: The kernel refused; its ``errno`` says how. ``ENOSYS`` where this processor has no table.
    """
    table = this_table()
    if _C is None or table is None or name not in table.numbers:
        raise _error(errno.ENOSYS)
    ctypes.set_errno(0)
    result = int(_C.syscall(ctypes.c_long(table.numbers[name]), *map(_word, arguments)))
    if result == -1 and ctypes.get_errno():
        raise _error(ctypes.get_errno())
    return result


def _word(argument: Argument) -> ctypes.c_long | ctypes.c_void_p | ctypes.c_char_p | ctypes.Array[ctypes.c_char]:
    if argument is None:
        return ctypes.c_void_p(None)
    if isinstance(argument, int):
        # Variadic: without a type, ctypes would pass 32 bits and leave the rest undefined.
        return ctypes.c_long(argument)
    if isinstance(argument, bytes):
        return ctypes.c_char_p(argument)
    return argument


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def packed(fields: Sequence[tuple[int, int]]) -> bytes:
    """Return integers as the kernel's structures hold them: pairs of value and size in bytes, without padding."""
    return b"".join(value.to_bytes(size, sys.byteorder) for value, size in fields)
