"""Check the entries of ``reports`` against what is known of their report types."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tap_mws_reports import report_types
from tap_mws_reports.config.problems import ConfigProblem, setting_path
from tap_mws_reports.config.service_choice import chosen_service
from tap_mws_reports.errors import SettingsError, did_you_mean
from tap_mws_reports.report_types import Kind, Option, ReportType
from tap_mws_reports.report_types.catalog import closest, has_entry
from tap_mws_reports.report_types.lifecycle import lifecycle_notice

_SHORTEST = {"HOUR": 1, "DAY": 1, "WEEK": 7, "MONTH": 31, "QUARTER": 92, "YEAR": 366}
"""The days that a window needs to hold any whole period of a name."""


def report_problems(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Yield the problems of the entries of ``reports``."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for number, entry in enumerate(config.get("reports") or []):
        setting, name = setting_path(("reports", number)), _name(entry)
        try:
            known = report_types.load(name)
        except SettingsError as error:
            yield ConfigProblem(setting, error.what, error.hint)
            continue
        if known.download_only:
            what = f"{name!r} is only a download of Seller Central, which no service delivers"
            fix = "remove the entry, and read downloaded files with `mws-reports read`"
            yield ConfigProblem(setting, what, fix)
            continue
        yield from _entry_problems(setting, {} if isinstance(entry, str) else entry, known)
        places = () if isinstance(entry, str) else tuple(sorted(entry.get("marketplace_ids") or []))
        if (known.stream, places) in seen:
            fix = "remove one of the two entries"
            yield ConfigProblem(setting, f"{name!r} is listed twice", fix)
        seen.add((known.stream, places))


def unavailable_problems(config: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Yield the report types that SP-API does not have; MWS accepts any name."""
    for number, entry in enumerate(config.get("reports") or []):
        name = _name(entry)
        known = _loaded(name)
        if known and known.sp_api_name is None and not known.download_only:
            what = f"SP-API does not have `{name}`"
            successor = f"{notice}; " if (notice := lifecycle_notice(known)) else ""
            fix = f"{successor}`mws-reports types {name}` shows what is known of it"
            yield ConfigProblem(setting_path(("reports", number)), what, fix)


def report_notices(config: Mapping[str, Any]) -> list[str]:
    """Return what is doubtful in the entries of ``reports``, though Amazon may accept it."""
    service = chosen_service(config)
    notices: list[str] = []
    for entry in config.get("reports") or []:
        if known := _loaded(name := _name(entry)):
            notices += _type_notices(name, known, service)
            if has_entry(name) and not isinstance(entry, str):
                notices += _option_notices(name, entry.get("options") or {}, known)
                notices += _column_notices(name, entry.get("columns") or {}, known)
    return list(dict.fromkeys(notices))


def spelled_for(known: ReportType, service: str) -> str:
    """Return the name of a report type as a service spells it."""
    return known.sp_api_name or known.name if service == "sp_api" else known.name


def _name(entry: str | Mapping[str, Any]) -> str:
    return str(entry if isinstance(entry, str) else entry["type"]).strip()


def _loaded(name: str) -> ReportType | None:
    try:
        return report_types.load(name)
    except SettingsError:  # reported with the problems
        return None


def _type_notices(name: str, known: ReportType, service: str) -> Iterator[str]:
    if not has_entry(name):
        close = closest(name)
        likely = f"did you mean `{spelled_for(close, service)}`?" if close else "is it misspelt?"
        yield f"{name}: there is no entry for this report type, so its columns are text; {likely}"
    elif service == "mws" and service not in known.services:
        yield f"{name}: MWS never had this report type; set `api: sp_api`"


def _option_notices(name: str, options: Mapping[str, str], known: ReportType) -> Iterator[str]:
    names = {each.name: each for each in known.options}
    for option, value in options.items():
        if option not in names:
            listed = f"it has {', '.join(names)}" if names else "none is known for it"
            yield f"{name}: there is no option `{option}`; {did_you_mean(option, names) or listed}"
        elif (spelt := _other_case(names[option], value)) is not None:
            yield f"{name}: Amazon writes the value of `{option}` as `{spelt}`"


def _column_notices(name: str, columns: Collection[str], known: ReportType) -> Iterator[str]:
    """Yield columns that may be misspelt: a type may have columns that are not known yet."""
    names = {each.name for stream in known.streams for each in stream.columns}
    for column in columns:
        if names and column not in names and (likely := did_you_mean(column, names)):
            yield f"{name}: no column `{column}` is known; {likely}"


def _other_case(option: Option, value: str) -> str | None:
    """Return an allowed value that differs from a value only in its case."""
    if value in option.values:
        return None
    return next((each for each in option.values if each.lower() == value.lower()), None)


def _entry_problems(
    setting: str, entry: Mapping[str, Any], known: ReportType
) -> Iterator[ConfigProblem]:
    options: Mapping[str, str] = entry.get("options") or {}
    yield from _column_problems(setting, entry)
    for option in known.options:
        yield from _option_problems(f"{setting}.options.{option.name}", option, options)
    alignment, days = known.alignment, entry.get("window_days")
    if alignment and days and days < _SHORTEST[period := alignment.period_of(dict(options))]:
        because = f" (`{alignment.option}`)" if alignment.option else ""
        what = f"a window of {days} days holds no whole {period}{because}, and Amazon refuses parts"
        fix = f"give at least {_SHORTEST[period]}, or leave it out"
        yield ConfigProblem(f"{setting}.window_days", what, fix)


def _option_problems(
    setting: str, option: Option, options: Mapping[str, str]
) -> Iterator[ConfigProblem]:
    if option.name not in options:
        if option.required and not _differs_in_case(option.name, options):
            form = option.values[0] if option.values else "..."
            fix = f'set it, such as `"options": {{"{option.name}": "{form}"}}`'
            if option.values:
                fix += f"; the values are {', '.join(option.values)}"
            yield ConfigProblem(setting, "Amazon refuses the report without this option", fix)
        return
    allowed = {each.lower() for each in option.values}
    # An option with an empty text is a switch that is turned on.
    value = options[option.name]
    if allowed and value and value.lower() not in allowed:
        likely, values = did_you_mean(value, option.values), ", ".join(option.values)
        fix = f"{likely} The values are {values}" if likely else f"use one of {values}"
        yield ConfigProblem(setting, f"{value!r} is none of its values", fix)


def _differs_in_case(name: str, options: Mapping[str, str]) -> bool:
    return name.lower() in {each.lower() for each in options}


def _column_problems(setting: str, entry: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    kinds = [kind.value for kind in Kind]
    for column, kind in (entry.get("columns") or {}).items():
        if kind not in kinds:
            fix = f"use one of {', '.join(kinds)}"
            where = f"{setting}.columns.{column}"
            yield ConfigProblem(where, f"{kind!r} is not a kind of column", fix)
