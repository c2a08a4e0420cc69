"""run is reconcile: complete, idempotent, superseding, never narrowing."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest

from tests.builds import build_of
from tests.simulated import slate_dates
from tipoff import clock
from tipoff.errors import IntegrityError, NotFound, PublicationConflict, UsageError
from tipoff.features import load_snapshot
from tipoff.forecast import current_publication, find_slate, reconcile, slate_view
from tipoff.forecast.build import build_set, wanted_set
from tipoff.forecast.publish import RunSet, publish
from tipoff.forecast.reconciliation import _withdrawn
from tipoff.lake import Lake
from tipoff.models import ensure_baselines, retire
from tipoff.settings import settings

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/schema/slate.schema.json").read_text(encoding="utf-8")
)


def view(lake: Lake, day: date) -> dict[str, object]:
    with lake.reading() as r:
        return slate_view(r, day).to_dict()


def correct_a_box_score(lake: Lake, before: date) -> None:
    """Store a newer row of the latest box score before a date, with two more points."""
    with lake.reading() as r:
        row = r.query(
            "SELECT * EXCLUDE (recorded_seq) FROM league.player_game WHERE game_date < $day"
            " AND minutes > 25 ORDER BY tipoff DESC, player_key, recorded_seq DESC LIMIT 1",
            {"day": before},
        )
    newer = row.with_columns(pl.col("pts") + 2, pl.col("ftm") + 2, fact_id=pl.lit("corrected"))
    lake.write(lambda w: w.append("league.player_game", newer))


def test_the_json_of_a_slate_is_what_its_schema_says(published: Lake, slate_day: date) -> None:
    shown = json.loads(json.dumps(view(published, slate_day)))
    jsonschema.validate(shown, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert shown["simulated"] is True
    assert shown["backfill"] is True
    assert shown["predictions"]


def test_every_expected_triple_is_predicted_or_refused_once(
    published: Lake, slate_day: date
) -> None:
    shown = view(published, slate_day)
    refused = shown["refused"]
    assert isinstance(refused, dict)
    assert shown["expected"] == shown["predicted"] + sum(refused.values())  # type: ignore[operator]
    with published.reading() as r:
        ends = r.rows(
            """SELECT count(*), count(DISTINCT (game_id, player_key, market, model)) FROM (
                 SELECT game_id, player_key, market, model FROM forecast.prediction
                 UNION ALL SELECT game_id, player_key, market, model FROM forecast.refusal)"""
        )
    assert ends == [(shown["expected"], shown["expected"])]


def test_running_again_has_nothing_to_do(published: Lake, slate_day: date) -> None:
    before, version = view(published, slate_day)["publication_id"], published.version()
    report = reconcile(published, slate_day)
    assert report.nothing_to_do
    assert report.publication_id == before
    assert published.version() == version, "nothing was built, so nothing was verified"


def test_a_corrected_box_score_makes_the_slate_stale_and_run_supersedes_it(
    published: Lake, slate_day: date
) -> None:
    before = view(published, slate_day)
    assert before["stale"] is False
    correct_a_box_score(published, slate_day)
    assert view(published, slate_day)["stale"] is True
    report = reconcile(published, slate_day)
    after = view(published, slate_day)
    assert (report.publication.kind, report.publication.seq) == ("supersede", 2)
    assert not report.nothing_to_do
    assert after["stale"] is False
    assert after["snapshot_id"] != before["snapshot_id"]
    assert after["predicted"] >= before["predicted"]  # type: ignore[operator]
    with published.reading() as r:
        old = r.value(
            "SELECT count(*) FROM forecast.prediction WHERE run_id = $run",
            {"run": before["run_id"]},
        )
    assert old == before["predicted"]


def test_a_fact_stored_between_reading_and_publishing_is_not_missed(
    published: Lake, slate_day: date
) -> None:
    def meanwhile(text: str) -> None:
        if "publishing" in text:
            correct_a_box_score(published, slate_day)

    reconcile(published, slate_day, reason="the owner asked", say=meanwhile)
    assert view(published, slate_day)["stale"] is True
    assert not reconcile(published, slate_day).nothing_to_do


def test_a_fact_that_changes_nothing_is_verified_once_and_then_forgotten(
    published: Lake, slate_day: date
) -> None:
    """A late row of a game after the slate cannot matter, one of a player elsewhere need not."""
    with published.reading() as r:
        row = r.query(
            "SELECT * EXCLUDE (recorded_seq) FROM league.team_game ORDER BY tipoff LIMIT 1"
        )
    same = row.with_columns(fact_id=pl.lit("same content, stored again"))
    published.write(lambda w: w.append("league.team_game", same))
    assert view(published, slate_day)["stale"] is True
    report = reconcile(published, slate_day)
    assert report.nothing_to_do
    assert report.publication.seq == 1
    assert view(published, slate_day)["stale"] is False


def test_reasons_are_told_by_how_many_they_refused_and_then_by_name(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tied(*asked: Any) -> RunSet:
        made = build_set(*asked)
        half = made.refusals.height // 2
        names = ["b"] * half + ["a"] * half + ["c"] * (made.refusals.height % 2)
        return replace(made, refusals=made.refusals.with_columns(reason=pl.Series(names)))

    monkeypatch.setattr("tipoff.forecast.build.build_set", tied)
    report = reconcile(lake, slate_dates(lake)[-1], models=["ewma_hl8"], markets=["points"])
    assert list(report.refused)[:2] == ["a", "b"]
    assert len(set(list(report.refused.values())[:2])) == 1


def test_regenerating_moves_the_pointer_with_its_reason(published: Lake, slate_day: date) -> None:
    before = view(published, slate_day)
    report = reconcile(published, slate_day, reason="the owner asked")
    after = view(published, slate_day)
    assert (report.publication.kind, report.publication.seq) == ("regenerate", 2)
    assert after["run_id"] == before["run_id"]
    assert after["publication"]["reason"] == "the owner asked"  # type: ignore[index]
    assert after["predictions"] == before["predictions"]


def test_a_restricted_run_adds_and_never_narrows(lake: Lake) -> None:
    day = slate_dates(lake)[-1]
    few = reconcile(lake, day, markets=["points"], models=["ewma_hl8"])
    wide = reconcile(lake, day, markets=["points", "assists"], models=["ewma_hl8", "last_5"])
    narrow = reconcile(lake, day, markets=["assists"], models=["last_5"])
    assert few.predicted < wide.predicted
    assert narrow.nothing_to_do
    with lake.reading() as r:
        pairs = r.rows("SELECT DISTINCT model, market FROM forecast.current_prediction")
    assert set(pairs) == {(m, k) for m in ("ewma_hl8", "last_5") for k in ("points", "assists")}


def test_an_unknown_market_or_model_is_named(lake: Lake) -> None:
    day = slate_dates(lake)[-1]
    with pytest.raises(UsageError, match="no market is called 'dunks'"):
        reconcile(lake, day, markets=["dunks"])
    with pytest.raises(UsageError, match="no model is called 'oracle'"):
        reconcile(lake, day, models=["oracle"])
    with pytest.raises(UsageError, match="is not a mode"):
        reconcile(lake, day, mode="yolo")


def test_a_date_without_games_and_an_as_of_after_tipoff_are_refused(lake: Lake) -> None:
    with pytest.raises(NotFound, match="no games on"):
        reconcile(lake, date(1999, 1, 1))
    day = slate_dates(lake)[-1]
    with pytest.raises(UsageError, match="is not before the first tip-off"):
        reconcile(lake, day, as_of=datetime(2099, 1, 1, tzinfo=UTC))


def test_publishing_over_a_newer_publication_is_a_conflict(
    published: Lake, slate_day: date
) -> None:
    with published.reading() as r:
        slate = find_slate(r, slate_day, now=clock.now())
        seen = current_publication(r, slate_day)
        wanted = wanted_set(r, slate, seen, None, None, None, settings())
        made = build_set(published, r, slate, wanted, lambda _text: None)
    reconcile(published, slate_day, reason="somebody else was faster")
    with pytest.raises(PublicationConflict):
        publish(published, made, parent=seen, kind="supersede", reason="too late")
    with published.reading() as r:
        chain = r.rows("SELECT seq FROM forecast.publication ORDER BY seq")
    assert chain == [(1,), (2,)]


def test_an_incomplete_set_is_never_stored(published: Lake, slate_day: date) -> None:
    with published.reading() as r:
        slate = find_slate(r, slate_day, now=clock.now())
        seen = current_publication(r, slate_day)
        wanted = wanted_set(r, slate, seen, None, None, None, settings())
        made = build_set(published, r, slate, wanted, lambda _text: None)
    lame = replace(made, predictions=made.predictions.head(5))
    with pytest.raises(IntegrityError, match="triples expected"):
        publish(published, lame, parent=seen, kind="supersede", reason="half a set")
    assert view(published, slate_day)["publication"]["seq"] == 1  # type: ignore[index]


def test_a_market_without_lines_is_no_withdrawal_because_another_model_was_retired_there(
    published: Lake, slate_day: date
) -> None:
    retire(published, "last_5", "weak on steals", ["steals"])
    with published.reading() as r:
        seen = current_publication(r, slate_day)
        shown = r.query("SELECT * FROM forecast.current_prediction")
        snapshot = load_snapshot(r, r.value("SELECT snapshot_id FROM forecast.run"))
    assert seen is not None
    dropped = (pl.col("market") == "steals") & pl.col("model").is_in(["last_5", "ewma_hl8"])
    left = shown.filter(~dropped)
    assert left.height < shown.height
    gone = _withdrawn(published, seen, RunSet({}, left, left.clear(), snapshot, build_of("any")))
    assert gone == ["last_5 in steals (retired: weak on steals)"]


def test_the_number_of_queries_does_not_depend_on_the_number_of_players(lake: Lake) -> None:
    days = slate_dates(lake)
    with lake.reading() as r:
        games = dict(r.rows("SELECT game_date, count(*) FROM league.game GROUP BY game_date"))
    recent = days[-6:]  # all after the training window: the same models
    small, large = min(recent, key=games.__getitem__), max(recent, key=games.__getitem__)
    counts = {}
    for day in (small, large):
        ensure_baselines(lake, day)
        with lake.reading() as r:
            slate = find_slate(r, day, now=clock.now())
            wanted = wanted_set(r, slate, None, None, None, None, settings())
            made = build_set(lake, r, slate, wanted, lambda _text: None)
            counts[day] = (r.queries, made.predictions["player_key"].n_unique())
    assert counts[small][0] == counts[large][0]
    assert counts[small][1] < counts[large][1]


def test_a_live_set_is_committed_before_tipoff_and_not_a_backfill(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = slate_dates(lake)[-1]
    with lake.reading() as r:
        first = find_slate(r, day, now=clock.now()).first_tipoff
    monkeypatch.setattr(clock, "now", lambda: first - timedelta(hours=2))
    report = reconcile(lake, day, models=["ewma_hl8"])
    assert not report.backfill
    assert report.as_of == first - timedelta(hours=2)
    assert reconcile(lake, day, models=["ewma_hl8"]).nothing_to_do
    monkeypatch.setattr(clock, "now", lambda: first)
    at_the_tip = reconcile(lake, day, models=["ewma_hl8"], reason="after the fact")
    assert at_the_tip.backfill
    with lake.reading() as r:
        sql = "SELECT backfill, mode FROM forecast.run WHERE run_id = $run"
        assert r.rows(sql, {"run": at_the_tip.run_id}) == [(True, "backfill")]
