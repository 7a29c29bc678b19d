# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Which addresses may be contacted: the rules themselves, on names that a loopback test cannot have."""

import pytest

from strongroom.hub import FaultKind, HubFault, require_endpoint
from strongroom.hub.addresses import AddressRules, Origin

HUB = Origin.of("https", "huggingface.co", None)
RULES = AddressRules(HUB)
MIRROR = AddressRules(Origin.of("https", "Models.Example.com.", 8443))


@pytest.mark.parametrize(
    "host", ["huggingface.co", "cdn-lfs.huggingface.co", "hf.co", "cas-bridge.xethub.hf.co", "CDN-LFS-US-1.HF.CO."]
)
def test_a_redirect_may_lead_to_the_delivery_hosts(host):
    RULES.require_redirect(Origin.of("https", host, None), came_from=HUB)
    MIRROR.require_redirect(Origin.of("https", host, None), came_from=MIRROR.endpoint)


@pytest.mark.parametrize("host", ["models.example.com", "cdn.models.example.com"])
def test_a_redirect_may_lead_to_the_mirror_and_below(host):
    MIRROR.require_redirect(Origin.of("https", host, None), came_from=MIRROR.endpoint)


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "huggingface.co.example.com",
        "nothuggingface.co",
        "hf.co.evil.example",
        "evilhf.co",
        "co",
        "",
        "127.0.0.1",
        "169.254.169.254",
        "localhost",
        "[::1]",
        "xn--huggingfac-y8a.co",
    ],
)
def test_a_redirect_elsewhere_is_refused(host):
    with pytest.raises(HubFault) as caught:
        RULES.require_redirect(Origin.of("https", host, None), came_from=HUB)
    assert caught.value.kind is FaultKind.REDIRECT_REFUSED


@pytest.mark.parametrize("scheme", ["ftp", "file", "data", "ws", ""])
def test_a_redirect_to_another_scheme_is_refused(scheme):
    with pytest.raises(HubFault) as caught:
        RULES.require_redirect(Origin.of(scheme, "huggingface.co", None), came_from=HUB)
    assert caught.value.kind is FaultKind.REDIRECT_REFUSED


def test_a_redirect_to_plain_http_is_refused():
    with pytest.raises(HubFault) as caught:
        RULES.require_redirect(Origin.of("http", "huggingface.co", None), came_from=HUB)
    assert caught.value.kind is FaultKind.INSECURE


@pytest.mark.parametrize(
    "origin",
    [
        Origin.of("https", "cdn-lfs.huggingface.co", None),
        Origin.of("https", "huggingface.co", 444),
        Origin.of("http", "huggingface.co", 443),
    ],
)
def test_the_token_is_for_the_hub_itself(origin):
    assert RULES.may_have_token(HUB)
    assert not RULES.may_have_token(origin)
    with pytest.raises(HubFault):
        RULES.require_first(origin)


def test_a_hub_on_this_machine_needs_no_encryption():
    for address in ("http://127.0.0.1:8080", "http://localhost", "http://[::1]:80", "http://127.8.9.1"):
        assert require_endpoint(address) == address


def test_an_endpoint_is_used_without_its_last_slash_and_may_have_a_path():
    assert require_endpoint(" https://hub.example/api/hf/ ") == "https://hub.example/api/hf"
    assert require_endpoint("") == "https://huggingface.co"
