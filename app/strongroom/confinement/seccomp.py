# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Putting up a system-call filter (Linux seccomp) around all threads of this process. It cannot be taken down."""

import ctypes
import errno

from strongroom.confinement.call_filter import CallPlan, compile_plan, encode_program
from strongroom.confinement.kernel import system_call, this_table
from strongroom.core.translatable import translatable

_SET_MODE_FILTER = 1
_ALL_THREADS = 1
"""SECCOMP_FILTER_FLAG_TSYNC."""


class FilterRefused(Exception):
    """There is no filter; the text says why, for people."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def filter_calls(plan: CallPlan) -> None:
    """Let the kernel refuse what ``plan`` refuses, in every thread. Needs ``no_new_privileges`` or root.

    Raises:
        FilterRefused: The kernel has no such filters, or this processor has no table here.
    """
    table = this_table()
    if table is None:
        raise FilterRefused(translatable("there is no table of system calls for this processor"))
    code = encode_program(compile_plan(plan, table))
    instructions = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(instructions))
    address = ctypes.addressof(program)
    try:
        stubborn = system_call("seccomp", _SET_MODE_FILTER, _ALL_THREADS, address)
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EINVAL):
            raise FilterRefused(translatable("this kernel has no seccomp")) from None
        raise FilterRefused(f"the kernel refused the system-call filter: {error.strerror}") from None
    if stubborn:
        raise FilterRefused(translatable("a thread has a system-call filter of its own"))
