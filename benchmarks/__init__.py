"""Benchmarks of the tap's speed: ratios between programs in one run, never a time alone."""
