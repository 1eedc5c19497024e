"""What runs remember: bookmarks, partitions, and the validation of a state."""
