"""Frames: what changed, what grew, and what a viewer that missed some receives."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cablerep.web.channel import FRAMES_MAX, Channel

VALUES = st.fixed_dictionaries(
    {"count": st.integers(0, 3), "curve": st.lists(st.integers(0, 1), max_size=4), "name": st.sampled_from("ab")}
)


def applied(view: dict[str, Any], messages: list[str]) -> dict[str, Any]:
    """Return what a page shows after these messages."""
    for message in map(json.loads, messages):
        view = message["all"] if "all" in message else {**view, **message["set"]}
        for name, tail in message.get("add", {}).items():
            view = {**view, name: [*view[name], *tail]}
    return view


@given(st.lists(VALUES, min_size=1, max_size=2 * FRAMES_MAX), st.data())
def test_every_viewer_ends_with_the_newest_values(states: list[dict[str, Any]], data: st.DataObject) -> None:
    channel = Channel()
    kept: dict[int, dict[str, Any]] = {}
    for state in states:
        channel.publish(state)
        kept[channel.number] = state
    number = data.draw(st.sampled_from([-1, *kept]))
    messages = channel.after(number)
    assert applied(kept.get(number, {}), messages) == states[-1]
    missed = channel.number - number
    assert len(messages) == (missed if number >= 0 and missed <= FRAMES_MAX else 1)


def test_nothing_changed_is_no_frame_and_a_list_sends_its_tail() -> None:
    channel = Channel()
    assert channel.publish({"curve": [1, 2], "count": 1})
    assert not channel.publish({"curve": [1, 2], "count": 1})
    assert channel.publish({"curve": [1, 2, 3], "count": 1})
    assert json.loads(channel.after(1)[0]) == {"n": 2, "set": {}, "add": {"curve": [3]}}
    assert channel.publish({"curve": [1], "count": 1})
    assert json.loads(channel.after(2)[0]) == {"n": 3, "set": {"curve": [1]}}
