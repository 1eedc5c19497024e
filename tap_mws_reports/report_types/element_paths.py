"""Headers of columns in XML documents: the paths of their elements."""

from __future__ import annotations


def path_from(root: str, path: str) -> str:
    """Return the header of the column for a path.

    With the root ``Message/Order``, ``Message/Order/SKU`` becomes ``SKU``, and ``Header/Version``,
    which is not below the root, ``/Header/Version``. The root itself becomes its name.

    Args:
        root: of the type, a path below the document element; empty if there is none.
        path: below the document element; an attribute ends with ``@name``.
    """
    if not root:
        return path
    if path == root or path.startswith(f"{root}@"):
        return path[root.rfind("/") + 1 :]
    return path.removeprefix(f"{root}/") if is_below(root, path) else f"/{path}"


def is_below(root: str, path: str) -> bool:
    """Return whether a path is inside the elements with the path ``root``."""
    return not root or path.startswith(f"{root}/")
