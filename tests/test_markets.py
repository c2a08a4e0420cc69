"""A market is one declaration: one more of them is forecast, graded, and changes nothing else."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.forecast.test_contracts import adopt
from tipoff.errors import UsageError
from tipoff.features.catalogue import CATALOGUE, catalogue_of
from tipoff.forecast import current_publication, reconcile, reproduce
from tipoff.grading import grade
from tipoff.lake import Lake
from tipoff.markets import MARKETS, Market, checked_market, counts_sql, parts_of
from tipoff.models import stored_versions

TURNOVERS = Market(
    "giveaways", "giveaways", "tov", 15, (1.0, 2.0, 3.0), 12, 0.045, ("tov", "player_giveaways")
)
KEYS = ["game_id", "player_key", "market", "model"]


@pytest.fixture
def turnovers(monkeypatch: pytest.MonkeyPatch) -> Market:
    """Declared as one more entry of MARKETS would, until the test is over."""
    monkeypatch.setitem(MARKETS, "giveaways", TURNOVERS)
    adopt(monkeypatch, catalogue_of(tuple(MARKETS.values())))
    return TURNOVERS


def rows(lake: Lake, sql: str) -> pl.DataFrame:
    with lake.reading() as r:
        return r.query(sql)


@pytest.mark.long
def test_a_new_market_is_forecast_and_graded_and_every_id_that_was_there_stays(
    published: Lake, slate_day: date, turnovers: Market
) -> None:
    sql = "SELECT * EXCLUDE (run_id, recorded_seq) FROM forecast.current_prediction"
    before = rows(published, sql)
    versions = rows(published, "SELECT model_id FROM models.version")["model_id"].to_list()
    report = reconcile(published, slate_day)
    after = rows(published, sql)
    new = after.filter(pl.col("market") == turnovers.name)
    assert report.publication.kind == "supersede"
    with published.reading() as r:
        current = current_publication(r, slate_day)
    assert current is not None
    assert turnovers.name in current.reason
    assert {"season_mean", "last_5", "ewma_hl8", "old_moving_average"} == set(new["model"])
    assert all(len(pmf) == turnovers.top + 1 for pmf in new["pmf"])
    old = after.filter(pl.col("market") != turnovers.name)
    same = ["prediction_id", "model_id", "mean", "median", "p_over", "edge", *KEYS]
    assert old.select(same).sort(KEYS).equals(before.select(same).sort(KEYS))
    with published.reading() as r:
        assert stored_versions(r, versions).keys() == set(versions)
    assert reconcile(published, slate_day).nothing_to_do
    assert reproduce(published, report.run_id).reproduced

    grade(published, slate_day)
    graded = rows(published, """
      SELECT g.actual, b.tov::DOUBLE AS tov FROM grading.current_grade g
      JOIN league.player_game b USING (game_id, player_key)
      WHERE g.market = 'giveaways' AND g.outcome <> 'void'""")  # fmt: skip
    assert graded.height > 20
    assert graded["actual"].equals(graded["tov"].alias("actual"))


def test_a_new_market_changes_no_definition(turnovers: Market) -> None:
    assert f"{turnovers.name}_avg_last_5" in CATALOGUE.features
    old = catalogue_of([m for m in MARKETS.values() if m is not turnovers])
    assert {n: CATALOGUE.hashes[n] for n in old.hashes} == old.hashes


def test_a_market_is_called_by_its_name_or_any_alias_in_any_case() -> None:
    for text, name in (("PTS", "points"), ("3pm", "threes"), (" Player_Rebounds ", "rebounds"),
                       ("p+r+a", "pra"), ("PRA", "pra"), ("steals", "steals")):  # fmt: skip
        assert checked_market(text) == name
    with pytest.raises(UsageError, match="no market is called 'dunks'"):
        checked_market("dunks")


def test_no_two_markets_share_a_name_or_an_alias() -> None:
    words = [word for m in MARKETS.values() for word in (m.name, *m.aliases)]
    assert len(set(words)) == len(words)
    assert all(m.name == name for name, m in MARKETS.items())


def test_parts_of_a_market_follow_from_what_it_counts() -> None:
    assert parts_of("pra") == ("points", "rebounds", "assists")
    assert parts_of("ra") == ("rebounds", "assists")
    assert parts_of("blocks") == ("blocks",)
    assert parts_of("pa", "threes") == ("points", "assists", "threes")
    assert [m for m, market in MARKETS.items() if market.is_combo] == ["pra", "pr", "pa", "ra"]
    assert [m for m, market in MARKETS.items() if market.counts_points] == [
        "points", "pra", "pr", "pa",
    ]  # fmt: skip
    assert '(pts + reb)::DOUBLE AS "y_pr"' in counts_sql("y_")
