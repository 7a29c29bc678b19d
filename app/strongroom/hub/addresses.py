# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which addresses the app may contact: the hub itself, and the hosts that deliver its files. No I/O, no parsing.

The rules take the parts of an address as the HTTP client has parsed them, so that no second parser can see another
host than the one that is contacted.
"""

import ipaddress
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from strongroom.core.statement import Statement
from strongroom.hub.faults import FaultKind, HubFault

DEFAULT_ENDPOINT = "https://huggingface.co"
DELIVERY_HOSTS = ("huggingface.co", "hf.co")
"""Hugging Face keeps large files on subdomains of these, for example cdn-lfs.hf.co and cas-bridge.xethub.hf.co."""

_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Origin:
    """Who answers at an address."""

    scheme: str
    host: str
    """In lower case and ASCII; an IPv6 address without brackets."""
    port: int

    @classmethod
    def of(cls, scheme: str, host: str, port: int | None) -> Self:
        """Return the origin of an address with these parts."""
        return cls(scheme, host.lower().rstrip("."), port or _PORTS.get(scheme, 0))

    @property
    def is_loopback(self) -> bool:
        """Whether this is the machine itself."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return self.host if self.port == _PORTS.get(self.scheme) else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class AddressRules:
    """What may be contacted while ``endpoint`` is the hub."""

    endpoint: Origin

    def require_first(self, origin: Origin) -> None:
        """Let a request begin at the hub only: an address in an answer, as that of a next page, leads nowhere else.

        Raises:
            HubFault: The address is another one, or its connection would not be encrypted.
        """
        if origin != self.endpoint:
            raise HubFault(FaultKind.REDIRECT_REFUSED, origin.host)
        self._require_encryption(origin)

    def require_redirect(self, origin: Origin, *, came_from: Origin) -> None:
        """Let a redirect lead to the hub's own host, to its subdomains, and to the known delivery hosts.

        Raises:
            HubFault: It leads elsewhere, or from an encrypted connection to one that is not.
        """
        if origin.scheme not in _PORTS or not self._is_known(origin.host):
            raise HubFault(FaultKind.REDIRECT_REFUSED, origin.host)
        if origin.scheme != "https" and came_from.scheme == "https":
            raise HubFault(FaultKind.INSECURE, origin.host)
        self._require_encryption(origin)

    def may_have_token(self, origin: Origin) -> bool:
        """Whether the access token may be sent there."""
        return origin == self.endpoint

    def _is_known(self, host: str) -> bool:
        return any(host == known or host.endswith(f".{known}") for known in (self.endpoint.host, *DELIVERY_HOSTS))

    def _require_encryption(self, origin: Origin) -> None:
        if origin.scheme != "https" and not origin.is_loopback:
            raise HubFault(FaultKind.INSECURE, origin.host)


def require_endpoint(address: str) -> str:
    """Return a hub's address as it is used: without a slash at its end; the usual hub for an empty one.

    Raises:
        HubFault: It is no address of a hub, or its connection would not be encrypted.
    """
    address = address.strip().rstrip("/")
    if not address:
        return DEFAULT_ENDPOINT
    try:
        parts = urlsplit(address)
        origin = Origin.of(parts.scheme, parts.hostname or "", parts.port)
    except ValueError:
        raise HubFault(FaultKind.UNREACHABLE, Statement("hub.detail.no_web_address")) from None
    is_plain = parts.username is None and parts.password is None and not parts.query and not parts.fragment
    if origin.scheme not in _PORTS or not origin.host or not is_plain or not address.isascii():
        raise HubFault(FaultKind.UNREACHABLE, Statement("hub.detail.no_web_address"))
    AddressRules(origin).require_first(origin)
    return address
