"""The subcommands, one a module: `add_parser` says what it takes, `run` does it and returns the exit status.

They belong to the command line's layer and may print; what is heavy to import is imported in `run`.
"""
