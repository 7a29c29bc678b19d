# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Every error and statement that the app's source makes, found by reading it: its key, and the facts it is given."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import strongroom
from strongroom.engine.faults import FaultKind as EngineFaultKind
from strongroom.hub.faults import FaultKind as HubFaultKind
from strongroom.models import RefusalReason
from strongroom.storage import KeyProblem, StorageProblem

SOURCE = Path(strongroom.__file__).parent

_PLAIN = {"UserFacingError", "SealRefused", "Statement", "Note"}
"""What takes the code itself first."""
_KINDS = {
    "StorageError": ("storage", StorageProblem),
    "KeyRefused": ("keys", KeyProblem),
    "ModelRefused": ("model", RefusalReason),
    "EngineFault": ("engine", EngineFaultKind),
    "HubFault": ("hub", HubFaultKind),
}
"""What takes a member of an enum first, and the family that its code begins with."""
_ALWAYS_GIVEN = {
    "ModelRefused": {"path", "expected_digest", "actual_digest"},
    "EngineFault": {"detail"},
    "HubFault": {"detail"},
}
_ANY = "[a-z_]+"


@dataclass(frozen=True)
class Stated:
    """One place that makes an error or a statement."""

    place: str
    key: str
    """A regular expression, for a code or a case that is put together."""
    facts: frozenset[str]
    is_open: bool
    """Whether it passes on facts that the source does not name."""


def trees():
    """Yield each file of the app with its syntax tree."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def stated():
    """Yield every error and statement that the source makes."""
    for path, tree in trees():
        owners = {
            call: definition.name
            for definition in ast.walk(tree)
            if isinstance(definition, ast.ClassDef)
            for call in ast.walk(definition)
            if isinstance(call, ast.Call)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and call.args:
                place = f"{path.relative_to(SOURCE)}:{call.lineno}"
                yield from _stated(place, call, owners.get(call, ""))


def _stated(place, call, owner):
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name in _PLAIN or (_is_base_call(call) and owner not in _KINDS):
        codes = _codes(call.args[0])
    elif name in _KINDS:
        family, kinds = _KINDS[name]
        member = call.args[0]
        is_constant = isinstance(member, ast.Attribute) and member.attr in kinds.__members__
        # Elsewhere the kind is computed: any of them.
        chosen = [kinds[member.attr]] if is_constant else kinds if name in ("EngineFault", "HubFault") else []
        codes = [re.escape(f"{family}.{kind.value}") for kind in chosen]
    else:
        return
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    cases = _cases(given.pop("case", None))
    is_open = any(keyword.arg is None for keyword in call.keywords)
    for code in codes:
        for case in cases:
            facts = frozenset(given) | _ALWAYS_GIVEN.get(name, set())
            yield Stated(place, code + (f":{case}" if case else ""), facts, is_open)


def _is_base_call(call):
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "__init__"
        and isinstance(call.args[0], ast.Constant | ast.JoinedStr | ast.IfExp)
        and bool(_codes(call.args[0]))
    )


@cache
def _constants():
    """Return the texts that modules of the app give names to."""
    named = {}
    for _, tree in trees():
        for node in tree.body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and isinstance(node.value, ast.Constant)
            ):
                named.setdefault(node.targets[0].id, node.value)
    return named


def _codes(node):
    if isinstance(node, ast.Name) and node.id in _constants():
        node = _constants()[node.id]
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z_]+(\.[a-z_0-9]+)+", node.value)
    ):
        return [re.escape(node.value)]
    if isinstance(node, ast.IfExp):
        return _codes(node.body) + _codes(node.orelse)
    if isinstance(node, ast.JoinedStr):
        pattern = "".join(re.escape(part.value) if isinstance(part, ast.Constant) else _ANY for part in node.values)
        return [pattern] if re.fullmatch(r"[a-z_\\.\[\]+-]+", pattern) and r"\." in pattern else []
    return []


def _cases(node):
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return [""]
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _cases(node.body) + _cases(node.orelse)
    return [_ANY]
