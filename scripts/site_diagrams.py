"""A hook of mkdocs: the site has the script that draws its diagrams.

mkdocs-material would load it from another host, and show the text of the diagrams offline.
"""

from __future__ import annotations

import posixpath
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

SCRIPT = "assets/mermaid.js"
"""Its place in the site."""

_SOURCE = Path(sys.prefix) / "node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"
"""Where npm puts it; `make site` says so if there is no npm."""


def on_files(files: Any, config: Any) -> Any:  # noqa: ANN401 - of mkdocs
    """Add the script to the files of the site."""
    if _SOURCE.exists():
        files.append(File.generated(config, SCRIPT, abs_src_path=str(_SOURCE)))
    return files


def on_page_content(html: str, page: Any, **_given: object) -> str:  # noqa: ANN401 - of mkdocs
    """Return the content of a page, after the script if it has diagrams."""
    if 'class="mermaid"' not in html or not _SOURCE.exists():
        return html
    return f'<script src="{posixpath.relpath(SCRIPT, page.url or ".")}"></script>\n{html}'
