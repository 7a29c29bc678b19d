# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The whole suite runs where no network is; this is the program that takes it away, and the proof that it is gone."""

import errno
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("network namespaces are Linux's", allow_module_level=True)

import fcntl

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "packaging" / "linux" / "without_network.py"
VARIABLE = "STRONGROOM_WITHOUT_NETWORK"
NOBODY = 65_534

DNS_OF_EVERYBODY = {socket.AF_INET: "1.1.1.1", socket.AF_INET6: "2606:4700:4700::1111"}
IS_UP = 0x1
GET_FLAGS = 0x8913

NO_ROUTE = 'test "$(wc -l </proc/net/route)" = 1  # its heading'


def without_network(
    *arguments: str, prefix: tuple[str, ...] = (), python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    # Not by its path: an ordinary user need not be able to read the folder of whoever runs this.
    command = [*prefix, python, "-I", "-c", PROGRAM.read_text(encoding="utf-8"), *arguments]
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    return subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)


def refuses(flags: str) -> bool:
    return subprocess.run(["unshare", *flags.split(), "true"], capture_output=True, check=False).returncode != 0


needs_namespaces = pytest.mark.skipif(
    VARIABLE not in os.environ and (shutil.which("unshare") is None or refuses("--user --net")),
    reason="this system allows no user namespaces",
)


def interfaces() -> list[str]:
    lines = Path("/proc/net/dev").read_text(encoding="ascii").splitlines()
    return [line.partition(":")[0].strip() for line in lines if ":" in line]


def is_up(interface: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        answer = fcntl.ioctl(any_socket, GET_FLAGS, struct.pack("16sH22x", interface.encode(), 0))
    return bool(struct.unpack("16sH22x", answer)[1] & IS_UP)


@pytest.mark.skipif(VARIABLE not in os.environ, reason="the suite was started with the network that is there")
class TestTheSuiteRunsWithoutNetwork:
    def test_no_interface_but_loopback_is_up(self):
        # A module for tunnels that the kernel has loaded puts its own, down and without an address, everywhere.
        assert [name for name in interfaces() if is_up(name)] == ["lo"]

    def test_no_route_leads_out(self):
        routes = Path("/proc/net/route").read_text(encoding="ascii").splitlines()[1:]
        assert [route for route in routes if not route.startswith("lo")] == []

    @pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM], ids=["tcp", "udp"])
    @pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6], ids=["ipv4", "ipv6"])
    def test_refused_by_the_kernel_to_connect_to_a_public_address(self, family, kind):
        try:
            one = socket.socket(family, kind)
        except OSError as error:
            assert (family, error.errno) == (socket.AF_INET6, errno.EAFNOSUPPORT)  # noqa: PT017 - a kernel without IPv6
            return
        with one:
            one.setblocking(False)
            refused = one.connect_ex((DNS_OF_EVERYBODY[family], 53))
        # Where IPv6 is switched off, loopback has no address of it either.
        assert refused in {errno.ENETUNREACH} | ({errno.EADDRNOTAVAIL} if family == socket.AF_INET6 else set())

    def test_loopback_works(self):
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
            server.accept()[0].close()


@needs_namespaces
def test_a_command_finds_loopback_and_nothing_else():
    ended = without_network("--required", "sh", "-ec", f"{NO_ROUTE}\ngrep -o lo: /proc/net/dev; echo ${VARIABLE}")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "lo:\n1\n", "")


@needs_namespaces
@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else; for others the test above is this one")
def test_an_ordinary_user_stays_who_they_are():
    become = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    pythons = [sys.executable, "/usr/bin/python3"]
    theirs = [one for one in pythons if subprocess.run([*become, one, "-Ic", ""], capture_output=True).returncode == 0]
    if not theirs:
        pytest.skip("an ordinary user can run no Python here")
    command = f"{NO_ROUTE}\nid -u; id -g; grep CapEff /proc/self/status"
    ended = without_network("--required", "sh", "-ec", command, prefix=become, python=theirs[0])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.split() == [str(NOBODY), str(NOBODY), "CapEff:", "0" * 16]


# A limit of the user namespace's own makes the kernel itself refuse.
NO_MORE = (
    "unshare", "--user", "--map-root-user", "sh", "-ec", 'echo 0 >/proc/sys/user/max_net_namespaces; exec "$@"', "-",
)  # fmt: skip


@needs_namespaces
def test_a_kernel_that_refuses_is_said_in_a_sentence_and_the_command_runs():
    ended = without_network("sh", "-c", f"echo ran ${{{VARIABLE}-with}} the network", prefix=NO_MORE)
    assert (ended.returncode, ended.stdout) == (0, "ran with the network\n")
    assert ended.stderr.startswith("The network cannot be taken away here (")
    assert ended.stderr.endswith("): the command runs with the network that is there.\n")
    assert ended.stderr.count("\n") == 1


@needs_namespaces
def test_refused_where_it_is_required_and_the_kernel_refuses():
    ended = without_network("--required", "echo", "ran", prefix=NO_MORE)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.endswith("): nothing was run.\n")


def test_a_command_that_does_not_exist_is_said():
    ended = without_network("strongroom-nothing")
    assert ended.returncode == 127
    assert "strongroom-nothing: No such file" in ended.stderr


def test_the_suite_and_its_continuous_run_use_it():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "without_network.py $(WITHOUT_NETWORK) \\\n\t\t$(RUN)/python -m pytest" in makefile
    assert "make test WITHOUT_NETWORK=--required\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
