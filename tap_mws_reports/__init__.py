"""Amazon sellers' reports as Singer streams."""
