# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What a hub has, what fits here and how far a download is, in the user's words and number format."""

from PySide6.QtCore import QLocale

from strongroom.core.events import ModelsUnloaded, RoomReason, WaitReason
from strongroom.core.hub import Download, DownloadState, FileKind, Fit, Repository, RepositorySummary, SortOrder
from strongroom.gui.models.import_desk import Keeper
from strongroom.gui.models.model_desk import ModelDesk
from strongroom.gui.widgets import wording
from strongroom.words import say_statement, translate
from strongroom.workspace import QuantizationTable, TableRow

_LONGEST_ESTIMATE_S = 48 * 3600


def parameters(billions: float) -> str:
    """Return a number of weights as the field writes it: ``135M``, ``1.7B``; empty when unknown."""
    if billions <= 0:
        return ""
    if billions < 1:
        return translate("HubWording", "{number}M").format(number=wording.number(billions * 1000))
    return translate("HubWording", "{number}B").format(number=QLocale().toString(round(billions, 1)))


def date(text: str) -> str:
    """Return the day of a time that the hub gives; empty when it gives none that can be read."""
    try:
        return wording.day(text)
    except ValueError:
        return ""


def license_name(identifier: str) -> str:
    """Return a license as the hub spells it, or that none is stated."""
    return wording.one_line(identifier) or translate("HubWording", "License not stated")


def summary_line(summary: RepositorySummary) -> str:
    """Return the second line of a search result: author, parameters, downloads, license."""
    facts = (
        wording.one_line(summary.author),
        parameters(summary.parameters),
        downloads(summary.downloads),
        license_name(summary.license),
    )
    return " · ".join(fact for fact in facts if fact)


def repository_line(repository: Repository) -> str:
    """Return who made it, under which license, how large it is and how much it is used."""
    weights = parameters(repository.parameters / 1e9)
    updated = date(repository.last_commit_at)
    author = wording.one_line(repository.author)
    facts = (
        author and translate("HubWording", "By {author}").format(author=author),
        license_name(repository.license),
        weights and translate("HubWording", "{number} parameters").format(number=weights),
        downloads(repository.downloads),
        updated and translate("HubWording", "changed {date}").format(date=updated),
    )
    return " · ".join(fact for fact in facts if fact)


def downloads(count: int) -> str:
    """Return how often something was downloaded."""
    if count == 1:
        return translate("HubWording", "1 download")
    return translate("HubWording", "{count} downloads").format(count=wording.number(count))


def sort_order(order: SortOrder) -> str:
    """Return an order of results."""
    words = {
        SortOrder.DOWNLOADS: translate("HubWording", "Most downloaded"),
        SortOrder.LIKES: translate("HubWording", "Most liked"),
        SortOrder.UPDATED: translate("HubWording", "Latest"),
    }
    return words[order]


def kind(value: FileKind) -> str:
    """Return what a file is for."""
    words = {
        FileKind.MODEL: translate("HubWording", "Model"),
        FileKind.PROJECTOR: translate("HubWording", "Projector"),
        FileKind.ADAPTER: translate("HubWording", "Adapter"),
    }
    return words[value]


def kind_sentence(value: FileKind) -> str:
    """Return why a file that is no model by itself cannot be chatted with; empty for a model."""
    words = {
        FileKind.MODEL: "",
        FileKind.PROJECTOR: translate(
            "HubWording", "A projector lets another model see images or hear; it cannot chat by itself."
        ),
        FileKind.ADAPTER: translate("HubWording", "An adapter changes another model; it cannot chat by itself."),
    }
    return words[value]


def fit(value: Fit | None) -> str:
    """Return whether a model fits."""
    if value is None:
        return translate("HubWording", "Not known")
    words = {
        Fit.GPU: translate("HubWording", "Fits in GPU memory"),
        Fit.RAM: translate("HubWording", "Fits in memory"),
        Fit.PARTLY: translate("HubWording", "Fits partly"),
        Fit.NO: translate("HubWording", "Does not fit"),
    }
    return words[value]


def fit_sentence(row: TableRow, table: QuantizationTable) -> str:
    """Return what one row needs here, and what there is."""
    if row.fit is None:
        return (
            kind_sentence(row.model.kind)
            or say_statement(table.note)
            or translate("HubWording", "What it needs is not known.")
        )
    sentence = translate(
        "HubWording", "{fit}: it needs about {memory} at a context length of {tokens} tokens; {free} are free now."
    )
    said = sentence.format(
        fit=fit(row.fit),
        memory=wording.size(row.memory),
        tokens=wording.number(table.context_length),
        free=wording.size(table.free_memory),
    )
    if row.fit is Fit.PARTLY:
        said += " " + translate("HubWording", "What has no room is read from the disk again and again, which is slow.")
    return said


def action(row: TableRow) -> str:
    """Return what can be done with a row."""
    if row.model_id:
        return translate("HubWording", "On this computer")
    if not row.model.has_digests:
        return translate("HubWording", "No checksum")
    if row.fit is Fit.NO:
        return translate("HubWording", "Download anyway")
    return translate("HubWording", "Download")


def kind_and_parts(value: FileKind, count: int) -> str:
    """Return what a file is for and, where they are several, its parts."""
    return f"{kind(value)}, {parts(count)}" if count > 1 else kind(value)


def named(value: FileKind, name: str) -> str:
    """Return a file's name, and what it is where it is no model by itself."""
    line = wording.one_line(name)
    return line if value is FileKind.MODEL else f"{kind(value)}: {line}"


def keeper(value: Keeper) -> str:
    """Return the place where another program keeps its models."""
    words = {
        Keeper.OLLAMA: translate("HubWording", "Ollama's models…"),
        Keeper.LM_STUDIO: translate("HubWording", "LM Studio's models…"),
        Keeper.HUGGING_FACE: translate("HubWording", "The Hugging Face cache…"),
    }
    return words[value]


def parts(count: int) -> str:
    """Return a number of parts."""
    return translate("HubWording", "{count} parts").format(count=wording.number(count))


def download_state(state: DownloadState) -> str:
    """Return a download's state in words."""
    words = {
        DownloadState.QUEUED: translate("HubWording", "Waiting for its turn"),
        DownloadState.DOWNLOADING: translate("HubWording", "Downloading"),
        DownloadState.PAUSED: translate("HubWording", "Paused"),
        DownloadState.VERIFYING: translate("HubWording", "Verifying"),
        DownloadState.VERIFIED: translate("HubWording", "On this computer"),
        DownloadState.MISMATCH: translate("HubWording", "Does not match, in quarantine"),
        DownloadState.FAILED: translate("HubWording", "Not downloaded"),
        DownloadState.CANCELLED: translate("HubWording", "Cancelled"),
    }
    return words[state]


def download_line(download: Download) -> str:
    """Return a download's state and how far it is: ``Downloading · 412 MB of 1.2 GB · 18 MB/s · 40 s left``."""
    facts = [download_state(download.state)]
    if download.done:
        facts.append(
            translate("HubWording", "{done} of {total}").format(
                done=wording.size(download.done), total=wording.size(download.total)
            )
        )
    if download.is_active and download.bytes_per_second >= 1:
        facts.append(translate("HubWording", "{size}/s").format(size=wording.size(int(download.bytes_per_second))))
        left = download.seconds_left
        if left is not None and left <= _LONGEST_ESTIMATE_S:
            facts.append(translate("HubWording", "{time} left").format(time=wording.duration(left)))
    return " · ".join(facts)


def unloaded(event: ModelsUnloaded) -> str:
    """Return which models had to go for another one and why, and whether that is enough memory for it."""
    said = []
    if event.unloaded:
        because = (
            translate("ModelWords", "{names} made room for {model}: there is too little memory for both.")
            if event.reason is RoomReason.MEMORY
            else translate("ModelWords", "{names} made room for {model}: the policy allows no more at the same time.")
        )
        said.append(because.format(names=", ".join(event.unloaded), model=event.model_name))
    # Where the system does not tell, nothing is known to be too little.
    if not event.is_enough and event.free:
        short = translate("ModelWords", "{model} needs about {needed}, {free} are free; it is loaded all the same.")
        said.append(
            short.format(model=event.model_name, needed=wording.size(event.needed), free=wording.size(event.free))
        )
    return " ".join(said)


def loading(models: ModelDesk, model_id: str) -> str:
    """Return in words how far the load of a model is; empty when it is not being loaded."""
    if not models.is_loading(model_id):
        return ""
    if models.waiting is not None and models.waiting.reason is WaitReason.LOADING:
        return translate("ModelPicker", "Waiting for another model")
    if models.waiting is not None:
        return translate("ModelPicker", "Waiting for another answer")
    return wording.phase(models.progress) if models.progress else translate("ModelPicker", "Opening the model")
