"""Reads arbitrary bytes as flat files, XML and JSON until it is stopped.

make fuzz RUNS=1000000
"""

from __future__ import annotations

import logging
import sys

import atheris

with atheris.instrument_imports(include=["tap_mws_reports"]):
    from fuzz.reading import check


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
