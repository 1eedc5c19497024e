"""The names of months that stand in reports, in the languages of the marketplaces."""

from __future__ import annotations

# From January on, the full name as in a date, then what it is shortened to, without dots behind.
# Source: https://cldr.unicode.org/translation/date-time/date-time-names
_LANGUAGES = {
    "en": (
        "january jan, february feb, march mar, april apr, may, june jun, july jul, august aug,"
        " september sept sep, october oct, november nov, december dec"
    ),
    "de": (
        "januar jän jan, februar feb, märz mär mrz, april apr, mai, juni jun, juli jul, august aug,"
        " september sept sep, oktober okt, november nov, dezember dez"
    ),
    "fr": (
        "janvier janv, février févr fév, mars, avril avr, mai, juin, juillet juil, août,"
        " septembre sept, octobre oct, novembre nov, décembre déc"
    ),
    "it": (
        "gennaio gen, febbraio feb, marzo mar, aprile apr, maggio mag, giugno giu, luglio lug,"
        " agosto ago, settembre set, ottobre ott, novembre nov, dicembre dic"
    ),
    "es": (
        "enero ene, febrero feb, marzo mar, abril abr, mayo may, junio jun, julio jul, agosto ago,"
        " septiembre sept sep, octubre oct, noviembre nov, diciembre dic"
    ),
    "pt": (
        "janeiro jan, fevereiro fev, março mar, abril abr, maio mai, junho jun, julho jul,"
        " agosto ago, setembro set, outubro out, novembro nov, dezembro dez"
    ),
    "nl": (
        "januari jan, februari feb, maart mrt, april apr, mei, juni jun, juli jul, augustus aug,"
        " september sep, oktober okt, november nov, december dec"
    ),
    "sv": (
        "januari jan, februari feb, mars mar, april apr, maj, juni jun, juli jul, augusti aug,"
        " september sep, oktober okt, november nov, december dec"
    ),
    "pl": (
        "stycznia sty, lutego lut, marca mar, kwietnia kwi, maja, czerwca cze, lipca lip,"
        " sierpnia sie, września wrz, października paź, listopada lis, grudnia gru"
    ),
    "tr": (
        "ocak oca, şubat şub, mart mar, nisan nis, mayıs may, haziran haz, temmuz tem,"
        " ağustos ağu, eylül eyl, ekim eki, kasım kas, aralık ara"
    ),
}

MONTHS = {
    name: number
    for names in _LANGUAGES.values()
    for number, month in enumerate(names.split(","), start=1)
    for name in month.split()
}
"""Name in lower case to number; no name is that of two months."""


def month_number(name: str) -> int:
    """Return the number of a month; raises ValueError for any other word."""
    number = MONTHS.get(name.lower())
    if number is None:
        raise ValueError(name)
    return number
