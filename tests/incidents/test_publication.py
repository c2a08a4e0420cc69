"""What is shown: never a mixture, never half a slate, never what should have gone."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import polars as pl
import pytest

from tests.builds import become_another_build
from tests.forecast.test_reconciliation import correct_a_box_score
from tests.incidents.conftest import Evening
from tests.incidents.old_pipeline import Fleet, Picker, PropBatch, check_then_insert
from tests.incidents.old_system import (
    LatchedPhase,
    Ledgers,
    OverwritingStore,
    PicksPage,
    Row,
    Worker,
    all_in_one_try,
    batch_of_messages,
    open_gate,
)
from tests.long import sampled
from tipoff.errors import LakeBusy, LakeUnavailable
from tipoff.features import load_snapshot
from tipoff.forecast import assess, build, reproduce, versions
from tipoff.lake import Writer
from tipoff.models import Model, engine, promote, retire

CURRENT = "SELECT game_id, player_key, market, model FROM forecast.current_prediction"
EWMA, V9 = (f"SELECT model_id FROM models.version WHERE model = '{name}'"
            for name in ("ewma_hl8", "catboost_v9"))  # fmt: skip


@pytest.mark.incident(1)
def test_a_prediction_names_its_snapshot_and_is_not_served_as_fresh_once_that_is_not_current(
    evening: Evening,
) -> None:
    store = OverwritingStore()
    worker, day = Worker(store), evening.day
    store.write(day, {"p": {"form": 10.0}})
    old = worker.predict(day, "p")
    store.write(day, {"p": {"form": 20.0}})
    assert old == {"player": "p", "points": 10.0}
    assert store.read(day, "v2_37features")["p"]["form"] != 10.0  # nothing says it is out of date

    before = evening.view()
    assert before["stale"] is False
    correct_a_box_score(evening.lake, day)
    during = evening.view()
    assert (during["stale"], during["run_id"]) == (True, before["run_id"])
    evening.run()
    after = evening.view()
    assert (after["stale"], after["snapshot_id"] == before["snapshot_id"]) == (False, False)
    named = dict(evening.rows(
        "SELECT DISTINCT run_id, snapshot_id FROM forecast.prediction"))  # fmt: skip
    assert named == {view["run_id"]: view["snapshot_id"] for view in (before, after)}
    with evening.lake.reading() as r:
        assert all(load_snapshot(r, snapshot).frame.height for snapshot in named.values())


@pytest.mark.long
@pytest.mark.incident(7)
def test_work_that_fails_after_it_was_begun_is_done_by_the_next_run(quiet: Evening) -> None:
    def fails(*_: object) -> None:
        raise LakeUnavailable("the disk was gone")

    phase, done = LatchedPhase(), list[str]()
    with pytest.raises(LakeUnavailable):
        phase.run(quiet.day, fails)
    assert phase.run(quiet.day, lambda: done.append("features")) == "already done"
    assert done == []

    with quiet.patch.context() as broken:
        broken.setattr(build, "build_snapshot", fails)
        with pytest.raises(LakeUnavailable):
            quiet.run()
    assert quiet.value("SELECT count(*) FROM forecast.publication") == 0
    assert quiet.run().predicted > 0  # nobody reset anything


@pytest.mark.incident(8)
def test_every_expected_player_ends_predicted_or_refused_so_that_no_batch_waits_for_a_skip(
    quiet: Evening,
) -> None:
    fates = {f"p{i}": "skipped" if i % 8 == 0 else "predicted" for i in range(125)}
    assert batch_of_messages(fates, fates.__getitem__) == (87, False)

    quiet.run()
    view = quiet.view()
    refused = sum(view["refused"].values())
    assert refused > 0
    assert view["expected"] == view["predicted"] + refused
    ends = Counter(quiet.rows(
        "SELECT player_key, model FROM forecast.current_prediction"
        " UNION ALL SELECT player_key, model FROM forecast.current_refusal"))  # fmt: skip
    assert set(ends.values()) == {1}
    assert len(ends) == view["expected"]
    assert quiet.value("SELECT count(*) FROM forecast.current_refusal WHERE reason IS NULL") == 0


@pytest.mark.incident(19)
def test_retiring_a_model_withdraws_its_picks_in_a_publication_that_says_why(
    evening: Evening,
) -> None:
    page = PicksPage()
    page.publish([{"model": "catboost_v9", "player": "p"}])
    page.disabled.add("catboost_v9")
    page.publish([{"model": "catboost_v9", "player": "q"}])
    assert page.public == [{"model": "catboost_v9", "player": "p"}]  # still public

    retire(evening.lake, "catboost_v9", "it lost its footing")
    report = evening.run(models=["ewma_hl8"])
    view = evening.view()
    assert report.publication.kind == "withdraw"
    assert {p["model"] for p in view["predictions"]} == {"ewma_hl8"}
    assert view["publication"]["reason"] == "withdrawn: catboost_v9 (retired: it lost its footing)"
    first = evening.value("SELECT run_id FROM forecast.publication WHERE seq = 1")
    assert reproduce(evening.lake, first).reproduced  # what was public stays provable


RUN = """
import sys
from datetime import date
from tipoff import clock
from tipoff.errors import PublicationConflict
from tipoff.forecast import reconcile
from tipoff.lake import Lake
folder, day, now = sys.argv[1:]
moment = clock.parse_moment(now)
clock.now = lambda: moment
lake = Lake.open(folder)
print("ready", flush=True)
sys.stdin.readline()
try:
    done = reconcile(lake, date.fromisoformat(day), models=["ewma_hl8"], markets=["points"])
    print("nothing to do" if done.nothing_to_do else "published")
except PublicationConflict:
    print("conflict")
"""


@pytest.mark.incident(21)
def test_two_processes_that_run_the_same_slate_at_once_store_every_row_once(
    quiet: Evening, tmp_path: Path
) -> None:
    table = tmp_path / "old.db"
    writers = [check_then_insert(table, "p") for _ in range(2)]
    assert [next(writer) for writer in writers] == ["free", "free"]  # both look, 0.4 s apart
    assert [next(writer) for writer in writers] == ["done", "done"]  # and both write
    with closing(sqlite3.connect(table)) as con:
        assert con.execute("SELECT key FROM predictions").fetchall() == [("p",), ("p",)]
    assert next(check_then_insert(table, "p")) == "taken"  # one after the other it would have held

    args = [sys.executable, "-c", RUN, quiet.lake.location, str(quiet.day),
            quiet.at(2).isoformat()]  # fmt: skip
    pipe = subprocess.PIPE
    both = [subprocess.Popen(args, stdin=pipe, stdout=pipe, text=True) for _ in range(2)]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    said = sorted(one.communicate(timeout=120)[0].strip() for one in both)
    assert said in (["conflict", "published"], ["nothing to do", "published"])
    assert quiet.rows("SELECT seq, parent FROM forecast.publication") == [(1, None)]
    rows, keys = quiet.rows(
        "SELECT count(*), count(DISTINCT (game_id, player_key, model)) FROM forecast.prediction"
    )[0]
    assert rows == keys == quiet.value("SELECT predicted FROM forecast.run") > 0


@pytest.mark.incident(31)
@pytest.mark.parametrize(("when", "reason"), [("scored", "model_error"), ("loaded", "artifact"),
                                              ("read", "artifact")])  # fmt: skip
def test_a_model_that_fails_in_whatever_way_takes_no_other_prediction_with_it(
    evening: Evening, when: str, reason: str
) -> None:
    def bug() -> float:
        raise RuntimeError("a shadow's bug")

    assert all_in_one_try({"champion": lambda: 21.5, "shadow": bug}) == {}

    def fails(*_: object, **__: object) -> None:
        raise engine.catboost().CatBoostError("a shadow's bug")

    mine = evening.rows(f"{CURRENT} WHERE model = 'ewma_hl8' ORDER BY ALL")
    if when == "read":  # its stored manifest is no JSON any more
        broken = "UPDATE models.version SET manifest = '{' WHERE model = 'catboost_v9'"
        evening.lake.write(lambda w: w.rows(broken))
    else:
        evening.patch.setattr(engine.catboost().CatBoostRegressor, "predict", fails)
    if when == "scored":
        evening.patch.setattr("tipoff.models.registry.check_golden", lambda _model: None)
    report = evening.run(reason="a bug in one model")
    assert evening.rows(f"{CURRENT} ORDER BY ALL") == mine
    why = evening.rows("SELECT DISTINCT model, reason FROM forecast.current_refusal"
                       " WHERE reason <> 'out'")  # fmt: skip
    assert why == [("catboost_v9", reason)]
    assert report.predicted == len(mine) > 0


@pytest.mark.incident(31)
@pytest.mark.parametrize(
    "error", sampled([pl.exceptions.ColumnNotFoundError, MemoryError, OverflowError, KeyError], 2)
)
@pytest.mark.parametrize("when", ["scored", "loaded"])
def test_no_kind_of_error_in_a_model_reaches_another_models_predictions(
    evening: Evening, when: str, error: type[Exception]
) -> None:
    def bug() -> float:
        raise error("a shadow's bug")

    with pytest.raises(error):  # it was looked out for a RuntimeError, and this is none
        all_in_one_try({"champion": lambda: 21.5, "shadow": bug})

    def fails(model: Model, *_: object) -> None:
        if model.manifest.model == "catboost_v9":
            bug()

    mine = evening.rows(f"{CURRENT} WHERE model = 'ewma_hl8' ORDER BY ALL")
    predict = "families.catboost.CatBoostModel.predict"
    place = predict if when == "scored" else "registry.check_golden"
    evening.patch.setattr(f"tipoff.models.{place}", fails)
    if when == "scored":
        evening.patch.setattr("tipoff.models.registry.check_golden", lambda _model: None)
    report = evening.run(reason="a bug in one model")
    assert report.predicted == len(mine) > 0
    assert evening.rows(f"{CURRENT} ORDER BY ALL") == mine
    why = evening.rows("SELECT DISTINCT reason FROM forecast.current_refusal"
                       " WHERE model = 'catboost_v9' AND reason <> 'out'")  # fmt: skip
    assert why == [("model_error",)]


@pytest.mark.incident(31)
@pytest.mark.parametrize("when", sampled(["scored", "loaded"]))
def test_a_shadow_that_never_answers_is_refused_and_the_slate_published_without_it(
    evening: Evening, when: str
) -> None:
    asked, let_go = Event(), Event()

    def hangs(*_: object, **__: object) -> float:
        asked.set()
        let_go.wait()
        raise RuntimeError("let go")

    with ThreadPoolExecutor(1) as beside:
        old = beside.submit(all_in_one_try, {"champion": lambda: 21.5, "shadow": hangs})
        asked.wait()
        assert not old.done()  # nor would it be tomorrow
        let_go.set()

    promote(evening.lake, evening.value(EWMA), "points", "as in the old system")
    promote(evening.lake, evening.value(V9), "points", "as in the old system", to="shadow")
    evening.run()
    mine = evening.rows(f"{CURRENT} WHERE model = 'ewma_hl8' ORDER BY ALL")
    asked.clear()
    let_go.clear()
    with evening.patch.context() as broken:
        broken.setattr(engine.catboost().CatBoostRegressor, "predict", hangs)
        broken.setattr(versions, "SHADOW_SECONDS", 0.05)
        if when == "scored":
            broken.setattr("tipoff.models.registry.check_golden", lambda _model: None)
        try:
            report = evening.run(reason="a shadow hangs")
        finally:
            let_go.set()
    assert asked.is_set()
    assert evening.rows(f"{CURRENT} ORDER BY ALL") == mine
    assert report.predicted == len(mine) > 0
    assert report.refused_models == {"catboost_v9": ("a shadow without an answer after 0.05 s",)}
    evening.run()  # asks it again, unbidden
    assert {row[3] for row in evening.rows(CURRENT)} == {"catboost_v9", "ewma_hl8"}


@pytest.mark.incident(32)
@pytest.mark.parametrize("error", [ZeroDivisionError, RuntimeError])
def test_a_gate_that_falls_over_publishes_nobody(evening: Evening, error: type[Exception]) -> None:
    def broken(*_: object) -> bool:
        raise error("the gate fell over")

    rows: list[Row] = [{"quality": 12.0}, {"quality": 96.0}]
    assert open_gate(rows, broken) == rows

    evening.patch.setattr(assess, "gate", broken)
    report = evening.run(reason="with a broken gate")
    assert report.predicted == 0
    assert set(report.refused) <= {"gate_error", "model_error", "out"}
    assert evening.view()["predictions"] == []


@pytest.mark.incident(33)
def test_a_run_is_in_the_ledger_if_and_only_if_its_set_was_committed(evening: Evening) -> None:
    def crash(*_: object) -> None:
        raise LakeBusy("killed")

    old = Ledgers()
    with pytest.raises(LakeBusy):
        old.run("first", crash)
    old.run("second", lambda: None)
    assert old.counts == (2, 2, 1)

    plain = Writer.append

    def until_the_pointer(w: Writer, table: str, *args: Any, **more: Any) -> int:
        if table == "forecast.publication":
            crash()
        return plain(w, table, *args, **more)

    correct_a_box_score(evening.lake, evening.day)
    with evening.patch.context() as broken:
        broken.setattr(Writer, "append", until_the_pointer)
        with pytest.raises(LakeBusy):
            evening.run()
    assert evening.run().publication.seq == 2
    ledger = [
        {run for (run,) in evening.rows(f"SELECT DISTINCT run_id FROM forecast.{table}")}
        for table in ("run", "publication", "prediction")
    ]
    assert ledger[0] == ledger[1] == ledger[2]
    assert len(ledger[0]) == 2


@pytest.mark.incident(37)
def test_a_player_ruled_out_after_the_slate_was_published_leaves_it_before_tip_off(
    evening: Evening,
) -> None:
    batch = PropBatch({"p": "available", "q": "out"})
    batch.begin()
    batch.publish({"p": 21.5, "q": 9.5})
    batch.report["p"] = "out"  # an hour before tip-off
    batch.publish({"p": 21.5, "q": 9.5})  # every later pass of the batch
    assert batch.published == {"p": 21.5}  # and their prop is still up

    keys = "player_key, player, team"
    key, name, team = evening.rows(
        f"SELECT {keys} FROM forecast.current_prediction WHERE line IS NOT NULL ORDER BY ALL"
    )[0]
    at = evening.at(1)
    report = {"date": evening.day, "team": team, "player_key": key, "raw_key": key,
              "player_name": name, "status": "out", "raw_status": "OUT", "detail": "knee",
              "kind": "daily status snapshot", "known_at": at, "estimated": False,
              "fact_id": "ruled out"}  # fmt: skip
    evening.arrive("league.injury", pl.DataFrame([report]))
    evening.at(0.9)
    done = evening.run()
    assert done.publication.kind == "supersede"
    assert key not in {p["player_key"] for p in evening.view()["predictions"]}
    why = evening.rows(
        "SELECT DISTINCT reason, detail FROM forecast.current_refusal WHERE player_key = $key",
        {"key": key},
    )
    assert [reason for reason, _ in why] == ["out"]
    assert f"{at:%H:%M}" in why[0][1]


@pytest.mark.incident(25)
def test_a_set_made_by_an_old_build_is_one_version_throughout_says_so_and_is_replaced(
    evening: Evening,
) -> None:
    fleet = Fleet([lambda _rate: 0.0] * 3)  # the bug: fatigue is nought
    fleet.deploy(lambda rate: 100 - rate, replacing=2)  # the rollout does not reach the third
    for key in "pqr":
        fleet.take(key, 12.0)
    assert fleet.table == {"p": 88.0, "q": 88.0, "r": 0.0}
    for key in "rpq":  # a retry of each, whoever is free
        fleet.take(key, 12.0)
    assert fleet.table == {"p": 88.0, "q": 0.0, "r": 88.0}  # and now it is another's; none says so

    versions = "SELECT p.run_id, list(DISTINCT p.code_version), any_value(r.code_version)" \
        " FROM forecast.prediction p JOIN forecast.run r USING (run_id) GROUP BY ALL"  # fmt: skip
    with evening.patch.context() as old:
        become_another_build(old)
        by_old = evening.run()
    assert by_old.publication.seq == 2
    recorded = {run: (of_rows, of_run) for run, of_rows, of_run in evening.rows(versions)}
    assert all(of_rows == [of_run] for of_rows, of_run in recorded.values())
    back = evening.run()  # the present build does not take it for its own
    assert (back.publication.seq, back.publication.kind) == (3, "supersede")
    assert back.run_id in recorded
    change = "UPDATE forecast.prediction SET code_version = $now WHERE run_id = $run"
    forged = {"now": recorded[back.run_id][1], "run": by_old.run_id}
    evening.lake.write(lambda w: w.rows(change, forged))
    result = reproduce(evening.lake, by_old.run_id)
    assert "another build of tipoff" in result.notes[0]
    assert "recorded code_version is" in result.differences[0]


@pytest.mark.incident(40)
def test_a_changed_setting_makes_a_new_set_and_each_set_keeps_the_settings_it_was_made_with(
    evening: Evening,
) -> None:
    old, edges = Picker({"min_edge": 1.0}), {"p": 1.5, "q": 2.5, "r": 4.0}
    for n in range(12):
        old.pick(date(2026, 1, 1 + n), edges)
        if n < 11:
            old.change("min_edge", (3.0, 1.0, 2.0)[n % 3])
    assert old.changes == 11  # in a losing month
    assert {len(picks) for picks in old.picks.values()} == {1, 2, 3}
    assert all(pick.keys() == {"player", "edge"} for day in old.picks.values() for pick in day)
    again = [old.chosen(edges) == picks for picks in old.picks.values()]
    assert again.count(False) > 6  # by the configuration of now most nights come out differently

    assert evening.run().nothing_to_do
    evening.setting("min_edge", 3.0)
    evening.setting("min_edge_share", 0.5)
    report = evening.run()
    assert (report.nothing_to_do, report.publication.kind) == (False, "supersede")
    stored = [json.loads(text)["min_edge"] for (text,) in evening.rows(
        "SELECT settings FROM forecast.run r JOIN forecast.publication p USING (run_id)"
        " ORDER BY seq")]  # fmt: skip
    assert stored == [1.0, 3.0]
    first = evening.value("SELECT run_id FROM forecast.publication WHERE seq = 1")
    assert reproduce(evening.lake, first).reproduced  # by its own settings, not by today's
    gates = {"gate_first", "gate_final_retry", "gate_last_call"}
    assert gates < set(json.loads(evening.value("SELECT settings FROM forecast.run")))
