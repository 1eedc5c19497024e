"""All settings of the tap: type, default, description and secrecy.

`docs/settings.md`, `meltano.yml` and `docs/recipes/all-settings.json` are checked against this.
"""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

_LONGEST = 36_525
"""Days: a hundred years, within which calendar arithmetic cannot overflow."""

_REPORT = th.CustomType(
    {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {
                    "type": {"type": "string"},
                    "options": {"type": "object", "additionalProperties": {"type": "string"}},
                    "marketplace_ids": {"type": "array", "items": {"type": "string"}},
                    "window_days": {"type": "integer", "minimum": 1, "maximum": _LONGEST},
                    "lookback_days": {"type": "integer", "minimum": 0, "maximum": _LONGEST},
                    "columns": {"type": "object", "additionalProperties": {"type": "string"}},
                },
                "required": ["type"],
                "additionalProperties": False,
            },
        ]
    }
)

_SELLER = th.ObjectType(
    th.Property("seller_id", th.StringType),
    th.Property("marketplace_ids", th.ArrayType(th.StringType)),
    th.Property("aws_access_key_id", th.StringType, secret=True),
    th.Property("aws_secret_access_key", th.StringType, secret=True),
    th.Property("mws_auth_token", th.StringType, secret=True),
    th.Property("lwa_client_id", th.StringType, secret=True),
    th.Property("lwa_client_secret", th.StringType, secret=True),
    th.Property("refresh_token", th.StringType, secret=True),
    th.Property("endpoint_url", th.StringType),
)

SELLER_PROPERTIES: frozenset[str] = frozenset(_SELLER.wrapped)
"""The settings that an entry of `sellers` may have."""

PROPERTIES = th.PropertiesList(
    th.Property(
        "api",
        th.StringType,
        allowed_values=["sp_api", "mws"],
        title="Service",
        description="Which of Amazon's services to use: `sp_api` (SP-API Reports 2021-06-30) or "
        "`mws` (MWS Reports 2009-01-01, which Amazon switched off in 2024). Left out, it is the "
        "one whose credentials are set, or else `sp_api`. Streams, rows and state are the same.",
    ),
    th.Property(
        "seller_id",
        th.StringType,
        title="Seller id",
        description="The seller's id, such as `A2EXAMPLESELLER`.",
    ),
    th.Property(
        "marketplace_ids",
        th.ArrayType(th.StringType),
        title="Marketplaces",
        description="The marketplaces of the reports: ids or country codes of one region, "
        "such as `ATVPDKIKX0DER` or `US`.",
    ),
    th.Property(
        "aws_access_key_id",
        th.StringType,
        secret=True,
        title="MWS access key id",
        description="The access key id of the MWS developer account.",
    ),
    th.Property(
        "aws_secret_access_key",
        th.StringType,
        secret=True,
        title="MWS secret key",
        description="The secret key of the MWS developer account.",
    ),
    th.Property(
        "mws_auth_token",
        th.StringType,
        secret=True,
        title="MWS authorisation token",
        description="The token by which the seller lets another developer call MWS; "
        "sellers calling for themselves leave it out.",
    ),
    th.Property(
        "lwa_client_id",
        th.StringType,
        secret=True,
        title="SP-API client id",
        description="The Login with Amazon client id of the application that the seller "
        "authorised.",
    ),
    th.Property(
        "lwa_client_secret",
        th.StringType,
        secret=True,
        title="SP-API client secret",
        description="The Login with Amazon client secret of the application.",
    ),
    th.Property(
        "refresh_token",
        th.StringType,
        secret=True,
        title="SP-API refresh token",
        description="The token that Amazon gave out when the seller authorised the application.",
    ),
    th.Property(
        "sellers",
        th.ArrayType(_SELLER),
        secret=True,
        title="Sellers",
        description="Several sellers in one run: objects with `seller_id` and what differs of "
        "`marketplace_ids`, `aws_access_key_id`, `aws_secret_access_key`, `mws_auth_token`, "
        "`lwa_client_id`, `lwa_client_secret`, `refresh_token` and `endpoint_url`. Settings "
        "that one leaves out are taken from the top level.",
    ),
    th.Property(
        "start_date",
        th.DateTimeType,
        title="Start date",
        description="The start date of the first run; 30 days ago when left out.",
    ),
    th.Property(
        "end_date",
        th.DateTimeType,
        title="End date",
        description="The end date; now when left out.",
    ),
    th.Property(
        "reports",
        th.ArrayType(_REPORT),
        default=[],
        title="Reports",
        description="The report types to turn into rows: a name, or an object with `type`, "
        "`options`, `marketplace_ids`, `window_days`, `lookback_days` and `columns` "
        "(column name to kind).",
    ),
    th.Property(
        "new_columns",
        th.StringType,
        default="add",
        allowed_values=["add", "ignore", "fail"],
        title="New columns",
        description="What to do with a column that is not in the schema: `add` it to the stream, "
        "`ignore` it, or `fail` the document.",
    ),
    th.Property(
        "timestamps",
        th.StringType,
        default="utc",
        allowed_values=["utc", "offset"],
        title="Timestamps",
        description="How timestamps are written: `utc` (offsets that differed stay in the column "
        "`_offsets`), or with the `offset` that Amazon sent, which many targets drop.",
    ),
    th.Property(
        "decimals",
        th.StringType,
        default="number",
        allowed_values=["number", "exact"],
        title="Decimals",
        description="How decimals are declared: as a `number`, or as `exact` decimals with 38 "
        "digits, 9 of them after the decimal point, for targets that know `x-singer.decimal`.",
    ),
    th.Property(
        "exclude_columns",
        th.ArrayType(th.StringType),
        default=[],
        title="Excluded columns",
        description="Columns that are never written, also those that appear later: glob patterns "
        "of column names such as `buyer*`, or of stream and column such as `*.ship_address*`.",
    ),
    th.Property(
        "declare_columns",
        th.StringType,
        default="known",
        allowed_values=["known", "seen"],
        title="Declared columns",
        description="Which columns of a report type are declared: all `known` ones, or "
        "only those `seen` in documents so far, which makes narrower tables.",
    ),
    th.Property(
        "keep_snapshots",
        th.BooleanType,
        default=False,
        title="Keep snapshots",
        description="Keep every snapshot of inventory and listings instead of the newest.",
    ),
    th.Property(
        "documents_directory",
        th.StringType,
        default="documents",
        title="Documents directory",
        description="Where documents that are files, such as PDF and XLSX, are kept; "
        "their records have the path.",
    ),
    th.Property(
        "report_types_directory",
        th.StringType,
        title="Report types of your own",
        description="A directory of TOML files with report types, and columns of released ones, of "
        "your own; `mws-reports types add` writes them.",
    ),
    th.Property(
        "acknowledge",
        th.BooleanType,
        default=False,
        title="Acknowledge reports",
        description="Mark reports as acknowledged at the start of the next run, "
        "once the state that says their rows were written has come back.",
    ),
    th.Property(
        "order",
        th.StringType,
        default="slowest",
        allowed_values=["slowest", "newest"],
        title="Order of requests",
        description="Which reports are requested first: those of the `slowest` types, which ends "
        "a run soonest, or those of the `newest` windows.",
    ),
    th.Property(
        "max_wait",
        th.CustomType({"type": "integer", "minimum": 1, "maximum": 525_600}),
        default=360,
        title="Longest wait",
        description="Minutes to wait for one report. Then it is left to the next run, "
        "which polls the same report request first.",
    ),
    th.Property(
        "max_connections",
        th.CustomType({"type": "integer", "minimum": 1, "maximum": 1024}),
        default=8,
        title="Connections to Amazon",
        description="How many calls and downloads may run at the same time, over all sellers. "
        "One connection is enough for about ten sellers; more than eighty sellers "
        "need more. Each takes a thread and up to two open files: see `ulimit -n`.",
    ),
    th.Property(
        "retries",
        th.CustomType({"type": "integer", "minimum": 0}),
        default=2,
        title="Retries of cancelled reports",
        description="How often a report that Amazon cancelled is requested again in one run.",
    ),
    th.Property(
        "retry_failed_days",
        th.CustomType({"type": "integer", "minimum": 0, "maximum": _LONGEST}),
        default=7,
        title="Days of retries of failed reports",
        description="For how many days later runs retry a failed report. Then it is "
        "given up: listed in the state and in a warning, and no longer a failure of the run.",
    ),
    th.Property(
        "row_count_check",
        th.StringType,
        default="warn",
        allowed_values=["off", "warn", "retry"],
        title="Check of row counts",
        description="What to do when a snapshot has far more or fewer rows than usual, the median "
        "of the last ten: `off`, `warn`, or `retry`, which requests it once more before its rows "
        "are written.",
    ),
    th.Property(
        "row_count_bound",
        th.CustomType({"type": "integer", "minimum": 101}),
        default=150,
        title="Bound of row counts",
        description="In percent: how much larger than the other the number of rows or the usual "
        "number may be. Differences below 100 rows are never reported.",
    ),
    th.Property(
        "max_open",
        th.CustomType({"type": "integer", "minimum": 1}),
        title="Most open requests",
        description="How many report requests may be open at a time; "
        "as many as the quotas allow when left out.",
    ),
    th.Property(
        "application_share",
        th.CustomType({"type": ["string", "number"]}),
        title="Share of the application's limits",
        description="Which part of the limits of the SP-API application this process may use, such "
        "as `1/4` when four processes share it. When left out: all of them, or an equal part for a "
        "`shard`.",
    ),
    th.Property(
        "shard",
        th.StringType,
        title="Shard",
        description="Which part of the sellers this process reads, such as `3/16`: shard 3 of 16, "
        "counted from 0. The settings may list all sellers in every process; a seller is always in "
        "the same shard.",
    ),
    th.Property(
        "only",
        th.ArrayType(th.StringType),
        title="Only these report types",
        description="Of `reports`, only these report types are read; `report_requests`, `reports` "
        "and `report_schedules` only if they are named, too.",
    ),
    th.Property(
        "except",
        th.ArrayType(th.StringType),
        title="All but these report types",
        description="Report types of `reports`, or streams such as `report_requests`, that this "
        "process does not read.",
    ),
    th.Property(
        "notification_queue_url",
        th.StringType,
        title="Notification queue",
        description="An SQS queue for notifications of finished reports, which "
        "replace polling; needs the extra `notifications` and `mws-reports subscribe`.",
    ),
    th.Property(
        "endpoint_url",
        th.StringType,
        title="Endpoint",
        description="An endpoint that replaces that of Amazon, for the sandbox or a proxy.",
    ),
    th.Property(
        "sandbox",
        th.BooleanType,
        default=False,
        title="Sandbox",
        description="Use the sandbox inside the process: no account and no credentials needed.",
    ),
)

SCHEMA: dict[str, Any] = PROPERTIES.to_dict()

VARIABLE_PREFIX = "TAP_MWS_REPORTS_"
"""The environment variable of a setting is this and the setting's name in capitals."""

SDK_PROPERTIES = frozenset(
    {
        "batch_config",
        "emit_activate_version_messages",
        "faker_config",
        "flattening_enabled",
        "flattening_max_depth",
        "flattening_max_key_length",
        "flattening_separator",
        "stream_map_config",
        "stream_maps",
    }
)
"""Settings that the Singer SDK reads itself."""


def description(name: str) -> str:
    """Return the description of a setting, or an empty text for an unknown name."""
    properties: dict[str, dict[str, str]] = SCHEMA["properties"]
    return properties.get(name, {}).get("description", "")
