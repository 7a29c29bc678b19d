# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which addresses may stand in a policy for the hub."""

import ipaddress
from urllib.parse import urlsplit

from strongroom.core.translatable import translatable


def endpoint_problem(address: str) -> str:
    """Return what is wrong with a hub's address, or an empty text."""
    form = translatable("must be an address like https://hub.example.org, without a user, a query or white space")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return form
    has_more = parts.username is not None or parts.password is not None or "?" in address or "#" in address
    is_plain = address.isascii() and address.isprintable() and " " not in address and "\\" not in address
    if parts.scheme not in ("https", "http") or not host or has_more or not is_plain:
        return form
    if parts.scheme == "http" and not _is_this_machine(host):
        return translatable(
            "must begin with https://, because what is fetched over http can be read and changed on the way"
        )
    return ""


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
