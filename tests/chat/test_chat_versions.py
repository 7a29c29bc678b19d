# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""A turn in a conversation that has several versions: what the model is told, and what is kept with the answer."""

from dataclasses import replace

import pytest

from strongroom.core.chat import TEMPLATE_FALLBACK, Role
from strongroom.core.events import PromptAccepted
from strongroom.core.generation import GenerationSettings, SamplingParameters


def texts(messages) -> list[str]:
    return [message.text for message in messages]


def test_a_model_is_told_the_selected_path_and_nothing_of_other_versions(scripted):
    with scripted.open(["First."], ["Other."]) as workspace:
        session = workspace.session()
        first = session.send("One", on_event=scripted.listen).message
        workspace.conversations.add_message(session.conversation_id, Role.USER, "A second thought")
        workspace.conversations.tree.select_head(session.conversation_id, first.message_id)

        finished = session.send("Two", on_event=scripted.listen)

        assert scripted.requests()[-1] == [["user", "One"], ["assistant", "First."], ["user", "Two"]]
        assert texts(workspace.conversations.messages(session.conversation_id)) == ["One", "First.", "Two", "Other."]
        assert texts(workspace.conversations.tree.children(first.message_id)) == ["A second thought", "Two"]
        assert finished.message.parent_id == scripted.of(PromptAccepted)[-1].message.message_id


def test_an_answer_goes_below_its_own_prompt_whatever_is_selected_meanwhile(scripted):
    with scripted.open(["First."], ["Second."]) as workspace:
        session = workspace.session()
        first = session.send("One", on_event=scripted.listen).message

        def select_another(event) -> None:
            if isinstance(event, PromptAccepted):
                workspace.conversations.tree.select_head(session.conversation_id, first.message_id)

        finished = session.send("Two", on_event=select_another)

        assert scripted.requests()[-1] == [["user", "One"], ["assistant", "First."], ["user", "Two"]]
        assert texts(workspace.conversations.messages(session.conversation_id)) == ["One", "First.", "Two", "Second."]
        assert workspace.conversations.get(session.conversation_id).head_id == finished.message.message_id


@pytest.mark.parametrize("seed", [None, 0, 2**32 - 1])
def test_an_answer_keeps_what_it_was_generated_with(scripted, seed):
    sampling = SamplingParameters(temperature=0.8, seed=seed, stop=("END",))
    with scripted.open(["First."]) as workspace:
        session = workspace.session()
        finished = session.send("One", on_event=scripted.listen, sampling=sampling)
        prompt, kept = workspace.conversations.messages(session.conversation_id)

    (request,) = scripted.whole_requests()
    assert kept.made_with == finished.message.made_with
    assert kept.made_with == GenerationSettings(sampling, request["seed"], "7" * 64)
    assert seed in (None, request["seed"])
    assert prompt.made_with is None


def test_an_answer_for_which_the_general_template_stood_in_names_no_template(scripted):
    with scripted.open([{"notice": "template.fallback"}, "First."], ["Second."]) as workspace:
        session = workspace.session()
        first, second = (session.send(text, on_event=scripted.listen).message for text in ("One", "Two"))
        kept = workspace.conversations.messages(session.conversation_id)

    assert [note.code for note in first.notes if note.code == TEMPLATE_FALLBACK] == [TEMPLATE_FALLBACK]
    assert (first.made_with.template_digest, second.made_with.template_digest) == ("", "7" * 64)
    assert kept[1] == first


def test_a_seed_is_drawn_anew_for_each_answer_and_can_be_used_again(scripted):
    with scripted.open(["First."], ["Second."], ["Third."]) as workspace:
        session = workspace.session()
        first, second = (session.send(text, on_event=scripted.listen).message.made_with for text in ("One", "Two"))
        again = replace(first.sampling, seed=first.seed)
        third = session.send("Three", on_event=scripted.listen, sampling=again).message.made_with

    assert first.sampling.seed is second.sampling.seed is None
    assert first.seed != second.seed
    assert [request["seed"] for request in scripted.whole_requests()] == [first.seed, second.seed, first.seed]
    assert third.seed == first.seed
