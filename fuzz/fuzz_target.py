"""Reads arbitrary bytes as documents (`read`) or as answers and states (`answers`).

make fuzz RUNS=1000000
"""

from __future__ import annotations

import logging
import sys

import atheris

FUZZER = sys.argv.pop(1)

with atheris.instrument_imports(include=["tap_mws_reports"]):
    if FUZZER == "answers":
        from fuzz.answers import check
    else:
        from fuzz.reading import check


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
