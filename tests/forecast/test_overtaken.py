"""A set is stale when facts moved, or when a model it shows had to go before tip-off."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from tests.forecast.test_reconciliation import SCHEMA, correct_a_box_score, view
from tests.grading.graded import before, graded
from tests.simulated import built_once, slate_dates
from tipoff import clock
from tipoff.bets import best_bets
from tipoff.cli import app
from tipoff.forecast import find_slate, player_view, reconcile, slate_at
from tipoff.forecast.publish import current_publication
from tipoff.grading.decay import review
from tipoff.lake import Lake
from tipoff.models import promote, retire, train
from tipoff.monitor import RULES, CheckContext
from tipoff.monitor.slates import stale
from tipoff.settings import Settings


class Evening:
    """A slate published forty seconds before its first tip-off, and a clock to move on.

    Lines of the simulated league come on whole minutes: none in these seconds.
    """

    def __init__(self, lake: Lake, patch: pytest.MonkeyPatch) -> None:
        self.lake, self.day, self.patch = lake, slate_dates(lake)[-1], patch
        with lake.reading() as r:
            self.tip = find_slate(r, self.day, now=clock.now()).first_tipoff
        self.at(40)

    def at(self, seconds: float) -> datetime:
        """Make it so many seconds before the first tip-off (after it: negative)."""
        moment = self.tip - timedelta(seconds=seconds)
        self.patch.setattr(clock, "now", lambda: moment)
        return moment

    def run(self) -> Any:
        """`tipoff run`, in two markets."""
        return reconcile(self.lake, self.day, markets=["points", "rebounds"])

    def because(self, at: datetime | None = None) -> list[tuple[str, str | None, list[str]]]:
        """Event, model and markets of every reason the slate gives, and it agrees with itself."""
        if at is None:
            shown: dict[str, Any] = view(self.lake, self.day)
        else:
            with self.lake.reading() as r:
                shown = slate_at(r, self.day, at).to_dict()
        assert shown["stale"] is bool(shown["stale_because"])
        return [(c["event"], c["model"], list(c["markets"])) for c in shown["stale_because"]]

    def told(self) -> tuple[str, list[str]]:
        """What doctor calls the slate now, and what the alert says."""
        with self.lake.reading() as r:
            context = CheckContext(r, self.day, clock.now(), self.lake)
            alerts = list(RULES["stale_slate"](context, Settings()))
            return stale(context).level, [alert.summary for alert in alerts]


@pytest.fixture(scope="session")
def evening_of_two(tmp_path_factory: pytest.TempPathFactory, trained_lake: Path) -> Path:
    """The trained lake whose last slate was published in two markets before tip-off."""

    def build(folder: Path) -> None:
        shutil.copytree(trained_lake, folder, ignore=shutil.ignore_patterns("built"))
        with Lake.open(folder) as lake, pytest.MonkeyPatch.context() as patch:
            Evening(lake, patch).run()

    return built_once(tmp_path_factory, "evening-of-two", build)


@pytest.fixture
def evening(
    evening_of_two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Evening]:
    """That evening ten seconds later; nothing has happened."""
    shutil.copytree(evening_of_two, tmp_path / "evening")
    with Lake.open(tmp_path / "evening") as lake:
        made = Evening(lake, monkeypatch)
        made.at(30)
        assert made.because() == []
        assert made.told() == ("ok", [])
        yield made


def test_a_model_retired_after_publication_makes_the_set_stale_until_the_next_run(
    evening: Evening,
) -> None:
    retire(evening.lake, "last_5", "never ahead of anything")
    assert evening.because() == [("retired", "last_5", ["points", "rebounds"])]
    level, alerts = evening.told()
    assert level == "problem"
    assert "last_5 is retired in points, rebounds: never ahead of anything" in alerts[0]
    assert evening.run().publication.kind == "withdraw"
    assert evening.because() == []
    assert evening.told() == ("ok", [])


def test_a_model_blocked_by_decay_makes_the_set_stale_in_that_market_until_the_next_run(
    evening: Evening,
) -> None:
    graded(evening.lake, "catboost_v9", before(evening.day, 14), 3.0)
    review(evening.lake, evening.day)
    assert evening.because() == [("blocked", "catboost_v9", ["points"])]
    level, alerts = evening.told()
    assert level == "problem"
    assert "catboost_v9 is blocked in points: decayed: bias" in alerts[0]
    assert evening.run().publication.kind == "withdraw"
    assert evening.because() == []


def test_a_block_that_was_lifted_before_the_next_run_leaves_the_set_as_it_was(
    evening: Evening,
) -> None:
    graded(evening.lake, "catboost_v9", before(evening.day, 14), 3.0)
    review(evening.lake, evening.day)
    with evening.lake.reading() as r:
        model_id = r.value("SELECT model_id FROM models.version WHERE model = 'catboost_v9'")
    blocked = evening.at(25)
    assert evening.because() != []
    evening.at(20)
    promote(evening.lake, model_id, "points", "looked into, it was the data")
    assert evening.because() == []
    assert evening.because(blocked) != [], "a reader saw a blocked model's picks then"


@pytest.mark.parametrize("seconds", [0, -3600])
def test_a_model_retired_at_or_after_tip_off_leaves_the_set_as_it_was(
    evening: Evening, seconds: float
) -> None:
    evening.at(seconds)
    retire(evening.lake, "last_5", "the night is over")
    assert evening.because() == []
    assert evening.told() == ("ok", [])


def test_a_model_retired_just_before_tip_off_and_never_run_again_stays_a_reason(
    evening: Evening,
) -> None:
    evening.at(1e-6)
    retire(evening.lake, "last_5", "in the last moment")
    evening.at(-60)
    assert evening.because() == [("retired", "last_5", ["points", "rebounds"])]
    assert evening.told() == ("note", [])


def test_a_new_version_or_a_promotion_makes_no_set_stale(evening: Evening) -> None:
    train(evening.lake, "catboost_v8", slate_dates(evening.lake)[-9])
    with evening.lake.reading() as r:
        sql = "SELECT model_id FROM models.version WHERE model = 'season_mean'"
        model_id = r.rows(sql)[0][0]
    promote(evening.lake, model_id, "points", "on trial", to="shadow")
    assert evening.because() == []
    assert evening.told() == ("ok", [])


def test_a_model_retired_where_the_set_does_not_show_it_is_no_reason(evening: Evening) -> None:
    retire(evening.lake, "last_5", "weak there", ["steals"])
    assert evening.because() == []


def test_a_model_retired_between_reading_and_publishing_is_not_missed(evening: Evening) -> None:
    def meanwhile(text: str) -> None:
        if "publishing" in text:
            retire(evening.lake, "last_5", "meanwhile")

    reconcile(evening.lake, evening.day, reason="again", say=meanwhile)
    events = [(event, model) for event, model, _ in evening.because()]
    assert events == [("retired", "last_5")]


def test_an_answer_of_an_earlier_moment_is_not_made_stale_by_a_later_withdrawal(
    evening: Evening,
) -> None:
    asked, withdrawn = evening.at(30), evening.at(20)
    retire(evening.lake, "last_5", "later")
    assert evening.because() != []
    assert evening.because(asked) == []
    assert evening.because(withdrawn) != []
    evening.at(10)
    evening.run()
    assert evening.because(withdrawn) != [], "what a reader saw then was stale"
    assert evening.because(evening.tip) == []


def test_facts_and_models_are_both_told_and_facts_first(evening: Evening) -> None:
    retire(evening.lake, "last_5", "never ahead of anything", ["points"])
    correct_a_box_score(evening.lake, evening.day)
    assert evening.because() == [("facts", None, []), ("retired", "last_5", ["points"])]


def test_the_json_says_why_as_its_schema_and_every_answer_has_it(evening: Evening) -> None:
    retire(evening.lake, "catboost_v9", "broken")
    correct_a_box_score(evening.lake, evening.day)
    shown = json.loads(json.dumps(view(evening.lake, evening.day)))
    jsonschema.validate(shown, SCHEMA, cls=jsonschema.Draft202012Validator)
    name = shown["predictions"][0]["player"]
    with evening.lake.reading() as r:
        others = [player_view(r, name, evening.day), best_bets(r, evening.day)]
    for other in others:
        assert other.stale is True
        assert other.to_dict()["stale_because"] == shown["stale_because"]
    assert {c["text"] for c in shown["stale_because"]} == {
        "facts it may read came in since", "catboost_v9 is retired in points: broken",
    }  # fmt: skip


@pytest.mark.parametrize("command", [["slate"], ["bets"], ["player"]])
def test_people_are_told_why_and_what_to_type(evening: Evening, command: list[str]) -> None:
    retire(evening.lake, "catboost_v9", "broken")
    day = evening.day.isoformat()
    if command == ["player"]:
        shown: dict[str, Any] = view(evening.lake, evening.day)
        command = ["player", shown["predictions"][0]["player"], day]
    else:
        command = [*command, day]
    told = CliRunner().invoke(app, ["--lake", evening.lake.location, *command])
    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert "STALE" in lines[0]
    assert "stale: catboost_v9 is retired in points: broken" in lines
    assert f"next: tipoff run {day}" in lines


def test_a_state_nobody_knows_and_one_without_a_moment_are_reasons(evening: Evening) -> None:
    with evening.lake.reading() as r:
        found = current_publication(r, evening.day)
        assert found is not None
        sql = """SELECT DISTINCT model_id FROM forecast.prediction
                 WHERE run_id = $run AND model = 'ewma_hl8'"""
        model_id = r.value(sql, {"run": found.run_id})
    evening.lake.write(lambda w: w.rows(
        "INSERT INTO models.state SELECT $id, 'points', NULL, 'by hand', NULL, n FROM ops.guard",
        {"id": model_id},
    ))  # fmt: skip
    assert evening.because() == [("of no known state", "ewma_hl8", ["points"])]
