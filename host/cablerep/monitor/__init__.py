"""Watching a board: the loop, its recorder and its curves."""
