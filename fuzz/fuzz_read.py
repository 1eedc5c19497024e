"""Reads arbitrary bytes as documents, for as long as it is let.

make fuzz RUNS=1000000
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["tap_mws_reports"]):
    from fuzz.reading import check


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
