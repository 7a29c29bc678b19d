# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How the helper confines itself: what it must read to reach a hub, and the only folders that it may write to.

It reads no chat, no key, no log, no setting, and nothing of the home folder.
"""

import os
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

from strongroom.confinement.choosing import own_folders
from strongroom.confinement.confining import confine_helper
from strongroom.confinement.landlock import FileGrants
from strongroom.core.isolation import Confinement
from strongroom.hub.protocol import Configure

_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store", "/etc/ld.so.cache")
"""Libraries, and what /etc links to where a system keeps all its files elsewhere."""
_NAMES = (
    "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services",
    "/etc/protocols", "/run/systemd/resolve",
)  # fmt: skip
_CERTIFICATES = (
    "/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem", "/etc/ssl/openssl.cnf", "/etc/ca-certificates",
    "/etc/pki/ca-trust", "/etc/pki/tls/certs", "/etc/pki/tls/cert.pem", "/etc/pki/tls/openssl.cnf",
    "/etc/crypto-policies", "/var/lib/ca-certificates",
)  # fmt: skip
"""Not the folders that hold private keys beside them."""
_CLOCK = ("/etc/localtime", "/etc/timezone")
_DEVICES = (Path(os.devnull),)
_CHANCE = ("/dev/urandom", "/dev/random")
_NAMED_BY_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH")


def confine(configure: Configure) -> Confinement:
    """Confine this process for good; all that it runs is loaded by now, and it has one thread.

    Returns:
        What holds.
    """
    return confine_helper(grants(configure))


def grants(configure: Configure) -> FileGrants:
    """Return what the helper of this app may reach."""
    readable = map(Path, (*_SYSTEM, *_NAMES, *_CERTIFICATES, *_CLOCK, *_CHANCE, *_named(configure)))
    data = Path(os.path.realpath(os.path.commonpath(configure.folders))) if configure.folders else None
    return FileGrants(
        # Relative to nothing: this process stands in the root of the file system.
        read=tuple(part for path in (*readable, *_program()) if path.is_absolute() for part in _without(data, path)),
        write=tuple(map(Path, configure.folders)),
        devices=_DEVICES,
        has_network=True,
    )


def _program() -> Iterator[Path]:
    """Yield where this program lies: some modules are imported late, as the encodings of host names are."""
    if getattr(sys, "frozen", False):
        yield from own_folders()
    for prefix in (sys.base_prefix, sys.prefix):
        # Not all of it: Python may have been installed into ``~/.local``, beside keyrings and the app's own folder.
        yield from (Path(prefix, "lib"), Path(prefix, "lib64"))
    yield from map(Path, filter(None, sys.path))


def _without(data: Path | None, path: Path) -> Iterator[Path]:
    """Yield ``path``; where the app keeps its data in it, all that lies beside that."""
    place = Path(os.path.realpath(path))
    if data is None or not data.is_relative_to(place):
        yield path
    elif data != place:
        for entry in os.scandir(place):
            # What a link leads to has rules of its own, or none.
            if not entry.is_symlink():
                yield from _without(data, Path(entry.path))


def _named(configure: Configure) -> Iterator[str]:
    """Yield the certificates that the user or a company has set up."""
    usual = ssl.get_default_verify_paths()
    variables = [os.environ.get(name, "") for name in _NAMED_BY_VARIABLES]
    for text in (
        configure.ca_file,
        *(path for value in variables for path in value.split(os.pathsep)),
        usual.cafile,
        usual.capath,
        usual.openssl_cafile,
        usual.openssl_capath,
    ):
        if text:
            yield text
