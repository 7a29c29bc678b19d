# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A conversation that is going on: prompts in, events out."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from strongroom.chat.context import messages_for_model, title_from
from strongroom.chat.filtering import PolicyFilter, PolicyFilters
from strongroom.chat.turn import AnswerTurn
from strongroom.chat.turns import RunningTurns
from strongroom.chat.whole_answer import WholeAnswerCheck
from strongroom.core.chat import Role, StoredMessage, VisibleText
from strongroom.core.errors import UserFacingError
from strongroom.core.events import AnswerStarted, Listener, PromptAccepted, PromptRefused, TurnFinished
from strongroom.core.findings import Direction, FilteredText
from strongroom.core.generation import GenerationSettings, SamplingParameters
from strongroom.core.incident import IncidentEvent
from strongroom.core.settings import Settings
from strongroom.filter import FilterFailure
from strongroom.hosting import Loan, ModelPool
from strongroom.incidents import IncidentRecorder
from strongroom.storage import ConversationStore

LONGEST_PROMPT = 4_000_000
"""Characters; more than any context holds, and a bound on what the filter and the database are handed."""

LONGEST_HISTORY = 1_000
"""Messages of one conversation that are offered to a model; the context decides how many of them fit."""


class SessionResources(Protocol):
    """What a session needs of its workspace."""

    settings: Settings
    conversations: ConversationStore
    filters: PolicyFilters
    recorder: IncidentRecorder
    models: ModelPool
    turns: RunningTurns


@dataclass(frozen=True, slots=True)
class _TurnPolicy:
    """What one turn begins and ends under: the filter of a policy, and the recorder that names it."""

    filter: PolicyFilter
    recorder: IncidentRecorder


class Session:
    """One conversation. ``send`` blocks: call it off the window's thread; ``stop`` may come from any thread.

    Made by :meth:`strongroom.workspace.Workspace.session`.
    """

    def __init__(self, workspace: SessionResources, conversation_id: int | None) -> None:
        self._workspace = workspace
        self._cancel = threading.Event()
        self.conversation_id = conversation_id
        """None until the first prompt is accepted."""

    def send(
        self,
        text: str,
        *,
        on_event: Listener,
        sampling: SamplingParameters | None = None,
        model_id: str = "",
        system_prompt: str | None = None,
        cancel: threading.Event | None = None,
    ) -> TurnFinished | PromptRefused:
        """Send one prompt and run its answer to the end.

        Args:
            text: What the user typed.
            on_event: Receives the events, on this thread, in order.
            sampling: Sampling parameters; those of the settings when None.
            model_id: The model that answers; empty for the one that was used last, or the settings' choice. While
                others have it, this waits in line, and ``on_event`` is told the place.
            system_prompt: Instead of the settings' system prompt.
            cancel: Set to stop, also before this call has begun; :meth:`stop` sets it too.

        Returns:
            How the answer ended, failures after its start included, or that the policy refused the prompt.

        Raises:
            UserFacingError: Nothing was sent, and nothing was stored: no model or a refused one, a conversation that is
                being answered already (``chat.busy``), a filter or a log that failed, no policy in force.
            Cancelled: ``stop`` was called while the model was waited for, verified or loaded.
        """
        _require_sendable(text)
        workspace = self._workspace
        with workspace.turns.turn(self, self.conversation_id) as begin_conversation:
            workspace.recorder.require_sound_log()
            self._cancel = cancel or threading.Event()
            policy = self._policy()
            prompt = self._filter_prompt(text, policy)
            if prompt.blocked_by is not None:
                refused = PromptRefused(prompt.blocked_by, prompt.marks[-1])
                on_event(refused)
                return refused
            system = self._system_message(
                workspace.settings.system_prompt if system_prompt is None else system_prompt, policy
            )
            chosen = sampling or workspace.settings.sampling
            with workspace.models.borrow(model_id, on_event=on_event, cancel=self._cancel) as loan:
                asked = self._store_prompt(prompt, on_event, begin_conversation)
                return self._answer(loan, asked, system, chosen, policy, on_event)

    def stop(self) -> None:
        """Stop the answer in whatever phase it is; what was shown stays."""
        self._cancel.set()

    def _policy(self) -> _TurnPolicy:
        """Return the policy in force now, for the whole of a turn."""
        policy_filter = self._workspace.filters.in_force()
        return _TurnPolicy(policy_filter, self._workspace.recorder.under(policy_filter.identity))

    def _filter_prompt(self, text: str, policy: _TurnPolicy) -> FilteredText:
        """Return a prompt as it may be sent: filtered, and checked once more as it then reads."""
        recorder = policy.recorder
        filtered = self._guarded(lambda: policy.filter.filter_text(text, Direction.PROMPT), recorder)
        recorder.record_findings(filtered.findings, text, conversation_id=self.conversation_id)
        if filtered.blocked_by is not None:
            return filtered
        # A replacement may have joined its surroundings to something that no rule has seen yet.
        visible = VisibleText(filtered.text, filtered.marks)
        again = self._guarded(lambda: policy.filter.filter_again(visible, Direction.PROMPT), recorder)
        news = [finding for finding in again.findings if finding.effective_action.is_transforming]
        recorder.record_findings(news, filtered.text, conversation_id=self.conversation_id)
        return again

    def _guarded(self, step: Callable[[], FilteredText], recorder: IncidentRecorder) -> FilteredText:
        """Run one step of the filter; a failure is an incident of its own, and nothing is sent."""
        try:
            return step()
        except FilterFailure as failure:
            recorder.record_event(
                IncidentEvent.FILTER_FAILED,
                conversation_id=self.conversation_id,
                rule=failure.rule_id,
                direction=Direction.PROMPT.value,
            )
            raise

    def _system_message(self, text: str, policy: _TurnPolicy) -> str:
        """Return the system prompt as the policy lets it through."""
        if not text.strip():
            return ""
        filtered = self._filter_prompt(text, policy)
        if filtered.blocked_by is not None:
            raise UserFacingError("policy.system_prompt_refused", rule_id=filtered.blocked_by.rule_id)
        return filtered.text

    def _store_prompt(
        self, prompt: FilteredText, on_event: Listener, begin_conversation: Callable[[int], None]
    ) -> StoredMessage:
        store = self._workspace.conversations
        if self.conversation_id is None:
            self.conversation_id = store.create(title_from(prompt.text)).conversation_id
            begin_conversation(self.conversation_id)
        asked = store.add_message(self.conversation_id, Role.USER, prompt.text, marks=prompt.marks)
        on_event(PromptAccepted(asked))
        return asked

    def _answer(
        self,
        loan: Loan,
        asked: StoredMessage,
        system: str,
        sampling: SamplingParameters,
        policy: _TurnPolicy,
        on_event: Listener,
    ) -> TurnFinished:
        workspace = self._workspace
        store, loaded = workspace.conversations, loan.loaded
        # Not the head's path: another window on this data folder may have selected something else by now.
        history = store.messages(asked.conversation_id, limit=LONGEST_HISTORY, up_to=asked.message_id)
        request = messages_for_model(system, history)
        # Drawn here and kept with the answer, so that the same answer can be had again.
        made_with = GenerationSettings(sampling, sampling.choose_seed(), loaded.template_digest)
        answer = store.begin_answer(
            asked.conversation_id, loaded.name, loaded.digest, made_with, parent=asked.message_id
        )
        on_event(AnswerStarted(answer))
        turn = AnswerTurn(
            answer,
            stream=policy.filter.stream(Direction.ANSWER),
            whole=WholeAnswerCheck(policy.filter, policy.recorder),
            store=store,
            recorder=policy.recorder,
            cancel=self._cancel,
            on_event=on_event,
            explain_fault=loan.explain_fault,
        )
        for note in loaded.notes:
            turn.add_note(note)
        seeded = replace(sampling, seed=made_with.seed)
        return turn.run(loan.generate(request, seeded, cancel=self._cancel))


def _require_sendable(text: str) -> None:
    if not text.strip():
        raise UserFacingError("chat.empty")
    if len(text) > LONGEST_PROMPT:
        raise UserFacingError("chat.too_long", length=len(text), most=LONGEST_PROMPT)
