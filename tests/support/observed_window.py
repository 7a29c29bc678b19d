# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The app's window with names for the parts of its features that the tests look at."""

from strongroom.gui.features import make_features
from strongroom.gui.window.main_window import MainWindow


class ObservedWindow(MainWindow):
    def __init__(self, open_workspace, theme):
        super().__init__(open_workspace, theme, make_features)
        self.chat, self.shelf = self.feature("chat"), self.feature("models")
        self.log, self.safety = self.feature("incidents"), self.feature("security")
        self.chat_page, self.models_page = self.chat.page, self.shelf.page
        self.incidents_page, self.security_page = self.log.page, self.safety.page
        self.settings_page = self.feature("settings").page
        self.turns, self.conversations, self.copies = self.chat.turns, self.chat.conversations, self.chat.copies
        self.models, self.hub, self.imports = self.shelf.models, self.shelf.hub, self.shelf.imports
        self.incidents, self.false_alarms = self.log.incidents, self.log.false_alarms
        self.security, self.egress = self.safety.security, self.safety.egress
