"""SP-API Reports 2021-06-30, and what it needs of Tokens 2021-03-01 and Notifications v1.

`operations` is the table of operations; its parameters are the tables of `shapes`, its answers the
structs of `response_models`. `calls` encodes and `answers` decodes by it, `login` gets the tokens,
`refusals` maps error answers to errors, `caller` makes one call with retries, `reports`, `listing`
and `download` read reports, and `service` is the client.
"""
