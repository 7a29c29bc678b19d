# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One file from the loopback hub into its folder, and everything that can go wrong on the way."""

import concurrent.futures
import os
import random
import subprocess
import time
from pathlib import Path

import numpy
import pytest
from gguf import GGUFWriter

from strongroom.core.egress import Purpose
from strongroom.core.errors import Cancelled
from strongroom.core.locking import file_lock
from strongroom.hub import part_file
from strongroom.hub.faults import FaultKind, HubFault
from strongroom.hub.helper_request import HelperRequest
from strongroom.hub.http_rules import HubClient
from strongroom.hub.options import Patience
from strongroom.hub.protocol import FetchStep
from strongroom.hub.transfer import Target, Transfer
from strongroom.words import explain
from support.listening_app import ListeningApp
from support.loopback_hub import (
    HubRepository,
    LoopbackHub,
    Misbehavior,
    blob_path,
    file_path,
    sha256_of,
    wait_until,
)

FAST = Patience(connect_s=5, read_s=20, first_wait_s=0.001, longest_wait_s=1)
NAME = "tiny-Q4_K_M.gguf"
SIZE = 600_000


class Bench:
    """One file on the hub, and its place on the disk."""

    def __init__(self, hub: LoopbackHub, root: Path, content: bytes) -> None:
        self.hub = hub
        self.content = content
        self.repository = hub.add(HubRepository("acme/tiny-GGUF", {f"quants/{NAME}": content}))
        self.path = f"quants/{NAME}"
        self.sha256 = sha256_of(content)
        self.root = root
        self.target = self.target_for(root / "downloads" / "d1" / "000.part")
        self.steps: list[FetchStep] = []

    def target_for(self, part_file: Path) -> Target:
        return Target(
            name=NAME,
            size=len(self.content),
            sha256=self.sha256,
            part_file=part_file,
            folder=self.root / "models" / "sha256" / self.sha256,
            quarantine=self.root / "quarantine",
            lock_file=self.root / "downloads.lock",
        )

    def helper_request(self, token: str = "") -> HelperRequest:
        return ListeningApp().helper_request(Purpose.DOWNLOAD, token=token)

    def run(
        self, helper_request: HelperRequest | None = None, *, reserve=0, target=None, patience=FAST, commit=""
    ) -> Path:
        helper_request = helper_request or self.helper_request()
        with HubClient(self.hub.endpoint, patience=patience) as client, helper_request.under_way():
            return Transfer(
                target or self.target,
                lambda start: client.file(
                    self.repository.name, commit or self.repository.commit, self.path, start=start
                ),
                lambda done, is_verifying: self.steps.append(FetchStep(1, done, is_verifying)),
                patience=patience,
                reserve=reserve,
            ).run()

    def refusal(self, **options) -> HubFault:
        with pytest.raises(HubFault) as caught:
            self.run(**options)
        assert not self.target.file.exists()
        return caught.value

    def leave_part(self, content: bytes) -> None:
        self.target.part_file.parent.mkdir(parents=True, exist_ok=True)
        self.target.part_file.write_bytes(content)

    @property
    def part(self) -> bytes | None:
        return self.target.part_file.read_bytes() if self.target.part_file.exists() else None

    @property
    def quarantined(self) -> list[bytes]:
        return [path.read_bytes() for path in self.target.quarantine.glob("*.quarantined*")]

    def misbehave(self, misbehavior: Misbehavior, times: int = 1_000_000) -> None:
        self.hub.misbehave("/blobs/", misbehavior, times=times)

    @property
    def ranges(self) -> list[str | None]:
        return [request.header("range") for request in self.hub.log if request.server == "cdn"]

    def require_complete(self, path: Path) -> None:
        assert path == self.target.file
        assert path.read_bytes() == self.content
        assert self.part is None


@pytest.fixture
def bench(tmp_path):
    with LoopbackHub() as hub:
        yield Bench(hub, tmp_path, random.Random(3).randbytes(SIZE))


def gguf_file(path: Path) -> bytes:
    writer = GGUFWriter(path, "llama")
    writer.add_tensor("token_embd.weight", numpy.arange(4096, dtype=numpy.float32).reshape(64, 64))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


def test_a_file_arrives_verified_under_its_own_name(bench):
    bench.require_complete(bench.run())
    assert bench.target.file.parent.name == bench.sha256
    assert bench.target.file.stat().st_mode & 0o777 == 0o600
    assert bench.steps[-1].is_verifying
    assert bench.steps[-1].done == SIZE


def test_a_real_gguf_file_arrives(tmp_path):
    with LoopbackHub() as hub:
        bench = Bench(hub, tmp_path, gguf_file(tmp_path / "made.gguf"))
        bench.require_complete(bench.run())


def test_an_empty_file_arrives_without_a_request(tmp_path):
    with LoopbackHub() as hub:
        bench = Bench(hub, tmp_path, b"")
        bench.require_complete(bench.run())
        assert hub.log == []


def test_what_is_there_is_hashed_again_and_only_the_rest_is_asked_for(bench):
    bench.leave_part(bench.content[:250_000])
    bench.require_complete(bench.run())
    assert bench.ranges == ["bytes=250000-"]
    assert bench.steps[0] == FetchStep(1, 250_000, True)


def test_a_complete_part_is_verified_without_a_request(bench):
    bench.leave_part(bench.content)
    bench.require_complete(bench.run())
    assert bench.hub.log == []


def test_a_file_that_is_there_already_is_hashed_and_not_asked_for(bench):
    bench.run()
    bench.leave_part(b"a part that another process was faster than")
    requests = len(bench.hub.log)
    bench.require_complete(bench.run())
    assert len(bench.hub.log) == requests


def test_a_file_in_its_place_that_is_another_one_goes_to_quarantine_and_is_replaced(bench):
    bench.target.folder.mkdir(parents=True)
    forged = bytes(SIZE)
    bench.target.file.write_bytes(forged)
    bench.require_complete(bench.run())
    assert bench.quarantined == [forged]


def test_a_link_in_the_place_of_the_file_is_replaced_and_not_followed(bench, tmp_path):
    other = tmp_path / "other.gguf"
    other.write_bytes(bench.content)
    bench.target.folder.mkdir(parents=True)
    bench.target.file.symlink_to(other)
    bench.require_complete(bench.run())
    assert not bench.target.file.is_symlink()


def test_refused_a_link_in_the_place_of_the_part(bench, tmp_path):
    other = tmp_path / "mine.txt"
    other.write_bytes(b"mine")
    bench.target.part_file.parent.mkdir(parents=True)
    bench.target.part_file.symlink_to(other)
    assert bench.refusal().kind is FaultKind.NOT_WRITTEN
    assert other.read_bytes() == b"mine"


def test_a_lost_connection_is_made_again_and_the_rest_is_asked_for(bench):
    bench.misbehave(Misbehavior(cut_after=100_000), times=2)
    bench.require_complete(bench.run())
    assert bench.ranges == [None, "bytes=100000-", "bytes=200000-"]


def test_a_connection_that_is_lost_for_good_keeps_what_has_arrived(bench):
    bench.misbehave(Misbehavior(cut_after=100_000), times=1)
    bench.misbehave(Misbehavior(hang_up=True))
    assert bench.refusal().kind is FaultKind.UNREACHABLE
    assert bench.part == bench.content[:100_000]
    bench.hub.behave()
    bench.require_complete(bench.run())


def test_a_server_that_ignores_ranges_does_not_cost_what_is_there(bench):
    bench.leave_part(bench.content[:250_000])
    bench.misbehave(Misbehavior(ignore_range=True))
    bench.require_complete(bench.run())


def test_a_server_that_ignores_ranges_and_breaks_off_twice(bench):
    bench.misbehave(Misbehavior(ignore_range=True, cut_after=200_000), times=1)
    bench.misbehave(Misbehavior(ignore_range=True, cut_after=400_000), times=1)
    bench.misbehave(Misbehavior(ignore_range=True))
    bench.require_complete(bench.run())


def test_a_server_that_answers_416_is_asked_for_the_whole_file(bench):
    bench.leave_part(bench.content[:250_000])
    bench.misbehave(Misbehavior(status=416), times=1)
    bench.require_complete(bench.run())
    assert bench.ranges == ["bytes=250000-", None]


def test_mismatch_same_size_corruption_goes_to_quarantine(bench):
    bench.misbehave(Misbehavior(corrupt_at=SIZE // 2), times=1)
    fault = bench.refusal()
    assert fault.code == "hub.mismatch"
    assert bench.part is None
    assert len(bench.quarantined) == 1
    assert [path.name for path in bench.target.quarantine.glob("*.quarantined")] == [f"{NAME}.quarantined"]
    bench.require_complete(bench.run())
    assert bench.ranges == [None, None], "the second time begins at the first byte"


def test_mismatch_part_tampered_while_paused(bench):
    tampered = bytes(1000) + bench.content[1000:250_000]
    bench.leave_part(tampered)
    assert bench.refusal().kind is FaultKind.MISMATCH
    assert bench.quarantined == [tampered + bench.content[250_000:]]
    assert bench.part is None
    bench.require_complete(bench.run())


def test_mismatch_part_longer_than_the_file(bench):
    longer = bench.content + b"!"
    bench.leave_part(longer)
    assert bench.refusal().kind is FaultKind.MISMATCH
    assert bench.quarantined == [longer]
    assert bench.hub.log == []
    bench.require_complete(bench.run())


def test_mismatch_longer_file_of_a_server_that_gives_no_length(bench):
    bench.repository.digests[bench.path] = bench.sha256
    bench.repository.files[bench.path] = bench.content + b"more"
    bench.misbehave(Misbehavior(hide_length=True))
    fault = bench.refusal()
    assert fault.kind is FaultKind.MISMATCH
    assert bench.quarantined == [bench.content]
    assert bench.part is None


def test_a_server_that_gives_no_length_is_good_enough(bench):
    bench.misbehave(Misbehavior(hide_length=True))
    bench.require_complete(bench.run())


def test_refused_short_file_of_a_server_that_gives_no_length(bench):
    bench.repository.digests[bench.path] = bench.sha256
    bench.repository.files[bench.path] = bench.content[:-1000]
    bench.misbehave(Misbehavior(hide_length=True))
    assert bench.refusal().kind is FaultKind.BAD_ANSWER
    assert bench.part == bench.content[:-1000]


def test_refused_longer_file(bench):
    bench.repository.digests[bench.path] = bench.sha256
    bench.repository.files[bench.path] = bench.content + b"more"
    fault = bench.refusal()
    assert fault.kind is FaultKind.BAD_ANSWER
    assert f"{SIZE + 4:,} bytes" in explain(fault).message
    assert bench.part == b""


def test_refused_short_file(bench):
    bench.misbehave(Misbehavior(shorten_by=1000))
    fault = bench.refusal()
    assert fault.kind is FaultKind.BAD_ANSWER
    assert f"{SIZE - 1000:,} bytes" in explain(fault).message


def test_refused_short_file_of_a_server_that_claims_the_whole_range(bench):
    bench.leave_part(bench.content[:250_000])
    bench.misbehave(Misbehavior(shorten_by=1000))
    fault = bench.refusal()
    assert fault.kind is FaultKind.BAD_ANSWER
    assert "the file ends after" in explain(fault).message
    assert bench.part == bench.content[:-1000]
    bench.hub.behave()
    bench.require_complete(bench.run())


def test_refused_server_that_gives_a_file_in_crumbs(bench):
    bench.misbehave(Misbehavior(hide_length=True, cut_after=100))
    assert bench.refusal().kind is FaultKind.BAD_ANSWER
    assert len(bench.ranges) == 1
    assert bench.part == bench.content[:100]


@pytest.mark.parametrize(
    "content_range",
    [f"bytes 0-{SIZE - 1}/{SIZE}", f"bytes 250000-{SIZE - 1}/{SIZE + 1}", "bytes */*", "", "items 250000-1/2"],
    ids=["another start", "another total", "no range", "empty", "another unit"],
)
def test_refused_content_range(bench, content_range):
    bench.leave_part(bench.content[:250_000])
    bench.misbehave(Misbehavior(headers=(("Content-Range", content_range),)))
    assert bench.refusal().kind is FaultKind.BAD_ANSWER
    assert bench.part == bench.content[:250_000]


def test_refused_page_of_a_network_that_wants_a_login(bench):
    bench.leave_part(bench.content[:250_000])
    bench.hub.misbehave("/acme/", Misbehavior(status=200, body=b"<html>Welcome to our network</html>"))
    assert bench.refusal().kind is FaultKind.BAD_ANSWER
    assert bench.part == bench.content[:250_000], "what has arrived is not lost to it"


def test_refused_wrong_commit(bench):
    bench.hub.misbehave(file_path(bench.repository, bench.path), Misbehavior(headers=(("X-Repo-Commit", "d" * 40),)))
    fault = bench.refusal()
    assert fault.kind is FaultKind.BAD_ANSWER
    assert "commit" in explain(fault).message


def test_refused_commit_that_the_hub_does_not_have(bench):
    assert bench.refusal(commit="d" * 40).kind is FaultKind.NOT_FOUND


def test_refused_redirect_to_another_host(bench):
    bench.hub.misbehave("/acme/", Misbehavior(redirect_to="https://elsewhere.example.net/file"))
    assert bench.refusal().kind is FaultKind.REDIRECT_REFUSED


def test_refused_redirect_to_plain_http(bench):
    bench.hub.misbehave("/acme/", Misbehavior(redirect_to="http://huggingface.co/file"))
    assert bench.refusal().kind is FaultKind.INSECURE


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, FaultKind.UNAUTHORIZED),
        (403, FaultKind.FORBIDDEN),
        (404, FaultKind.NOT_FOUND),
        (429, FaultKind.RATE_LIMITED),
        (500, FaultKind.SERVER),
    ],
)
def test_refused_status(bench, status, kind):
    bench.leave_part(bench.content[:250_000])
    bench.hub.misbehave("/acme/", Misbehavior(status=status))
    assert bench.refusal().kind is kind
    assert bench.part == bench.content[:250_000]
    bench.hub.behave()
    bench.require_complete(bench.run())


def test_refused_416_for_the_whole_file_too(bench):
    bench.leave_part(bench.content[:250_000])
    bench.misbehave(Misbehavior(status=416))
    assert bench.refusal().kind is FaultKind.BAD_ANSWER
    assert bench.part == bench.content[:250_000]


def test_a_server_error_that_passes_is_waited_for(bench):
    bench.misbehave(Misbehavior(status=500), times=2)
    bench.require_complete(bench.run())


def test_refused_stalled_socket_is_given_up_after_some_attempts(bench):
    bench.misbehave(Misbehavior(stall_after=100_000), times=1)
    bench.misbehave(Misbehavior(stall_after=0))
    impatient = Patience(connect_s=5, read_s=0.1, first_wait_s=0.001, longest_wait_s=0.001)
    assert bench.refusal(patience=impatient).kind is FaultKind.STALLED
    # On a busy machine the first attempt may be given up earlier; what has arrived is kept all the same.
    assert bench.part == bench.content[: len(bench.part)]
    assert bench.ranges[-1] == (f"bytes={len(bench.part)}-" if bench.part else None)


def test_a_stalled_socket_is_left_for_another_one(bench):
    bench.misbehave(Misbehavior(stall_after=100_000), times=1)
    bench.require_complete(bench.run(patience=Patience(connect_s=5, read_s=0.5, first_wait_s=0.001)))
    assert bench.ranges[:2] == [None, "bytes=100000-"]


def test_stopped_at_once_in_a_stalled_read_and_resumed(bench):
    bench.misbehave(Misbehavior(stall_after=100_000), times=1)
    helper_request = bench.helper_request()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        running = pool.submit(bench.run, helper_request)
        bench.hub.wait_until_stalled()
        wait_until(lambda: bench.part == bench.content[:100_000], "the arrival of the bytes")
        asked_at = time.monotonic()
        helper_request.stop()
        with pytest.raises(Cancelled):
            running.result(timeout=20)
        # It takes some milliseconds on an idle machine; this one may be busy, and the read would wait for 20 s.
        assert time.monotonic() - asked_at < 15
    assert bench.part == bench.content[:100_000]
    bench.require_complete(bench.run())
    assert bench.ranges[-1] == "bytes=100000-"


def test_stopped_while_another_process_has_the_turn(bench):
    helper_request = bench.helper_request()
    bench.root.mkdir(exist_ok=True)
    with file_lock(bench.target.lock_file), concurrent.futures.ThreadPoolExecutor(1) as pool:
        running = pool.submit(bench.run, helper_request)
        wait_until(bench.target.part_file.parent.exists, "the beginning")
        helper_request.stop()
        with pytest.raises(Cancelled):
            running.result(timeout=20)
    assert bench.hub.log == []


def test_two_writers_at_one_target_take_turns_and_one_downloads(bench):
    bench.misbehave(Misbehavior(stall_after=100_000), times=1)
    second = bench.target_for(bench.root / "downloads" / "d2" / "000.part")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        first_run = pool.submit(bench.run)
        bench.hub.wait_until_stalled()
        second_run = pool.submit(bench.run, target=second)
        wait_until(second.part_file.parent.exists, "the beginning of the second")
        assert not second.part_file.exists()
        bench.hub.release()
        bench.require_complete(first_run.result(timeout=20))
        assert second_run.result(timeout=20) == bench.target.file
    assert len(bench.ranges) == 1
    assert not second.part_file.exists()


def test_refused_disk_full_before_anything_is_asked_for(bench):
    fault = bench.refusal(reserve=2**60)
    assert fault.kind is FaultKind.DISK_FULL
    assert f"{SIZE:,} bytes are needed" in explain(fault).message
    assert bench.hub.log == []


def test_refused_disk_full_in_the_middle_keeps_what_was_written(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(small)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        with LoopbackHub() as hub:
            bench = Bench(hub, small, random.Random(3).randbytes(SIZE))
            # As when somebody else fills the disk after the check.
            fault = bench.refusal(reserve=-(2**40))
            assert fault.kind is FaultKind.DISK_FULL
            assert bench.part
            assert bench.content.startswith(bench.part)
            kept = len(bench.part)
            assert subprocess.run(["mount", "-o", "remount,size=4m", str(small)], check=False).returncode == 0
            bench.require_complete(bench.run())
            assert bench.ranges[-1] == f"bytes={kept}-"
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_refused_disk_full_as_the_system_says_it(bench, monkeypatch):
    """Where nothing can be mounted: the real error of a full device, met by the real writing code."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full")
    real_append = part_file.PartFile.append

    def append(part, data):
        if part.length < 100_000:
            real_append(part, data[: 100_000 - part.length])
            return
        with full.open("wb", buffering=0) as device:
            device.write(data)

    monkeypatch.setattr(part_file.PartFile, "append", append)
    assert bench.refusal().kind is FaultKind.DISK_FULL
    assert bench.part == bench.content[:100_000]


def test_refused_disk_that_cannot_be_written(bench):
    bench.target.part_file.parent.parent.mkdir(parents=True)
    bench.target.part_file.parent.write_bytes(b"a file where a folder should be")
    assert bench.refusal().kind is FaultKind.NOT_WRITTEN


def test_refused_part_replaced_by_another_file_before_the_rename(bench, monkeypatch):
    real_sync = part_file.PartFile.sync

    def sync(part):
        real_sync(part)
        swapped = part.path.with_name("swapped")
        swapped.write_bytes(b"evil")
        os.replace(swapped, part.path)

    monkeypatch.setattr(part_file.PartFile, "sync", sync)
    assert bench.refusal().kind is FaultKind.MISMATCH
    assert bench.part == b"evil"


def test_a_gated_file_needs_the_token_and_the_delivery_host_never_sees_it(bench):
    bench.repository.gated = "auto"
    bench.hub.allow("hf_good", bench.repository.name)
    assert bench.refusal().kind is FaultKind.UNAUTHORIZED
    bench.require_complete(bench.run(bench.helper_request(token="hf_good")))
    assert [request.header("authorization") for request in bench.hub.log if request.server == "cdn"] == [None]
    assert blob_path(bench.repository, bench.path) in {request.path for request in bench.hub.log}
