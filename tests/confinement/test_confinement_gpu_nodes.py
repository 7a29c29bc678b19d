# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a worker on a GPU is granted, in folder trees that look like those of machines with one."""

import subprocess
import sys
from pathlib import Path

import pytest

from strongroom.confinement.gpu_nodes import device_grants
from strongroom.confinement.landlock import FileGrants, landlock_abi

NAMING_A_THREAD = """
import os, sys, threading
from pathlib import Path
from strongroom.confinement.landlock import FileGrants, restrict_files
from strongroom.confinement.limits import gain_no_privileges

gain_no_privileges()
restrict_files(FileGrants(devices=tuple(Path(path) for path in sys.argv[2:])))

def can_open(path):
    try:
        os.close(os.open(path, os.O_RDWR))
    except PermissionError:
        return False
    return True

def name_oneself():
    print(can_open(f"/proc/self/task/{threading.get_native_id()}/comm"))

thread = threading.Thread(target=name_oneself)
thread.start()
thread.join()
print(can_open(f"/proc/{sys.argv[1]}/task/{sys.argv[1]}/comm"), can_open("/proc/self/oom_score_adj"))
"""


class Machine:
    """A made folder tree. Its device nodes are files that are called devices."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.device_nodes: set[Path] = set()

    def has(self, *names: str) -> "Machine":
        for name in names:
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            self.device_nodes.add(path)
        return self

    def has_folder(self, *names: str) -> "Machine":
        for name in names:
            (self.root / name).mkdir(parents=True, exist_ok=True)
        return self

    def has_card(self, render_node: str, vendor: str, place: str = "sys/devices/pci0000:00/0000:00:02.0") -> "Machine":
        """A render node, and what the kernel says of it, behind links as it does."""
        device = self.root / place
        (device / "drm" / render_node).mkdir(parents=True)
        (device / "vendor").write_text(f"{vendor}\n")
        (device / "drm" / render_node / "device").symlink_to("../../../" + device.name)
        entry = self.root / "sys/class/drm" / render_node
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.symlink_to(Path("../../..") / place / "drm" / render_node)
        return self.has(f"dev/dri/{render_node}")

    def grants(self) -> FileGrants:
        return device_grants(self.root, is_device=self.device_nodes.__contains__)

    def devices(self) -> list[str]:
        return [str(path.relative_to(self.root)) for path in self.grants().devices]

    def readable(self) -> list[str]:
        return [str(path.relative_to(self.root.resolve())) for path in self.grants().read]


def test_nothing_is_granted_where_there_is_no_gpu(tmp_path: Path) -> None:
    assert Machine(tmp_path).has("dev/null", "dev/tty").has_folder("proc/self/task").grants() == FileGrants()


def test_nothing_is_granted_on_a_machine_without_any_of_these_folders(tmp_path: Path) -> None:
    assert device_grants(tmp_path / "nowhere") == FileGrants()


def test_cuda_gets_its_nodes_in_the_order_of_their_numbers_and_the_folder_of_its_threads(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.has("dev/nvidiactl", "dev/nvidia-uvm", "dev/nvidia-uvm-tools", *(f"dev/nvidia{n}" for n in (10, 0, 2)))
    machine.has_folder("proc/driver/nvidia/gpus", "proc/driver/nvidia-uvm", "proc/self/task/1")
    assert machine.devices() == [
        "dev/nvidiactl",
        "dev/nvidia-uvm",
        "dev/nvidia-uvm-tools",
        "dev/nvidia0",
        "dev/nvidia2",
        "dev/nvidia10",
        "proc/self/task",
    ]
    assert machine.readable() == ["proc/driver/nvidia", "proc/driver/nvidia-uvm"]


def test_an_older_nvidia_driver_without_the_tools_node_gets_what_there_is(tmp_path: Path) -> None:
    machine = Machine(tmp_path).has("dev/nvidiactl", "dev/nvidia-uvm", "dev/nvidia0")
    assert machine.devices() == ["dev/nvidiactl", "dev/nvidia-uvm", "dev/nvidia0"]


def test_refused_nodes_that_drive_a_screen(tmp_path: Path) -> None:
    machine = Machine(tmp_path).has("dev/nvidiactl", "dev/nvidia0", "dev/nvidia-modeset", "dev/dri/card0")
    machine.has("dev/dri/card1", "dev/fb0").has_card("renderD128", "0x8086")
    assert machine.devices() == ["dev/nvidiactl", "dev/nvidia0", "dev/dri/renderD128"]


def test_refused_names_that_only_begin_like_a_card(tmp_path: Path) -> None:
    machine = Machine(tmp_path).has("dev/nvidiactl", "dev/nvidia0", "dev/nvidia0x", "dev/nvidia-vgpu1", "dev/nvidia")
    machine.has("dev/dri/renderD", "dev/dri/renderD12x")
    assert machine.devices() == ["dev/nvidiactl", "dev/nvidia0"]


def test_refused_files_and_links_with_the_name_of_a_node(tmp_path: Path) -> None:
    machine = Machine(tmp_path).has("dev/nvidiactl", "dev/sda")
    (tmp_path / "dev/nvidia0").symlink_to("sda")
    (tmp_path / "dev/kfd").write_text("no device")
    machine.device_nodes.add(tmp_path / "dev/nvidia0")  # what following the link would say
    assert machine.grants() == FileGrants()


def test_an_ordinary_file_is_no_device_by_default(tmp_path: Path) -> None:
    Machine(tmp_path).has("dev/nvidiactl", "dev/nvidia0", "dev/kfd", "dev/dxg")
    assert device_grants(tmp_path) == FileGrants()


def test_rocm_gets_the_compute_node_the_render_node_and_where_the_kernel_describes_them(tmp_path: Path) -> None:
    machine = Machine(tmp_path).has("dev/kfd").has_card("renderD128", "0x1002")
    machine.has_folder("sys/devices/virtual/kfd/kfd/topology", "sys/class/kfd")
    (tmp_path / "sys/class/kfd/kfd").symlink_to("../../devices/virtual/kfd/kfd")
    assert machine.devices() == ["dev/kfd", "dev/dri/renderD128"]
    assert machine.readable() == [
        "sys/class/kfd",
        "sys/devices/virtual/kfd/kfd",  # not the link: file rules hold for the place
        "sys/class/drm",
        "sys/devices/pci0000:00/0000:00:02.0",
    ]


def test_vulkan_gets_the_render_node_and_the_folders_of_its_loader(tmp_path: Path) -> None:
    machine = Machine(tmp_path).has_card("renderD128", "0x8086")
    machine.has_folder("usr/share/vulkan/icd.d", "etc/vulkan", "usr/share/libdrm", "usr/share/fonts")
    assert machine.devices() == ["dev/dri/renderD128"]
    assert machine.readable() == [
        "sys/class/drm",
        "sys/devices/pci0000:00/0000:00:02.0",
        "usr/share/vulkan",
        "etc/vulkan",
        "usr/share/libdrm",
    ]


def test_of_an_nvidia_and_an_intel_card_only_the_intel_render_node_is_granted(tmp_path: Path) -> None:
    machine = Machine(tmp_path).has("dev/nvidiactl", "dev/nvidia0")
    machine.has_card("renderD128", "0x8086").has_card("renderD129", "0x10de", "sys/devices/pci0000:00/0000:01:00.0")
    assert machine.devices() == ["dev/nvidiactl", "dev/nvidia0", "dev/dri/renderD128"]


def test_an_nvidia_card_with_the_open_driver_has_only_its_render_node(tmp_path: Path) -> None:
    assert Machine(tmp_path).has_card("renderD128", "0x10de").devices() == ["dev/dri/renderD128"]


def test_a_linux_inside_windows_gets_its_one_node(tmp_path: Path) -> None:
    machine = Machine(tmp_path).has("dev/dxg").has_folder("usr/lib/wsl/lib")
    assert machine.devices() == ["dev/dxg"]
    assert machine.readable() == ["usr/lib/wsl/lib"]


def test_the_answer_is_the_same_each_time(tmp_path: Path) -> None:
    machine = Machine(tmp_path).has("dev/nvidiactl", *(f"dev/nvidia{number}" for number in range(12)))
    assert machine.grants() == machine.grants()


@pytest.mark.skipif(landlock_abi() < 1, reason="this kernel has no file rules")
def test_under_the_file_rules_later_threads_can_be_named_and_other_processes_cannot(tmp_path: Path) -> None:
    Machine(tmp_path).has("dev/nvidiactl", "dev/nvidia0").has_folder("proc/self")
    (tmp_path / "proc/self/task").symlink_to("/proc/self/task")
    nodes = {tmp_path / "dev/nvidiactl", tmp_path / "dev/nvidia0"}
    granted = device_grants(tmp_path, is_device=nodes.__contains__).devices
    with subprocess.Popen(["/bin/sleep", "60"]) as other:
        try:
            for paths, expected in (([], "False"), (granted, "True")):
                command = [sys.executable, "-c", NAMING_A_THREAD, str(other.pid), *map(str, paths)]
                done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
                assert done.stdout.split() == [expected, "False", "False"]
        finally:
            other.kill()
