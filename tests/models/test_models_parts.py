# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A model in several parts: every part open, leased and hashed, or none."""

import hashlib
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.paths import DataPaths
from strongroom.core.verification import VerificationState, joint_digest
from strongroom.models import Expectation, ModelLibrary, ModelRefused, RefusalReason, VerifiedModel, open_verified_model
from strongroom.words import explain
from support.made_models import digest_of, pin, refusal_of, spoil, write_gguf
from support.refusals import raises_saying


@pytest.fixture
def shards(tmp_path: Path) -> list[Path]:
    return write_gguf(tmp_path / "files" / "big-Q4_0.gguf", "good", tensors=3, parts=3)


def expectations(paths: list[Path]) -> list[tuple[Path, Expectation]]:
    return [(path, Expectation(digest_of(path), "a test's list", path.stat().st_size)) for path in paths]


def contents(verified: VerifiedModel) -> list[bytes]:
    return [os.pread(number, os.fstat(number).st_size + 1, 0) for number in verified.descriptors]


def test_every_part_is_handed_out_in_order(shards: list[Path]) -> None:
    with open_verified_model(expectations(shards)) as verified:
        assert contents(verified) == [path.read_bytes() for path in shards]
        assert verified.is_intact
        verified.require_intact()
        result = verified.result
        assert verified.path == shards[0]
    assert not verified.is_intact
    assert result.state is VerificationState.VERIFIED
    assert result.part_digests == tuple(map(digest_of, shards))
    assert result.digest == result.expected_digest == joint_digest(result.part_digests)
    assert result.size == sum(path.stat().st_size for path in shards)
    assert (result.is_leased, result.source) == (True, "a test's list")


def test_one_part_is_told_by_its_own_digest(shards: list[Path]) -> None:
    with open_verified_model(expectations(shards[:1])) as verified:
        assert verified.result.digest == digest_of(shards[0])
        assert verified.result.part_digests == ()
        assert len(verified.descriptors) == 1


def test_joint_digest_is_what_sha256sum_makes_of_the_parts(shards: list[Path]) -> None:
    program = 'sha256sum "$@" | cut -c 1-64 | sha256sum | cut -c 1-64'
    done = subprocess.run(["sh", "-c", program, "sh", *shards], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == joint_digest([digest_of(path) for path in shards])


def test_progress_counts_the_bytes_of_all_parts(shards: list[Path]) -> None:
    steps: list[tuple[int, int]] = []
    open_verified_model(expectations(shards), on_progress=lambda done, total: steps.append((done, total))).close()
    total = sum(path.stat().st_size for path in shards)
    assert {step[1] for step in steps} == {total}
    assert steps[0] == (0, total)
    assert steps[-1] == (total, total)
    assert [step[0] for step in steps] == sorted(step[0] for step in steps)


def test_cancelled_between_parts_leaves_nothing_open(shards: list[Path]) -> None:
    cancel = threading.Event()
    first = shards[0].stat().st_size

    def stop(done: int, total: int) -> None:
        if done >= first:
            cancel.set()

    with pytest.raises(Cancelled):
        open_verified_model(expectations(shards), on_progress=stop, cancel=cancel)
    for path in shards:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))  # no lease left either


@pytest.mark.parametrize("place", [0, 1, 2])
def test_writer_at_any_part_breaks_the_model(shards: list[Path], place: int, start_writer: Callable) -> None:
    calls: list[list[bytes]] = []
    good = [path.read_bytes() for path in shards]
    with open_verified_model(expectations(shards)) as verified:
        verified.on_broken(lambda: calls.append(contents(verified)))
        start_writer(shards[place]).wait_for("written")
        assert calls == [good]  # unchanged for as long as the callback ran
        assert not verified.is_intact
        assert verified.path == shards[place]
        with pytest.raises(ModelRefused) as caught:
            verified.require_intact()
        assert caught.value.path == shards[place]


def test_writers_at_two_parts_both_wait_for_one_callback(shards: list[Path], start_writer: Callable) -> None:
    began, may_end = threading.Event(), threading.Event()
    calls = []

    def callback() -> None:
        calls.append(began.set())
        assert may_end.wait(20)

    with open_verified_model(expectations(shards)) as verified:
        verified.on_broken(callback)
        writers = [start_writer(path) for path in shards[:2]]
        assert began.wait(20)
        assert all("opened" not in writer.said for writer in writers)
        may_end.set()
        for writer in writers:
            writer.wait_for("written")
    assert len(calls) == 1


def test_callback_may_close_the_model(shards: list[Path], start_writer: Callable) -> None:
    verified = open_verified_model(expectations(shards))
    verified.on_broken(verified.close)
    start_writer(shards[1]).wait_for("written")
    verified.close()
    late: list[bool] = []
    verified.on_broken(lambda: late.append(True))
    assert late == [True]  # at once: the writer is there already


def test_refused_write_to_a_later_part_while_the_first_is_hashed(shards: list[Path], start_writer: Callable) -> None:
    """All leases are taken before the first byte is read, and all are looked at while any part is."""
    writers = []

    def attack(done: int, total: int) -> None:
        if not writers:
            writers.append(start_writer(shards[2], "nonblocking"))
            writers[0].wait_for("would block")

    with pytest.raises(ModelRefused) as caught:
        open_verified_model(expectations(shards), on_progress=attack)
    assert caught.value.reason is RefusalReason.IN_USE_BY_WRITER
    assert caught.value.path == shards[2]


def test_refused_write_to_an_earlier_part_while_the_last_is_hashed(shards: list[Path], start_writer: Callable) -> None:
    writers = []
    before_last = sum(path.stat().st_size for path in shards[:2])

    def attack(done: int, total: int) -> None:
        if not writers and done >= before_last:
            writers.append(start_writer(shards[0], "nonblocking"))
            writers[0].wait_for("would block")

    with pytest.raises(ModelRefused) as caught:
        open_verified_model(expectations(shards), on_progress=attack)
    assert caught.value.path == shards[0]


def test_refused_short_later_part_before_anything_is_hashed(shards: list[Path]) -> None:
    parts = expectations(shards)
    os.truncate(shards[2], 100)
    steps: list[int] = []
    with pytest.raises(ModelRefused) as caught:
        open_verified_model(parts, on_progress=lambda done, total: steps.append(done))
    assert (caught.value.reason, caught.value.path) == (RefusalReason.MISMATCH, shards[2])
    assert steps == []


# through the library


def test_split_model_is_pinned_by_its_joint_digest(library: ModelLibrary, shards: list[Path]) -> None:
    entry = library.import_file(shards[0])
    refused = refusal_of(library, entry.model_id)
    assert refused.reason is RefusalReason.UNKNOWN_DIGEST
    assert refused.actual_digest == joint_digest([digest_of(path) for path in shards])
    assert refused.actual_digest in explain(refused).message
    with pytest.raises(ModelRefused):
        library.pin(entry.model_id, digest_of(shards[0]))  # one part's digest vouches for that part only
    pinned = library.pin(entry.model_id, refused.actual_digest)
    assert pinned.state is VerificationState.PINNED
    assert pinned.expected_digest == refused.actual_digest
    assert [part.sha256 for part in pinned.parts] == [digest_of(path) for path in shards]
    with library.open_verified(entry.model_id) as verified:
        assert verified.result.state is VerificationState.PINNED
        assert contents(verified) == [path.read_bytes() for path in shards]


def test_refused_mismatch_of_one_part_quarantines_that_part_only(
    library: ModelLibrary, shards: list[Path], paths: DataPaths
) -> None:
    model_id = pin(library, shards[0])
    good = digest_of(shards[1])
    spoil(shards[1])
    refused = refusal_of(library, model_id)
    assert (refused.reason, refused.path) == (RefusalReason.MISMATCH, shards[1])
    assert (refused.expected_digest, str(shards[1]) in explain(refused).message) == (good, True)
    assert refused.quarantined_as == paths.quarantine / f"{shards[1].name}.quarantined"
    assert [path.exists() for path in shards] == [True, False, True]
    assert library.get(model_id).state is VerificationState.MISMATCH
    again = refusal_of(library, model_id)
    assert again.reason is RefusalReason.QUARANTINED
    assert str(shards[1]) in explain(again).message


def test_part_got_again_is_checked_with_the_others(library: ModelLibrary, shards: list[Path]) -> None:
    model_id = pin(library, shards[0])
    good = shards[1].read_bytes()
    spoil(shards[1])
    refusal_of(library, model_id)
    shards[1].write_bytes(good)
    assert library.get(model_id).state is VerificationState.UNCHECKED
    library.open_verified(model_id).close()
    assert library.get(model_id).state is VerificationState.PINNED


def test_refused_missing_part_is_named(library: ModelLibrary, shards: list[Path]) -> None:
    model_id = pin(library, shards[0])
    shards[2].unlink()
    assert library.get(model_id).state is VerificationState.MISSING
    refused = refusal_of(library, model_id)
    assert refused.reason is RefusalReason.MISSING
    assert str(shards[2]) in explain(refused).message


def test_touched_part_makes_the_model_unchecked(library: ModelLibrary, shards: list[Path]) -> None:
    model_id = pin(library, shards[0])
    os.utime(shards[1])
    assert library.get(model_id).state is VerificationState.UNCHECKED


def test_moved_split_model_keeps_what_was_expected(library: ModelLibrary, shards: list[Path], tmp_path: Path) -> None:
    model_id = pin(library, shards[0])
    moved = [path.rename(tmp_path / path.name) for path in shards]
    entry = library.import_file(moved[2])
    assert (entry.model_id, entry.state) == (model_id, VerificationState.UNCHECKED)
    assert [part.path for part in entry.parts] == list(map(str, moved))
    library.open_verified(model_id).close()


def test_checksum_file_vouches_for_every_part(library: ModelLibrary, shards: list[Path], tmp_path: Path) -> None:
    model_id = library.import_file(shards[0]).model_id
    sums = tmp_path / "SHA256SUMS"
    sums.write_text("".join(f"{digest_of(path)}  files/{path.name}\n" for path in shards[:2]))
    with raises_saying(UserFacingError, shards[2].name) as caught:
        library.pin_from_checksum_file(model_id, sums)
    assert caught.value.code == "model.checksum_file"
    with sums.open("a") as stream:
        stream.write(f"{hashlib.sha256(shards[2].read_bytes()).hexdigest()} *{shards[2].name}\n")
    entry = library.pin_from_checksum_file(model_id, sums)
    assert (entry.state, entry.source) == (VerificationState.VERIFIED, "checksum file SHA256SUMS")
    library.open_verified(model_id).close()
