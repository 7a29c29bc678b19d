# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""What the hub's tests share. The loopback hub itself is a module beside this file."""

import sys
from pathlib import Path

# pytest's importlib mode puts no folder on the path; the tests name their neighbor.
sys.path.insert(0, str(Path(__file__).parent))
