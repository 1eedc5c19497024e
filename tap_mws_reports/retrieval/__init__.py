"""Which reports to ask for, when, and what has become of them."""
