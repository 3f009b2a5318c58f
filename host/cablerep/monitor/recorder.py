"""Writes a board's raw samples to trace files, one for each stretch with the same origin and calibration.

A board that restarts counts from another origin, so the recording continues in NAME-2. Until a file is complete, its
samples are in NAME.csv.part.
"""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from cablerep_fw import __version__
from cablerep_sim.trace.lines import PART
from cablerep_sim.trace.rows import LONGEST_HOLE_US
from cablerep_sim.trace.writer import TraceWriter, add_key

from ..device.events import Event, Health, Hello, Samples
from ..errors import RecordingError

_SUFFIXES = (".csv.gz", ".csv")


class Recorder:
    """Writes the samples that `take` is given to `path`, which ends in .csv or .csv.gz, and to its successors.

    `rows` counts the samples written, `missed` the sample periods without one: not read by the board, lost on the line,
    or `refused` because a trace cannot hold the value. `seconds` is the recording's length, `paths` are the finished
    files. Use it in a `with` block, or call `close`.
    """

    def __init__(self, path: Path, meta: Mapping[str, str], *, overwrite: bool = False) -> None:
        """`meta` has header keys for the traces beside those that the board reports.

        Raises RecordingError for an unusable file name.
        """
        self._suffix = next((suffix for suffix in _SUFFIXES if path.name.endswith(suffix)), "")
        if not self._suffix:
            raise RecordingError(f"{path}: not a trace file name; it must end in .csv or .csv.gz")
        if not path.parent.is_dir():
            raise RecordingError(f"{path}: there is no folder {path.parent}; create it first")
        taken = _taken(path)
        if taken is not None and not overwrite:
            raise RecordingError(f"{taken}: this file exists; choose another name, or overwrite it with --force")
        self.path = path
        self.paths: list[Path] = []
        self.rows = 0
        self.missed = 0
        self.refused = 0
        self.seconds = 0.0
        self._meta = dict(meta)
        self._overwrite = overwrite
        self._board: Hello | None = None
        self._writer: TraceWriter | None = None
        self._first = 0  # number of the current file's first sample
        self._next = 0  # number of the next sample
        self._free_mm: float | None = None  # of the angle sensor, once the board knows it
        self._lacks_free = False  # the current file was begun before

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def take(self, event: Event) -> None:
        """Write samples, starting a new file when needed. Raises TraceError if writing fails."""
        if isinstance(event, Hello):
            if self._board is not None and _origin(event) != _origin(self._board):
                self.close()
                self._free_mm = None
            self._board = event
            self._learn_free(event.free_mm)
        elif isinstance(event, Health):
            self._learn_free(event.free_mm)
        elif isinstance(event, Samples) and self._board is not None:
            self._take_samples(event, self._board)

    def _learn_free(self, free_mm: float | None) -> None:
        """Take the length of the cable that the header needs; a board learns it when the cable rests at the stack."""
        if self._free_mm is None:
            self._free_mm = free_mm

    def _take_samples(self, samples: Samples, board: Hello) -> None:
        gap = samples.first - self._next
        if self._writer is not None and (gap < 0 or gap * 1_000_000 >= LONGEST_HOLE_US * board.rate_hz):
            self.close()
        if self._writer is None:
            self._begin(samples, board)
        assert self._writer is not None
        rows, refused = self._writer.rows, self._writer.refused
        self._writer.add_samples(samples.first - self._first, samples.pairs[::2], samples.pairs[1::2], samples.angles)
        rows = self._writer.rows - rows
        self.refused += self._writer.refused - refused
        stop = samples.stop
        self.rows += rows
        self.missed += stop - self._next - rows
        self.seconds += (stop - self._next) / board.rate_hz
        self._next = stop

    def _begin(self, samples: Samples, board: Hello) -> None:
        path = self.path if not self.paths else self._successor()
        meta = {
            "rate_hz": str(board.rate_hz),
            "um_per_count": str(board.um_per_count),
            "mn_per_count": str(board.mn_per_count),
            "load_zero": str(board.load_zero),
            "device": f"{board.board} ({board.port})",
            "source": f"cablerep record, version {__version__}",
        }
        if board.side:
            meta["side"] = board.side
        if board.angle_sensor:
            meta |= {"angle_per_turn": str(board.angle_per_turn), "angle_zero": str(board.angle_zero)}
            if self._free_mm is not None:
                meta["free_mm"] = f"{self._free_mm:g}"
        self._lacks_free = board.angle_sensor != 0 and self._free_mm is None
        self._writer = TraceWriter(
            path,
            meta | self._meta,
            overwrite=self._overwrite and path == self.path,
            has_angle=board.angle_sensor != 0,
        )
        self._first = self._next = samples.first

    def _successor(self) -> Path:
        stem = self.path.name.removesuffix(self._suffix)
        number = 2
        while _taken(path := self.path.with_name(f"{stem}-{number}{self._suffix}")) is not None:
            number += 1
        return path

    def close(self) -> None:
        """Complete the current file. Raises TraceError."""
        writer, self._writer = self._writer, None
        if writer is not None and writer.close():
            self.paths.append(writer.path)
            if self._lacks_free and self._free_mm is not None:
                add_key(writer.path, "free_mm", f"{self._free_mm:g}")


def _origin(board: Hello) -> tuple[object, ...]:
    """Return what all samples of a file must share."""
    return (board.board, board.session, board.rate_hz, board.um_per_count, board.mn_per_count, board.load_zero)


def _taken(path: Path) -> Path | None:
    """Return an existing file that a recording at `path` would overwrite."""
    return next((taken for taken in (path, path.with_name(path.name + PART)) if taken.exists()), None)
