"""Plan, request, poll and download reports."""
