# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which device nodes a worker on a GPU needs (Linux), found by looking: nothing is granted that is not there.

Never the nodes that drive a screen: ``/dev/dri/card*`` and ``/dev/nvidia-modeset``.

What the drivers open was read in the reports of others who confined them, and has not run here on a GPU: for CUDA,
NVIDIA/OpenShell 710 and 1486 and nolabs-ai/nono 652, 673 and 924; for ROCm, igo95862/bubblejail 211; for Vulkan, the
loader's "LoaderDriverInterface" and nolabs-ai/nono 639. Not covered: slices of a GPU (MIG, ``/dev/nvidia-caps``) and
several that are linked (``nvidia-nvlink``, ``nvidia-nvswitch*``).
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from strongroom.confinement.landlock import FileGrants

_NVIDIA_CARD = re.compile(r"nvidia[0-9]+")
_RENDER_NODE = re.compile(r"renderD[0-9]+")
_NVIDIA_VENDOR = "0x10de"
_VULKAN_FOLDERS = (
    "usr/share/vulkan",
    "usr/local/share/vulkan",
    "etc/vulkan",
    "usr/local/etc/vulkan",
    "usr/share/drirc.d",
    "usr/share/libdrm",
)


def device_grants(root: Path = Path("/"), *, is_device: Callable[[Path], bool] = Path.is_char_device) -> FileGrants:
    """Return what a worker needs for the GPUs of this machine, in a stable order; nothing where there are none.

    Among the devices is, with CUDA, the folder in which its threads are named. What may be read are folders that say
    what is there: of the kernel, and of the Vulkan loader.

    The driver's libraries are not among it: they are to be loaded before the rules are put up, or granted apart. It is
    to be asked for in the worker itself: ``/proc/self`` is a different folder in each process, and file rules hold for
    the folder, not for its name.

    Args:
        root: The folder that holds ``dev``, ``proc``, ``sys``, ``usr`` and ``etc``.
        is_device: Whether a path is a device node. A file or a link with the name of one is not granted.
    """
    found = _Finder(root, is_device)
    devices: list[Path] = []
    readable: list[Path] = []
    has_nvidia_driver = bool(found.nodes("dev", _NVIDIA_CARD)) and found.has_node("dev/nvidiactl")
    if has_nvidia_driver:
        devices += found.named("dev/nvidiactl", "dev/nvidia-uvm", "dev/nvidia-uvm-tools")
        devices += found.nodes("dev", _NVIDIA_CARD)
        # cuInit() names its threads by writing to task/<thread>/comm, and fails with 304 when it may not. The threads
        # are not there yet, so it has to be their folder. Nothing in it belongs to another process, but the worker's
        # own few variables and its memory are in it too.
        devices += found.folders("proc/self/task")
        readable += found.folders("proc/driver/nvidia", "proc/driver/nvidia-uvm")
    render_nodes = [
        node
        for node in found.nodes("dev/dri", _RENDER_NODE)
        # CUDA does without; with the open driver (nouveau) it is all that there is.
        if not (has_nvidia_driver and found.vendor(node) == _NVIDIA_VENDOR)
    ]
    if found.has_node("dev/kfd"):
        devices += found.named("dev/kfd")
        # A link to the place where the kernel keeps it. Rules hold for places.
        readable += found.folders("sys/class/kfd", "sys/class/kfd/kfd")
    if render_nodes:
        devices += render_nodes
        readable += found.folders("sys/class/drm")
        readable += [folder for node in render_nodes for folder in found.folders(f"sys/class/drm/{node.name}/device")]
        readable += found.folders(*_VULKAN_FOLDERS)
    if found.has_node("dev/dxg"):
        devices += found.named("dev/dxg")
        readable += found.folders("usr/lib/wsl/lib")
    return FileGrants(read=tuple(dict.fromkeys(readable)), devices=tuple(dict.fromkeys(devices)))


class _Finder:
    """Looks into one folder tree; what cannot be looked at is not there."""

    def __init__(self, root: Path, is_device: Callable[[Path], bool]) -> None:
        self._root = root
        self._is_device = is_device

    def has_node(self, name: str) -> bool:
        path = self._root / name
        return not path.is_symlink() and self._is_device(path)

    def named(self, *names: str) -> Iterator[Path]:
        return (self._root / name for name in names if self.has_node(name))

    def nodes(self, folder: str, pattern: re.Pattern[str]) -> list[Path]:
        try:
            names = [entry.name for entry in (self._root / folder).iterdir()]
        except OSError:
            return []
        matching = (name for name in names if pattern.fullmatch(name) and self.has_node(f"{folder}/{name}"))
        return [self._root / folder / name for name in sorted(matching, key=lambda name: (len(name), name))]

    def folders(self, *names: str) -> Iterator[Path]:
        for name in names:
            path = self._root / name
            if path.is_dir():
                # proc/self stays as it is: it is the folder of whoever follows it.
                yield path if name.startswith("proc/self") else path.resolve()

    def vendor(self, render_node: Path) -> str:
        try:
            path = self._root / "sys/class/drm" / render_node.name / "device/vendor"
            return path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""
