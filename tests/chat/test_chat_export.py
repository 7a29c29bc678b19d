# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What leaves for a file or the clipboard passes the policy that is in force at that moment."""

import json

import pytest

from strongroom.chat import PolicyFilter, export_conversation, outgoing_text
from strongroom.core.chat import Role, VisibleText
from strongroom.core.errors import UserFacingError
from strongroom.core.findings import Direction
from strongroom.core.generation import GenerationSettings, SamplingParameters
from strongroom.core.incident import IncidentEvent
from strongroom.filter import FilterFailure
from strongroom.words import say_note

ANSWER = "The heron stands here. Mail [e-mail masked] about it."
PROMPT = "Where is the heron?"


ADDRESSES = """
version = 1
name = "Addresses"
revision = "1"
[[rules]]
id = "email"
category = "pii.email"
detector = { type = "email" }
action = "mask"
"""


def policy(action: str, **fields: str) -> str:
    extra = "".join(f'{name} = "{value}"\n' for name, value in fields.items())
    return (
        'version = 1\nname = "Exports"\nrevision = "1"\n[[rules]]\nid = "heron"\ncategory = "term.project"\n'
        f'scope = ["export"]\ndetector = {{ type = "terms", terms = ["heron"] }}\naction = "{action}"\n{extra}'
    )


@pytest.fixture
def kept(scripted):
    """A data folder with a conversation from a time when the policy looked for addresses only; its number."""
    with scripted.open(policy_file=scripted.policy(ADDRESSES)) as workspace:
        filtered = workspace.filters.filter_text(
            "The heron stands here. Mail anna@example.org about it.", Direction.ANSWER
        )
        assert filtered.text == ANSWER
        number = workspace.conversations.create(PROMPT).conversation_id
        workspace.conversations.add_message(number, Role.USER, PROMPT)
        workspace.conversations.add_message(number, Role.ASSISTANT, filtered.text, marks=filtered.marks)
    return number


@pytest.fixture
def reopened(scripted, kept):
    """Open the folder under another policy."""

    def reopen(action: str, **fields: str):
        return scripted.open(policy_file=scripted.policy(policy(action, **fields)))

    return reopen


def answer_of(workspace, number):
    message = workspace.conversations.messages(number)[-1]
    return VisibleText(message.text, message.marks)


def exported(workspace):
    return [entry.record for entry in workspace.incidents.entries() if entry.record.direction == "export"]


def test_markdown_is_masked_by_the_policy_in_force_now(reopened, kept):
    with reopened("mask") as workspace:
        text = export_conversation(workspace, kept, "markdown", say_note=say_note)
        records = exported(workspace)
        stored = workspace.conversations.messages(kept)[-1].text
    assert "heron" not in text
    assert text.startswith("# Where is the [term masked]?\n")
    assert "The [term masked] stands here. Mail [e-mail masked] about it." in text
    # Title, prompt and answer.
    assert [(record.event, record.rule_id) for record in records] == [(IncidentEvent.FILTER_MASK, "heron")] * 3
    assert {record.conversation_id for record in records} == {kept}
    assert stored == ANSWER


def test_json_is_masked_too_and_its_marks_fit_its_text(reopened, kept):
    with reopened("mask") as workspace:
        content = json.loads(export_conversation(workspace, kept, "json", say_note=say_note))
    answer = content["messages"][-1]
    passages = [answer["text"][mark["start"] : mark["end"]] for mark in answer["marks"]]
    assert passages == ["[term masked]", "[e-mail masked]"]
    assert content["title"] == "Where is the [term masked]?"
    for mark in answer["marks"]:
        assert {"severity", "evidence", "disguise", "removed_sentences", "confidence", "policy"} <= mark.keys()


def test_json_has_the_selected_path_with_what_each_answer_was_made_with(scripted, kept):
    made_with = GenerationSettings(SamplingParameters(temperature=0.9, stop=("END",)), 17, "7" * 64)
    with scripted.open(policy_file=scripted.policy(ADDRESSES)) as workspace:
        store = workspace.conversations
        prompt, first = (message.message_id for message in store.messages(kept))
        second = store.add_message(
            kept, Role.ASSISTANT, "Another heron.", model_name="Tiny", model_digest="d" * 64, made_with=made_with,
            parent=prompt,
        )  # fmt: skip
        content = json.loads(export_conversation(workspace, kept, "json", say_note=say_note))
        store.tree.select_head(kept, first)
        former = export_conversation(workspace, kept, "markdown", say_note=say_note)
    assert (content["head_id"], content["message_count"]) == (second.message_id, 3)
    assert [(message["message_id"], message["parent_id"]) for message in content["messages"]] == [
        (prompt, None),
        (second.message_id, prompt),
    ]
    answer = content["messages"][-1]
    assert (answer["text"], answer["model_digest"]) == ("Another heron.", "d" * 64)
    assert (answer["made_with"]["seed"], answer["made_with"]["template_digest"]) == (17, "7" * 64)
    assert (answer["made_with"]["sampling"]["temperature"], answer["made_with"]["sampling"]["stop"]) == (0.9, ["END"])
    assert content["messages"][0]["made_with"] is None
    assert "Another heron." not in former
    assert ANSWER in former


def test_a_part_that_this_version_cannot_show_is_mentioned_and_its_content_stays(scripted, kept):
    with scripted.open(policy_file=scripted.policy(ADDRESSES)) as workspace:
        answer = workspace.conversations.messages(kept)[-1].message_id
        workspace.conversations.database.write(
            "INSERT INTO message_parts VALUES (?, 1, 'tool_result', ?)", (answer, '{"of": "a later version"}')
        )
        markdown = export_conversation(workspace, kept, "markdown", say_note=say_note)
        written = export_conversation(workspace, kept, "json", say_note=say_note)
    assert markdown.count("(a part that this version of the app cannot show)") == 1
    assert json.loads(written)["messages"][-1]["further_parts"] == [{"kind": "tool_result"}]
    assert "a later version" not in markdown + written


def test_clipboard_is_masked_too(reopened, kept):
    with reopened("mask") as workspace:
        outgoing = outgoing_text(workspace, answer_of(workspace, kept), conversation_id=kept)
        part = outgoing_text(workspace, VisibleText("heron stands"), conversation_id=kept)
        assert len(exported(workspace)) == 2
    assert outgoing.text == "The [term masked] stands here. Mail [e-mail masked] about it."
    assert part.text == "[term masked] stands"
    assert (outgoing.withheld, part.withheld) == (None, None)


def test_what_blocks_ends_the_message_there_and_says_so(reopened, kept):
    with reopened("block", message="Herons stay here.") as workspace:
        markdown = export_conversation(workspace, kept, "markdown", say_note=say_note)
        content = json.loads(export_conversation(workspace, kept, "json", say_note=say_note))
        outgoing = outgoing_text(workspace, answer_of(workspace, kept))
        assert {record.event for record in exported(workspace)} == {IncidentEvent.FILTER_BLOCK}
    assert "heron " not in markdown
    assert "stands here" not in markdown
    assert markdown.count("*Note: The policy does not let the rest leave (rule heron). Herons stay here.*") == 2
    assert [message["text"] for message in content["messages"]] == ["Where is the ", "The "]
    assert [message["notes"][-1]["code"] for message in content["messages"]] == ["export.withheld"] * 2
    assert outgoing.text == "The "
    assert say_note(outgoing.withheld) == "The policy does not let the rest leave (rule heron). Herons stay here."


def test_a_filter_that_fails_exports_nothing(reopened, kept, monkeypatch):
    def fail(_self, _visible, _direction):
        raise FilterFailure("heron", "KeyError")

    with reopened("mask") as workspace:
        visible = answer_of(workspace, kept)
        monkeypatch.setattr(PolicyFilter, "filter_again", fail)
        for attempt in (
            lambda: export_conversation(workspace, kept, "markdown", say_note=say_note),
            lambda: export_conversation(workspace, kept, "json", say_note=say_note),
            lambda: outgoing_text(workspace, visible, conversation_id=kept),
        ):
            with pytest.raises(FilterFailure):
                attempt()
        failures = workspace.incidents.entries(event=IncidentEvent.FILTER_FAILED)
    assert [entry.record.details for entry in failures] == [{"rule": "heron", "direction": "export"}] * 3


def test_what_cannot_be_recorded_is_not_exported(reopened, kept):
    def refuse(_record):
        raise OSError("disk gone")

    with reopened("mask") as workspace:
        visible = answer_of(workspace, kept)
        workspace.incidents.append = refuse
        for attempt in (
            lambda: export_conversation(workspace, kept, "json", say_note=say_note),
            lambda: outgoing_text(workspace, visible, conversation_id=kept),
        ):
            with pytest.raises(UserFacingError) as refusal:
                attempt()
            assert refusal.value.code == "incidents.not_writable"


def test_an_export_in_which_nothing_is_found_is_what_is_kept_and_adds_no_record(scripted, kept):
    lenient = 'version = 1\nname = "Nothing"\nrevision = "1"\nrules = []\n'
    with scripted.open(policy_file=scripted.policy(lenient)) as workspace:
        before = workspace.incidents.count()
        visible = answer_of(workspace, kept)
        outgoing = outgoing_text(workspace, visible)
        content = json.loads(export_conversation(workspace, kept, "json", say_note=say_note))
        assert workspace.incidents.count() == before
    assert (outgoing.text, outgoing.marks) == (visible.text, visible.marks)
    assert [message["text"] for message in content["messages"]] == [PROMPT, ANSWER]
