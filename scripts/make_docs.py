"""Write the pages about report types and the files for Meltano, and list new columns.

`make docs` runs this.
"""

from __future__ import annotations

import sys

import fault_docs
import licences
import meltano_files
from report_pages.pages import pages, stale_pages
from report_pages.released_columns import (
    FILE,
    broken_promises,
    current_columns,
    read_columns,
    with_new_columns,
)


def main() -> None:
    """Write every page, and remove those of streams that no longer exist."""
    for path in stale_pages():
        path.unlink()
    written = pages() | meltano_files.files() | fault_docs.files()
    written |= licences.files()
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    print(f"Wrote {len(written)} files.")
    _list_columns()


def _list_columns() -> None:
    """Add new columns to the list of the released ones, and report problems of the others."""
    released = read_columns(FILE.read_text("utf-8")) if FILE.exists() else {}
    current = current_columns()
    FILE.write_text(with_new_columns(released, current), "utf-8")
    print(f"Listed {len(current.keys() - released.keys())} new columns in {FILE.name}.")
    if broken := broken_promises(released, current):
        sys.exit("Released columns have to stay as they are:\n" + "\n".join(broken))


if __name__ == "__main__":
    main()
