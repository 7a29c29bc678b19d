# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One answer: from the worker's raw tokens to text that may be shown.

The order of every step is the point. A finding's incident is durable before its effect is visible; released text is in
the database before it is shown; raw text lives only in this object and dies with it. At its end the whole of the answer
is checked once more, and what is taken back is gone from the database before the window hears of it.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from strongroom.chat.whole_answer import WholeAnswerCheck, note_of
from strongroom.core.chat import TEMPLATE_FALLBACK, MessageState, Note, StoredMessage, VisibleText
from strongroom.core.errors import UserFacingError
from strongroom.core.events import (
    AnswerRevised,
    ChatEvent,
    Listener,
    NoteAdded,
    Phase,
    PhaseProgressed,
    TextReleased,
    TurnFinished,
)
from strongroom.core.findings import Direction, Finding, Mark
from strongroom.core.generation import FinishReason, GenerationNumbers
from strongroom.core.incident import IncidentEvent
from strongroom.engine import EngineEvent, EngineFault, EngineNote, GenerationDone, PromptProgress, TokenText
from strongroom.filter import FilterFailure, GuardedStream, Release
from strongroom.incidents import IncidentRecorder
from strongroom.storage import ConversationStore

FLUSH_INTERVAL_S = 0.033
"""How long released text is collected before it is written and shown: about 30 writes and events a second."""


_STATES = {
    FinishReason.CANCELLED: MessageState.STOPPED,
    FinishReason.FILTERED: MessageState.BLOCKED,
    FinishReason.ERROR: MessageState.INTERRUPTED,
}


class AnswerTurn:
    """Runs one answer to its end. Used once.

    Args:
        answer: The stored, still empty answer.
        stream: A fresh filter for the direction *answer*.
        whole: Checks all of it at the end.
        cancel: Set by Stop; this object sets it too when the policy blocks the rest.
        on_event: Receives the events, on the calling thread.
        explain_fault: Turns a worker's fault into what the user is told.
    """

    def __init__(
        self,
        answer: StoredMessage,
        *,
        stream: GuardedStream,
        whole: WholeAnswerCheck,
        store: ConversationStore,
        recorder: IncidentRecorder,
        cancel: threading.Event,
        on_event: Listener,
        explain_fault: Callable[[EngineFault], UserFacingError],
    ) -> None:
        self._answer = answer
        self._stream = stream
        self._whole = whole
        self._store = store
        self._recorder = recorder
        self._cancel = cancel
        self._on_event = on_event
        self._explain_fault = explain_fault
        self._raw: list[str] = []
        self._pending_text: list[str] = []
        self._pending_marks: list[Mark] = []
        self._shown_text: list[str] = []
        self._shown_marks: list[Mark] = []
        self._has_filter_failed = False
        self._last_flush = 0.0
        self._began = time.monotonic()
        self._reason: FinishReason | None = None
        self._numbers: GenerationNumbers | None = None
        self._error: UserFacingError | None = None
        self._tokens = 0

    def run(self, events: Iterator[EngineEvent]) -> TurnFinished:
        """Consume the worker's ``events`` and return how the answer ended. Failures are in the result, not raised."""
        try:
            for event in events:
                self._take(event)
        except EngineFault as fault:
            self._fail(self._explain_fault(fault))
            self._record_fault(fault)
        except UserFacingError as error:
            self._fail(error)
            self._end_generation(events)
        except BaseException:
            # A defect, or a listener that gave up: what was shown must still be closed properly.
            self._reason = FinishReason.ERROR
            self._end_generation(events)
            self._finish()
            raise
        return self._finish()

    def _take(self, event: EngineEvent) -> None:
        if isinstance(event, TokenText):
            self._take_text(event.text)
        elif isinstance(event, PromptProgress):
            self._on_event(PhaseProgressed(Phase.READING, event.done, event.total, time.monotonic() - self._began))
        elif isinstance(event, EngineNote):
            if event.note.code == TEMPLATE_FALLBACK:
                self._store.keep_general_template(self._answer.message_id)
            self.add_note(event.note)
        elif isinstance(event, GenerationDone):
            self._numbers = event.numbers
            if self._reason is None:
                self._reason = event.finish_reason

    def _take_text(self, text: str) -> None:
        if self._reason is not None:
            return
        self._tokens += 1
        self._raw.append(text)
        self._release(self._filtered(lambda: self._stream.feed(text)))
        if time.monotonic() - self._last_flush >= FLUSH_INTERVAL_S:
            self._flush()
            self._on_event(PhaseProgressed(Phase.WRITING, self._tokens, 0, time.monotonic() - self._began))

    def _filtered(self, step: Callable[[], Release]) -> Release:
        """Run one step of the filter; a failure blocks the answer and is an incident of its own."""
        try:
            return step()
        except FilterFailure as failure:
            self._has_filter_failed = True
            self._block()
            self._record_event(IncidentEvent.FILTER_FAILED, rule=failure.rule_id, direction=Direction.ANSWER.value)
            raise

    def _release(self, release: Release) -> None:
        if release.findings:
            self._record(release.findings)
        if release.text or release.marks:
            self._pending_text.append(release.text)
            self._pending_marks.extend(release.marks)
        if release.blocked is not None:
            self._block()

    def _record(self, findings: tuple[Finding, ...]) -> None:
        try:
            self._recorder.record_findings(
                findings,
                "".join(self._raw),
                model_digest=self._answer.model_digest,
                conversation_id=self._answer.conversation_id,
            )
        except UserFacingError:
            # The effect of an unrecorded finding must stay invisible, and so must everything after it.
            self._block()
            raise

    def _block(self) -> None:
        self._reason = FinishReason.FILTERED
        self._cancel.set()

    def _fail(self, error: UserFacingError) -> None:
        self._error = error
        if self._reason is None:
            self._reason = FinishReason.ERROR

    def _record_fault(self, fault: EngineFault) -> None:
        try:
            self._record_event(IncidentEvent.WORKER_FAULT, kind=fault.kind.value)
        except UserFacingError as error:
            self._error = error
            self._reason = FinishReason.FILTERED

    def _record_event(self, event: IncidentEvent, **details: str) -> None:
        self._recorder.record_event(
            event,
            model_digest=self._answer.model_digest,
            conversation_id=self._answer.conversation_id,
            **details,
        )

    def _end_generation(self, events: Iterator[EngineEvent]) -> None:
        """Stop the worker and discard what it still sends, so that it can take the next message."""
        self._cancel.set()
        try:
            for event in events:
                if isinstance(event, GenerationDone):
                    self._numbers = event.numbers
        except EngineFault as fault:
            self._record_fault(fault)

    def _flush(self) -> None:
        """Keep what may be seen, then show it."""
        if not self._pending_text and not self._pending_marks:
            return
        text, marks = "".join(self._pending_text), tuple(self._pending_marks)
        self._pending_text.clear()
        self._pending_marks.clear()
        self._store.append_release(self._answer.message_id, text, marks)
        self._shown_text.append(text)
        self._shown_marks.extend(marks)
        self._last_flush = time.monotonic()
        self._on_event(TextReleased(self._answer.message_id, text, marks))

    def add_note(self, note: Note) -> None:
        """Keep a fact about the answer, then show it."""
        self._store.add_note(self._answer.message_id, note)
        self._on_event(NoteAdded(self._answer.message_id, note))

    def _finish(self) -> TurnFinished:
        try:
            if self._reason is not FinishReason.FILTERED:
                # What was held back at the end of the stream is decided now; it may still be masked or blocked.
                self._release(self._filtered(self._stream.finish))
            self._flush()
        except UserFacingError as error:
            self._fail(error)
        except BaseException:
            # The listener raised, and is told nothing more; the answer must be closed all the same.
            self._on_event = _ignore_event
            self._close()
            raise
        return self._close()

    def _close(self) -> TurnFinished:
        """Check the whole of the answer, keep what may stay, and tell how it ended."""
        revised = self._check_whole()
        reason = self._reason or FinishReason.ERROR
        state = _STATES.get(reason, MessageState.COMPLETE)
        if self._error is not None:
            self._note_error(self._error)
        message = self._store.finish_answer(self._answer.message_id, state, reason, self._numbers, revised=revised)
        if revised is not None:
            self._on_event(AnswerRevised(message.message_id, message.text, message.marks))
        finished = TurnFinished(message, reason, state, self._numbers, self._error)
        self._on_event(finished)
        return finished

    def _check_whole(self) -> VisibleText | None:
        """Return what replaces the whole visible answer, or None."""
        if self._has_filter_failed:
            # What was shown had been decided before; the rule that failed would only fail again.
            return None
        visible = replace(self._answer, text="".join(self._shown_text), marks=tuple(self._shown_marks))
        checked = self._whole.check(visible)
        if checked.error is not None:
            self._block()
            self._fail(checked.error)
        return checked.revised

    def _note_error(self, error: UserFacingError) -> None:
        try:
            self.add_note(note_of(error))
        except UserFacingError as second:
            # The database failed too; the event still carries the first error.
            self._error = UserFacingError(error.code, **{**error.facts, "also": second.statement})


def _ignore_event(_event: ChatEvent) -> None:
    pass
