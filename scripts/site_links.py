"""A hook of mkdocs: links to files of the repository outside of ``docs`` become plain text.

The site has no copy of them, and the repository's address is not a fact of the documentation.
"""

from __future__ import annotations

import re
from typing import Any

_FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./([^)]*)\)")


def on_page_markdown(markdown: str, page: Any, **_given: object) -> str:  # noqa: ANN401 - of mkdocs
    """Return a page's text without links that lead out of the site."""
    if "/" in page.file.src_uri:  # the stream pages' links lead to pages
        return markdown
    parts = _FENCE.split(markdown)
    return "".join(part if i % 2 else _OUTSIDE.sub(_named, part) for i, part in enumerate(parts))


def _named(link: re.Match[str]) -> str:
    text, path = link[1], link[2].split("#")[0]
    return text if text.strip("`") == path else f"{text} (`{path}` in the repository)"
