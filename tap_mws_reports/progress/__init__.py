"""Reporting the progress of a run, in the log or on a terminal."""
