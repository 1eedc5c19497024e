"""SP-API Reports 2021-06-30, and what it needs of Tokens 2021-03-01 and Notifications v1.

`operations` is the table of operations; its parameters are the tables of `schemas`, its responses
the structs of `response_models`. `codec` encodes and decodes by it, `lwa` gets the tokens,
`sp_api_errors` maps error responses to errors, `caller` makes one call with retries,
`report_repository` and `document_download` read reports, and `service` is the client.
"""
