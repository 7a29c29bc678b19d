# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the hub's tests share. The loopback hub itself is a module beside this file."""

import datetime
import ipaddress
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from strongroom.core.paths import DataPaths
from strongroom.hub import Hub, HubOptions, Patience
from support.loopback_hub import LoopbackHub

QUICK = Patience(connect_s=20, read_s=60, first_wait_s=0.01, longest_wait_s=5)
"""Waits for a hub that behaves as long as a busy machine needs, and hardly between attempts."""


@pytest.fixture(scope="session", autouse=True)
def no_way_out() -> Iterator[None]:
    """Leave out what would lead the tests' requests elsewhere on the machine that runs them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        for name in ("HF_ENDPOINT", "SSL_CERT_FILE", "SSL_CERT_DIR"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def lasting_loopback_hub() -> Iterator[LoopbackHub]:
    with LoopbackHub() as hub:
        yield hub


@pytest.fixture
def loopback_hub(lasting_loopback_hub: LoopbackHub) -> Iterator[LoopbackHub]:
    """An empty hub that behaves and has seen nothing."""
    lasting_loopback_hub.reset()
    yield lasting_loopback_hub
    lasting_loopback_hub.reset()


@pytest.fixture(scope="session")
def lasting_hub(lasting_loopback_hub: LoopbackHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    options = HubOptions(endpoint=lasting_loopback_hub.endpoint, patience=QUICK)
    hub = Hub(DataPaths(tmp_path_factory.mktemp("data")), options)
    yield hub
    hub.close()


@pytest.fixture
def hub(lasting_hub: Hub, loopback_hub: LoopbackHub) -> Hub:
    """The app's side, for tests that leave it as they found it: to start a helper takes a quarter of a second."""
    return lasting_hub


@pytest.fixture
def open_hub(tmp_path: Path) -> Iterator[Callable[..., Hub]]:
    """Opens the app's side of the hub room; what was opened is closed after the test."""
    opened: list[Hub] = []

    def open_one(endpoint: str = "", *, command: list[str] | None = None, **options) -> Hub:
        options = {"patience": QUICK} | options
        opened.append(Hub(DataPaths(tmp_path / "data"), HubOptions(endpoint=endpoint, **options), command=command))
        return opened[-1]

    yield open_one
    for hub in opened:
        hub.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PEM file with a key and a certificate for 127.0.0.1 that nobody trusts; its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback hub")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "hub.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
