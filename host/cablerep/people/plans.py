"""Session plans: which exercises, how many sets and reps, at what weight and with what rest; TOML files of the user's.

Every error is one line with the file, the key, its value and what is allowed.
"""

import os
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from platformdirs import user_config_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import PlanError, ProfileError
from ..exercise import library
from ..exercise.profile import Profile
from ..units import parse_weight

FOLDER_VARIABLE = "CABLEREP_PLANS"
_SUFFIX = ".toml"
_MAX_SHOWN = 60  # characters of a value in an error

TEMPLATE = """\
# A session plan for 'cablerep monitor --plan {name}'. Sets are counted for each side.
name = "{name}"

[[exercise]]
profile = "glute-medius-kickback"
sets = 3
reps = [8, 12]      # fewest and most; or one number
weight = "7.5 kg"   # optional, shown before the set
rest_s = 90         # optional; default: the profile's
stop_percent = 20   # optional: stop when lifting has become this much slower

[[exercise]]
profile = "hip-abduction"
sets = 2
reps = 15
"""


class Step(BaseModel):
    """One exercise of a plan."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    profile: str = Field(description="a name listed by 'cablerep profiles'")
    sides: Literal["each", "left", "right", "none"] | None = Field(
        None, description="`each`: `sets` for each leg, in turn; default: the profile's"
    )
    sets: int = Field(3, ge=1, le=50, description="sets, of each side")
    reps: Annotated[int, Field(ge=1, le=200)] | Annotated[list[int], Field(min_length=2, max_length=2)] = Field(
        10, description="reps of a set, one number or fewest and most"
    )
    weight: str = Field("", description="weight with kg or lb")
    rest_s: float = Field(0, ge=0, le=900, description="rest between sets; 0: the profile's")
    stop_percent: int = Field(0, ge=0, le=90, description="velocity loss at which to stop a set; 0: none")

    @model_validator(mode="after")
    def _usable(self) -> Self:
        fewest, most = self.rep_range
        if not 1 <= fewest <= most <= 200:
            raise ValueError(f"reps are {fewest} to {most}: the fewest come first, and at most 200")
        if self.weight:
            parse_weight(self.weight)
        try:
            library.load(self.profile)
        except ProfileError as error:
            raise ValueError(str(error)) from None
        return self

    @property
    def rep_range(self) -> tuple[int, int]:
        """Fewest and most reps."""
        if isinstance(self.reps, int):
            return self.reps, self.reps
        fewest, most = self.reps
        return fewest, most

    @property
    def weight_n(self) -> float | None:
        """The weight as a force, None if none is planned."""
        return parse_weight(self.weight) if self.weight else None

    @property
    def exercise(self) -> Profile:
        """The profile as it is now. Raises ProfileError."""
        return library.load(self.profile)

    @property
    def sides_in_turn(self) -> tuple[str, ...]:
        """The sides of the sets, in turn; ("",) without sides."""
        sides = self.sides or ("each" if self.exercise.sides == "each" else "none")
        return {"each": ("left", "right"), "none": ("",)}.get(sides, (sides,))


class Plan(BaseModel):
    """A session: its exercises in order. `id` is the file's name without `.toml`, empty for one made of options."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str = Field("", exclude=True)
    name: str = Field("", max_length=80, description="display name; default: the file's name")
    exercise: list[Step] = Field(min_length=1, max_length=30, description="the exercises, in order")

    def step_of(self, exercise_id: str) -> Step | None:
        """Return the step for an exercise, the first of several."""
        return next((step for step in self.exercise if step.exercise.id == exercise_id), None)

    def next_step(self, done: Callable[[str, str], int]) -> tuple[Step, str] | None:
        """Return the first exercise with sets left and its next side, or None once all are done.

        `done` returns how many sets of an exercise (by id) and a side were done in this session.
        """
        for step in self.exercise:
            counts = [(done(step.exercise.id, side), side) for side in step.sides_in_turn]
            fewest, side = min(counts, key=lambda pair: pair[0])
            if fewest < step.sets:
                return step, side
        return None


def folder() -> Path:
    """Return the user's folder of plans, which need not exist."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else user_config_path("cablerep", appauthor=False) / "plans"


def known() -> list[Path]:
    """Return the files of the user's plans."""
    return sorted(folder().glob(f"*{_SUFFIX}"))


def load(name: str) -> Plan:
    """Return the plan with this name, or in the file at this path. Raises PlanError."""
    path = Path(name)
    if not name.endswith(_SUFFIX) and "/" not in name and os.sep not in name:
        path = folder() / f"{name}{_SUFFIX}"
        if not path.exists():
            names = ", ".join(one.stem for one in known())
            hint = f"the plans are {names}" if names else "write one with 'cablerep plans new NAME'"
            raise PlanError(f"there is no plan {name!r} in {folder()}; {hint}")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlanError(f"{path}: cannot be read ({error.strerror})") from None
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise PlanError(f"{path}: not valid TOML: {error}") from None
    if "id" in content:
        raise PlanError(f"{path}: there is no key 'id'; a plan takes its name from its file")
    try:
        plan = Plan(id=path.stem, **content)
    except ValidationError as error:
        problems = [_problem(one) for one in error.errors()]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise PlanError(f"{path}: {problems[0]}{more}") from None
    return plan if plan.name else plan.model_copy(update={"name": path.stem})


def of_options(profile: Profile, **fields: Any) -> Plan:
    """Return a plan of one exercise, from the options of a command. Raises PlanError."""
    try:
        return Plan(name=profile.name, exercise=[Step(profile=profile.id, **fields)])
    except ValidationError as error:
        raise PlanError(_problem(error.errors()[0])) from None


def add(name: str) -> Path:
    """Write a new plan to edit, and return its path. Raises PlanError if the name is taken or unusable."""
    if not name.replace("-", "").replace("_", "").isalnum():
        raise PlanError(f"{name!r} is no name for a plan; use letters, digits, - and _")
    path = folder() / f"{name}{_SUFFIX}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.format(name=name))
    except FileExistsError:
        raise PlanError(f"{path}: the file exists; edit it, or choose another name") from None
    except OSError as error:
        raise PlanError(f"{path}: cannot be written ({error.strerror}); check the folder") from None
    return path


def lines(plan: Plan) -> Sequence[str]:
    """Return a line for each exercise."""
    found = []
    for step in plan.exercise:
        fewest, most = step.rep_range
        reps = f"{most}" if fewest == most else f"{fewest}–{most}"
        parts = [f"{step.sets} × {reps}", *([step.weight] if step.weight else [])]
        sides = step.sides_in_turn
        parts += ["each side"] if len(sides) == 2 else [sides[0]] if sides[0] else []
        parts += [f"rest {step.rest_s:g} s"] if step.rest_s else []
        parts += [f"stop at {step.stop_percent} % velocity loss"] if step.stop_percent else []
        found.append(f"{step.exercise.name}: {', '.join(parts)}")
    return found


def _problem(error: Any) -> str:
    """Return pydantic's error in plain words."""
    loc = [str(part) for part in error["loc"] if not str(part).startswith(("int", "list", "constrained"))]
    key = ".".join(f"{int(part) + 1}" if part.isdigit() else part for part in loc)
    if error["type"] == "extra_forbidden":
        return f"there is no key {key}; the keys of an exercise are {', '.join(Step.model_fields)}"
    if error["type"] == "missing":
        return f"{key} is missing"
    reason = str(error.get("ctx", {}).get("error", "")) or error["msg"]
    shown = repr(error["input"])
    shown = shown if len(shown) <= _MAX_SHOWN else f"{shown[:_MAX_SHOWN]}…"
    return f"{key}: {reason}" if error["type"] == "value_error" else f"{key} is {shown}: {reason}"
