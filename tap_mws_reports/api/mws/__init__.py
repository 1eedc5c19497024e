"""MWS Reports 2009-01-01.

`operations` is the table of operations, `wire` encodes calls and decodes answers by it, `signing`
signs, `refusals` maps error answers to errors, `caller` makes one call with retries, and `service`
is the client.
"""
