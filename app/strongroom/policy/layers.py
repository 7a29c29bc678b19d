# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Where a policy can come from, and how a policy's file is read: bounded, and only if it is an ordinary file."""

import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from strongroom.core.errors import UserFacingError
from strongroom.policy.loading import BUILT_IN, LARGEST_POLICY

_OPENING = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"))


class LayerKind(StrEnum):
    """Who a policy comes from, from the least to the most specific."""

    BUILT_IN = "built_in"
    ORGANIZATION = "organization"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Layer:
    """One place for a policy."""

    kind: LayerKind
    path: Path | None = None
    """Its file; None for the policy that ships with the app."""
    is_required: bool = False
    """Whether the file must be there; else the layer below counts where it has never been."""

    @property
    def source(self) -> str:
        """The place in words, as :class:`~strongroom.core.findings.PolicyIdentity` names it."""
        return BUILT_IN if self.path is None else str(self.path)


BUILT_IN_LAYER = Layer(LayerKind.BUILT_IN)


def user_layers(usual: Path, chosen: Path | None = None) -> tuple[Layer, ...]:
    """Return the layers above the built-in one: the file that was ``chosen``, or the ``usual`` one if it is there."""
    if chosen is not None:
        return (Layer(LayerKind.USER, chosen, is_required=True),)
    return (Layer(LayerKind.USER, usual),)


def is_there(path: Path) -> bool:
    """Return whether something has this name, be it a link to nothing. What cannot be told counts as there."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def sign_of(path: Path) -> tuple[object, ...]:
    """Return what differs once a file, or the link that leads to it, was changed or replaced. Two system calls."""
    return (*_sign(path, follows=False), *_sign(path, follows=True))


def changed_at(path: Path) -> int:
    """Return when a file was last touched, in nanoseconds since 1970; 0 if that cannot be told."""
    try:
        status = path.stat()
    except OSError:
        return 0
    return max(status.st_mtime_ns, status.st_ctime_ns)


def read_policy_file(path: Path) -> bytes:
    """Return a policy file's content. Nothing but an ordinary file of bounded size is read, and nothing is waited for.

    Raises:
        UserFacingError: It cannot be read (``policy.unreadable``), is a link that leads nowhere
            (``policy.broken_link``), a device, a pipe or a folder (``policy.not_a_file``), or too large
            (``policy.too_large``).
    """
    try:
        _require_ordinary(path, path.stat())
        descriptor = os.open(path, _OPENING)
        with open(descriptor, "rb") as stream:
            # What stands under the name may have been replaced since.
            _require_ordinary(path, os.fstat(descriptor))
            content = stream.read(LARGEST_POLICY + 1)
    except (OSError, ValueError) as error:
        if path.is_symlink():
            raise UserFacingError("policy.broken_link", path=path, reason=str(error)) from error
        raise UserFacingError("policy.unreadable", path=path, reason=str(error)) from error
    _require_size(path, len(content))
    return content


def _sign(path: Path, *, follows: bool) -> tuple[int, ...]:
    try:
        status = path.stat(follow_symlinks=follows)
    except OSError as error:
        return (error.errno or 0,)
    except ValueError:
        return (0,)
    return (status.st_dev, status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _require_ordinary(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UserFacingError("policy.not_a_file", path=path)
    _require_size(path, status.st_size)


def _require_size(path: Path, size: int) -> None:
    if size > LARGEST_POLICY:
        raise UserFacingError("policy.too_large", path=path, most=LARGEST_POLICY)
