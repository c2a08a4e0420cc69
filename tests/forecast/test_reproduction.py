"""Published numbers can be re-run bit for bit, and whatever was changed is named."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.builds import SCORING, become_another_build
from tipoff.errors import NotFound
from tipoff.fingerprint import libraries
from tipoff.forecast import find_prediction, find_publication, reconcile, reproduce
from tipoff.lake import Lake


def run_of(lake: Lake, day: date) -> str:
    with lake.reading() as r:
        return find_publication(r, day).run_id


def alter(lake: Lake, sql: str, **params: object) -> None:
    """Change stored rows by hand, as nobody should."""
    lake.write(lambda w: w.rows(sql, params))


def a_prediction(lake: Lake, model: str) -> tuple[str, str]:
    with lake.reading() as r:
        sql = """SELECT prediction_id, player_key FROM forecast.prediction
                 WHERE model = $model AND market = 'points' ORDER BY prediction_id LIMIT 1"""
        return r.rows(sql, {"model": model})[0]


def test_a_whole_slate_reproduces_in_a_new_process(published: Lake, slate_day: date) -> None:
    command = [sys.executable, "-m", "tipoff", "--lake", published.location, "reproduce"]
    done = subprocess.run(
        [*command, slate_day.isoformat(), "--json"], capture_output=True, text=True
    )
    answer = json.loads(done.stdout)
    assert done.returncode == 0, answer
    assert answer["reproduced"] is True
    assert answer["checked"] > 500


def test_one_prediction_reproduces_by_the_beginning_of_its_id(published: Lake) -> None:
    identity, _ = a_prediction(published, "catboost_v9")
    with published.reading() as r:
        run, found = find_prediction(r, identity[:16])
    assert found == identity
    answer = reproduce(published, run, found)
    assert (answer.reproduced, answer.checked, answer.notes) == (True, 1, ())


def test_a_tampered_feature_value_is_named(published: Lake, slate_day: date) -> None:
    _, player = a_prediction(published, "catboost_v9")
    alter(
        published,
        "UPDATE features.value SET points_avg_last_5 = points_avg_last_5 + 1"
        " WHERE player_key = $player",
        player=player,
    )
    answer = reproduce(published, run_of(published, slate_day))
    assert not answer.reproduced
    text = "\n".join(answer.differences)
    assert f"feature points_avg_last_5 of {player}" in text
    assert "feature points_avg_last_10" not in text


def test_a_tampered_model_file_is_named(published: Lake, slate_day: date) -> None:
    artifact = next((Path(published.location) / "models").glob("*.cbm"))
    content = bytearray(artifact.read_bytes())
    content[len(content) // 2] ^= 1
    artifact.write_bytes(bytes(content))
    answer = reproduce(published, run_of(published, slate_day))
    assert not answer.reproduced
    assert any(artifact.name in line and "hashes to" in line for line in answer.differences)


def test_a_tampered_code_version_of_a_row_is_named(published: Lake, slate_day: date) -> None:
    identity, _ = a_prediction(published, "ewma_hl8")
    alter(
        published,
        "UPDATE forecast.prediction SET code_version = 'code_forged' WHERE prediction_id = $id",
        id=identity,
    )
    answer = reproduce(published, run_of(published, slate_day))
    (line,) = answer.differences
    assert "recorded code_version is code_forged" in line


def test_a_tampered_code_version_of_the_whole_run_is_named(
    published: Lake, slate_day: date
) -> None:
    alter(published, "UPDATE forecast.prediction SET code_version = 'code_forged'")
    alter(published, "UPDATE forecast.run SET code_version = 'code_forged'")
    answer = reproduce(published, run_of(published, slate_day))
    assert not answer.reproduced
    assert "changed after its commit" in answer.differences[0]


def test_a_tampered_number_is_named_with_both_values(published: Lake, slate_day: date) -> None:
    identity, _ = a_prediction(published, "ewma_hl8")
    alter(
        published,
        "UPDATE forecast.prediction SET median = 99.0 WHERE prediction_id = $id",
        id=identity,
    )
    answer = reproduce(published, run_of(published, slate_day), identity)
    text = "\n".join(answer.differences)
    assert "the stored row was changed" in text
    assert "median was 99.0" in text


def test_another_build_re_runs_and_reports_that_the_code_differs(
    published: Lake, slate_day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    become_another_build(monkeypatch)
    answer = reproduce(published, run_of(published, slate_day))
    assert answer.reproduced
    assert SCORING in answer.notes[0]


def test_other_libraries_are_named_and_make_no_set_stale(
    published: Lake, slate_day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = libraries() | {"numpy": "1.0"}
    monkeypatch.setattr("tipoff.forecast.builds.libraries", lambda: here)
    answer = reproduce(published, run_of(published, slate_day))
    assert answer.reproduced
    assert any("numpy" in note and "1.0" in note for note in answer.notes)
    assert reconcile(published, slate_day).nothing_to_do


def test_another_build_that_changes_a_number_fails(
    published: Lake, slate_day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tipoff.models.pmf import Pmf

    honest = Pmf.median
    monkeypatch.setattr(Pmf, "median", lambda self: honest(self) + 1e-9)
    answer = reproduce(published, run_of(published, slate_day))
    assert any("median was" in line or "edge was" in line for line in answer.differences)


def test_a_superseded_set_stays_reproducible(published: Lake, slate_day: date) -> None:
    from tests.forecast.test_reconciliation import correct_a_box_score

    old = run_of(published, slate_day)
    correct_a_box_score(published, slate_day)
    reconcile(published, slate_day)
    new = run_of(published, slate_day)
    assert new != old
    assert reproduce(published, old).reproduced
    assert reproduce(published, new).reproduced


def test_a_fixture_that_moved_after_publication_changes_nothing(
    published: Lake, slate_day: date
) -> None:
    with published.reading() as r:
        games = r.query(
            "SELECT * EXCLUDE (recorded_seq) FROM league.game WHERE game_date = $day",
            {"day": slate_day},
        )
    moved = games.with_columns(
        pl.col("game_date") + pl.duration(days=3), pl.col("tipoff") + pl.duration(days=3),
        fact_id="moved:" + pl.col("fact_id"),
    )  # fmt: skip
    assert published.write(lambda w: w.append("league.game", moved)) > 0
    assert reproduce(published, run_of(published, slate_day)).reproduced


def test_an_unknown_or_ambiguous_id_is_said_so(published: Lake) -> None:
    with published.reading() as r:
        with pytest.raises(NotFound, match="is no prediction"):
            find_prediction(r, "pred_ffffffffffffffffffffffff")
        with pytest.raises(NotFound, match="is ambiguous"):
            find_prediction(r, "pred_")
