"""These tests install plugins and start many processes: they run by `make meltano-test` alone."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("MELTANO_TESTS") else ["test_*.py"]
