"""The whole core as a host sees it: sets as the contract defines them, and hosts that connect and disconnect."""

from array import array

import pytest
from detector_run import Detector, Heard, decode, detect
from pull import Pull

from cablerep_fw.core.detect import decimator, motion, reps
from cablerep_fw.core.detect import detector as chain
from cablerep_fw.core.link import wire
from cablerep_fw.core.link.reporter import RESEND_MS

RATES = (50, 100, 200, 333, 500, 1000)
STANCE_MM = 300


def visit(*roms_mm: float, hold_s: float = 1.0, rest_s: float = 0.6) -> Pull:
    """Step back from the stack, do reps, walk in."""
    pull = Pull().still(1.5).move(STANCE_MM, 1.5).still(1.6)
    for rom_mm in roms_mm:
        pull.rep(rom_mm, max(0.6, rom_mm / 400), hold_s, max(0.8, rom_mm / 350)).still(rest_s)
    return pull.still(1.0).move(-STANCE_MM, 1.0).still(2.0)


def phases(heard: Heard) -> list[str]:
    reported = [wire.PHASES[values["phase"]] for values in heard.named("phase")]
    return [phase for number, phase in enumerate(reported) if not number or reported[number - 1] != phase]


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_set_of_kickbacks(rate_hz: int) -> None:
    pull = visit(*[450] * 6)
    heard = detect(pull.samples(rate_hz), rate_hz)
    assert heard.kinds == "ffffff"
    assert heard.reasons == ["take_up", "walk_in"]
    assert [values["rom"] for values in heard.named("rejected")] == pytest.approx([300_000] * 2, abs=6_000)
    (reported,) = heard.named("set")
    assert (reported["set"], reported["reps"], reported["partials"]) == (1, 6, 0)
    assert reported["rom"] == pytest.approx(450_000, abs=2_000)
    for number, rep in enumerate(heard.reps):
        assert rep["rep"] == number + 1
        true = pull.boundaries[2 + 4 * number : 6 + 4 * number]
        seen = [rep[name] / 10_000 for name in ("start", "top", "release", "end")]
        assert seen == pytest.approx(true, abs=0.030)
        assert rep["rom"] == pytest.approx(450_000, abs=2_000)
        mean = 450 / (true[1] - true[0]) * 1000
        assert rep["concentric_mean"] == pytest.approx(mean, rel=0.05)
        # The first comes after taking up the cable: whether it began there or at the stack is open for a second.
        assert rep["known"] / 10_000 - true[3] < (0.150 if number else 1.300)


def test_partial_reps_among_full_ones() -> None:
    heard = detect(visit(450, 460, 200, 440, 150, 450).samples())
    assert heard.kinds == "ffpfpf"
    assert [rep["rep"] for rep in heard.reps] == [1, 2, 0, 3, 0, 4]
    assert heard.named("set")[0]["partials"] == 2


def test_a_small_start_is_amended_at_the_end_of_the_set() -> None:
    heard = detect(visit(240, 450, 450, 450).samples())
    assert [wire.KINDS[rep["kind"]] for rep in heard.named("rep")] == ["full"] * 4
    assert heard.kinds == "pfff"
    names = [name for name, _ in heard.messages if name in ("rep", "amend", "set")]
    assert names == ["rep"] * 4 + ["amend", "set"], "a changed number needs no message"


def test_sets_end_at_the_stack_and_are_numbered() -> None:
    pull = visit(400, 400, 400)
    second = visit(500, 500)
    heard = detect(pull.samples() + second.samples())
    assert [(reported["set"], reported["reps"]) for reported in heard.named("set")] == [(1, 3), (2, 2)]
    assert [rep["set"] for rep in heard.reps] == [1, 1, 1, 2, 2]


def test_a_set_ends_after_the_rest_while_the_cable_is_still_held() -> None:
    pull = Pull().still(1.5).move(300, 1.2).still(1.6).rep(400).still(1).rep(400).still(14).rep(400).still(1).rep(400)
    sets = detect(pull.still(3).samples(), rest=12_000).named("set")
    assert [reported["reps"] for reported in sets] == [2, 2]
    known_s = sets[0]["known"] / 10_000
    assert known_s == pytest.approx(pull.boundaries[9] + 12, abs=0.3)


def test_a_long_hold_ends_no_set() -> None:
    heard = detect(visit(400, 400, 400, hold_s=18.0).samples())
    assert heard.kinds == "fff"
    assert len(heard.named("set")) == 1


def test_standing_and_walking_back_is_not_a_set() -> None:
    pull = Pull().still(1.5).move(600, 1.5).still(9).move(-600, 1.8).still(3)
    heard = detect(pull.samples())
    assert heard.reps == []
    assert heard.named("set") == []
    assert "p" not in heard.kinds


@pytest.mark.parametrize("rate_hz", [50, 200, 1000])
def test_force_work_and_power_are_those_of_a_weight(rate_hz: int) -> None:
    """A stack of 30 kg without friction: 294.3 N, and 132.4 J over 450 mm."""
    force_mn = 294_300
    pull = visit(450, 450, 450)
    travel = pull.samples(rate_hz)
    heard = detect(travel, rate_hz, [force_mn // 3 + 5000] * len(travel), mn_per_count=3_000_000, load_zero=5000)
    for rep, out in zip(heard.reps, range(2, 14, 4), strict=True):
        out_s = pull.boundaries[out + 1] - pull.boundaries[out]
        assert rep["force_mean"] == pytest.approx(force_mn, rel=0.002)
        assert rep["force_peak"] == pytest.approx(force_mn, rel=0.002)
        assert rep["work"] == pytest.approx(force_mn * 0.450, rel=0.02)
        assert rep["power_mean"] == pytest.approx(force_mn * 0.450 / out_s, rel=0.05)
    assert heard.named("set")[0]["load"] == pytest.approx(force_mn, rel=0.002)


def test_without_a_load_cell_there_is_no_force() -> None:
    heard = detect(visit(450, 450).samples())
    assert {rep[name] for rep in heard.reps for name in ("force_mean", "force_peak", "work", "power_mean")} == {
        wire.NULL
    }
    assert heard.named("set")[0]["load"] == wire.NULL


def test_the_phases_are_reported_in_order() -> None:
    heard = detect(visit(450).samples())
    expected = ["concentric", "hold", "concentric", "hold", "eccentric", "rest"]  # stance, rep
    reported = phases(heard)
    assert reported[:6] == expected
    inside = [values for values in heard.named("phase") if values["set"]]
    assert inside, "the end of the rep stands in its set"


def test_a_slack_cable_is_reported() -> None:
    travel = visit(450).samples()
    heard = detect(travel, load=[1_000] * len(travel))
    assert phases(heard)[0] == "slack"


@pytest.mark.parametrize("chunk", [1, 7, 250])
def test_chunks_change_nothing(chunk: int) -> None:
    travel = visit(450, 200, 430).samples()
    assert detect(travel, chunk=chunk).data == detect(travel, chunk=100).data


def test_a_twitch_is_reported_with_its_range() -> None:
    heard = detect(visit(450, 450, 60).samples())
    assert heard.kinds == "ff"
    reported = [values for values in heard.named("rejected") if wire.REASONS[values["reason"]] == "too_small"]
    assert [values["rom"] for values in reported] == pytest.approx([60_000], abs=2_000)
    assert reported[0]["start"] < reported[0]["end"] <= reported[0]["known"]


def test_missing_samples_shift_nothing() -> None:
    """Half a second without samples in the middle of a hold, and single ones everywhere."""
    pull = visit(450, 450, 450)
    travel = pull.samples()
    hold_at = round((pull.boundaries[3] + 0.1) * 200)
    kept = [counts for k, counts in enumerate(travel) if not hold_at <= k < hold_at + 100]
    heard = detect(kept, missing={hold_at: 100})
    assert heard.kinds == "fff"
    assert heard.engine.detector.decimator.missed == 100
    for rep, whole in zip(heard.reps, detect(travel).reps, strict=True):
        for name in ("start", "top", "release", "end"):
            assert rep[name] == pytest.approx(whole[name], abs=100)


def test_a_long_gap_between_two_reps_does_not_end_the_set() -> None:
    pull = visit(450, 450, 450)
    travel = pull.samples()
    at = round(pull.boundaries[9] * 200) + 100  # in the rest after the second rep
    heard = detect(travel, missing={at: 700})
    (over,) = heard.named("set")
    assert over["reps"] == 3
    assert heard.reps[2]["start"] == pytest.approx(pull.boundaries[10] * 10_000 + 35_000, abs=300)


@pytest.mark.parametrize(("fallen", "kinds"), [(0.25, "ff"), (0.40, "fpf")])
def test_a_long_gap_ends_the_movement(fallen: float, kinds: str) -> None:
    """On the way back from the second of three reps; it counts if the cable has fallen by 30 % of the rise."""
    pull = visit(450, 450, 450)
    travel = pull.samples()
    release, end = (round(pull.boundaries[index] * 200) for index in (8, 9))
    peak = travel[release]
    at = next(k for k in range(release, end) if peak - travel[k] >= fallen * 450_000)
    heard = detect(travel, missing={at: 700})
    assert heard.kinds == kinds
    assert [over["reps"] + over["partials"] for over in heard.named("set")] == [len(kinds)]


def test_a_single_outlier_is_reported_and_changes_nothing() -> None:
    travel = visit(450, 450).samples()
    wrong = list(travel)
    wrong[900] += 400_000
    heard = detect(wrong)
    assert heard.reasons.count("outlier") == 1
    assert heard.engine.detector.decimator.outliers == 1
    for rep, whole in zip(heard.reps, detect(travel).reps, strict=True):
        assert rep["rom"] == pytest.approx(whole["rom"], abs=50)
        assert rep["start"] == pytest.approx(whole["start"], abs=10)


def test_stored_messages_are_numbered_from_1_in_each_session() -> None:
    heard = detect(visit(240, 450, 450, 450).samples(), session=99)
    kept = [values for name, values in heard.messages if name in ("rep", "amend", "set")]
    assert [values["seq"] for values in kept] == list(range(1, len(kept) + 1))
    assert {values["session"] for values in kept} == {99}


def test_the_end_of_the_input_ends_the_set() -> None:
    pull = Pull().still(1.5).move(300, 1.2).still(1.6).rep(400).still(1).rep(400).still(0.2)
    detector = Detector()
    detector.feed(pull.samples())
    assert not detector.engine.detector.idle()
    assert detector.heard().named("set") == []
    detector.engine.finish()
    detector.take()
    assert detector.heard().named("set")[0]["reps"] == 2
    assert detector.engine.detector.idle()
    detector.engine.finish()
    detector.take()
    assert len(detector.heard().named("set")) == 1, "it is over once"


def test_it_is_idle_only_outside_sets() -> None:
    pull = visit(450)
    travel = pull.samples()
    detector = Detector()
    reported = []
    for at in range(0, len(travel), 100):
        detector.feed(travel[at : at + 100])
        reported.append(detector.engine.detector.idle())
    during = slice(int(pull.boundaries[2] * 2) + 2, int(pull.boundaries[5] * 2) + 1)
    assert reported[0] and reported[-1]
    assert not any(reported[during])


# -- with a host, and without


def frames(detector: Detector) -> list[tuple[str, dict]]:
    """Take what is queued, and acknowledge nothing."""
    outbox = detector.outbox
    detector.engine.pump()
    data = bytearray()
    while outbox.used:
        data += outbox.buffers[outbox.first][: outbox.lengths[outbox.first]]
        outbox.pop()
        detector.engine.pump()
    return decode(bytes(data))


def push(detector: Detector, travel: list[int]) -> None:
    """Feed samples, and take nothing."""
    for at in range(0, len(travel), 500):
        for counts in travel[at : at + 500]:
            detector.ring.push(counts, 0)
        detector.engine.feed(detector.ring)


def test_without_a_host_it_counts_and_stores_for_the_next_one() -> None:
    detector = Detector()
    detector.engine.reporter.detach()
    push(detector, visit(450, 450).samples())
    assert not detector.outbox.used, "there is no host"
    assert detector.journal.kept == 3
    detector.engine.reporter.attach()
    assert [name for name, _ in frames(detector)] == ["rep", "rep", "set"]


def test_unacknowledged_messages_are_resent() -> None:
    detector = Detector()
    travel = visit(450).samples()
    push(detector, travel)
    assert [name for name, _ in frames(detector) if name != "phase"] == ["rejected", "rep", "rejected", "set"]
    detector.engine.reporter.attach()  # so that all is sent at this sample
    frames(detector)
    still = [travel[-1]]
    push(detector, still * (RESEND_MS * 200 // 1000))
    assert [name for name, _ in frames(detector) if name != "phase"] == []
    push(detector, still * 10)
    assert [name for name, _ in frames(detector) if name != "phase"] == ["rep", "set"]
    detector.journal.ack(7, 1)
    push(detector, still * 500)
    assert [name for name, _ in frames(detector) if name != "phase"] == ["set"]


def test_a_host_that_reconnects_gets_what_it_has_not_acknowledged() -> None:
    detector = Detector()
    push(detector, visit(450).samples())
    frames(detector)
    detector.journal.ack(7, 1)
    detector.engine.reporter.detach()
    detector.engine.reporter.attach()
    assert [name for name, _ in frames(detector)] == ["set"]


def test_samples_are_streamed_from_the_request_on() -> None:
    detector = Detector()
    push(detector, [0] * 400)
    assert "samples" not in [name for name, _ in frames(detector)]
    detector.engine.stream(True)
    push(detector, [0] * 400)
    first = [values["first"] for name, values in frames(detector) if name == "samples"]
    assert first[0] == 400
    detector.engine.reporter.detach()
    assert not detector.engine.reporter.streaming


def test_a_tare_makes_the_present_load_zero() -> None:
    travel = visit(450).samples()
    detector = Detector()
    detector.feed(travel[:200], [70_000] * 200)
    detector.engine.detector.tare()
    assert detector.engine.settings.values[3] == 70_000
    detector.feed(travel[200:], [270_000] * len(travel))
    assert detector.heard().reps[0]["force_mean"] == pytest.approx(200_000, abs=500)


def test_side_and_lifter_apply_to_the_sets_to_come() -> None:
    detector = Detector()
    travel = visit(450, 450).samples()
    detector.feed(travel[:-1000])
    detector.engine.detector.set_side(2, 137)
    detector.feed(travel[-1000:] + travel)
    detector.engine.finish()
    detector.take()
    heard = detector.heard()
    assert [rep["side"] for rep in heard.reps] == [0, 0, 2, 2]
    assert [(one["side"], one["lifter"]) for one in heard.named("set")] == [(0, 0), (2, 137)]


def test_hello_identifies_the_board() -> None:
    detector = Detector(
        rate_hz=500, session=42, um_per_count=-98_170_000, mn_per_count=2_034_000, load_zero=-5, profile=3
    )
    push(detector, [0] * 100)
    detector.engine.send_hello(b"0.1.0 board sim")
    (hello,) = [values for name, values in frames(detector) if name == "hello"]
    assert hello == {
        "schema": wire.SCHEMA_ID, "session": 42, "rate_hz": 500, "um_per_count": -98_170_000, "mn_per_count": 2_034_000,
        "load_zero": -5, "profile": 3, "side": 0, "samples": 100, "kept": 0,
        "angle_sensor": 0, "angle_per_turn": 4096, "angle_zero": 0, "free": wire.NULL, "lifter": 0,
    }  # fmt: skip


def test_health_counts() -> None:
    detector = Detector()
    travel = visit(450, 450).samples()
    travel[900] += 400_000
    detector.feed(travel, missing={500: 7})
    record = array("i", bytes(4 * len(wire.BY_NAME["health"].fields)))
    detector.engine.fill_health(record)
    reported = dict(zip([name for name, *_ in wire.BY_NAME["health"].fields], record, strict=True))
    assert (reported["samples"], reported["missed"], reported["outliers"]) == (len(travel) + 7, 7, 1)
    assert (reported["dropped_samples"], reported["dropped"], reported["kept"], reported["journal_lost"]) == (
        0,
        0,
        0,
        0,
    )
    assert reported["faults"] == 0


def test_a_slipped_encoder_is_a_fault() -> None:
    detector = Detector()
    detector.feed([0] * 400 + [3_000_000] * 400)
    record = array("i", bytes(4 * len(wire.BY_NAME["health"].fields)))
    detector.engine.fill_health(record)
    assert wire.FAULTS[0] == "encoder jumps"
    assert record[11] & 1
    assert detector.heard().reps == []


def test_a_new_session_starts_at_zero_with_the_present_settings() -> None:
    detector = Detector()
    detector.feed(visit(450).samples())
    engine = detector.engine
    engine.finish()
    engine.settings.values[0] = 100
    engine.restart(8)
    assert (
        engine.detector.rate_hz,
        engine.reporter.session,
        engine.detector.decimator.samples,
        engine.detector.idle(),
    ) == (100, 8, 0, True)
    detector.feed(visit(450).samples(100))
    detector.take()
    reps = detector.heard().named("rep")
    assert [(rep["session"], rep["seq"], rep["set"]) for rep in reps] == [(7, 1, 1), (8, 1, 1)]
    assert reps[0]["start"] == pytest.approx(reps[1]["start"], abs=200)


def test_settings_without_a_valid_scale_are_refused() -> None:
    detector = Detector()
    detector.engine.settings.values[1] = 0
    with pytest.raises(ValueError, match="0 millionths"):
        detector.engine.restart(8)


def test_a_lone_standing_is_amended_and_rejected_with_its_reason() -> None:
    standing = Pull().still(2).move(300, 1.5).still(8).move(-300, 1.5).still(3)
    heard = detect(standing.samples(200, 50), um_per_count=50_000_000)
    assert heard.kinds == "r"
    assert heard.reasons == ["lone"]
    amended, rejected = heard.named("amend")[0], heard.named("rejected")[0]
    assert [rejected[key] for key in ("start", "end", "rom")] == [amended[key] for key in ("start", "end", "rom")]
    assert not heard.named("set")


def test_a_small_movement_without_tension_is_slack() -> None:
    pull = Pull().still(2).move(300, 1.5).still(2).rep(300).still(2).rep(28, 0.6, 0.3, 0.6).still(2)
    travel = pull.samples(200, 50)
    tight = detect(travel, load=[50_000] * len(travel), um_per_count=50_000_000)
    assert tight.reasons == ["take_up", "too_small"]
    loose = [50_000 if k < len(travel) - 800 else 1_000 for k in range(len(travel))]  # 1 N from the small one on
    assert detect(travel, load=loose, um_per_count=50_000_000).reasons == ["take_up", "slack"]


def test_constants_copied_for_the_compiler_match() -> None:
    for module, names in (
        (decimator, "TICK BROKEN OUTLIER _TRAVEL_UM _FORCE_MN"),
        (reps, "BOTTOM"),
    ):
        for name in names.split():
            assert getattr(chain, "_" + name.lstrip("_")) == getattr(module, name)
    for name in ("SPEED", "CREST", "CALM"):
        assert getattr(motion, "_" + name) == getattr(motion, name)


# -- a load cell that cannot be trusted


def loaded(travel: list[int], zero_n: float = 0.0, sign: int = 1) -> list[int]:
    """A stack of 100 N, slack at the stack, in mN; `zero_n` is what the cell was tared at."""
    return [round(1000 * (sign * (100 if counts > 5_000 else 0) - zero_n)) for counts in travel]


def thrown(*, zero_n: float = 0.0, sign: int = 1, **values: int) -> Heard:
    """Reps whose load floats at the top: it loses its tension for a fifth of a second."""
    pull = visit(450, 450, 450, hold_s=0.3)
    travel = pull.samples()
    load = loaded(travel, zero_n, sign)
    for top in range(3, 15, 4):
        at = round(pull.boundaries[top] * 200)
        load[at - 80 : at - 10] = [round(-1000 * zero_n)] * 70
    return detect(travel, load=load, **values)


def faults(heard: Heard) -> int:
    record = array("i", bytes(4 * len(wire.BY_NAME["health"].fields)))
    heard.engine.fill_health(record)
    return record[wire.BY_NAME["health"].place("faults")]


def test_a_load_below_zero_is_a_fault_and_silences_swing_and_slack() -> None:
    good = thrown()
    assert faults(good) == 0
    assert all(rep["flags"] & 0b110000 for rep in good.reps)
    for bad in (thrown(zero_n=100), thrown(sign=-1)):
        assert faults(bad) == 1 << wire.FAULTS.index("load below zero")
        assert [rep["flags"] & 0b110000 for rep in bad.reps] == [0, 0, 0]
        bad.engine.detector.clear_faults()
        assert faults(bad) == 0


def test_force_is_null_where_the_converter_is_saturated() -> None:
    travel = visit(450, 450, 450).samples()
    pull = visit(450, 450, 450)
    load = loaded(travel)
    start, end = (round(pull.boundaries[index] * 200) - 200 for index in (6, 9))
    load[start:end] = [8_388_607] * (end - start)
    heard = detect(travel, load=load)
    assert [rep["work"] == wire.NULL for rep in heard.reps] == [False, True, False]
    assert [rep["force_mean"] == wire.NULL for rep in heard.reps] == [False, True, False]
    assert heard.named("set")[0]["load"] == pytest.approx(100_000, abs=200)


# -- the stack


def test_the_other_leg_four_seconds_later_is_another_set() -> None:
    pull = Pull().still(2)
    for _ in range(2):
        pull.move(300, 1.2).still(1.6).rep(400).still(1).rep(400).still(1).move(-300, 1.0).still(2.8)
    sets = detect(pull.samples()).named("set")
    assert [over["reps"] for over in sets] == [2, 2]


@pytest.mark.parametrize("with_cell", [True, False])
def test_a_set_ends_at_a_stack_that_was_moved(with_cell: bool) -> None:
    """The carriage is set 500 mm higher between the sets, and rests there for 15 s."""
    pull = Pull().still(2)
    for _ in range(2):
        pull.move(300, 1.2).still(1.6).rep(400).still(1).rep(400).still(1).move(-300, 1.0).still(3)
        pull.move(500, 2).still(36)
    travel = pull.samples()
    slack_at = {0, 500_000, 1_000_000}
    load = [0 if min(abs(counts - x) for x in slack_at) < 5_000 else 100_000 for counts in travel]
    heard = detect(travel, load=load if with_cell else None)
    sets = heard.named("set")
    assert [over["reps"] for over in sets] == [2, 2]
    assert all(over["known"] - over["end"] < 30_000 for over in sets), "at the stack, not after the rest"


def test_a_wheel_that_slips_a_millimetre_a_rep_does_not_hide_the_stack() -> None:
    pull = Pull().still(13)
    for _ in range(12):
        pull.move(300, 1.2).still(1.6)
        for _ in range(5):
            pull.rep(400).still(0.8)
        pull.move(-295, 1.0).still(13)
    sets = detect(pull.samples()).named("set")
    assert [over["reps"] for over in sets] == [5] * 12
    assert all(over["known"] - over["end"] < 30_000 for over in sets)


# -- long sets


def test_a_set_of_130_reps_fits_the_journal_and_is_judged_whole() -> None:
    pull = Pull().still(1.5).move(300, 1.2).still(1.6)
    for number in range(130):
        pull.rep(200 if number < 8 else 400, 0.5, 0.2, 0.6).still(0.3)
    travel = pull.still(1).move(-300, 1).still(2).samples(100)
    detector = Detector(100)
    detector.engine.reporter.detach()
    push(detector, travel)
    assert (detector.journal.lost, detector.journal.kept) == (0, 130 + 8 + 1)
    detector.engine.reporter.attach()
    detector.take()
    heard = detector.heard()
    assert heard.kinds == "p" * 8 + "f" * 122
    (over,) = heard.named("set")
    assert (over["reps"], over["partials"], over["start"]) == (122, 8, heard.reps[0]["start"])


def test_a_set_begins_with_the_first_rep_that_is_left() -> None:
    heard = detect(visit(70, 450, 450, 450).samples())
    assert heard.kinds == "rfff"
    assert heard.named("set")[0]["start"] == heard.reps[0]["start"]
    assert sorted(heard.reasons) == ["take_up", "too_small", "walk_in"]


# -- a profile whose reps begin at a stance


def test_before_the_third_rep_from_the_stack_nothing_is_reported() -> None:
    def reps_of(count: int) -> Heard:
        pull = Pull().still(2)
        for _ in range(count):
            pull.rep(300, 0.8, 2.6, 1.0).still(1.5)
        return detect(pull.still(13).samples(), start=1)

    two, three = reps_of(2), reps_of(3)
    assert (two.kinds, two.reasons, two.named("set")) == ("", ["take_up", "take_up"], [])
    assert "hold_reached" not in {wire.CUES[values["cue"]] for values in two.named("phase")}
    assert (three.kinds, three.reasons) == ("fff", [])
    assert len({rep["known"] for rep in three.reps}) == 1
    assert "hold_reached" in {wire.CUES[values["cue"]] for values in three.named("phase")}
