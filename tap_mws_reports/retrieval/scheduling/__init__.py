"""When report jobs move: request order, polling, latencies, quotas and the forecast."""
