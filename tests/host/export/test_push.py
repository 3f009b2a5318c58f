"""Uploads to wger and intervals.icu, as their public documents describe them."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from logbook_pages import page

from cablerep.errors import OutputError
from cablerep.export import push
from cablerep.export.workout import Workout, workout
from cablerep.history.training import training_sessions


def workouts() -> list[Workout]:
    left, right = page(8, side="left"), page(6, minute=3, side="right", load_n=None)
    left = replace(left, set=replace(left.set, rpe=8.0))
    return [workout(session) for session in training_sessions([left, right])]


def test_wger_gets_a_session_and_a_log_for_each_set() -> None:
    uploads = list(push.wger(workouts(), {"Kickback": 1234}))
    assert [upload.url.rsplit("/", 2)[1] for upload in uploads] == ["workoutsession", "workoutlog", "workoutlog"]
    session, first, second = (json.loads(upload.body) for upload in uploads)
    assert (first["session"], first["exercise"], first["repetitions"]) == (session["id"], 1234, "8")
    assert (first["weight"], first["weight_unit"], first["rir"]) == ("15.30", 1, "2.0")
    assert "weight" not in second
    assert first["id"] != second["id"]
    assert list(push.wger(workouts(), {"Kickback": 1234})) == uploads, "the same identifiers the next time"


def test_wger_asks_which_exercise_is_meant() -> None:
    with pytest.raises(OutputError, match="--exercise-id 'Kickback'=123"):
        list(push.wger(workouts(), {"Row": 1}))


class Server(BaseHTTPRequestHandler):
    """Keeps what it is sent, and refuses everybody without the key."""

    received: list[tuple[str, dict[str, str], bytes]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((self.path, dict(self.headers), body))
        good = "Token key" in self.headers["Authorization"] or self.headers["Authorization"].startswith("Basic")
        self.send_response(201 if good else 403)
        self.end_headers()
        self.wfile.write(b"{}" if good else b'{"detail": "Invalid token."}')

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Server) as http:
        Server.received.clear()
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_a_wrong_key_is_reported_with_the_servers_reason(server: str) -> None:
    upload = next(push.wger(workouts(), {"Kickback": 1}, server))
    push.send(upload, "wger", "key")
    with pytest.raises(OutputError, match=r"403 .*Invalid token.*check the token"):
        push.send(upload, "wger", "wrong")
    assert Server.received[0][1]["Authorization"] == "Token key"


def test_intervals_gets_a_fit_file_for_each_session(server: str, tmp_path: Path) -> None:
    fitdecode = pytest.importorskip("fitdecode")
    pytest.importorskip("fit_tool")
    (upload,) = push.intervals(workouts(), server)
    push.send(upload, "intervals", "secret")
    path, headers, body = Server.received[0]
    assert path.startswith("/api/v1/athlete/0/activities?name=Kickback&external_id=")
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"API_KEY:secret"
    content = body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0]
    (tmp_path / "x.fit").write_bytes(content)
    with fitdecode.FitReader(tmp_path / "x.fit") as reader:
        frames = [frame for frame in reader if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name == "set"]
    lifted = [frame for frame in frames if frame.get_value("set_type") == "active"]
    assert [frame.get_value("repetitions") for frame in lifted] == [8, 6]
    assert lifted[0].get_value("weight") == pytest.approx(15.3, abs=0.07), "kilograms, in sixteenths"
