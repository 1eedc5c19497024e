"""One offline HTML page about a database that this tap loaded: the last run and the sales.

The extra `page` installs what this package needs.
"""

from tap_mws_reports.page.database import Database, open_database
from tap_mws_reports.page.document import render_page

__all__ = ["Database", "open_database", "render_page"]
