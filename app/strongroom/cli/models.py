# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom models``: the shelf, checked and extended."""

import os
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from strongroom.cli import hub_models
from strongroom.cli.exits import ExitCode
from strongroom.cli.invocation import guarded, invocation_of
from strongroom.cli.output import notice, say, say_json, say_table, show_error, size_text
from strongroom.cli.transcript import ProgressLine
from strongroom.cli.turns import run_stoppable
from strongroom.core.errors import UserFacingError
from strongroom.core.events import ChatEvent, Listener, Phase, PhaseProgressed
from strongroom.core.verification import ModelEntry, VerificationResult
from strongroom.words import explain, say_statement

if TYPE_CHECKING:
    from strongroom.workspace import Workspace

T = TypeVar("T")

app = typer.Typer(help="Search, download, import, verify and remove models.", no_args_is_help=True)
hub_models.register(app)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
@guarded
def list_models(context: typer.Context, as_json: AsJson = False) -> None:
    """List every known model with its verification state."""
    with invocation_of(context).workspace() as workspace:
        entries = workspace.shelf.entries()
    if as_json:
        say_json([_entry_fields(entry) for entry in entries])
        return
    say_table(
        ("ID", "STATE", "VERIFIED", "SIZE", "QUANT", "LICENSE", "VOUCHED BY", "FILE"),
        [
            (
                entry.model_id,
                entry.state.value,
                entry.verified_at or "never",
                size_text(entry.size),
                entry.quantization or "-",
                entry.license or "-",
                entry.source or "nobody",
                entry.path,
            )
            for entry in entries
        ],
    )


@app.command("verify")
@guarded
def verify_models(
    context: typer.Context,
    model_ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Every model when none.")] = None,
    as_json: AsJson = False,
) -> None:
    """Hash model files now and compare them with the expected digests. Exits with 4 when one does not match."""
    # Imported here, as everywhere in this room: other commands must not wait for what they do not use.
    from strongroom.models import ModelRefused, RefusalReason

    outcomes: list[dict[str, Any]] = []
    refusals: list[ModelRefused] = []
    with invocation_of(context).workspace() as workspace:
        for model_id in model_ids or [entry.model_id for entry in workspace.shelf.entries()]:
            try:
                result = _verify(workspace, model_id)
            except ModelRefused as refusal:
                refusals.append(refusal)
                outcomes.append({"model": model_id, "state": refusal.reason.value, "message": explain(refusal).message})
                if not as_json:
                    show_error(refusal)
            else:
                outcomes.append({"model": model_id, **asdict(result)})
                if not as_json:
                    say(_result_line(model_id, result), style="green")
    if as_json:
        say_json(outcomes)
    if refusals:
        missing = all(refusal.reason in (RefusalReason.UNKNOWN_MODEL, RefusalReason.MISSING) for refusal in refusals)
        raise typer.Exit(ExitCode.FAILURE if missing else ExitCode.NOT_VERIFIED)


@app.command("import")
@guarded
def import_model(
    context: typer.Context,
    path: Annotated[
        Path,
        typer.Argument(metavar="PATH", help="A GGUF file, or a folder: one's own, Ollama's, LM Studio's, a cache."),
    ],
    copy: Annotated[bool, typer.Option("--copy", help="Copy it to the data folder; else use it in place.")] = False,
    pin: Annotated[
        bool, typer.Option("--pin", help="Take responsibility for these bytes, although nobody vouches for them.")
    ] = False,
    sha256: Annotated[
        str, typer.Option("--sha256", metavar="HEX", help="The digest that the publisher states; implies --pin.")
    ] = "",
    checksums: Annotated[
        Path | None, typer.Option("--checksums", metavar="FILE", help="A file as sha256sum writes it vouches for it.")
    ] = None,
    hub: Annotated[
        str, typer.Option("--hub", metavar="REPO", help="Look its digest up in a hub's repository, which then vouches.")
    ] = "",
    revision: Annotated[str, typer.Option("--revision", metavar="REV", help="Of that repository.")] = "",
    as_json: AsJson = False,
) -> None:
    """Put a model, or every model below a folder, on the shelf. None is loaded before somebody vouches for it."""
    if path.is_dir():
        if copy or pin or sha256 or checksums or hub:
            raise typer.BadParameter("a folder is imported in place, and each model is pinned by itself")
        _import_folder(context, path, as_json=as_json)
        return
    wanted = sha256.strip().lower().removeprefix("sha256:")
    with invocation_of(context).workspace() as workspace:
        if wanted:
            _require_digest(path, wanted)
        entry = workspace.shelf.import_file(path.absolute(), copy=copy)
        if checksums is not None and entry.expected_digest is None:
            entry = _pin_from_checksums(workspace, entry.model_id, checksums)
        elif hub and entry.expected_digest is None:
            entry = _pin_from_hub(workspace, entry.model_id, hub, revision)
        elif pin or wanted:
            measured = _digest_of(workspace, entry.model_id)
            if entry.expected_digest is None:
                # Refused when the bytes are no longer those that were compared with the publisher's digest.
                entry = workspace.shelf.pin(entry.model_id, wanted or measured)
    if as_json:
        say_json(_entry_fields(entry))
        return
    say(f"{entry.model_id}: {entry.name}, {size_text(entry.size)}, {entry.state.value}")
    if entry.expected_digest:
        say(f"sha256 {entry.expected_digest}")
    else:
        say("Nobody vouches for this file, so it will not be loaded. Compare its SHA-256 with its publisher's, then:")
        say(f"  strongroom models import {path} --sha256 HEX")


@app.command("remove")
@guarded
def remove_model(
    context: typer.Context,
    model_id: Annotated[str, typer.Argument(metavar="ID")],
    delete_files: Annotated[
        bool, typer.Option("--delete-files", help="Also delete its files, if they lie in the data folder.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take a model off the shelf. Its files stay where they are unless --delete-files is given."""
    with invocation_of(context).workspace() as workspace:
        deleted = workspace.shelf.remove(model_id, delete_files=delete_files)
    if as_json:
        say_json({"model_id": model_id, "deleted": [str(file) for file in deleted]})
        return
    say(f"{model_id} is off the shelf.")
    for file in deleted:
        say(f"deleted {file}")


def _import_folder(context: typer.Context, folder: Path, *, as_json: bool) -> None:
    with invocation_of(context).workspace() as workspace:
        found = run_stoppable(
            lambda _on_event, stop: workspace.shelf.discover(folder.absolute(), cancel=stop), lambda _event: None
        )
        usable = [candidate for candidate in found if not candidate.problem]
        entries = workspace.shelf.import_candidates(usable)
    problems = [candidate for candidate in found if candidate.problem]
    if as_json:
        left_out = [{"name": candidate.name, "problem": say_statement(candidate.problem)} for candidate in problems]
        say_json({"imported": [_entry_fields(entry) for entry in entries], "left_out": left_out})
        return
    say_table(
        ("ID", "STATE", "SIZE", "PARTS", "VOUCHED BY", "FILE"),
        [
            (
                entry.model_id,
                entry.state.value,
                size_text(entry.size),
                str(len(entry.parts)),
                entry.source or "nobody",
                entry.path,
            )
            for entry in entries
        ],
    )
    for candidate in problems:
        notice(f"Left out: {candidate.name}: {say_statement(candidate.problem)}")
    if not found:
        notice(f"There are no GGUF models below {folder}.")


def _pin_from_checksums(workspace: "Workspace", model_id: str, checksums: Path) -> ModelEntry:
    return _with_progress(
        lambda on_event, stop: workspace.shelf.pin_from_checksum_file(
            model_id, checksums.absolute(), on_event=on_event, cancel=stop
        )
    )


def _pin_from_hub(workspace: "Workspace", model_id: str, repository: str, revision: str) -> ModelEntry:
    return _with_progress(
        lambda on_event, stop: workspace.shelf.pin_from_hub(
            model_id, repository, revision=revision, on_event=on_event, cancel=stop
        )
    )


def _verify(workspace: "Workspace", model_id: str) -> VerificationResult:
    return _with_progress(lambda on_event, stop: workspace.shelf.verify(model_id, on_event=on_event, cancel=stop))


def _digest_of(workspace: "Workspace", model_id: str) -> str:
    """Hash the model's file and return its digest; where nobody vouches for it, the digest is in the refusal."""
    from strongroom.models import ModelRefused, RefusalReason

    try:
        return _verify(workspace, model_id).digest
    except ModelRefused as refusal:
        if refusal.reason is RefusalReason.UNKNOWN_DIGEST and refusal.actual_digest:
            return refusal.actual_digest
        raise


def _require_digest(file: Path, wanted: str) -> None:
    """Refuse ``file`` before it is imported when its bytes are not the ones that the publisher states.

    Raises:
        UserFacingError: They differ (``model.mismatch``), or the file cannot be read.
    """
    from strongroom.models import hash_descriptor

    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise UserFacingError(
            "model.unreadable", case="path", file=file, reason=error.strerror or str(error)
        ) from error
    try:

        def work(on_event: Listener, stop: threading.Event) -> str:
            def on_progress(done: int, total: int) -> None:
                on_event(PhaseProgressed(Phase.VERIFYING, done, total))

            return hash_descriptor(descriptor, on_progress=on_progress, cancel=stop)

        actual = _with_progress(work)
    finally:
        os.close(descriptor)
    if actual != wanted:
        raise UserFacingError("model.mismatch", case="import", file=file, actual=actual, wanted=wanted)


def _with_progress(work: Callable[[Listener, threading.Event], T]) -> T:
    line = ProgressLine()

    def show(event: ChatEvent) -> None:
        if isinstance(event, PhaseProgressed):
            line.show(event)

    try:
        return run_stoppable(work, show)
    finally:
        line.clear()


def _entry_fields(entry: ModelEntry) -> dict[str, Any]:
    return {**asdict(entry), "state": entry.state.value, "kind": entry.kind.value}


def _result_line(model_id: str, result: VerificationResult) -> str:
    lease = "writers are reported" if result.is_leased else f"no lease: {say_statement(result.lease_note)}"
    return (
        f"{model_id}: {result.state.value}, sha256 {result.digest}, vouched for by {result.source or 'nobody'},"
        f" {result.size / 1e6:.0f} MB in {result.seconds:.2f} s, {lease}"
    )
