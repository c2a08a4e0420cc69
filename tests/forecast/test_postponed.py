"""Two real nights: one whose games were postponed after the lines, one with a lined DNP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tipoff.forecast import reconcile
from tipoff.grading import grade
from tipoff.lake import Lake
from tipoff.results.grading import AbsenceProof, GradeReport, PostponedProof

PLAYED, POSTPONED = date(2025, 1, 10), date(2025, 1, 11)
PAIRS = {"20250111_HOU_ATL": ["ATL", "HOU"], "20250111_SAS_LAL": ["LAL", "SAS"]}


@pytest.fixture(scope="module")
def nights(
    real_lake: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Lake, dict[date, GradeReport]]]:
    """A lake of all real data with both nights published and graded in points by one model."""
    own = tmp_path_factory.mktemp("nights") / "lake"
    shutil.copytree(real_lake, own)
    with Lake.open(own) as lake:
        for day in (PLAYED, POSTPONED):
            reconcile(lake, day, markets=["points"], models=["ewma_hl8"])
        yield lake, {day: grade(lake, day) for day in (PLAYED, POSTPONED)}


Nights = tuple[Lake, dict[date, GradeReport]]


def test_predictions_of_postponed_games_end_void_with_the_proof_named(nights: Nights) -> None:
    lake, reports = nights
    report = reports[POSTPONED]
    with lake.reading() as r:
        rows = r.rows(
            "SELECT game_id, outcome, live, count(*) FROM grading.current_grade"
            " WHERE slate = $day AND game_id IN (SELECT unnest($games)) GROUP BY ALL ORDER BY ALL",
            {"day": POSTPONED, "games": sorted(PAIRS)},
        )
        made = dict(
            r.rows(
                "SELECT game_id, count(*) FROM forecast.current_prediction WHERE slate = $day"
                " GROUP BY game_id", {"day": POSTPONED},
            )
        )  # fmt: skip
    assert rows == [(game, "void", False, made[game]) for game in sorted(PAIRS)]
    assert report.pending == ()
    assert report.outcomes["pending"] == 0
    proofs = {v.game_id: v.proof for v in report.voids if isinstance(v.proof, PostponedProof)}
    assert {game: list(proof.pair) for game, proof in proofs.items()} == PAIRS
    for proof in proofs.values():
        assert proof.scheduled_games == proof.final_games == 4
        assert proof.box_scores_of_pair == 0
        assert proof.scheduled_later_as
        assert proof.scheduled_later_on is not None
        assert proof.scheduled_later_on > POSTPONED


def test_the_games_played_on_the_night_of_the_postponements_are_graded(nights: Nights) -> None:
    lake, _reports = nights
    with lake.reading() as r:
        graded, games = r.rows(
            "SELECT count(*), count(DISTINCT game_id) FROM grading.current_grade"
            " WHERE slate = $day AND actual IS NOT NULL AND game_id NOT IN (SELECT unnest($games))",
            {"day": POSTPONED, "games": sorted(PAIRS)},
        )[0]
    assert games == 4
    assert graded > 40


def test_all_91_lined_players_are_planned_90_are_graded_and_zion_williamson_is_void(
    nights: Nights,
) -> None:
    _lake, reports = nights
    report = reports[PLAYED]
    assert report.markets[0].to_dict() | {"predictions": 0} == {
        "market": "points", "predictions": 0, "lined_players": 91, "lined_graded": 90,
        "lined_void": 1, "lined_pending": 0,
    }  # fmt: skip
    assert report.pending == ()
    zion = next(v for v in report.voids if v.player_key == "zionwilliamson")
    assert zion.reason == "did not play"
    assert isinstance(zion.proof, AbsenceProof)
    assert zion.proof.team_minutes == pytest.approx(240, abs=1)
    assert zion.proof.rows_with_minutes == 0
