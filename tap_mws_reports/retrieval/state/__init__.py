"""The state between runs: bookmarks, partitions and validation."""
