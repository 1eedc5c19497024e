"""The lists of a JSON document, and what stands beside them.

A document is an object with lists in it, a bare list, or JSON lines: one value after the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from tap_mws_reports.documents.json.paths import MOST_PATHS
from tap_mws_reports.documents.json.refusing import refuse_depth, refuse_repeat, refuse_value
from tap_mws_reports.documents.json.scanning import LONGEST_VALUE, JsonText
from tap_mws_reports.documents.json.spelling import Path, dotted, encodable
from tap_mws_reports.documents.json.values import DEEPEST, Value, cell_text, is_plain


class Walk:
    """Walks through a document once.

    Args:
        text: the document.
        wanted: the path of the list whose elements are wanted; None for those of every list that
            is not of plain values only.
        lines: whether the document is JSON lines, whose values are the elements of one list.

    ``about`` has the texts of what stands beside the lists, by path; a list of plain values is
    JSON text there. ``counts`` says how many elements the lists have. Both are complete when the
    last element has been yielded. ``ended`` tells whether that was the end of the document.
    """

    def __init__(self, text: JsonText, wanted: Path | None, *, lines: bool) -> None:
        self._text = text
        self._wanted = wanted
        self._lines = lines
        self.about: dict[Path, str] = {}
        self.counts: dict[Path, int] = {}
        self.ended = False

    def elements(self) -> Iterator[tuple[Path, int, Value]]:
        """Yield the elements that are wanted: the path of the list, the number from 1, the value.

        Raises:
            UnreadableDocument: the text is no JSON.
        """
        if self._lines:
            yield from self._all_values()
        else:
            yield from self._value(())
        self.ended = not self._text.peek()

    def _all_values(self) -> Iterator[tuple[Path, int, Value]]:
        number = 0
        while self._text.peek():
            number += 1
            yield (), number, self._text.value()
        self.counts[()] = number

    def _value(self, path: Path) -> Iterator[tuple[Path, int, Value]]:
        first = self._text.peek()
        if first == "{":
            yield from self._object(path)
        elif first == "[":
            yield from self._list(path)
        else:
            self._keep(path, cell_text(self._text.value()))

    def _object(self, path: Path) -> Iterator[tuple[Path, int, Value]]:
        if len(path) > DEEPEST:
            refuse_depth(path, DEEPEST)
        self._text.take("{")
        if self._text.peek() == "}":
            self._text.take("}")
            return
        keys: set[str] = set()
        end = ","
        while end == ",":
            key = self._text.key()
            if key in keys:
                refuse_repeat((*path, key), "the document")
            keys.add(key)
            yield from self._value((*path, key))
            end = self._text.take(",}")

    def _list(self, path: Path) -> Iterator[tuple[Path, int, Value]]:
        start = self._text.position
        plain: list[Value] = []
        may_be_plain, wanted = path != self._wanted, self._wanted in (None, path)
        number = 0
        for value in self._items():
            if may_be_plain and is_plain(value):
                plain.append(value)
                self._check_length(path, start)
                continue
            may_be_plain = False
            for each in (*plain, value):
                number += 1
                if wanted:
                    yield path, number, each
            plain.clear()
        if plain:
            self._keep(path, cell_text(plain))
        else:
            self.counts[path] = number

    def _check_length(self, path: Path, start: int) -> None:
        if self._text.position - start > LONGEST_VALUE:
            refuse_value(f"`{dotted(path)}` has too many values that are no objects")

    def _items(self) -> Iterator[Value]:
        self._text.take("[")
        if self._text.peek() == "]":
            self._text.take("]")
            return
        end = ","
        while end == ",":
            yield self._text.value()
            end = self._text.take(",]")

    def _keep(self, path: Path, text: str) -> None:
        if len(self.about) > MOST_PATHS:
            refuse_value(
                f"more than {MOST_PATHS} values stand beside the lists, as `{dotted(path)}`"
            )
        self.about[path] = encodable(text)
