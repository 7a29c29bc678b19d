# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""One request to a model and the numbers of its answer, in llama.cpp's words."""

import re
import secrets
from dataclasses import dataclass
from enum import StrEnum

_SHA256 = re.compile("[0-9a-f]{64}")


class FinishReason(StrEnum):
    """Why an answer ended."""

    STOP = "stop"
    """The model ended its turn, or a stop text was reached."""
    LENGTH = "length"
    """``max_tokens`` was reached."""
    CONTEXT_FULL = "context_full"
    """The context has no room for another token."""
    CANCELLED = "cancelled"
    """The user pressed Stop."""
    FILTERED = "content_filter"
    """The policy blocked the rest."""
    ERROR = "error"
    """The worker failed; the text up to there stays."""


@dataclass(frozen=True, slots=True)
class SamplingParameters:
    """How the next token is chosen. Names and meanings are those of llama.cpp's samplers."""

    temperature: float = 0.3
    """0 chooses the most likely token always."""
    top_k: int = 40
    """0 keeps every token."""
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.1
    """1 leaves repetition alone."""
    seed: int | None = None
    """None draws a fresh seed for each answer."""
    max_tokens: int = 1024
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values that no sampler accepts.

        Raises:
            ValueError: A parameter is out of its range.
        """
        if not 0.0 <= self.temperature <= 5.0:
            raise ValueError(f"temperature must be 0 to 5, not {self.temperature}")
        if not 0 <= self.top_k <= 1_000_000:
            raise ValueError(f"top_k must be 0 to 1,000,000, not {self.top_k}")
        for name, value in (("top_p", self.top_p), ("min_p", self.min_p)):
            if not 0.0 <= value <= 1.0:
                raise ValueError(f"{name} must be 0 to 1, not {value}")
        if not 0.1 <= self.repeat_penalty <= 10.0:
            raise ValueError(f"repeat_penalty must be 0.1 to 10, not {self.repeat_penalty}")
        if self.seed is not None and not 0 <= self.seed < 2**32:
            raise ValueError(f"seed must be 0 to 4,294,967,295, not {self.seed}")
        if not 1 <= self.max_tokens <= 1_000_000:
            raise ValueError(f"max_tokens must be 1 to 1,000,000, not {self.max_tokens}")
        if len(self.stop) > 16 or any(not 0 < len(text) <= 256 for text in self.stop):
            raise ValueError("stop takes at most 16 texts of 1 to 256 characters")

    def choose_seed(self) -> int:
        """Return the seed that is set, or a fresh one. Whoever keeps it can have the same answer again."""
        return secrets.randbits(32) if self.seed is None else self.seed


@dataclass(frozen=True, slots=True)
class GenerationSettings:
    """What an answer was generated with, besides the model and the conversation: enough to generate it again."""

    sampling: SamplingParameters
    """As they were set; their ``seed`` is None where a fresh one was drawn."""
    seed: int
    """The seed that was used."""
    template_digest: str = ""
    """SHA-256 of the chat template in the model's file; empty where the app's general one was used instead."""

    def __post_init__(self) -> None:
        """Refuse what no answer can have been generated with.

        Raises:
            ValueError: The seed is out of its range, or the digest is none.
        """
        if not 0 <= self.seed < 2**32:
            raise ValueError(f"seed must be 0 to 4,294,967,295, not {self.seed}")
        if self.template_digest and not _SHA256.fullmatch(self.template_digest):
            raise ValueError("template_digest must be 64 hexadecimal digits in lower case")


@dataclass(frozen=True, slots=True)
class GenerationNumbers:
    """The numbers under an answer. Times are seconds, rates are tokens per second."""

    prompt_tokens: int
    """All tokens of the prompt, reused ones included."""
    reused_tokens: int
    """Tokens of the prompt that were still in the KV cache and were not processed again."""
    prompt_tokens_per_second: float
    """Rate over the tokens that were processed; 0 when all were reused."""
    time_to_first_token_s: float
    completion_tokens: int
    tokens_per_second: float
    context_used: int
    """Tokens in the KV cache after the answer."""
    context_length: int
    threads: int
    """Threads in use at the end of the answer."""
