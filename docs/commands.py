"""Write docs/commands.md, the page of all commands: python docs/commands.py.

From the command line's own parser, so that the page cannot tell of an option that is not there. Laid out here, because
argparse sets its help differently from one Python to the next.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from cablerep.cli.main import build_parser

PAGE = Path(__file__).with_name("commands.md")
_HEAD = """# All commands

Made from the command line itself by `python docs/commands.py`. Every command takes `--help`. Exit status: 0 done,
1 something to mend (one line says what), 2 a wrong command line, 130 ended with Ctrl-C.
"""


def page() -> str:
    """Return the page as Markdown."""
    return _HEAD + "".join(_part(name, parser) for name, parser in subcommands(build_parser()).items())


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of the commands below `parser`, in their order; those of commands of commands too."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:  # argparse has no public way to look at what was added
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                found[name] = below
                found.update({f"{name} {word}": one for word, one in subcommands(below).items()})
    return found


def _part(name: str, parser: argparse.ArgumentParser) -> str:
    text = f"\n## cablerep {name}\n\n{_flat(parser.description)}\n"
    rows = list(_rows(parser))
    if rows:
        text += "\n| argument | meaning |\n| --- | --- |\n" + "".join(f"| {what} | {means} |\n" for what, means in rows)
    if parser.epilog:
        text += f"\n{_flat(parser.epilog)}\n"
    return text


def _rows(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
            continue
        yield f"`{_usage(action)}`".replace("|", "\\|"), _flat(action.help).replace("|", "\\|")


def _usage(action: argparse.Action) -> str:
    """Return how an argument is written: `-o, --out FILE`, `TRACE...`, `--side {left,right}`."""
    value = ""
    if action.nargs != 0:
        words = [str(choice) for choice in action.choices] if action.choices else []
        metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
        value = "{" + ",".join(words) + "}" if words and action.metavar is None else metavar
        value += "..." if action.nargs in ("+", "*") or isinstance(action.nargs, int) else ""
        value = f"[{value}]" if action.nargs in ("*", "?") else value
    return " ".join(word for word in (", ".join(action.option_strings), value) if word)


def _flat(text: str | None) -> str:
    """Return `text` on one line, with the percent signs that argparse wants doubled."""
    return " ".join((text or "").replace("%%", "%").split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
