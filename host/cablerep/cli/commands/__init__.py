"""The subcommands, one per module: `add_parser` adds the arguments, `run` does the work and returns the exit status.

Commands may print. Heavy imports belong inside `run`, so that `--help` and completion stay fast.
"""
