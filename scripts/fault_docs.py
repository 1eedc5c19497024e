"""The table of the sandbox's faults in docs/command-line.md."""

from __future__ import annotations

from pathlib import Path

from tap_mws_reports.sandbox.faults import FAULT_TABLE, option_name

PAGE = Path(__file__).parents[1] / "docs" / "command-line.md"
_BEGIN, _END = "<!-- faults -->", "<!-- /faults -->"
_ONLY = {("mws",): " (MWS)", ("sp_api",): " (SP-API)"}


def files() -> dict[Path, str]:
    """Return the page with the current table."""
    before, _, rest = PAGE.read_text("utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return {PAGE: f"{before}{_BEGIN}\n{_table()}\n{_END}{after}"}


def _table() -> str:
    lines = ["| fault | | effect |", "|---|---|---|"]
    for kind, facts in FAULT_TABLE.items():
        only = _ONLY.get(facts.services, "")
        lines.append(f"| `{option_name(kind)}` | {facts.group} | {facts.effect}{only} |")
    return "\n".join(lines)
