from __future__ import annotations

from report_pages.readme import with_report_types


def test_the_readme_counts_report_types(traffic, form) -> None:
    readme = "before\n<!-- report types -->\nold\n<!-- /report types -->\nafter\n"
    lines = with_report_types(readme, (traffic, form)).splitlines()

    assert lines[:2] + lines[-2:] == [
        *("before", "<!-- report types -->", "<!-- /report types -->", "after")
    ]
    assert lines[2].startswith("2 report types have an entry, 1 of them with known columns.")
    assert "old" not in lines
