"""Asking Amazon for reports. Knows no stream and no cell of a document.

`interface` is what the rest of the project sees; `mws` is the one service behind it so far.
"""
