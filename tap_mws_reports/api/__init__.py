"""Asking Amazon for reports. Knows no stream and no cell of a document.

`interface` is what the rest of the project sees; `mws` and `sp_api` are the services behind it.
"""
