"""Reads arbitrary bytes as Amazon's answers, as notifications and as states.

make fuzz RUNS=1000000
"""

from __future__ import annotations

import logging
import sys

import atheris

with atheris.instrument_imports(include=["tap_mws_reports"]):
    from fuzz.answers import check


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
