"""The figures: makes a country of invented companies, measures the system over it, and writes docs/benchmarks.md.

Outside the product, which knows nothing of it: `python3 dev.py bench`. `country` and `loading` make the data, `asking`
and `bare` measure over HTTP and on the bare database, `working` the long jobs, `curve` and `report` tell.
"""
