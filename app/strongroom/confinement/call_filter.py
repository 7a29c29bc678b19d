# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A system-call filter as a plan, and the plan as a program for the kernel's classic BPF machine.

The program looks at the processor, then at the call's number, then, for some calls, at an argument. It refuses with
``EPERM``, so that a library that only tried goes on; calls of another processor's set end the process, because nothing
of ours makes any.

Sources: ``Documentation/userspace-api/seccomp_filter.rst``, ``include/uapi/linux/{seccomp,filter,bpf_common}.h``.
"""

import errno
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from strongroom.confinement.syscalls import X32_BIT, SystemCallTable

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_KILL_PROCESS, _ERRNO, _ALLOW = 0x8000_0000, 0x0005_0000, 0x7FFF_0000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand."""


@dataclass(frozen=True, slots=True)
class Only:
    """A call that is allowed with some values of one argument, and refused with all others.

    The kernel takes these arguments as 32-bit integers, or has no meaning for their upper half.
    """

    argument: int
    """From 0."""
    values: tuple[int, ...]
    mask: int = 0xFFFF_FFFF
    """Bits of the argument that are looked at."""


@dataclass(frozen=True, slots=True)
class AllBut:
    """A call that is refused with some values of one argument, and allowed with all others.

    The kernel looks at the lower 32 bits of these arguments too.
    """

    argument: int
    """From 0."""
    values: tuple[int, ...]


Condition = Only | AllBut


@dataclass(frozen=True, slots=True)
class CallPlan:
    """Which calls a process may make.

    A plan that names what is refused says nothing about calls that are newer than the tables: these seem not to exist.
    """

    allowed: frozenset[str] | None = None
    """The only calls that are allowed; None where all are that are not refused."""
    refused: frozenset[str] = frozenset()
    conditions: dict[str, Condition] = field(default_factory=dict)
    """Calls that are allowed under a condition only, in either kind of plan."""
    absent: frozenset[str] = frozenset()
    """Calls that seem not to exist (``ENOSYS``), so that the C library falls back on an older one whose arguments can
    be looked at."""


def compile_plan(plan: CallPlan, table: SystemCallTable) -> list[Instruction]:
    """Return the program of a plan, for one processor. A name that the processor does not have is left out."""
    numbers = table.numbers
    rest = _errno(errno.EPERM) if plan.allowed is not None else _ALLOW
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_EQUAL, 1, 0, table.audit_architecture),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if table.has_second_set:
        program += [(_JUMP_AT_LEAST, 0, 1, X32_BIT), (_RETURN, 0, 0, _KILL_PROCESS)]
    if plan.allowed is None:
        program += [(_JUMP_AT_LEAST, 0, 1, table.newest + 1), (_RETURN, 0, 0, _errno(errno.ENOSYS))]
    for name in sorted(plan.absent):
        if name in numbers:
            program += [(_JUMP_EQUAL, 0, 1, numbers[name]), (_RETURN, 0, 0, _errno(errno.ENOSYS))]
    for name, condition in sorted(plan.conditions.items()):
        if name in numbers:
            block = _block(condition)
            program += [(_JUMP_EQUAL, 0, len(block), numbers[name]), *block]
    unconditional, verdict = (plan.allowed, _ALLOW) if plan.allowed is not None else (plan.refused, _errno(errno.EPERM))
    decided = plan.absent | plan.conditions.keys()
    program += _one_verdict([numbers[name] for name in sorted(unconditional - decided) if name in numbers], verdict)
    program.append((_RETURN, 0, 0, rest))
    return program


def encode_program(program: Sequence[Instruction]) -> bytes:
    """Return a program as an array of ``struct sock_filter``."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def _block(condition: Condition) -> list[Instruction]:
    """Return a block that ends in a verdict: the accumulator holds the call's number before, anything after."""
    block: list[Instruction] = [(_LOAD, 0, 0, _ARGUMENTS_AT + 8 * condition.argument)]
    named, other = _ALLOW, _errno(errno.EPERM)
    if isinstance(condition, AllBut):
        named, other = other, named
    elif condition.mask != 0xFFFF_FFFF:
        block.append((_AND, 0, 0, condition.mask))
    for value in condition.values:
        block += [(_JUMP_EQUAL, 0, 1, value), (_RETURN, 0, 0, named)]
    block.append((_RETURN, 0, 0, other))
    return block


def _one_verdict(numbers: Sequence[int], verdict: int) -> Iterator[Instruction]:
    for number in numbers:
        yield (_JUMP_EQUAL, 0, 1, number)
        yield (_RETURN, 0, 0, verdict)


def _errno(number: int) -> int:
    return _ERRNO | number
