from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import fault_docs


def test_the_page_has_every_fault() -> None:
    assert fault_docs.PAGE.read_text("utf-8") == fault_docs.files()[fault_docs.PAGE]
