# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the inspector says about the use of the network, and about one request."""

from strongroom.core.egress import EgressEntry
from strongroom.gui.models.network import NetworkUse
from strongroom.gui.security import words as security_wording
from strongroom.gui.widgets import wording
from strongroom.gui.widgets.card import Card
from strongroom.hub import DELIVERY_HOSTS
from strongroom.words import translate


def network_card(use: NetworkUse) -> Card:
    """Return what may use the network, and how that is known."""
    if not use.is_allowed:
        sentence = translate("Cards", "The policy in force does not allow to search or download models.")
    elif use.is_offline:
        sentence = translate("Cards", "Offline: nothing is fetched.")
    else:
        sentence = translate("Cards", "{requests} since start. Only a search or a download that you ask for makes any.")
        sentence = sentence.format(requests=wording.requests(use.requests))
    delivery = ", ".join(f"*.{host}" for host in DELIVERY_HOSTS)
    return Card(
        translate("Cards", "Network"),
        sentence,
        (
            (translate("Cards", "Asked for searches and facts"), use.endpoint),
            (translate("Cards", "May deliver the files"), delivery),
            (
                translate("Cards", "By what"),
                translate(
                    "Cards",
                    "One process of its own searches and downloads; it is started when it is first needed and knows no "
                    "conversation, no key and no log. Nothing else here opens a connection: there is no search for "
                    "updates, there are no reports, and nothing that a message names is ever fetched.",
                ),
            ),
            (
                translate("Cards", "How that is known"),
                translate(
                    "Cards",
                    "Every request is written down before it is made. What each process can do is tried, now if you "
                    "like, under Isolation.",
                ),
            ),
        ),
    )


def request_card(entry: EgressEntry) -> Card:
    """Return everything that is known about a request."""
    unfinished = translate("Cards", "It is under way, or the app was ended before the answer was there.")
    return Card(
        translate("Cards", "Request"),
        security_wording.purpose_sentence(entry.why),
        (
            (translate("Cards", "Time"), wording.exact_moment(entry.began_at)),
            (translate("Cards", "Host"), wording.one_line(entry.host)),
            (translate("Cards", "Path"), f"{entry.method} {wording.one_line(entry.path)}"),
            (translate("Cards", "Status"), security_wording.status(entry)),
            (translate("Cards", "Received"), wording.size(entry.received) if entry.received is not None else ""),
            (translate("Cards", "Note"), unfinished if entry.status is None else ""),
            (translate("Cards", "Record in the ledger"), wording.number(entry.sequence)),
        ),
    )
