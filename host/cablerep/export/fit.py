"""FIT strength-training activity of one visit: sets with reps, weight and times, and rests between them.

Written by fit-tool (BSD), not by Garmin's own SDK, whose licence forbids passing it on. The format has whole reps, a
weight and the exercise's name for a set; hold and tempo have no place in it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cablerep import __version__
from cablerep.errors import OutputError

from .workout import Workout, WorkoutSet

_PRODUCT = 1  # of the manufacturer "development", as FIT calls whoever has no number
_MOST_REPS = 0xFFFE  # uint16, its last value means none
_EPOCH_S = 631_065_600  # 1989-12-31 00:00 UTC, where FIT's time begins
_TITLE_BYTES = 63  # of an exercise's name; a FIT field may have 255, watches show some twenty


def encode(workout: Workout) -> bytes:
    """Return the file. Raises OutputError without fit-tool."""
    try:
        from fit_tool import FitFileBuilder
    except ImportError as error:
        raise OutputError("FIT needs fit-tool; install it with: pip install 'cablerep[export]'") from error
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
    lasted_s = (end - begin) / 1000
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
    yield _filled(record_message.RecordMessage(), timestamp=begin)  # an activity must have records; these are bare
    yield from _sets(workout)
    for number, title in enumerate(_titles(workout)):
        yield _filled(
            exercise_title_message.ExerciseTitleMessage(),
            message_index=number,
            exercise_category=ExerciseCategory.UNKNOWN,
            exercise_name=number,
            workout_step_name=_cut(title),
        )
    yield _filled(record_message.RecordMessage(), timestamp=end)
    yield _filled(timer(), timestamp=end, event=Event.TIMER, event_type=EventType.STOP_ALL)
    whole = {
        "timestamp": end,
        "start_time": begin,
        "total_elapsed_time": lasted_s,
        "total_timer_time": lasted_s,
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
        total_timer_time=lasted_s,
        num_sessions=1,
        type=Activity.MANUAL,
        event=Event.ACTIVITY,
        event_type=EventType.STOP,
    )


def _sets(workout: Workout) -> Iterator[Any]:
    """Yield each set, and the rest before each but the first."""
    from fit_tool.profile.messages.set_message import SetMessage
    from fit_tool.profile.profile_type import ExerciseCategory, FitBaseUnit, SetType

    titles = _titles(workout)
    number = 0
    before: WorkoutSet | None = None
    for one in workout.sets:
        if before is not None and one.at > before.end:
            yield _filled(SetMessage(), message_index=number, set_type=SetType.REST.value, **_times(before.end, one.at))
            number += 1
        weight = {} if one.weight_kg is None else {"weight": one.weight_kg}
        yield _filled(
            SetMessage(),
            message_index=number,
            set_type=SetType.ACTIVE.value,
            repetitions=min(one.reps, _MOST_REPS),
            category=[ExerciseCategory.UNKNOWN.value],
            category_subtype=[titles.index(one.exercise)],
            weight_display_unit=FitBaseUnit.KILOGRAM.value,
            **weight,
            **_times(one.at, one.end),
        )
        number += 1
        before = one


def _times(begin: datetime, end: datetime) -> dict[str, Any]:
    duration_s = (end - begin).total_seconds()
    return {"start_time": _milliseconds(begin), "timestamp": _milliseconds(end), "duration": duration_s}


def _titles(workout: Workout) -> list[str]:
    return list(dict.fromkeys(one.exercise for one in workout.sets))


def _filled(message: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(message, name, value)
    return message


def _cut(text: str) -> str:
    """Return as much of `text` as fits, without half a character."""
    return text.encode()[:_TITLE_BYTES].decode(errors="ignore")


def _serial(workout: Workout) -> int:
    """Return a number of the workout's own: apps take two activities of one serial number and second for one."""
    return zlib.crc32(workout.sets[0].id.encode()) or 1


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp()) * 1000  # FIT has whole seconds


def _local_fit_s(instant: datetime) -> int:
    """Return the clock on the wall as FIT has it, seconds since its epoch."""
    offset = instant.astimezone().utcoffset()
    assert offset is not None
    return _milliseconds(instant) // 1000 + round(offset.total_seconds()) - _EPOCH_S
