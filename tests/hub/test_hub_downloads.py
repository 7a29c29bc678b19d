# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Downloads through the real helper from the loopback hub: what is shown, what is kept, what is never called ready."""

import dataclasses
import os
import random
import shutil
import signal
import threading
from pathlib import Path

import numpy
import pytest
from gguf import GGUFWriter

from strongroom.core.errors import UserFacingError
from strongroom.core.hub import Download, DownloadState, RemoteModel, Repository
from strongroom.core.paths import DataPaths
from strongroom.core.statement import Statement
from strongroom.hub import Hub, HubFault, HubOptions, Patience
from strongroom.jobs.rate import RateMeter
from strongroom.models import ModelLibrary
from strongroom.words import explain, say_statement
from support.loopback_hub import DEADLINE_S, HubRepository, Misbehavior, blob_path, file_path, sha256_of, wait_until

PATIENCE = Patience(connect_s=20, read_s=60, first_wait_s=0.01, longest_wait_s=5)
SIZE = 1_500_000
SETTLED = (DownloadState.VERIFIED, DownloadState.MISMATCH, DownloadState.FAILED, DownloadState.PAUSED)


class Desk:
    """The app's side, with a shelf that remembers, and everything that a listener was told."""

    def __init__(self, paths: DataPaths, endpoint: str, *, patience: Patience = PATIENCE, token: str = "") -> None:
        self.paths = paths
        self.options = HubOptions(endpoint=endpoint, patience=patience, token=lambda: token)
        self.shelf: dict[str, tuple[Path, ...]] = {}
        self.shelf_problem: UserFacingError | None = None
        self.told: list[Download] = []
        self.changed = threading.Condition()
        self.hub = Hub(
            paths,
            self.options,
            on_verified=self.take,
        )
        self.hub.subscribe(self.hear)

    def take(self, download: Download, files: tuple[Path, ...]) -> str:
        assert download.state is DownloadState.VERIFYING, "nothing is called verified before it is on the shelf"
        if self.shelf_problem is not None:
            raise self.shelf_problem
        self.shelf[download.download_id] = files
        return f"model-{download.download_id}"

    def hear(self, download: Download) -> None:
        with self.changed:
            if download.state is DownloadState.VERIFIED:
                assert download.download_id in self.shelf
            self.told.append(download)
            self.changed.notify_all()

    def repository(self, name: str) -> Repository:
        return self.hub.repository(name, cancel=threading.Event())

    def start(self, name: str, quantization: str = "") -> Download:
        repository = self.repository(name)
        model = next(model for model in repository.models if quantization in ("", model.quantization))
        return self.hub.start(repository, model)

    def now(self, download: Download) -> Download:
        return next(one for one in self.hub.downloads() if one.download_id == download.download_id)

    def wait(self, download: Download, *states: DownloadState, after: int = 0) -> Download:
        """Wait until a listener was told one of ``states``."""

        def latest() -> Download | None:
            told = [one for one in self.told[after:] if one.download_id == download.download_id]
            return next((one for one in reversed(told) if one.state in states), None)

        with self.changed:
            assert self.changed.wait_for(lambda: latest() is not None, DEADLINE_S), self.told[-1:]
            return latest()

    def queued_at(self, download: Download) -> int:
        """Return the place of the last QUEUED among all that was told: what follows is not about a former run."""
        told = [place for place, one in enumerate(self.told) if one.download_id == download.download_id]
        return max(place for place in told if self.told[place].state is DownloadState.QUEUED)

    def states(self, download: Download) -> list[DownloadState]:
        told = [one.state for one in self.told if one.download_id == download.download_id]
        return [state for place, state in enumerate(told) if place == 0 or state is not told[place - 1]]

    @property
    def quarantined(self) -> list[Path]:
        return list(self.paths.quarantine.glob("*.quarantined*"))

    @property
    def parts(self) -> list[Path]:
        return list(self.paths.downloads.glob("*/*.part"))

    def wait_for_bytes(self, count: int) -> None:
        """Wait until so much of a download lies on the disk: what a hub has sent may still be on its way."""
        wait_until(lambda: sum(part.stat().st_size for part in self.parts) == count, f"the arrival of {count} bytes")

    def clear(self) -> None:
        """Become as new, but for a helper that runs."""
        for download in self.hub.downloads():
            self.hub.discard(download.download_id)
        # A run that still goes on removes its record at its end.
        wait_until(lambda: not list(self.paths.jobs.glob("*.json")), "the end of every run")
        for folder in (self.paths.models, self.paths.quarantine):
            shutil.rmtree(folder, ignore_errors=True)
        self.shelf.clear()
        self.shelf_problem = None
        self.told.clear()


@pytest.fixture
def open_desk(tmp_path, loopback_hub):
    opened: list[Desk] = []

    def open_one(**options) -> Desk:
        opened.append(Desk(DataPaths(tmp_path / "data"), loopback_hub.endpoint, **options))
        return opened[-1]

    yield open_one
    for desk in opened:
        desk.hub.close()


@pytest.fixture(scope="module")
def lasting_desk(lasting_loopback_hub, tmp_path_factory):
    desk = Desk(DataPaths(tmp_path_factory.mktemp("lasting") / "data"), lasting_loopback_hub.endpoint)
    yield desk
    desk.hub.close()


@pytest.fixture
def desk(lasting_desk, loopback_hub):
    """A desk for tests that need no other one after it: a helper takes a while to start."""
    yield lasting_desk
    loopback_hub.behave()
    lasting_desk.clear()


@pytest.fixture
def single(loopback_hub):
    content = random.Random(1).randbytes(SIZE)
    return loopback_hub.add(HubRepository("acme/one-GGUF", {"one-Q4_K_M.gguf": content}))


@pytest.fixture
def split(loopback_hub):
    chance = random.Random(2)
    parts = {f"Q8_0/two-Q8_0-0000{number}-of-00003.gguf": chance.randbytes(200_000 + number) for number in (1, 2, 3)}
    return loopback_hub.add(HubRepository("acme/two-GGUF", parts))


def gguf_file(path: Path) -> bytes:
    writer = GGUFWriter(path, "llama")
    writer.add_tensor("token_embd.weight", numpy.arange(4096, dtype=numpy.float32).reshape(64, 64))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


def require_verified(desk: Desk, download: Download, repository: HubRepository, after: int = 0) -> Download:
    download = desk.wait(download, *SETTLED, after=after)
    assert (download.state, download.problem) == (DownloadState.VERIFIED, None)
    assert download.done == download.total
    assert download.model_id == f"model-{download.download_id}"
    contents = [repository.files[file.path] for file in download.model.files]
    assert [path.read_bytes() for path in desk.shelf[download.download_id]] == contents
    assert [path.parent for path in desk.shelf[download.download_id]] == [
        desk.paths.models / "sha256" / sha256_of(content) for content in contents
    ]
    assert list((desk.paths.downloads / download.download_id).glob("*.part")) == []
    return download


def test_a_download_goes_through_its_states(desk, single):
    download = desk.start(single.name)
    assert download.state is DownloadState.QUEUED
    require_verified(desk, download, single)
    assert desk.states(download) == [
        DownloadState.QUEUED,
        DownloadState.DOWNLOADING,
        DownloadState.VERIFYING,
        DownloadState.VERIFIED,
    ]
    assert desk.shelf[download.download_id][0].name == "one-Q4_K_M.gguf"


def test_all_parts_of_a_model_are_one_download(desk, split):
    download = desk.start(split.name)
    assert download.total == 600_006
    require_verified(desk, download, split)
    told = [one.done for one in desk.told]
    assert told == sorted(told)


def test_a_real_gguf_model_comes_onto_the_real_shelf_and_opens_verified(loopback_hub, tmp_path):
    content = gguf_file(tmp_path / "made.gguf")
    repository = loopback_hub.add(HubRepository("acme/real-GGUF", {"real-F32.gguf": content}))
    paths = DataPaths(tmp_path / "data")
    library = ModelLibrary(paths)
    hub = Hub(
        paths,
        HubOptions(endpoint=loopback_hub.endpoint, patience=PATIENCE),
        on_verified=lambda download, files: library.add_downloaded(download, download.model, files).model_id,
    )
    ended = threading.Event()
    try:
        hub.subscribe(lambda download: None if download.is_active else ended.set())
        opened = hub.repository(repository.name, cancel=threading.Event())
        download = hub.start(opened, only(opened))
        assert ended.wait(DEADLINE_S)
        (download,) = hub.downloads()
        assert (download.state, download.problem) == (DownloadState.VERIFIED, None)
    finally:
        hub.close()
    with library.open_verified(download.model_id) as verified:
        assert [look.size for look in verified.fingerprints] == [len(content)]


def test_a_paused_download_goes_on_where_it_stopped(desk, single, loopback_hub):
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=500_000), times=1)
    download = desk.start(single.name)
    desk.wait_for_bytes(500_000)
    assert desk.hub.pause(download.download_id).state is DownloadState.PAUSED
    assert desk.hub.resume(download.download_id).state is DownloadState.QUEUED
    require_verified(desk, download, single, desk.queued_at(download))
    ranges = [request.header("range") for request in loopback_hub.log if request.path.startswith("/blobs/")]
    assert ranges == [None, "bytes=500000-"]


def test_a_paused_download_is_told_once_and_nothing_arrives_any_more(open_desk, single, loopback_hub):
    desk = open_desk()
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=500_000), times=1)
    download = desk.start(single.name)
    loopback_hub.wait_until_stalled()
    desk.hub.pause(download.download_id)
    desk.hub.pause(download.download_id)
    loopback_hub.release()
    desk.hub.close()
    assert desk.states(download)[-1] is DownloadState.PAUSED
    assert desk.states(download).count(DownloadState.PAUSED) == 1
    assert desk.shelf == {}


def test_at_most_two_at_once_and_the_next_one_follows(desk, loopback_hub):
    chance = random.Random(5)
    names = [f"acme/m{number}-GGUF" for number in range(3)]
    repositories = [loopback_hub.add(HubRepository(name, {"m-Q4_0.gguf": chance.randbytes(50_000)})) for name in names]
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=1_000), times=2)
    downloads = [desk.start(name) for name in names]
    loopback_hub.wait_until_stalled(2)
    states = [desk.now(download).state for download in downloads]
    assert states == [DownloadState.DOWNLOADING, DownloadState.DOWNLOADING, DownloadState.QUEUED]
    assert not any("m2" in request.path for request in loopback_hub.log if "/resolve/" in request.path)
    loopback_hub.release()
    for download, repository in zip(downloads, repositories, strict=True):
        require_verified(desk, download, repository)


def test_one_that_waits_can_be_paused_and_discarded(desk, loopback_hub):
    chance = random.Random(5)
    names = [f"acme/m{number}-GGUF" for number in range(4)]
    for name in names:
        loopback_hub.add(HubRepository(name, {"m-Q4_0.gguf": chance.randbytes(50_000)}))
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=1_000), times=2)
    first, second, third, fourth = (desk.start(name) for name in names)
    loopback_hub.wait_until_stalled(2)
    desk.hub.pause(third.download_id)
    desk.hub.discard(fourth.download_id)
    loopback_hub.release()
    for download in (first, second):
        assert desk.wait(download, *SETTLED).state is DownloadState.VERIFIED
    assert desk.now(third).state is DownloadState.PAUSED
    assert [one.download_id for one in desk.hub.downloads()] == [
        first.download_id,
        second.download_id,
        third.download_id,
    ]
    assert not any(
        "m2" in request.path or "m3" in request.path for request in loopback_hub.log if "/resolve/" in request.path
    )


def test_starting_the_same_model_again_goes_on_with_it(desk, single, loopback_hub):
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=1_000), times=1)
    download = desk.start(single.name)
    loopback_hub.wait_until_stalled()
    assert desk.start(single.name).download_id == download.download_id
    desk.hub.pause(download.download_id)
    assert desk.start(single.name).download_id == download.download_id
    require_verified(desk, download, single, desk.queued_at(download))


def test_a_model_that_is_there_already_is_hashed_and_not_downloaded_again(desk, single, loopback_hub):
    require_verified(desk, desk.start(single.name), single)
    again = desk.start(single.name)
    require_verified(desk, again, single)
    assert sum(request.path.startswith("/blobs/") for request in loopback_hub.log) == 1


def test_discarding_deletes_what_is_unfinished(open_desk, single, loopback_hub):
    desk = open_desk()
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=500_000), times=1)
    download = desk.start(single.name)
    loopback_hub.wait_until_stalled()
    desk.hub.discard(download.download_id)
    assert desk.hub.downloads() == ()
    desk.hub.close()
    assert list(desk.paths.jobs.glob("*.json")) == []
    assert desk.parts == []
    assert open_desk().hub.downloads() == ()


def test_discarding_keeps_a_verified_file(desk, single):
    download = require_verified(desk, desk.start(single.name), single)
    desk.hub.discard(download.download_id)
    assert desk.hub.downloads() == ()
    assert all(path.exists() for path in desk.shelf[download.download_id])


def test_refused_unknown_download(desk):
    for action in (desk.hub.pause, desk.hub.resume, desk.hub.discard):
        with pytest.raises(UserFacingError) as caught:
            action("no such id")
        assert caught.value.code == "hub.no_download"


def test_refused_download_without_a_digest(desk, single):
    single.digests["one-Q4_K_M.gguf"] = ""
    with pytest.raises(HubFault) as caught:
        desk.start(single.name)
    assert caught.value.code == "hub.no_digest"
    assert desk.hub.downloads() == ()


def test_mismatch_same_size_corruption_is_quarantined_and_begins_again_from_nothing(desk, single, loopback_hub):
    loopback_hub.misbehave("/blobs/", Misbehavior(corrupt_at=700_000), times=1)
    download = desk.start(single.name)
    download = desk.wait(download, *SETTLED)
    assert (download.state, download.code) == (DownloadState.MISMATCH, "hub.mismatch")
    assert "quarantine" in explain(download.problem).message
    assert explain(download.problem).next_step
    assert DownloadState.VERIFIED not in desk.states(download)
    assert desk.shelf == {}
    assert len(desk.quarantined) == 1
    assert desk.parts == []
    after = len(desk.told)
    desk.hub.resume(download.download_id)
    require_verified(desk, download, single, after)


def test_mismatch_of_one_part_leaves_nothing_of_the_model_ready(desk, split, loopback_hub):
    second = split.files and sorted(split.files)[1]
    loopback_hub.misbehave(blob_path(split, second), Misbehavior(corrupt_at=9), times=1)
    download = desk.wait(desk.start(split.name), *SETTLED)
    assert download.state is DownloadState.MISMATCH
    assert desk.shelf == {}
    assert not (desk.paths.models / "sha256" / split.sha256(second) / Path(second).name).exists()
    assert not (desk.paths.models / "shelf.json").exists()
    after = len(desk.told)
    desk.hub.resume(download.download_id)
    require_verified(desk, download, split, after)


@pytest.mark.parametrize(
    ("misbehavior", "code"),
    [
        (Misbehavior(status=401), "hub.unauthorized"),
        (Misbehavior(status=403), "hub.forbidden"),
        (Misbehavior(status=404), "hub.not_found"),
        (Misbehavior(status=429), "hub.rate_limited"),
        (Misbehavior(status=500), "hub.server"),
        (Misbehavior(redirect_to="https://elsewhere.example.net/x"), "hub.redirect_refused"),
        (Misbehavior(redirect_to="http://huggingface.co/x"), "hub.insecure"),
        (Misbehavior(headers=(("X-Repo-Commit", "d" * 40),)), "hub.bad_answer"),
        (Misbehavior(hang_up=True), "hub.unreachable"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused_download_says_why_and_goes_on_later(desk, loopback_hub, misbehavior, code):
    repository = loopback_hub.add(HubRepository("acme/m-GGUF", {"m-Q4_0.gguf": random.Random(4).randbytes(100_000)}))
    loopback_hub.misbehave(file_path(repository, "m-Q4_0.gguf"), misbehavior)
    download = desk.wait(desk.start(repository.name), *SETTLED)
    assert (download.state, download.code) == (DownloadState.FAILED, code)
    assert explain(download.problem).message
    assert explain(download.problem).next_step
    assert desk.shelf == {}
    loopback_hub.behave()
    after = len(desk.told)
    desk.hub.resume(download.download_id)
    require_verified(desk, download, repository, after)


def test_refused_short_file_is_not_ready_and_goes_on_later(desk, single, loopback_hub):
    loopback_hub.misbehave("/blobs/", Misbehavior(shorten_by=1_000))
    download = desk.wait(desk.start(single.name), *SETTLED)
    assert (download.state, download.code) == (DownloadState.FAILED, "hub.bad_answer")
    assert desk.shelf == {}
    loopback_hub.behave()
    after = len(desk.told)
    desk.hub.resume(download.download_id)
    require_verified(desk, download, single, after)


def test_refused_longer_file_is_not_ready(desk, single):
    download_name = "one-Q4_K_M.gguf"
    single.digests[download_name] = single.sha256(download_name)
    single.sizes[download_name] = SIZE - 1
    repository = desk.repository(single.name)
    download = desk.wait(desk.hub.start(repository, only(repository)), *SETTLED)
    assert (download.state, download.code) == (DownloadState.FAILED, "hub.bad_answer")
    assert desk.shelf == {}


def test_refused_stalled_socket_says_so_and_keeps_what_has_arrived(open_desk, single, loopback_hub):
    desk = open_desk(patience=dataclasses.replace(PATIENCE, read_s=0.2, first_wait_s=0.001))
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=500_000), times=1)
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=0))
    download = desk.wait(desk.start(single.name), *SETTLED)
    assert (download.state, download.code) == (DownloadState.FAILED, "hub.stalled")
    # All that was sent, unless the machine is so busy that the first attempt was given up before.
    assert download.done == sum(part.stat().st_size for part in desk.parts) <= 500_000
    assert loopback_hub.log[-1].header("range") == (f"bytes={download.done}-" if download.done else None)


def test_refused_disk_full_before_anything_is_asked_for(desk, split, loopback_hub, tmp_path):
    # Each part would fit; all of them do not.
    free = shutil.disk_usage(tmp_path).free
    for path in split.files:
        split.sizes[path] = free * 2 // 5
    download = desk.wait(desk.start(split.name), *SETTLED)
    assert (download.state, download.code) == (DownloadState.FAILED, "hub.disk_full")
    assert "bytes are needed" in explain(download.problem).message
    assert not any(request.path.startswith("/blobs/") for request in loopback_hub.log)


def test_refused_by_the_shelf_is_never_called_verified(desk, single):
    desk.shelf_problem = UserFacingError("models.full", shelf="full")
    download = desk.wait(desk.start(single.name), *SETTLED)
    assert (download.state, download.problem, download.code) == (
        DownloadState.FAILED,
        Statement("models.full", shelf="full"),
        "models.full",
    )
    desk.shelf_problem = None
    after = len(desk.told)
    desk.hub.resume(download.download_id)
    require_verified(desk, download, single, after)


def test_a_helper_that_is_killed_is_started_again_and_the_download_goes_on(desk, single, loopback_hub):
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=500_000), times=1)
    download = desk.start(single.name)
    loopback_hub.wait_until_stalled()
    first = desk.hub.process_id
    os.kill(first, signal.SIGKILL)
    require_verified(desk, download, single)
    assert desk.hub.process_id != first
    assert DownloadState.FAILED not in desk.states(download)
    assert sum(request.path.startswith("/blobs/") for request in loopback_hub.log) == 2


def test_going_offline_pauses_and_nothing_is_asked_until_online(desk, single, loopback_hub):
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=500_000), times=1)
    download = desk.start(single.name)
    repository = desk.repository(single.name)
    loopback_hub.wait_until_stalled()
    desk.hub.use(dataclasses.replace(desk.options, is_offline=True))
    desk.wait(download, DownloadState.PAUSED)
    for refused in (
        lambda: desk.hub.resume(download.download_id),
        lambda: desk.hub.start(repository, repository.models[0]),
    ):
        with pytest.raises(HubFault) as caught:
            refused()
        assert caught.value.code == "hub.offline"
    assert desk.hub.process_id is None
    desk.hub.use(desk.options)
    desk.hub.resume(download.download_id)
    require_verified(desk, download, single, desk.queued_at(download))


def test_after_the_end_of_the_app_a_download_is_there_paused_and_goes_on(open_desk, single, loopback_hub):
    desk = open_desk()
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=500_000), times=1)
    download = desk.start(single.name)
    desk.wait_for_bytes(500_000)
    desk.hub.close()
    later = open_desk()
    found = later.now(download)
    assert (found.state, found.commit, found.done) == (DownloadState.PAUSED, single.commit, 500_000)
    later.hub.resume(download.download_id)
    require_verified(later, download, single)
    later.hub.close()
    last = open_desk().now(download)
    assert (last.state, last.model_id, last.done) == (DownloadState.VERIFIED, f"model-{last.download_id}", SIZE)


def test_refused_download_that_another_process_works_on(open_desk, single, loopback_hub):
    desk = open_desk()
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=500_000), times=1)
    download = desk.start(single.name)
    loopback_hub.wait_until_stalled()
    other = open_desk()
    for refused in (other.hub.resume, other.hub.discard):
        with pytest.raises(UserFacingError) as caught:
            refused(download.download_id)
        assert caught.value.code == "hub.busy"
    loopback_hub.release()
    require_verified(desk, download, single)


def test_two_processes_at_one_target_take_turns_and_one_downloads(open_desk, single, loopback_hub):
    desk, other = open_desk(), open_desk()
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=500_000), times=1)
    download = desk.start(single.name)
    loopback_hub.wait_until_stalled()
    waiting = other.start(single.name)
    other.wait(waiting, DownloadState.DOWNLOADING)
    loopback_hub.release()
    require_verified(desk, download, single)
    require_verified(other, waiting, single)
    assert sum(request.path.startswith("/blobs/") for request in loopback_hub.log) == 1


def test_a_sentence_that_no_record_can_hold_is_made_one(open_desk, single):
    desk = open_desk()
    desk.shelf_problem = UserFacingError("models.odd", message="The file \udcff" + "x" * 9_000)
    download = desk.wait(desk.start(single.name), *SETTLED)
    assert str(download.problem.facts["message"]).startswith("The file ?xxx")
    desk.hub.close()
    assert open_desk().now(download).problem == download.problem


def test_a_part_tampered_with_while_paused_is_found_out(open_desk, single, loopback_hub):
    desk = open_desk()
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=500_000), times=1)
    download = desk.start(single.name)
    desk.wait_for_bytes(500_000)
    desk.hub.pause(download.download_id)
    desk.hub.close()
    (part,) = desk.parts
    with part.open("r+b") as file:
        file.write(bytes(100))
    later = open_desk()
    later.hub.resume(download.download_id)
    assert later.wait(download, *SETTLED).state is DownloadState.MISMATCH
    assert later.shelf == {}
    assert len(later.quarantined) == 1


def test_a_record_that_is_not_understood_is_named(open_desk, tmp_path):
    folder = tmp_path / "data" / "downloads"
    folder.mkdir(parents=True)
    (folder / "0123456789abcdef.json").write_text('{"type":"download","version":9}\n')
    desk = open_desk()
    assert desk.hub.downloads() == ()
    assert len(desk.hub.download_notes) == 1
    assert "another version" in say_statement(desk.hub.download_notes[0])


def test_a_listener_can_leave(desk, single):
    heard: list[Download] = []
    leave = desk.hub.subscribe(heard.append)
    leave()
    leave()
    require_verified(desk, desk.start(single.name), single)
    assert heard == []


def test_a_gated_model_is_downloaded_with_its_token(open_desk, single, loopback_hub, tmp_path):
    single.gated = "manual"
    loopback_hub.allow("hf_secret_token", single.name)
    desk = open_desk(token="hf_secret_token")
    require_verified(desk, desk.start(single.name), single)
    everything = b"".join(path.read_bytes() for path in desk.paths.downloads.rglob("*") if path.is_file())
    assert b"hf_secret_token" not in everything


def test_the_same_files_of_another_commit_are_another_download(desk, single, loopback_hub):
    loopback_hub.misbehave("/blobs/", Misbehavior(stall_after=1_000), times=1)
    download = desk.start(single.name)
    loopback_hub.wait_until_stalled()
    desk.hub.pause(download.download_id)
    repository = desk.repository(single.name)
    other = dataclasses.replace(repository, commit="d" * 40)
    refused = desk.wait(desk.hub.start(other, only(other)), *SETTLED)
    assert refused.download_id != download.download_id
    assert refused.code == "hub.not_found"


def only(repository: Repository) -> RemoteModel:
    (model,) = repository.models
    return model


def test_speed_is_that_of_the_last_seconds_and_falls_when_nothing_comes():
    meter = RateMeter()
    assert meter.value(0.0) == 0.0
    for second in range(20):
        meter.note(float(second), second * 1_000)
    assert meter.value(19.0) == pytest.approx(1_000)
    meter.note(20.0, 29_000)
    assert meter.value(20.0) == pytest.approx(14_000 / 5)
    assert meter.value(22.0) < meter.value(20.0)
    assert meter.value(25.0) == 0.0
    meter.forget()
    assert meter.value(25.0) == 0.0
