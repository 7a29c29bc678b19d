# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The check of a whole answer at its end: all rules on all of it, and what they add is taken back.

It sees what the stream could not: forms that only the whole shows. An answer that it cannot vouch for is blocked as a
whole.
"""

from dataclasses import dataclass, replace

from strongroom.chat.filtering import PolicyFilter
from strongroom.core.chat import MessageState, Note, StoredMessage, VisibleText
from strongroom.core.errors import UserFacingError
from strongroom.core.findings import Direction
from strongroom.core.generation import FinishReason
from strongroom.core.incident import IncidentEvent
from strongroom.filter import FilterFailure, Revision
from strongroom.incidents import IncidentRecorder


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """What becomes of an answer that has ended."""

    revised: VisibleText | None = None
    """All that may be seen of it from now on; None where it stays as it is."""
    error: UserFacingError | None = None
    """Why nothing of it may be seen; None where the check came to its end."""


class WholeAnswerCheck:
    """Checks answers that have ended. Stateless: safe to use from several threads."""

    def __init__(self, policy_filter: PolicyFilter, recorder: IncidentRecorder) -> None:
        self._policy_filter = policy_filter
        self._recorder = recorder

    def check(self, answer: StoredMessage) -> CheckedAnswer:
        """Check the visible text of an answer. What is taken back is recorded when this returns; failures are in it."""
        if not answer.text:
            return CheckedAnswer()
        try:
            revision = self._revision(answer)
            if revision is None:
                return CheckedAnswer()
            self._recorder.record_findings(
                revision.findings,
                answer.text,
                model_digest=answer.model_digest,
                conversation_id=answer.conversation_id,
                is_retraction=True,
            )
        except UserFacingError as error:
            # An effect that is not recorded must not be visible, and what no rule vouches for must not stay.
            return CheckedAnswer(VisibleText(""), error)
        return CheckedAnswer(VisibleText(revision.text, revision.marks))

    def recovered(self, answer: StoredMessage) -> StoredMessage:
        """Return an answer that a crash left behind as it may be kept and shown."""
        checked = self.check(answer)
        if checked.revised is None:
            return answer
        answer = replace(answer, text=checked.revised.text, marks=checked.revised.marks)
        if checked.error is None:
            return answer
        note = note_of(checked.error)
        return replace(
            answer, state=MessageState.BLOCKED, finish_reason=FinishReason.FILTERED, notes=(*answer.notes, note)
        )

    def _revision(self, answer: StoredMessage) -> Revision | None:
        try:
            return self._policy_filter.check_whole(VisibleText(answer.text, answer.marks))
        except FilterFailure as failure:
            self._record_failure(answer, failure.rule_id)
            raise
        except Exception as error:
            # Whatever the defect, an answer whose check broke off must not stay.
            self._record_failure(answer, "")
            raise UserFacingError("filter.failed", case="whole_answer", fault=type(error).__name__) from error

    def _record_failure(self, answer: StoredMessage, rule_id: str) -> None:
        self._recorder.record_event(
            IncidentEvent.FILTER_FAILED,
            model_digest=answer.model_digest,
            conversation_id=answer.conversation_id,
            rule=rule_id,
            direction=Direction.ANSWER.value,
        )


def note_of(error: UserFacingError) -> Note:
    """Return what is kept with an answer about the failure that ended it."""
    return error.statement
