# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What is a link and what is not, where it ends, of which kind it is, and where it goes."""

import random

import pytest

from strongroom.core.findings import Direction, Evidence
from strongroom.filter import StreamFilter, filter_text

# A text, and the links in it with their kinds.
LINKS = [
    ("See https://www.example.org/a?b=c#d. Then go.", [("https://www.example.org/a?b=c#d", "web")]),
    ("(https://en.example.org/wiki/A_(b))", [("https://en.example.org/wiki/A_(b)", "web")]),
    ("[here](https://x.example)more", [("https://x.example", "web")]),
    ("[https://x.org](https://y.org/?a[]=1)", [("https://x.org", "web"), ("https://y.org/?a[]=1", "web")]),
    ("<a href='http://x.org/a'>", [("http://x.org/a", "web")]),
    ("**https://x.org**, _http://y.org_", [("https://x.org", "web"), ("http://y.org", "web")]),
    ("FTP://files.example.net/x;", [("FTP://files.example.net/x", "web")]),
    ("http://user:pw@host.example:8080/p", [("http://user:pw@host.example:8080/p", "web")]),
    ("http://[2001:db8::1]:80/x", [("http://[2001:db8::1]:80/x", "web")]),
    ("http://localhost:3000 or http://192.0.2.1/", [("http://localhost:3000", "web"), ("http://192.0.2.1/", "web")]),
    ("www.example.com/x, and WWW.X.ORG.", [("www.example.com/x", "web"), ("WWW.X.ORG", "web")]),
    ("see git.example.com/a/b", [("git.example.com/a/b", "web")]),
    ("x.com?a=1 y.com:80 -z.com/", [("x.com?a=1", "web"), ("y.com:80", "web"), ("z.com/", "web")]),
    ("...http://x.example!", [("http://x.example", "web")]),
    ("Go to http://x.", [("http://x", "web")]),
    ("http://müller.example/straße", [("http://müller.example/straße", "web")]),
    ("http://пример.рф/путь", [("http://пример.рф/путь", "web")]),
    ("请访问https://example.com查看。", [("https://example.com", "web")]),
    ("https://example.com/路径", [("https://example.com/", "web")]),
    ("http://例え.jp/x", [("http://例え.jp/x", "web")]),
    ("http://例え.jpです", [("http://例え.jp", "web")]),
    ("https://p\u0430y.example/", [("https://p\u0430y.example/", "punycode")]),
    ("https://xn--pple-43d.example/", [("https://xn--pple-43d.example/", "punycode")]),
    ("xn--pple-43d.example", [("xn--pple-43d.example", "punycode")]),
    ("data:text/html;base64,PHNjcmlwdD4= x", [("data:text/html;base64,PHNjcmlwdD4=", "data")]),
    ("JavaScript:alert(1) vbscript:msgbox(1)", [("JavaScript:alert(1)", "script"), ("vbscript:msgbox(1)", "script")]),
    ("file:///etc/passwd", [("file:///etc/passwd", "file")]),
    ("https://a.example/?u=https://b.example/", [("https://a.example/?u=https://b.example/", "web")]),
]

NO_LINKS = [
    "joe@example.co.uk and joe.bloggs@www.example.com",
    "README.md/docs, node.js/x, and/or, e.g. i.e.",
    "Amazon.com sells books",
    "data: these, javascript: that, file: those",
    "https:// and http://... and https://${HOST}/x and http://-x/",
    "src/github.com/foo/bar",
    "version 1.2.3/4, 10:30, 3.14",
    "javascript:app.js",
    "a.b.c.d.e.f.g.h.com/x",
    "Warning:http",
]


@pytest.fixture(scope="module")
def links(compile_rules):
    def compiled(options="", *lines):
        return compile_rules(("link", f'{{ type = "link"{options} }}', 'action = "mask"', *lines))

    return compiled


def found(compiled, text):
    result = filter_text(compiled, Direction.ANSWER, text)
    return [(text[one.start : one.end], one.category.removeprefix("test.link.")) for one in result.findings]


def in_pieces(compiled, pieces):
    stream = StreamFilter(compiled, Direction.ANSWER)
    steps = [*map(stream.feed, pieces), stream.finish()]
    return (
        "".join(step.text for step in steps),
        [mark for step in steps for mark in step.marks],
        [one for step in steps for one in step.findings],
    )


@pytest.mark.parametrize(("text", "expected"), LINKS)
def test_links_are_found_with_their_kind_however_they_are_cut(links, text, expected):
    compiled = links()
    assert found(compiled, text) == expected
    whole = in_pieces(compiled, [text])
    for place in range(1, len(text)):
        assert in_pieces(compiled, [text[:place], text[place:]]) == whole, place
    assert in_pieces(compiled, text) == whole


@pytest.mark.parametrize("text", NO_LINKS)
def test_what_is_no_link_passes(links, text):
    assert found(links(), text) == []


def test_an_entity_ends_a_link_and_an_ampersand_does_not(links):
    text = "&lt;https://x.org/?a=1&b=2&gt; &quot;https://y.org&quot;"
    assert found(links(), text) == [("https://x.org/?a=1&b=2", "web"), ("https://y.org", "web")]


def test_a_bare_host_is_a_link_for_a_low_threshold_or_a_list(links):
    text = "Amazon.com sells books."
    assert found(links("", "threshold = 0.3"), text) == [("Amazon.com", "web")]
    assert found(links(', domains = ["amazon.com"]'), text) == [("Amazon.com", "web")]


def test_domains_stand_for_themselves_and_what_is_below_them(links):
    compiled = links(', domains = ["evil.example", "Bücher.example", "192.0.2.7"]')
    text = (
        "https://evil.example https://a.EVIL.example./x https://notevil.example https://evil.example.org"
        " http://bücher.example http://xn--bcher-kva.example http://ev%69l.example http://192.0.2.7/"
        " https://evil.example@good.example/ https://good.example/?u=http://evil.example/ javascript:alert(1)"
    )
    assert [link for link, _ in found(compiled, text)] == [
        "https://evil.example",
        "https://a.EVIL.example./x",
        "http://bücher.example",
        "http://xn--bcher-kva.example",
        "http://ev%69l.example",
        "http://192.0.2.7/",
        "http://evil.example/",
    ]
    first = filter_text(compiled, Direction.ANSWER, text).findings[0]
    assert first.evidence is Evidence.LIST


def test_excepted_domains_are_no_findings_but_links_within_them_are(links):
    compiled = links(', except_domains = ["good.example"]')
    text = "https://good.example/a https://www.good.example https://good.example/?u=https://evil.example/ data:,x"
    assert [link for link, _ in found(compiled, text)] == ["https://evil.example/", "data:,x"]


def test_kinds_are_chosen(links):
    text = "https://x.example data:,x javascript:a() file:///x http://xn--a-0ga.example"
    assert [kind for _, kind in found(links(', kinds = ["script", "punycode"]'), text)] == ["script", "punycode"]


def test_a_link_in_progress_holds_nothing_but_the_present_word(links):
    compiled = links()
    stream = StreamFilter(compiled, Direction.ANSWER)
    assert stream.feed("See https://x.example/a").text == "See "
    assert stream.feed(" and").text == "[link masked] "
    assert stream.feed(" then 请访问https://x.org/这是一个很长的句子").text.startswith(
        "and then 请访问[link masked]这是一个"
    )


def test_a_link_longer_than_the_longest_is_cut_and_the_rest_is_not_lost(links):
    text = "https://x.example/" + "a" * 1_300
    (link, kind), *_ = found(links(), text)
    assert kind == "web"
    assert 900 < len(link) <= 1_024
    assert in_pieces(links(), text) == in_pieces(links(), [text])


PARTS = (
    "http://", "https://", "www.", "example.com", "evil.example", "a.b", "/", ":", "@", ".", "-", "_", " ", "例え",
    "查看", "。", "[", "]", "(", ")", "'", "&gt;", "?x=1", "#", "javascript:", "data:", ",", "xn--a", "%20", "é", "\n",
    "8080", "a" * 30, "x.y.z.w.com",
)  # fmt: skip


@pytest.mark.parametrize("options", ["", ', domains = ["evil.example"]', ', except_domains = ["example.com"]'])
def test_no_cut_of_near_misses_makes_a_difference(links, options):
    compiled = links(options)
    chance = random.Random(options)
    for _ in range(80):
        text = "".join(chance.choices(PARTS, k=chance.randint(2, 14)))
        whole = in_pieces(compiled, [text])
        place = chance.randrange(len(text) + 1)
        assert in_pieces(compiled, text) == whole, text
        assert in_pieces(compiled, [text[:place], text[place:]]) == whole, (text, place)


@pytest.mark.parametrize("unit", ["aa.", "a.bc/", "http://", "data:", "x", "https://x.example/(", "www.", "a@b.c/"])
def test_a_long_text_of_near_misses_ends(links, unit):
    text = unit * (30_000 // len(unit))
    assert len(filter_text(links("", "dry_run = true"), Direction.ANSWER, text).text) == len(text)
