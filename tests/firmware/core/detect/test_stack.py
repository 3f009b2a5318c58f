"""Where the stack is, and that it is learnt again when it moves."""

from cablerep_fw.core.detect.stack import Stack

MM = 1000
S = 3200  # instants in a second


def stack() -> Stack:
    made = Stack(1 * S, 12 * S)
    made.begin(100 * MM)
    return made


def rest(made: Stack, position_mm: float, seconds: float, *, slack: bool | None = None) -> Stack:
    """Rest at a position; `slack` is what a trusted load cell shows, None without one."""
    for tick in range(round(seconds * 100) + 1):
        made.rest(tick * S // 100, round(position_mm * MM), bool(slack), slack is not None)
    return made


def test_until_it_is_known_the_lowest_rest_stands_in() -> None:
    made = rest(stack(), 40, 0.1)
    assert (made.x, made.known) == (40 * MM, False)
    assert rest(made, 60, 5).x == 40 * MM


def test_without_a_cell_it_is_learnt_from_long_rests() -> None:
    made = rest(stack(), 300, 11.9)
    assert (made.x, made.known) == (100 * MM, False)
    made = rest(stack(), 300, 12)
    assert (made.x, made.known) == (300 * MM, True)


def test_once_known_a_lower_rest_of_a_second_is_the_stack() -> None:
    made = rest(stack(), 300, 12)
    assert rest(made, 50, 0.9).x == 300 * MM
    assert rest(made, 50, 1).x == 50 * MM


def test_with_a_cell_it_is_learnt_from_rests_with_a_slack_cable() -> None:
    made = rest(stack(), 553, 0.9, slack=True)
    assert not made.known
    made = rest(stack(), 553, 1, slack=True)
    assert (made.x, made.known) == (553 * MM, True)
    assert rest(made, 700, 60, slack=False).x == 553 * MM, "under tension it is a stance"
    assert rest(made, 560, 1, slack=True).x == 560 * MM


def test_a_cell_that_never_shows_slack_does_not_prevent_learning() -> None:
    """The handle hangs from the cell: the force never falls below the threshold of slack."""
    assert rest(stack(), 300, 12, slack=False).known


def test_it_follows_a_wheel_that_slips() -> None:
    for slack in (True, None):
        made = stack()
        for number in range(300):
            rest(made, 100 + number, 12 if slack is None else 1.5, slack=slack)
        assert made.x == 399 * MM


def test_a_move_is_reported_once() -> None:
    made = stack()
    assert made.rest(12 * S, 50 * MM, False, False)
    assert not made.rest(12 * S + 1, 50 * MM, False, False)
