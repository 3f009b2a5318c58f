"""The count panel: large digits, and details in its frame."""

from live_stage import Stage

from cablerep.live.block_letters import block_lines
from cablerep.live.count import Count, load_text
from cablerep.model.screen import LiveModel
from cablerep.model.screen_events import PlateFound


def drawn(model: LiveModel, width: int = 22, height: int = 7) -> tuple[list[str], Count]:
    part = Count()
    return part.draw(model, width, height).plain.splitlines(), part


def test_full_reps_fill_the_panel() -> None:
    stage = Stage()
    stage.begin()
    for number in range(1, 13):
        stage.rep(seq=number, rep=number, start=100 * number)
    lines, part = drawn(stage.model)
    assert lines == block_lines("12", 2, 2)
    assert part.border_title == "reps · set 1"
    assert part.border_subtitle == "20.5 kg", "201 N of mean force"
    stage.rep(seq=20, kind=2, start=9000)
    lines, part = drawn(stage.model)
    assert lines == block_lines("12", 2, 2), "a partial rep is not counted"
    assert part.border_subtitle == "+ 1 partial · 20.5 kg"


def test_a_finished_set_is_called_the_last_set() -> None:
    stage = Stage()
    stage.begin()
    stage.hear(stage.board.rep(), stage.board.set())
    assert drawn(stage.model)[1].border_title == "reps · last set 1"


def test_count_before_the_first_set() -> None:
    lines, part = drawn(LiveModel())
    assert [line.strip() for line in lines] == [line.strip() for line in block_lines("0", 2, 2)]
    assert (part.border_title, part.border_subtitle) == ("reps · no set yet", "")


def test_three_digits_fit() -> None:
    model = LiveModel()
    stage = Stage()
    stage.begin()
    for number in range(1, 101):
        model = stage.rep(seq=number, rep=number, start=100 * number)
    assert max(map(len, drawn(model)[0])) <= 22


def test_the_plate_is_shown_beside_the_load() -> None:
    stage = Stage()
    stage.begin()
    stage.hear(stage.board.rep(), stage.board.set())
    stage.model.apply(PlateFound("plate 4"))
    assert load_text(stage.model) == "18.6 kg · plate 4"
    stage.hear(stage.board.rep(seq=3, set=2))
    assert load_text(stage.model) == "20.5 kg", "a rep's mean is not the weight"
