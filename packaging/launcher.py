# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
import sys

from strongroom.__main__ import main

sys.exit(main())
