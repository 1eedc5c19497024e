"""The diagrams of the site in a browser without a network; `make page-test` runs this."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.page.test_screenshots import PROGRAM, browse

ROOT = Path(__file__).parents[2]
SITE = ROOT / ".venv-site"
SCRIPT = SITE / "node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"
OFFLINE = ("--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=60000")

pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium at hand"),
    pytest.mark.skipif(not SCRIPT.exists(), reason="npm has not installed the site's packages"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [SITE / "bin" / "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(command, cwd=ROOT, check=True, timeout=120, env=environment)
    return folder


@pytest.mark.parametrize("page", ["erd", "architecture"])
def test_every_diagram_is_drawn_offline(site: Path, page: str) -> None:
    diagrams = (ROOT / "docs" / f"{page}.md").read_text("utf-8").count("```mermaid\n")
    dom = browse(*OFFLINE, "--dump-dom", (site / page / "index.html").as_uri())
    # The theme puts an element with the drawing in the place of the text.
    assert dom.count('<div class="mermaid">') == diagrams > 0
    assert '<pre class="mermaid">' not in dom
