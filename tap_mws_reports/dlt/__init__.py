"""Loading reports in bulk with dlt (https://dlthub.com/docs), as typed Arrow tables.

`amazon_reports` is a dlt source for your own pipelines; `load` runs a pipeline in load packages
of limited size, as ``mws-reports load`` does. Needs the extra ``dlt``.
"""

from tap_mws_reports.dlt.loading import Limits, Summary, load, make_pipeline
from tap_mws_reports.dlt.source import amazon_reports

__all__ = ["Limits", "Summary", "amazon_reports", "load", "make_pipeline"]
