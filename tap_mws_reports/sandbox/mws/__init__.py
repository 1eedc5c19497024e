"""The sandbox's MWS Reports and Subscriptions APIs."""
