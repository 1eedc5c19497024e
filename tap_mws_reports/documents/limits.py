"""Limits of a document. Exceeding one raises an error before memory or disk runs out.

All are far above the largest document, header and cell that users have reported.
"""

from __future__ import annotations

LARGEST_DOCUMENT = 20 * 1024**3
"""Bytes of a decompressed document."""

HIGHEST_RATIO = 1_000
"""Decompressed bytes per compressed byte; flat files with many equal rows reach about 50."""

RATIO_COUNTS_FROM = 1024**2
"""Decompressed bytes from which `HIGHEST_RATIO` applies."""

LONGEST_HEADER = 64 * 1024
"""Characters of the header line and everything before it."""

MOST_COLUMNS = 2_000
"""Cells of a header; the widest known has 92, and SQL targets accept 1,600 or fewer."""

LONGEST_LINE = 2 * 1024 * 1024
"""Characters of a TSV line, or of a CSV line or cell."""
