# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom conversations``: what is kept, listed, shown, exported and deleted."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from strongroom.cli.invocation import guarded, invocation_of
from strongroom.cli.output import notice, say_json, say_table, stdout, write_exact
from strongroom.cli.transcript import show_message
from strongroom.core.errors import UserFacingError
from strongroom.words import say_note

app = typer.Typer(help="List, show, export and delete kept conversations.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(metavar="N", min=1, help="As in strongroom conversations list.")]


class Form(StrEnum):
    """What an export looks like."""

    MARKDOWN = "markdown"
    JSON = "json"


@app.command("list")
@guarded
def list_conversations(
    context: typer.Context,
    search: Annotated[str, typer.Option("--search", metavar="TEXT", help="Only those whose title has it.")] = "",
    as_json: AsJson = False,
) -> None:
    """List kept conversations, the latest first."""
    with invocation_of(context).workspace() as workspace:
        found = workspace.conversations.list(search)
    if as_json:
        say_json([asdict(conversation) for conversation in found])
        return
    say_table(
        ("N", "CHANGED", "MESSAGES", "TITLE"),
        [(str(one.conversation_id), one.updated_at, str(one.message_count), one.title) for one in found],
    )


@app.command("show")
@guarded
def show_conversation(context: typer.Context, number: Number) -> None:
    """Print the last 200 messages of a conversation with their marks and numbers."""
    with invocation_of(context).workspace() as workspace:
        workspace.conversations.get(number)
        for message in workspace.conversations.messages(number):
            show_message(message, stdout())


@app.command("export")
@guarded
def export(
    context: typer.Context,
    number: Number,
    form: Annotated[Form, typer.Option("--format", help="For people or for programs.")] = Form.MARKDOWN,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="A new file; else standard output.")
    ] = None,
) -> None:
    """Write a conversation as Markdown or JSON, as the policy in force now lets it leave."""
    from strongroom.chat import export_conversation

    with invocation_of(context).workspace() as workspace:
        text = export_conversation(workspace, number, form.value, say_note=say_note)
    if output is None:
        write_exact(text)
        return
    write_new_file(output, text)
    notice(f"Written to {output}.")


@app.command("delete")
@guarded
def delete(
    context: typer.Context,
    number: Number,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a conversation for good."""
    with invocation_of(context).workspace() as workspace:
        conversation = workspace.conversations.get(number)
        if not yes and not typer.confirm(f"Delete conversation {number} with {conversation.message_count} messages?"):
            raise KeyboardInterrupt
        workspace.conversations.remove(number)
    notice(f"Conversation {number} is deleted.")


def write_new_file(path: Path, text: str) -> None:
    """Write ``text`` to a file that only its owner can read, and that is not there yet.

    Raises:
        UserFacingError: It exists, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8", newline="") as stream:
            path.chmod(0o600)
            stream.write(text)
    except FileExistsError as error:
        raise UserFacingError("export.exists", path=path) from error
    except OSError as error:
        raise UserFacingError("export.failed", path=path, reason=error.strerror or str(error)) from error
