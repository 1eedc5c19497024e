"""Which report jobs a run has: windows, periods and the plan."""
