"""Run a dlt pipeline in load packages of limited size, each with the bookmarks of its rows."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import dlt
from dlt.common.configuration.exceptions import ConfigurationException
from dlt.common.destination import Destination
from dlt.common.destination.exceptions import UnknownDestinationModule
from dlt.common.exceptions import DltException
from dlt.pipeline.exceptions import PipelineStepFailed

from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.dlt.extraction import Extraction
from tap_mws_reports.dlt.new_tables import new_tables, repeats_rows
from tap_mws_reports.dlt.source import NAME, remove_files, source_of
from tap_mws_reports.errors import LoadFailed, SettingsError, TapError, did_you_mean

_NO_WAREHOUSES = ("destination", "dummy")
"""Destinations of dlt that are for programs: the base of one's own, and one for tests."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """When a load package is closed: after the document that reaches one of these.

    A package with rows is also closed by time while the run waits for the next document.

    What is not loaded yet when a run is killed is downloaded again, but not requested again.
    """

    rows: int = 1_000_000
    time: timedelta = timedelta(minutes=10)


@dataclass(slots=True)
class Summary:
    """What a run has loaded."""

    rows: dict[str, int] = field(default_factory=dict)
    """By stream."""
    new_columns: dict[str, list[str]] = field(default_factory=dict)
    """Columns added to existing tables, by stream."""
    failures: list[str] = field(default_factory=list)
    """Windows whose report could not be retrieved; the next run retries them."""
    packages: int = 0
    """Load packages, without those that an earlier run had begun."""
    stopped_by: BaseException | None = None
    """The error or interruption that ended the run early; what was read before is loaded."""


def make_pipeline(
    destination: str,
    to: str | None = None,
    *,
    dataset: str = NAME,
    name: str = NAME,
    directory: Path | None = None,
) -> dlt.Pipeline:
    """Return a pipeline into a destination, ready for `load`.

    Args:
        destination: dlt's name of it, such as ``duckdb``.
        to: its address: a file, a URL or a folder. None for that of dlt's settings.
        dataset: the schema or folder of the tables.
        name: of the pipeline, which identifies its state.
        directory: where the pipelines work; None for dlt's default.

    Raises:
        SettingsError: dlt does not know the destination, or what it needs is not installed.
    """
    if destination == "duckdb" and to and Path(to).stem == dataset:
        raise SettingsError(
            f"DuckDB cannot distinguish the file {to} from the schema `{dataset}` in it",
            where="the dataset",
            hint="name one of them differently",
        )
    given: dict[str, Any] = _address(destination, to) if to else {}
    working: dict[str, Any] = {"pipelines_dir": str(directory.absolute())} if directory else {}
    try:
        pipeline: dlt.Pipeline = dlt.pipeline(
            pipeline_name=name,
            destination=_destination(destination, **given),
            dataset_name=dataset,
            **working,
        )
    except UnknownDestinationModule as error:
        name = error.destination_type or destination
        known = sorted({*dlt.destinations.__all__}.difference(_NO_WAREHOUSES))
        raise SettingsError(
            f"dlt has no destination `{name}`",
            hint=did_you_mean(name, known) or f"it has {', '.join(known)}",
        ) from error
    except DltException as error:
        raise SettingsError(
            f"dlt cannot make a pipeline into `{destination}`: {_first_lines(error)}",
            hint="https://dlthub.com/docs/dlt-ecosystem/destinations describes the destinations",
        ) from error
    return pipeline


def _destination(name: str, **given: Any) -> Any:  # noqa: ANN401 - one of dlt's
    found = Destination.from_reference(name, **given)
    if type(found) is not dlt.destinations.postgres:
        return found
    # Imports psycopg2, which no other destination needs.
    from tap_mws_reports.dlt.postgres import Postgres  # noqa: PLC0415

    return Postgres(**found.config_params)


def _address(destination: str, to: str) -> dict[str, Any]:
    """Return dlt's setting of an address."""
    if destination == "filesystem":
        return {"bucket_url": to}
    if destination == "duckdb" and "://" not in to:
        # dlt would try to parse a text as a URL dozens of times.
        return {"credentials": {"database": to}}
    return {"credentials": to}


def load(
    pipeline: dlt.Pipeline,
    config: Mapping[str, Any],
    *,
    catalog: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
) -> Summary:
    """Load everything that the tap reads with these settings, and return what was loaded.

    A package that an earlier run left behind is loaded first. If that run was killed while it
    loaded, the package is read once more: dlt may have copied some of its files twice.

    Args:
        pipeline: where to load to.
        config: the tap's settings.
        catalog: a Singer catalog that selects streams and columns; None for all of them.
        limits: when a load package is closed.

    Ctrl-C and SIGTERM end the reading; what has been read is loaded before `load` returns. A second
    one ends it at once.

    Raises:
        SettingsError: a setting of the tap or of dlt is wrong or missing.
        StateError: the bookmarks cannot be used with these settings.
        LoadFailed: the destination rejected the rows.
        KeyboardInterrupt: there was a second signal. The next run continues with the package.
    """
    extraction = Extraction(config, catalog)
    if not extraction.streams:
        raise SettingsError(
            "no stream is selected", where="the catalog", hint="select the streams to load"
        )
    try:
        with _Translated(), extraction.interruption.handled(pipeline):
            _go_on(pipeline)
            packages = _load_packages(pipeline, extraction, limits or Limits())
    finally:
        extraction.close()
    return _summary(extraction, packages)


def _load_packages(pipeline: dlt.Pipeline, extraction: Extraction, limits: Limits) -> int:
    """Read and load until nothing is left or a signal comes; return the number of packages."""
    new = new_tables(pipeline, extraction.streams)
    packages = 0
    while not extraction.ended and not extraction.interruption.received:
        is_full = _Full(limits)
        pipeline.run(source_of(extraction, is_full, reraise=False, deduplicated=True, new=new))
        extraction.settle()
        remove_files(Path(pipeline.working_dir))
        new = {name for name in new if not extraction.rows[name]}
        packages += 1
    return packages


def _summary(extraction: Extraction, packages: int) -> Summary:
    stopped_by = extraction.stopped_by
    if extraction.interruption.received and stopped_by is None:
        stopped_by = KeyboardInterrupt()
    return Summary(
        rows=dict(extraction.rows),
        new_columns={name: new for name, new in extraction.new_columns.items() if new},
        failures=[str(failure) for failure in extraction.tap.run.failures],
        packages=packages,
        stopped_by=stopped_by,
    )


def _go_on(pipeline: dlt.Pipeline) -> None:
    """Finish what an earlier run began, or undo it where its progress is unknown."""
    if not pipeline.has_pending_data:
        return  # `Pipeline.run` takes over the state of the destination
    if not pipeline.first_run:
        # Where the destination has no dataset, this removes the working folder with all packages:
        # right if the dataset was dropped, wrong if the first package was never loaded.
        pipeline.sync_destination()
    if pipeline.list_extracted_load_packages():
        pipeline.normalize()
    for load_id in pipeline.list_normalized_load_packages():
        started = pipeline.get_load_package_info(load_id).jobs["started_jobs"]
        if started or repeats_rows(pipeline, load_id):
            logger.warning(
                "A run was interrupted while it loaded package %s; it is loaded again", load_id
            )
            pipeline.abort_packages()
            return
    while pipeline.has_pending_data:
        logger.info("Loading the rows of an earlier run")
        pipeline.load()


class _Full:
    """Whether a load package is full, by the machine's time: that of a sandbox is virtual."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._clock = SystemClock()
        self._began = self._clock.now()

    def __call__(self, rows: int) -> bool:
        return rows >= self._limits.rows or self._clock.now() - self._began >= self._limits.time


class _Translated:
    """Translates dlt's exceptions to the project's, which say what to do."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None or isinstance(error, TapError) or not isinstance(error, DltException):
            return
        step = error.step if isinstance(error, PipelineStepFailed) else "load"
        causes = list(_causes(error))
        for cause in causes:
            if isinstance(cause, TapError | KeyboardInterrupt):
                raise cause from error
        for cause in causes:
            if isinstance(cause, ConfigurationException):
                raise SettingsError(
                    f"dlt lacks a setting: {_first_lines(cause)}",
                    where="the destination",
                    hint="give `--to`, or set it as dlt's documentation of the destination says",
                ) from error
        raise LoadFailed(
            f"dlt's step `{step}` failed: {_first_lines(causes[-1])}",
            hint="fix what it reports and run again; what was read is kept and loaded first",
        ) from error


def _causes(error: BaseException) -> list[BaseException]:
    """Return an exception and those behind it, the innermost last."""
    found: list[BaseException] = []
    left: BaseException | None = error
    while left is not None and left not in found:
        found.append(left)
        left = getattr(left, "exception", None) or left.__cause__ or left.__context__
    return found


def _first_lines(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:3]) or type(error).__name__
