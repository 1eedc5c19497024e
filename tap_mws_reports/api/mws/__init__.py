"""MWS Reports 2009-01-01.

`operations` is the table of operations, `codec` encodes calls and decodes responses by it,
`signing` signs, `mws_errors` maps error responses to errors, `caller` makes one call with retries,
and `service` is the client.
"""
