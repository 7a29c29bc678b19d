# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is asked of Windows for a confined process: numbers and byte layouts, from the documentation. 64-bit only.

Sources: ``UpdateProcThreadAttribute``, ``SECURITY_CAPABILITIES``, ``JOBOBJECT_EXTENDED_LIMIT_INFORMATION``,
``JOBOBJECT_BASIC_UI_RESTRICTIONS``, "Process Creation Flags", "Launch an AppContainer" (learn.microsoft.com).
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CREATE_SUSPENDED = 0x0000_0004
DETACHED_PROCESS = 0x0000_0008
"""No console: one would come with a process of its own, which the job does not admit."""
CREATE_NEW_PROCESS_GROUP = 0x0000_0200
"""Ctrl+C in a terminal is for the app, which then ends its children itself."""
CREATE_UNICODE_ENVIRONMENT = 0x0000_0400
EXTENDED_STARTUPINFO_PRESENT = 0x0008_0000
CREATION_FLAGS = (
    CREATE_SUSPENDED
    | DETACHED_PROCESS
    | CREATE_NEW_PROCESS_GROUP
    | CREATE_UNICODE_ENVIRONMENT
    | EXTENDED_STARTUPINFO_PRESENT
)

HANDLE_LIST = 0x0002_0002
MITIGATION_POLICY = 0x0002_0007
SECURITY_CAPABILITIES = 0x0002_0009
CHILD_PROCESS_POLICY = 0x0002_000E

_CHILD_PROCESS_RESTRICTED = 1

_MITIGATIONS = (
    1 << 8,  # FORCE_RELOCATE_IMAGES
    1 << 12,  # HEAP_TERMINATE
    1 << 16,  # BOTTOM_UP_ASLR
    1 << 20,  # HIGH_ENTROPY_ASLR
    1 << 32,  # EXTENSION_POINT_DISABLE: no AppInit libraries, no layered socket providers, no global hooks
    1 << 40,  # CONTROL_FLOW_GUARD, in images that were built with it
    1 << 48,  # FONT_DISABLE
    1 << 52,  # IMAGE_LOAD_NO_REMOTE: no libraries from network drives
    1 << 56,  # IMAGE_LOAD_NO_LOW_LABEL: nor from where a process like this one can write
)
"""Left off, with the reason: PROHIBIT_DYNAMIC_CODE, because ctypes writes a piece of code for each callback, and
llama.cpp's progress is one; WIN32K_SYSTEM_CALL_DISABLE, because a library that loads user32 would end the process;
STRICT_HANDLE_CHECKS, because Python asks about standard handles that may not be there; PREFER_SYSTEM32, because an
older C++ library there would be taken instead of the one that comes along; BLOCK_NON_MICROSOFT_BINARIES, because the
interpreter is not Microsoft's."""

JOB_EXTENDED_LIMITS = 9
"""``JobObjectExtendedLimitInformation``"""
JOB_UI_RESTRICTIONS = 4
"""``JobObjectBasicUIRestrictions``"""
_LIMIT_ACTIVE_PROCESS = 0x0000_0008
_LIMIT_DIE_ON_UNHANDLED_EXCEPTION = 0x0000_0400
_LIMIT_KILL_ON_JOB_CLOSE = 0x0000_2000
_ALL_UI_LIMITS = 0xFF
"""Handles of other processes' windows, clipboard in both directions, system parameters, display settings, global atoms,
desktops, logging off."""

WAIT_LIMIT_MILLISECONDS = 0xFFFF_FFFE
"""One more would mean for ever."""


@dataclass(frozen=True, slots=True)
class ProcessRequest:
    """One call of ``CreateProcessW``."""

    program: str
    command_line: str
    environment: str
    """Each variable ends with a null character, and so does the whole."""
    folder: str
    standard_handles: tuple[int, int, int]
    attributes: tuple[tuple[int, bytes], ...] = ()
    """Attributes of the new process and their values."""
    flags: int = CREATION_FLAGS


def process_attributes(inherited: Sequence[int], container: int | None) -> tuple[tuple[int, bytes], ...]:
    """Return the attributes of a confined process.

    Args:
        inherited: All handles that it gets; anything else that is open stays with this process.
        container: The address of its AppContainer's SID; None for no AppContainer.
    """
    # A handle that is listed twice makes the call fail.
    handles = tuple(dict.fromkeys(inherited))
    attributes = [
        (HANDLE_LIST, struct.pack(f"<{len(handles)}Q", *handles)),
        (MITIGATION_POLICY, struct.pack("<Q", sum(_MITIGATIONS))),
        (CHILD_PROCESS_POLICY, struct.pack("<I", _CHILD_PROCESS_RESTRICTED)),
    ]
    if container is not None:
        # SID, capabilities, their count, reserved. No capability: no network, no library, no device.
        attributes.append((SECURITY_CAPABILITIES, struct.pack("<QQII", container, 0, 0, 0)))
    return tuple(attributes)


def job_limits() -> bytes:
    """Return a ``JOBOBJECT_EXTENDED_LIMIT_INFORMATION``: one process, which ends with the job's last handle."""
    flags = _LIMIT_ACTIVE_PROCESS | _LIMIT_DIE_ON_UNHANDLED_EXCEPTION | _LIMIT_KILL_ON_JOB_CLOSE
    # Times, flags, working set, number of processes, affinity, priorities; padded as the compiler pads them.
    basic = struct.pack("<qqI4xQQI4xQII", 0, 0, flags, 0, 0, 1, 0, 0, 0)
    # Counters of input and output, limits of memory, peaks of its use.
    return basic + bytes(6 * 8) + bytes(4 * 8)


def job_ui_restrictions() -> bytes:
    """Return a ``JOBOBJECT_BASIC_UI_RESTRICTIONS`` with everything refused."""
    return struct.pack("<I", _ALL_UI_LIMITS)


def environment_block(environment: Mapping[str, str]) -> str:
    """Return an environment as ``CreateProcessW`` takes it: sorted, without regard to case.

    Raises:
        ValueError: A name or a value cannot be in an environment.
    """
    for name, value in environment.items():
        if not name or "=" in name or "\0" in name + value:
            raise ValueError(f"not a variable: {name!r}")
    rows = sorted(environment.items(), key=lambda row: row[0].upper())
    return "".join(f"{name}={value}\0" for name, value in rows) + "\0"
