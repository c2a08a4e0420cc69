"""Running it: what fails says so, what cannot work is not tried for ever, what is wrong shows."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from tests.incidents.conftest import Evening
from tests.incidents.old_pipeline import Exporter, LineLoader
from tests.incidents.old_system import (
    Jobs,
    Monitor,
    Row,
    all_or_nothing,
    by_position,
    insert_selected,
    read_by_another_version,
    retried,
    rows_or_none,
)
from tests.sources.folders import SECOND, Folder, box
from tipoff.cli import app
from tipoff.clock import parse_date
from tipoff.errors import (
    ArtifactError,
    ContractError,
    IntegrityError,
    LakeBusy,
    LakeDamaged,
    Terminal,
    TipoffError,
    Transient,
    UsageError,
)
from tipoff.features import feature_set, load_snapshot
from tipoff.forecast import explain
from tipoff.lake import Lake, Writer
from tipoff.lake.connection import ATTEMPTS
from tipoff.models import engine, load
from tipoff.sources import import_folder

CATBOOST = "SELECT DISTINCT model_id FROM forecast.prediction WHERE model = 'catboost_v9'"


@pytest.mark.incident(16)
def test_a_value_from_a_second_source_says_so_and_names_the_rows_and_moment_it_came_from(
    evening: Evening,
) -> None:
    quotes = {"p": 24.5, "q": 11.5}
    loader = LineLoader(primary={"p": 24.5}.get, second=quotes.get)
    loader.load(["p", "q"])
    loader.primary = lambda _player: None  # down, for weeks
    loader.load(["r", "s"])
    assert {row["source"] for row in loader.table} == {"primary"}
    assert loader.share_of_primary() == 1.0  # one of four is, and the monitor is green
    assert [row["line"] for row in loader.table] == [24.5, 11.5, None, None]

    evening.at(0.2)  # times by rule are half an hour before the first tip-off
    evening.run()
    run, fallback = evening.rows(
        "SELECT run_id, prediction_id FROM forecast.current_prediction p JOIN features.value v"
        " USING (snapshot_id, game_id, player_key) WHERE model = 'catboost_v9'"
        ' AND v.reasons LIKE \'%"vegas_points_line": "fallback"%\' ORDER BY 2'
    )[0]
    with evening.lake.reading() as r:
        answer = explain(evening.lake, r, run, fallback).to_dict()
    line = next(f for f in answer["features"] if f["name"] == "vegas_points_line")
    assert line["quality"] == "fallback"
    assert {source["table"] for source in line["sources"]} == {"league.prop_line"}
    assert all(quote["estimated"] for quote in answer["lines"])
    assert all(quote["known_at"] <= answer["run"]["as_of"] for quote in answer["lines"])
    assert {f["quality"] for f in answer["features"]} >= {"observed", "fallback", "missing"}
    assert answer["prediction"]["quality"] < 100


@pytest.mark.incident(18)
def test_a_model_file_that_reads_differently_than_when_it_was_made_is_refused_at_load(
    evening: Evening,
) -> None:
    weights = {"points": 2.0}  # 24 points, when it was stored
    assert read_by_another_version(weights) == 0.0  # nonsense, and nobody asked

    model_id = evening.value(CATBOOST)
    plain = engine.catboost().CatBoostRegressor.predict
    load(evening.lake, model_id)

    def other_version(self: Any, *args: Any, **more: Any) -> Any:
        return plain(self, *args, **more) * 1.01

    evening.patch.setattr(engine.catboost().CatBoostRegressor, "predict", other_version)
    with pytest.raises(ArtifactError, match="gives another answer than when it was made"):
        load(evening.lake, model_id)
    report = evening.run(reason="after an upgrade")
    assert "golden row" in report.refused_models["catboost_v9"][0]
    assert {p["model"] for p in evening.view()["predictions"]} == {"ewma_hl8"}


@pytest.mark.incident(20)
def test_a_model_finds_its_features_by_name_wherever_they_stand(evening: Evening) -> None:
    names = feature_set("v2_33")
    documented = [*names[:18], "pace", *names[18:]]
    row = [0.0 if name != "pct_paint" else 0.42 for name in names]
    assert by_position(row, documented, "pace") == 0.42  # the share of the paint, for months

    model = load(evening.lake, evening.value(CATBOOST))
    snapshot_id = evening.value("SELECT snapshot_id FROM forecast.run")
    with evening.lake.reading() as r:
        frame = load_snapshot(r, snapshot_id).frame
    shuffled = frame.select(sorted(frame.columns, reverse=True)).with_columns(pace=pl.lit(9e9))
    assert shuffled.columns.index("team_pace") != frame.columns.index("team_pace")
    first, second = (model.predict(f, "points").pmf.p for f in (frame, shuffled))
    assert np.array_equal(first, second, equal_nan=True)
    with pytest.raises(ContractError, match="missing feature team_pace"):
        model.predict(frame.drop("team_pace"), "points")


@pytest.mark.incident(22)
def test_a_write_that_stores_other_than_it_meant_to_fails_and_a_run_without_predictions_says_so(
    quiet: Evening,
) -> None:
    table: list[Row] = []
    meant: list[Row] = [{"event_id": "a"}, {"event_id": "b"}]
    assert insert_selected(table, meant, lambda row: row["event_id"] > "z") == "success"
    assert table == []

    def write(w: Writer) -> None:
        w.append("ops.event", pl.DataFrame({"event_id": ["before"]}))
        w.register("meant", pl.DataFrame(meant))
        w.insert("ops.event", "event_id", "SELECT * FROM meant WHERE event_id > 'z'", 2)

    with pytest.raises(IntegrityError, match="2 rows intended, 0 written"):
        quiet.lake.write(write)
    assert quiet.value("SELECT count(*) FROM ops.event WHERE event_id IN ('before', 'a')") == 0

    quiet.lake.write(lambda w: w.rows("DELETE FROM league.prop_line"))
    words = ["--lake", quiet.lake.location, "run", str(quiet.day), "--model", "line"]
    done = CliRunner().invoke(app, [*words, "--market", "points"])
    assert re.search(r"\d+ expected = 0 predicted \+ \d+ refused", done.output)
    assert done.exit_code == 1


@pytest.mark.incident(23)
def test_a_bad_game_is_set_aside_with_its_reason_and_the_night_goes_on(
    bare: Lake, folder: Folder
) -> None:
    night: dict[str, list[Row]] = {"good": [{"minutes": 31.0}], "bad": [{"minutes": "thirty"}]}
    assert all_or_nothing(night) == []

    folder.rows["player_game"] += [box(2, SECOND, f"Bad {c}man", "NYK") for c in "AB"]
    for bad in folder.rows["player_game"][-2:]:
        bad["minutes"] = "thirty"
    folder.as_text = ("player_game",)
    report = folder.take(bare)
    table = next(t for t in report.tables if t.table == "league.player_game")
    assert (table.read, table.new, table.set_aside) == (6, 4, {"not a number": 2})
    with bare.reading() as r:
        assert r.rows("SELECT DISTINCT reason FROM raw.set_aside") == [
            ("not a number: minutes = 'thirty'",)
        ]


@pytest.mark.incident(24)
def test_what_can_never_work_is_tried_once_what_may_a_few_times_and_poison_is_parked(
    bare: Lake, folder: Folder
) -> None:
    def refused_by_design() -> None:
        raise ValueError("no such player")

    assert retried(refused_by_design, budget=322) == 322

    tries = {"terminal": 0, "transient": 0}

    def terminal(_w: Writer) -> None:
        tries["terminal"] += 1
        raise IntegrityError("this can never be stored")

    def transient(_w: Writer) -> None:
        tries["transient"] += 1
        raise duckdb.TransactionException("somebody else was faster")

    with pytest.raises(Terminal):
        bare.write(terminal)
    with pytest.raises(LakeBusy):
        bare.write(transient)
    assert tries == {"terminal": 1, "transient": ATTEMPTS}
    assert set(TipoffError.__subclasses__()) == {Terminal, Transient}  # there is no third kind

    folder.rows["player_game"][0]["minutes"] = -1.0
    folder.take(bare)
    assert import_folder(bare, folder.path).set_aside == 0  # the same file is not tried again
    screen = CliRunner().invoke(app, ["--lake", bare.location, "doctor"])
    assert "1 rows were set aside" in screen.output


@pytest.mark.incident(26)
def test_a_query_that_fails_is_an_error_and_no_answer_of_no_rows(evening: Evening) -> None:
    def broken() -> list[Row]:
        raise OSError("a file is gone")

    assert rows_or_none(broken) == rows_or_none(list) == []  # for six days

    with evening.lake.reading() as r:
        nothing = r.query("SELECT * FROM league.prop_line WHERE game_date = DATE '1999-01-01'")
        assert nothing.height == 0
        with pytest.raises(duckdb.Error):
            r.query("SELECT * FROM league.prop_lines")
    before = evening.view()["publication_id"]
    files = list((Path(evening.lake.location) / "data" / "league" / "prop_line").rglob("*.parquet"))
    assert files
    for path in files:
        path.unlink()
    with Lake.open(evening.lake.location) as lake:
        again = Evening(lake, evening.day, evening.tip, evening.patch)
        with pytest.raises(LakeDamaged, match="a file is missing"):
            again.run(reason="without its lines")
        assert again.rows("SELECT publication_id FROM forecast.publication") == [(before,)]


@pytest.mark.incident(29)
def test_the_word_today_is_a_date_as_soon_as_it_is_read_and_never_part_of_a_path(
    evening: Evening, tmp_path: Path
) -> None:
    exporter, days = Exporter(tmp_path / "old"), (date(2026, 2, 4), date(2026, 2, 5))
    paths = {exporter.export("TODAY", f"the picks of {day}") for day in days}  # each at its hour
    (only,) = paths  # the second night is written over the first
    assert only.read_text("utf-8") == "the picks of 2026-02-05"
    assert [exporter.published(day) for day in days] == [None, None]  # and the site shows neither

    assert parse_date("TODAY") == evening.day
    with pytest.raises(UsageError, match="is not a date"):
        parse_date("LATER")
    answer = CliRunner().invoke(
        app, ["--lake", evening.lake.location, "run", "TODAY", "--json", "--model", "ewma_hl8",
              "--market", "points"],
    )  # fmt: skip
    assert json.loads(answer.stdout)["date"] == str(evening.day)
    folder = Path(evening.lake.location)
    stored = [str(p.relative_to(folder)) for p in folder.rglob("*")]
    assert stored
    assert not [p for p in stored if re.search("today", p, re.I)]
    slates = evening.rows("SELECT slate::VARCHAR FROM forecast.publication")
    assert {date.fromisoformat(day) for (day,) in slates} == {evening.day}


@pytest.mark.incident(34)
def test_a_slate_that_should_be_there_and_is_not_is_a_problem_whatever_jobs_did_or_did_not_run(
    quiet: Evening, tmp_path: Path
) -> None:
    jobs = Jobs([f"slate-{n}" for n in range(94)])
    jobs.scheduled.clear()  # and nobody notices
    assert jobs.tick(failures=["slate-7"]) == "all green"

    def missing_slates() -> tuple[Any, bool]:
        answer = CliRunner().invoke(app, [*words, "doctor", str(quiet.day), "--json", "--strict"])
        findings = {f["name"]: f for f in json.loads(answer.stdout)["checks"]}
        finding = findings["slates without publication"]
        assert answer.exit_code == (1 if json.loads(answer.stdout)["problems"] else 0)
        return finding["level"], bool(finding["count"])

    words = ["--lake", quiet.lake.location]
    quiet.setting("alert_file", tmp_path / "alerts.jsonl")
    quiet.setting("alert_missing_slate", "file")
    quiet.at(9)
    assert missing_slates() == ("note", True)  # not yet due
    quiet.at(1)
    assert missing_slates() == ("problem", True)
    CliRunner().invoke(app, [*words, "alerts", "check", str(quiet.day)])
    (alert,) = map(json.loads, (tmp_path / "alerts.jsonl").read_text("utf-8").splitlines())
    assert (alert["rule"], alert["slate"]) == ("missing_slate", str(quiet.day))
    assert alert["next_step"] == f"tipoff run {quiet.day}"
    quiet.run(models=["ewma_hl8"])
    assert missing_slates() == ("ok", False)


@pytest.mark.incident(35)
@pytest.mark.parametrize("command", ["run", "slate", "doctor", "alerts check"])
def test_an_alert_with_nowhere_to_go_stops_the_command_before_it_does_anything(
    evening: Evening, command: str
) -> None:
    silent = Monitor()
    silent.alert("zero predictions")
    assert silent.fired == 1  # and nobody heard

    version = evening.lake.version()
    evening.setting("alert_zero_predictions", "")
    words = ["--lake", evening.lake.location, *command.split(), str(evening.day)]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, UsageError), command
    assert "alert_zero_predictions" in done.exception.message
    assert done.exception.exit_code == 2
    assert evening.lake.version() == version
