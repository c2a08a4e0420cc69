"""A console that shows text as it is: what a name or a reason holds can neither colour nor act."""

from __future__ import annotations

import os
from typing import Any

from rich.console import Console
from rich.progress import TextColumn
from rich.text import Text

from tipoff.cli.columns import wrapped
from tipoff.texts import printable


class PlainConsole(Console):
    """Rich without markup and emoji codes, whose text holds nothing a terminal would act on."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, soft_wrap=True, markup=False, emoji=False, highlight=False)

    def print(self, *objects: Any, **options: Any) -> None:
        """Texts, wrapped where somebody looks at them: in a pipe a sentence stays one line."""
        # A width is known of a terminal, and of a pipe for which somebody asks for one.
        if self.is_terminal or "COLUMNS" in os.environ:
            width = self.width
            objects = tuple(
                wrapped(printable(o), width) if isinstance(o, str) else o for o in objects
            )
        super().print(*objects, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """Every text on its way to the terminal, those in tables included."""
        return super().render_str(printable(text), **options)

    def headline(self, head: str, rest: str = "") -> None:
        """A line whose beginning is bold."""
        self.print(Text.assemble((printable(head), "bold"), printable(rest)))


def plain(text: str) -> Text:
    """A text for the spinner, which would read a bare string as markup."""
    return Text(printable(text))


class PlainColumn(TextColumn):
    """The description of a progress bar, as it is."""

    def __init__(self) -> None:
        super().__init__("{task.description}", markup=False)
