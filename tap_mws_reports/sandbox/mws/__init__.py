"""The sandbox's MWS Reports API."""
