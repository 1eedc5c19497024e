"""The real tap against the sandbox, under every fault, with a model of a target.

One integer seed decides everything: sellers, report types, settings, latencies, faults and kills.
`python -m simulation --help` says how to run it; docs/reliability.md has its results.
"""
