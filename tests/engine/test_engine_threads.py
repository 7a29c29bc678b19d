# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The thread controller, with scripted timings of machines that were really measured."""

import random
from itertools import pairwise

import pytest

from strongroom.engine.threads import ThreadController, thread_levels, usable_cores


class Machine:
    """Two cores and SmolLM2: what a token takes, in seconds, idle or beside a busy program."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.speeds = {1: 80.0, 2: 118.0}
        self.hiccup_every = 0
        self.tokens = 0

    def idle(self) -> None:
        self.speeds = {1: 80.0, 2: 118.0}

    def busy(self) -> None:
        self.speeds = {1: 80.0, 2: 3.5}

    def token(self, threads: int) -> float:
        self.tokens += 1
        if self.hiccup_every and self.tokens % self.hiccup_every == 0:
            return 0.15
        return self.random.uniform(0.95, 1.05) / self.speeds[threads]


def rate(controller: ThreadController, machine: Machine, tokens: int) -> float:
    """Generate; return tokens per second. Computations that last too long are interrupted where that is possible."""
    total = 0.0
    for _ in range(tokens):
        seconds = machine.token(controller.threads)
        controller.record(seconds)
        total += seconds
    return tokens / total


def test_an_idle_machine_gets_all_cores():
    controller = ThreadController(2)
    assert rate(controller, Machine(), 300) > 0.97 * 118
    assert controller.threads == 2


def test_a_busy_machine_gets_one_thread_and_never_the_collapse():
    machine, controller = Machine(), ThreadController(2)
    machine.busy()
    rate(controller, machine, 20)
    assert controller.threads == 1
    assert rate(controller, machine, 2000) > 0.9 * 80


def test_the_first_tokens_beside_a_busy_program_are_not_lost_either():
    machine, controller = Machine(), ThreadController(2)
    machine.busy()
    controller.expect(1 / 80)
    seconds = machine.token(controller.threads)
    assert seconds > controller.patience_s()
    controller.give_up(controller.patience_s())
    assert controller.threads == 1


def test_a_program_that_starts_in_mid_answer_costs_two_tokens_at_most():
    machine, controller = Machine(), ThreadController(2)
    rate(controller, machine, 200)
    machine.busy()
    for _ in range(2):
        controller.record(machine.token(controller.threads))
    assert controller.threads == 1


def test_the_cores_come_back_soon_after_the_program_has_ended():
    machine, controller = Machine(), ThreadController(2)
    machine.busy()
    rate(controller, machine, 200)
    machine.idle()
    rate(controller, machine, 800)
    assert controller.threads == 2
    assert rate(controller, machine, 200) > 0.97 * 118


def test_time_without_computing_counts_as_waiting():
    machine, controller = Machine(), ThreadController(2)
    machine.busy()
    rate(controller, machine, 20)
    machine.idle()
    controller.rest(60)
    rate(controller, machine, 10)
    assert controller.threads == 2


def test_waits_grow_while_trying_fails():
    machine, controller = Machine(), ThreadController(2)
    machine.busy()
    rate(controller, machine, 50)
    tries = []
    for number in range(4000):
        seconds = machine.token(controller.threads)
        if controller.is_trying:
            tries.append(number)
        controller.record(seconds)
    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert len(tries) < 12
    assert min(gaps) > 200


def test_a_hiccup_now_and_then_is_no_reason_to_step_down():
    machine, controller = Machine(), ThreadController(2)
    machine.hiccup_every = 250
    rate(controller, machine, 3000)
    plain = Machine()
    plain.hiccup_every = 250
    fixed = 3000 / sum(plain.token(2) for _ in range(3000))
    machine.tokens = 0
    assert rate(controller, machine, 3000) > 0.9 * fixed


def test_a_mild_slowdown_also_leads_to_fewer_threads():
    machine, controller = Machine(), ThreadController(2)
    rate(controller, machine, 200)
    machine.speeds[2] = 60.0
    rate(controller, machine, 60)
    assert controller.threads == 1


def test_sixteen_cores_give_up_one_for_the_neighbor():
    controller = ThreadController(16)
    slow = {threads: 0.2 / threads + 0.001 for threads in thread_levels(16)}
    for _ in range(100):
        controller.record(slow[controller.threads])
    assert controller.threads == 16
    slow[16] = 1.0
    for _ in range(10):
        controller.record(slow[controller.threads])
    assert controller.threads == 15


def test_cores_that_only_hinder_are_found_out_at_the_start():
    controller = ThreadController(8)
    times = {1: 0.08, 2: 0.045, 4: 0.03, 6: 0.036, 7: 0.04, 8: 0.05}
    for _ in range(60):
        controller.record(times[controller.threads])
    assert controller.threads == 4


def test_a_fixed_number_of_threads_is_kept():
    controller = ThreadController(2, is_fixed=True)
    for _ in range(50):
        controller.record(0.3)
    assert controller.threads == 2


def test_a_batch_that_is_interrupted_is_repeated_with_fewer_threads():
    controller = ThreadController(2, trial_units=1, looks_down=False)
    controller.expect(0.007)
    controller.record(64 * 0.0036, 64)
    assert controller.threads == 2
    controller.give_up(controller.patience_s(64), 64)
    assert controller.threads == 1
    assert controller.is_reduced


def test_what_one_controller_has_learned_the_other_follows():
    controller = ThreadController(2, looks_down=False)
    controller.record(0.004)
    controller.retreat()
    assert controller.threads == 1
    controller.advance()
    assert (controller.threads, controller.is_reduced) == (2, False)


@pytest.mark.parametrize("most", [1, 2, 3, 4, 8, 16, 64, 128])
def test_levels_rise_from_one_to_all(most):
    levels = thread_levels(most)
    assert levels[0] == 1
    assert levels[-1] == most
    assert list(levels) == sorted(set(levels))


def test_random_timings_never_leave_the_levels():
    dice = random.Random(7)
    for _ in range(200):
        most = dice.choice([1, 2, 4, 16])
        controller = ThreadController(most, trial_units=dice.choice([1, 3]))
        for _ in range(300):
            assert controller.threads in thread_levels(most)
            seconds = dice.choice([0.001, 0.01, 0.1, 1.0]) * dice.random()
            patience = controller.patience_s(4)
            if patience is not None and seconds > patience:
                controller.give_up(patience, 4)
            else:
                controller.record(seconds, 4)
            if dice.random() < 0.02:
                dice.choice([controller.retreat, controller.advance])()
                controller.rest(dice.random())


def test_there_is_at_least_one_core():
    assert usable_cores() >= 1
