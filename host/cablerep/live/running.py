"""Runs the live screen on this terminal, and prints the last sets below it."""

from rich.console import Console

from ..model.screen import LiveModel
from ..text.reps import form_lines, rep_table, set_line
from .app import LiveApp, Source


def run_screen(source: Source, model: LiveModel) -> None:
    """Show `source` in `model` until it ends. Raises what ended the source; KeyboardInterrupt at Ctrl-C or SIGTERM."""
    app = LiveApp(source, model)
    app.run()
    for event in source.take():  # what came while the set was ended
        model.apply(event)
    if app.failure is not None:
        raise app.failure
    if app.interrupted:
        raise KeyboardInterrupt


def print_sets(console: Console, model: LiveModel) -> None:
    """Print the last set's reps with their flags, and a line for each set."""
    if model.reps:
        console.print(rep_table(model.reps))
        for line in form_lines(model.reps):
            console.print(line)
    for over in model.sets:
        console.print(set_line(over.set, over.reps, over.partials, over.rom_mm, over.load_n, over.side))
