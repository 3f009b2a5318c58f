"""Uploads of training sessions: requests for wger's and intervals.icu's public interfaces, and their sending.

wger (API v2): a workout session, and a workout log for each set. https://wger.readthedocs.io
intervals.icu: a FIT file for each session. https://forum.intervals.icu/t/intervals-icu-integration-cookbook/80090
Identifiers are derived from those of the sets, so that sending something again does not double it.
"""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cablerep import __version__
from cablerep.errors import OutputError

from . import fit
from .workout import Workout, WorkoutSet

SERVERS = {"wger": "https://wger.de", "intervals": "https://intervals.icu"}
_NAMESPACE = uuid.UUID("6f0f2f3e-7f3a-4a0e-9b9a-63726570e5e7")  # of the identifiers, an arbitrary constant
_KILOGRAMS = _REPETITIONS = 1  # wger's numbers of the units
_TIMEOUT_S = 30.0
_SHOWN = 300  # characters of a server's reply in an error


@dataclass(frozen=True, slots=True)
class Upload:
    """A POST request without its authorization; `about` describes it for a person, `body` is what is sent."""

    about: str
    url: str
    content_type: str
    body: bytes = field(repr=False)


def wger(workouts: Iterable[Workout], exercises: Mapping[str, int], server: str = SERVERS["wger"]) -> Iterator[Upload]:
    """Yield the uploads to wger. `exercises` are the numbers of its exercises by our names, without the side.

    Raises OutputError for an exercise without a number.
    """
    for workout in workouts:
        session = _identifier(workout.sets[0], "session")
        fields = {
            "id": session,
            "datetime_start": workout.at.isoformat(timespec="seconds"),
            "datetime_end": workout.end.isoformat(timespec="seconds"),
            "notes": workout.name,
        }
        yield _json(f"session {workout.at.astimezone():%Y-%m-%d %H:%M}", f"{server}/api/v2/workoutsession/", fields)
        for lifted in workout.sets:
            name = lifted.exercise.removesuffix(" (left)").removesuffix(" (right)")
            if name not in exercises:
                raise OutputError(f"which exercise of wger is {name!r}? Give its number: --exercise-id {name!r}=123")
            log = {
                "id": _identifier(lifted, "set"),
                "session": session,
                "exercise": exercises[name],
                "date": lifted.at.isoformat(timespec="seconds"),
                "repetitions": f"{lifted.reps}",
                "repetitions_unit": _REPETITIONS,
            }
            if lifted.weight_kg is not None:
                log |= {"weight": f"{lifted.weight_kg:.2f}", "weight_unit": _KILOGRAMS}
            if lifted.rpe is not None:
                log["rir"] = f"{10 - lifted.rpe:.1f}"  # repetitions in reserve
            yield _json(f"set {lifted.id}", f"{server}/api/v2/workoutlog/", log)


def intervals(workouts: Iterable[Workout], server: str = SERVERS["intervals"]) -> Iterator[Upload]:
    """Yield the uploads to intervals.icu, a FIT file each. Raises OutputError without fit-tool."""
    for workout in workouts:
        identifier = _identifier(workout.sets[0], "session")
        boundary = f"cablerep-{identifier}"
        name = f"{workout.at.astimezone():%Y-%m-%d-%H%M}.fit"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + fit.encode(workout) + f"\r\n--{boundary}--\r\n".encode()
        query = urllib.parse.urlencode({"name": workout.name, "external_id": identifier})
        url = f"{server}/api/v1/athlete/0/activities?{query}"
        yield Upload(f"{name}: {workout.name}", url, f"multipart/form-data; boundary={boundary}", body)


def send(upload: Upload, service: str, token: str) -> None:
    """Send one upload. Raises OutputError with the server's reason."""
    if service == "wger":
        authorization = f"Token {token}"
    else:  # a personal key is the password of the user API_KEY
        authorization = "Basic " + base64.b64encode(f"API_KEY:{token}".encode()).decode()
    headers = {
        "Authorization": authorization,
        "Content-Type": upload.content_type,
        "Accept": "application/json",
        "User-Agent": f"cablerep/{__version__}",
    }
    request = urllib.request.Request(upload.url, upload.body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as reply:
            reply.read()
    except urllib.error.HTTPError as error:
        reason = error.read().decode("utf-8", "replace")[:_SHOWN]
        cure = "; check the token" if error.code in (401, 403) else ""
        raise OutputError(
            f"{upload.about}: the server refused it ({error.code} {error.reason}): {reason}{cure}"
        ) from None
    except (OSError, ValueError) as error:
        raise OutputError(f"{upload.about}: not sent ({error}); check the network and --server") from None


def _json(about: str, url: str, fields: Mapping[str, object]) -> Upload:
    return Upload(about, url, "application/json", json.dumps(fields).encode())


def _identifier(lifted: WorkoutSet, what: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{what} {lifted.id}"))
