"""`cablerep push`: sends training sessions to wger or intervals.icu."""

from __future__ import annotations

import argparse
import os
from typing import Any

from cablerep.cli import args as options

_TOKEN_VARIABLE = "CABLEREP_TOKEN"
_SERVICES = ("wger", "intervals")


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "push",
        help="send sessions to wger or intervals.icu",
        description="Sends the sessions of the selected sets to wger (sets with weight and reps) or to intervals.icu "
        "(a FIT file each). Sending a session again does not double it.",
        epilog="Example: cablerep push wger --since 7d --exercise-id 'Hip abduction'=1234 --dry-run.",
    )
    parser.add_argument("service", choices=_SERVICES, help="where to send them")
    options.add_store(parser)
    options.add_filters(parser)
    parser.add_argument(
        "--token", metavar="KEY", help=f"your personal key, from the service's settings (default: ${_TOKEN_VARIABLE})"
    )
    parser.add_argument("--server", metavar="URL", help="another server, such as your own wger")
    parser.add_argument(
        "--exercise-id",
        action="append",
        default=[],
        metavar="NAME=ID",
        help="number of an exercise on wger; once for each exercise",
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would be sent, and send nothing")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Send the sessions; return the exit status."""
    from cablerep.errors import OutputError
    from cablerep.export import push
    from cablerep.export.workout import workout
    from cablerep.history.training import training_sessions

    token = args.token or os.environ.get(_TOKEN_VARIABLE, "")
    if not token and not args.dry_run:
        raise OutputError(f"give your key with --token or ${_TOKEN_VARIABLE}, or look first with --dry-run")
    sets = options.chosen(args)
    workouts = [made for session in training_sessions(sets) if (made := workout(session)).sets]
    if not workouts:
        return 1
    server = (args.server or push.SERVERS[args.service]).rstrip("/")
    if not server.startswith(("https://", "http://localhost", "http://127.")):
        raise OutputError(f"--server is {server}; it must be https, so that your key stays secret")
    if args.service == "wger":
        uploads = list(push.wger(workouts, dict(map(_numbered, args.exercise_id)), server))
    else:
        uploads = list(push.intervals(workouts, server))
    for upload in uploads:
        if args.dry_run:
            is_text = upload.content_type == "application/json"
            print(
                f"POST {upload.url}  {upload.body.decode() if is_text else f'{upload.about}, {len(upload.body)} bytes'}"
            )
        else:
            push.send(upload, args.service, token)
            print(f"sent {upload.about}")
    return 0


def _numbered(text: str) -> tuple[str, int]:
    """Parse NAME=ID. Raises OutputError."""
    from cablerep.errors import OutputError

    name, _, number = text.rpartition("=")
    if not name or not number.isdigit():
        raise OutputError(f"--exercise-id {text!r}: write NAME=ID, such as 'Hip abduction=1234'")
    return name, int(number)
