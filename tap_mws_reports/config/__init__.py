"""The tap's settings: their schema, the checks of them, and the sellers they configure."""
