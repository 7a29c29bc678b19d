# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a model has room, and which quantization is recommended."""

import sys

import pytest

from strongroom.core.hub import FileKind, Fit
from strongroom.models.fit import Choice, MemoryNow, fit_of, nominal_bits, recommended
from strongroom.models.free_memory import VmStatistics, available_in, free_memory
from strongroom.models.memory import MemoryEstimate

GB = 10**9


def estimate(weights=4 * GB, *, copies=0, rest=GB, is_sealed=False) -> MemoryEstimate:
    returnable = 0 if is_sealed else copies
    return MemoryEstimate(weights, copies, rest // 2, rest // 4, rest // 4, returnable, is_sealed)


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        (MemoryNow(8 * GB, free_gpu=6 * GB), Fit.GPU),
        (MemoryNow(8 * GB, free_gpu=3 * GB), Fit.RAM),
        (MemoryNow(8 * GB), Fit.RAM),
        (MemoryNow(5 * GB), Fit.RAM),
        (MemoryNow(5 * GB - 1), Fit.PARTLY),
        (MemoryNow(3 * GB, returning=2 * GB), Fit.RAM),
        (MemoryNow(GB), Fit.PARTLY),
        (MemoryNow(GB - 1), Fit.NO),
        (MemoryNow(GB - 1, free_gpu=5 * GB - 10), Fit.PARTLY),
    ],
)
def test_where_a_model_has_room(memory, expected):
    assert fit_of(estimate(), memory, gpu_size=5 * GB) is expected


def test_a_gpu_that_is_not_used_does_not_count():
    assert fit_of(estimate(), MemoryNow(8 * GB, free_gpu=80 * GB)) is Fit.RAM


def test_pages_whose_weights_were_copied_need_no_room():
    assert fit_of(estimate(copies=3 * GB), MemoryNow(5 * GB)) is Fit.RAM
    assert fit_of(estimate(copies=3 * GB), MemoryNow(4 * GB)) is Fit.PARTLY
    assert fit_of(estimate(copies=3 * GB), MemoryNow(4 * GB - 1)) is Fit.NO


def test_a_sealed_copy_cannot_be_read_from_the_disk_again():
    assert fit_of(estimate(is_sealed=True), MemoryNow(5 * GB)) is Fit.RAM
    assert fit_of(estimate(is_sealed=True), MemoryNow(5 * GB - 1)) is Fit.NO


SIZES = {"Q2_K": 3, "Q3_K_M": 4, "Q4_0": 4.6, "Q4_K_M": 5, "Q5_K_M": 6, "Q6_K": 7, "Q8_0": 9, "F16": 16}


def pick(memory: MemoryNow, names=tuple(SIZES), *, gpu=False) -> str | None:
    choices = []
    for name in names:
        size = int(SIZES[name] * GB)
        fit = fit_of(estimate(size - GB), memory, gpu_size=size if gpu else 0)
        choices.append(Choice(FileKind.MODEL, name, size, size, fit))
    place = recommended(choices, memory)
    return None if place is None else names[place]


@pytest.mark.parametrize(
    ("free", "expected"),
    [
        (64, "Q5_K_M"),
        (7.3, "Q5_K_M"),
        (7.1, "Q4_K_M"),
        (5.7, "Q4_0"),
        (5, "Q3_K_M"),
        (3.7, "Q2_K"),
        (3.5, None),
    ],
)
def test_four_and_five_bits_come_first_and_with_a_fifth_to_spare(free, expected):
    assert pick(MemoryNow(int(free * GB))) == expected


def test_without_them_the_smallest_of_the_more_exact_ones():
    assert pick(MemoryNow(64 * GB), ("Q2_K", "Q8_0", "F16")) == "Q8_0"
    assert pick(MemoryNow(5 * GB), ("Q2_K", "Q8_0", "F16")) == "Q2_K"


def test_a_form_for_the_gpu_is_preferred_to_a_larger_one_beside_it():
    assert pick(MemoryNow(64 * GB, free_gpu=int(6.5 * GB)), gpu=True) == "Q4_K_M"


def test_neither_projectors_nor_the_unknown_are_recommended():
    choices = [
        Choice(FileKind.PROJECTOR, "Q4_K_M", GB, GB, Fit.RAM),
        Choice(FileKind.MODEL, "Q4_K_M", GB, GB, None),
        Choice(FileKind.MODEL, "Q4_K_M", GB, GB, Fit.PARTLY),
    ]
    assert recommended(choices, MemoryNow(64 * GB)) is None
    assert recommended([], MemoryNow(64 * GB)) is None


@pytest.mark.parametrize(
    ("name", "bits"),
    [("Q4_K_M", 4), ("IQ3_XXS", 3), ("q5_k_s", 5), ("BF16", 16), ("F32", 32), ("MXFP4", 4), ("TQ1_0", 1), ("", 0)],
)
def test_bits_in_a_name(name, bits):
    assert nominal_bits(name) == bits


def test_what_linux_says_is_read_and_nonsense_is_nothing():
    assert available_in(["MemTotal:  100 kB", "MemAvailable:    2048 kB"]) == 2048 * 1024
    assert available_in(["MemTotal:  100 kB"]) == 0
    assert available_in(["MemAvailable: many kB"]) == 0


def test_the_statistics_of_macos_lie_where_its_header_puts_them():
    offsets = {name: getattr(VmStatistics, name).offset for name in ("free", "inactive", "purgeable", "speculative")}
    assert offsets == {"free": 0, "inactive": 8, "purgeable": 88, "speculative": 92}


@pytest.mark.skipif(sys.platform != "linux", reason="asks this system")
def test_this_machine_has_free_memory_and_not_more_than_it_has():
    import psutil

    assert 0 < free_memory() <= psutil.virtual_memory().total
    assert MemoryNow.look(returning=5).available == pytest.approx(free_memory() + 5, rel=0.5)
