"""Exports for other programs, one module per format; `workout.py` holds what the formats of training apps share.

A format's module turns sets into bytes and knows neither the store nor the command line.
"""
