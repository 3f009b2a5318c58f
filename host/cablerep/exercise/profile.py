"""An exercise profile: what an exercise asks of a rep, in a coach's terms, and the board's limits that follow.

The model is the only list of a profile's keys: it checks files, and `schema.py` derives the
manual's table, new files and the schema for editors from it.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from cablerep_fw.core.link import wire

from .. import words
from . import tempo
from .tempo import Tempo

Flag = Literal[
    "hold_short", "eccentric_fast", "range_over", "range_under", "swing", "slack", "slam", "off_line", "drift_in_hold"
]
# The advice for a lifter, unless the profile has its own.
SENTENCES = dict(words.table("flag_advice"))
SHIPPED = range(1, 100)  # numbers of the profiles that come with cablerep
OWN = range(100, 256)  # numbers of the user's own, which no later cablerep may claim

_MAX_M_S = 3.0  # the fastest speed that the board measures (contract)
# Without eccentric_s, the eccentric may take from two thirds to twice the tempo's number: people who count seconds are
# off by a third (our judgement).
_MIN_SHARE, _MAX_SHARE = 2 / 3, 2.0

_Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\n\r]*$")]
_Lines = Annotated[tuple[_Line, ...], Field(strict=False, max_length=12)]
_Seconds = Annotated[float, Field(ge=0, le=tempo.MAX_S)]
_Degrees = Annotated[int, Field(ge=-180, le=180)]
_Tempo = Annotated[
    Tempo,
    PlainValidator(lambda value: value if isinstance(value, Tempo) else _tempo(value)),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9.]+-[0-9.]+-([0-9.]+|[xX])-[0-9.]+$|^[0-9]{2}[0-9xX][0-9]$"}),
]


def _tempo(value: object) -> Tempo:
    if not isinstance(value, str):
        raise ValueError('write it in quotes, such as "3-0-1-2"')
    return tempo.parse(value)


class _Table(BaseModel):
    """A table of a profile's file: strict types, no unknown keys, immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Rom(_Table):
    """Range of motion."""

    target_mm: float = Field(0, ge=0, le=2000, description="target range; 0: learned from the first reps of a set")
    learn_reps: int = Field(3, ge=1, le=10, description="reps from which the target is learned")
    usual_mm: float = Field(
        300, ge=20, le=2000, description="typical range; converts seconds to speeds until the target is known"
    )
    over_percent: int = Field(0, ge=0, le=300, description="`range_over` above this % of the target; 0: not judged")
    under_percent: int = Field(0, ge=0, le=99, description="`range_under` below this % of the target; 0: not judged")
    largest_mm: float = Field(0, ge=0, le=2000, description="`range_over` above this range; 0: use `over_percent`")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if 0 < self.over_percent <= 100:
            raise ValueError(f"over_percent is {self.over_percent}: it must be 0, or more than 100")
        if 0 < self.largest_mm <= self.target_mm:
            raise ValueError(f"largest_mm is {self.largest_mm:g}: it must be more than target_mm, {self.target_mm:g}")
        return self


class Rest(_Table):
    """Pauses."""

    ends_set_s: float = Field(12, ge=1, le=120, description="rest at the bottom that ends a set")
    between_sets_s: float = Field(90, ge=0, le=900, description="rest between sets, for the rest timer")


class Profile(_Table):
    """One exercise. `id` is the file's name without `.toml`; all other fields are the file's keys."""

    id: str = Field(exclude=True)
    number: int = Field(
        ge=SHIPPED.start,
        lt=OWN.stop,
        description=f"number on the board and in the store; your own from {OWN.start} to {OWN.stop - 1}",
    )
    name: _Line = Field(description="display name")
    about: str = Field("", max_length=500, description="what it trains and how to set up the cable, briefly")
    load: Literal["stack", "band"] = Field(
        "stack", description="source of the load; a band has no plates, and pulls harder the further it is stretched"
    )
    start: Literal["either", "stance"] = Field(
        "either",
        description="where reps begin; `stance`: away from the stack, so that a movement from the stack takes up the "
        "cable, unless three or more follow one another",
    )
    sides: Literal["each", "alternating", "none"] = Field(
        "none",
        description="`each`: one leg per set, the other leg next; `alternating`: legs alternate rep by rep, sides are "
        "not recorded; `none`: both at once",
    )
    tempo: _Tempo = Field(description="seconds of eccentric–bottom–concentric–hold; X: as fast as control allows")
    hold_s: _Seconds | None = Field(None, description="minimum hold; default: the tempo's; 0: not judged")
    hold_max_s: float = Field(20, ge=5, le=60, description="a longer pause at the top is standing, not a rep")
    eccentric_s: Annotated[tuple[_Seconds, _Seconds], Field(strict=False)] | None = Field(
        None,
        description="minimum and maximum eccentric over the full range; default: two thirds and twice the tempo's; "
        "minimum 0: not judged",
    )
    direction_deg: Annotated[tuple[_Degrees, _Degrees], Field(strict=False)] | None = Field(
        None,
        description="lowest and highest direction of the right leg's kick, 0 straight away from the machine, positive "
        "outward; the left leg's is mirrored; `off_line` beyond it by more than 5°. Needs an angle sensor",
    )
    drift_mm: int = Field(
        15, ge=0, le=1000, description="`drift_in_hold` above this drift; 0: not judged. Needs an angle sensor"
    )
    cues: _Lines = Field((), description="coaching cues, a sentence each")
    sources: _Lines = Field((), description="sources of the numbers and cues")
    rom: Rom = Rom()
    rest: Rest = Rest()
    flags: dict[Flag, _Line] = Field({}, description="advice for the lifter when a rep has this flag")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.min_hold_s > self.hold_max_s:
            raise ValueError(f"hold_s is {self.min_hold_s:g}: it must not be more than hold_max_s, {self.hold_max_s:g}")
        min_s, max_s = self.eccentric_range_s
        if not min_s < max_s:
            raise ValueError(f"eccentric_s is [{min_s:g}, {max_s:g}]: the minimum comes first")
        if self.direction_deg is not None and not self.direction_deg[0] < self.direction_deg[1]:
            raise ValueError(f"direction_deg is {list(self.direction_deg)}: the lowest direction comes first")
        return self

    @property
    def min_hold_s(self) -> float:
        """Minimum hold, 0 if it is not judged."""
        return self.tempo.hold_s if self.hold_s is None else self.hold_s

    @property
    def eccentric_range_s(self) -> tuple[float, float]:
        """Minimum and maximum eccentric."""
        if self.eccentric_s is not None:
            return self.eccentric_s
        return round(_MIN_SHARE * self.tempo.eccentric_s, 1), _MAX_SHARE * self.tempo.eccentric_s

    @property
    def expected_rom_mm(self) -> float:
        """The target range, or the typical one until a target is learned."""
        return self.rom.target_mm or self.rom.usual_mm

    def eccentric_band_m_s(self, rom_mm: float | None = None) -> tuple[float, float]:
        """Return the slowest and fastest mean eccentric speed over `rom_mm` (expected_rom_mm if None)."""
        min_s, max_s = self.eccentric_range_s
        distance_m = (self.expected_rom_mm if rom_mm is None else rom_mm) / 1000
        return distance_m / max_s, min(distance_m / min_s, _MAX_M_S) if min_s else _MAX_M_S

    @property
    def eccentric_max_m_s(self) -> float:
        """Mean eccentric speed above which a rep is flagged; 0 if it is not judged."""
        return self.eccentric_band_m_s()[1] if self.eccentric_range_s[0] else 0.0

    def sentence(self, flag: str) -> str:
        """Return the advice for a rep with `flag`, or the label of a flag without advice."""
        sentences: dict[Any, str] = {**SENTENCES, **self.flags}
        return sentences.get(flag) or words.flag(flag)

    def limits(self) -> dict[str, int]:
        """Return the fields of the wire's PROFILE message but its tag, in the units of the settings of the same names.

        Raises KeyError if the table has a field that a profile does not define.
        """
        low_deg, high_deg = self.direction_deg or (-180, 180)  # any direction is in the band
        known = {
            "profile": self.number,
            "target_rom": round(1000 * self.rom.target_mm),
            "rest": round(1000 * self.rest.ends_set_s),
            "hold_max": round(1000 * self.hold_max_s),
            "hold_target": round(1000 * self.min_hold_s),
            "eccentric_max": round(1e6 * self.eccentric_max_m_s),
            "rom_over": round(1000 * self.rom.largest_mm),
            "over_part": self.rom.over_percent,
            "under_part": self.rom.under_percent,
            "learn_reps": self.rom.learn_reps,
            "start": int(self.start == "stance"),
            "direction_low": low_deg,
            "direction_high": high_deg,
            "drift_max": self.drift_mm,
        }
        return {field[0]: known[field[0]] for field in wire.BY_NAME["profile"].fields if field[0] != "tag"}
