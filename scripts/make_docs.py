"""Write the pages about report types anew. `make docs` runs this."""

from __future__ import annotations

from report_pages.pages import pages, stale_pages


def main() -> None:
    """Write every page, and remove those of streams that are no more."""
    for path in stale_pages():
        path.unlink()
    written = pages()
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    print(f"Wrote {len(written)} pages.")


if __name__ == "__main__":
    main()
