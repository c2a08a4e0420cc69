"""The record: which sets count, the same rows for every comparison, and labels that stay on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.grading.conftest import DAY, add, forecast, publish
from tipoff import clock
from tipoff.errors import UsageError
from tipoff.grading import grade, scoreboard
from tipoff.grading.entries import TOO_GOOD
from tipoff.grading.tiers import labels, with_tiers
from tipoff.lake import Lake
from tipoff.results.grading import Entry, Estimate, Scoreboard

PLAYERS = [f"p{i}" for i in range(6)]
_NIGHTS = count()


@dataclass(frozen=True)
class Night:
    """A date of its own in a lake the tests share: opening a lake costs more than a test."""

    lake: Lake
    day: date

    @property
    def first(self) -> datetime:
        """Tip-off of game E."""
        return clock.eastern(self.day, 19)

    @property
    def second(self) -> datetime:
        """Tip-off of game L."""
        return self.first + timedelta(hours=3)

    def game(self, name: str, shift: int = 0) -> str:
        """Id of game E or L, `shift` days later."""
        return f"{name}{self.day + timedelta(days=shift)}"

    def play(self, points: Sequence[int], shift: int = 0) -> None:
        """Two final games, with whole box scores of their home teams."""
        rows, games, day = [], [], self.day + timedelta(days=shift)
        for name, start in (("E", self.first), ("L", self.second)):
            game, tip = self.game(name, shift), start + timedelta(days=shift)
            games.append({"game_id": game, "nba_game_id": game, "display_id": game,
                          "game_date": day, "home": f"A{name}", "away": f"B{name}",
                          "status": "final", "home_pts": 100, "away_pts": 99, "tipoff": tip,
                          "result_known_at": tip + timedelta(hours=3)})  # fmt: skip
            for player, pts in zip(PLAYERS, points, strict=True):
                rows.append({"game_id": game, "player_key": f"{player}{name}", "game_date": day,
                             "team": f"A{name}", "opponent": f"B{name}", "minutes": 40.0,
                             "pts": pts, "reb": 1, "ast": 1, "stl": 1, "blk": 1,
                             "fg3m": 1})  # fmt: skip
        add(self.lake, pl.DataFrame(games), pl.DataFrame(rows))

    def picks(
        self, mean: float, game: str = "E", shift: int = 0, **more: Any
    ) -> list[dict[str, Any]]:
        """A forecast for each of the six players of one game."""
        tip = (self.first if game == "E" else self.second) + timedelta(days=shift)
        as_of = self.first + timedelta(days=shift) - timedelta(hours=1)
        base = {"mean": mean, "game_id": self.game(game, shift), "team": f"A{game}",
                "tipoff": tip, "as_of": as_of} | more  # fmt: skip
        return [forecast(player_key=f"{p}{game}", **base) for p in PLAYERS]

    def publish(self, rows: Sequence[Any], shift: int = 0, **more: Any) -> None:
        """Publish a set for the night (or `shift` days later)."""
        publish(self.lake, rows, day=self.day + timedelta(days=shift), **more)

    def grade(self, shift: int = 0) -> None:
        """Grade the night."""
        grade(self.lake, self.day + timedelta(days=shift))

    def board(self, *narrow: Any, **more: Any) -> Scoreboard:
        """The scoreboard of this night alone."""
        return scoreboard(self.lake, self.day, self.day, *narrow, **more)


@pytest.fixture(scope="module")
def shared_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake.open(tmp_path_factory.mktemp("board") / "lake", create=True) as lake:
        yield lake


@pytest.fixture
def night(shared_lake: Lake) -> Night:
    return Night(shared_lake, DAY + timedelta(days=100 * next(_NIGHTS)))


def entry(board: Scoreboard, model: str = "catboost_v9") -> Entry:
    return next(e for e in board.entries if e.model == model)


def known(estimate: Estimate | None) -> Estimate:
    """An estimate that must be there."""
    assert estimate is not None
    return estimate


def mean_forecast(board: Scoreboard) -> float:
    """The mean the counted set was made with, told from its bias: every actual is 20."""
    return known(board.entries[0].metrics.mean_bias).value + 20.0


def test_the_live_record_counts_the_last_set_before_each_games_own_tip_off(
    night: Night,
) -> None:
    night.play([20] * 6)
    for mean, hours in ((10.0, -2), (15.0, -1), (25.0, 1), (30.0, 4)):
        at = night.first + timedelta(hours=hours)  # E starts at 0, L at 3
        night.publish(night.picks(mean) + night.picks(mean, "L"), at=at)
    night.grade()
    live, back = (night.board(record=r) for r in ("live", "backfill"))
    assert entry(live).counts["graded"] == entry(back).counts["graded"] == 12
    assert mean_forecast(live) == pytest.approx((15 + 25) / 2)  # E from set 2, L from set 3
    assert mean_forecast(back) == pytest.approx(30)


def test_a_set_made_after_the_game_never_enters_the_live_record(night: Night) -> None:
    night.play([20] * 6)
    night.publish(night.picks(20.0), at=night.first + timedelta(days=3))
    night.grade()
    assert night.board().entries == ()
    assert entry(night.board(record="backfill")).counts["graded"] == 6


def test_a_set_withdrawn_before_tip_off_takes_its_predictions_out_of_the_record(
    night: Night,
) -> None:
    night.play([20] * 6)
    night.publish(night.picks(20.0) + night.picks(20.0, "L"), at=night.first - timedelta(hours=2))
    night.publish(night.picks(20.0, "L"), at=night.first - timedelta(hours=1))
    night.grade()
    assert entry(night.board()).counts["predictions"] == 6
    assert night.board(record="backfill").entries == ()


def test_a_forecast_with_an_as_of_after_tip_off_is_no_live_one_whenever_committed(
    night: Night,
) -> None:
    night.play([20] * 6)
    peeked = night.picks(20.0, as_of=night.first + timedelta(minutes=1))
    night.publish(peeked + night.picks(20.0, "L"), at=night.first - timedelta(hours=1))
    night.grade()
    live, back = (night.board(record=r) for r in ("live", "backfill"))
    assert entry(live).counts["predictions"] == entry(back).counts["predictions"] == 6


def test_entries_stand_in_the_order_of_their_names(night: Night) -> None:
    night.play([20] * 6)
    many = night.picks(20.0, model="b") + night.picks(20.0, "L", model="b")
    night.publish(many + night.picks(20.0, model="a"), at=night.first - timedelta(hours=2))
    night.grade()
    assert [(e.model, e.counts["graded"]) for e in night.board().entries] == [("a", 6), ("b", 12)]


def test_models_are_compared_on_the_rows_both_have(night: Night) -> None:
    night.play([10, 14, 18, 22, 26, 30])
    line = night.picks(24.0, model="line")[:3]
    wide = night.picks(21.0, model="ewma_hl8")
    night.publish(night.picks(20.0) + line + wide, at=night.first - timedelta(hours=1))
    night.grade()
    against = entry(night.board()).against
    assert (against["line"].n, against["ewma_hl8"].n) == (3, 6)
    own, other = night.picks(20.0)[0]["median"], line[0]["median"]
    by_hand = [np.mean([abs(m - y) for y in (10, 14, 18)]) for m in (own, other)]
    figure = against["line"].mae
    assert figure is not None
    assert [figure.own, figure.reference] == pytest.approx(by_hand)
    assert figure.difference.value == pytest.approx(by_hand[0] - by_hand[1])
    narrowed = night.board(["points"], "catboost_v9")
    assert [e.model for e in narrowed.entries] == ["catboost_v9"]
    assert narrowed.entries[0].against == against
    assert night.board(["assists"]).entries == ()


def test_edge_tiers_carry_the_hit_rate_and_the_break_even_of_the_prices_taken_if_any(
    night: Night,
) -> None:
    night.play([10, 14, 18, 22, 26, 30])
    priced = night.picks(28.0, line=24.5, over_price=-120.0, under_price=100.0)
    pickem = night.picks(28.0, line=24.5, model="pickem")
    night.publish(priced + pickem, at=night.first - timedelta(hours=1))
    night.grade()
    board = night.board()
    (tier,), (bare,) = entry(board).edge_tiers, entry(board, "pickem").edge_tiers
    assert tier.tier == "2 to 3"
    assert known(tier.hit_rate).n == 6
    assert known(tier.hit_rate).value == pytest.approx(2 / 6)
    assert known(tier.break_even).value == pytest.approx(120 / 220)
    assert known(tier.roi).value == pytest.approx((2 * 100 / 120 - 4) / 6)
    assert (bare.roi, bare.break_even, bare.priced_hit_rate) == (None, None, None)
    assert known(bare.hit_rate).n == 6


def test_void_push_pending_and_refused_are_counted_and_in_no_metric(night: Night) -> None:
    night.play([24, 24, 24, 30, 30, 30])
    nobody = forecast(player_key="nobody", game_id=night.game("E"), team="AE", tipoff=night.first)
    unknown = forecast(game_id="no such game", tipoff=night.first)
    refused = [
        {"game_id": night.game("E"), "market": "points", "model": "catboost_v9", "reason": "out"}
    ] * 2
    night.publish([*night.picks(28.0, line=24.0), nobody, unknown],
            at=night.first - timedelta(hours=2), refused=refused)  # fmt: skip
    night.grade()
    board = night.board()
    own = entry(board)
    expected = {"predictions": 8, "graded": 6, "hit": 3, "miss": 0, "push": 3, "no_pick": 0,
                "void": 1, "pending": 1, "refused": 2}  # fmt: skip
    assert own.counts == expected
    assert board.refused == {"out": 2}
    assert (known(own.metrics.mae).n, known(own.metrics.brier).n) == (6, 3)
    assert own.metrics.hit_rate == Estimate(n=3, slates=1, value=1.0, low=None, high=None)


def test_a_points_error_that_is_too_good_is_called_a_probable_leak(night: Night) -> None:
    night.play([20] * 6)
    honest = night.picks(20.0 + TOO_GOOD + 3, model="ewma_hl8")
    small = night.picks(4.0, market="assists", line=4.5)
    night.publish(night.picks(20.0) + honest + small, at=night.first - timedelta(hours=1))
    night.grade()
    board = night.board()
    warned = {(e.model, e.market): e.warning for e in board.entries}
    assert "probable leak" in str(warned["catboost_v9", "points"])
    assert warned["ewma_hl8", "points"] is None
    assert warned["catboost_v9", "assists"] is None


def test_several_slates_give_intervals_and_months(night: Night) -> None:
    shifts = (0, 15, 30)
    for shift in shifts:
        night.play([18 + shift // 3] * 6, shift)
        at = night.first + timedelta(days=shift, hours=-1)
        night.publish(night.picks(20.0, shift=shift), at=at, shift=shift)
        night.grade(shift)
    first, middle, last = (night.day + timedelta(days=shift) for shift in shifts)
    board = scoreboard(night.lake, first, last)
    own = entry(board)
    mae = known(own.metrics.mae)
    assert (board.slates, mae.slates) == (3, 3)
    assert mae.low is not None
    assert mae.low < mae.value
    months = Counter(f"{day:%Y-%m}" for day in (first, middle, last))
    assert {m.tier: m.rows for m in own.months} == {m: 6 * n for m, n in months.items()}
    assert json.loads(board.to_json())["record"] == "live"
    assert scoreboard(night.lake, middle, middle).slates == 1


def test_a_span_that_ends_before_it_starts_is_refused(night: Night) -> None:
    with pytest.raises(UsageError, match="swap"):
        scoreboard(night.lake, DAY, DAY - timedelta(days=1))


def test_tiers_never_look_at_the_outcome() -> None:
    # Incident 9: grouped by the actual, the best calibrated model "under-predicts stars".
    rows = pl.DataFrame({"market": ["points", "points", "threes"], "line": [9.5, 25.0, None],
                         "edge": [-2.0, 0.4, None], "slate": [DAY] * 3})  # fmt: skip
    tiered = with_tiers(rows)
    assert tiered["line_tier"].to_list() == ["under 10", "25+", "no line"]
    assert tiered["edge_tier"].to_list() == ["2 to 3", "under 1", None]
    blind = with_tiers(rows.with_columns(actual=pl.lit(99.0), outcome=pl.lit("hit")))
    assert blind.select(tiered.columns).equals(tiered)
    assert labels((1.0, 2.0)) == ["under 1", "1 to 2", "2+"]
