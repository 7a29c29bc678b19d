# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What several tests share: stand-ins for a worker and a hub, made models, steps in the window.

Imported as ``support.NAME``; pytest puts the folder of the tests on the path.
"""

from pathlib import Path

SUPPORT = Path(__file__).parent
"""The folder of this package: programs that tests start are here."""
