"""The seller feedback report: six columns in a fixed order, their headers in any language."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.sandbox.reports.cells import ReportQuery, Row, short_date
from tap_mws_reports.sandbox.sample_data.after_sales import Feedback

HEADERS = ("Date", "Rating", "Comments", "Your Response", "Order ID", "Rater Email")
_LOCAL_HEADERS = {
    "DE": ("Datum", "Bewertung", "Kommentare", "Ihre Antwort", "Bestellnummer", "E-Mail"),
    "FR": ("Date", "Évaluation", "Commentaires", "Votre réponse", "Numéro", "E-mail"),
    "JP": ("日付", "評価", "コメント", "あなたの返答", "注文番号", "評価者のメールアドレス"),
}
_COMMENTS = {
    "US": ('Never arrived as "described".', "Okay.", "Fast, and well packed!"),
    "DE": ("Leider beschädigt.", "Geht so.", "Schön, gern wieder!"),
    "FR": ("Colis abîmé.", "Correct.", "Très bien, reçu rapidement"),
    "JP": ("残念でした。", "普通です。", "とても良い、迅速な対応"),
}
_MARKS = {"DE": "."}
_BEST = 5
_MIDDLE = 3


def headers(marketplace: Marketplace) -> tuple[str, ...]:
    """Return the headers in the marketplace's language."""
    return _LOCAL_HEADERS.get(marketplace.country, HEADERS)


def feedback(query: ReportQuery) -> Iterator[Row]:
    """Yield what buyers said within the dates, by the English headers."""
    for data in query.seller_data:
        for feedback in data.feedback(query.start, query.end, query.now):
            yield _row(feedback, data.marketplace)


def _row(feedback: Feedback, marketplace: Marketplace) -> Row:
    day = feedback.moment.astimezone(ZoneInfo(marketplace.time_zone)).date()
    comments = _COMMENTS.get(marketplace.country, _COMMENTS["US"])
    mood = (feedback.rating >= _MIDDLE) + (feedback.rating >= _BEST)
    mark = _MARKS.get(marketplace.country, "/")
    return {
        "Date": short_date(day, marketplace.date_order, mark),
        "Rating": str(feedback.rating),
        "Comments": comments[mood],
        "Order ID": feedback.order.order_id,
        "Rater Email": f"{feedback.order.order_id.replace('-', '')}@marketplace.example",
    }
