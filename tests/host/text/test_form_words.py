"""Words of form flags."""

from cablerep.text import form_words
from cablerep_fw.core.link import wire


def test_every_flag_of_the_board_has_words_and_an_unknown_one_its_own_name() -> None:
    for flag in wire.FLAGS:
        name = flag.replace(" ", "_")
        assert len(form_words.short(name)) <= 10, "it stands in a column of a twelfth of the page"
    assert (form_words.short("hold_short"), form_words.short("left_late")) == ("hold short", "left late")
