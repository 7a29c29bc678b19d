# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom chat``: a conversation in the terminal."""

import importlib
import importlib.util
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from strongroom.cli.conversations import write_new_file
from strongroom.cli.invocation import Invocation, guarded, invocation_of, new_passphrase
from strongroom.cli.output import notice, safe_text, say, say_table, show_error, stdout
from strongroom.cli.transcript import TurnView, is_interactive, show_ending, show_message, why_lines
from strongroom.cli.turns import run_stoppable, run_turn
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.events import PromptRefused
from strongroom.core.findings import Mark
from strongroom.words import say_note, say_statement

if TYPE_CHECKING:
    from strongroom.policy import PolicyChange
    from strongroom.workspace import Workspace

PROMPT = "› "

HELP = (
    ("/new", "start a new conversation"),
    ("/list [TEXT]", "list kept conversations"),
    ("/open N", "go on with conversation N"),
    ("/model [ID]", "list models, or load one"),
    ("/why", "why passages were masked, replaced or blocked"),
    ("/keep", "keep this session, locked with a passphrase, where nothing is kept"),
    ("/export [FILE]", "write this conversation as Markdown"),
    ("/quit", "leave (or Ctrl+D)"),
    ("//…", "a message that begins with a slash"),
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("chat")(guarded(chat))


def chat(
    context: typer.Context,
    conversation: Annotated[
        int | None, typer.Option("--conversation", metavar="N", min=1, help="Go on with a kept conversation.")
    ] = None,
    model: Annotated[str, typer.Option("--model", metavar="ID", help="As in strongroom models list.")] = "",
) -> None:
    """Chat in the terminal. Ctrl+C stops an answer, Ctrl+D leaves."""
    chat_in_terminal(invocation_of(context), conversation_id=conversation, model_id=model)


def chat_in_terminal(invocation: Invocation, *, conversation_id: int | None = None, model_id: str = "") -> None:
    """Run the conversation until the input ends or /quit.

    Raises:
        UserFacingError: The data folder cannot be opened, or there is no such conversation.
    """
    with invocation.workspace() as workspace:
        TerminalChat(workspace, model_id=model_id).run(conversation_id)


class TerminalChat:
    """The loop: a line is a command or a message. A failure is shown, and the loop goes on."""

    def __init__(self, workspace: "Workspace", *, model_id: str = "") -> None:
        self._workspace = workspace
        self._session = workspace.session()
        self._model_id = model_id
        self._why: list[tuple[str, tuple[Mark, ...]]] = []
        self._is_over = False
        self._commands: dict[str, Callable[[str], None]] = {
            "/help": self._help,
            "/new": self._new,
            "/list": self._list,
            "/open": self._open,
            "/model": self._model,
            "/why": self._explain,
            "/keep": self._keep,
            "/export": self._export,
            "/quit": self._quit,
            "/exit": self._quit,
        }

    def run(self, conversation_id: int | None) -> None:
        """Read lines until the end."""
        if importlib.util.find_spec("readline") is not None:
            # Its presence gives input() line editing and a history, which is kept for this run only.
            importlib.import_module("readline")
        if conversation_id is not None:
            self._open(str(conversation_id))
        policy = self._workspace.policy.latest.identity
        # That nothing is kept was said when the data folder was opened.
        kept = f" {say_statement(self._workspace.storage_note)}" if self._workspace.is_persistent else ""
        notice(
            f"Policy {policy.name} {policy.version}.{kept} /help lists the commands, Ctrl+C stops an answer,"
            " Ctrl+D leaves."
        )
        stop_listening = self._workspace.policy.subscribe(_say_policy_changed)
        try:
            while not self._is_over:
                line = _read_line()
                if line is None:
                    return
                try:
                    self.take(line)
                except UserFacingError as error:
                    show_error(error)
                except Cancelled:
                    notice("Stopped; nothing was sent.")
        finally:
            stop_listening()

    def take(self, line: str) -> None:
        """Carry out a command or send a message.

        Raises:
            UserFacingError: It could not be done; the conversation is as it was.
            Cancelled: Ctrl+C before the model was loaded.
        """
        text = line.strip()
        if not text:
            return
        if text.startswith("//"):
            self._send(text[1:])
        elif text.startswith("/"):
            name, _, rest = text.partition(" ")
            command = self._commands.get(name)
            if command is None:
                raise UserFacingError("chat.unknown_command", command=name)
            command(rest.strip())
        else:
            self._send(text)

    def _send(self, text: str) -> None:
        view = TurnView()
        try:
            outcome = run_turn(self._session, text, view.show, model_id=self._model_id)
        finally:
            view.close()
        if isinstance(outcome, PromptRefused):
            self._why = [("", (outcome.mark,))]
            said = f" {outcome.finding.message}" if outcome.finding.message else ""
            notice(f"Not sent: the policy refuses it (rule {outcome.finding.rule_id}; /why).{said}", style="bold red")
            return
        self._why = [(outcome.message.text, outcome.message.marks)]
        self._add_prompt_marks()
        show_ending(outcome, stdout())
        if outcome.error is not None:
            show_error(outcome.error)
        say()

    def _add_prompt_marks(self) -> None:
        """Put the prompt of the last answer first, so that /why explains both."""
        if self._session.conversation_id is not None:
            for message in self._workspace.conversations.messages(self._session.conversation_id, limit=2)[:1]:
                self._why.insert(0, (message.text, message.marks))

    def _help(self, _rest: str) -> None:
        for name, meaning in HELP:
            say(f"  {name:<16}{meaning}")

    def _new(self, _rest: str) -> None:
        self._session = self._workspace.session()
        self._why = []
        notice("A new conversation.")

    def _list(self, rest: str) -> None:
        found = self._workspace.conversations.list(rest)
        say_table(
            ("N", "CHANGED", "MESSAGES", "TITLE"),
            [(str(one.conversation_id), one.updated_at, str(one.message_count), one.title) for one in found],
        )

    def _open(self, rest: str) -> None:
        if not rest.isdecimal():
            raise UserFacingError("chat.no_number")
        conversation = self._workspace.conversations.get(int(rest))
        console = stdout()
        self._why = []
        for message in self._workspace.conversations.messages(conversation.conversation_id):
            show_message(message, console)
            self._why.append((message.text, message.marks))
        self._session = self._workspace.session(conversation.conversation_id)
        console.print(Text(safe_text(f"Conversation {rest}: {conversation.title}"), "bold"))

    def _model(self, rest: str) -> None:
        if not rest:
            loaded = self._workspace.models.loaded
            say_table(
                ("", "ID", "STATE", "NAME"),
                [
                    ("*" if loaded and loaded.model_id == one.model_id else "", one.model_id, one.state.value, one.name)
                    for one in self._workspace.shelf.entries()
                ],
            )
            return
        view = TurnView()
        try:
            loaded = run_stoppable(
                lambda on_event, stop: self._workspace.models.load(rest, on_event=on_event, cancel=stop), view.show
            )
        finally:
            view.close()
        self._model_id = rest
        say(f"{loaded.name} on {loaded.device}: {say_statement(loaded.device_reason)}")
        say(f"verified {loaded.verification.verified_at}, sha256 {loaded.digest}", style="dim")

    def _explain(self, _rest: str) -> None:
        lines = [line for text, marks in self._why for line in why_lines(text, marks)]
        for line in lines or ["The policy changed nothing in the last turn."]:
            say(line)

    def _keep(self, _rest: str) -> None:
        if self._workspace.is_persistent:
            notice(f"Nothing to do: {say_statement(self._workspace.storage_note)}")
            return
        self._workspace.start_keeping(new_passphrase())
        notice(say_statement(self._workspace.storage_note))

    def _export(self, rest: str) -> None:
        from strongroom.chat import export_conversation

        if self._session.conversation_id is None:
            raise UserFacingError("chat.empty", case="export")
        text = export_conversation(self._workspace, self._session.conversation_id, "markdown", say_note=say_note)
        if not rest:
            say(text)
            return
        path = Path(shlex.split(rest)[0]).expanduser()
        write_new_file(path, text)
        notice(f"Written to {path}.")

    def _quit(self, _rest: str) -> None:
        self._is_over = True


def _say_policy_changed(change: "PolicyChange") -> None:
    """Name the policy that a message is sent under from now on. That none is in force is said by what is refused."""
    if change.now is not None:
        identity = change.now.identity
        notice(f"Policy {identity.name} {identity.version} is in force now.")


def _read_line() -> str | None:
    """Return the next line, or None at the end of the input. Ctrl+C drops the line that is being typed."""
    if not is_interactive():
        line = sys.stdin.readline()
        return line or None
    while True:
        try:
            return input(PROMPT)
        except EOFError:
            say()
            return None
        except KeyboardInterrupt:
            notice("\n/quit or Ctrl+D leaves.")
