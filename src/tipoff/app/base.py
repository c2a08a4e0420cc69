"""What the parts of the facade share: the lake, and how people write days, moments and markets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from inspect import isfunction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tipoff import clock
from tipoff.app.arguments import checked
from tipoff.markets import Markets, checked_market

if TYPE_CHECKING:
    from tipoff.lake import Lake
    from tipoff.models.plugin.protocol import Model

    Models = str | Model | Sequence[str | Model]

Day = date | str | int
"""A league date, or `today`, `tomorrow`, `YYYY-MM-DD` and what else clock.parse_date takes."""
At = datetime | str
"""An aware moment, or ISO 8601 text with a zone."""
Place = str | Path
"""A path."""
Places = Place | Sequence[Place]
Numbers = float | Sequence[float]
Objects = Sequence[object]
Progress = Callable[[str], None]
"""Called with what is being done now, in a few words."""


def silent(_text: str) -> None:
    """Progress nobody watches."""


def day_of(given: Day) -> date:
    """The league date. Raises UsageError for text that is none, for a moment, whose league date
    depends on its zone, and for a day of no league."""
    return clock.parse_date(str(given))


def moment_of(given: At | None) -> datetime | None:
    """The moment in UTC, None for none. Raises UsageError for text that is none, and for a moment
    without a zone."""
    return None if given is None else clock.parse_moment(str(given))


def moment_on(given: At, day: date) -> datetime:
    """The same, and of HH:MM the moment at which it is that late in US Eastern on `day`."""
    return clock.parse_time(str(given), day)


def markets_of(given: Markets) -> list[str]:
    """Market names of one name or alias or several, empty for all. Raises UsageError."""
    names = [given] if isinstance(given, str) else given or ()
    return [checked_market(name) for name in names]


def model_name(model: str | Model) -> str:
    """The name of a model, or of one of your own given as an object, which is then known by it.

    Raises UsageError for an object that is no model, or whose name is another's.
    """
    if isinstance(model, str):
        return model
    from tipoff.plugins import add_plugin

    add_plugin(model)
    return model.name


def model_names(given: Models | None) -> list[str]:
    """The names of models as `model_name`, of one or several; empty for none."""
    several: list[str | Model]
    several = [*given] if isinstance(given, list | tuple) else [] if given is None else [given]  # type: ignore[list-item]  # a Model is no list
    return [model_name(model) for model in several]


class Part:
    """A part of the facade over one lake; `checked` looks at what its methods are passed."""

    def __init_subclass__(cls) -> None:
        for name, member in list(vars(cls).items()):
            if isinstance(member, staticmethod) and not name.startswith("_"):
                setattr(cls, name, staticmethod(checked(member.__func__)))
            elif isfunction(member) and not name.startswith("_"):
                setattr(cls, name, checked(member))

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the lake."""
        self.close()

    def close(self) -> None:
        """Close the lake; nothing can be asked afterwards."""
        self._lake.close()
