# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""From a verified file to a filtered answer: printed, kept, exported, told to the model again."""

import json
from pathlib import Path

import pytest

from strongroom.core.chat import Role
from strongroom.core.generation import SamplingParameters
from strongroom.hosting import Loan
from strongroom.storage import CHATS, obtain_keys, open_to_read
from strongroom.workspace import Workspace

pytestmark = pytest.mark.model

GREEDY = ("--temperature", "0", "--max-tokens", "48")


def test_ask_prints_a_real_answer_with_its_numbers_and_keeps_nothing(program):
    ended = program.run("ask", "Write two sentences about lighthouses", "--seed", "1", "--max-tokens", "24", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    answer = json.loads(ended.stdout)
    assert list(answer) == [
        "text",
        "finish_reason",
        "model",
        "model_digest",
        "seed",
        "template_digest",
        "prompt_tokens",
        "completion_tokens",
        "time_to_first_token_s",
        "tokens_per_second",
        "findings",
    ]
    assert len(answer["text"].split()) > 5
    assert answer["finish_reason"] in ("stop", "length")
    assert (answer["seed"], len(answer["model_digest"]), len(answer["template_digest"])) == (1, 64, 64)
    assert answer["completion_tokens"] <= 24
    assert min(answer["prompt_tokens"], answer["time_to_first_token_s"], answer["tokens_per_second"]) > 0
    assert program.json("conversations", "list", "--json") == []
    assert program.run("incidents", "verify").returncode == 0


def test_an_answer_is_had_again_with_the_seed_that_was_drawn_for_it(program):
    asked = ("ask", "Tell me a story about a lighthouse", "--temperature", "1.2", "--max-tokens", "16", "--json")
    drawn = json.loads(program.run(*asked).stdout)

    assert json.loads(program.run(*asked, "--seed", str(drawn["seed"])).stdout)["text"] == drawn["text"]


def test_a_planted_address_and_number_are_masked_wherever_the_answer_goes(program, answers_only, planted):
    mail, card, prompt = planted
    ended = program.run("ask", prompt, *GREEDY, "--json", "--keep", "--policy", answers_only)
    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout)
    assert "[e-mail masked]" in answer["text"]
    assert "[card number masked]" in answer["text"]
    assert [finding["rule"] for finding in answer["findings"]] == ["email", "card"]
    for finding in answer["findings"]:
        assert answer["text"][finding["start"] : finding["end"]].endswith(" masked]")
    assert_absent((mail, card), ended.stdout, ended.stderr)

    # The prompt, which this policy lets through, has the planted texts; the answer must not, in either export.
    exported = json.loads(
        program.run("conversations", "export", "1", "--format", "json", "--policy", answers_only).stdout
    )
    assert [message["role"] for message in exported["messages"]] == ["user", "assistant"]
    assert exported["messages"][1]["text"] == answer["text"]
    assert_absent((mail, card), json.dumps(exported["messages"][1]))
    markdown = program.run("conversations", "export", "1", "--policy", answers_only).stdout
    assert answer["text"] in markdown
    assert_absent((mail, card), markdown.partition("## SmolLM2")[2])

    # The database, decrypted.
    database = open_to_read(program.paths.chats, obtain_keys_of(program).chats, CHATS)
    prompts = database.rows("SELECT count(*) FROM messages WHERE role = 'user'")
    answers = database.rows("SELECT * FROM messages WHERE role = 'assistant'")
    words = database.rows("SELECT rowid FROM words WHERE words MATCH 'example'")
    database.close()
    assert (prompts, len(answers), words) == ([(1,)], 1, [(1,)])
    assert "[e-mail masked]" in repr(answers)
    assert_absent((mail, card), repr(answers))

    # The files, as they are: nothing readable at all.
    raw = b"".join(path.read_bytes() for path in program.paths.root.rglob("*") if path.is_file())
    assert mail.encode() not in raw
    assert b"masked]" not in raw

    incidents = program.json("incidents", "list", "--event", "filter.mask", "--json")
    assert sorted(entry["rule_id"] for entry in incidents) == ["card", "email"]
    assert_absent((mail, card), json.dumps(incidents), program.run("incidents", "export").stdout)
    assert program.run("incidents", "verify").returncode == 0

    flip_a_byte(program.paths.incidents)
    broken = program.run("incidents", "verify")
    assert broken.returncode == 4
    assert "record " in broken.stdout
    refused = program.run("ask", "Hello", "--json")
    assert (refused.returncode, refused.stdout) == (4, "")
    assert json.loads(refused.stderr)["error"]["code"] == "incidents.damaged"


def test_what_was_masked_is_not_in_the_next_prompts_context(program, answers_only, planted, monkeypatch):
    """The same turn by the library: what the next request tells the real model is what the user has seen."""
    mail, card, prompt = planted
    for name in ("STRONGROOM_KEY_FILE", "PYTHON_KEYRING_BACKEND"):
        monkeypatch.setenv(name, program.environment[name])
    requests = []
    with Workspace.open(program.paths, policy_file=answers_only) as workspace:
        generate = Loan.generate

        def noted(loan, messages, sampling, *, cancel):
            requests.append(list(messages))
            return generate(loan, messages, sampling, cancel=cancel)

        monkeypatch.setattr(Loan, "generate", noted)
        session = workspace.session()
        greedy = SamplingParameters(temperature=0, max_tokens=40)
        first = session.send(prompt, on_event=lambda event: None, sampling=greedy)
        session.send(
            "Thank you.", on_event=lambda event: None, sampling=SamplingParameters(temperature=0, max_tokens=2)
        )
    told = [message.text for message in requests[1] if message.role is Role.ASSISTANT]
    assert told == [first.message.text]
    assert "[e-mail masked]" in told[0]
    assert_absent((mail, card), *told)


def test_a_refused_prompt_reaches_no_model_and_no_database(program):
    policy = program.policy(
        '[[rules]]\nid = "falcon"\ncategory = "term.project"\nscope = ["prompt"]\naction = "block"\n'
        'detector = { type = "terms", terms = ["falcon"] }\nmessage = "Not even here."\n'
    )
    ended = program.run("ask", "Tell me about falcon", "--policy", policy, "--json", "--keep")
    assert (ended.returncode, ended.stdout) == (3, "")
    error = json.loads(ended.stderr)["error"]
    assert error["code"] == "policy.prompt_refused"
    assert "Not even here." in error["message"]
    assert program.json("conversations", "list", "--json") == []
    (incident,) = program.json("incidents", "list", "--event", "filter.block", "--json")
    assert incident["direction"] == "prompt"


def test_an_invalid_policy_stops_everything_with_line_and_column(program):
    path = program.policy("colour = 1\n")
    ended = program.run("ask", "Hello", "--policy", path)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"{path}, line 4" in ended.stderr
    assert "Traceback" not in ended.stderr


def assert_absent(secrets: tuple[str, ...], *texts: str) -> None:
    for text in texts:
        for secret in secrets:
            assert secret not in text
            assert secret.replace(" ", "") not in text


def obtain_keys_of(program):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STRONGROOM_KEY_FILE", program.environment["STRONGROOM_KEY_FILE"])
        return obtain_keys(program.paths)


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-2000] ^= 1
    path.write_bytes(content)
