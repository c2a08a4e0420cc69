"""Whatever is passed to a method of the facade: it is taken, or a UsageError says what is wrong."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tipoff
from tipoff.app.arguments import ACCEPTED
from tipoff.app.backtests import FinishedBacktest
from tipoff.errors import UsageError
from tools.facade import methods

PLAIN = "2024-12-17"
NEVER = (
    object(), {"a": 1}, b"points", 1j, float("nan"), [object()], [None], np.datetime64("NaT"),
    pd.NaT, pl.DataFrame(),
)  # fmt: skip
"""Right for no argument at all."""
WRONG = {
    "Day": ("", True, 20241301, "2024-13-01", np.datetime64("2024-12-17T00:00", "ns"),
            pd.Timestamp(PLAIN), pd.Timestamp(PLAIN, tz="UTC"), [PLAIN]),
    "At": ("", 0, date(2024, 12, 17), pd.Timestamp(PLAIN)),
    "str": ("", 0, "\0", "\ud800", ["points"]), "str | int": ("", 0.5), "Place": ("", 0, "\0"),
    "bool": (1, "yes"), "int": (True, "1", 1.0), "float": (True, "0.02", 10**400, [0.02]),
    "Numbers": ("9.5", ["9.5"], float("inf")), "Markets": (0, [["points"]], "", "pionts"),
    "Progress": ("say", 0), "Steps": ("say", 0), "Objects": ("Ridge", 0),
}  # fmt: skip
"""Annotation -> what is wrong beside that."""


ARGUMENTS = [
    (".".join(names), argument)
    for names, method in (*methods(), (("open",), tipoff.open), (("demo",), tipoff.demo))
    for argument in inspect.signature(method).parameters.values()
    if argument.name != "self"
]


def _called(t: tipoff.Tipoff, name: str) -> Callable[..., object]:
    held: Any = tipoff if name in {"open", "demo"} else t
    for part in name.split("."):
        held = getattr(held, part)
    return held  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def t(published_lake: Path) -> Iterator[tipoff.Tipoff]:
    with tipoff.open(published_lake) as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "argument"), ARGUMENTS, ids=[f"{name}-{a.name}" for name, a in ARGUMENTS]
)
def test_a_wrong_value_of_any_argument_is_a_usage_error(
    t: tipoff.Tipoff, name: str, argument: inspect.Parameter, slate_day: date
) -> None:
    kind = argument.annotation.removesuffix(" | None")
    none = () if argument.annotation.endswith("| None") or kind == "Markets" else (None,)
    others = {
        other.name: str(slate_day) if other.annotation == "Day" else "none-such"
        for called, other in ARGUMENTS
        if called == name
        and other.name != argument.name
        and (other.annotation == "Day" or other.default is other.empty)
    }
    for value in (*NEVER, *WRONG.get(kind, ()), *none):
        with pytest.raises(UsageError):
            _called(t, name)(**{**others, argument.name: value})


def test_every_argument_is_annotated_with_a_word_that_is_looked_at() -> None:
    kinds = {argument.annotation.removesuffix(" | None") for _, argument in ARGUMENTS}
    scoreboard = inspect.signature(FinishedBacktest.scoreboard).parameters.values()
    kinds |= {argument.annotation for argument in scoreboard if argument.name != "self"}
    assert kinds == set(ACCEPTED)


def test_the_error_names_the_argument_what_came_and_what_is_accepted(t: tipoff.Tipoff) -> None:
    with pytest.raises(UsageError, match=r"min_ev .*'0\.02'") as refused:
        t.bets(min_ev="0.02")  # type: ignore[arg-type]
    assert "number" in refused.value.next_step
    with pytest.raises(UsageError, match="market") as misnamed:
        t.slate(PLAIN, market="points")  # type: ignore[call-arg]
    assert "markets" in misnamed.value.next_step
    with pytest.raises(UsageError, match="name"):
        t.player()  # type: ignore[call-arg]


def test_one_value_a_list_and_values_of_libraries_are_taken_alike(
    t: tipoff.Tipoff, slate_day: date
) -> None:
    slate, number = t.slate(slate_day, markets="points"), int(f"{slate_day:%Y%m%d}")
    days: list[Any] = [str(slate_day), number, np.int64(number), np.datetime64(slate_day)]
    texts = ["pts", "points"]
    several: list[Any] = [*texts, texts, tuple(texts), np.array(texts), pl.Series(texts),
                          pd.Series(texts), np.str_("pts"), {"points"}]  # fmt: skip
    assert [t.slate(day, markets="points") for day in days] == [slate] * len(days)
    assert [t.slate(slate_day, markets=m) for m in several] == [slate] * len(several)
    player = slate.predictions[0].player
    lines: list[Any] = [4.5, [4.5], np.float64(4.5), np.array([4.5]), pd.Series([4.5])]
    priced = t.price(player, slate_day, line=4.5)
    assert [t.price(player, slate_day, line=line) for line in lines] == [priced] * len(lines)


def test_what_the_disk_refuses_is_an_error_of_tipoff(tmp_path: Path) -> None:
    with pytest.raises(tipoff.Transient):
        tipoff.Tipoff.simulate(tmp_path / ("x" * 300), teams=4, games=4)
