# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From a conversation to a prompt: the chat template of the model's file, or the app's own one.

The file's template is a program by whoever made the file. It runs in Jinja2's immutable sandbox, in the worker, with
limits on its time, its memory and its output. Whatever goes wrong with it, a general template takes its place and the
user is told why.

Sources: Jinja2's sandbox documentation; the variables, filters and settings that chat templates expect are those of
Hugging Face Transformers' ``apply_chat_template``.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jinja2.debug  # otherwise imported with the first failing template, when no file can be read
import jinja2.ext
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError
from jinja2.nodes import Node
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from strongroom.engine.protocol import TemplateProblem
from strongroom.engine.template_limits import MemoryHeadroom, TookTooLong, time_limit

Turn = tuple[str, str]
"""A role and a text."""

FALLBACK_STOP = ("<|im_end|>", "<|im_start|>")
"""Where an answer to the fallback template ends, for models to which these are not special tokens."""

_SOURCE_LIMIT = 512 * 1024
_LARGEST_PRODUCT = 10_000_000
_LARGEST_NUMBER_BITS = 16_384
_PERMANENT = (TemplateProblem.TOO_SLOW, TemplateProblem.TOO_MUCH_MEMORY, TemplateProblem.TOO_LONG)


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """What a template may use for one prompt."""

    seconds: float = 2.0
    memory_bytes: int = 192 * 1024 * 1024
    extra_characters: int = 256 * 1024
    """The prompt may have four times the characters of the conversation, and so many more."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered conversation. ``problem`` says why the file's template was not used; None when it was."""

    text: str
    problem: TemplateProblem | None


class ChatTemplate:
    """The template of one model.

    Args:
        source: The template in the model's file; None when there is none.
        bos_token: Text of the beginning-of-sequence token, for the template.
        eos_token: Text of the end-of-sequence token.
        limits: What rendering may use.
        headroom: Limits the memory. It needs a file, so a process that will open none any more makes it before.
    """

    def __init__(
        self,
        source: str | None,
        *,
        bos_token: str = "",
        eos_token: str = "",
        limits: RenderLimits | None = None,
        headroom: MemoryHeadroom | None = None,
    ) -> None:
        self._tokens = {"bos_token": bos_token, "eos_token": eos_token}
        self._limits = limits or RenderLimits()
        self._headroom = headroom or MemoryHeadroom()
        self._template: jinja2.Template | None = None
        self._digest = hashlib.sha256((source or "").encode("utf-8", "surrogatepass")).hexdigest()
        self._problem: TemplateProblem | None = TemplateProblem.MISSING
        if source is not None:
            try:
                self._template = self._compile(source)
                self._problem = None
            except _Unusable as unusable:
                self._problem = unusable.problem

    @property
    def problem(self) -> TemplateProblem | None:
        """Why the file's template can never be used; None as long as it can."""
        return self._problem

    @property
    def digest(self) -> str | None:
        """SHA-256 of the file's template; None when it has none, or one that cannot be used."""
        return self._digest if self._problem is None else None

    def render(self, turns: Sequence[Turn]) -> Prompt:
        """Return the prompt that asks for the next answer.

        A template that refuses the conversation gets it again with the system text at the beginning of the first
        question, then with neighbors of the same role joined; many templates insist on taking turns.
        """
        if self._template is None or self._problem is not None:
            return Prompt(_render_fallback(turns), self._problem or TemplateProblem.FAILED)
        problem = TemplateProblem.REFUSED
        for variant in _variants(turns):
            try:
                return Prompt(self._run(self._template, variant), None)
            except _Unusable as unusable:
                problem = unusable.problem
                if problem is not TemplateProblem.REFUSED:
                    break
        if problem in _PERMANENT:
            # It would cost its whole allowance with each answer again.
            self._problem = problem
        return Prompt(_render_fallback(turns), problem)

    def _compile(self, source: str) -> jinja2.Template:
        if len(source) > _SOURCE_LIMIT:
            raise _Unusable(TemplateProblem.TOO_LONG)
        # Jinja2 computes constant expressions while it compiles, so compiling needs the limits as well.
        with _Contained(), self._headroom.limit(self._limits.memory_bytes), time_limit(self._limits.seconds):
            return _Environment().from_string(source)

    def _run(self, template: jinja2.Template, turns: Sequence[Turn]) -> str:
        allowance = 4 * sum(len(text) for _, text in turns) + self._limits.extra_characters
        parts: list[str] = []
        with _Contained(), self._headroom.limit(self._limits.memory_bytes), time_limit(self._limits.seconds):
            for part in template.generate(
                messages=[{"role": role, "content": text} for role, text in turns],
                add_generation_prompt=True,
                tools=None,
                documents=None,
                raise_exception=_raise_exception,
                strftime_now=_strftime_now,
                **self._tokens,
            ):
                parts.append(part)
                allowance -= len(part)
                if allowance < 0:
                    raise _Unusable(TemplateProblem.TOO_LONG)
            text = "".join(parts)
            if not text.strip():
                # A model cannot go on from nothing.
                raise _Unusable(TemplateProblem.FAILED)
            return text


class _Unusable(Exception):
    def __init__(self, problem: TemplateProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class _Refusal(Exception):
    """The template called ``raise_exception``."""


class _Contained:
    """Turns everything that foreign template code can raise into one of the named problems."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if error is None or isinstance(error, (_Unusable, KeyboardInterrupt, SystemExit, GeneratorExit)):
            return
        raise _Unusable(_problem_of(error)) from None


def _problem_of(error: BaseException) -> TemplateProblem:
    kinds: tuple[tuple[type[BaseException], TemplateProblem], ...] = (
        (TookTooLong, TemplateProblem.TOO_SLOW),
        (MemoryError, TemplateProblem.TOO_MUCH_MEMORY),
        (RecursionError, TemplateProblem.TOO_DEEP),
        (_Refusal, TemplateProblem.REFUSED),
        (SecurityError, TemplateProblem.FORBIDDEN),
        (TemplateSyntaxError, TemplateProblem.SYNTAX),
        (SyntaxError, TemplateProblem.SYNTAX),
        (TemplateError, TemplateProblem.FAILED),
    )
    return next((problem for kind, problem in kinds if isinstance(error, kind)), TemplateProblem.FAILED)


class _GenerationTag(jinja2.ext.Extension):
    """``{% generation %}`` marks the assistant's part for training; here it means nothing."""

    tags = {"generation"}  # noqa: RUF012  # the base class declares it so

    def parse(self, parser: Parser) -> Node | list[Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class _Environment(ImmutableSandboxedEnvironment):
    # Intercepted operators are checked below, and are not computed while compiling.
    intercepted_binops = frozenset({"*", "**"})

    def __init__(self) -> None:
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=[_GenerationTag, jinja2.ext.loopcontrols])
        for name in ("lipsum", "cycler", "joiner"):
            del self.globals[name]
        self.filters["tojson"] = _tojson

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse products and powers that would block the interpreter in one native operation.

        Raises:
            MemoryError: The result would be too large.
        """
        for number, other in ((left, right), (right, left)):
            if operator == "*" and isinstance(number, int) and isinstance(other, (str, bytes, list, tuple)):
                _require_size(abs(number) * len(other), _LARGEST_PRODUCT)
        if isinstance(left, int) and isinstance(right, int):
            bits = left.bit_length() + right.bit_length()
            if operator == "**":
                bits = left.bit_length() * max(abs(right), 1)
            _require_size(bits, _LARGEST_NUMBER_BITS)
        return super().call_binop(context, operator, left, right)


def _require_size(size: int, limit: int) -> None:
    if size > limit:
        raise MemoryError


def _raise_exception(message: object = "") -> None:
    raise _Refusal(str(message)[:200])


def _strftime_now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)


def _tojson(
    value: Any,
    ensure_ascii: bool = False,  # the signature that templates expect
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Unlike Jinja2's own filter, it does not escape for HTML: a prompt is no web page."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _variants(turns: Sequence[Turn]) -> list[Sequence[Turn]]:
    variants: list[Sequence[Turn]] = [turns]
    for change in (_merge_system, _join_neighbors):
        changed = change(variants[-1])
        if changed != list(variants[-1]):
            variants.append(changed)
    return variants


def _merge_system(turns: Sequence[Turn]) -> list[Turn]:
    system = [text for role, text in turns if role == "system" and text]
    rest = [turn for turn in turns if turn[0] != "system"]
    first = next((place for place, (role, _) in enumerate(rest) if role == "user"), None)
    if system and first is not None:
        rest[first] = ("user", "\n\n".join([*system, rest[first][1]]))
    return rest


def _join_neighbors(turns: Sequence[Turn]) -> list[Turn]:
    joined: list[Turn] = []
    for role, text in turns:
        if joined and joined[-1][0] == role:
            joined[-1] = (role, f"{joined[-1][1]}\n\n{text}")
        else:
            joined.append((role, text))
    return joined


def warm_up_templates() -> None:
    """Use everything once that Jinja2 and Python import when they first need it, as long as files can be read."""
    for source in (
        "{% for m in messages %}{{ m.content | trim | tojson }}{% endfor %}{{ 1 / 0 }}",
        "{{ nothing.at.all }}",
    ):
        ChatTemplate(source).render([("user", "warm-up")])
    _strftime_now("%d %b %Y")


def _render_fallback(turns: Sequence[Turn]) -> str:
    """Return ChatML, the form that most chat models have seen."""
    said = "".join(f"<|im_start|>{role}\n{text}<|im_end|>\n" for role, text in turns)
    return f"{said}<|im_start|>assistant\n"
