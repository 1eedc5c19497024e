"""MWS Reports 2009-01-01.

`operations` says what can be called, `wire` turns calls and answers into text and back, `signing`
signs, `refusals` says what an error answer means, `patience` repeats what is worth repeating, and
`service` puts them together behind `ReportService`.
"""
