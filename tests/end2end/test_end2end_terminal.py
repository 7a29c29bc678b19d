# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The chat at a real terminal: keys go in as bytes, Ctrl+C included, and what the screen gets comes out."""

import json
import os
import select
import subprocess
import sys
import time

import pytest

if sys.platform == "win32":
    pytest.skip("a pseudo-terminal as POSIX has it", allow_module_level=True)

import pty

PATIENCE_S = 200
INTERRUPT = "\x03"
END_OF_INPUT = "\x04"

# In a program of its own: code between fork and exec is not safe in a process with threads.
TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """A program whose standard streams, and whose Ctrl+C, are a terminal of its own."""

    def __init__(self, program, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        self.process = program.start(
            *arguments,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            prefix=(sys.executable, "-c", TAKE_TERMINAL),
        )
        os.close(slave)
        self.screen = ""

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def expect(self, text: str, *, pressing: str = "") -> str:
        """Wait for ``text`` behind what was expected before; return what came until then.

        ``pressing`` is pressed now, and each second again until the text comes: input() overlooks a Ctrl+C that
        arrives in the moment between its prompt and its waiting for keys.
        """
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.screen:
            assert time.monotonic() < deadline, f"no {text!r} in {self.screen!r}"
            self.type(pressing)
            if select.select([self._master], [], [], 1)[0]:
                try:
                    self.screen += os.read(self._master, 65_536).decode("utf-8", "replace")
                except OSError:  # Linux: the other side is gone
                    raise AssertionError(f"ended without {text!r}: {self.screen!r}") from None
        before, _, self.screen = self.screen.partition(text)
        return before

    def end(self) -> int:
        """Return the exit code of a program that is about to end."""
        code = self.process.wait(PATIENCE_S)
        os.close(self._master)
        return code


@pytest.fixture
def terminal(program):
    opened = []

    def open_terminal(*arguments: str) -> Terminal:
        opened.append(Terminal(program, *arguments))
        return opened[-1]

    yield open_terminal
    for one in opened:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


@pytest.mark.model
def test_interrupt_stops_the_answer_and_not_the_chat(program, terminal):
    policy = program.policy(
        '[[rules]]\nid = "the"\ncategory = "term.test"\nscope = ["answer"]\naction = "mask"\n'
        'message = "A very common word."\n'
        'detector = { type = "terms", terms = ["the", "a", "of", "and", "to", "in"] }\n'
    )
    chat = terminal("chat", "--policy", str(policy))
    chat.expect("Ctrl+D leaves")
    chat.expect("› ")
    chat.type("Tell me a very long story about ships.\r")
    chat.expect("[term masked]")
    chat.type(INTERRUPT)
    chat.expect("Stopped.")
    chat.expect("tokens/s")
    chat.expect("› ")
    chat.type("/why\r")
    assert "rule the, category term.test, answer" in chat.expect("A very common word.")
    chat.expect("› ")
    chat.type("half a line")
    chat.expect("half a line")
    chat.expect("/quit or Ctrl+D leaves.", pressing=INTERRUPT)
    chat.expect("› ")
    chat.type("/quit\r")
    assert chat.end() == 0
    kept = json.loads(program.run("conversations", "export", "1", "--format", "json").stdout)
    prompt, answer = kept["messages"]
    assert prompt["text"] == "Tell me a very long story about ships."
    assert (answer["state"], answer["finish_reason"]) == ("stopped", "cancelled")
    assert "[term masked]" in answer["text"]
    assert program.run("incidents", "verify").returncode == 0


@pytest.mark.model
def test_a_policy_that_is_changed_during_an_answer_holds_from_the_next_message_on(program, terminal):
    rule = (
        '[[rules]]\nid = "the"\ncategory = "term.test"\nscope = ["answer"]\naction = "mask"\nlabel = "{label}"\n'
        'detector = {{ type = "terms", terms = ["the", "a", "of", "and", "to", "in"] }}\n'
    )
    policy = program.policy(rule.format(label="old"))
    chat = terminal("chat", "--policy", str(policy))
    chat.expect("› ")
    chat.type("Tell me a very long story about ships.\r")
    chat.expect("[old masked]")
    program.policy(rule.format(label="new"))
    chat.expect("[old masked]")
    chat.expect("[old masked]")
    chat.type(INTERRUPT)
    chat.expect("Stopped.")
    chat.expect("› ")
    # In a conversation of its own, where no placeholder of the old policy can be imitated.
    chat.type("/new\r")
    chat.expect("› ")
    chat.type("Tell me a very long story about ships.\r")
    chat.expect("is in force now.")
    assert "old" not in chat.expect("[new masked]")
    chat.type(INTERRUPT)
    chat.expect("› ")
    chat.type("/quit\r")
    assert chat.end() == 0
    exports = [program.run("conversations", "export", number, "--format", "json").stdout for number in "12"]
    answers = [json.loads(export)["messages"][1] for export in exports]
    old, new = [{mark["policy"]["digest"] for mark in answer["marks"]} for answer in answers]
    assert len(old) == len(new) == 1
    loaded = json.loads(program.run("incidents", "list", "--event", "policy.loaded", "--json").stdout)
    # The newest first; the exports above were made under the built-in policy.
    assert [entry["policy_digest"] for entry in loaded[-2:]] == [*new, *old]
    assert loaded[-2]["details"]["previous"] == old.pop()


def test_the_end_of_the_input_leaves(terminal):
    chat = terminal("chat")
    chat.expect("› ")
    chat.type("/list\r")
    chat.expect("TITLE")
    chat.expect("› ")
    chat.type("/unheard\r")
    chat.expect("There is no command /unheard.")
    chat.expect("› ")
    chat.type(END_OF_INPUT)
    assert chat.end() == 0


def test_an_escape_sequence_in_a_policys_message_is_shown_and_not_obeyed(program, terminal):
    hostile = program.policy(
        '[[rules]]\nid = "x"\ncategory = "term.test"\naction = "block"\n'
        'message = "\\u001b]0;owned\\u0007"\ndetector = { type = "terms", terms = ["falcon"] }\n'
    )
    chat = terminal("chat", "--policy", str(hostile))
    chat.expect("› ")
    chat.type("falcon\r")
    chat.expect("Not sent")
    assert "\x1b]" not in chat.expect("owned")
    chat.expect("› ")
    chat.type(END_OF_INPUT)
    assert chat.end() == 0


def test_without_a_display_one_line_says_so_and_the_chat_opens(program):
    ended = program.run(stdin="/help\n/quit\n")
    assert ended.returncode == 0
    assert ended.stderr.splitlines()[0] == (
        "No window here: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."
        " Chatting in the terminal instead."
    )
    assert "/export [FILE]" in ended.stdout


def test_a_failed_command_is_said_and_the_chat_goes_on(program):
    ended = program.run("chat", stdin="/open 4711\n/export\n/open x\n/help\n")
    assert ended.returncode == 0
    assert "4711" in ended.stderr
    assert "Nothing to export" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "/quit" in ended.stdout


def test_filtered_text_comes_out_before_the_input_ends(program):
    with program.start("filter", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdin.write(b"Nothing to see here. " * 500 + b"mail jane.doe@exam")
        process.stdin.flush()
        assert process.stdout.read1().startswith(b"Nothing to see here. ")
        rest, errors = process.communicate(b"ple.org now", timeout=PATIENCE_S)
    assert rest.endswith(b"mail [e-mail masked] now")
    assert (process.returncode, errors) == (0, b"")
    assert not program.paths.root.exists()


def test_a_reader_that_goes_away_ends_the_program_quietly(program):
    with program.start(
        "filter", "--jsonl", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdin.write(b'{"text": "one"}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["text"] == "one"
        process.stdout.close()
        process.stdin.write(b'{"text": "two"}\n')
        process.stdin.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (141, b"")


def test_interrupt_during_a_command_is_130(program):
    with program.start("filter", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdin.write(b"Nothing to see here. " * 500)
        process.stdin.flush()
        process.stdout.read1()
        process.send_signal(2)
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert b"Traceback" not in errors


def test_a_passphrase_is_set_asked_for_and_never_shown(program, terminal):
    del program.environment["STRONGROOM_KEY_FILE"]
    secret = "correct horse battery"
    setting = terminal("conversations", "list", "--ask-passphrase")
    setting.expect("New passphrase for the databases: ")
    setting.type(secret + "\r")
    setting.expect("The same again: ")
    setting.type(secret + "\r")
    assert secret not in setting.expect("TITLE")
    assert setting.end() == 0

    asked = terminal("conversations", "list")
    asked.expect("Passphrase of the databases: ")
    asked.type(secret + "\r")
    asked.expect("TITLE")
    assert asked.end() == 0

    wrong = terminal("conversations", "list")
    wrong.expect("Passphrase of the databases: ")
    wrong.type("something else\r")
    wrong.expect("assphrase")
    assert wrong.end() == 1

    nobody_to_ask = program.run("conversations", "list", "--json")
    assert (nobody_to_ask.returncode, nobody_to_ask.stdout) == (1, "")
    assert json.loads(nobody_to_ask.stderr)["error"]["code"] == "keys.passphrase_needed"


def test_a_session_that_keeps_nothing_can_still_be_kept(program, terminal):
    del program.environment["STRONGROOM_KEY_FILE"]
    chat = terminal("chat")
    chat.expect("Nothing is kept")
    chat.expect("› ")
    chat.type("/keep\r")
    chat.expect("New passphrase for the databases: ")
    chat.type("correct horse battery\r")
    chat.expect("The same again: ")
    chat.type("correct horse battery\r")
    chat.expect("locked with a passphrase")
    chat.expect("› ")
    chat.type(END_OF_INPUT)
    assert chat.end() == 0
    assert program.paths.chats.exists()
