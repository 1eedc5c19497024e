"""SP-API Reports 2021-06-30, and what it needs of Tokens 2021-03-01 and Notifications v1.

`operations` says what can be called, by the kinds of `fields` and the words of `enumerations`.
`calls` and `answers` turn values into requests and back, `login` has the tokens, `refusals` says
what an error answer means, `caller` makes one call of it all, `reports`, `listing` and `download`
ask for what the work list wants, and `service` puts them together behind `ReportService`.
"""
