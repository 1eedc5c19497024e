"""Searches for bytes that break the reading of documents."""
