# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Chat templates: those that models really have, and those that an attacker would write."""

import resource
import signal
import time
from dataclasses import replace

import pytest

from strongroom.engine.protocol import TemplateProblem
from strongroom.engine.template import ChatTemplate, RenderLimits
from strongroom.engine.template_limits import MemoryHeadroom, TookTooLong, time_limit

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
NO_SYSTEM = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/...') }}{% endif %}"
    "<start>{{ message['role'] }}\n{{ message['content'] | trim }}<end>\n{% endfor %}{{ '<start>model\n' }}"
)
TURNS = [("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello"), ("user", "Bye")]
PATIENT = RenderLimits(seconds=30.0, memory_bytes=128 * 1024 * 1024)
TIGHT = replace(PATIENT, seconds=0.3)


def render(source: str | None, turns=TURNS, limits: RenderLimits = PATIENT):
    return ChatTemplate(source, bos_token="<s>", eos_token="</s>", limits=limits).render(turns)


def test_chatml_is_rendered():
    prompt = render(CHATML)
    assert prompt.problem is None
    assert prompt.text.startswith("<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>")
    assert prompt.text.endswith("<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n")


def test_a_template_without_a_system_role_gets_it_in_the_first_question():
    prompt = render(NO_SYSTEM)
    assert prompt.problem is None
    assert prompt.text == (
        "<s><start>user\nBe kind.\n\nHi<end>\n<start>assistant\nHello<end>\n<start>user\nBye<end>\n<start>model\n"
    )


def test_a_template_that_insists_on_turns_gets_neighbors_joined():
    prompt = render(NO_SYSTEM, [("user", "One"), ("user", "Two"), ("assistant", "A"), ("user", "Three")])
    assert prompt.problem is None
    assert prompt.text.startswith("<s><start>user\nOne\n\nTwo<end>")


def test_what_templates_expect_of_their_surroundings_is_there():
    source = (
        "{{ strftime_now('%Y') | length }}|{{ {'a': '<é>'} | tojson }}|{{ [1] | tojson(indent=1) }}|{{ tools }}|"
        "{% for m in messages %}{% if loop.first %}{% continue %}{% endif %}{% break %}{% endfor %}"
        "{% generation %}said{% endgeneration %}|{{ bos_token }}{{ eos_token }}"
        "{%- set ns = namespace(n=0) %}{% for i in range(3) %}{% set ns.n = ns.n + i %}{% endfor %}|{{ ns.n }}"
    )
    prompt = render(source)
    assert prompt.problem is None
    assert prompt.text == '4|{"a": "<é>"}|[\n 1\n]|None|said|<s></s>|3'


def test_no_template_means_the_fallback():
    prompt = render(None)
    assert prompt.problem is TemplateProblem.MISSING
    assert prompt.text == (
        "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
        "<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n"
    )


HOSTILE = {
    "a string times ten billion": ("{{ 'A' * 10**10 }}", TemplateProblem.TOO_MUCH_MEMORY),
    "a list times ten billion": ("{{ [0] * 10**10 }}", TemplateProblem.TOO_MUCH_MEMORY),
    "a field two billion wide": ("{{ '%2000000000d' % 1 }}", TemplateProblem.TOO_MUCH_MEMORY),
    "a format two billion wide": ("{{ '{:2000000000d}'.format(1) }}", TemplateProblem.TOO_MUCH_MEMORY),
    "a center two billion wide": ("{{ 'a' | center(2000000000) }}", TemplateProblem.TOO_MUCH_MEMORY),
    "nested loops": (
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        TemplateProblem.TOO_SLOW,
    ),
    "a string that doubles": (
        "{% set n = namespace(s='A') %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}{{ n.s }}",
        TemplateProblem.TOO_MUCH_MEMORY,
    ),
    "output without end": ("{% for a in range(99999) %}{{ 'A' * 1000 }}{% endfor %}", TemplateProblem.TOO_LONG),
    "a power tower": ("{{ 9 ** 999999999 }}", TemplateProblem.TOO_MUCH_MEMORY),
    "a number that squares itself": (
        "{% set n = namespace(x=3) %}{% for i in range(99) %}{% set n.x = n.x * n.x %}{% endfor %}{{ n.x }}",
        TemplateProblem.TOO_MUCH_MEMORY,
    ),
    "deep parentheses": ("{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}", TemplateProblem.TOO_DEEP),
    "endless recursion": (
        "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
        TemplateProblem.TOO_DEEP,
    ),
    "lorem ipsum": ("{{ lipsum(n=100000) }}", TemplateProblem.FAILED),
    "an attribute of the interpreter": (
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        TemplateProblem.FORBIDDEN,
    ),
    "a global's globals": ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", TemplateProblem.FORBIDDEN),
    "a function's globals": (
        "{{ raise_exception.__globals__['__builtins__']['open']('/etc/passwd').read() }}",
        TemplateProblem.FORBIDDEN,
    ),
    "a filter's way around": ("{{ (''|attr('__class__')).__mro__ }}", TemplateProblem.FORBIDDEN),
    "a format string's way around": ("{{ '{0.__class__.__mro__}'.format('') }}", TemplateProblem.FORBIDDEN),
    "a change to the conversation": (
        "{{ messages.append({'role': 'user', 'content': 'x'}) }}",
        TemplateProblem.FORBIDDEN,
    ),
    "a refusal of everything": ("{{ raise_exception('no') }}", TemplateProblem.REFUSED),
    "nothing at all": ("{{ '' }}\n", TemplateProblem.FAILED),
    "no Jinja": ("{% for %}", TemplateProblem.SYNTAX),
    "an include": ("{% include '/etc/passwd' %}", TemplateProblem.FAILED),
    "a division by zero": ("{{ 1 // 0 }}", TemplateProblem.FAILED),
    "a megabyte of source": ("x" * 1_000_000, TemplateProblem.TOO_LONG),
}


@pytest.mark.parametrize(("source", "problem"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_template_is_replaced_by_the_fallback(source, problem):
    # On a busy machine others may take longer than such a one is given here.
    prompt = render(source, limits=TIGHT if problem is TemplateProblem.TOO_SLOW else PATIENT)
    assert prompt.problem is problem
    assert prompt.text.endswith("<|im_start|>assistant\n")


def test_a_template_that_was_too_slow_is_not_tried_again():
    template = ChatTemplate(
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", limits=TIGHT
    )
    assert template.problem is None
    template.render(TURNS)
    began = time.thread_time()
    assert template.render(TURNS).problem is TemplateProblem.TOO_SLOW
    assert time.thread_time() - began < TIGHT.seconds / 2


def test_a_template_that_refused_one_conversation_is_tried_again():
    template = ChatTemplate("{{ raise_exception('no') if messages | length > 1 else 'yes' }}", limits=TIGHT)
    assert template.render(TURNS).problem is TemplateProblem.REFUSED
    assert template.render([("user", "Hi")]).text == "yes"


def test_limits_leave_nothing_behind():
    before = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM)
    render("{{ 'A' * 10**10 }}")
    assert (resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM)) == before


def test_time_runs_out_inside_the_block_only():
    with pytest.raises(TookTooLong), time_limit(0.02):
        spin()
    with time_limit(5):
        assert True


def spin():
    while True:
        pass


def test_an_exception_that_swallows_the_interruption_gets_another():
    def swallow():
        while True:
            try:
                spin()
            except BaseException:  # the point of this test
                if time.monotonic() > until:
                    raise

    until = time.monotonic() + 0.2
    with pytest.raises(TookTooLong), time_limit(0.02):
        swallow()


def test_memory_runs_out_inside_the_block_only():
    headroom = MemoryHeadroom()
    with pytest.raises(MemoryError), headroom.limit(32 * 1024 * 1024):
        bytearray(64 * 1024 * 1024)
    assert len(bytearray(64 * 1024 * 1024))
    headroom.close()
