"""BATCH messages: their files, formats and storage."""
