"""What people pass to the facade, looked at in one place before a method runs.

`Part` puts `checked` around every public method: each argument is looked at by its annotation, so
a new method has nothing to do but to be annotated with words of `ACCEPTED`. A value of another
type ends in a UsageError that names the argument, what came and what is accepted. Whether there is
such a market, model or date is for the method to say.
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import math
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from tipoff.errors import TipoffError, UsageError
from tipoff.suggest import did_you_mean, nearest
from tipoff.texts import shortened

P = ParamSpec("P")
R = TypeVar("R")

FRAMES = {"numpy", "pandas", "polars"}
"""Libraries whose numbers, texts and columns are taken as Python's own."""
CAME = 80
"""Characters of a value that an error shows."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """The function, which raises UsageError for arguments it does not accept, and tipoff's own
    errors for those of the disk and of DuckDB."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        bound = _bound(function, args, kwargs)
        for name, given in bound.arguments.items():
            bound.arguments[name] = _accepted(function, name, given)
        with _OwnErrors():
            return function(*bound.args, **bound.kwargs)

    return call


class _OwnErrors(AbstractContextManager[None]):
    """Around a method: what the disk or DuckDB raises becomes tipoff's own error, as the command
    line has it; a bug passes."""

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None
    ) -> None:
        """Raise it."""
        if isinstance(value, Exception) and not isinstance(value, TipoffError):
            from tipoff.lake import translate_error

            if ours := translate_error(value):
                raise ours from value


def _bound(
    function: Callable[..., object], args: tuple[object, ...], kwargs: Mapping[str, object]
) -> inspect.BoundArguments:
    """The arguments by name. Raises UsageError for one too many, missing or unknown."""
    signature = _signature(function)
    try:
        return signature.bind(*args, **kwargs)
    except TypeError as error:
        names = [name for name in signature.parameters if name != "self"]
        unknown = [name for name in kwargs if name not in names]
        ask = did_you_mean(near for name in unknown for near in nearest(name, names))
        step = f"{ask} it takes {', '.join(names) or 'none'}".strip()
        raise UsageError(f"{function.__name__}(): {error}", step) from error


_signature = functools.cache(inspect.signature)


def _accepted(function: Callable[..., object], name: str, given: object) -> object:
    """The value, as Python's own where it came from a library. Raises UsageError."""
    annotation = str(_signature(function).parameters[name].annotation)
    kind = annotation.removesuffix(" | None")
    value = _plain(given)
    if kind not in ACCEPTED or (value is None and annotation.endswith(" | None")):
        return value
    words, is_right = ACCEPTED[kind]
    if not is_right(value):
        came = f"{name} is {shortened(repr(given), CAME)} ({type(given).__name__})"
        raise UsageError(came, f"it may be {words}")
    return value


def _plain(given: object) -> Any:
    """Scalars, arrays and columns of FRAMES as values and lists of Python's own, also in a list."""
    if isinstance(given, list | tuple | set | frozenset):
        return [_plain(one) for one in given]
    if type(given).__module__.partition(".")[0] in FRAMES:
        for name in ("tolist", "to_list"):
            if convert := getattr(given, name, None):
                plain = convert()
                return given if plain is None else plain  # not-a-time is no None
    return given


def _is_text(value: object) -> bool:
    """Not empty, and of characters that a name, a path and a table can hold."""
    return (
        isinstance(value, str) and bool(value.strip()) and "\0" not in value
        and not any("\ud800" <= letter <= "\udfff" for letter in value)
    )  # fmt: skip


def _is_day(value: object) -> bool:
    return _is_text(value) or _is_int(value) or type(value) is dt.date


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number larger than any float
        return False


def _is_path(value: object) -> bool:
    return _is_text(str(value) if isinstance(value, Path) else value)


def _is_model(value: object) -> bool:
    return value is not None and (not isinstance(value, str) or _is_text(value))


def _several(is_one: Callable[[object], bool]) -> Callable[[object], bool]:
    """Whether it is one, or a list of such."""
    return lambda value: all(map(is_one, value)) if isinstance(value, list) else is_one(value)


ACCEPTED: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "Day": ('a date, or text such as "today", "2025-01-10" or "20250110"', _is_day),
    "At": (
        'an aware datetime, or text such as "2025-01-10T23:30:00Z"',
        lambda value: isinstance(value, dt.datetime) or _is_text(value),
    ),
    "str": ("text that is not empty", _is_text),
    "str | int": ("a number or text", lambda value: _is_text(value) or _is_int(value)),
    "Place": ("a path", _is_path),
    "Places": ("a path or a list of paths", _several(_is_path)),
    "Markets": ('a market such as "points", a list of them or None', lambda value: (
        value is None or _several(_is_text)(value)
    )),
    "Models": ("a name, an object of your own, or a list of them", _several(_is_model)),
    "str | Model": ("a name or an object of your own", _is_model),
    "Numbers": ("a number or a list of numbers", _several(_is_number)),
    "bool": ("True or False", lambda value: isinstance(value, bool)),
    "int": ("a whole number", _is_int),
    "float": ("a number", _is_number),
    "Progress": ("a function that takes a text", callable),
    "Steps": ("a function that takes two numbers and a text", callable),
    "BacktestBoard": ("what backtest_board answers", lambda value: hasattr(value, "ROWS")),
    "Objects": ("a list of plug-ins", lambda value: isinstance(value, list)),
}  # fmt: skip
"""Annotation, without `| None` -> what is accepted, in words, and whether a value is."""
