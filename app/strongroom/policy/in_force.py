# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The policy in force while the app runs: read, checked, watched for changes, and handed out as snapshots.

The most specific layer whose file is there is the policy. A file that was changed takes effect as a whole, or is
refused as a whole: while it is not valid, not readable or gone, there is no policy, and whoever asks for it gets the
reason instead.
"""

import hashlib
import io
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from strongroom.core.errors import UserFacingError
from strongroom.policy.layers import (
    BUILT_IN_LAYER,
    Layer,
    changed_at,
    is_there,
    read_policy_file,
    sign_of,
)
from strongroom.policy.loading import Policy, default_policy, load_policy
from strongroom.policy.snapshot import PolicySnapshot

SETTLED_NS = 2_000_000_000
"""How old a file's last change must be before an unchanged time of change says that its content is unchanged too."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """The policy in force becomes another one, or none."""

    before: PolicySnapshot | None
    """The last one that was valid; None at the start."""
    now: PolicySnapshot | None
    """None where what is there now is refused."""
    refusal: UserFacingError | None = None
    """Why."""
    source: str = ""
    """The file that is in force now, or that is refused."""
    content_digest: str = ""
    """``sha256:`` and the digest of what was read; empty if nothing could be."""


ChangeListener = Callable[[PolicyChange], None]


class PolicyInForce:
    """Knows which policy is in force. Safe to use from several threads.

    Args:
        layers: The places above the policy that ships with the app, from the least to the most specific.
    """

    def __init__(self, layers: Sequence[Layer] = ()) -> None:
        self._layers = tuple(layers)
        self._lock = threading.RLock()
        self._latest: PolicySnapshot | None = None
        self._refusal: UserFacingError | None = None
        self._content_digest = ""
        self._prepared: tuple[str, str, str] | None = None
        self._told: tuple[str, str, str] | None = None
        self._seen: tuple[object, ...] | None = None
        self._were_there: set[Layer] = set()
        self._preparations: list[ChangeListener] = []
        self._listeners: list[ChangeListener] = []

    @property
    def latest(self) -> PolicySnapshot:
        """The last policy that was valid. For showing only: what acts on a policy asks :meth:`current`."""
        return self._latest or self.current()

    @property
    def refusal(self) -> UserFacingError | None:
        """Why no policy is in force; None while one is."""
        return self._refusal

    def current(self) -> PolicySnapshot:
        """Return the policy in force, as far as :meth:`refresh` knows.

        Raises:
            PolicyError: It is not valid.
            UserFacingError: Its file cannot be read or is gone; or the change to it could not be prepared or recorded.
        """
        if self._latest is None and self._refusal is None:
            self.refresh()
        # In this order: a policy that is refused is refused before the one in force is another.
        refusal, latest = self._refusal, self._latest
        if refusal is not None:
            raise refusal.with_traceback(None)
        assert latest is not None  # noqa: S101  # either was set by the first look
        return latest

    def before_change(self, preparation: ChangeListener) -> None:
        """Have ``preparation`` called before each change takes effect, refusals too.

        What it raises keeps a new policy out: none is in force then, and each later look tries it again.
        """
        self._preparations.append(preparation)

    def subscribe(self, listener: ChangeListener) -> Callable[[], None]:
        """Have ``listener`` called after each change, on the thread that noticed it. Returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def refresh(self) -> None:
        """Look whether a file has changed, and if so put the new policy in force, or refuse it.

        An unchanged file costs two system calls for each layer. After this returns, :meth:`current` is up to date.
        """
        with self._lock:
            look = self._look()
            if look == self._seen:
                return
            change = self._read(look)
            if change is not None:
                for listener in tuple(self._listeners):
                    listener(change)

    def _read(self, look: tuple[object, ...]) -> PolicyChange | None:
        """Read what is there now; return what is to be told, or None where nothing has changed."""
        began = time.time_ns()
        layer, content_digest = self._layer_there(), ""
        try:
            if layer in self._gone():
                raise UserFacingError("policy.vanished", path=layer.source)
            content = None if layer.path is None else read_policy_file(layer.path)
            content_digest = f"sha256:{hashlib.sha256(content or b'').hexdigest()}"
            change = None
            if not self._is_in_force(layer, content_digest):
                change = self._put_in_force(layer, content, content_digest)
        except UserFacingError as error:
            return self._refuse(error, layer, content_digest)
        # A second change within the same tick of the clock of files leaves no trace but the content.
        paths = [place.path for place in self._layers if place.path is not None]
        self._seen = look if all(changed_at(path) < began - SETTLED_NS for path in paths) else None
        return change

    def _look(self) -> tuple[object, ...]:
        return tuple(sign_of(layer.path) for layer in self._layers if layer.path is not None)

    def _layer_there(self) -> Layer:
        """Return what has to be read: a layer whose file is gone, else the most specific one whose file is there."""
        there = [layer for layer in self._layers if layer.path is None or layer.is_required or is_there(layer.path)]
        self._were_there.update(layer for layer in there if layer.path is not None and is_there(layer.path))
        return next(iter(self._gone()), there[-1] if there else BUILT_IN_LAYER)

    def _gone(self) -> list[Layer]:
        """Return the layers whose file was there at an earlier look."""
        return [layer for layer in self._were_there if layer.path is not None and not is_there(layer.path)]

    def _is_in_force(self, layer: Layer, content_digest: str) -> bool:
        return (
            self._refusal is None
            and self._latest is not None
            and self._latest.layer == layer
            and self._content_digest == content_digest
        )

    def _put_in_force(self, layer: Layer, content: bytes | None, content_digest: str) -> PolicyChange:
        try:
            snapshot = PolicySnapshot(_policy(layer, content), layer)
            change = PolicyChange(self._latest, snapshot, None, layer.source, content_digest)
            self._prepare(change)
        except UserFacingError:
            raise
        except Exception as error:
            # Whatever the defect: the policy before it must not stay in force as if nothing had been asked.
            raise UserFacingError("policy.not_usable", source=layer.source, fault=type(error).__name__) from error
        self._latest, self._content_digest = snapshot, content_digest
        self._refusal = self._told = self._prepared = None
        return change

    def _refuse(self, error: UserFacingError, layer: Layer, content_digest: str) -> PolicyChange | None:
        self._refusal, self._seen = error, None
        change = PolicyChange(self._latest, None, error, layer.source, content_digest)
        refusal = (error.code, str(error), content_digest)
        if self._prepared != refusal:
            try:
                self._prepare(change)
                self._prepared = refusal
            except UserFacingError:
                # It stays refused either way, and the next look tries this again.
                _LOG.exception("the refusal of a policy could not be recorded")
        if self._told == refusal:
            return None
        self._told = refusal
        return change

    def _prepare(self, change: PolicyChange) -> None:
        for preparation in self._preparations:
            preparation(change)


def _policy(layer: Layer, content: bytes | None) -> Policy:
    if layer.path is None or content is None:
        return default_policy()
    try:
        # Line ends as Python reads text files, so that one policy has one digest on every system.
        text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8").read()
    except UnicodeDecodeError as error:
        raise UserFacingError("policy.unreadable", path=layer.path, reason=str(error)) from error
    return load_policy(text, layer.source)
