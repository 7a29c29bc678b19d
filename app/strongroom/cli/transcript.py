# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""How a turn looks in a terminal: progress, streamed text with its marked passages, notes, numbers, reasons."""

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from strongroom.cli.output import safe_text, stderr, stdout
from strongroom.core.chat import MessageState, Note, Role, StoredMessage
from strongroom.core.events import (
    AnswerRevised,
    AnswerStarted,
    ChatEvent,
    ModelsUnloaded,
    Phase,
    PhaseProgressed,
    PromptAccepted,
    PromptRefused,
    RoomReason,
    TextReleased,
    TurnFinished,
    WaitingForModel,
    WaitReason,
)
from strongroom.core.findings import Action, Disguise, Evidence, Mark
from strongroom.core.generation import FinishReason, GenerationNumbers, GenerationSettings
from strongroom.words import say_note
from strongroom.words.messages import unknown_part

_PHASES = {
    Phase.VERIFYING: "Verifying the model file",
    Phase.LOADING: "Loading the model",
    Phase.READING: "Reading the prompt",
    Phase.WRITING: "Writing",
}

_STYLES = {
    Action.WARN: "underline yellow",
    Action.MASK: "reverse yellow",
    Action.REPLACE: "reverse yellow",
    Action.BLOCK: "reverse red",
}

_ENDINGS = {
    FinishReason.LENGTH: "Stopped at the limit of tokens (--max-tokens, or max_tokens in the settings).",
    FinishReason.CONTEXT_FULL: "The context is full; /new starts afresh.",
    FinishReason.CANCELLED: "Stopped.",
}

_EVIDENCE = {
    Evidence.FORMAT: "it has the form",
    Evidence.CHECK_DIGIT: "right check digits",
    Evidence.PREFIX: "its issuer's prefix",
    Evidence.CONTEXT: "words near by that go with it",
    Evidence.LIST: "it is in a list",
    Evidence.PATTERN: "an administrator's pattern",
}

_DISGUISES = {
    Disguise.FOLDED: "invisible characters, look-alikes or markup within it",
    Disguise.LEET: "digits and signs for letters",
    Disguise.SPACED: "letters set apart",
    Disguise.REPEATED: "letters repeated",
    Disguise.BASE64: "written in Base64",
    Disguise.HEX: "written in hexadecimal digits",
    Disguise.ROT13: "written in ROT13",
    Disguise.URL: "written as percent codes",
}

_DONE = {
    Action.LOG: "noted",
    Action.WARN: "marked",
    Action.MASK: "masked",
    Action.REPLACE: "replaced",
    Action.BLOCK: "blocked",
}


_WAIT_REASONS = {
    WaitReason.ANSWER: "it is answering",
    WaitReason.LOADING: "another model is being loaded",
    WaitReason.ROOM: "it needs the memory of a model that is answering",
}

_ROOM_REASONS = {
    RoomReason.MEMORY: "there is no memory for both",
    RoomReason.MOST_LOADED: "the policy allows no more at the same time",
}


class ProgressLine:
    """One line on standard error that says what the app is busy with; nothing where that is not a terminal."""

    def __init__(self) -> None:
        self._console = stderr()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def show(self, event: PhaseProgressed) -> None:
        """Draw how far the phase is."""
        self._draw(_PHASES[event.phase], event.done, event.total, _amount(event))

    def show_waiting(self, event: WaitingForModel) -> None:
        """Draw the place in line."""
        place = "next in line" if event.place == 1 else f"{event.place - 1} in line before you"
        why = _WAIT_REASONS[event.reason]
        self._draw(f"Waiting for {safe_text(event.model_name)}: {why}", 0, 0, place)

    def _draw(self, description: str, done: int, total: int, amount: str) -> None:
        if not self._console.is_terminal:
            return
        if self._progress is None:
            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[amount]}"),
                console=self._console,
                transient=True,
                auto_refresh=False,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._task = self._progress.add_task(description, total=total or None, amount="")
            self._progress.start()
        if self._task is not None:
            self._progress.update(
                self._task,
                description=description,
                total=total or None,
                completed=min(done, total),
                amount=amount,
            )
            self._progress.refresh()

    def clear(self) -> None:
        """Take the line away."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = self._task = None


class TurnView:
    """Shows the events of one turn as they come. Used once.

    Args:
        streams_text: Whether the answer's text is printed as it is released (not where JSON is asked for).
    """

    def __init__(self, *, streams_text: bool = True) -> None:
        self._streams_text = streams_text
        self._progress = ProgressLine()
        self._console = stdout()
        self._written = 0
        self._ends_line = True

    def show(self, event: ChatEvent) -> None:
        """Show one event."""
        if isinstance(event, PhaseProgressed):
            if event.phase is not Phase.WRITING or not self._streams_text:
                self._progress.show(event)
        elif isinstance(event, (WaitingForModel, ModelsUnloaded)):
            self._show_line(event)
        elif isinstance(event, PromptAccepted):
            if line := summary_of(event.message.marks, "your message"):
                self.close()
                stderr().print(Text(line, "yellow"))
        elif isinstance(event, TextReleased):
            self._show_text(event)
        elif isinstance(event, AnswerRevised):
            self.close()
            if line := revision_line(event, was_printed=self._streams_text):
                stderr().print(Text(line, "yellow"))
        elif isinstance(event, (TurnFinished, PromptRefused)):
            self.close()
        elif isinstance(event, AnswerStarted):
            self._written = 0

    def close(self) -> None:
        """Take the progress away and end the last line."""
        self._progress.clear()
        if not self._ends_line:
            self._console.print()
            self._ends_line = True

    def _show_line(self, event: WaitingForModel | ModelsUnloaded) -> None:
        if isinstance(event, WaitingForModel):
            self._progress.show_waiting(event)
        elif line := unloaded_line(event):
            self.close()
            stderr().print(Text(line, "dim"))

    def _show_text(self, event: TextReleased) -> None:
        start, self._written = self._written, self._written + len(event.text)
        if not self._streams_text or not event.text:
            return
        self._progress.clear()
        self._console.print(styled(event.text, event.marks, offset=start), end="")
        self._console.file.flush()
        self._ends_line = event.text.endswith("\n")


def styled(text: str, marks: Iterable[Mark], *, offset: int = 0) -> Text:
    """Return ``text``, made safe, with its marked passages set off; its first code point is number ``offset``."""
    parts = Text()
    position = 0
    for mark in sorted(marks, key=lambda mark: mark.start):
        start, end = max(mark.start - offset, position), min(mark.end - offset, len(text))
        if start >= end:
            continue
        parts.append(safe_text(text[position:start]))
        parts.append(safe_text(text[start:end]), _STYLES.get(mark.action))
        position = end
    parts.append(safe_text(text[position:]))
    return parts


def show_ending(finished: TurnFinished, console: Console) -> None:
    """Print what there is to say under an answer: the policy's doing, notes, how it ended, its numbers."""
    message = finished.message
    if line := summary_of(message.marks, "this answer"):
        console.print(Text(line, "yellow"))
    if finished.state is MessageState.BLOCKED:
        console.print(Text(blocked_line(message.marks), "bold red"))
    told = finished.error.code if finished.error is not None else ""
    for note in message.notes:
        if note.code != told:
            console.print(note_line(note))
    if ending := _ENDINGS.get(finished.finish_reason):
        console.print(Text(ending, "dim"))
    if finished.numbers is not None:
        console.print(Text(numbers_line(finished.numbers), "dim"))
    if message.made_with is not None:
        console.print(Text(origin_line(message, message.made_with), "dim"))


def show_message(message: StoredMessage, console: Console) -> None:
    """Print one kept message with its heading, its marked passages and how it ended."""
    heading = "You" if message.role is Role.USER else message.model_name or message.role.value
    console.print(Text(safe_text(heading), "bold"), Text(message.created_at, "dim"))
    console.print(styled(message.text, message.marks))
    for _ in message.further_parts:
        console.print(Text(unknown_part(), "cyan"))
    if message.state is MessageState.BLOCKED:
        console.print(Text(blocked_line(message.marks), "bold red"))
    elif message.state is not MessageState.COMPLETE:
        console.print(Text(f"({message.state.value})", "dim"))
    for note in message.notes:
        console.print(note_line(note))
    if message.numbers is not None:
        console.print(Text(numbers_line(message.numbers), "dim"))
    if message.made_with is not None:
        console.print(Text(origin_line(message, message.made_with), "dim"))
    console.print()


def note_line(note: Note) -> Text:
    """Return a note as a line."""
    return Text(safe_text(f"Note: {say_note(note)}"), "cyan")


def numbers_line(numbers: GenerationNumbers) -> str:
    """Return the numbers of an answer as one line."""
    reused = f", {numbers.reused_tokens} of them reused" if numbers.reused_tokens else ""
    rate = f" at {numbers.prompt_tokens_per_second:.0f} tokens/s" if numbers.prompt_tokens_per_second else ""
    return (
        f"{numbers.completion_tokens} tokens, {numbers.tokens_per_second:.1f} tokens/s"
        f" · first token after {numbers.time_to_first_token_s:.2f} s"
        f" · prompt {numbers.prompt_tokens} tokens{reused}{rate}"
        f" · context {numbers.context_used} of {numbers.context_length}"
    )


def origin_line(message: StoredMessage, made_with: GenerationSettings) -> str:
    """Return by which model an answer was generated, and with which seed: what it takes to have it again."""
    return safe_text(f"seed {made_with.seed} · {message.model_name} sha256 {message.model_digest}")


def summary_of(marks: Sequence[Mark], where: str) -> str:
    """Return one sentence about what the policy did, or an empty text when there is nothing to say."""
    counts: dict[tuple[str, str], int] = {}
    for mark in marks:
        if mark.removed_sentences:
            key = ("took back sentences with", mark.category)
            counts[key] = counts.get(key, 0) + 1
        elif mark.action is not Action.BLOCK:
            key = (_DONE.get(mark.action, mark.action.value), mark.category)
            counts[key] = counts.get(key, 0) + 1
    if not counts:
        return ""
    parts = [f"{done} {count} × {category}" for (done, category), count in counts.items()]
    return safe_text(f"In {where}, the policy {', '.join(parts)}.")


def revision_line(revised: AnswerRevised, *, was_printed: bool) -> str:
    """Return what is said when the check at the end took something back; empty when it only pointed something out.

    It does not repeat what was taken back.
    """
    removed = [mark for mark in revised.marks if mark.removed_sentences]
    count = sum(mark.removed_sentences for mark in removed)
    rules = ", ".join(sorted({mark.rule_id for mark in removed}))
    if not revised.text:
        said = "The whole answer was taken back at its end."
    elif not removed:
        return ""
    else:
        back = "1 sentence was" if count == 1 else f"{count} sentences were"
        said = f"{back} taken back at the end of the answer (rule {rules}; /why in a chat)."
    printed = " What stands above cannot be unprinted; it is not kept, and the model is not told it again."
    return safe_text(said + (printed if was_printed else ""))


def blocked_line(marks: Sequence[Mark]) -> str:
    """Return the sentence for an answer that was stopped by the policy."""
    for mark in reversed(marks):
        if mark.action is Action.BLOCK and not mark.removed_sentences:
            said = f" {mark.message}" if mark.message else ""
            return safe_text(f"The rest was blocked by the policy (rule {mark.rule_id}).{said}")
    return "The rest was blocked."


def why_lines(text: str, marks: Sequence[Mark]) -> list[str]:
    """Return, for each mark, what was done, by which rule of which policy, and the administrator's sentence."""
    lines: list[str] = []
    for number, mark in enumerate(marks, 1):
        passage = text[mark.start : mark.end]
        shown = f" “{passage}”" if passage else ""
        policy = mark.policy
        done = "taken back" if mark.removed_sentences else _DONE.get(mark.action, mark.action.value)
        lines.append(
            f"{number}. {done}{shown}: rule {mark.rule_id}, category {mark.category}, {mark.direction.value},"
            f" confidence {mark.confidence:.0%}, severity {mark.severity.value}"
        )
        disguised = f"; disguised: {_DISGUISES[mark.disguise]}" if mark.disguise in _DISGUISES else ""
        lines.append(f"   evidence: {_EVIDENCE[mark.evidence]}{disguised}")
        lines.append(f"   policy {policy.name} {policy.version} from {policy.source}, {policy.digest}")
        if mark.message:
            lines.append(f"   {mark.message}")
    return [safe_text(line) for line in lines]


def unloaded_line(event: ModelsUnloaded) -> str:
    """Return one sentence about the models that made room for another, and whether that is enough; perhaps empty."""
    if event.unloaded:
        names = ", ".join(event.unloaded)
        why = _ROOM_REASONS[event.reason]
        said = f"Unloaded {names} to load {event.model_name}: {why}."
    else:
        said = ""
    if not event.is_enough:
        needed, free = event.needed / 1e9, event.free / 1e9
        said += f" {event.model_name} needs about {needed:.1f} GB, {free:.1f} GB are free; it is loaded all the same."
    return safe_text(said.strip())


def _amount(event: PhaseProgressed) -> str:
    if event.phase is Phase.WRITING:
        return f"{event.done} tokens"
    if event.phase is Phase.VERIFYING:
        return f"{event.done / 1e6:.0f} of {event.total / 1e6:.0f} MB"
    if event.phase is Phase.READING:
        return f"{event.done} of {event.total} tokens"
    return f"{event.done / 10:.0f} %"


def is_interactive() -> bool:
    """Whether a person is typing: both standard input and output are terminals."""
    return sys.stdin.isatty() and sys.stdout.isatty()
