"""Write the pages about report types and the files for Meltano anew. `make docs` runs this."""

from __future__ import annotations

import meltano_files
from report_pages.pages import pages, stale_pages


def main() -> None:
    """Write every page, and remove those of streams that are no more."""
    for path in stale_pages():
        path.unlink()
    written = pages() | meltano_files.files()
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    print(f"Wrote {len(written)} files.")


if __name__ == "__main__":
    main()
