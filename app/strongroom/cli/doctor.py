# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom doctor``: what the app finds here, measured now. It makes no data folder, no key and no database."""

import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from strongroom import __version__
from strongroom.cli.display import why_no_window
from strongroom.cli.exits import ExitCode
from strongroom.cli.facts import Fact
from strongroom.cli.invocation import Invocation, guarded, invocation_of
from strongroom.cli.isolation import IsolationCheck, as_json_object
from strongroom.cli.output import say, say_json, size_text
from strongroom.core.errors import UserFacingError
from strongroom.core.incident import IncidentVerification
from strongroom.core.paths import DataPaths
from strongroom.words import explain, say_statement, translate_marked

if TYPE_CHECKING:
    from strongroom.hub import HubOptions
    from strongroom.storage import Keys

PARTS = (
    "llama-cpp-python",
    "PySide6-Essentials",
    "sqlcipher3",
    "google-re2",
    "pyahocorasick",
    "keyring",
    "cryptography",
    "pydantic",
    "jinja2",
)
"""Distributions whose versions matter in a report; a frozen bundle may not carry their names."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(guarded(doctor))


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print what the app finds on this machine. Changes nothing; exits with 1 when there is a problem."""
    invocation = invocation_of(context)
    isolation = IsolationCheck(invocation, _hub_options(invocation))
    facts = list(_facts(invocation, isolation, show=None if as_json else _say_fact))
    problems = [fact for fact in facts if fact.problem]
    if as_json:
        say_json(
            {
                "facts": {fact.key: fact.value for fact in facts},
                "processes": [as_json_object(report) for report in isolation.reports],
                "problems": [{"key": fact.key, "problem": fact.problem} for fact in problems],
            }
        )
    else:
        say(
            f"{len(problems)} problems found." if problems else "No problems found.",
            style="red" if problems else "green",
        )
    if problems:
        raise typer.Exit(ExitCode.FAILURE)


def _facts(invocation: Invocation, isolation: IsolationCheck, show: Callable[[Fact], None] | None) -> Iterator[Fact]:
    """Yield every fact, each shown as soon as it is known."""
    for measure in (_program, _folder, _lease, _policy, _databases, _models, _hub, _engine, isolation.facts, _window):
        for fact in measure(invocation):
            if show is not None:
                show(fact)
            yield fact


def _say_fact(fact: Fact) -> None:
    say(f"{fact.label + ':' if fact.label else '':<22} {fact.value}")
    if fact.problem:
        say(f"{'':<22} {fact.problem}", style="red")


def _program(_invocation: Invocation) -> Iterator[Fact]:
    bundle = " (bundle)" if getattr(sys, "frozen", False) else ""
    yield Fact("strongroom", "Strongroom", f"{__version__}{bundle}")
    yield Fact("python", "Python", f"{platform.python_version()} ({platform.python_implementation()})")
    yield Fact("platform", "Platform", platform.platform())
    versions = []
    for part in PARTS:
        try:
            versions.append(f"{part} {importlib.metadata.version(part)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{part} (version not recorded)")
    yield Fact("parts", "Parts", ", ".join(versions))


def _folder(invocation: Invocation) -> Iterator[Fact]:
    root = invocation.paths.root
    if not root.exists():
        yield Fact("data_folder", "Data folder", f"{root} (not made yet)")
        return
    free = shutil.disk_usage(root).free
    exposed = (
        "" if sys.platform == "win32" or not root.stat().st_mode & 0o077 else "Others may look into it: chmod 700."
    )
    yield Fact("data_folder", "Data folder", f"{root}, {size_text(free)} free", exposed)


def _lease(invocation: Invocation) -> Iterator[Fact]:
    """Try a read lease where models are kept, or would be."""
    from strongroom.models.opening import open_with_lease

    folder = next(path for path in (invocation.paths.models, *invocation.paths.models.parents) if path.is_dir())
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".strongroom-doctor-", delete=False) as draft:
            path = Path(draft.name)
    except OSError as error:
        yield Fact("lease", "Read lease", "not tried", f"{folder} is not writable: {error.strerror}.")
        return
    try:
        descriptor, lease = open_with_lease(path)
        note = "writers are reported before they write" if lease.is_leased else f"none: {say_statement(lease.note)}"
        lease.release()
        with open(descriptor, "rb"):
            yield Fact("lease", "Read lease", f"{note} (in {folder})")
    except UserFacingError as error:
        yield Fact("lease", "Read lease", "none", explain(error).message)
    finally:
        path.unlink()


def _policy(invocation: Invocation) -> Iterator[Fact]:
    from strongroom.chat import open_filter

    try:
        identity = open_filter(invocation.policy_layers).identity
    except UserFacingError as error:
        yield Fact("policy", "Policy", invocation.policy_layers[-1].source, explain(error).line)
        return
    yield Fact("policy", "Policy", f"{identity.name} {identity.version} from {identity.source}, {identity.digest}")


def _databases(invocation: Invocation) -> Iterator[Fact]:
    """Say where the keys come from; with them, whether the databases open and are whole."""
    from strongroom.storage import obtain_keys

    paths = invocation.paths
    if not any(path.exists() for path in (paths.key_record, paths.chats, paths.incidents, paths.egress)):
        yield Fact("keys", "Keys", _keys_to_be())
        yield Fact("databases", "Databases", "not made yet")
        return
    try:
        keys = obtain_keys(paths, passphrase=invocation.passphrase)
    except UserFacingError as error:
        yield Fact("keys", "Keys", "not available", explain(error).line_with_next_step)
        return
    yield Fact("keys", "Keys", say_statement(keys.description))
    yield _opened("chats", "Chats", (paths.chats,), lambda: _count_chats(paths, keys))
    # A log of which only the anchor is left has been taken away.
    log_files, ledger_files = (paths.incidents, paths.incident_anchor), (paths.egress, paths.egress_anchor)
    yield _opened("incidents", "Incident log", log_files, lambda: _verify_incidents(paths, keys))
    yield _opened("egress", "Egress ledger", ledger_files, lambda: _verify_egress(paths, keys))


def _opened(key: str, label: str, files: Sequence[Path], measure: Callable[[], str]) -> Fact:
    if not any(file.exists() for file in files):
        return Fact(key, label, "not made yet")
    try:
        return Fact(key, label, measure())
    except UserFacingError as error:
        return Fact(key, label, str(files[0]), explain(error).line_with_next_step)


def _keys_to_be() -> str:
    """Say where the keys of a new data folder would come from."""
    from strongroom.storage import KEY_FILE_VARIABLE
    from strongroom.storage.os_keyring import find_keyrings

    try:
        keyrings = find_keyrings()
    except UserFacingError as error:
        return f"none yet; the keyring cannot be used: {explain(error).message}"
    if keyrings:
        return f"none yet; {translate_marked(keyrings[0].label)} would be used"
    if name := os.environ.get(KEY_FILE_VARIABLE):
        return f"none yet; the key file {name} would be used"
    return f"none yet; no keyring and no {KEY_FILE_VARIABLE}: without a passphrase, nothing would be kept"


def _count_chats(paths: DataPaths, keys: "Keys") -> str:
    from strongroom.storage import CHATS, open_to_read

    if keys.chats is None:
        return "in memory only"
    database = open_to_read(paths.chats, keys.chats, CHATS)
    try:
        count = database.rows("SELECT count(*) FROM conversations WHERE deleted_at IS NULL")[0][0]
    finally:
        database.close()
    return f"{count} conversations, {size_text(paths.chats.stat().st_size)}"


def _verify_incidents(paths: DataPaths, keys: "Keys") -> str:
    from strongroom.incidents import IncidentLog

    log = IncidentLog.open(paths.incidents, paths.incident_anchor, keys.incidents)
    try:
        result = log.verify()
    finally:
        log.close()
    _require_intact(result, "incidents")
    return f"{result.entries} records, intact, {size_text(paths.incidents.stat().st_size)}"


def _verify_egress(paths: DataPaths, keys: "Keys") -> str:
    from strongroom.incidents import EgressLedger

    ledger = EgressLedger.open(paths, keys.incidents)
    try:
        result = ledger.verify()
        _require_intact(result, "egress")
        count = ledger.count_requests()
    finally:
        ledger.close()
    return f"{count} requests, intact, {size_text(paths.egress.stat().st_size)}"


def _require_intact(result: IncidentVerification, family: str) -> None:
    if not result.is_intact:
        raise UserFacingError(f"{family}.damaged", case="verified", found=result.problems[0].found, family=family)


def _models(invocation: Invocation) -> Iterator[Fact]:
    from strongroom.models import ModelLibrary

    try:
        entries = ModelLibrary(invocation.paths).entries()
    except UserFacingError as error:
        yield Fact("models", "Models", "list not readable", explain(error).line_with_next_step)
        return
    yield Fact("models", "Models", ", ".join(f"{entry.model_id} ({entry.state.value})" for entry in entries))


def _hub_options(invocation: Invocation) -> "HubOptions | None":
    """Return how a hub would be asked, without the token; None where settings or policy cannot be read."""
    from strongroom.chat import open_filter
    from strongroom.core.settings import load_settings
    from strongroom.workspace import hub_options

    try:
        settings, policy = load_settings(invocation.paths.settings), open_filter(invocation.policy_layers).policy
        return replace(hub_options(settings, policy), token=lambda: None)
    except UserFacingError:
        # What is wrong with them is told in their own lines.
        return None


def _hub(invocation: Invocation) -> Iterator[Fact]:
    """Say which hub would be asked; nothing is asked."""
    from strongroom.chat import open_filter
    from strongroom.core.settings import load_settings
    from strongroom.hub import ENDPOINT_VARIABLE, require_endpoint
    from strongroom.workspace import hub_options

    try:
        settings, policy = load_settings(invocation.paths.settings), open_filter(invocation.policy_layers).policy
        options = hub_options(settings, policy)
        endpoint = require_endpoint(options.endpoint or os.environ.get(ENDPOINT_VARIABLE, ""))
    except UserFacingError as error:
        is_said = error.code.startswith("policy.")
        problem = "" if is_said else explain(error).line_with_next_step
        yield Fact("hub", "Hub", "cannot be asked", problem)
        return
    if not options.is_allowed:
        yield Fact("hub", "Hub", "not allowed by the policy")
    elif options.is_offline:
        yield Fact("hub", "Hub", "none: Offline is on")
    else:
        yield Fact("hub", "Hub", f"{endpoint}, only when something is searched or downloaded")


def _engine(_invocation: Invocation) -> Iterator[Fact]:
    from strongroom.hosting import inspect_engine
    from strongroom.models import free_memory

    try:
        build = inspect_engine()
    except UserFacingError as error:
        yield Fact("llama_cpp", "llama.cpp", "does not start", explain(error).line_with_next_step)
        return
    yield Fact("llama_cpp", "llama.cpp", build.build)
    yield Fact("llama_cpp_features", "", build.features)
    yield Fact("devices", "Devices", ", ".join(build.devices))
    gpu = f", {size_text(build.free_gpu_memory)} on GPUs" if build.free_gpu_memory else ""
    yield Fact("free_memory", "Free memory", f"{size_text(free_memory())}{gpu}")


def _window(invocation: Invocation) -> Iterator[Fact]:
    reason = why_no_window()
    if invocation.doors.open_window is None:
        reason = "it is not part of this installation."
    yield Fact("window", "Window", f"none: {reason}" if reason else "can be opened")
