"""Sets for other programs, one module for each format; `workout.py` holds what the formats of apps have in common.

A format's module makes bytes of sets and knows neither store nor command line.
"""
