# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The program that the kernel gets, run here by a machine of the test's own, against what its plan says."""

import errno
import os
import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.confinement import call_plans
from strongroom.confinement.call_filter import AllBut, CallPlan, Only, compile_plan, encode_program
from strongroom.confinement.syscalls import TABLES, X32_BIT

ALLOW, KILL = 0x7FFF_0000, 0x8000_0000
DENY, NOT_THERE = 0x0005_0000 | errno.EPERM, 0x0005_0000 | errno.ENOSYS
PLANS = {
    "worker": call_plans.worker_plan(may_open=False),
    "worker of several parts": call_plans.worker_plan(may_open=True),
    "worker on a GPU": call_plans.device_worker_plan(),
    "opening over": call_plans.opening_over(),
    "helper": call_plans.helper_plan(),
    "launcher": call_plans.launcher_plan(),
    "main": call_plans.main_plan(),
}


def run(code: bytes, number: int, architecture: int, arguments: tuple[int, ...]) -> int:
    """Return the verdict of a program: the part of classic BPF that it uses."""
    data = struct.pack("=iIQ6Q", number, architecture, 0, *arguments)
    program = list(struct.iter_unpack("=HBBI", code))
    accumulator = place = 0
    while True:
        kind, if_true, if_false, operand = program[place]
        place += 1
        if kind == 0x20:
            accumulator = int.from_bytes(data[operand : operand + 4], "little")
        elif kind == 0x54:
            accumulator &= operand
        elif kind == 0x15:
            place += if_true if accumulator == operand else if_false
        elif kind == 0x35:
            place += if_true if accumulator >= operand else if_false
        else:
            assert kind == 0x06
            return operand


def expected(plan: CallPlan, name: str | None, number: int, arguments: tuple[int, ...]) -> int:
    if plan.allowed is None and number > 462:
        return NOT_THERE
    if name in plan.absent:
        return NOT_THERE
    if name in plan.conditions:
        only = plan.conditions[name]
        if isinstance(only, AllBut):
            return DENY if arguments[only.argument] & 0xFFFF_FFFF in only.values else ALLOW
        return ALLOW if (arguments[only.argument] & 0xFFFF_FFFF & only.mask) in only.values else DENY
    if plan.allowed is not None:
        return ALLOW if name in plan.allowed else DENY
    return DENY if name in plan.refused else ALLOW


@pytest.mark.parametrize("machine", TABLES)
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@given(data=st.data())
def test_the_program_decides_as_its_plan_says(plan, machine, data):
    table = TABLES[machine]
    names = {number: name for name, number in table.numbers.items()}
    telling = [
        value for only in plan.conditions.values() for value in (*only.values, *(v | 0x2000_0000 for v in only.values))
    ]
    word = st.one_of(st.integers(0, 2**64 - 1), st.sampled_from([0, 1, 2, 10, 16, *telling]))
    number = data.draw(st.sampled_from(sorted(names)) | st.integers(0, 600))
    arguments = tuple(data.draw(st.tuples(*[word] * 6)))
    verdict = run(encode_program(compile_plan(plan, table)), number, table.audit_architecture, arguments)
    assert verdict == expected(plan, names.get(number), number, arguments)


@pytest.mark.parametrize("machine", TABLES)
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_refused_calls_of_another_processors_set(plan, machine):
    table = TABLES[machine]
    code = encode_program(compile_plan(plan, table))
    i386 = 0x4000_0003
    assert run(code, 359, i386, (0,) * 6) == KILL
    if TABLES[machine].has_second_set:
        assert (
            run(code, TABLES[machine].numbers["socket"] | X32_BIT, TABLES[machine].audit_architecture, (2,) * 6) == KILL
        )


def test_an_internet_socket_has_no_way_through_any_plan_but_the_helpers():
    for machine, table in TABLES.items():
        for name, plan in PLANS.items():
            if name in ("helper", "launcher", "opening over"):
                continue
            code = encode_program(compile_plan(plan, table))
            for family in (2, 10, 17, 2 | 1 << 32, 10 | 1 << 63):
                verdict = run(code, table.numbers["socket"], table.audit_architecture, (family, 1, 0, 0, 0, 0))
                assert verdict == DENY, (machine, name, family)
            assert run(code, table.numbers["io_uring_setup"], table.audit_architecture, (1, 0, 0, 0, 0, 0)) == DENY


def test_the_kernels_own_table_agrees():
    headers = [
        ("x86_64", Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), r"#define __NR_(\w+) (\d+)"),
        ("aarch64", Path("/usr/include/asm-generic/unistd.h"), r"#define __NR(?:3264)?_(\w+) (\d+)"),
    ]
    compared = 0
    for machine, header, form in headers:
        if header.exists():
            known = {name: int(number) for name, number in re.findall(form, header.read_text())}
            ours = {name: number for name, number in TABLES[machine].numbers.items() if name in known}
            # This kernel's own name for the call with 64-bit offsets.
            known["newfstatat"] = known.get("newfstatat", known.get("fstatat", -1))
            assert ours == {name: known[name] for name in ours}
            compared += len(ours)
    if not compared:
        pytest.skip("no kernel headers are installed")
    assert compared > 100


def test_calls_that_the_tables_do_not_know_yet_are_absent_in_every_plan_that_names_what_it_refuses():
    for machine, table in TABLES.items():
        assert max(table.numbers.values()) <= table.newest
        for name, plan in PLANS.items():
            code = encode_program(compile_plan(plan, table))
            verdict = run(code, table.newest + 1, table.audit_architecture, (0,) * 6)
            assert verdict == (DENY if name.startswith("worker") and "GPU" not in name else NOT_THERE), (machine, name)


def test_conditions_look_at_one_argument_and_masks_at_some_bits():
    table = TABLES["x86_64"]
    plan = CallPlan(allowed=frozenset(("read",)), conditions={"clone": Only(0, (0x10000,), mask=0x30000)})
    code = encode_program(compile_plan(plan, table))
    verdicts = [
        run(code, table.numbers["clone"], table.audit_architecture, (flags, 0, 0, 0, 0, 0))
        for flags in (0x10000, 0x10F00, 0x30000, 0, 0x20000)
    ]
    assert verdicts == [ALLOW, ALLOW, DENY, DENY, DENY]
    assert os.getpid() in call_plans.worker_plan(may_open=False).conditions["tgkill"].values
