"""How the columns of XML documents are called: by the path of their element."""

from __future__ import annotations


def path_from(root: str, path: str) -> str:
    """Return a path as it is written in the columns of a type.

    ``Message/Order/SKU`` is ``SKU`` from the root ``Message/Order``; ``Header/Version``, which is
    not below it, is ``/Header/Version``. The root itself goes by its name.

    Args:
        root: the type's, a path below the document element; empty when there is none.
        path: below the document element, with ``@name`` at its end for an attribute.
    """
    if not root:
        return path
    if path == root or path.startswith(f"{root}@"):
        return path[root.rfind("/") + 1 :]
    return path.removeprefix(f"{root}/") if is_below(root, path) else f"/{path}"


def is_below(root: str, path: str) -> bool:
    """Whether a path is that of something inside the elements with the path ``root``."""
    return not root or path.startswith(f"{root}/")
