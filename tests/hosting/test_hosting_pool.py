# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Models are lent in order, as many as have room stay loaded, and whoever waits is told."""

import random
import threading
import time

import pytest

from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.events import ModelsUnloaded, RoomReason, WaitingForModel, WaitReason
from strongroom.core.generation import FinishReason
from strongroom.engine import EngineFault, FaultKind, GenerationDone, TokenText
from strongroom.hosting import HostingLimits, ModelRole, Priority, VerifiedBytes
from support.scripted_engine import Step


def text_of(events):
    return "".join(event.text for event in events if isinstance(event, TokenText))


def test_a_loan_answers_and_names_the_verified_bytes(bench, ask):
    model = bench.model("one", ["Hello."])
    loan = bench.borrow(model).await_model().loan
    assert text_of(ask(loan)) == "Hello."
    assert isinstance(loan.loaded.provenance, VerifiedBytes)
    assert loan.loaded.verification.digest == loan.loaded.digest


def test_two_models_are_lent_at_the_same_time(bench, ask):
    one, two = bench.model("one", ["One."]), bench.model("two", ["Two."])
    first, second = bench.borrow(one).await_model(), bench.borrow(two).await_model()
    assert text_of(ask(second.loan)) == "Two."
    assert text_of(ask(first.loan)) == "One."
    assert bench.loaded() == {one, two}
    assert first.of(WaitingForModel) == second.of(WaitingForModel) == []


def test_a_model_is_lent_to_one_at_a_time_in_the_order_of_asking(bench):
    model = bench.model("one")
    first = bench.borrow(model).await_model()
    second = bench.borrow(model)
    second.await_event(WaitingForModel("one", 1))
    third = bench.borrow(model)
    third.await_event(WaitingForModel("one", 2))
    assert not second.has_it
    first.give_back()
    second.await_model()
    third.await_event(WaitingForModel("one", 1))
    assert not third.has_it
    second.give_back()
    third.await_model().give_back()
    assert bench.order == [first, second, third]
    assert [event.place for event in third.of(WaitingForModel)] == [2, 1]
    assert bench.starts == [model]


def test_the_foreground_goes_before_the_background_whoever_asked_first(bench):
    model = bench.model("one")
    first = bench.borrow(model).await_model()
    background = bench.borrow(model, priority=Priority.BACKGROUND, role=ModelRole.PROBE)
    background.await_event(WaitingForModel("one", 1))
    foreground = bench.borrow(model)
    foreground.await_event(WaitingForModel("one", 1))
    background.await_event(WaitingForModel("one", 2))
    first.give_back()
    foreground.await_model().give_back()
    background.await_model().give_back()
    assert bench.order == [first, foreground, background]


def test_a_cancel_ends_the_waiting_at_once_and_leaves_the_line_sound(bench):
    model = bench.model("one")
    first = bench.borrow(model).await_model()
    second, third = bench.borrow(model), None
    second.await_event(WaitingForModel("one", 1))
    third = bench.borrow(model)
    third.await_event(WaitingForModel("one", 2))
    began = time.monotonic()
    second.cancel.set()
    with pytest.raises(Cancelled):
        second.await_model()
    assert time.monotonic() - began < 0.2
    third.await_event(WaitingForModel("one", 1))
    first.give_back()
    third.await_model()


def test_without_room_the_one_not_needed_longest_is_unloaded_and_that_is_said(bench):
    bench.memory = 2 * bench.model_size
    one, two, three = bench.model("one"), bench.model("two"), bench.model("three")
    for model in (one, two, one):
        bench.borrow(model).await_model().give_back()
    third = bench.borrow(three).await_model()
    assert bench.loaded() == {one, three}
    (event,) = third.of(ModelsUnloaded)
    assert event == ModelsUnloaded(
        "three", ("two",), RoomReason.MEMORY, freed=0, free=bench.model_size, needed=bench.model_size, is_enough=True
    )


def test_a_model_that_is_lent_is_never_unloaded_and_whoever_needs_its_room_waits(bench, ask):
    bench.memory = bench.model_size
    one, two = bench.model("one", ["One."]), bench.model("two", ["Two."])
    first = bench.borrow(one).await_model()
    second = bench.borrow(two)
    second.await_event(WaitingForModel("two", 1, WaitReason.ROOM))
    assert bench.loaded() == {one}
    assert text_of(ask(first.loan)) == "One."
    first.give_back()
    assert text_of(ask(second.await_model().loan)) == "Two."
    assert bench.loaded() == {two}
    assert second.of(ModelsUnloaded)[0].unloaded == ("one",)


def test_whoever_waits_for_room_is_not_overtaken_by_those_who_asked_later(bench):
    bench.memory = bench.model_size
    one, two = bench.model("one"), bench.model("two")
    first = bench.borrow(one).await_model()
    second = bench.borrow(two)
    second.await_event(WaitingForModel("two", 1, WaitReason.ROOM))
    third = bench.borrow(one)
    third.await_event(WaitingForModel("one", 1))
    first.give_back()
    second.await_model().give_back()
    third.await_model().give_back()
    assert bench.order == [first, second, third]
    assert bench.starts == [one, two, one]


def test_a_cancel_while_waiting_for_room_lets_the_others_go_on(bench):
    bench.memory = bench.model_size
    one, two = bench.model("one"), bench.model("two")
    first = bench.borrow(one).await_model()
    second = bench.borrow(two)
    second.await_event(WaitingForModel("two", 1, WaitReason.ROOM))
    third = bench.borrow(one)
    second.cancel.set()
    with pytest.raises(Cancelled):
        second.await_model()
    first.give_back()
    third.await_model()
    assert bench.starts == [one]


def test_a_model_that_never_fits_is_loaded_all_the_same_and_that_is_said(bench):
    bench.memory = bench.model_size // 2
    one, two = bench.model("one"), bench.model("two")
    bench.borrow(one).await_model().give_back()
    second = bench.borrow(two).await_model()
    (event,) = second.of(ModelsUnloaded)
    assert event.unloaded == ("one",)
    assert not event.is_enough
    assert bench.loaded() == {two}


def test_whoever_has_a_model_does_not_wait_for_itself(bench, ask):
    bench.memory = bench.model_size
    one, two = bench.model("one", ["One."]), bench.model("two", ["Two."])
    told = []
    never = threading.Event()
    with bench.pool.borrow(one, on_event=told.append, cancel=never) as first:
        with bench.pool.borrow(two, role=ModelRole.GUARD, on_event=told.append, cancel=never) as second:
            assert text_of(ask(second)) == "Two."
        assert text_of(ask(first)) == "One."
    (event,) = [event for event in told if isinstance(event, ModelsUnloaded)]
    assert (event.unloaded, event.is_enough) == ((), False)


def test_borrowing_what_one_has_already_is_refused(bench):
    one = bench.model("one")
    never = threading.Event()
    with (
        bench.pool.borrow(one, on_event=lambda _: None, cancel=never),
        pytest.raises(RuntimeError),
        bench.pool.borrow(one, on_event=lambda _: None, cancel=never),
    ):
        pass


def test_the_policy_limits_how_many_are_loaded(bench):
    bench.limits = HostingLimits(most_loaded=1)
    one, two = bench.model("one"), bench.model("two")
    bench.borrow(one).await_model().give_back()
    second = bench.borrow(two).await_model()
    assert bench.loaded() == {two}
    assert second.of(ModelsUnloaded)[0].reason is RoomReason.MOST_LOADED


def test_more_models_than_the_policy_allows_are_refused(bench):
    bench.limits = HostingLimits(most_loaded=1)
    one, two = bench.model("one"), bench.model("two")
    never = threading.Event()
    with (
        bench.pool.borrow(one, on_event=lambda _: None, cancel=never),
        pytest.raises(UserFacingError) as refusal,
        bench.pool.borrow(two, on_event=lambda _: None, cancel=never),
    ):
        pass
    assert refusal.value.code == "model.most_loaded"
    assert bench.loaded() == {one}


def test_a_failed_load_leaves_the_others_loaded(bench):
    one, two = bench.model("one"), bench.model("two")
    bench.borrow(one).await_model().give_back()
    bench.fails[two] = EngineFault(FaultKind.NOT_A_MODEL)
    second = bench.borrow(two)
    with pytest.raises(EngineFault):
        second.await_model()
    assert bench.loaded() == {one}
    assert bench.pool.loaded.model_id == one
    assert bench.engines[two].is_closed


def test_a_model_that_died_is_loaded_again(bench, ask):
    one = bench.model("one", ["Said.", Step.CRASH])
    first = bench.borrow(one).await_model()
    with pytest.raises(EngineFault):
        ask(first.loan)
    first.give_back()
    assert bench.pool.loaded is None
    assert bench.engines[one].is_closed
    bench.borrow(one).await_model()
    assert bench.starts == [one, one]


def test_loading_again_takes_the_settings_in_force(bench):
    one = bench.model("one")
    never = threading.Event()
    bench.pool.load(one, on_event=lambda _: None, cancel=never)
    bench.settings = bench.settings.with_values(context_length=2048)
    bench.pool.load(one, on_event=lambda _: None, cancel=never)
    assert bench.engines[one].options.context_length == 2048
    assert bench.starts == [one, one]


def test_a_model_that_is_not_sealed_is_loaded_anew_once_the_policy_asks_for_a_sealed_copy(bench):
    one = bench.model("one")
    bench.borrow(one).await_model().give_back()
    bench.limits = HostingLimits(is_sealed=True)
    for _ in range(2):
        bench.borrow(one).await_model().give_back()
    assert bench.starts == [one, one]


def test_without_a_policy_in_force_nothing_is_lent(bench):
    one = bench.model("one")
    bench.borrow(one).await_model().give_back()

    def none_in_force():
        raise UserFacingError("policy.not_in_force")

    bench.limits_in_force = none_in_force
    second = bench.borrow(one)
    with pytest.raises(UserFacingError):
        second.await_model()


def test_no_choice_means_the_model_of_the_last_chat(bench):
    one, two, three = bench.model("one"), bench.model("two"), bench.model("three")
    bench.settings = bench.settings.with_values(model=one)
    assert bench.borrow("").await_model().give_back().loan.loaded.model_id == one
    bench.borrow(two).await_model().give_back()
    bench.borrow(three, role=ModelRole.COMPARE).await_model().give_back()
    assert bench.borrow("").await_model().give_back().loan.loaded.model_id == two
    assert bench.pool.loaded.model_id == two


def test_a_model_that_was_given_back_answers_no_more(bench, ask):
    one = bench.model("one", ["Hello."])
    loan = bench.borrow(one).await_model().give_back().loan
    with pytest.raises(RuntimeError):
        ask(loan)


def test_only_an_idle_model_is_released(bench):
    one = bench.model("one")
    first = bench.borrow(one).await_model()
    assert not bench.pool.release(one)
    first.give_back()
    assert bench.pool.release(one)
    assert bench.loaded() == set()
    assert bench.pool.release("nothing of that name")


def test_closing_ends_every_model_and_cancels_whoever_waits(bench, ask):
    one = bench.model("one", [Step.HOLD])
    first = bench.borrow(one).await_model()
    second = bench.borrow(one)
    second.await_event(WaitingForModel("one", 1))
    closing = threading.Timer(0.1, bench.pool.close)
    closing.start()
    with pytest.raises(EngineFault):
        ask(first.loan)
    with pytest.raises(Cancelled):
        second.await_model()
    closing.join()
    assert bench.engines[one].is_closed
    with pytest.raises(Cancelled):
        bench.borrow(one).await_model()


def test_background_work_rests_while_a_foreground_answer_is_made(bench):
    go_on = threading.Event()
    one, two = bench.model("one", ["Begun.", go_on, "Done."]), bench.model("two", ["a", "b", "c"])
    first = bench.borrow(one).await_model()
    second = bench.borrow(two, priority=Priority.BACKGROUND, role=ModelRole.PROBE).await_model()
    answer = first.start_answer()
    answer.await_text("Begun.")
    probing = second.start_answer()
    bench.await_true(lambda: bench.engines[two].is_paused)
    assert not bench.engines[one].is_paused
    assert probing.text == ""
    go_on.set()
    assert answer.result()[-1].finish_reason is FinishReason.STOP
    assert text_of(probing.result()) == "abc"
    assert not bench.engines[two].is_paused


def test_background_work_that_rests_can_be_cancelled(bench):
    one, two = bench.model("one", ["Begun.", Step.HOLD]), bench.model("two", ["never"], ["Next."])
    first = bench.borrow(one).await_model()
    second = bench.borrow(two, priority=Priority.BACKGROUND, role=ModelRole.PROBE).await_model()
    answer = first.start_answer()
    answer.await_text("Begun.")
    probing = second.start_answer()
    bench.await_true(lambda: bench.engines[two].is_paused)
    probing.cancel.set()
    assert probing.result()[-1].finish_reason is FinishReason.CANCELLED
    assert isinstance(probing.result()[-1], GenerationDone)
    answer.cancel.set()
    answer.result()


def test_background_work_goes_on_when_a_foreground_answer_fails(bench):
    one, two = bench.model("one", ["Begun.", Step.CRASH]), bench.model("two", ["a", "b"])
    first = bench.borrow(one).await_model()
    second = bench.borrow(two, priority=Priority.BACKGROUND, role=ModelRole.PROBE).await_model()
    answer = first.start_answer()
    with pytest.raises(EngineFault):
        answer.result()
    assert text_of(second.start_answer().result()) == "ab"


def test_many_borrowers_of_few_models_never_share_lose_or_block_one(bench):
    """With room for two of three models, and some who give up: whoever has a model has it alive and alone."""
    bench.memory = 2 * bench.model_size
    models = [bench.model(name) for name in ("one", "two", "three")]
    chance = random.Random(7)
    plans = [
        [(chance.choice(models), chance.choice(list(Priority)), chance.random() < 0.2) for _ in range(12)]
        for _ in range(5)
    ]
    holders: dict[str, int] = dict.fromkeys(models, 0)
    wrong: list[str] = []

    def run(plan):
        for model, priority, gives_up in plan:
            cancel = threading.Event()
            if gives_up:
                cancel.set()
            try:
                with bench.pool.borrow(model, priority=priority, on_event=lambda _: None, cancel=cancel) as loan:
                    holders[model] += 1
                    if holders[model] != 1 or loan.loaded.model_id != model or not bench.engines[model].is_alive:
                        wrong.append(model)
                    holders[model] -= 1
            except Cancelled:
                if not gives_up:
                    wrong.append(f"{model} cancelled")

    threads = [threading.Thread(target=run, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert wrong == []
    assert len(bench.loaded()) <= 2
    alive = {model for model, engine in bench.engines.items() if engine.is_alive}
    assert alive == bench.loaded()
