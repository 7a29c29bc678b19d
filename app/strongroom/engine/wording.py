# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The app's own words for the codes that a worker sends: where a model runs and why, and what a user should know."""

from strongroom.confinement.levels import shortfall
from strongroom.core.chat import Note
from strongroom.core.foreign_text import printable
from strongroom.core.isolation import Confinement, IsolationLevel, ProcessRole
from strongroom.engine.events import EngineNote, LoadedFacts
from strongroom.engine.protocol import DeviceReason, Loaded, Notice, NoticeCode, TemplateProblem


def facts_of(loaded: Loaded, wanted_context_length: int, confinement: Confinement) -> LoadedFacts:
    """Return what a worker says about its model, and a note where that is less than was wanted."""
    name = printable(loaded.device_name, 80)
    notes = []
    if loaded.context_length < wanted_context_length:
        notes.append(
            Note(
                "context.reduced",
                f"The context length is {loaded.context_length:,} tokens, not {wanted_context_length:,}: "
                "the model was trained on no more.",
            )
        )
    if loaded.template_problem is not None:
        notes.append(Note(NoticeCode.TEMPLATE_FALLBACK.value, _fallback_text(loaded.template_problem)))
    if confinement.level is not IsolationLevel.FULL:
        notes.append(Note("isolation.reduced", shortfall(confinement, ProcessRole.WORKER)))
    return LoadedFacts(
        architecture=printable(loaded.architecture, 64),
        description=printable(loaded.description, 128),
        context_length=loaded.context_length,
        training_context_length=loaded.training_context_length,
        has_template=loaded.has_template,
        device=f"GPU: {name}" if loaded.device_reason is DeviceReason.OFFLOADED else "CPU",
        device_reason=_DEVICE_REASONS[loaded.device_reason].format(
            offloaded=loaded.offloaded_layers, total=loaded.total_layers
        ),
        threads=loaded.threads,
        confinement=confinement,
        notes=tuple(notes),
        template_digest=loaded.template_digest or "",
    )


_DEVICE_REASONS = {
    DeviceReason.NO_GPU_BACKEND: "This build of llama.cpp has no GPU backend.",
    DeviceReason.NO_GPU_FOUND: "llama.cpp found no GPU that it can use.",
    DeviceReason.NOT_ASKED: "GPU offload is switched off in the settings.",
    DeviceReason.OFFLOADED: "{offloaded} of {total} layers run on the GPU.",
}

_TEMPLATE_PROBLEMS = {
    TemplateProblem.MISSING: "the model's file brings none",
    TemplateProblem.SYNTAX: "the file's own template is not valid",
    TemplateProblem.FORBIDDEN: "the file's own template tried something that is not allowed",
    TemplateProblem.TOO_SLOW: "the file's own template took too long",
    TemplateProblem.TOO_MUCH_MEMORY: "the file's own template used too much memory",
    TemplateProblem.TOO_LONG: "the file's own template made the prompt far too long",
    TemplateProblem.TOO_DEEP: "the file's own template is nested too deeply",
    TemplateProblem.REFUSED: "the file's own template refused this conversation",
    TemplateProblem.FAILED: "the file's own template failed",
}


def _fallback_text(problem: TemplateProblem) -> str:
    return f"A general chat template was used, because {_TEMPLATE_PROBLEMS[problem]}. Answers may be worse."


def note_of(notice: Notice) -> EngineNote:
    """Return what a worker wants to be known about an answer."""
    if notice.code is NoticeCode.CONTEXT_TRIMMED:
        text = f"The conversation is longer than the context, so the oldest {notice.count:,} messages were left out."
        if notice.count == 1:
            text = "The conversation is longer than the context, so the oldest message was left out."
        return EngineNote(notice.code.value, text)
    return EngineNote(notice.code.value, _fallback_text(notice.problem or TemplateProblem.FAILED))
