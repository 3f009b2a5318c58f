"""Trace files: header, rows, sample grid, reading and writing."""
