"""Clients of Amazon's report services. They know neither streams nor the content of documents.

`interface` is what the rest of the project sees; `mws` and `sp_api` are the services behind it.
"""
