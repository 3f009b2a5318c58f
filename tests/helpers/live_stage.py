"""A board that speaks to the live model, and an exercise for the lifter at it."""

from dataclasses import dataclass, replace
from typing import Any

from speaker import REP, Speaker

from cablerep.device.events import Rep
from cablerep.device.session import Session
from cablerep.model.screen import LiveModel
from cablerep.model.screen_events import ExerciseChosen, RepsRecalled
from cablerep_fw.core.link import wire

SLACK, REST, CONCENTRIC, HOLD, ECCENTRIC = (wire.PHASES.index(name) for name in wire.PHASES)


@dataclass(frozen=True)
class FourFigures:
    eccentric_s: float = 3.0
    bottom_s: float = 0.0
    concentric_s: float = 1.0
    hold_s: float = 2.0

    def __str__(self) -> str:
        return f"{self.eccentric_s:g}-{self.bottom_s:g}-{self.concentric_s:g}-{self.hold_s:g}"


@dataclass(frozen=True)
class Pause:
    between_sets_s: float = 90.0


@dataclass(frozen=True)
class Kickback:
    """What a profile says, as far as it is shown."""

    name: str = "Glute kickback"
    number: int = 1
    about: str = ""
    tempo: FourFigures = FourFigures()
    start: str = "stance"
    min_hold_s: float = 2.0
    expected_rom_mm: float = 300.0
    eccentric_max_m_s: float = 0.15
    rest: Pause = Pause()
    direction_deg: tuple[int, int] | None = None
    cues: tuple[str, ...] = ("Brace.", "Hips square.")

    def sentence(self, flag: str) -> str:
        return {"hold_short": "Hold longer at the top."}.get(flag, flag.replace("_", " "))

    def eccentric_band_m_s(self, rom_mm: float | None = None) -> tuple[float, float]:
        way_m = (rom_mm or self.expected_rom_mm) / 1000
        return way_m / 6, way_m / 2


class Stage:
    """A board of 200 Hz with a millimetre to a count and 2.034 mN to a count of the load cell."""

    def __init__(self, profile: Kickback | None = None) -> None:
        self.board = Speaker()
        self.session = Session()
        self.model = LiveModel()
        self.model.apply(ExerciseChosen(profile, ""))

    def hear(self, *frames: bytes) -> LiveModel:
        for event in self.session.feed(b"".join(frames)):
            self.model.apply(event)
        return self.model

    def begin(self, **changes: int) -> LiveModel:
        """Let the board come."""
        profile = self.model.profile.number if self.model.profile else 0
        return self.hear(
            self.board.hello(**{"samples": 0, "um_per_count": 1_000_000_000, "profile": profile, **changes})
        )

    def samples(self, first: int, *travel: int, force_n: float | None = 2.034) -> bytes:
        """Return the samples from number `first` on, as one frame for each dozen."""
        load = wire_load(force_n)
        batches = [travel[at : at + 12] for at in range(0, len(travel), 12)]
        return b"".join(
            self.board.say(
                "samples",
                b"".join(value.to_bytes(4, "little", signed=True) for counts in batch for value in (counts, load)),
                first=first + 12 * place,
            )
            for place, batch in enumerate(batches)
        )

    def phase(self, phase: int, at_s: float, **fields: int) -> bytes:
        """Return the message that `phase` began at `at_s`, told of without delay."""
        return self.board.say("phase", phase=phase, at=round(at_s * 10_000), known=round(at_s * 10_000), **fields)

    def rep(self, flags: tuple[str, ...] = (), **changes: int) -> LiveModel:
        """Let a rep be counted that has `flags`."""
        if "start" in changes:  # all its instants move with it
            moved = {name: REP[name] + changes["start"] - REP["start"] for name in ("top", "release", "end", "known")}
            changes = moved | changes
        (event,) = (one for one in self.session.feed(self.board.rep(**changes)) if isinstance(one, Rep))
        self.model.apply(replace(event, flags=flags))
        return self.model


def recalled(*reps: Rep) -> RepsRecalled:
    """Return the event that the store had these reps when the program started."""
    return RepsRecalled(reps)


def wire_load(force_n: float | None) -> int:
    from cablerep_fw.core.sense import ring

    return ring.NO_LOAD if force_n is None else -181_562 + round(force_n * 1000 / 2.034)


def in_a_hold(profile: Kickback | None = None, reps: int = 6, **fields: Any) -> Stage:
    """Return a stage on which the seventh rep is held for 1.3 s, 300 mm out, the first of the others held short."""
    stage = Stage(Kickback() if profile is None else profile)
    stage.begin()
    for number in range(1, reps + 1):
        stage.rep(("hold_short",) if number == 1 else (), seq=number, rep=number, start=100 * number, rom=300_000)
    stage.hear(stage.phase(REST, 1.0, set=1, rep=reps), stage.samples(200, *[10] * 20))
    stage.hear(stage.phase(CONCENTRIC, 1.1, set=1, rep=reps), stage.samples(220, *range(10, 310, 2)))
    stage.hear(stage.phase(HOLD, 1.85, set=1, rep=reps), stage.samples(370, *[310] * 261))
    return stage
