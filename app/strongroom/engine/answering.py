# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One answer in the worker: the conversation becomes a prompt, the prompt is processed, tokens follow."""

import time
from collections.abc import Callable, Sequence

from strongroom.core.line_messages import Message
from strongroom.engine.c_library import StopSignal
from strongroom.engine.context_plan import ContextPlanner, DoesNotFit, Plan, Turn
from strongroom.engine.llama_backend import Decoded, LlamaModel, Sampler
from strongroom.engine.pace import Pace
from strongroom.engine.protocol import (
    Done,
    Failed,
    FailureCode,
    Generate,
    Notice,
    NoticeCode,
    PromptStep,
    Rest,
    TemplateProblem,
    Token,
    WorkerFinish,
)
from strongroom.engine.template import FALLBACK_STOP, ChatTemplate
from strongroom.engine.text_stream import TextStream
from strongroom.engine.threads import ThreadController

_SMALLEST_BATCH = 32
_BATCH_S = 0.4
"""How long one piece of prompt processing should take: short enough to show progress and to follow the machine's load,
long enough to be efficient."""
_WARM_UP_TOKENS = 8
_WARM_UP_S = 0.5
_ANY_TOKEN = 0
_BATCH_SHARE = 0.5
"""What a token costs in a batch, compared with one by itself: the weights are read once for all of them."""
_LONGEST_TOKEN_BYTES = 512
"""A prompt with more bytes per token of context than this cannot fit, whatever the vocabulary is."""


class Answerer:
    """Answers requests, one after the other, with one model.

    Args:
        model: The loaded model.
        template: Its chat template.
        stop: Set while the current request is to stop.
        pace: Says when an answer may go on.
        send: Sends one message to the app.
        threads: The most threads to use.
        are_threads_fixed: Whether to use that many always.
    """

    def __init__(
        self,
        model: LlamaModel,
        template: ChatTemplate,
        stop: StopSignal,
        pace: Pace,
        send: Callable[[Message], None],
        *,
        threads: int,
        are_threads_fixed: bool,
    ) -> None:
        self._model = model
        self._template = template
        self._stop = stop
        self._pace = pace
        self._send = send
        self._planner = ContextPlanner(model.context_length)
        self._token_threads = ThreadController(threads, is_fixed=are_threads_fixed)
        # Batches get their own: they gain from threads long after single tokens wait for the memory only. There are
        # few of them and each takes long, so one must do for a look.
        self._batch_threads = ThreadController(threads, is_fixed=are_threads_fixed, trial_units=1, looks_down=False)
        self._problem: TemplateProblem | None = None
        self._batch_size = _SMALLEST_BATCH
        self._ended_at = time.monotonic()
        model.set_threads(threads, threads)

    @property
    def threads(self) -> int:
        """Threads that the next token would be computed with."""
        return self._token_threads.threads

    def warm_up(self) -> None:
        """Compute a few tokens and forget them: the graph is built, and the speed of one thread is known.

        A model so large that this would take long goes without.

        Raises:
            ComputationFailed: llama.cpp failed.
            MemoryError: There was not enough memory.
        """
        began = time.perf_counter()
        self._guarded((_ANY_TOKEN,), _WARM_UP_S)
        self._model.set_threads(1, 1)
        single_began = time.perf_counter()
        if self._guarded((_ANY_TOKEN,), _WARM_UP_S) is Decoded.COMPLETE:
            single_s = time.perf_counter() - single_began
            self._token_threads.expect(single_s)
            self._batch_threads.expect(_BATCH_SHARE * single_s)
        while not self._stop.is_set and time.perf_counter() - began < _WARM_UP_S:
            self._step(_ANY_TOKEN, is_guarded=True)
            if self._model.used >= _WARM_UP_TOKENS:
                break
        self._model.reuse(())
        self._ended_at = time.monotonic()

    def answer(self, request: Generate) -> None:
        """Send everything that belongs to one answer; the last message is a :class:`Done` or a :class:`Failed`.

        Raises:
            ComputationFailed: llama.cpp failed.
            MemoryError: There was not enough memory.
        """
        self._stop.begin(request.request)
        self._rest()
        try:
            plan = self._planner.plan(request.messages, request.max_tokens, self._tokenize)
        except DoesNotFit as misfit:
            self._send(Failed(request.request, FailureCode.PROMPT_TOO_LONG, misfit.needed))
            return
        self._send_notices(request.request, plan)
        finish = self._read(request.request, plan.tokens)
        if finish is None:
            finish = self._write(request)
        self._ended_at = time.monotonic()
        self._send(Done(request.request, finish, self._model.used, self.threads))

    def _rest(self) -> None:
        idle = time.monotonic() - self._ended_at
        self._token_threads.rest(idle)
        self._batch_threads.rest(idle)
        # The last answer knows better than the last prompt how busy the machine is.
        if self._token_threads.is_reduced and not self._batch_threads.is_reduced:
            self._batch_threads.retreat()
        elif not self._token_threads.is_reduced:
            self._batch_threads.advance()

    def _tokenize(self, turns: Sequence[Turn]) -> list[int]:
        if sum(len(text) for _, text in turns) > self._model.context_length * _LONGEST_TOKEN_BYTES:
            raise DoesNotFit(0)
        prompt = self._template.render(turns)
        self._problem = prompt.problem
        return self._model.tokenize(prompt.text)

    def _send_notices(self, request: int, plan: Plan) -> None:
        if self._problem is not None:
            self._send(Notice(request, NoticeCode.TEMPLATE_FALLBACK, problem=self._problem))
        if plan.dropped:
            self._send(Notice(request, NoticeCode.CONTEXT_TRIMMED, count=plan.dropped))

    def _read(self, request: int, tokens: list[int]) -> WorkerFinish | None:
        """Process the prompt; return how the answer ended, if it did."""
        done = self._model.reuse(tokens)
        self._send(PromptStep(request, done, len(tokens)))
        while done < len(tokens):
            self._pace.wait()
            batch = tokens[done : done + self._batch_size]
            began = time.perf_counter()
            decoded = self._decode_batch(batch)
            seconds = time.perf_counter() - began
            if self._stop.is_set:
                return WorkerFinish.CANCELLED
            if decoded is Decoded.CONTEXT_FULL:
                return WorkerFinish.CONTEXT_FULL
            if decoded is Decoded.ABORTED:
                self._batch_threads.give_up(seconds, len(batch))
                done = self._model.used
                continue
            done += len(batch)
            self._send(PromptStep(request, done, len(tokens)))
            self._learn(len(batch), seconds)
        if self._batch_threads.is_reduced and not self._token_threads.is_reduced:
            self._token_threads.retreat()
        return None

    def _decode_batch(self, batch: list[int]) -> Decoded:
        controller = self._batch_threads
        self._model.set_threads(self._token_threads.threads, controller.threads)
        return self._guarded(batch, controller.patience_s(len(batch)))

    def _guarded(self, tokens: Sequence[int], patience_s: float | None) -> Decoded:
        """Process tokens, but not for much longer than it should take."""
        if patience_s is None or not self._model.can_rewind:
            return self._model.decode(tokens)
        with self._stop.interrupt_after(patience_s):
            return self._model.decode(tokens)

    def _learn(self, size: int, seconds: float) -> None:
        """Adapt threads and batch size to how long a batch took."""
        if size < _SMALLEST_BATCH:
            # The last, short batch says little about the others.
            return
        self._batch_threads.record(seconds, size)
        affordable = int(size * _BATCH_S / seconds)
        wanted = max(_SMALLEST_BATCH, min(affordable, 4 * size, self._model.largest_batch))
        self._batch_size = wanted - wanted % _SMALLEST_BATCH

    def _write(self, request: Generate) -> WorkerFinish:
        # Where the fallback's markers are no special tokens, the model writes them as text.
        stop = request.stop + (FALLBACK_STOP if self._problem is not None else ())
        stream = TextStream(stop)
        sampler = self._model.make_sampler(request)
        try:
            finish = self._generate(request, sampler, stream)
        finally:
            sampler.close()
        if rest := stream.finish():
            self._send(Rest(request.request, rest))
        return finish

    def _generate(self, request: Generate, sampler: Sampler, stream: TextStream) -> WorkerFinish:
        model, number = self._model, request.request
        for count in range(1, request.max_tokens + 1):
            token = sampler.choose()
            if model.is_end(token):
                return WorkerFinish.STOP
            self._send(Token(number, stream.feed(model.piece(token))))
            if stream.is_stopped:
                return WorkerFinish.STOP
            if count == request.max_tokens:
                break
            self._pace.wait()
            decoded = self._step(token)
            if self._stop.is_set:
                return WorkerFinish.CANCELLED
            if decoded is Decoded.CONTEXT_FULL:
                return WorkerFinish.CONTEXT_FULL
        return WorkerFinish.LENGTH

    def _step(self, token: int, *, is_guarded: bool = False) -> Decoded:
        """Process one token with as many threads as the controller says, and tell it how long that took.

        A guard costs a thread, so it is only there when another number of threads is being tried.
        """
        controller = self._token_threads
        self._model.set_threads(controller.threads, self._batch_threads.threads)
        patience_s = controller.patience_s() if is_guarded or controller.is_trying else None
        began = time.perf_counter()
        decoded = self._guarded((token,), patience_s)
        seconds = time.perf_counter() - began
        if decoded is Decoded.COMPLETE:
            controller.record(seconds)
        elif decoded is Decoded.ABORTED and not self._stop.is_set:
            controller.give_up(seconds)
            return self._step(token)
        return decoded
