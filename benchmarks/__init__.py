"""What the tap's speed is measured with: ratios between programs in one run, never a time alone."""
