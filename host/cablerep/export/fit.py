"""FIT strength-training activity of one session: sets with reps, weight and times, and the rests between them.

Written with fit-tool (BSD) because the licence of Garmin's own SDK forbids redistribution. A FIT set has whole reps, a
weight and an exercise name; hold and tempo have no field.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cablerep import __version__
from cablerep.errors import OutputError
from cablerep.units import LB, weight_unit

from .workout import Workout, WorkoutSet

_PRODUCT = 1  # of the manufacturer "development", which FIT reserves for makers without a number
_MAX_REPS = 0xFFFE  # uint16; 0xFFFF means no value
_MAX_KG = 0xFFFD / 16  # uint16 in sixteenths of a kilogram, less two reserved values
_EPOCH_S = 631_065_600  # 1989-12-31 00:00 UTC, the FIT epoch
_TITLE_BYTES = 63  # of an exercise's name; a FIT field may have 255, watches show about twenty


def encode(workout: Workout) -> bytes:
    """Return the file. Raises OutputError without fit-tool, or for a date that FIT cannot store."""
    if workout.at.timestamp() < _EPOCH_S:
        raise OutputError(
            f"the session of {workout.at.astimezone():%Y-%m-%d} is older than the FIT format; its clock was wrong"
        )
    try:
        from fit_tool import FitFileBuilder
    except ImportError as error:
        raise OutputError(
            "FIT needs fit-tool; install it from your clone of cablerep: pip install '.[export]'"
        ) from error
    builder = FitFileBuilder(auto_define=True, strict=True)
    for message in _messages(workout):
        builder.add(message)
    data: bytes = builder.build_bytes()
    return data


def _messages(workout: Workout) -> Iterator[Any]:
    from fit_tool.profile.messages import (
        activity_message,
        device_info_message,
        event_message,
        exercise_title_message,
        file_id_message,
        lap_message,
        record_message,
        session_message,
    )
    from fit_tool.profile.profile_type import (
        Activity,
        Event,
        EventType,
        ExerciseCategory,
        FileType,
        Manufacturer,
        Sport,
        SubSport,
    )

    begin, end = _milliseconds(workout.at), _milliseconds(workout.end)
    duration_s = (end - begin) / 1000
    yield _filled(
        file_id_message.FileIdMessage(),
        type=FileType.ACTIVITY,
        manufacturer=Manufacturer.DEVELOPMENT.value,
        product=_PRODUCT,
        serial_number=_serial(workout),
        time_created=begin,
    )
    yield _filled(
        device_info_message.DeviceInfoMessage(),
        timestamp=begin,
        manufacturer=Manufacturer.DEVELOPMENT.value,
        product=_PRODUCT,
        software_version=float(".".join(__version__.split(".")[:2])),
    )
    timer = event_message.EventMessage
    yield _filled(timer(), timestamp=begin, event=Event.TIMER, event_type=EventType.START)
    yield _filled(record_message.RecordMessage(), timestamp=begin)  # required in an activity, even if empty
    yield from _sets(workout)
    for index, title in enumerate(_titles(workout)):
        yield _filled(
            exercise_title_message.ExerciseTitleMessage(),
            message_index=index,
            exercise_category=ExerciseCategory.UNKNOWN,
            exercise_name=index,
            workout_step_name=_cut(title),
        )
    yield _filled(record_message.RecordMessage(), timestamp=end)
    yield _filled(timer(), timestamp=end, event=Event.TIMER, event_type=EventType.STOP_ALL)
    whole = {
        "timestamp": end,
        "start_time": begin,
        "total_elapsed_time": duration_s,
        "total_timer_time": duration_s,
        "message_index": 0,
        "sport": Sport.TRAINING,
        "sub_sport": SubSport.STRENGTH_TRAINING,
        "event_type": EventType.STOP,
    }
    yield _filled(lap_message.LapMessage(), event=Event.LAP, **whole)
    yield _filled(session_message.SessionMessage(), event=Event.SESSION, first_lap_index=0, num_laps=1, **whole)
    yield _filled(
        activity_message.ActivityMessage(),
        timestamp=end,
        local_timestamp=_local_fit_s(workout.end),
        total_timer_time=duration_s,
        num_sessions=1,
        type=Activity.MANUAL,
        event=Event.ACTIVITY,
        event_type=EventType.STOP,
    )


def _sets(workout: Workout) -> Iterator[Any]:
    """Yield each set, and the rest before every set but the first."""
    from fit_tool.profile.messages.set_message import SetMessage
    from fit_tool.profile.profile_type import ExerciseCategory, FitBaseUnit, SetType

    titles = _titles(workout)
    index = 0
    previous: WorkoutSet | None = None
    for lifted in workout.sets:
        if previous is not None and lifted.at > previous.end:
            rest = _times(previous.end, lifted.at)
            yield _filled(SetMessage(), message_index=index, set_type=SetType.REST.value, **rest)
            index += 1
        weight = {} if lifted.weight_kg is None else {"weight": min(lifted.weight_kg, _MAX_KG)}
        yield _filled(
            SetMessage(),
            message_index=index,
            set_type=SetType.ACTIVE.value,
            repetitions=min(lifted.reps, _MAX_REPS),
            category=[ExerciseCategory.UNKNOWN.value],
            category_subtype=[titles.index(lifted.exercise)],
            weight_display_unit=(FitBaseUnit.POUND if weight_unit() is LB else FitBaseUnit.KILOGRAM).value,
            **weight,
            **_times(lifted.at, lifted.end),
        )
        index += 1
        previous = lifted


def _times(begin: datetime, end: datetime) -> dict[str, Any]:
    duration_s = (end - begin).total_seconds()
    return {"start_time": _milliseconds(begin), "timestamp": _milliseconds(end), "duration": duration_s}


def _titles(workout: Workout) -> list[str]:
    return list(dict.fromkeys(lifted.exercise for lifted in workout.sets))


def _filled(message: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(message, name, value)
    return message


def _cut(text: str) -> str:
    """Truncate `text` to _TITLE_BYTES without splitting a character."""
    return text.encode()[:_TITLE_BYTES].decode(errors="ignore")


def _serial(workout: Workout) -> int:
    """Return a serial number derived from the workout: apps merge activities with the same serial number and time."""
    return zlib.crc32(workout.sets[0].id.encode()) or 1


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp()) * 1000  # FIT stores whole seconds


def _local_fit_s(instant: datetime) -> int:
    """Return the local time in seconds since the FIT epoch."""
    offset = instant.astimezone().utcoffset()
    assert offset is not None
    return _milliseconds(instant) // 1000 + round(offset.total_seconds()) - _EPOCH_S
