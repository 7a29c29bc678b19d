# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Whether one more model has room beside those that are loaded."""

import dataclasses
from pathlib import Path

import pytest

from strongroom.core.events import RoomReason
from strongroom.core.settings import Settings
from strongroom.hosting.room import HostingLimits, Need, estimate_need, room_for
from strongroom.models import MemoryEstimate, MemoryNow

GB = 10**9


def need(*, weights: int = 0, beside: int = 0, returnable: int = 0, on_gpu: int = 0, is_sealed: bool = False) -> Need:
    return Need(MemoryEstimate(weights, 0, 0, beside, 0, returnable, is_sealed=is_sealed), on_gpu)


def test_what_is_free_is_enough():
    room = room_for(need(weights=3 * GB, beside=GB), MemoryNow(5 * GB), [], HostingLimits())
    assert (room.is_enough, room.free, room.needed) == (True, 5 * GB, 4 * GB)


def test_too_little_is_said_with_what_is_needed():
    room = room_for(need(weights=3 * GB, beside=GB), MemoryNow(3 * GB), [], HostingLimits())
    assert (room.is_enough, room.reason, room.free, room.needed) == (False, RoomReason.MEMORY, 3 * GB, 4 * GB)


def test_the_pages_of_loaded_files_are_not_free_though_the_system_counts_them_so():
    assert room_for(need(weights=3 * GB), MemoryNow(5 * GB), [GB], HostingLimits()).is_enough
    room = room_for(need(weights=3 * GB), MemoryNow(5 * GB), [2 * GB, GB], HostingLimits())
    assert (room.is_enough, room.free) == (False, 2 * GB)


def test_of_a_loaded_file_only_what_is_read_for_each_token_counts():
    assert need(weights=3 * GB, returnable=GB).mapped == 2 * GB
    # The pages of a sealed copy are memory of its own, which nobody counts as free.
    assert need(weights=3 * GB, is_sealed=True).mapped == 0


def test_a_system_that_does_not_tell_has_room_for_nothing_more():
    assert not room_for(need(weights=1), MemoryNow(0), [0], HostingLimits()).is_enough


def test_a_model_that_fits_the_gpu_needs_no_room_for_its_weights():
    wanted = need(weights=8 * GB, on_gpu=6 * GB)
    assert room_for(wanted, MemoryNow(2 * GB, free_gpu=7 * GB), [], HostingLimits()).is_enough
    assert not room_for(wanted, MemoryNow(2 * GB, free_gpu=5 * GB), [], HostingLimits()).is_enough


def test_the_policys_limit_counts_whatever_is_free():
    limits = HostingLimits(most_loaded=2)
    assert room_for(need(weights=1), MemoryNow(GB), [1], limits).is_enough
    room = room_for(need(weights=1), MemoryNow(GB), [1, 1], limits)
    assert (room.is_enough, room.reason) == (False, RoomReason.MOST_LOADED)


@pytest.mark.model
def test_the_estimate_follows_the_header_and_the_settings(bench):
    entry = bench.library.get(bench.library.starter_id)
    small = estimate_need(entry, Settings(), is_sealed=False)
    large = estimate_need(entry, Settings(context_length=8192), is_sealed=False)
    assert small.estimate.needed > entry.size
    assert large.estimate.key_values > small.estimate.key_values
    assert small.on_gpu == 0
    assert estimate_need(entry, Settings(gpu_layers=-1), is_sealed=False).on_gpu > 0
    assert estimate_need(entry, Settings(), is_sealed=True).mapped == 0


def test_without_a_header_the_size_tells(bench):
    entry = bench.library.get(bench.model("no-header"))
    guessed = estimate_need(entry, Settings(), is_sealed=False)
    assert entry.size < guessed.estimate.needed < 2 * entry.size
    gone = dataclasses.replace(entry, path=str(Path(entry.path).with_name("gone.gguf")), parts=())
    assert estimate_need(gone, Settings(), is_sealed=False) == guessed
