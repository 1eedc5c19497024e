"""A tap whose reports have been downloaded already: documents in, messages out."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from benchmarks.downloaded_documents import DownloadedDocuments
from tap_mws_reports import report_types
from tap_mws_reports.streams.sync_context import SyncContext
from tap_mws_reports.tap import TapMwsReports

Written = Callable[..., list[bytes]]

ARROW_SIZES = {
    "streams.record_engine.SMALLEST_FOR_ARROW": 0,
    "documents.flat_file.WHOLE_LINES_SIZE": 300,
    "documents.arrow_columns._FIRST_CHUNK_ROWS": 1,
    "documents.arrow_columns._CHUNK_ROWS": 5,
    "streams.arrow_encoder._PART_ROWS": 2,
}
"""Sizes with which small documents are written with Arrow, in several chunks and parts."""


def make_tap(report_type: str, paths: Sequence[Path], config: Any, **given: Any) -> TapMwsReports:
    class Tap(TapMwsReports):
        @cached_property
        def run(self) -> SyncContext:
            return DownloadedDocuments(paths, self)

    settings = {"api": "mws", "sandbox": True, "reports": [report_type], **config}
    return Tap(config=settings, **given)


def catalog_without(tap: TapMwsReports, columns: Collection[str]) -> dict[str, Any]:
    catalog: dict[str, Any] = tap.catalog_dict
    for entry in catalog["streams"]:
        for each in entry["metadata"]:
            if set(each["breadcrumb"][1:]) & set(columns):
                each["metadata"]["selected"] = False
    return catalog


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Return what the tap writes of some documents of one report type."""
    folder = tmp_path_factory.mktemp("delivered")

    def write(
        report_type: str,
        bodies: Sequence[bytes],
        *,
        one_by_one: bool = False,
        arrow: bool = False,
        deselected: Collection[str] = (),
        catalog: dict[str, Any] | None = None,
        state: dict[str, Any] | None = None,
        **config: Any,
    ) -> list[bytes]:
        paths = [folder / f"{number}.txt" for number in range(len(bodies))]
        for path, body in zip(paths, bodies, strict=True):
            path.write_bytes(body)
        every = make_tap(report_type, paths, config)
        catalog = catalog_without(every, deselected) if deselected else catalog
        tap = make_tap(report_type, paths, config, catalog=catalog, state=state)
        stream = tap.streams[report_types.load(report_type).stream]
        with pytest.MonkeyPatch.context() as patch:
            if one_by_one:
                patch.setattr(stream, "_obstacle", lambda **_: "forced by the test")
            if arrow:
                for name, size in ARROW_SIZES.items():
                    patch.setattr(f"tap_mws_reports.{name}", size)
            patch.setattr("tempfile.tempdir", str(folder))
            output = io.BytesIO()
            stdout = io.TextIOWrapper(output, write_through=True)
            patch.setattr(sys, "stdout", stdout)
            stream.sync()
            stdout.flush()
            return output.getvalue().splitlines()

    return write
