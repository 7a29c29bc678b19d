# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a sandbox profile for macOS says, and what is done with it. No profile has been tried on macOS yet.

A small reader stands in for the system's: it knows the few forms that are used, and that the last rule decides. It does
not know what Apple's ``bsd.sb`` allows, which the profile imports.
"""

import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from strongroom.confinement import macos
from strongroom.confinement.macos import SandboxSpawner
from strongroom.confinement.sandbox_profile import ProfileGrants, profile_text
from strongroom.core.isolation import Barrier, IsolationLevel

Form = str | list["Form"]
APP = Path("/Applications/Strongroom.app/Contents")
PROGRAM = APP / "MacOS/strongroom"
SHELF = Path("/Users/me/Library/Application Support/Strongroom/models")
CHATS = SHELF.parent / "chats.db"


def read_forms(text: str) -> list[Form]:
    """Read the profile's forms: lists, words and quoted texts (kept with their opening quotation mark)."""
    tokens = re.findall(r'"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+', re.sub(r"^;.*$", "", text, flags=re.MULTILINE))

    def read(rest: Iterator[str]) -> list[Form]:
        forms: list[Form] = []
        for token in rest:
            if token == ")":
                return forms
            unquoted = re.sub(r"\\(.)", r"\1", token[:-1]) if token.startswith('"') else token
            forms.append(read(rest) if token == "(" else unquoted)
        return forms

    return read(iter(tokens))


class Profile:
    """Answers as the system would, as far as the profile's own rules go."""

    def __init__(self, grants: ProfileGrants) -> None:
        self.text = profile_text(grants)
        self.forms = [form for form in read_forms(self.text) if isinstance(form, list)]

    def allows(self, operation: str, target: str = "") -> bool:
        verdict = False
        for form in self.forms:
            if form[0] in ("allow", "deny"):
                operations = [word for word in form[1:] if isinstance(word, str)]
                filters = [part for part in form[1:] if isinstance(part, list)]
                is_meant = any(
                    word == "default" or re.fullmatch(word.replace("*", ".*"), operation) for word in operations
                )
                if is_meant and (not filters or any(self._matches(part, target) for part in filters)):
                    verdict = form[0] == "allow"
        return verdict

    @staticmethod
    def _matches(part: list[Form], target: str) -> bool:
        kind, values = part[0], [str(value).removeprefix('"') for value in part[1:]]
        if kind == "subpath":
            return target == values[0] or target.startswith(values[0].rstrip("/") + "/")
        if kind in ("literal", "global-name", "xpc-service-name"):
            return target == values[0]
        return target == " ".join([str(kind), *values])


@pytest.fixture
def worker() -> Profile:
    return Profile(ProfileGrants(programs=(PROGRAM,), read=(APP,)))


@pytest.fixture
def helper() -> Profile:
    return Profile(ProfileGrants(programs=(PROGRAM,), read=(APP,), write=(SHELF,), has_network=True))


def test_a_profile_begins_by_refusing_everything(worker: Profile) -> None:
    assert worker.forms[:3] == [
        ["version", "1"],
        ["deny", "default"],
        ["import", '"/System/Library/Sandbox/Profiles/bsd.sb'],
    ]
    assert worker.text.count("(") == worker.text.count(")")


@pytest.mark.parametrize("operation", ["network-outbound", "network-bind", "network-inbound", "system-socket"])
def test_refused_network_of_a_worker(worker: Profile, operation: str) -> None:
    assert not worker.allows(operation, "remote tcp")
    # Even if what is imported should allow it: this is the last word.
    last = [
        form for form in worker.forms if form[0] in ("allow", "deny") and str(form[1]) in ("network*", "system-socket")
    ]
    assert [form[0] for form in last] == ["deny", "deny"]


@pytest.mark.parametrize("path", [str(CHATS), "/Users/me/.ssh/id_ed25519", "/private/etc/master.passwd", "/Users", "/"])
def test_refused_files_of_a_worker(worker: Profile, path: str) -> None:
    assert not worker.allows("file-read-data", path)
    assert not worker.allows("file-write-data", path)
    assert not worker.allows("file-write-create", path)


def test_a_worker_reads_the_app_and_loads_its_libraries(worker: Profile) -> None:
    library = str(APP / "Frameworks/libllama.dylib")
    assert worker.allows("file-read-data", library)
    assert worker.allows("file-map-executable", library)
    assert not worker.allows("file-write-data", library)
    assert not worker.allows("file-read-data", str(APP) + "-other/secret")


def test_refused_programs_and_processes_of_a_worker(worker: Profile) -> None:
    assert worker.allows("process-exec", str(PROGRAM))  # how it is started
    assert not worker.allows("process-exec", "/bin/sh")
    assert not worker.allows("process-exec", str(APP / "Frameworks/tool"))
    assert not worker.allows("process-fork")
    assert not worker.allows("mach-lookup", "com.apple.coreservices.launchservicesd")
    assert not worker.allows("signal", "target others")
    assert worker.allows("signal", "target self")


def test_on_the_way_to_the_app_folders_may_be_looked_at_and_not_listed(worker: Profile) -> None:
    assert worker.allows("file-read-metadata", "/Applications")
    assert not worker.allows("file-read-data", "/Applications")
    assert not worker.allows("file-read-metadata", "/Applications/Other.app")


def test_the_gpu_is_granted_only_when_it_is_asked_for(worker: Profile) -> None:
    assert not worker.allows("iokit-open", "iokit-connection IOAccelerator")
    assert not worker.allows("mach-lookup", "com.apple.MTLCompilerService")
    on_gpu = Profile(ProfileGrants(programs=(PROGRAM,), read=(APP,), has_gpu=True))
    assert on_gpu.allows("iokit-open", "iokit-connection IOAccelerator")
    assert on_gpu.allows("mach-lookup", "com.apple.MTLCompilerService")
    assert not on_gpu.allows("network-outbound", "remote tcp")
    assert not on_gpu.allows("file-read-data", str(CHATS))


def test_the_helper_connects_and_does_not_listen(helper: Profile) -> None:
    assert helper.allows("network-outbound", "remote tcp")
    assert not helper.allows("network-inbound", "remote tcp")
    assert not helper.allows("network-bind", "local tcp")
    assert helper.allows("mach-lookup", "com.apple.trustd")


def test_the_helper_works_on_the_shelf_and_nowhere_else(helper: Profile) -> None:
    assert helper.allows("file-write-create", str(SHELF / "sha256/x"))
    assert helper.allows("file-read-data", str(SHELF / "shelf.json"))
    for path in (str(CHATS), str(SHELF.parent / "keys.json"), str(SHELF) + ".other", "/Users/me/Documents/a"):
        assert not helper.allows("file-read-data", path)
        assert not helper.allows("file-write-create", path)
    assert not helper.allows("process-exec", str(SHELF / "downloaded"))
    assert not helper.allows("file-map-executable", str(SHELF / "downloaded.dylib"))
    assert not helper.allows("process-fork")


def test_a_link_is_granted_with_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    text = profile_text(ProfileGrants(read=(tmp_path / "link",)))
    assert f'(subpath "{tmp_path}/link")' in text
    assert f'(subpath "{tmp_path.resolve()}/real")' in text


def test_a_path_cannot_end_its_quotation() -> None:
    name = 'a") (subpath "/'
    profile = Profile(ProfileGrants(read=(Path("/x") / name, Path("/x/back\\slash"))))
    assert profile.allows("file-read-data", f"/x/{name}/b")
    assert profile.allows("file-read-data", "/x/back\\slash/b")
    assert not profile.allows("file-read-data", "/etc/passwd")


@pytest.mark.parametrize("path", ["/x/line\nfeed", "/x/\0", "/x/\u2028"])
def test_refused_paths_that_have_no_place_in_a_profile(path: str) -> None:
    with pytest.raises(ValueError, match=r"not a path|embedded null"):
        profile_text(ProfileGrants(write=(Path(path),)))


def make_sandbox_exec(folder: Path, script: str) -> Path:
    """Stands where the system's program does; it gets ``-p PROFILE PROGRAM ...``."""
    path = folder / "sandbox-exec"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def spawned(
    sandbox_exec: Path, *, descriptors: tuple[int, ...] = (), grants: ProfileGrants | None = None
) -> macos.SandboxedProcess:
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        "import os, sys; print(os.getpid(), os.environ.get('A'), sys.stdin.read())",
    ]
    spawner = SandboxSpawner(grants or ProfileGrants(programs=(Path(sys.executable),)), sandbox_exec=sandbox_exec)
    return spawner.spawn(command, descriptors=descriptors, environment={"A": "1"}, folder=Path("/"))


def finish(process: macos.SandboxedProcess) -> str:
    out, _ = process.communicate(b"hello", timeout=30)
    return out.decode().strip()


def test_a_process_is_started_through_the_system_s_program(tmp_path: Path) -> None:
    kept = tmp_path / "profile"
    process = spawned(
        make_sandbox_exec(tmp_path, f'[ "$1" = -p ] || exit 64; printf %s "$2" >{kept}; shift 2; exec "$@"')
    )
    assert finish(process) == f"{process.pid} 1 hello"
    assert kept.read_text() == profile_text(ProfileGrants(programs=(Path(sys.executable),)))
    assert process.confinement.barriers == (Barrier.SANDBOX_PROFILE,)
    # Never more than reduced: nothing ends it with the app.
    assert process.confinement.level is IsolationLevel.REDUCED


def test_what_is_granted_to_a_process_on_the_gpu_is_named(tmp_path: Path) -> None:
    sandbox_exec = make_sandbox_exec(tmp_path, 'shift 2; exec "$@"')
    process = spawned(sandbox_exec, grants=ProfileGrants(has_gpu=True))
    finish(process)
    assert process.confinement.granted == ("Metal",)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'sandbox-exec: unbound variable: AF_SYSTEM' >&2; exit 65", "unbound variable: AF_SYSTEM"),
        ("echo 'sandbox_apply: Operation not permitted' >&2; exit 71", "sandbox_apply: Operation not permitted"),
        ("exit 1", "status 1"),
        ("printf '\\033[31mred' >&2; exit 1", "profile: [31mred"),
    ],
)
def test_a_profile_that_is_not_taken_leaves_the_process_without_and_says_so(
    tmp_path: Path, script: str, reason: str
) -> None:
    process = spawned(make_sandbox_exec(tmp_path, script))
    assert finish(process) == f"{process.pid} 1 hello"
    assert process.confinement.level is IsolationLevel.NONE
    assert process.confinement.gaps[0].barrier is Barrier.SANDBOX_PROFILE
    assert reason in process.confinement.gaps[0].reason
    assert process.confinement.barriers == ()


def test_a_system_without_the_program_leaves_the_process_without_and_says_so(tmp_path: Path) -> None:
    process = spawned(tmp_path / "missing")
    finish(process)
    assert "could not be run" in process.confinement.gaps[0].reason


def test_an_app_in_a_folder_that_cannot_be_named_says_so(tmp_path: Path) -> None:
    sandbox_exec = make_sandbox_exec(tmp_path, 'shift 2; exec "$@"')
    process = spawned(sandbox_exec, grants=ProfileGrants(read=(tmp_path / "line\nfeed",)))
    finish(process)
    assert "path of the app" in process.confinement.gaps[0].reason


def test_the_trial_is_made_once(tmp_path: Path) -> None:
    counted = tmp_path / "count"
    sandbox_exec = make_sandbox_exec(tmp_path, f'echo x >>{counted}; shift 2; exec "$@"')
    spawner = SandboxSpawner(ProfileGrants(), sandbox_exec=sandbox_exec)
    for _ in range(2):
        finish(spawner.spawn(["/bin/cat"], descriptors=(), environment={}, folder=Path("/")))
    assert counted.read_text().count("x") == 3  # one trial, two processes


def test_a_framework_build_runs_the_program_inside_it_too(tmp_path: Path) -> None:
    inner = tmp_path / "Resources/Python.app/Contents/MacOS/Python"
    assert macos.programs_of(PROGRAM, base=tmp_path) == (PROGRAM,)
    inner.parent.mkdir(parents=True)
    inner.touch()
    assert macos.programs_of(PROGRAM, base=tmp_path) == (PROGRAM, inner)


@pytest.mark.skipif(sys.platform == "darwin", reason="there it is known")
def test_elsewhere_nothing_is_known_and_nothing_claimed() -> None:
    assert macos.metal_cache_folder() is None
    assert macos.worker_grants(PROGRAM, [APP], has_gpu=True).write == ()
