# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the codes that a worker sends mean to the app: where a model runs and why, and what a user should know."""

from strongroom.confinement.levels import shortfall
from strongroom.core.chat import TEMPLATE_FALLBACK, Note
from strongroom.core.foreign_text import printable
from strongroom.core.isolation import Confinement, IsolationLevel, ProcessRole
from strongroom.core.statement import Statement
from strongroom.engine.events import EngineNote, LoadedFacts
from strongroom.engine.protocol import DeviceReason, Loaded, Notice, NoticeCode, TemplateProblem


def facts_of(loaded: Loaded, wanted_context_length: int, confinement: Confinement) -> LoadedFacts:
    """Return what a worker says about its model, and a note where that is less than was wanted."""
    name = printable(loaded.device_name, 80)
    notes = []
    if loaded.context_length < wanted_context_length:
        notes.append(Note("context.reduced", context_length=loaded.context_length, wanted=wanted_context_length))
    if loaded.template_problem is not None:
        notes.append(_fallback(loaded.template_problem))
    if confinement.level is not IsolationLevel.FULL:
        notes.append(Note("isolation.reduced", shortfall=shortfall(confinement, ProcessRole.WORKER)))
    return LoadedFacts(
        architecture=printable(loaded.architecture, 64),
        description=printable(loaded.description, 128),
        context_length=loaded.context_length,
        training_context_length=loaded.training_context_length,
        has_template=loaded.has_template,
        device=f"GPU: {name}" if loaded.device_reason is DeviceReason.OFFLOADED else "CPU",
        device_reason=_device_reason(loaded),
        threads=loaded.threads,
        confinement=confinement,
        notes=tuple(notes),
        template_digest=loaded.template_digest or "",
    )


def _device_reason(loaded: Loaded) -> Statement:
    if loaded.device_reason is DeviceReason.OFFLOADED:
        return Statement("device.gpu", offloaded=loaded.offloaded_layers, total=loaded.total_layers)
    return Statement(f"device.cpu.{loaded.device_reason.value}")


def _fallback(problem: TemplateProblem) -> Note:
    return Note(TEMPLATE_FALLBACK, reason=Statement(f"template.reason.{problem.value}"))


def note_of(notice: Notice) -> EngineNote:
    """Return what a worker wants to be known about an answer."""
    if notice.code is NoticeCode.CONTEXT_TRIMMED:
        return EngineNote(Note("context.trimmed", case="one" if notice.count == 1 else None, count=notice.count))
    return EngineNote(_fallback(notice.problem or TemplateProblem.FAILED))
