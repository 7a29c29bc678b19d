# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The app's side of a request, in the process of the test: hears everything and lets every exchange go out."""

from strongroom.core.egress import Purpose
from strongroom.core.line_messages import Message
from strongroom.hub.exchanges import Exchanges
from strongroom.hub.helper_request import HelperRequest
from strongroom.hub.protocol import RequestBegun, RequestMade


class ListeningApp:
    """Hears what a request says.

    Args:
        is_recording: Whether it answers that an exchange may go out.
        limit_s: How long the request waits for that answer.
    """

    def __init__(self, *, is_recording: bool = True, limit_s: float = 20.0) -> None:
        self.heard: list[Message] = []
        self.is_recording = is_recording
        self.exchanges = Exchanges(self.hear, limit_s=limit_s)

    def helper_request(self, purpose: Purpose, *, request: int = 1, token: str = "") -> HelperRequest:
        return HelperRequest(request, purpose, self.hear, self.exchanges, token=token)

    def hear(self, message: Message) -> None:
        self.heard.append(message)
        if isinstance(message, RequestBegun) and self.is_recording:
            self.exchanges.recorded(message.exchange)

    @property
    def begun(self) -> list[RequestBegun]:
        return [message for message in self.heard if isinstance(message, RequestBegun)]

    @property
    def made(self) -> list[RequestMade]:
        return [message for message in self.heard if isinstance(message, RequestMade)]
