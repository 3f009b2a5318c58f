"""The protocol's page: made from the table, complete, and not stale."""

import subprocess
import sys
from pathlib import Path

import pytest

from cablerep_fw.core.link import frames, wire
from cablerep_fw.reference import protocol_page
from cablerep_fw.reference import wire_meanings as meanings

PAGE = Path(__file__).parents[3] / "docs" / "protocol.md"


def test_the_page_is_not_stale() -> None:
    cure = "make it again: python -m cablerep_fw.reference.protocol_page > docs/protocol.md"
    assert PAGE.read_text(encoding="utf-8") == protocol_page.page(), cure


def test_the_command_writes_the_page() -> None:
    written = subprocess.run(
        [sys.executable, "-m", "cablerep_fw.reference.protocol_page"], capture_output=True, check=True
    )
    assert written.stdout.decode("utf-8") == protocol_page.page()


@pytest.mark.parametrize("message", wire.MESSAGES, ids=lambda message: message.name)
def test_every_message_is_on_it(message: wire.Message) -> None:
    part = protocol_page.page().split(f"#### {message.id:#04x} `{message.name}`")[1].split("\n#")[0]
    for name, _, unit in message.fields:
        assert f"| {name} |" in part
        assert f"| {unit} | {meanings.MESSAGES[message.name][1][name]} |" in part


def test_every_word_and_setting_is_on_it() -> None:
    text = protocol_page.page()
    for constant, _ in protocol_page._NAMES + protocol_page._BITS:
        for number, word in enumerate(getattr(wire, constant)):
            assert f"| {number} | {word} |" in text.split(f"### {constant}:")[1].split("\n#")[0]
    for number, (name, *_) in enumerate(wire.SETTINGS, 1):
        assert f"| {number} | {name} |" in text
    assert f"{wire.SCHEMA_ID:#06x}" in text


def test_another_table_makes_another_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = protocol_page.page()
    monkeypatch.setattr(wire, "MESSAGES", wire.MESSAGES[1:])
    assert protocol_page.page() != before


def test_the_example_is_a_frame() -> None:
    line = next(line for line in protocol_page.page().splitlines() if line.startswith("    "))
    decoder = frames.Decoder()
    answers = [decoder.feed(byte) for byte in bytes.fromhex(line)]
    assert answers[-1] == frames.FRAME
    request = wire.BY_ID[decoder.message_id]
    assert request.unpack(decoder.buffer, frames.PAYLOAD) == {"tag": 1, "schema": wire.SCHEMA_ID}


def test_the_page_reads_as_markdown() -> None:
    text = Path(PAGE).read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) < 250
    assert not any(line != line.rstrip() for line in text.splitlines())
