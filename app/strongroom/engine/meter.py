# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The numbers of an answer, measured by the app's own clock from the lines that arrive.

A worker is not asked how fast it was.
"""

from strongroom.core.generation import GenerationNumbers


class AnswerMeter:
    """Counts one answer. All times are monotonic seconds.

    Args:
        began_at: When the request was sent.
        context_length: Tokens that the context holds.
        threads: Threads in use when the request was sent.
    """

    def __init__(self, began_at: float, context_length: int, threads: int) -> None:
        self._began_at = began_at
        self._context_length = context_length
        self._threads = threads
        self._prompt_tokens = 0
        self._reused = 0
        self._prompt_began_at: float | None = None
        self._prompt_ended_at: float | None = None
        self._processed = 0
        self._first_token_at: float | None = None
        self._last_token_at = 0.0
        self._tokens = 0
        self._context_used: int | None = None

    def count_step(self, done: int, total: int, at: float) -> None:
        """Note that ``done`` of ``total`` prompt tokens are in the KV cache."""
        if self._prompt_began_at is None:
            self._prompt_began_at = at
            self._reused = done
        self._prompt_tokens = total
        self._processed = done - self._reused
        self._prompt_ended_at = at

    def count_token(self, at: float) -> None:
        """Note that a token came."""
        if self._first_token_at is None:
            self._first_token_at = at
        self._last_token_at = at
        self._tokens += 1

    def end(self, context_used: int, threads: int) -> None:
        """Note what the worker says at the end."""
        self._context_used = context_used
        self._threads = threads

    def numbers(self) -> GenerationNumbers:
        """Return the numbers so far."""
        prompt_seconds = (self._prompt_ended_at or 0.0) - (self._prompt_began_at or 0.0)
        answer_seconds = self._last_token_at - (self._first_token_at or 0.0)
        first = self._first_token_at
        used = self._context_used
        return GenerationNumbers(
            prompt_tokens=self._prompt_tokens,
            reused_tokens=self._reused,
            prompt_tokens_per_second=self._processed / prompt_seconds if prompt_seconds > 0 else 0.0,
            time_to_first_token_s=first - self._began_at if first is not None else 0.0,
            completion_tokens=self._tokens,
            # The first token comes with the prompt's last batch; the rate is that of the tokens after it.
            tokens_per_second=(self._tokens - 1) / answer_seconds if answer_seconds > 0 else 0.0,
            context_used=used if used is not None else self._reused + self._processed + self._tokens,
            context_length=self._context_length,
            threads=self._threads,
        )
