"""The page's server by real sockets: who gets what, live frames, and the attacks that are refused."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_server import PageServer, Viewer, plan, running, wait_until
from starlette.requests import HTTPConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from cablerep.web.app import LEFT_OUT

EVIL = "https://evil.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """Return a server with two boards, shared by the tests: each lets its own devices in."""
    with running(tmp_path_factory.mktemp("page"), plan(), plan(2)) as started:
        yield started


def close_code(server: PageServer, cookie: str, query: str = "board=0") -> int | None:
    with server.live(cookie, query) as socket:
        try:
            while True:
                socket.recv(timeout=10)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


# -- a set


def test_a_viewer_sees_a_set_from_start_to_end_and_its_store(server: PageServer) -> None:
    cookie = server.cookie("watch")
    with server.live(cookie) as socket:
        viewer = Viewer(socket)
        view = viewer.until(lambda view: view["over"] is not None, 40)
    assert (view["count"], len(view["reps"])) == (3, 3)
    assert viewer.snapshots == 1
    assert {"phase", "hold_s", "out", "force_n"} <= view.keys()
    status, headers, sets = server.ask("GET", "/history", cookie=cookie)
    assert (status, headers["cache-control"]) == (200, "no-store")
    (own,) = (one for one in sets if one["session"] == view["session"])
    assert own["full"] == 3
    status, _, one = server.ask("GET", f"/set/{own['id']}", cookie=cookie)
    assert (status, len(one["rep_list"])) == (200, 3)
    assert [bool(curve) and len(curve["travel_mm"]) > 50 for curve in one["curves"]] == [True] * 3
    status, headers, report = server.ask("GET", f"/report/{own['id']}", cookie=cookie)
    assert status == 200
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert b"<script" not in report
    assert server.ask("GET", "/set/nobody", cookie=cookie)[0] == 404
    assert server.ask("GET", "/compare", cookie=cookie)[0] == server.ask("GET", "/progress", cookie=cookie)[0] == 200


def test_a_viewer_continues_by_number_and_one_of_another_run_starts_over(server: PageServer) -> None:
    cookie = server.cookie("watch")
    with server.live(cookie, "board=1") as socket:
        viewer = Viewer(socket)
        viewer.until(lambda view: view["link"] == "connected")
        viewer.take()
    assert viewer.snapshots == 1
    with server.live(cookie, f"board=1&epoch={viewer.epoch}&n={viewer.number}") as socket:
        viewer.socket = socket
        viewer.take()  # asserts that its frames follow the last one
    assert viewer.snapshots == 1
    for query in ("board=1&epoch=other&n=3", f"board=1&epoch={viewer.epoch}&n=99999999", "board=1&epoch=&n=-1"):
        with server.live(cookie, query) as socket:
            assert "all" in json.loads(socket.recv(timeout=10))[0]


def test_a_viewer_that_acknowledges_nothing_is_not_sent_more_than_two_seconds(server: PageServer) -> None:
    with server.live(server.cookie("watch"), "board=1") as socket:
        viewer = Viewer(socket)
        viewer.take(acknowledge=False)
        first = viewer.number
        with pytest.raises(TimeoutError):
            while True:
                for frame in json.loads(socket.recv(timeout=1)):
                    viewer.number = frame["n"]
        assert 20 <= viewer.number - first <= 40
        socket.send(str(viewer.number))
        socket.recv(timeout=10)


def test_control_changes_the_side_and_stores_a_note(server: PageServer) -> None:
    cookie = server.cookie("control")
    with server.live(cookie, "board=1") as socket:
        viewer = Viewer(socket)
        viewer.until(lambda view: view["link"] == "connected" and view["reps"])
        for side in ("left", "right"):
            assert server.ask("POST", "/do", {"action": "side", "board": 1}, cookie)[2] == {"done": True}
            viewer.until(lambda view, side=side: side in view["message"])  # type: ignore[misc]
        note = {"action": "note", "board": 1, "text": "<script>alert(1)</script>\n", "session": viewer.view["session"]}
        assert server.ask("POST", "/do", {**note, "set": viewer.view["set"]}, cookie)[0] == 200
        viewer.until(lambda view: "note stored" in view["message"])
        of_set = {"board": 1, "session": viewer.view["session"], "set": viewer.view["set"]}
        for fields, said in (
            ({"action": "edit", "field": "rpe", "value": "8,5", **of_set}, "RPE: 8.5"),
            ({"action": "undo", **of_set}, "RPE: none"),
            ({"action": "weight", "board": 1, "text": "12.5 kg"}, "weight of the next sets: 12.5 kg"),
            ({"action": "next_lifter", "board": 1}, "one lifter at most"),
        ):
            assert server.ask("POST", "/do", fields, cookie)[2] == {"done": True}
            viewer.until(lambda view, said=said: said in view["message"])  # type: ignore[misc]
    sets = server.ask("GET", "/history", cookie=cookie)[2]
    assert ["<script>alert(1)</script>"] in [[note["text"] for note in one["notes"]] for one in sets]


def test_a_stored_set_is_deleted_and_restored(server: PageServer) -> None:
    cookie = server.cookie("control")
    sets = server.ask("GET", "/history", cookie=cookie)[2]
    request = {"action": "edit", "id": sets[0]["id"], "field": "deleted"}
    assert server.ask("POST", "/do", {**request, "value": True}, cookie)[2] == {"done": True}
    assert len(server.ask("GET", "/history", cookie=cookie)[2]) == len(sets) - 1
    assert server.ask("GET", f"/set/{sets[0]['id']}", cookie=cookie)[2]["deleted"]
    assert server.ask("POST", "/do", {"action": "undo", "id": sets[0]["id"]}, cookie)[2] == {"done": True}
    assert len(server.ask("GET", "/history", cookie=cookie)[2]) == len(sets)
    assert server.ask("POST", "/do", {**request, "id": "no-such", "value": True}, cookie)[0] == 404


# -- strangers


def test_a_stranger_gets_the_shell_and_nothing_else(server: PageServer) -> None:
    for path in ("/", "/sw.js", "/manifest.webmanifest", "/static/main.js", "/static/words/de.json"):
        assert server.ask("GET", path)[0] == 200, path
    assert set(server.ask("GET", "/me")[2]) == {"version", "languages", "role", "secure"}
    for path in ("/history", "/set/last", "/compare", "/progress", "/report/last", "/devices", "/exercises"):
        assert server.ask("GET", path)[0] == 401, path
    assert server.ask("POST", "/do", {"action": "side", "board": 0})[0] == 401
    assert close_code(server, "") == LEFT_OUT
    assert close_code(server, f"cablerep_{server.port}=guess") == LEFT_OUT
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/openapi.json"):
        assert server.ask("GET", path)[0] == 404, path


def test_watch_cannot_change_anything(server: PageServer) -> None:
    cookie = server.cookie("watch")
    assert server.ask("GET", "/me", cookie=cookie)[2]["role"] == "watch"
    assert server.ask("GET", "/devices", cookie=cookie)[0] == 403
    for action in (
        "side",
        "exercise",
        "tare",
        "end_set",
        "note",
        "edit",
        "undo",
        "weight",
        "lifter",
        "invite",
        "approve",
        "revoke",
    ):
        assert server.ask("POST", "/do", {"action": action, "board": 0, "role": "control"}, cookie)[0] == 403, action


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": EVIL},
        {"origin": "null"},
        {"origin": ""},
        {"host": "evil.example", "origin": "http://evil.example"},  # a name that was pointed at this computer
        {"origin": "http://127.0.0.1:1"},  # another port of this computer
    ],
)
def test_a_page_from_elsewhere_gets_nothing(server: PageServer, headers: dict[str, str]) -> None:
    cookie = server.cookie("control")
    if "host" in headers:
        headers = {**headers, "host": f"evil.example:{server.port}", "origin": f"http://evil.example:{server.port}"}
        status, found, _ = server.ask("GET", "/me", cookie=cookie, **headers)
        assert status == 403
        assert not [name for name in found if name.startswith("access-control")]
    else:
        with pytest.raises(InvalidStatus):
            server.live(cookie, **headers)
    assert server.ask("POST", "/do", {"action": "side", "board": 0}, cookie, **headers)[0] == 403
    assert server.ask("POST", "/pair", {"code": "A", "name": "x"}, **headers)[0] == 403


def test_fetches_from_another_site_are_refused_and_links_to_the_page_are_not(server: PageServer) -> None:
    cookie = server.cookie("watch")
    fetched = {"sec_fetch_site": "same-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "script"}
    assert server.ask("GET", "/history", cookie=cookie, **fetched)[0] == 403
    framed = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"}
    assert server.ask("GET", "/", **framed)[0] == 403
    assert server.ask("GET", "/", **{**framed, "sec_fetch_dest": "document"})[0] == 200


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "text/plain"),  # what a form of another site can send
        (b"[]", "application/json"),
        (b"\xff", "application/json"),
        (b"[" * 4000, "application/json"),
        (b'{"action": "no such", "board": 0}', "application/json"),
        (b'{"action": "side", "board": 7}', "application/json"),
        (b'{"action": "side", "board": true}', "application/json"),
        (b'{"action": "exercise", "board": 0, "number": 999}', "application/json"),
        (b'{"action": "note", "board": 0, "session": 1, "set": 1, "text": ""}', "application/json"),
        (b'{"action": "invite", "role": "owner"}', "application/json"),
        (b'{"action": "weight", "board": 0, "text": "heavy"}', "application/json"),
        (b'{"action": "edit", "board": 0, "session": 1, "set": 1, "field": "rom_mm", "value": 1}', "application/json"),
        (b'{"action": "edit", "board": 0, "session": 1, "set": 1, "field": "rpe", "value": "11"}', "application/json"),
        (b"x" * 5000, "application/json"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(server: PageServer, body: bytes, content_type: str) -> None:
    status, _, found = server.ask("POST", "/do", body, server.cookie("control"), content_type=content_type)
    assert status == 400
    assert found["problem"]


def test_every_reply_is_strict(server: PageServer) -> None:
    cookie = server.cookie("watch")
    for path in ("/", "/static/main.js", "/me", "/history", "/no/such"):
        headers = server.ask("GET", path, cookie=cookie)[1]
        assert "default-src 'none'; script-src 'self'; style-src 'self';" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in headers


# -- pairing


def test_a_cookie_is_out_of_reach_of_scripts_and_other_sites(server: PageServer) -> None:
    code = server.devices.new_code("watch", local=True)
    cookie = server.ask("POST", "/pair", {"code": code, "name": "x"})[1]["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie, "this line has no TLS"


def test_a_device_waits_for_approval_and_a_code_works_once(server: PageServer) -> None:
    control = server.cookie("control")
    invited = server.ask("POST", "/do", {"action": "invite", "role": "watch"}, control)[2]
    assert len(invited["qr"]) > 20
    code = {"code": invited["code"].lower(), "name": "<b>phone</b>"}
    cookie = server.ask("POST", "/pair", code)[1]["set-cookie"].partition(";")[0]
    me = server.ask("GET", "/me", cookie=cookie)[2]
    assert (me["role"], me["waiting"]) == ("", True)
    assert server.ask("GET", "/history", cookie=cookie)[0] == 401
    assert server.ask("POST", "/pair", code)[0] == 403
    waiting = [one for one in server.ask("GET", "/devices", cookie=control)[2] if not one["approved"]]
    assert [(one["id"], one["check"], one["name"]) for one in waiting] == [(me["id"], me["check"], "<b>phone</b>")]
    assert server.ask("POST", "/do", {"action": "approve", "id": me["id"]}, control)[2] == {"done": True}
    assert server.ask("GET", "/me", cookie=cookie)[2]["role"] == "watch"


@pytest.mark.parametrize("by", ["page", "command"])
def test_a_revoked_device_is_out_at_once(server: PageServer, by: str) -> None:
    control, cookie = server.cookie("control"), server.cookie("watch")
    id = server.ask("GET", "/me", cookie=cookie)[2]["id"]
    with server.live(cookie, "board=1") as socket:
        socket.recv(timeout=10)
        if by == "page":
            assert server.ask("POST", "/do", {"action": "revoke", "id": id}, control)[2] == {"done": True}
        else:
            assert server.devices.revoke(id)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                socket.recv(timeout=3)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == LEFT_OUT
    assert server.ask("GET", "/history", cookie=cookie)[0] == 401


def test_guessing_codes_is_limited(tmp_path: Path) -> None:
    with running(tmp_path, plan(0)) as server:
        answers = [server.ask("POST", "/pair", {"code": f"GUESS{n}", "name": "x"})[0] for n in range(7)]
        assert answers == [403] * 5 + [429] * 2
        code = server.devices.new_code("watch", local=True)
        assert server.ask("POST", "/pair", {"code": code, "name": "x"})[0] == 429, "a right one has to wait, too"


# -- boards


def test_a_board_that_is_missing_is_waited_for_and_harms_no_other(tmp_path: Path) -> None:
    with running(tmp_path, plan(url="/dev/no-such-board"), plan(8)) as server:
        cookie = server.cookie("watch")
        with server.live(cookie, "board=0") as socket:
            view = Viewer(socket).until(lambda view: view["message"])
            assert "no such port" in view["message"]
            assert view["link"] == "waiting"
        with server.live(cookie, "board=1") as socket:
            Viewer(socket).until(lambda view: view["link"] == "connected")
        assert close_code(server, cookie, "board=2") == LEFT_OUT
    wait_until(lambda: not server._thread.is_alive())


@pytest.mark.parametrize(
    ("peer", "scheme", "role"),
    [
        ("127.0.0.1", "http", "control"),
        ("::1", "http", "control"),
        ("::ffff:127.0.0.1", "ws", "control"),
        ("192.168.1.9", "https", "control"),
        ("192.168.1.9", "wss", "control"),
        ("192.168.1.9", "http", "watch"),
        ("192.168.1.9", "ws", "watch"),
        ("127.0.0.1.evil.example", "http", "watch"),
    ],
)
def test_without_tls_the_network_can_only_watch(server: PageServer, peer: str, scheme: str, role: str) -> None:
    headers = [(b"cookie", server.cookie("control").encode())]
    scope = {"type": "http", "client": (peer, 1), "scheme": scheme, "headers": headers}
    assert server.server.visitor(HTTPConnection(scope)).role == role
