"""A feature that reads tonight's result, planted in the catalogue and in what a model reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from tests.forecast.test_contracts import adopt
from tipoff.features.catalogue import CATALOGUE, Catalogue
from tipoff.features.definition import Family, Feature, Relation
from tipoff.features.relations import BOX
from tipoff.features.sets import SETS
from tipoff.grading.backtest import backtest, board, make_plan
from tipoff.lake import Lake
from tipoff.results.backtest import BacktestBoard

TONIGHT = "tonight_result"
SOURCES = {
    "the box scores a build has made": f"FROM {BOX}",
    "the stored facts, whatever is known of them": "FROM league.player_game",
}
"""Where a careless feature may find the result; every build sees the second."""
RESULTS = {"points": "pts", "minutes": "minutes"}


FEATURE = Feature(TONIGHT, "planted.result", "points", 0, 100, "player history", False, "v9_99")
ATTACH = """LEFT JOIN {table} planted
          ON planted.game_id = s.game_id AND planted.player_key = s.player_key"""


def leaking(source: str, result: str = "pts") -> dict[str, Relation]:
    """The relations and one more: this result of the very game."""
    sql = f"SELECT game_id, player_key, max({result}) AS result {source} GROUP BY ALL"
    return {**CATALOGUE.relations, "fx_planted": Relation("fx_planted", sql)}


def with_leak(source: str, result: str = "pts") -> Catalogue:
    """The catalogue with one more feature, in a family of its own."""
    family = Family("planted", (FEATURE,), relation="fx_planted", attach=ATTACH)
    return Catalogue((*CATALOGUE.families, family), leaking(source, result))


def with_leak_in(owner: str, source: str) -> Catalogue:
    """The catalogue with the feature in a family that is there, beside its honest ones."""

    def joined(family: Family) -> Family:
        return replace(
            family, columns=(*family.columns, FEATURE),
            attach=f"{family.attach} {ATTACH.format(table='fx_planted')}",
        )  # fmt: skip

    families = [joined(f) if f.name == owner else f for f in CATALOGUE.families]
    return Catalogue(families, leaking(source))


def a_day_on(text: str) -> str:
    """SQL whose rows know what became known until a day after their moment."""
    for spine in "sw":
        text = text.replace(
            f"known_at <= {spine}.row_as_of", f"known_at <= {spine}.row_as_of + INTERVAL 1 DAY"
        )
    return text


def with_late_games(relation: str = "") -> Catalogue:
    """The catalogue in which this relation, or every family's newest known game, looks a day on."""
    families, relations = CATALOGUE.families, dict(CATALOGUE.relations)
    if relation:
        honest = relations[relation]
        relations[relation] = replace(honest, sql=a_day_on(honest.sql))
    else:
        families = [replace(f, locate=a_day_on(f.locate)) for f in families]
    return Catalogue(families, relations)


def plant(
    monkeypatch: pytest.MonkeyPatch, source: str, result: str = "pts", into: str = "v2_33"
) -> None:
    """Let every build make the feature and every model of that set read it, until the test is
    over."""
    adopt(monkeypatch, with_leak(source, result))
    monkeypatch.setitem(SETS, into, (*SETS[into], TONIGHT))


@dataclass(frozen=True)
class Span:
    """A lake and the dates of a backtest on it."""

    lake: Path
    start: date
    end: date

    def judged(self, folder: Path, models: Sequence[str]) -> BacktestBoard:
        """The board of a backtest of these models on points, refitted monthly."""
        plan = make_plan(self.start, self.end, ["points"], models, "monthly")
        with Lake.open(self.lake) as lake:
            done = backtest(lake, plan, folder / "out.parquet", folder / "work")
            return board(lake, Path(done.out))


def accused(board: BacktestBoard, model: str) -> list[str]:
    """What the board says of a model that is too good."""
    words = "a leak until proven otherwise"
    return [t for t in board.warnings if words in t and t.startswith(f"{model} points: too good")]
