# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Hosts of links: their form (RFC 1035, RFC 3986, RFC 5890), their normal form, lists of domains.

Also which last labels make a name without a scheme a host. Of the country codes those are left out that are better
known as a file's extension or a word of code (``.md``, ``.rs``, ``.py``, ``.sh``, ``.pl``, ``.id``).
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

LONGEST_HOST = 253
"""Characters (RFC 1035, section 2.3.4, without the root's label)."""

_LONGEST_LABEL = 63
_PORT = re.compile(r":[0-9]{0,5}\Z", re.ASCII)
_OTHER_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})

_TOP_LEVELS = """
    com net org edu gov mil int info biz name pro io co ai app dev me tv cc ly gl gg gd to fm xyz top club online site
    store shop tech cloud page link live news blog agency digital space website world network solutions email
    ru cn de uk fr nl eu us ca au jp kr br es it se no dk fi be ch at cz hu ro gr pt ie nz za mx ar in tr ua sk si hr bg
    lt lv ee il ae sa eg ng ke hk tw sg th vn ph my su onion
"""

BARE_TOP_LEVELS = frozenset(_TOP_LEVELS.split())
"""Last labels after which a name with a path is a link even without a scheme."""


def host_of(authority: str) -> str:
    """Return the host of ``user:password@host:port``, in brackets where it is an IPv6 address."""
    return _PORT.sub("", authority.rpartition("@")[2])


def is_host(host: str) -> bool:
    """Whether ``host`` can be one: a name, an IPv4 address, or an IPv6 address in brackets."""
    if host.startswith("["):
        return host.endswith("]") and _is_ip_address(host[1:-1])
    name = unquote(host).translate(_OTHER_DOTS).removesuffix(".")
    return 0 < len(name) <= LONGEST_HOST and all(map(_is_label, name.split(".")))


def _is_label(label: str) -> bool:
    is_made_of_letters = all(c.isalnum() or c in "-_" or unicodedata.category(c)[0] == "M" for c in label)
    return 0 < len(label) <= _LONGEST_LABEL and is_made_of_letters and label[0] != "-" and label[-1] not in "-_"


def normal_host(host: str) -> str:
    """Return ``host`` in the form in which domains are compared: IDNA (RFC 3490), lower case, no last dot."""
    name = unquote(host).translate(_OTHER_DOTS).strip("[]").removesuffix(".").casefold()
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return unicodedata.normalize("NFKC", name)


def is_punycode(host: str) -> bool:
    """Whether the host shows other letters than it has, or mixes scripts within one label (UTS 39, section 5.1)."""
    labels = normal_host(host).split(".") if host.isascii() else host.casefold().split(".")
    return any(label.startswith("xn--") or len(_scripts(label)) > 1 for label in labels)


class DomainList:
    """Domains, and with each what is below it."""

    def __init__(self, domains: Iterable[str]) -> None:
        self._domains = frozenset(normal_host(domain.strip().removeprefix("*.").lstrip(".")) for domain in domains)

    def __bool__(self) -> bool:
        return bool(self._domains)

    def covers(self, host: str) -> bool:
        """Whether ``host`` is one of the domains or below one."""
        name = normal_host(host)
        while name not in self._domains:
            _, dot, name = name.partition(".")
            if not dot:
                return False
        return True


# Japanese and Korean write their names with more than one of these.
_ONE_SCRIPT = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "HANGUL": "CJK", "BOPOMOFO": "CJK"}


def _scripts(label: str) -> set[str]:
    """Return the scripts of the label's letters, by the first word of their names in Unicode."""
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()}
    found = {_ONE_SCRIPT.get(script, script) for script in scripts}
    # With Chinese, Japanese and Korean, Latin letters are ordinary (UTS 39, "highly restrictive").
    return found - {"LATIN"} if "CJK" in found else found


def _is_ip_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
