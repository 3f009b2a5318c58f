"""Reading traces: every rule of the format has its message, and any input gives a trace or a TraceError."""

import gzip
import re
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cablerep_fw.core.sense.ring import GAP, LIMIT_COUNTS, NO_LOAD
from cablerep_fw.core.settings.settings import CELL_DELAY, CELL_HZ, Settings
from cablerep_sim.errors import TraceError
from cablerep_sim.trace import lines as trace_lines
from cablerep_sim.trace.trace import from_arrays, open_trace

HEAD = "# rate_hz: 200\nt_us,travel,load\n"
GOOD = HEAD + "0,5,7\n5000,6,\n10000,8,9\n"


def trace_file(folder: Path, content: str | bytes, name: str = "x.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def samples(path: Path) -> tuple[list[int], list[int]]:
    travel: list[int] = []
    load: list[int] = []
    for block in open_trace(path).blocks():
        travel += block[0]
        load += block[1]
    return travel, load


def test_travel_counts_from_the_first_row(tmp_path: Path) -> None:
    assert samples(trace_file(tmp_path, GOOD)) == ([0, 1, 3], [7, NO_LOAD, 9])


def test_keys_are_kept_and_defaults_filled_in(tmp_path: Path) -> None:
    trace = open_trace(trace_file(tmp_path, "# device: a: b\n" + GOOD))
    assert trace.meta == {"device": "a: b", "rate_hz": "200"}
    assert (trace.rate_hz, trace.rows, trace.samples, trace.duration_s) == (200, 3, 3, 0.01)
    chosen = Settings()
    trace.configure(chosen)
    assert list(chosen.values)[:4] == [200, 1_000_000, 1_000_000, 0]


def test_calibration_is_exact_to_a_millionth(tmp_path: Path) -> None:
    head = "# um_per_count: -98.1700004\n# mn_per_count: 2.0345678\n# load_zero: -181562\n"
    chosen = Settings()
    open_trace(trace_file(tmp_path, head + GOOD)).configure(chosen)
    assert list(chosen.values)[:4] == [200, -98170000, 2034568, -181562]


def test_rate_and_delay_of_a_slow_cell_become_settings(tmp_path: Path) -> None:
    chosen = Settings()
    open_trace(trace_file(tmp_path, "# cell_hz: 12.5\n# cell_delay_ms: 80\n" + GOOD)).configure(chosen)
    assert (chosen.values[CELL_HZ], chosen.values[CELL_DELAY]) == (12, 80)
    plain = Settings()
    open_trace(trace_file(tmp_path, GOOD)).configure(plain)
    assert (plain.values[CELL_HZ], plain.values[CELL_DELAY]) == (80, 0)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD + "\n\r\n\n",
        GOOD[:-1],
        GOOD[:-1] + "\r",
        GOOD.replace("5000,6,", " 5000, +6 ,\t"),
        GOOD.replace("t_us,travel,load", "t_us, travel, load"),
    ],
    ids=[
        "byte order mark",
        "carriage returns",
        "blank lines at the end",
        "no last newline",
        "half of the last newline",
        "blanks",
        "blanks in names",
    ],
)
def test_changes_that_other_programs_make_are_accepted(tmp_path: Path, content: str) -> None:
    assert samples(trace_file(tmp_path, content)) == ([0, 1, 3], [7, NO_LOAD, 9])
    packed = trace_file(tmp_path, gzip.compress(content.encode()), "x.csv.gz")
    assert samples(packed) == ([0, 1, 3], [7, NO_LOAD, 9])


BAD = {
    "empty": ("", "x.csv: the file is empty"),
    "no header": ("0,0,0\n5000,1,0\n", "x.csv:1: '0,0,0' is neither a comment nor the column names"),
    "comments only": ("# rate_hz: 200\n", "x.csv:2: the line of column names is missing"),
    "no rate": ("t_us,travel,load\n0,0,0\n", "x.csv: no rate_hz"),
    "no rows": (HEAD, "x.csv:3: there are no rows"),
    "rate of zero": (GOOD.replace("200", "0"), "x.csv:1: rate_hz must be a number from 10 to 1000, not '0'"),
    "rate of 1e99": (GOOD.replace("200", "1e99"), "x.csv:1: rate_hz must be a number from 10 to 1000, not '1e99'"),
    "rate below 10": (GOOD.replace("200", "9.99"), "not '9.99'"),
    "rate in words": (GOOD.replace("200", "fast"), "not 'fast'"),
    "rate NaN": (GOOD.replace("200", "nan"), "not 'nan'"),
    "rate missing behind colon": (GOOD.replace("200", ""), "not ''"),
    "rate in other digits": (GOOD.replace("200", "٢٠٠"), "rate_hz must be"),
    "calibration 0": ("# um_per_count: 0\n" + GOOD, "x.csv:1: um_per_count must be"),
    "calibration too small": ("# mn_per_count: 1e-9\n" + GOOD, "x.csv:1: mn_per_count must be"),
    "calibration too large": ("# mn_per_count: 1e999\n" + GOOD, "mn_per_count must be a number from -1000 to 1000"),
    "calibration inf": ("# um_per_count: inf\n" + GOOD, "not 'inf'"),
    "load_zero in words": ("# load_zero: none\n" + GOOD, "load_zero must be a whole number"),
    "load_zero too large": ("# load_zero: 99999999\n" + GOOD, "not '99999999'"),
    "cell_hz in words": ("# cell_hz: fast\n" + GOOD, "x.csv:1: cell_hz must be a number from 1 to 1000, not 'fast'"),
    "cell_hz 0": ("# cell_hz: 0\n" + GOOD, "cell_hz must be a number"),
    "cell_delay_ms below 0": ("# cell_delay_ms: -1\n" + GOOD, "cell_delay_ms must be a number from 0 to 500, not '-1'"),
    "key twice": ("# rate_hz: 100\n" + GOOD, "x.csv:2: rate_hz is given again, after line 1"),
    "comment without key": ("# hello\n" + GOOD, "x.csv:1: the comment '# hello' is not '# key: value'"),
    "comment not UTF-8": (b"# device: \xff\n" + GOOD.encode(), "x.csv:1: byte 0xff is not UTF-8"),
    "columns unknown": (HEAD.replace("load", "force") + "0,0,0\n", "x.csv:2: the columns are 't_us,travel,force'"),
    "column missing": (HEAD.replace(",load", "") + "0,0\n", "x.csv:2: the columns are 't_us,travel'"),
    "words": (GOOD.replace("5000,6,", "5000,six,"), "x.csv:4: travel must be a whole number, not 'six'"),
    "NaN": (GOOD.replace("5000,6,", "5000,6,NaN"), "x.csv:4: load must be a whole number, not 'NaN'"),
    "a point": (GOOD.replace("5000,6,", "5000,6.5,"), "x.csv:4: travel must be a whole number, not '6.5'"),
    "an underscore": (GOOD.replace("5000,6,", "5_000,6,"), "x.csv:4: t_us must be a whole number, not '5_000'"),
    "minus alone": (GOOD.replace("5000,6,", "5000,-,"), "x.csv:4: travel must be a whole number, not '-'"),
    "minus inside": (GOOD.replace("5000,6,", "5000,6-6,"), "x.csv:4: travel must be a whole number, not '6-6'"),
    "short row": (GOOD.replace("5000,6,", "5000,6"), "x.csv:4: the row '5000,6' has 2 fields, not 3"),
    "short row made up by a long one": (HEAD + "0,1\n5000,2,3,4\n", "x.csv:3: the row '0,1' has 2 fields, not 3"),
    "long row": (GOOD.replace("5000,6,", "5000,6,7,8"), "x.csv:4: the row '5000,6,7,8' has 4 fields, not 3"),
    "empty travel": (GOOD.replace("5000,6,", "5000,,7"), "x.csv:4: travel is empty in '5000,,7'"),
    "empty stamp": (GOOD.replace("5000,6,", ",6,7"), "x.csv:4: t_us is empty in ',6,7'"),
    "comment between rows": (GOOD.replace("5000,6,", "# a: b"), "x.csv:4: the row '# a: b' has 1 fields"),
    "empty line between rows": (GOOD.replace("5000,6,", ""), "x.csv:4: an empty line"),
    "empty line in the head": ("\n" + GOOD, "x.csv:1: an empty line"),
    "stamp repeats": (GOOD.replace("10000", "5000"), "x.csv:5: t_us repeats 5000"),
    "stamp goes back": (GOOD.replace("10000", "4000"), "x.csv:5: t_us goes back from 5000 to 4000"),
    "stamp jumps": (
        GOOD.replace("10000", "3600005001"),
        "x.csv:5: t_us jumps from 5000 to 3600005001, more",
    ),
    "stamp beyond 64 bits": (GOOD.replace("10000", "9" * 20), "x.csv:5: t_us must be a whole number, not '999"),
    "travel beyond 32 bits": (GOOD.replace(",8,", ",2147483648,"), "x.csv:5: travel 2147483648 exceeds 32 bits"),
    "travel beyond 64 bits": (GOOD.replace(",8,", "," + "8" * 30 + ","), "it exceeds 32 bits"),
    "first travel beyond 32 bits": (GOOD.replace(",5,", ",-2147483649,"), "x.csv:3: travel -2147483649 exceeds 32"),
    "travel out of the core's range": (
        GOOD.replace(",8,", f",{6 + LIMIT_COUNTS},"),
        f"x.csv:5: travel {6 + LIMIT_COUNTS} is not from {5 - LIMIT_COUNTS} to {5 + LIMIT_COUNTS}",
    ),
    "load beyond 32 bits": (GOOD.replace(",9\n", ",-3000000000\n"), "x.csv:5: load -3000000000 exceeds 32 bits"),
    "load out of the core's range": (
        GOOD.replace(",9\n", ",33554433\n"),
        "x.csv:5: load 33554433 is not from -33554432",
    ),
    "load that stands for none": (GOOD.replace(",9\n", f",{NO_LOAD}\n"), f"x.csv:5: load {NO_LOAD} is not from"),
    "nothing but column names": ("\ufefft_us,travel,load", "x.csv: no rate_hz"),
    "empty lines, then rows": (GOOD + "\n\n15000,1,\n", "x.csv:6: an empty line"),
    "empty lines, then a last row": (GOOD + "\n\n15000,1,", "x.csv:6: an empty line"),
    "an endless row": (GOOD + "1" * 5000, "x.csv:6: a line of over 4096 bytes"),
    "no newline at all": ("x" * 5000, "x.csv:1: a line of over 4096 bytes"),
    "endless comments": (
        "# a: " + "x" * 4000 + "\n" + "".join(f"# a{i}: {'x' * 4000}\n" for i in range(20)),
        "comments",
    ),
    "gzip under another name": (
        gzip.compress(GOOD.encode()),
        "compressed with gzip; name it .csv.gz",
    ),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_an_error_names_line_value_and_cure(tmp_path: Path, content: str | bytes, message: str) -> None:
    path = trace_file(tmp_path, content)
    with pytest.raises(TraceError, match=re.escape(message)) as caught:
        open_trace(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert text.isprintable(), "one line"
    assert ";" in text, "has a cure"


@pytest.mark.parametrize("size", [1, 7, 64])
def test_chunk_size_does_not_matter(tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    messages = {}
    for name, (content, _) in BAD.items():
        with pytest.raises(TraceError) as caught:
            open_trace(trace_file(tmp_path, content))
        messages[name] = str(caught.value)
    monkeypatch.setattr(trace_lines, "_CHUNK", size)
    for name, (content, _) in BAD.items():
        if name == "gzip under another name" and size == 1:
            continue  # one byte does not show it
        with pytest.raises(TraceError) as caught:
            open_trace(trace_file(tmp_path, content))
        assert str(caught.value) == messages[name]
    for content in (GOOD, "\ufeff" + GOOD.replace("\n", "\r\n") + "\r\n\r\n"):
        assert samples(trace_file(tmp_path, content)) == ([0, 1, 3], [7, NO_LOAD, 9])
        packed = trace_file(tmp_path, gzip.compress(content.encode()), "x.csv.gz")
        assert samples(packed) == ([0, 1, 3], [7, NO_LOAD, 9])


def test_an_error_far_down_names_its_line(tmp_path: Path) -> None:
    rows = [f"{5000 * k},{k},\n" for k in range(40_000)]
    rows[39_000] = "195000000,1x,\n"
    with pytest.raises(TraceError, match=r"x\.csv:39003: travel must be a whole number, not '1x'"):
        open_trace(trace_file(tmp_path, HEAD + "".join(rows)))
    rows[39_000] = rows[38_999]
    with pytest.raises(TraceError, match=r"x\.csv:39003: t_us repeats 194995000"):
        open_trace(trace_file(tmp_path, HEAD + "".join(rows)))


def test_files_that_are_not_traces_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="there is no such file"):
        open_trace(tmp_path / "x.csv")
    with pytest.raises(TraceError, match="this is a folder"):
        open_trace(tmp_path)
    with pytest.raises(TraceError, match=r"must end in \.csv or \.csv\.gz"):
        open_trace(trace_file(tmp_path, GOOD, "x.txt"))
    with pytest.raises(TraceError, match="not a regular file"):
        (tmp_path / "null.csv").symlink_to("/dev/null")
        open_trace(tmp_path / "null.csv")
    with pytest.raises(TraceError, match="cannot be read"):
        open_trace("a\0b.csv")


def test_gzip_is_read_in_members_and_damage_is_named(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD.encode())
    halves = gzip.compress(GOOD[:20].encode()) + gzip.compress(GOOD[20:].encode())
    assert samples(trace_file(tmp_path, halves, "x.csv.gz")) == ([0, 1, 3], [7, NO_LOAD, 9])
    for cut in (5, 30, len(packed) - 1):
        with pytest.raises(TraceError, match=r"x\.csv\.gz: the gzip data ends too soon"):
            open_trace(trace_file(tmp_path, packed[:cut], "x.csv.gz"))
    with pytest.raises(TraceError, match=r"x\.csv\.gz: not gzip, or damaged"):
        open_trace(trace_file(tmp_path, GOOD, "x.csv.gz"))
    with pytest.raises(TraceError, match=r"x\.csv\.gz: not gzip, or damaged"):
        open_trace(trace_file(tmp_path, packed[:-6] + b"wrong!", "x.csv.gz"))


def test_a_recording_cut_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    trace = open_trace(trace_file(tmp_path, GOOD[:-2], "x.csv.part"))
    assert trace.rows == 2
    assert trace.notes == (f"{tmp_path}/x.csv.part: this recording is unfinished; it was read as far as it goes",)
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(GOOD[:-2].encode()) + packer.flush(zlib.Z_SYNC_FLUSH)
    assert open_trace(trace_file(tmp_path, packed, "x.csv.gz.part")).rows == 2
    assert open_trace(trace_file(tmp_path, packed + b"\xff\xff", "x.csv.gz.part")).rows == 2


def test_a_decimal_rate_is_interpolated_to_the_nearest_whole_rate(tmp_path: Path) -> None:
    rows = "".join(f"{round(k / 29.97 * 1e6)},{10 * k},\n" for k in range(300))
    trace = open_trace(trace_file(tmp_path, "# rate_hz: 29.97\nt_us,travel,load\n" + rows))
    assert trace.rate_hz == 30
    assert not trace.on_grid
    travel = [value for block in trace.blocks() for value in block[0]]
    assert travel == [pytest.approx(10 * 29.97 / 30 * k, abs=0.51) for k in range(len(travel))]


def test_missing_rows_become_one_gap(tmp_path: Path) -> None:
    path = trace_file(tmp_path, HEAD + "0,0,\n5000,1,\n25100,5,3\n30000,6,\n")
    assert samples(path) == ([0, 1, GAP, 5, 6], [NO_LOAD, NO_LOAD, 3, 3, NO_LOAD])
    assert open_trace(path).samples == 7


def test_memory_does_not_grow_with_the_trace(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        text = HEAD + "".join(f"{5000 * k},{k % 900},{k}\n" for k in range(rows))
        path = trace_file(tmp_path, gzip.compress(text.encode(), 1), "x.csv.gz")
        tracemalloc.start()
        for _ in open_trace(path).blocks():
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(120_000) < 1.3 * peak(30_000)


def test_from_arrays_reads_like_a_file(tmp_path: Path) -> None:
    t_us, travel, load = [0, 5000, 20000], [5, 6, 9], [1, NO_LOAD, 2]
    trace = from_arrays("made up", {"rate_hz": 200, "um_per_count": 98.17}, t_us, travel, load)
    assert [[list(part) for part in block] for block in trace.blocks()] == [[[0, 1, GAP, 4], [1, NO_LOAD, 2, 2]]]
    assert trace.header.um_per_count == 98_170_000


JUNK = st.one_of(
    st.binary(max_size=400),
    st.text(alphabet="0123456789,-\n.e#: \r", max_size=200).map(lambda text: (HEAD + text).encode()),
    st.lists(st.tuples(*[st.integers(-(2**70), 2**70)] * 3), max_size=8).map(
        lambda rows: (HEAD + "".join(f"{t},{x},{f}\n" for t, x, f in rows)).encode()
    ),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=JUNK, name=st.sampled_from(["x.csv", "x.csv.gz", "x.csv.part", "x.csv.gz.part"]), pack=st.booleans())
@example(content=b"\x1f\x8b", name="x.csv.gz", pack=False)
def test_any_bytes_are_a_trace_or_a_trace_error(tmp_path: Path, content: bytes, name: str, pack: bool) -> None:
    path = trace_file(tmp_path, gzip.compress(content) if pack else content, name)
    try:
        trace = open_trace(path)
    except TraceError as error:
        assert str(error).startswith(str(path))
        assert str(error).isprintable()
    else:
        periods = sum(
            force if counts == GAP else 1 for block in trace.blocks() for counts, force in zip(*block, strict=True)
        )
        assert periods <= trace.samples
