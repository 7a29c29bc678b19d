# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The text of a macOS sandbox profile, from what a process is granted.

It begins with ``(deny default)``, as Chromium's and Codex's do: what a later macOS adds is refused until somebody
allows it here. The other way round, which Docker Model Runner takes (``pkg/sandbox/sandbox_darwin.go``), saves the list
of what the loader needs; Apple's own ``bsd.sb`` has that list. The last rule that matches an operation decides, so what
must not be allowed by ``bsd.sb`` either is refused at the end.

Sources: Chromium ``sandbox/policy/mac/{common,network,gpu}.sb``, Codex ``seatbelt_base_policy.sbpl``, Docker as above
(``launchservicesd``: ZDI-CAN-29308). Apple documents neither the language nor the names. Not yet run on macOS.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class ProfileGrants:
    """What a process may still do."""

    programs: tuple[Path, ...] = ()
    """What may be run: its own program, since the sandbox is there before it is."""
    read: tuple[Path, ...] = ()
    """Folders and files that may be read, and whose libraries may be loaded."""
    write: tuple[Path, ...] = ()
    """Folders in which everything may be done."""
    has_network: bool = False
    """Whether it may connect. Nobody may listen."""
    has_gpu: bool = False
    """Whether it may use Metal."""


_BASE = """\
(version 1)
(deny default)
; What the loader and the C library need.
(import "/System/Library/Sandbox/Profiles/bsd.sb")
(allow signal process-info* (target self))
; How many cores of which kind there are.
(allow sysctl-read (sysctl-name-prefix "hw.") (sysctl-name-prefix "machdep.cpu.") (sysctl-name "kern.osrelease"))
"""

_NETWORK = """\
(allow network-outbound (literal "/private/var/run/mDNSResponder") (remote tcp) (remote udp))
(allow system-socket (require-all (socket-domain AF_SYSTEM) (socket-protocol 2)) (socket-domain AF_ROUTE))
(allow sysctl-read (sysctl-name-prefix "net.routetable"))
(allow file-read*
  (literal "/private/etc/hosts") (literal "/private/etc/resolv.conf") (literal "/private/var/run/resolv.conf")
  (literal "/private/etc/services") (literal "/private/etc/protocols") (subpath "/private/etc/ssl")
  (literal "/Library/Preferences/com.apple.security.plist") (subpath "/Library/Keychains")
  (subpath "/System/Library/Keychains") (subpath "/System/Library/Security") (subpath "/private/var/db/mds"))
; Which certificates are trusted, and which proxy and name server are set.
(allow mach-lookup
  (global-name "com.apple.SecurityServer") (global-name "com.apple.ocspd") (global-name "com.apple.trustd")
  (global-name "com.apple.trustd.agent") (global-name "com.apple.system.opendirectoryd.membership")
  (global-name "com.apple.SystemConfiguration.DNSConfiguration")
  (global-name "com.apple.SystemConfiguration.configd"))
"""

_NO_NETWORK = """\
(deny network*)
(deny system-socket)
"""

_GPU = """\
(allow mach-lookup
  (xpc-service-name "com.apple.MTLCompilerService") (global-name "com.apple.cvmsServ")
  (global-name "com.apple.gpumemd.source"))
(allow iokit-open
  (iokit-connection "IOAccelerator") (iokit-user-client-class "IOAccelerationUserClient")
  (iokit-user-client-class "AGXDeviceUserClient") (iokit-user-client-class "AGXSharedUserClient")
  (iokit-user-client-class "IOSurfaceRootUserClient") (iokit-user-client-class "IOSurfaceSendRight"))
(allow iokit-get-properties)
(allow file-read* (subpath "/Library/GPUBundles") (subpath "/System/Library/Extensions"))
"""

_NO_PROCESSES = """\
(deny process-fork)
; Both start programs for whoever asks, outside this sandbox.
(deny mach-lookup (global-name "com.apple.launchservicesd") (global-name "com.apple.coreservices.launchservicesd"))
"""

_NO_WRITING = """\
(deny file-write*)
(allow file-write-data (literal "/dev/null") (literal "/dev/dtracehelper"))
"""


def profile_text(grants: ProfileGrants) -> str:
    """Return the profile that grants this and nothing else.

    Files that a process inherits open are not part of it: what is open may be read.

    Raises:
        ValueError: A path is not absolute, or holds a character that has no place in one.
    """
    programs = _both_forms(grants.programs)
    read = _both_forms(grants.read)
    write = _both_forms(grants.write)
    parts = [_BASE]
    if programs:
        parts.append(f"(allow process-exec file-read* file-map-executable\n{_filters('literal', programs)})\n")
    if read:
        parts.append(f"(allow file-read* file-map-executable\n{_filters('subpath', read)})\n")
    if ancestors := _ancestors([*programs, *read, *write]):
        # To follow a path, its folders are looked at. What is in them stays unknown.
        parts.append(f"(allow file-read-metadata\n{_filters('literal', ancestors)})\n")
    if grants.has_gpu:
        parts.append(_GPU)
    parts.append(_NETWORK if grants.has_network else _NO_NETWORK)
    parts += [_NO_PROCESSES, _NO_WRITING]
    if write:
        parts.append(f"(allow file-read* file-write*\n{_filters('subpath', write)})\n")
    return "".join(parts)


def _both_forms(paths: Iterable[Path]) -> list[str]:
    """Each path as it was given, and where its links lead: the sandbox sees the latter, and the link on the way."""
    forms = (str(form) for path in paths for form in (path, path.resolve()))
    return list(dict.fromkeys(forms))


def _ancestors(paths: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(str(folder) for path in paths for folder in PurePosixPath(path).parents))


def _filters(kind: str, paths: Iterable[str]) -> str:
    return "\n".join(f"  ({kind} {_quoted(path)})" for path in paths)


def _quoted(path: str) -> str:
    if not path.startswith("/") or not path.isprintable():
        raise ValueError(f"not a path for a sandbox profile: {path!r}")
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
