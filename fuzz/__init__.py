"""Searches for bytes that the reading of documents does not stand."""
