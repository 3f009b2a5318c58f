"""The contract's objects: keys in order, the shipped schema, and counts after amendments."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from contract_schema import SCHEMA
from hypothesis import given
from hypothesis import strategies as st
from speaker import REP, SET, Speaker

from cablerep.device.events import Event, Rejected, Rep, SetOver
from cablerep.device.session import Session
from cablerep.text.contract import Tally, contract_object
from cablerep.text.replay_schema import schema
from cablerep_fw.core.link import wire

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def events_of(*frames: bytes) -> list[Event]:
    session = Session()
    session.feed(Speaker().hello())
    events = session.feed(b"".join(frames))
    return [event for event in events if isinstance(event, Rep | SetOver | Rejected)]


def test_a_rep_has_the_keys_of_the_contract_in_order() -> None:
    board = Speaker()
    rep, amend = events_of(board.rep(), board.amend(kind=2))
    fields = contract_object(rep, trace="x.csv")
    assert fields is not None
    assert " ".join(fields) == (
        "event trace set rep kind start_s top_s release_s end_s concentric_s hold_s eccentric_s rom_mm "
        "concentric_mean_m_s concentric_peak_m_s eccentric_mean_m_s eccentric_peak_m_s "
        "force_mean_n force_peak_n work_j power_mean_w chord_mm direction_deg bow_mm drift_mm flags known_s"
    )
    assert (fields["event"], fields["trace"], fields["flags"], fields["rep"]) == ("rep", "x.csv", [], 1)
    fields = contract_object(amend, trace="x.csv")
    assert fields is not None
    assert (fields["event"], fields["rep"], fields["start_s"]) == ("amend", None, 1.0)


def test_objects_of_sets_rejections_and_summaries() -> None:
    board = Speaker()
    rejected, over = events_of(board.say("rejected", reason=2, start=1, end=2, known=3, rom=4_000), board.set())
    assert contract_object(rejected, trace="t") == {
        "event": "rejected",
        "trace": "t",
        "start_s": 0.0001,
        "end_s": 0.0002,
        "rom_mm": 4.0,
        "reason": "walk_in",
        "known_s": 0.0003,
    }
    assert contract_object(over, trace="t") == {
        "event": "set",
        "trace": "t",
        "set": 1,
        "reps": 1,
        "partials": 0,
        "start_s": 1.0,
        "end_s": 5.0001,
        "rom_mm": 512.34,
        "load_n": 182.0,
        "known_s": 17.0,
    }
    assert " ".join(Tally().summary(trace="t")) == "event trace reps partials rejected sets samples missed"


def test_events_outside_the_contract_have_no_object() -> None:
    board = Speaker()
    session = Session()
    events = session.feed(board.hello() + board.say("phase") + board.say("health"))
    assert [contract_object(event, trace="t") for event in events] == [None, None, None]


def test_the_shipped_schema_is_the_derived_one() -> None:
    assert schema() == SCHEMA, "python -m cablerep.text.replay_schema > host/cablerep/text/replay.schema.json"


def test_the_schema_has_the_names_of_the_wire_table() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    rejected = next(one for one in SCHEMA["oneOf"] if one["properties"]["event"] == {"const": "rejected"})
    assert rejected["properties"]["reason"]["enum"] == list(wire.REASONS[1:])
    for one in SCHEMA["oneOf"]:
        assert one["required"] == list(one["properties"])
        assert one["additionalProperties"] is False


def good_rep(**changes: Any) -> dict[str, Any]:
    (rep,) = events_of(Speaker().rep())
    fields = contract_object(rep, trace="t")
    assert fields is not None
    return fields | changes


def test_the_schema_accepts_a_good_rep() -> None:
    VALIDATOR.validate(good_rep())
    VALIDATOR.validate(good_rep(kind="partial", rep=None, force_mean_n=None, flags=["swing"]))
    VALIDATOR.validate(good_rep(event="amend", kind="rejected", rep=None))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "rejected", "rep": None},
        {"kind": "partial", "rep": 3},
        {"kind": "full", "rep": None},
        {"set": 0},
        {"start_s": None},
        {"hold_s": -0.1},
        {"rom_mm": "512"},
        {"extra": 1},
        {"trace": ""},
        {"event": "Rep"},
    ],
)
def test_the_schema_refuses_a_bad_rep(changes: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(good_rep(**changes))


def test_the_tally_counts_after_amendments() -> None:
    board = Speaker()
    tally = Tally()
    for event in events_of(
        board.say("rejected", reason=1, start=1, end=2, known=3, rom=4_000),
        board.rep(seq=1, start=100),
        board.rep(seq=2, start=200),
        board.rep(seq=3, start=300, kind=2, rep=0),
        board.amend(seq=4, start=200, kind=2),
        board.amend(seq=5, start=300, kind=3),
        board.set(seq=6),
        board.amend(seq=4, start=200, kind=2),
    ):
        tally.add(event)
    summary = tally.summary()
    assert (summary["reps"], summary["partials"], summary["rejected"], summary["sets"]) == (1, 1, 2, 1)


def test_a_rejection_reported_twice_counts_once() -> None:
    board = Speaker()
    rep, amend, rejected = events_of(
        board.rep(start=200), board.amend(start=200, kind=3), board.say("rejected", reason=8, start=200, rom=1_000)
    )
    for order in ([rep, amend, rejected], [rep, rejected, amend]):
        tally = Tally()
        for event in order:
            tally.add(event)
        assert tally.kinds == {"full": 0, "partial": 0, "rejected": 1}


def test_samples_of_all_boot_sessions_are_summed() -> None:
    board = Speaker()
    tally = Tally()
    session = Session()
    for event in session.feed(
        board.hello()
        + board.say("health", samples=1000, missed=10)
        + board.hello(session=2)
        + board.say("health", samples=50, missed=1)
        + board.say("health", samples=70, missed=2)
    ):
        tally.add(event)
    summary = tally.summary()
    assert (summary["samples"], summary["missed"]) == (990 + 68, 12), "samples do not include missed ones"


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 3)), max_size=60))
def test_the_tally_counts_the_last_kind_of_each_rep(reports: list[tuple[int, int]]) -> None:
    board = Speaker()
    tally = Tally()
    last: dict[int, str] = {}
    for number, (start, kind) in enumerate(reports, 1):
        known = start in last
        (event,) = events_of((board.amend if known else board.rep)(seq=number, start=start, kind=kind, rep=1))
        tally.add(event)
        last[start] = wire.KINDS[kind]
        board = Speaker()
    assert tally.kinds == {kind: list(last.values()).count(kind) for kind in ("full", "partial", "rejected")}


def test_the_tallys_memory_is_bounded() -> None:
    (rep,) = events_of(Speaker().rep())
    assert isinstance(rep, Rep)
    from dataclasses import replace

    tally = Tally()
    for number in range(10_000):
        tally.add(replace(rep, start_s=float(number)))
    assert tally.kinds["full"] == 10_000
    assert len(tally._kind_of) < 5_000


def test_every_line_of_the_recordings_validates(recording: Path) -> None:
    from cablerep.lab.replay import replayed
    from cablerep_sim.trace.trace import open_trace

    tally = Tally()
    lines = 0
    for event in replayed(open_trace(recording)):
        tally.add(event)
        fields = contract_object(event, trace=str(recording))
        if fields is not None:
            VALIDATOR.validate(fields)
            lines += 1
    summary = tally.summary(trace=str(recording))
    VALIDATOR.validate(summary)
    assert lines >= summary["reps"] + summary["partials"] + summary["sets"] > 0


def test_test_messages_have_every_field_of_the_wire() -> None:
    """A change of the wire that the contract's names do not survive shows here first."""
    assert set(REP) == {field[0] for field in wire.BY_NAME["rep"].fields}
    assert set(SET) == {field[0] for field in wire.BY_NAME["set"].fields}
