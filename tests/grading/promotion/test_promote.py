"""A promotion: what it is judged by, what blocks it, and what stays on record."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from tests.simulated import slate_dates
from tipoff.cli import app
from tipoff.errors import GateBlocked, UsageError
from tipoff.grading.promotion import (
    Judgement,
    Verdict,
    file_evidence,
    judge_version,
    live_evidence,
    promote_through_gates,
)
from tipoff.grading.promotion.gates import GATES
from tipoff.lake import Lake
from tipoff.models import champion_of
from tipoff.models.pmf import negative_binomial

DAY = date(2030, 1, 1)
PLAYED = """SELECT game_date, game_id, player_key, pts::DOUBLE AS pts FROM league.player_game
            WHERE minutes > 0 AND game_date >= $start ORDER BY ALL"""


def backtest(lake: Lake, folder: Path, **columns: object) -> tuple[Path, pl.DataFrame]:
    """A file as `tipoff backtest` writes it, and the outcomes it forecasts."""
    start = slate_dates(lake)[-6]
    with lake.reading() as r:
        played = r.query(PLAYED, {"start": start})
    n = played.height
    mean = np.random.default_rng(2).uniform(5, 25, n)
    pmf = negative_binomial(mean, 2.8, 90)
    forecasts = played.drop("pts").with_columns(
        pl.lit("points").alias("market"), pl.lit("catboost_v9").alias("model"),
        pl.Series("mean", pmf.mean()), pl.Series("median", pmf.median()),
        pl.Series("pmf", pmf.p.tolist()), pl.Series("p_over", pmf.p_over(12.5)),
        line=pl.lit(12.5), as_of=pl.lit(datetime(2025, 1, 1, tzinfo=UTC)),
        trained_through=pl.col("game_date") - timedelta(days=7),
    )  # fmt: skip
    forecasts = forecasts.with_columns(**columns) if columns else forecasts  # type: ignore[arg-type]
    path = folder / "backtest.parquet"
    forecasts.write_parquet(path)
    return path, played.with_columns(pl.Series("crps", pmf.crps(played["pts"].to_numpy())))


def test_a_file_is_scored_against_the_box_scores_of_the_lake(lake: Lake, tmp_path: Path) -> None:
    path, played = backtest(lake, tmp_path)
    with lake.reading() as r:
        rows = file_evidence(r, path, "points").rows
    keys = ["game_id", "player_key"]
    both = rows.join(played, on=keys, suffix="_mine")
    assert rows.height == both.height == played.height
    assert (both["actual"] == both["pts"]).all()
    assert (both["crps"] - both["crps_mine"]).abs().max() == pytest.approx(0)
    assert set(rows["recommendation"]) == {"OVER", "UNDER", "PASS"}
    assert set(rows["line_tier"]) == {"10 to 15"}


def test_a_file_that_is_no_backtest_is_refused_in_words(lake: Lake, tmp_path: Path) -> None:
    path, _ = backtest(lake, tmp_path)
    text = tmp_path / "text.parquet"
    text.write_text("no parquet")
    short, twice, other = (tmp_path / f"{n}.parquet" for n in ("short", "twice", "other"))
    rows = pl.read_parquet(path)
    rows.drop("pmf").write_parquet(short)
    pl.concat([rows, rows.head(1)]).write_parquet(twice)
    rows.with_columns(game_id=pl.lit("x") + pl.col("game_id")).write_parquet(other)
    said = {tmp_path / "none": "there is no file", text: "no Parquet file", short: "lacks pmf",
            twice: "a forecast twice", other: "no points forecast of a game"}  # fmt: skip
    with lake.reading() as r:
        for file, words in said.items():
            with pytest.raises(UsageError, match=words):
                file_evidence(r, file, "points")


def test_without_graded_slates_the_live_record_promotes_nobody(published: Lake) -> None:
    with published.reading() as r:
        assert live_evidence(r, "points").rows.height == 0
        judged = judge_version(r, "ewma_hl8", "points", DAY, None)
        champion = champion_of(r, "points", DAY)
    assert judged.reference == "catboost_v9"
    with pytest.raises(GateBlocked, match="no pass at n, walk-forward, CRPS"):
        promote_through_gates(published, judged, "because")
    with published.reading() as r:
        assert champion_of(r, "points", DAY) == champion
        assert r.value("SELECT count(*) FROM models.state") == 0


def test_the_same_artifact_under_another_name_is_a_twin(lake: Lake) -> None:
    with lake.reading() as r:
        row = r.query("SELECT * FROM models.version WHERE model = 'catboost_v9'")
    twin = row.with_columns(model=pl.lit("catboost_v9_2025_01"), model_id=pl.lit("model_twin"))
    lake.write(lambda w: w.append("models.version", twin.drop("recorded_seq")))
    with lake.reading() as r:
        judged = judge_version(r, "catboost_v9_2025_01", "points", DAY, None)
    assert "catboost_v9 has the same artifact" in judged.verdicts[-1].figure


def events(lake: Lake) -> list[tuple[str, dict[str, object]]]:
    with lake.reading() as r:
        events = r.rows("SELECT kind, detail FROM ops.event WHERE kind LIKE '%promotion%'")
    return [(kind, json.loads(detail)) for kind, detail in events]


def test_a_forced_promotion_is_on_record_with_its_reason_and_what_the_gates_said(
    published: Lake,
) -> None:
    with published.reading() as r:
        judged = judge_version(r, "ewma_hl8", "points", DAY, None)
    promote_through_gates(published, judged, "the owner's will", force=True)
    [(kind, detail)] = events(published)
    assert kind == "forced_promotion"
    assert detail["reason"] == "the owner's will"
    assert len(detail["verdicts"]) == 8  # type: ignore[arg-type]
    with published.reading() as r:
        champion = champion_of(r, "points", DAY)
    assert champion is not None
    assert champion.model == "ewma_hl8"


def test_a_promotion_that_passed_is_recorded_as_one(published: Lake) -> None:
    with published.reading() as r:
        identity = judge_version(r, "ewma_hl8", "points", DAY, None).model_id
    passed = [Verdict(name, True, "n = 5,000", ">= 1,000") for name in GATES]
    judged = Judgement(identity, "points", "catboost_v9", "test", passed)
    promote_through_gates(published, judged, "better")
    assert [kind for kind, _ in events(published)] == ["promotion"]


def test_the_command_shows_every_gate_and_leaves_with_one(lake: Lake, tmp_path: Path) -> None:
    path, _ = backtest(lake, tmp_path)
    asked = ["--lake", lake.location, "models", "promote", "catboost_v9", "--reason", "r",
             "--evidence", str(path)]  # fmt: skip
    done = CliRunner().invoke(app, asked)
    assert isinstance(done.exception, GateBlocked)
    assert done.exception.exit_code == 1
    assert "n = " in done.stdout
    assert "NO   CRPS" in done.stdout
    answer = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert answer["promoted"] is False
    assert len(answer["verdicts"]) == 8
