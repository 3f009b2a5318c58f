"""Options shared by several commands."""

import argparse
from pathlib import Path

import platformdirs
import pytest

from cablerep.cli import args as options


def test_store_path_precedence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: tmp_path)
    monkeypatch.setenv("CABLEREP_STORE", "/from/environment")
    assert options.store_path(Path("given")) == Path("given")
    assert options.store_path(None) == Path("/from/environment")
    monkeypatch.delenv("CABLEREP_STORE")
    assert options.store_path(None) == tmp_path / "cablerep.sqlite"


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "", "many"])
def test_positive_rejects_other_text(text: str) -> None:
    assert options.positive("12") == 12
    with pytest.raises(argparse.ArgumentTypeError, match=f"'{text}' is not a whole number of 1 or more"):
        options.positive(text)


def test_profile_and_side_options() -> None:
    parser = argparse.ArgumentParser()
    options.add_profile(parser)
    options.add_side(parser)
    assert vars(parser.parse_args([])) == {"profile": None, "side": None}
    assert vars(parser.parse_args(["--profile", "x", "--side", "left"])) == {"profile": "x", "side": "left"}
    with pytest.raises(SystemExit):
        parser.parse_args(["--side", "both"])


@pytest.mark.parametrize("text", ["127.0.0.1", ":1", "host:", "host:x", "host:65536", "host:²"])
def test_address_rejects_other_text(text: str) -> None:
    assert options.address("127.0.0.1:0") == ("127.0.0.1", 0)
    assert options.address("[::1]:65535") == ("::1", 65535)
    with pytest.raises(argparse.ArgumentTypeError, match="is not HOST:PORT"):
        options.address(text)


@pytest.mark.parametrize("text", ["-1", "1001", "nan", "fast", ""])
def test_speed_rejects_other_text(text: str) -> None:
    assert options.speed("0.5") == 0.5
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number from 0 to 1000"):
        options.speed(text)
