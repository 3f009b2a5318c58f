"""The firmware's `storage` gets its computer's files back after each test."""

import os

import pytest

from cablerep_fw import storage


@pytest.fixture(autouse=True)
def own_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "os", os)
    monkeypatch.setattr(storage, "open", open, raising=False)
    monkeypatch.setattr(storage, "_rename", os.replace)
