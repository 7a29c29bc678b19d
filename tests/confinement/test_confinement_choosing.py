# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which spawner a system gets, and what is said of a process that was confined from outside and from within."""

import sys
from pathlib import Path

import pytest

from strongroom.confinement import choosing
from strongroom.confinement.inherited_handles import inherited_descriptors
from strongroom.confinement.macos import library_folders
from strongroom.confinement.spawning import DirectSpawner
from strongroom.core.isolation import Barrier, Confinement, Gap, IsolationLevel, ProcessRole


class _Handle:
    def __init__(self, confinement: Confinement) -> None:
        self.confinement = confinement


@pytest.mark.skipif(sys.platform != "linux", reason="others are confined by whoever starts them")
@pytest.mark.parametrize("role", [ProcessRole.WORKER, ProcessRole.HELPER])
def test_on_linux_a_process_is_started_as_it_is_and_confines_itself(role: ProcessRole) -> None:
    assert isinstance(choosing.spawner_for(role), DirectSpawner)


@pytest.mark.skipif(sys.platform == "win32", reason="there they have others")
def test_files_that_are_inherited_have_the_same_numbers() -> None:
    assert inherited_descriptors() == {}


def test_the_app_s_own_folders_hold_the_interpreter_and_the_package_and_none_twice() -> None:
    folders = choosing.own_folders()
    for needed in (Path(choosing.__file__), Path(sys.prefix), Path(sys.base_prefix)):
        assert any(needed.is_relative_to(folder) for folder in folders)
    assert not any(one != other and one.is_relative_to(other) for one in folders for other in folders)
    assert len(set(folders)) == len(folders)


@pytest.mark.parametrize(
    ("program", "folder"),
    [("/opt/strongroom/strongroom", "/opt/strongroom"), ("/A/S.app/Contents/MacOS/s", "/A/S.app/Contents")],
)
def test_a_bundle_reads_itself_only(monkeypatch: pytest.MonkeyPatch, program: str, folder: str) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", program)
    assert choosing.own_folders() == (Path(folder),)


def test_libraries_beside_the_interpreter_s_folder_are_found_where_homebrew_keeps_them() -> None:
    assert library_folders(Path("/opt/homebrew/Cellar/python@3.12/3.12.7/Frameworks"))[0] == Path(
        "/opt/homebrew/Cellar"
    )
    assert library_folders(Path("/usr")) == ()


def test_a_process_that_was_not_confined_from_outside_is_what_it_says() -> None:
    said = Confinement((Barrier.FILE_RULES,), landlock_abi=7)
    assert choosing.combined_confinement(object(), said) is said


def test_what_holds_from_outside_closes_the_gap_that_the_process_knows_of() -> None:
    outer = Confinement((Barrier.APP_CONTAINER, Barrier.PARENT_DEATH), granted=("GPU",))
    said = Confinement((Barrier.LIMITS,), (Gap(Barrier.PARENT_DEATH, "unknown here"),))
    assert choosing.combined_confinement(_Handle(outer), said) == Confinement(
        (Barrier.APP_CONTAINER, Barrier.PARENT_DEATH, Barrier.LIMITS), granted=("GPU",)
    )


def test_what_is_missing_outside_stays_missing() -> None:
    outer = Confinement(gaps=(Gap(Barrier.SANDBOX_PROFILE, "refused"),))
    both = choosing.combined_confinement(_Handle(outer), Confinement((Barrier.LIMITS,)))
    assert both.gaps == outer.gaps
    assert both.level is IsolationLevel.NONE
