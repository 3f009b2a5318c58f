"""Events: the wire's integers in the contract's names and units, for every message of the table."""

from dataclasses import fields

import pytest
from speaker import REP, SET, Speaker

from cablerep.device import events
from cablerep.device.decoding import MalformedError, decode
from cablerep.device.events import Event, Health, Phase, Rejected, Rep, Reply, SetOver
from cablerep.device.session import Session
from cablerep_fw.core.link import wire
from cablerep_fw.core.link.wire import TO_HOST


def event_of(name: str, tail: bytes = b"", **record: int) -> Event:
    session = Session()
    board = Speaker()
    session.feed(board.hello())
    (event,) = session.feed(board.say(name, tail, **record))
    return event


def test_a_rep_in_the_contracts_units() -> None:
    rep = event_of("rep", **REP)
    assert isinstance(rep, Rep)
    assert (rep.start_s, rep.top_s, rep.release_s, rep.end_s, rep.known_s) == (1.0, 1.75, 3.75, 5.0001, 5.06)
    assert (rep.concentric_s, rep.hold_s, rep.eccentric_s) == (0.75, 2.0, 1.2501)
    assert rep.rom_mm == 512.34, "to a hundredth of a millimetre"
    assert (rep.concentric_mean_m_s, rep.concentric_peak_m_s) == (0.6831, 1.024)
    assert (rep.eccentric_mean_m_s, rep.eccentric_peak_m_s) == (0.4099, 0.7)
    assert (rep.force_mean_n, rep.force_peak_n, rep.work_j, rep.power_mean_w) == (201.23, 260.01, 103.111, 137.48)
    assert (rep.chord_mm, rep.direction_deg, rep.bow_mm, rep.drift_mm) == (301.2, 37.5, -12.4, 9.1)
    assert (rep.set, rep.rep, rep.kind, rep.side, rep.flags, rep.amended) == (1, 1, "full", "right", (), False)


def test_what_is_not_known_is_none() -> None:
    blind = dict.fromkeys(("force_mean", "force_peak", "work", "power_mean"), wire.NULL)
    rep = event_of("rep", **REP | blind)
    assert isinstance(rep, Rep)
    assert (rep.force_mean_n, rep.force_peak_n, rep.work_j, rep.power_mean_w) == (None,) * 4
    still = dict.fromkeys(("chord", "direction", "bow", "drift"), wire.NULL16)
    rep = event_of("rep", **REP | still)
    assert isinstance(rep, Rep)
    assert (rep.chord_mm, rep.direction_deg, rep.bow_mm, rep.drift_mm) == (None,) * 4
    over = event_of("set", **SET | {"load": wire.NULL})
    assert isinstance(over, SetOver)
    assert over.load_n is None
    assert over.rom_mm == 512.34


def test_a_rep_has_each_field_of_the_wire_with_its_unit() -> None:
    suffixes = {"100us": "_s", "um": "_mm", "um/s": "_m_s", "mN": "_n", "mJ": "_j", "mW": "_w", "": ""}
    suffixes |= {"100um": "_mm", "0.01deg": "_deg"}
    on_the_wire = {name + suffixes[unit] for name, _, unit in wire.BY_NAME["rep"].fields}
    measured_by_the_host = {"concentric_s", "hold_s", "eccentric_s", "amended", "paused"}
    assert {field.name for field in fields(Rep)} == on_the_wire | measured_by_the_host


@pytest.mark.parametrize(("kind", "number", "expected"), [(1, 4, 4), (1, 0, None), (2, 4, None), (3, 4, None)])
def test_only_a_full_rep_has_a_number(kind: int, number: int, expected: int | None) -> None:
    rep = event_of("amend", **REP | {"kind": kind, "rep": number})
    assert isinstance(rep, Rep)
    assert rep.rep == expected
    assert rep.amended


def test_flags_are_names_or_at_least_places(monkeypatch: pytest.MonkeyPatch) -> None:
    names = "hold_short eccentric_fast range_over range_under swing slack slam"
    assert event_of("rep", **REP | {"flags": 0x7F}).flags == tuple(names.split())
    monkeypatch.setattr(wire, "FLAGS", ("swing",))
    assert event_of("rep", **REP | {"flags": 0b101}).flags == ("swing", "bit 2")


def test_a_pause_on_the_way_out_is_no_form_flag() -> None:
    for flags, paused in ((0x10, False), (wire.PAUSED | 0x10, True)):
        rep = event_of("rep", **REP | {"flags": flags})
        assert isinstance(rep, Rep)
        assert (rep.flags, rep.paused) == (("swing",), paused)


def test_the_other_messages() -> None:
    assert event_of("rejected", reason=1, start=5, end=15_000, known=16_000, rom=-3_210) == Rejected(
        "take_up", 0.0005, 1.5, 1.6, -3.21
    )
    assert event_of("phase", phase=3, cue=1, set=2, rep=5, at=10_000, known=10_600, travel=250_004) == Phase(
        "hold", "hold_reached", 2, 5, 1.0, 1.06, 250.0
    )
    assert event_of("reply", tag=9, command=wire.BY_NAME["get"].id, status=2, setting=8, value=12_000) == Reply(
        9, "get", "out of range", "rest", 12_000
    )
    assert event_of("reply", command=1).command == "command 1"
    health = event_of(
        "health", load_hz10=803, faults=0b11, heap_free=wire.NULL, jitter_us=12, jitter_5=7, jitter_more=1
    )
    assert isinstance(health, Health)
    assert (health.load_hz, health.heap_free, health.jitter_us) == (80.3, None, 12)
    assert health.faults == wire.FAULTS[:2]
    assert (health.jitter_counts[0], health.jitter_counts[-1]) == (7, 1)


def test_every_message_to_the_host_becomes_an_event() -> None:
    known = {"kind": 1, "reason": 1, "seq": 1, "set": 1, "rate_hz": 200, "um_per_count": 1, "mn_per_count": 1}
    for message in wire.MESSAGES:
        payload = bytearray(message.size)
        message.pack([known.get(field[0], 0) for field in message.fields], payload, 0)
        if message.direction == TO_HOST:
            event = decode(message, bytes(payload))
            assert type(event) in events.Event.__args__, message.name
            assert not any(field.name.startswith("_") for field in fields(event))
        else:
            with pytest.raises(MalformedError, match="not a message to the host"):
                decode(message, bytes(payload))


@pytest.mark.parametrize(("name", "length"), [("rep", -1), ("rep", 1), ("hello", -1), ("samples", 5)])
def test_a_payload_of_another_length_is_refused(name: str, length: int) -> None:
    message = wire.BY_NAME[name]
    with pytest.raises(MalformedError):
        decode(message, bytes(message.size + length))
