# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Every line on the two pipes: what goes through unchanged, and what is refused."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.core.isolation import Barrier, Capability, Outcome
from strongroom.core.line_messages import BreachKind, ProtocolBreach, decode, require_version
from strongroom.engine.protocol import (
    APP_LINE_LIMIT,
    FROM_APP,
    FROM_WORKER,
    LARGEST_SCALE,
    MOST_ADAPTERS,
    MOST_PARTS,
    WORKER_LINE_LIMIT,
    Cancel,
    Confine,
    DeviceReason,
    Done,
    Failed,
    FailureCode,
    Generate,
    Hello,
    Load,
    Loaded,
    LoadStep,
    Notice,
    NoticeCode,
    PromptStep,
    Rest,
    TemplateProblem,
    Token,
    WorkerFinish,
    encode,
)
from strongroom.processes.messages import Confined, Probe, Probed

requests = st.integers(1, 2**31 - 1)
counts = st.integers(0, 2**31 - 1)
threads = st.integers(1, 1024)
layers = st.integers(0, 100_000)
descriptors = st.integers(3, 1_000_000)
problems = st.none() | st.sampled_from(TemplateProblem)


def texts(most: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=most)


from_worker = st.one_of(
    st.builds(Hello, protocol=texts(40), version=counts),
    st.builds(
        Confined,
        barriers=st.lists(st.sampled_from(Barrier), max_size=20).map(tuple),
        gaps=st.lists(st.tuples(st.sampled_from(Barrier), texts(200)), max_size=20).map(tuple),
        granted=st.lists(texts(200), max_size=5).map(tuple),
        landlock_abi=st.integers(0, 1_000),
    ),
    st.builds(
        Probed,
        request=requests,
        attempts=st.lists(
            st.tuples(texts(60), st.sampled_from(Capability), st.sampled_from(Outcome), texts(60)), max_size=10
        ).map(tuple),
    ),
    st.builds(LoadStep, thousandths=st.integers(0, 1000)),
    st.builds(
        Loaded,
        architecture=texts(64),
        description=texts(128),
        context_length=st.integers(1, 2**24),
        training_context_length=counts,
        threads=threads,
        has_template=st.booleans(),
        template_problem=problems,
        device_reason=st.sampled_from(DeviceReason),
        device_name=texts(128),
        offloaded_layers=layers,
        total_layers=layers,
        template_digest=st.none() | st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    ),
    st.builds(PromptStep, request=requests, done=counts, total=requests),
    st.builds(Token, request=requests, text=texts(200)),
    st.builds(Rest, request=requests, text=texts(200)),
    st.builds(Notice, request=requests, code=st.sampled_from(NoticeCode), problem=problems, count=counts),
    st.builds(
        Done, request=requests, finish_reason=st.sampled_from(WorkerFinish), context_used=counts, threads=threads
    ),
    st.builds(Failed, request=counts, code=st.sampled_from(FailureCode), needed=counts),
)
from_app = st.one_of(
    st.builds(Confine, may_use_gpu=st.booleans(), opened_again=st.lists(descriptors, max_size=4).map(tuple)),
    st.builds(Probe, request=requests, private=st.lists(texts(50), max_size=16).map(tuple)),
    st.builds(
        Load,
        descriptors=st.lists(descriptors, min_size=1, max_size=4).map(tuple),
        adapters=st.lists(st.tuples(descriptors, st.floats(0, LARGEST_SCALE)), max_size=MOST_ADAPTERS).map(tuple),
        context_length=st.integers(16, 2**24),
        gpu_layers=st.integers(-1, 10_000),
        threads=st.integers(0, 1024),
        memory_limit=st.integers(0, 2**62),
    ),
    st.builds(
        Generate,
        request=requests,
        messages=st.lists(
            st.tuples(st.sampled_from(["system", "user", "assistant"]), texts(50)), min_size=1, max_size=5
        ).map(tuple),
        temperature=st.floats(0, 5),
        top_k=st.integers(0, 1_000_000),
        top_p=st.floats(0, 1),
        min_p=st.floats(0, 1),
        repeat_penalty=st.floats(0.1, 10),
        seed=st.integers(0, 2**32 - 1),
        max_tokens=st.integers(1, 1_000_000),
        stop=st.lists(texts(20), max_size=16).map(tuple),
    ),
    st.builds(Cancel, request=counts),
)


@given(from_worker)
def test_every_worker_message_survives_the_line(message):
    assert decode(encode(message), FROM_WORKER, WORKER_LINE_LIMIT) == message


@given(from_app)
def test_every_app_message_survives_the_line(message):
    assert decode(encode(message), FROM_APP, APP_LINE_LIMIT) == message


@given(st.one_of(from_worker, from_app))
def test_a_message_is_exactly_one_line(message):
    line = encode(message)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_a_breach(data):
    with contextlib.suppress(ProtocolBreach):
        assert encode(decode(data, FROM_WORKER, WORKER_LINE_LIMIT))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=8,
)


@given(from_worker, st.data())
def test_a_changed_field_is_refused_or_still_within_bounds(message, data):
    content = json.loads(encode(message))
    name = data.draw(st.sampled_from(sorted(content.keys() - {"type"})))
    content[name] = data.draw(json_values)
    try:
        decoded = decode(json.dumps(content).encode() + b"\n", FROM_WORKER, WORKER_LINE_LIMIT)
    except ProtocolBreach:
        return
    encode(decoded)


def refusal_of(line: bytes, accepted=FROM_WORKER) -> ProtocolBreach:
    with pytest.raises(ProtocolBreach) as caught:
        decode(line, accepted, WORKER_LINE_LIMIT)
    return caught.value


def test_a_line_over_the_limit_is_refused_as_oversized():
    line = b'{"type":"token","request":1,"text":"' + b"x" * WORKER_LINE_LIMIT + b'"}\n'
    assert refusal_of(line).kind is BreachKind.OVERSIZED_LINE


def test_a_message_that_would_be_over_the_limit_is_not_sent():
    with pytest.raises(ProtocolBreach) as caught:
        encode(Token(1, "\x01" * 16_000))
    assert caught.value.kind is BreachKind.OVERSIZED_LINE


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"load_step","thousandths":1}',
        b"not json\n",
        b'"token"\n',
        b"[]\n",
        b"\xff\xfe\n",
        b'{"type":"load_step","thousandths":NaN}\n',
        b'{"type":"load_step","thousandths":Infinity}\n',
        b'{"type":"load_step","thousandths":' + b"9" * 5000 + b"}\n",
        b"[" * 30_000 + b"]" * 30_000 + b"\n",
        b'{"type":"load_step","thousandths":1,"thousandths":2}\n',
        b'{"type":"load_step","thousandths":1,"extra":0}\n',
        b'{"type":"load_step"}\n',
        b'{"type":"load_step","thousandths":true}\n',
        b'{"type":"load_step","thousandths":1.0}\n',
        b'{"type":"load_step","thousandths":1001}\n',
        b'{"type":"token","request":1,"text":5}\n',
        b'{"type":"token","request":1,"text":"\\ud800"}\n',
        b'{"type":"token","request":0,"text":""}\n',
        b'{"type":"done","request":1,"finish_reason":"content_filter","context_used":0,"threads":1}\n',
        b'{"type":["token"],"request":1,"text":""}\n',
        b'{"type":"exec","request":1}\n',
        b'{"request":1}\n',
    ],
    ids=lambda line: line[:60].decode("utf-8", "replace"),
)
def test_a_line_outside_the_whitelist_is_refused_as_malformed(line):
    assert refusal_of(line).kind is BreachKind.MALFORMED_LINE


def test_a_refusal_never_repeats_foreign_text():
    breach = refusal_of(b'{"type":"token","request":1,"text":"","PAYLOAD":1}\n')
    assert "PAYLOAD" not in str(breach)
    breach = refusal_of(b'{"type":"PAYLOAD"}\n')
    assert "PAYLOAD" not in str(breach)


def test_a_worker_may_not_speak_for_the_app():
    assert refusal_of(encode(Cancel(1))).kind is BreachKind.MALFORMED_LINE


@pytest.mark.parametrize("digest", ["", "7" * 63, "7" * 65, "G" * 64, "A" * 64, "7" * 63 + "\n", 7])
def test_a_template_digest_of_another_form_is_refused(digest):
    loaded = Loaded("a", "b", 100, 200, 2, True, None, DeviceReason.NO_GPU_BACKEND, "", 0, 3, "7" * 64)
    line = json.loads(encode(loaded)) | {"template_digest": digest}
    assert refusal_of(json.dumps(line).encode() + b"\n").kind is BreachKind.MALFORMED_LINE


@pytest.mark.parametrize("hello", [Hello(version=1), Hello(protocol="another")])
def test_another_version_is_refused(hello):
    with pytest.raises(ProtocolBreach) as caught:
        require_version(hello)
    assert caught.value.kind is BreachKind.WRONG_VERSION


LOAD = {"type": "load", "descriptors": [3], "adapters": [], "context_length": 512, "gpu_layers": 0, "threads": 0}


@pytest.mark.parametrize(
    "changed",
    [
        {"descriptors": []},
        {"descriptors": 3},
        {"descriptors": [2]},
        {"descriptors": [3.0]},
        {"descriptors": ["/etc/passwd"]},
        {"descriptors": list(range(3, MOST_PARTS + 4))},
        {"descriptor": 3},
        {"adapters": [3]},
        {"adapters": [[3]]},
        {"adapters": [[2, 1.0]]},
        {"adapters": [[3, "1"]]},
        {"adapters": [[3, -0.5]]},
        {"adapters": [[3, LARGEST_SCALE + 1]]},
        {"adapters": [[4, 1.0]] * (MOST_ADAPTERS + 1)},
    ],
    ids=lambda changed: str(changed)[:60],
)
def test_a_load_outside_its_bounds_is_refused(changed):
    sound = LOAD | {"memory_limit": 0}
    assert decode(json.dumps(sound).encode() + b"\n", FROM_APP, APP_LINE_LIMIT).descriptors == (3,)
    assert refusal_of(json.dumps(sound | changed).encode() + b"\n", FROM_APP).kind is BreachKind.MALFORMED_LINE
