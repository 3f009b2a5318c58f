"""JSON Lines: the contract's rep objects, with the board instead of the trace."""

import json
from dataclasses import replace

import jsonschema
from contract_schema import SCHEMA
from logbook_pages import FIRST, page, rep

from cablerep.export import jsonl
from cablerep.store.database import Note

OURS = {"board", "session", "id", "at", "side", "lifter", "profile", "exercise"}


def test_each_rep_and_each_set_has_a_line() -> None:
    one = page([rep(1, flags=("swing",)), rep(2, kind="partial", rep=None)], side="left")
    one = replace(one, set=replace(one.set, notes=(Note(FIRST, "ça va"),), profile=3))
    data = jsonl.encode([one, page(1, day=1)])
    assert "ça va" in data.decode()
    lines = [json.loads(line) for line in data.splitlines()]
    assert [fields["event"] for fields in lines] == ["rep", "rep", "set", "rep", "set"]
    assert (lines[1]["at"], lines[1]["side"], lines[1]["profile"]) == ("2026-03-02T12:00:10.000+00:00", "left", 3)
    last = lines[2]
    assert (last["reps"], last["partials"], last["start_s"], last["end_s"]) == (1, 1, 10.0, 26.5)
    assert last["notes"] == [{"at": "2026-03-02T12:00:00+00:00", "text": "ça va"}]


def test_a_rep_is_the_object_of_the_contract() -> None:
    fields = next(jsonl.objects(page([rep(1, flags=("hold_short", "slam"))])))
    assert set(fields) >= OURS
    contract_fields = {key: value for key, value in fields.items() if key not in OURS}
    jsonschema.validate({**contract_fields, "trace": "x", "known_s": 0.0}, SCHEMA)
    assert (fields["flags"], fields["hold_s"]) == (["hold_short", "slam"], 2.2)


def test_a_set_without_reps_has_no_times() -> None:
    (fields,) = jsonl.objects(page(0))
    assert fields["event"] == "set"
    assert "start_s" not in fields
