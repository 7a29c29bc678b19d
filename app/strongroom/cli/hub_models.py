# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom models search | show | download | token``: what a hub has, and getting it onto the shelf."""

import queue
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from strongroom.cli.invocation import guarded, invocation_of, secret_line
from strongroom.cli.job_bar import JobBar
from strongroom.cli.output import notice, say, say_json, say_table, size_text
from strongroom.cli.turns import run_stoppable
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.hub import Download, DownloadState, Fit, RemoteModel, SearchQuery, SortOrder
from strongroom.core.statement import Statement
from strongroom.words import say_statement, translate_marked

if TYPE_CHECKING:
    from strongroom.workspace import QuantizationTable, TableRow, Workspace

T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Repository = Annotated[str, typer.Argument(metavar="REPO", help="author/name, as the hub calls it.")]
Revision = Annotated[str, typer.Option("--revision", metavar="REV", help="A branch, a tag or a commit.")]

_CHECKING_S = 0.1
_ENDED = (DownloadState.VERIFIED, DownloadState.MISMATCH, DownloadState.FAILED, DownloadState.CANCELLED)


def register(app: typer.Typer) -> None:
    """Add the commands to ``strongroom models``."""
    app.command("search")(guarded(search))
    app.command("show")(guarded(show))
    app.command("download")(guarded(download))
    app.command("token")(guarded(token))


def search(
    context: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORD]...", help="What to look for.")] = None,
    author: Annotated[str, typer.Option(help="Only models of this author.")] = "",
    license_name: Annotated[str, typer.Option("--license", help="Only this license, for example apache-2.0.")] = "",
    most: Annotated[
        float, typer.Option("--max-parameters", min=0.0, help="Only models of so many billion weights at most.")
    ] = 0.0,
    sort: Annotated[SortOrder, typer.Option(help="The highest or latest first.")] = SortOrder.DOWNLOADS,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 30,
    as_json: AsJson = False,
) -> None:
    """Search a hub for models in the GGUF format."""
    query = SearchQuery(" ".join(words or ()), author, license_name, most, sort, limit)
    with invocation_of(context).workspace() as workspace:
        found = _stoppable(lambda stop: workspace.catalog.search(query, cancel=stop))
    if as_json:
        say_json([asdict(one) for one in found])
        return
    say_table(
        ("REPOSITORY", "PARAMETERS", "LICENSE", "DOWNLOADS", "LIKES", "UPDATED", ""),
        [
            (
                one.repository,
                f"{one.parameters:.2g} B" if one.parameters else "-",
                one.license or "-",
                f"{one.downloads:,}",
                f"{one.likes:,}",
                one.updated_at[:10] or "-",
                "gated" if one.is_gated else "",
            )
            for one in found
        ],
    )
    if not found:
        notice("Nothing was found.")


def show(
    context: typer.Context,
    repository: Repository,
    revision: Revision = "",
    context_length: Annotated[
        int, typer.Option("--context", min=0, help="Judge what fits at this context length; 0 for the settings'.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Show a repository: its facts, its files, and which of them fit this machine."""
    with invocation_of(context).workspace() as workspace:
        table = _table(workspace, repository, revision, context_length)
    if as_json:
        say_json(_table_fields(table))
        return
    facts = table.repository
    say(facts.repository, style="bold")
    say(f"commit {facts.commit}, {facts.last_commit_at[:10] or 'date unknown'}")
    say(f"license {facts.license or 'not stated'}, base model {', '.join(facts.base_models) or 'not stated'}")
    if facts.is_gated:
        say("gated: needs an access token of an account that accepted its terms (strongroom models token)")
    say()
    say_table(
        ("", "FILE", "QUANT", "BITS", "SIZE", "PARTS", f"MEMORY AT {table.context_length:,}", "FITS"),
        [_row_cells(row) for row in table.rows],
    )
    for line in filter(None, (_recommendation(table), say_statement(table.note))):
        say(line, style="dim")


def download(
    context: typer.Context,
    repository: Repository,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="A file's name or a quantization; else the recommended one.")
    ] = "",
    revision: Revision = "",
    as_json: AsJson = False,
) -> None:
    """Download a model, verify it, and put it on the shelf. Ctrl+C pauses; the same command goes on."""
    with invocation_of(context).workspace() as workspace:
        table = _table(workspace, repository, revision, 0)
        chosen = _choose(table, file)
        ended = _follow(workspace, table, chosen)
    if as_json:
        say_json(_download_fields(ended))
    elif ended.state is DownloadState.VERIFIED:
        say(f"{ended.model_id}: verified, {size_text(ended.total)}", style="green")
    if ended.state is not DownloadState.VERIFIED:
        raise _not_downloaded(ended)


def _not_downloaded(download: Download) -> UserFacingError:
    problem = download.problem or Statement("hub.cancelled")
    return UserFacingError(problem.code, **{**problem.facts, "title": Statement("hub.not_downloaded")})


def token(
    context: typer.Context,
    remove: Annotated[bool, typer.Option("--remove", help="Take it out of the keyring again.")] = False,
) -> None:
    """Keep an access token for gated models in the system's keyring. It is asked for, never an argument."""
    from strongroom.storage import forget_hub_token, keep_hub_token

    invocation_of(context)
    if remove:
        say("The token is forgotten." if forget_hub_token() else "There was no token.")
        return
    place = keep_hub_token(secret_line("Access token: "))
    say(f"The token is kept in {translate_marked(place)}.")


def _stoppable(work: Callable[[threading.Event], T]) -> T:
    return run_stoppable(lambda _on_event, stop: work(stop), lambda _event: None)


def _table(workspace: "Workspace", repository: str, revision: str, context_length: int) -> "QuantizationTable":
    return _stoppable(
        lambda stop: workspace.catalog.table(repository, revision=revision, context_length=context_length, cancel=stop)
    )


def _choose(table: "QuantizationTable", wanted: str) -> RemoteModel:
    """Return the model that ``wanted`` names by file, name or quantization; the recommended one when it is empty.

    Raises:
        UserFacingError: None of them, or several.
    """
    if not wanted:
        found = [row.model for row in table.rows if row.is_recommended]
    else:
        found = [row.model for row in table.rows if _is_named(row.model, wanted)]
    if len(found) == 1:
        return found[0]
    raise UserFacingError(
        "hub.which_file",
        case="several" if found else None,
        wanted=wanted or Statement("hub.recommended_file"),
        repository=table.repository.repository,
        files=tuple(row.model.quantization or row.model.name for row in table.rows) or Statement("hub.no_files"),
    )


def _is_named(model: RemoteModel, wanted: str) -> bool:
    paths = {file.path for file in model.files}
    return wanted in paths | {model.name, f"{model.name}.gguf"} or wanted.lower() == model.quantization.lower() != ""


def _follow(workspace: "Workspace", table: "QuantizationTable", model: RemoteModel) -> Download:
    """Run one download to its end, with a bar on standard error; Ctrl+C pauses it.

    Raises:
        Cancelled: It was paused.
    """
    changes: queue.SimpleQueue[Download] = queue.SimpleQueue()
    unsubscribe = workspace.hub.subscribe(changes.put)
    bar = JobBar()
    try:
        begun = workspace.catalog.download(table.repository, model)
        return _stoppable(lambda stop: _wait(workspace, begun, changes, bar, stop))
    finally:
        unsubscribe()
        bar.close()


def _wait(
    workspace: "Workspace",
    begun: Download,
    changes: "queue.SimpleQueue[Download]",
    bar: JobBar,
    stop: threading.Event,
) -> Download:
    latest = begun
    while latest.state not in _ENDED:
        bar.show(f"{latest.model.name} {latest.state.value}", latest.done, latest.total)
        if stop.is_set():
            workspace.hub.pause(begun.download_id)
            raise Cancelled
        try:
            change = changes.get(timeout=_CHECKING_S)
        except queue.Empty:
            continue
        if change.download_id == begun.download_id:
            latest = change
    return latest


def _row_cells(row: "TableRow") -> tuple[str, ...]:
    return (
        "*" if row.is_recommended else "",
        row.model.files[0].path,
        row.model.quantization or "-",
        f"{row.bits_per_weight:.1f}" if row.bits_per_weight else "-",
        size_text(row.model.size),
        str(len(row.model.files)),
        size_text(row.memory) if row.memory else "-",
        fit_words(row),
    )


def fit_words(row: "TableRow") -> str:
    """Say whether a model fits, is on the shelf already, or cannot be had."""
    if row.model_id:
        return f"on the shelf: {row.model_id}"
    if not row.model.has_digests:
        return "not verifiable: the hub gives no SHA-256"
    words = {
        Fit.GPU: "in free GPU memory",
        Fit.RAM: "in free memory",
        Fit.PARTLY: "partly",
        Fit.NO: "does not fit",
    }
    return words[row.fit] if row.fit is not None else "-"


def _recommendation(table: "QuantizationTable") -> str:
    if any(row.is_recommended for row in table.rows):
        return f"* is recommended for this machine, which has {size_text(table.free_memory)} of free memory."
    return ""


def _table_fields(table: "QuantizationTable") -> dict[str, Any]:
    return {
        "repository": asdict(table.repository) | {"models": None},
        "context_length": table.context_length,
        "free_memory": table.free_memory,
        "note": say_statement(table.note),
        "rows": [
            {
                **asdict(row.model),
                "size": row.model.size,
                "bits_per_weight": row.bits_per_weight,
                "memory": row.memory,
                "fit": row.fit.value if row.fit is not None else None,
                "is_recommended": row.is_recommended,
                "model_id": row.model_id,
            }
            for row in table.rows
        ],
    }


def _download_fields(download: Download) -> dict[str, Any]:
    return {
        "model_id": download.model_id,
        "state": download.state.value,
        "repository": download.repository,
        "commit": download.commit,
        "size": download.total,
        "files": [asdict(file) for file in download.model.files],
        "code": download.code,
    }
