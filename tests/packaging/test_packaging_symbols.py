# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""llama.cpp, as it was built here, could not use a network even where one is: its libraries name nothing of one.

What a shared library does not import, it can only reach by a way that would be seen: a system call made by hand, or
a library that it loads later. The first is looked for as well; what the second finds is known and in the table below.
"""

import _socket
import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("ELF libraries", allow_module_level=True)
if shutil.which("nm") is None or shutil.which("readelf") is None:
    pytest.skip("nm and readelf are not installed (Debian package binutils)", allow_module_level=True)

OF_A_NETWORK = re.compile(
    r"socket|socketpair|connect|bind|listen|accept4?|shutdown|(get|set)sockopt|getsockname|getpeername"
    r"|(__)?send(to|(m)?msg)?(_chk)?|(__)?recv(from|(m)?msg)?(_chk)?"
    r"|(free)?(get)?addrinfo|getnameinfo|gethost\w*|getserv\w*|getifaddrs|inet_\w+|(__)?res_\w+|syscall|io_uring\w*"
    r"|(curl|SSL|TLS|BIO|nghttp2|mbedtls|gnutls)_\w+"
)
OF_A_NETWORK_LIBRARY = re.compile(r"lib(curl|ssl|crypto|gnutls|mbedtls|nghttp|resolv|nss|anl|http|uring)")

STARTS_PROGRAMS = re.compile(r"v?fork|exec\w+|f?execve\w*|posix_spawn\w*|popen|system|clone3?|dlm?open")
KNOWN_STARTS = {
    # A failed assertion looks for a debugger; GGML_NO_BACKTRACE is set for every worker.
    "libggml-base": {"fork", "execlp"},
    # Loads the library of a CPU or a GPU by its path.
    "libggml": {"dlopen"},
    # Pictures and films by ffmpeg. The worker never loads this library.
    "libmtmd": {
        "posix_spawn",
        "posix_spawnp",
        "posix_spawn_file_actions_init",
        "posix_spawn_file_actions_adddup2",
        "posix_spawn_file_actions_addclose",
        "posix_spawn_file_actions_addchdir_np",
        "posix_spawn_file_actions_destroy",
    },
}
"""What can start a program, or load one, in the libraries as they are known. In the worker the kernel denies it."""


def shipped_libraries() -> list[Path]:
    """Return each library once, although a wheel carries it under three names."""
    # Found, not imported: this process shall not run a line of it.
    package = Path(importlib.util.find_spec("llama_cpp").submodule_search_locations[0])
    files = sorted(package.rglob("*.so*"), key=lambda path: len(path.name), reverse=True)
    return sorted({hashlib.sha256(path.read_bytes()).digest(): path for path in files}.values())


LIBRARIES = shipped_libraries()


def imports(library: Path) -> set[str]:
    listed = subprocess.run(
        ["nm", "-D", "--undefined-only", library], capture_output=True, text=True, check=True
    ).stdout
    return {line.split()[-1].partition("@")[0] for line in listed.splitlines()}


def needed(library: Path) -> list[str]:
    listed = subprocess.run(["readelf", "-d", library], capture_output=True, text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.+)\]", listed)


def test_the_libraries_are_those_of_llama_cpp():
    assert {"libllama", "libggml", "libggml-base"} <= {library.name.partition(".")[0] for library in LIBRARIES}


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
class TestEachLibrary:
    def test_it_imports_something(self, library):
        # Else the tests below would pass with a tool that lists nothing.
        assert "malloc" in imports(library) or "memcpy" in imports(library)

    def test_it_imports_nothing_of_a_network(self, library):
        assert sorted(filter(OF_A_NETWORK.fullmatch, imports(library))) == []

    def test_it_needs_no_library_of_a_network(self, library):
        assert list(filter(OF_A_NETWORK_LIBRARY.match, needed(library))) == []

    def test_what_could_start_a_program_is_known(self, library):
        name = library.name.partition(".")[0]
        assert set(filter(STARTS_PROGRAMS.fullmatch, imports(library))) <= KNOWN_STARTS.get(name, set())


def test_the_names_of_a_network_would_be_found():
    names = (
        "socket connect bind listen accept accept4 send sendto sendmsg sendmmsg recv recvfrom recvmsg __recvfrom_chk"
        " getaddrinfo gethostbyname gethostbyname_r inet_pton syscall curl_easy_perform SSL_connect"
    )
    assert [name for name in names.split() if not OF_A_NETWORK.fullmatch(name)] == []


def test_a_library_with_a_network_would_be_found():
    # Python's own, which Debian has put into the interpreter.
    found = set(filter(OF_A_NETWORK.fullmatch, imports(Path(getattr(_socket, "__file__", sys.executable)))))
    assert {"socket", "connect", "getaddrinfo"} <= found
