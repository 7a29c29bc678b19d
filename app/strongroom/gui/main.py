# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The door: makes the application, shows the window, and cleans up behind it."""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator, qVersion
from PySide6.QtWidgets import QApplication

from strongroom import __version__
from strongroom.confinement.setup import ProcessSetup
from strongroom.core.errors import UserFacingError
from strongroom.core.paths import DataPaths
from strongroom.core.settings import load_settings
from strongroom.gui.features import make_features
from strongroom.gui.widgets.icons import application_icon
from strongroom.gui.widgets.theme import Theme
from strongroom.gui.window.defects import DefectHook
from strongroom.gui.window.main_window import MainWindow
from strongroom.gui.window.opening import PassphrasePrompt
from strongroom.gui.window.place import keep_place, restore_place
from strongroom.words import install_language
from strongroom.workspace import Workspace


def run(paths: DataPaths, *, policy_file: Path | None = None, setup: ProcessSetup | None = None) -> int:
    """Show the window and return its exit code when it was closed.

    Args:
        paths: The data folder.
        policy_file: The policy in force, instead of the data folder's own.
        setup: How the app has set up its processes.
    """
    application = make_application()
    theme = Theme(application, _appearance(paths))

    def open_workspace(passphrase: PassphrasePrompt) -> Workspace:
        return Workspace.open(paths, policy_file=policy_file, passphrase=passphrase, setup=setup)

    window = MainWindow(open_workspace, theme, make_features)
    hook = DefectHook(application)
    hook.found.connect(window.show_defect)
    hook.install()
    restore_place(window, paths.window)
    window.show()
    try:
        return application.exec()
    finally:
        hook.remove()
        if window.workspace is not None:
            # Else the data folder may not be there, or another window's.
            keep_place(window, paths.window)
        window.shut_down()


def check_toolkit() -> str:
    """Load the toolkit and draw one window without a display; return the toolkit's version.

    Raises:
        RuntimeError: Nothing was drawn.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = make_application()
    Theme(application)
    if application_icon().pixmap(16, 16).isNull():
        raise RuntimeError("the toolkit draws nothing")
    return f"Qt {qVersion()}"


def make_application() -> QApplication:
    """Return the application with its name, icon, language and number format."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("Strongroom")
    application.setApplicationDisplayName("Strongroom")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("strongroom")
    application.setWindowIcon(application_icon())
    if QLocale.system().language() == QLocale.Language.C:
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    _install_translations(application)
    return application


def _install_translations(application: QApplication) -> None:
    """Use the system's language where there is a translation, for Qt's own words and for ours."""
    qt_words = QTranslator(application)
    if qt_words.load(QLocale(), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(qt_words)
    install_language([QLocale().name()])


def _appearance(paths: DataPaths) -> str:
    """Return the appearance that is set, so that the window does not change its colors a moment after it is there."""
    try:
        return load_settings(paths.settings).appearance
    except UserFacingError:
        # Opening the workspace says what is wrong with the file.
        return "system"
