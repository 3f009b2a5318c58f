"""Trace files: header, rows, grid, reading and writing."""
