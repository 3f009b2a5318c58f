"""Each message, field and setting of the wire table is explained, and nothing else."""

import pytest

from cablerep_fw.core.link import wire
from cablerep_fw.reference import wire_meanings as meanings


@pytest.mark.parametrize("message", wire.MESSAGES, ids=lambda message: message.name)
def test_a_message_and_its_fields_are_explained_in_order(message: wire.Message) -> None:
    meaning, fields = meanings.MESSAGES[message.name]
    assert meaning
    assert list(fields) == [field[0] for field in message.fields]
    assert all(fields.values())


def test_nothing_else_is() -> None:
    assert set(meanings.MESSAGES) == set(wire.BY_NAME)


def test_the_settings_are_explained_in_order() -> None:
    assert list(meanings.SETTINGS) == [row[0] for row in wire.SETTINGS]
    assert all(meanings.SETTINGS.values())
