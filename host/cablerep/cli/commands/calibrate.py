"""`cablerep calibrate`: measures what a sensor count is worth, and how hard each plate pulls.

All points are measured and checked first, then shown, confirmed, written, saved and read back. The store keeps the old
values, and `undo` restores them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options
from cablerep.units import POUND_KG

if TYPE_CHECKING:
    from cablerep.device.client import Client
    from cablerep.device.events import Hello
    from cablerep.setup.measuring import Measuring
    from cablerep.store.database import Store

_READING_S = 3.0  # a cell sends at least ten readings a second
_WAIT_S = 60  # for each point: time to reach the next mark or fetch the next weight
# Units and their values in the first one, which is the default.
_LENGTHS = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}
_WEIGHTS = {"kg": 1.0, "g": 0.001, "lb": POUND_KG, "lbs": POUND_KG}
_TARE_LOAD, _FORCED = 2, 4  # as in the wire's TARE
_SETTINGS = {
    "travel": ("um_per_count",),
    "load": ("mn_per_count", "load_zero"),
    "swivel": ("angle_per_turn", "angle_zero", "angle_play", "free_mm", "free_from"),
}
_ASIDE = "500"


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "calibrate",
        help="calibrate a board's encoder, load cell and stack",
        description="Measures known lengths or weights, checks them, and writes the result to the board and the store.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    travel = _action(actions, "travel", _travel, "measure the encoder's scale at marks of known length")
    travel.add_argument(
        "--at", nargs="+", metavar="MM", help="the marks, outwards from the stack; units: 400 or 40cm or 16in"
    )
    travel.set_defaults(units=_LENGTHS, parser=travel)
    load = _action(actions, "load", _load, "measure the load cell's scale with known weights")
    load.add_argument("--at", nargs="+", metavar="KG", help="the weights; 0 for no weight; units: 5 or 5kg or 11lb")
    load.set_defaults(units=_WEIGHTS, parser=load)
    stack = _action(actions, "stack", _stack, "measure how hard each plate of the stack pulls")
    stack.add_argument("--plates", nargs="+", type=options.positive, metavar="N", help="plates, counted from the top")
    swivel = _action(
        actions, "swivel", _swivel, "measure the zero, sign and play of the angle sensor, and the free length"
    )
    place = swivel.add_mutually_exclusive_group()
    place.add_argument(
        "--aside",
        metavar="MM",
        help="distance of a mark on the right from the end of the line, at a right angle; the free length follows "
        f"from it (default {_ASIDE}); units: 500 or 50cm or 20in",
    )
    place.add_argument(
        "--free", metavar="MM", help="the free length, measured with a tape: from the swivel's axis to the strap"
    )
    swivel.set_defaults(units=_LENGTHS, parser=swivel)
    stack.add_argument(
        "--printed",
        nargs="+",
        metavar="KG",
        help="what is printed on these plates, in their order; units: 5 or 5kg or 11lb; none to leave it out",
    )
    stack.set_defaults(units=_WEIGHTS, parser=stack)
    tare = _action(actions, "tare", _tare, "take the present force as zero, with no load on the cable")
    tare.add_argument("--force", action="store_true", help="tare even under load")
    undo = _action(actions, "undo", _undo, "restore the values before the last calibration")
    undo.add_argument("what", nargs="?", choices=(*_SETTINGS, "stack"), help="only the last one of this kind")
    log = actions.add_parser(
        "log", help="list the calibrations in the store", description="Lists all stored calibrations."
    )
    options.add_store(log)
    log.set_defaults(run=_log)


def _action(actions: Any, name: str, act: Callable[..., int], meaning: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(
        name, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}."
    )
    options.add_port(parser)
    options.add_store(parser)
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument(
        "--wait",
        type=options.positive,
        default=_WAIT_S,
        metavar="S",
        help=f"time limit for each point (default {_WAIT_S} s)",
    )
    parser.set_defaults(run=run, act=act)
    return parser


def _quantities(words: Sequence[str], units: Mapping[str, float]) -> list[float]:
    """Parse numbers of 0 or more with optional units: ["5", "kg", "11lb"]. Raises ArgumentTypeError."""
    texts: list[str] = []
    for word in words:
        if texts and word.lower() in units and not texts[-1][-1].isalpha():
            texts[-1] += word
        else:
            texts.append(word)
    return [_quantity(text, units) for text in texts]


def _quantity(text: str, units: Mapping[str, float]) -> float:
    number = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    unit = text[len(number) :].lower()
    try:
        value = float(number) * units[unit or next(iter(units))]
    except (ValueError, KeyError):
        value = -1.0
    if not 0 <= value < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 0 or more; its unit may be {', '.join(units)}")
    return value


def run(args: argparse.Namespace) -> int:
    """Measure, confirm and save one calibration; return the exit status."""
    from cablerep.device.client import Client
    from cablerep.device.link import Link
    from cablerep.device.session import Session
    from cablerep.setup.measuring import Measuring
    from cablerep.store.database import Store

    try:
        if "at" in args and args.at is not None:
            args.at = _quantities(args.at, args.units)
        if "aside" in args:
            args.aside = None if args.aside is None else _quantity(args.aside, args.units)
            args.free = None if args.free is None else _quantity(args.free, args.units)
    except argparse.ArgumentTypeError as error:
        args.parser.error(str(error))
    with Store(options.store_path(args.store)) as store, Client(Link(args.port, Session(stream=True))) as talk:
        hello = talk.open()
        print(f"board {hello.board}, firmware {hello.version}")
        if "at" in args and args.at is None:
            unit = next(iter(args.units))
            args.at = _asked(f"the known values in {unit}, separated by spaces", lambda w: _quantities(w, args.units))
        if "plates" in args:
            if args.plates is None:
                args.plates = _asked("the plates, separated by spaces", lambda w: [options.positive(one) for one in w])
                if args.printed is None:
                    question = "what is printed on them, in kg or as 11lb; nothing if nothing is"
                    args.printed = _asked(question, list)
            args.printed = _printed(args)
        return int(args.act(args, store, talk, hello, Measuring(talk, hello, _tell, args.wait)))


def _printed(args: argparse.Namespace) -> list[float]:
    """Return what is printed on each plate in kg, or nothing. Raises CalibrationError."""
    from cablerep.errors import CalibrationError

    if not args.printed or args.printed == ["none"]:
        return []
    try:
        known = _quantities(args.printed, args.units)
    except argparse.ArgumentTypeError as error:
        raise CalibrationError(str(error)) from None
    if len(known) != len(args.plates):
        raise CalibrationError(f"{len(args.plates)} plates and {len(known)} printed weights; give one for each plate")
    if sorted(known) != [weight for _, weight in sorted(zip(args.plates, known, strict=True))]:
        raise CalibrationError("the printed weights must grow with the number of the plate, counted from the top")
    return known


def _tell(text: str) -> None:
    """Print the next step, with a beep on a terminal: nobody holding the cable watches the screen."""
    print(f"{text}\a" if sys.stdout.isatty() else text, flush=True)


def _asked(question: str, convert: Callable[[Sequence[str]], list[Any]]) -> list[Any]:
    """Ask for values on the terminal. Raises CalibrationError for no input or a value that cannot be parsed."""
    from cablerep.errors import CalibrationError

    try:
        return convert(input(f"{question}: ").split())
    except EOFError:
        raise CalibrationError("no values given; pass them with --at or --plates") from None
    except argparse.ArgumentTypeError as error:
        raise CalibrationError(str(error)) from None


def _travel(args: argparse.Namespace, store: Store, talk: Client, hello: Hello, measuring: Measuring) -> int:
    from cablerep.setup.calibration import TRAVEL, fit

    found = fit(measuring.travel(args.at), TRAVEL)
    print(_shown(args.at, "mm", found.residuals, "mm"))
    sign = "" if found.per_count > 0 else "; the encoder counts backwards, so the scale is negative"
    print(f"one count is {1000 * abs(found.per_count):.2f} um (was {abs(hello.um_per_count):g}){sign}")
    return _write(args, store, talk, hello, "travel", (found.setting,), found.worst)


def _load(args: argparse.Namespace, store: Store, talk: Client, hello: Hello, measuring: Measuring) -> int:
    from cablerep.setup.calibration import LOAD, fit

    found = fit(measuring.load(args.at), LOAD)
    print(_shown(args.at, "kg", found.residuals, "N"))
    print(f"one count is {1000 * found.per_count:.4f} mN (was {hello.mn_per_count:g}), zero at {found.zero:.0f} counts")
    return _write(args, store, talk, hello, "load", (found.setting, round(found.zero)), found.worst)


def _shown(known: Sequence[float], unit: str, residuals: Sequence[float], residual_unit: str) -> str:
    points = ", ".join(f"{value:g} {unit} {off:+.2f}" for value, off in zip(known, residuals, strict=True))
    return f"off the line, in {residual_unit}: {points}"


def _write(
    args: argparse.Namespace,
    store: Store,
    talk: Client,
    hello: Hello,
    kind: str,
    values: tuple[int, ...],
    residual: float | None,
) -> int:
    """Write `values` to the settings of `kind`, and store the old values with the largest `residual`."""
    from datetime import UTC, datetime

    from cablerep.store.database import Calibration

    new = dict(zip(_SETTINGS[kind], values, strict=True))
    talk.request("stream", on=0)  # nobody reads samples while the user decides
    old = {name: talk.read_setting(name) for name in new}
    if not _confirmed(args, "write this to the board"):
        return 1
    talk.write_settings(new, args.wait, _tell)
    store.add_calibration(Calibration(hello.board, datetime.now(UTC), kind, old, new, residual))
    print("written, saved and read back; 'cablerep calibrate undo' restores the old values")
    return 0


def _swivel(args: argparse.Namespace, store: Store, talk: Client, hello: Hello, measuring: Measuring) -> int:
    from cablerep.errors import CalibrationError
    from cablerep.setup import swivel
    from cablerep_fw.reference.angle_sensors import ANGLE_SENSORS

    counts_per_turn = dict(ANGLE_SENSORS.values())
    if hello.angle_sensor not in counts_per_turn:
        raise CalibrationError(
            "no angle sensor is configured: 'cablerep settings angle_sensor=1' for an MT6701, 2 for an AS5600; then "
            "unplug the board and plug it in"
        )
    if hello.um_per_count == 1:
        raise CalibrationError("travel is not calibrated yet: run 'cablerep calibrate travel' first")
    counts = counts_per_turn[hello.angle_sensor]
    aside_mm = args.aside if args.free is not None or args.aside is not None else _quantity(_ASIDE, _LENGTHS)
    where = "a step or more" if args.free is not None else f"{aside_mm:g} mm at a right angle to the line"
    found = swivel.fit(measuring.swivel(counts, where), counts, aside_mm, args.free)
    direction = "" if found.per_turn > 0 else ", counting the other way"
    print(
        f"straight back is {found.zero} of {counts} counts{direction}; along the line the bearing bends by "
        f"{found.bend_deg:.1f}°, with a play of {found.play_deg:.1f}°"
    )
    how = "as given" if args.free is not None else "measured"
    print(
        f"free length {found.free_mm:.0f} mm, {how}: it changes with the strap and its length, so measure it again then"
    )
    return _write(args, store, talk, hello, "swivel", tuple(found.settings.values()), found.bend_deg)


def _stack(args: argparse.Namespace, store: Store, talk: Client, hello: Hello, measuring: Measuring) -> int:
    from dataclasses import replace
    from datetime import UTC, datetime

    from cablerep.errors import CalibrationError
    from cablerep.setup.calibration import stack
    from cablerep.store.database import Calibration
    from cablerep.store.plates import plates_as_values, step_n
    from cablerep.units import newtons

    for name, value in (("travel", hello.um_per_count), ("load", hello.mn_per_count)):
        if value == 1:
            raise CalibrationError(f"{name} is not calibrated yet: run 'cablerep calibrate {name}' first")
    plates = stack(*measuring.stack(args.plates))
    print(f"{len(plates)} plates, {step_n(plates):.1f} N apart")
    if not _confirmed(args, "store these plates"):
        return 1
    labels = {number: newtons(mass_kg) for number, mass_kg in zip(args.plates, args.printed, strict=False)}
    old = plates_as_values(store.plates(hello.board))
    new = plates_as_values([replace(plate, printed_n=labels.get(plate.number)) for plate in plates])
    store.add_calibration(Calibration(hello.board, datetime.now(UTC), "stack", old, new, None))
    shown = "the weight printed on it" if labels else "the force that it was measured with"
    print(f"stored; sets now show the plate that was lifted, and {shown}")
    return 0


def _tare(args: argparse.Namespace, store: Store, talk: Client, hello: Hello, measuring: Measuring) -> int:
    import time
    from datetime import UTC, datetime

    from cablerep.errors import CalibrationError
    from cablerep.store.database import Calibration

    talk.request("stream", on=0)
    old = {name: talk.read_setting(name) for name in _SETTINGS["load"]}
    end = time.monotonic() + _READING_S
    while True:
        reply = talk.request("tare", what=_TARE_LOAD | (_FORCED if args.force else 0))
        if reply.status != "failed" or time.monotonic() > end:  # no reading yet
            break
        talk.poll()
    if reply.status == "refused under load":
        raise CalibrationError("the load cell is under load; take the load off, or give --force to tare anyway")
    if reply.status == "failed":
        raise CalibrationError("not tared: the load cell sends no readings; 'cablerep doctor' checks its wires")
    if reply.status != "done":
        raise CalibrationError(f"not tared: {reply.status}; let the cable go back to the stack and try again")
    new = {name: talk.read_setting(name) for name in _SETTINGS["load"]}
    talk.write_settings(new, args.wait, _tell)
    store.add_calibration(Calibration(hello.board, datetime.now(UTC), "load", old, new, None))
    print(f"tared: zero at {new['load_zero']} counts (was {old['load_zero']}); 'cablerep calibrate undo' restores it")
    return 0


def _undo(args: argparse.Namespace, store: Store, talk: Client, hello: Hello, measuring: Measuring) -> int:
    from dataclasses import replace
    from datetime import UTC, datetime

    from cablerep.errors import CalibrationError

    done = [one for one in store.calibrations(hello.board) if args.what in (None, one.kind)]
    if not done:
        raise CalibrationError(f"nothing to undo: {store.path} has no calibration of board {hello.board}")
    last = done[-1]
    print(f"{last.kind} of {last.at.astimezone():%Y-%m-%d %H:%M}: {_pairs(last.became)} back to {_pairs(last.was)}")
    if last.kind == "stack":
        if not _confirmed(args, "restore these plates"):
            return 1
        store.add_calibration(replace(last, at=datetime.now(UTC), was=last.became, became=last.was, residual=None))
        print("done; a second undo reverts this")
        return 0
    found = {name: talk.read_setting(name) for name in last.became}
    if found != last.became:
        raise CalibrationError(
            f"the board has {_pairs(found)}, not what that calibration wrote; it was changed since, so calibrate again"
        )
    return _write(
        args, store, talk, hello, last.kind, tuple(int(last.was[name]) for name in _SETTINGS[last.kind]), None
    )


def _confirmed(args: argparse.Namespace, what: str) -> bool:
    """Ask for confirmation unless --yes was given."""
    from cablerep.text import console as terminal

    if args.yes:
        return True
    try:
        answer = input(f"press Enter to {what}, or type anything to cancel: ")
    except EOFError:
        answer = "no terminal; use --yes to confirm in advance"
    if answer.strip():
        terminal.note("cablerep: nothing was changed")
    return not answer.strip()


def _pairs(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.10g}" for name, value in values.items()) or "none"


def _log(args: argparse.Namespace) -> int:
    from cablerep.store.database import Store
    from cablerep.text import console as terminal

    path = options.store_path(args.store)
    if args.store is None and not path.exists():
        terminal.note(f"no calibrations are stored yet in {path}")
        return 0
    with Store(path, must_exist=True) as store:
        for one in store.calibrations():
            off = "" if one.residual is None else f"  largest residual {one.residual:.2f}"
            when = f"{one.at.astimezone():%Y-%m-%d %H:%M}"
            print(f"{when}  {one.board}  {one.kind:<6}  {_pairs(one.was)} -> {_pairs(one.became)}{off}")
    return 0
