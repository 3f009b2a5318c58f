"""Dialogs above the screen, while the set continues below: a note, the choice of a profile, the help."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ..exercise.profile import Profile
from ..people.edits import MAX_NOTE


class TextDialog(ModalScreen[str | None]):
    """Asks for a line of text; returns it, None if it was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, title: str, hint: str, max_length: int = MAX_NOTE) -> None:
        super().__init__()
        self._title, self._hint, self._max_length = title, hint, max_length

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = "Enter saves, Esc cancels"
            yield Input(placeholder=self._hint, max_length=self._max_length)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())


class ChoiceDialog(ModalScreen[int | None]):
    """Asks for one of some lines; returns its index, None if it was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, title: str, choices: Sequence[str]) -> None:
        super().__init__()
        self._title, self._choices = title, choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = "Enter selects, Esc cancels"
            yield OptionList(*(Option(Content(text), id=str(index)) for index, text in enumerate(self._choices)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)


class ProfileDialog(ModalScreen[Profile | None]):
    """Asks for one of the profiles; returns it, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, profiles: Sequence[Profile]) -> None:
        super().__init__()
        self.profiles = profiles

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "profile"
            dialog.border_subtitle = "Enter selects, Esc cancels"
            yield OptionList(
                *(
                    Option(
                        Content.assemble((profile.name, "bold"), (f"  {profile.tempo}", "$faint")),
                        id=str(index),
                    )
                    for index, profile in enumerate(self.profiles)
                )
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.profiles[event.option_index])


class HelpDialog(ModalScreen[None]):
    """Lists the keys and explains the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q,space,enter", "dismiss(None)", "Close")]

    def __init__(self, keys: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.keys = list(keys)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "help"
            dialog.border_subtitle = "Esc closes"
            lines = [Content.assemble((f"{key:>3}  ", "bold $warning"), text) for key, text in self.keys]
            lines += [Content(""), *(Content.styled(line, "$faint") for line in _READING)]
            yield Static(Content("\n").join(lines))


_READING = (
    "▲ lift, ■ hold, ▼ lower. The hold clock is full when the hold is long enough.",
    "The guide ▼ moves at the profile's tempo and waits for you at the end of each phase.",
    "The band shows how fast to lower. ! marks what to improve in a rep, ✓ a good one.",
)
