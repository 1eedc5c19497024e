"""SP-API Reports 2021-06-30, and what it needs of Tokens 2021-03-01 and Notifications v1.

`operations` says what can be called, by the kinds of `fields` and the words of `enumerations`.
"""
