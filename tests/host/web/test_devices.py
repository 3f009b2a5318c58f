"""Codes and devices: once, for five minutes, and only here; and the command that lists and revokes them."""

import json
from pathlib import Path

import pytest

from cablerep.cli.main import main
from cablerep.web.access import Rate
from cablerep.web.devices import CODE_S, CONTROL, WATCH, Devices
from cablerep.web.server import devices_of
from cablerep.web.terminal import Doorkeeper


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def devices(tmp_path: Path, clock: Clock) -> Devices:
    return Devices(tmp_path / "web" / "devices.sqlite", clock)


def test_a_code_works_once_for_five_minutes(devices: Devices, clock: Clock) -> None:
    first, second = devices.new_code(WATCH), devices.new_code(CONTROL)
    token = devices.redeem(f" {first.lower()} ", "phone", "10.0.0.2", is_local=False)
    assert token is not None
    assert devices.redeem(first, "phone", "10.0.0.2", is_local=False) is None
    clock.now += CODE_S + 1
    assert devices.redeem(second, "phone", "10.0.0.2", is_local=False) is None
    assert devices.of_token(token) is None, "nobody approved it in time"


def test_a_code_for_this_computer_is_none_elsewhere_and_is_not_used_up_by_trying(devices: Devices) -> None:
    code = devices.new_code(CONTROL, local=True)
    assert devices.redeem(code, "stranger", "10.0.0.9", is_local=False) is None
    token = devices.redeem(code, "browser", "127.0.0.1", is_local=True)
    assert token is not None
    device = devices.of_token(token)
    assert device is not None
    assert (device.role, device.approved) == (CONTROL, True)


def test_the_file_holds_neither_codes_nor_tokens_and_only_its_owner_reads_it(devices: Devices, tmp_path: Path) -> None:
    code, used = devices.new_code(WATCH), devices.new_code(WATCH)
    token = devices.redeem(used, "phone", "10.0.0.2", is_local=False)
    assert token is not None
    file = tmp_path / "web" / "devices.sqlite"
    data = file.read_bytes()
    assert not [secret for secret in (code, used, token) if secret.encode() in data]
    assert file.stat().st_mode & 0o077 == 0


def test_a_name_is_one_short_printable_line(devices: Devices) -> None:
    devices.redeem(devices.new_code(WATCH), "a\nb\x1b[31m" + "c" * 99, "10.0.0.2", is_local=False)
    assert devices.all()[0].name == ("ab[31m" + "c" * 99)[:40]


def test_the_terminal_lets_in_and_turns_away(devices: Devices) -> None:
    lines: list[str] = []
    invited: list[bool] = []
    doorkeeper = Doorkeeper(devices, lambda: invited.append(True), lines.append)
    for name in ("one", "two"):
        assert devices.redeem(devices.new_code(WATCH), name, "10.0.0.2", is_local=False)
    for answer in ("", "maybe", "y", "n", "y"):
        doorkeeper._take(answer)
    assert [(device.name, device.approved) for device in devices.all()] == [("one", True)]
    assert invited == [True]
    assert lines[0].startswith("one is in")
    assert lines[1] == "two was turned away"


def test_the_rate_is_limited_for_each_peer_and_in_all(clock: Clock) -> None:
    rate = Rate(per_peer=2, in_all=3, clock=clock)
    assert [rate.allows(peer) for peer in "aaabbc"] == [True, True, False, True, False, False]
    clock.now += 61
    assert rate.allows("a")


def test_the_command_lists_approves_and_revokes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "reps.sqlite"
    devices = devices_of(store)
    assert devices.redeem(devices.new_code(CONTROL), "phone", "10.0.0.2", is_local=False)
    command = ["serve", "devices", "--store", str(store)]
    assert main([*command, "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert (listed["name"], listed["approved"], len(listed["check"])) == ("phone", False, 3)
    assert main([*command, "--approve", listed["id"]]) == 0
    assert devices.all()[0].approved
    assert main([*command, "--revoke", listed["id"]]) == 0
    assert main([*command, "--revoke", listed["id"]]) == 1
    assert not devices.all()
