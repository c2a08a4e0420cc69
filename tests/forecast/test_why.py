"""Why there is no prediction for a player, or what there is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.forecast.republished import Twice
from tipoff import clock
from tipoff.errors import UsageError
from tipoff.forecast.player_facts import Moment, form_of
from tipoff.forecast.why import why
from tipoff.lake import Lake
from tipoff.results.why import Why
from tipoff.settings import settings


def asked(twice: Twice, name: str, day: date | None = None) -> Why:
    with twice.lake.reading() as r:
        return why(r, name, day or twice.day, clock.now())


def steps(answer: Why) -> dict[str, bool]:
    return {step.step: step.ok for step in answer.steps}


def test_a_predicted_player_shows_their_predictions_and_the_whole_chain_holds(twice: Twice) -> None:
    answer = asked(twice, twice.moved)
    assert set(steps(answer)) == {"name", "games", "team", "rotation", "line", "published", "end"}
    assert all(steps(answer).values())
    n = len(answer.predictions)
    assert n > 0
    assert answer.answer.startswith(f"{n} predictions are published")
    steps_by_name = {s.step: s for s in answer.steps}
    rotation = steps_by_name["rotation"]
    assert rotation.games is not None
    assert rotation.of is not None
    assert rotation.games <= rotation.of <= settings().rotation_games


def test_which_line_and_when_says_used_and_why_the_others_were_not(twice: Twice) -> None:
    answer = asked(twice, twice.moved)
    points = [row for row in answer.lines if row.market == "points"]
    used = [row for row in points if row.status == "used"]
    prediction = next(p for p in answer.predictions if p.market == "points")
    assert len(used) == prediction.books
    assert all(row.fact_id.startswith("moved") for row in used)
    older = [row for row in points if not row.fact_id.startswith("moved")]
    assert older
    for row in older:
        late = row.known_at > answer.as_of
        worse = "the book has a newer or better balanced one"
        assert row.status == ("not known at as_of" if late else worse)
    said = used[0].to_dict().keys()
    assert {"known_at", "estimated", "snapshot_time", "bookmaker", "line"} <= said


def test_a_line_known_after_the_run_is_shown_as_not_used(published: Lake, slate_day: date) -> None:
    with published.reading() as r:
        row = r.query("SELECT * EXCLUDE (recorded_seq) FROM league.prop_line WHERE game_date = $d"
                      " AND player_key IS NOT NULL LIMIT 1", {"d": slate_day})  # fmt: skip
    late = row.with_columns(known_at=row["known_at"] + timedelta(hours=9))
    for n, news in enumerate((late, row)):
        name = f"x{n}"
        frame = news.with_columns(fact_id=news["fact_id"].str.replace(".*", name))
        published.write(lambda w, frame=frame: w.append("league.prop_line", frame))  # type: ignore[misc]
    with published.reading() as r:
        lines = why(r, row["player_key"][0], slate_day, clock.now()).lines
    status = {line.fact_id: line.status for line in lines}
    assert status["x0"] == "stored after the run"
    assert status["x1"] == "stored after the run"


def test_a_player_ruled_out_has_their_reason_and_what_was_withdrawn(twice: Twice) -> None:
    answer = asked(twice, twice.out)
    assert answer.predictions == ()
    assert answer.answer.startswith("all ")
    assert "refused: out (out since" in answer.answer
    assert {row.reason for row in answer.refusals} == {"out"}
    gone = answer.withdrawn[0]
    assert (gone.last_seq, gone.left_seq, gone.kind) == (1, 2, "supersede")
    assert ("points", "catboost_v9") in gone.pairs


def test_a_slate_never_run_says_so_and_whether_they_would_be_expected(
    twice: Twice,
) -> None:
    answer = asked(twice, twice.moved, twice.day + timedelta(days=300))
    assert answer.answer.startswith("not expected: 0 games")
    with twice.lake.reading() as r:
        sql = """SELECT game_date FROM league.player_game WHERE player_key = $p
                 AND game_date < $d AND season = (SELECT max(season) FROM league.player_game)
                 ORDER BY game_date DESC LIMIT 1"""
        before = r.value(sql, {"p": twice.moved, "d": twice.day})
    answer = asked(twice, twice.moved, before)
    assert answer.answer.startswith("the slate was never run")
    assert answer.answer.endswith("he would be expected")
    assert steps(answer)["published"] is False


def test_an_unknown_name_is_answered_with_near_ones(twice: Twice) -> None:
    with twice.lake.reading() as r:
        name = r.value("SELECT player_name FROM league.player ORDER BY player_name LIMIT 1")
    with pytest.raises(UsageError, match="nobody is called") as no:
        asked(twice, name[:-1] + "zz")
    assert name in no.value.next_step
    with pytest.raises(UsageError, match="means"):
        asked(twice, "a")
    with pytest.raises(UsageError):
        asked(twice, "...")


def test_a_name_that_only_lines_have_is_told_apart(published: Lake, slate_day: date) -> None:
    with published.reading() as r:
        row = r.query("SELECT * EXCLUDE (recorded_seq) FROM league.prop_line WHERE game_date = $d"
                      " LIMIT 1", {"d": slate_day})  # fmt: skip
    ghost = row.with_columns(
        player_key=row["player_key"].clear().extend_constant(None, 1),
        raw_key=row["raw_key"].str.replace(".*", "zghost"),
        player_name=row["player_name"].str.replace(".*", "Z. Ghost"),
    )
    published.write(lambda w: w.append("league.prop_line", ghost))
    with published.reading() as r:
        answer = why(r, "Z. Ghost", slate_day, clock.now())
    assert steps(answer)["name"] is False
    assert answer.lines[0].status == "no player has this name"


def test_the_form_expects_whom_the_plan_expected_and_nobody_else(twice: Twice) -> None:
    """The chain restates forecast/plan.py for one player: it must not drift from it."""
    with twice.lake.reading() as r:
        run = r.rows("SELECT run_id, as_of, facts_seq FROM forecast.run ORDER BY recorded_seq DESC")
        moment = Moment(twice.day, run[0][1], run[0][2], settings())
        ends = r.rows("""SELECT player_key FROM forecast.prediction WHERE run_id = $run UNION
                         SELECT player_key FROM forecast.refusal WHERE run_id = $run""",
                      {"run": run[0][0]})  # fmt: skip
        teams = {t for row in r.rows("SELECT home, away FROM league.game WHERE game_date = $d",
                                     {"d": twice.day}) for t in row}  # fmt: skip
        lined = {k for (k,) in r.rows("SELECT DISTINCT player_key FROM league.prop_line"
                                      " WHERE game_date = $d", {"d": twice.day})}  # fmt: skip
        players = [
            k for (k,) in r.rows("SELECT DISTINCT player_key FROM league.player ORDER BY 1")
        ][::3]
        expected = set()
        for key in players:
            form = form_of(r, key, moment)
            if key in lined or (form.team in teams and form.in_rotation(settings())):
                expected.add(key)
    assert expected == {key for (key,) in ends} & set(players)
    assert 0 < len(expected) < len(players)
