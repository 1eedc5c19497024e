"""What a document may be at most. More is an error that says so, never a process out of memory.

All stand far above the largest document, header and cell that anybody reports of.
"""

from __future__ import annotations

LARGEST_DOCUMENT = 20 * 1024**3
"""Bytes of a document, unpacked."""

HIGHEST_RATIO = 1_000
"""Bytes that a compressed byte may become; flat files with many equal rows reach about 50."""

RATIO_COUNTS_FROM = 1024**2
"""Bytes of an unpacked document from which on `HIGHEST_RATIO` counts."""

LONGEST_HEADER = 64 * 1024
"""Characters of the header line and all before it."""

MOST_COLUMNS = 2_000
"""Cells of a header; the widest known has 92, and SQL targets take 1,600 or fewer."""

LONGEST_LINE = 16 * 1024 * 1024
"""Characters of a tab-separated line, or of a line or cell of a comma-separated document."""
