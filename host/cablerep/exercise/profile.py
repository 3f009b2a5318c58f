"""An exercise profile: what one exercise asks of a rep, in the terms of a coach, and the limits a board makes of it.

The model is the one place that knows a profile's keys: its fields check a file, and the page of the manual, the
template of a new profile and the schema for editors are made from them.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from cablerep_fw.core.link import wire

from . import tempo
from .tempo import Tempo

Flag = Literal["hold_short", "eccentric_fast", "range_over", "range_under", "swing", "slack", "slam"]
SENTENCES: dict[Flag, str] = {  # what a lifter reads where the profile has no words of its own
    "hold_short": "Hold longer at the top.",
    "eccentric_fast": "Let it back more slowly.",
    "range_over": "Stop sooner: beyond your range the back or the hips help.",
    "range_under": "Go all the way to the top.",
    "swing": "Start without a swing; take less weight if you cannot.",
    "slack": "Keep the cable tight.",
    "slam": "Set the stack down softly.",
}
SHIPPED = range(1, 100)  # numbers on the wire of profiles that come with cablerep
OWN = range(100, 256)  # and of those that users make: a later cablerep must not take one of theirs

_FASTEST_M_S = 3.0  # the board measures up to here (contract)
# Without eccentric_s a way back may take from two thirds to twice the tempo's figure: seconds counted in the head
# are off by a third (our judgement).
_SHORTEST_SHARE, _LONGEST_SHARE = 2 / 3, 2.0

_Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\n\r]*$")]
_Lines = Annotated[tuple[_Line, ...], Field(strict=False, max_length=12)]
_Seconds = Annotated[float, Field(ge=0, le=tempo.LONGEST_S)]
_Tempo = Annotated[
    Tempo,
    PlainValidator(lambda value: value if isinstance(value, Tempo) else _tempo(value)),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9.]+-[0-9.]+-([0-9.]+|[xX])-[0-9.]+$|^[0-9]{2}[0-9xX][0-9]$"}),
]


def _tempo(value: object) -> Tempo:
    if not isinstance(value, str):
        raise ValueError('it is written in quotes, such as "3-0-1-2"')
    return tempo.parse(value)


class _Table(BaseModel):
    """A table of a profile's file: nothing is converted, nothing is ignored, nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Rom(_Table):
    """Range of motion."""

    target_mm: float = Field(0, ge=0, le=2000, description="target range; 0: learnt from the first reps of a set")
    learn_reps: int = Field(3, ge=1, le=10, description="reps that a target is learnt from, where none is given")
    usual_mm: float = Field(
        300, ge=20, le=2000, description="usual range; turns seconds into speeds until the target is known"
    )
    over_percent: int = Field(0, ge=0, le=300, description="`range_over` from this part of the target; 0: not judged")
    under_percent: int = Field(0, ge=0, le=99, description="`range_under` below this part of the target; 0: not judged")
    largest_mm: float = Field(0, ge=0, le=2000, description="`range_over` from here instead; 0: by `over_percent`")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if 0 < self.over_percent <= 100:
            raise ValueError(f"over_percent is {self.over_percent}: it must be 0, or more than 100")
        if 0 < self.largest_mm <= self.target_mm:
            raise ValueError(f"largest_mm is {self.largest_mm:g}: it must be more than target_mm, {self.target_mm:g}")
        return self


class Rest(_Table):
    """Pauses."""

    ends_set_s: float = Field(12, ge=1, le=120, description="a set ends after this long without a rep at the bottom")
    between_sets_s: float = Field(90, ge=0, le=900, description="rest between two sets that the rest clock counts to")


class Profile(_Table):
    """One exercise. `id` is the name of its file without `.toml`; all other fields are the file's keys."""

    id: str = Field(exclude=True)
    number: int = Field(
        ge=SHIPPED.start,
        lt=OWN.stop,
        description=f"number on the wire and in the store; your own from {OWN.start} to {OWN.stop - 1}",
    )
    name: _Line = Field(description="name for people")
    about: str = Field("", max_length=500, description="what it trains and where the cable goes, in a sentence or two")
    load: Literal["stack", "band"] = Field(
        "stack", description="what pulls; a band has no plates, and pulls harder the further it is out"
    )
    sides: Literal["each", "alternating", "none"] = Field(
        "none",
        description="`each`: a leg has its own sets, the other one is next; `alternating`: legs take turns rep by rep, "
        "no side is named; `none`: both at once",
    )
    tempo: _Tempo = Field(description="seconds of eccentric–bottom–concentric–hold; X: as fast as control allows")
    hold_s: _Seconds | None = Field(None, description="shortest hold; left out: the tempo's; 0: not judged")
    hold_max_s: float = Field(20, ge=5, le=60, description="a longer pause is standing and no rep")
    eccentric_s: Annotated[tuple[_Seconds, _Seconds], Field(strict=False)] | None = Field(
        None,
        description="shortest and longest way back of a full range; left out: two thirds and twice the tempo's; "
        "0 as the shortest: not judged",
    )
    cues: _Lines = Field((), description="what the lifter should keep in mind, a sentence each")
    sources: _Lines = Field((), description="where the numbers and the cues come from")
    rom: Rom = Rom()
    rest: Rest = Rest()
    flags: dict[Flag, _Line] = Field({}, description="what the lifter reads when a rep has this flag")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.shortest_hold_s > self.hold_max_s:
            raise ValueError(
                f"hold_s is {self.shortest_hold_s:g}: it must not be more than hold_max_s, {self.hold_max_s:g}"
            )
        shortest_s, longest_s = self.eccentric_range_s
        if not shortest_s < longest_s:
            raise ValueError(f"eccentric_s is [{shortest_s:g}, {longest_s:g}]: the shortest comes first")
        return self

    @property
    def shortest_hold_s(self) -> float:
        """Shortest hold, 0 where it is not judged."""
        return self.tempo.hold_s if self.hold_s is None else self.hold_s

    @property
    def eccentric_range_s(self) -> tuple[float, float]:
        """Shortest and longest way back."""
        if self.eccentric_s is not None:
            return self.eccentric_s
        return round(_SHORTEST_SHARE * self.tempo.eccentric_s, 1), _LONGEST_SHARE * self.tempo.eccentric_s

    @property
    def expected_rom_mm(self) -> float:
        """The target range, or the usual one until a target is learnt."""
        return self.rom.target_mm or self.rom.usual_mm

    def eccentric_band_m_s(self, rom_mm: float | None = None) -> tuple[float, float]:
        """Return the slowest and the fastest mean speed of the way back over `rom_mm` (expected_rom_mm if None)."""
        shortest_s, longest_s = self.eccentric_range_s
        way_m = (self.expected_rom_mm if rom_mm is None else rom_mm) / 1000
        return way_m / longest_s, min(way_m / shortest_s, _FASTEST_M_S) if shortest_s else _FASTEST_M_S

    @property
    def eccentric_fastest_m_s(self) -> float:
        """Mean speed beyond which the way back is too fast; 0 where it is not judged."""
        return self.eccentric_band_m_s()[1] if self.eccentric_range_s[0] else 0.0

    def sentence(self, flag: str) -> str:
        """Return what the lifter should read when a rep has `flag`; the flag's own name where nobody knows it."""
        words: dict[Any, str] = {**SENTENCES, **self.flags}
        return words.get(flag, flag.replace("_", " "))

    def limits(self) -> dict[str, int]:
        """Return every field of the wire's PROFILE message but its tag: settings by the same names, in their units.

        Raises KeyError where the table has a field that a profile knows nothing of.
        """
        known = {
            "profile": self.number,
            "target_rom": round(1000 * self.rom.target_mm),
            "rest": round(1000 * self.rest.ends_set_s),
            "hold_max": round(1000 * self.hold_max_s),
            "hold_target": round(1000 * self.shortest_hold_s),
            "eccentric_max": round(1e6 * self.eccentric_fastest_m_s),
            "rom_over": round(1000 * self.rom.largest_mm),
            "over_part": self.rom.over_percent,
            "under_part": self.rom.under_percent,
            "learn_reps": self.rom.learn_reps,
        }
        return {field[0]: known[field[0]] for field in wire.BY_NAME["profile"].fields if field[0] != "tag"}
