"""Exercises: what each asks for, in TOML."""
