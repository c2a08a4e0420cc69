"""When a published set still holds: every argument of the question alone, and every boundary."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.builds import become_another_build, build_of
from tests.faults.fixtures import MARKETS, MODELS, gates_open
from tests.faults.league import Ground
from tests.forecast.test_contracts import adopt, altered, redefined, with_column
from tests.long import sampled
from tipoff import clock
from tipoff.errors import IntegrityError
from tipoff.features.catalogue import CATALOGUE
from tipoff.features.definition import Column
from tipoff.forecast import current_publication, reconcile
from tipoff.forecast.publish import Publication
from tipoff.forecast.staleness import (
    facts_moved,
    holds,
    models_moved,
    record_verified,
    shown_pairs,
    standing,
)
from tipoff.lake import Lake
from tipoff.settings import settings

DAY = date(2025, 1, 10)
KNOWN = datetime(2025, 1, 10, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DATED = {"game": "game_date", "player_game": "game_date", "team_game": "game_date",
         "injury": "date", "prop_line": "game_date"}  # fmt: skip


@pytest.fixture(autouse=True)
def _gates() -> Iterator[None]:
    with gates_open():
        yield


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Lake]:
    with Lake.open(tmp_path / "empty", create=True) as lake:
        yield lake


@pytest.mark.parametrize("table", DATED)
def test_a_fact_moves_a_slate_when_it_is_stored_later_or_becomes_known_later(
    empty: Lake, table: str
) -> None:
    """Stored after `seq` and known by `now`, or known after `before` and by `now`."""
    row = pl.DataFrame({"fact_id": ["x"], "known_at": [KNOWN], DATED[table]: [DAY]})
    empty.write(lambda w: w.append(f"league.{table}", row))

    def moved(seq: int, before: datetime, now: datetime, day: date = DAY) -> bool:
        with empty.reading() as r:
            return facts_moved(r, day, seq, before, now)

    later = KNOWN + timedelta(hours=1)
    assert moved(0, later, later), "stored since, known long ago"
    assert moved(0, KNOWN, KNOWN), "stored since, known this moment"
    assert not moved(0, KNOWN - TICK, KNOWN - TICK), "stored since, not known yet"
    assert not moved(1, KNOWN, later), "it was read: known and stored by then"
    assert moved(1, KNOWN - TICK, later), "it was stored, but not known"
    assert moved(1, KNOWN - TICK, KNOWN), "it becomes known at the moment asked for"
    assert not moved(1, KNOWN - 2 * TICK, KNOWN - TICK), "it is still not known"
    other = moved(0, later, later, DAY + timedelta(days=1))
    assert other == (table != "prop_line"), "lines concern their own date only"


@pytest.mark.parametrize("table", ["version", "state"])
def test_a_model_version_or_role_stored_since_moves_the_models(empty: Lake, table: str) -> None:
    row = pl.DataFrame({"model_id": ["m"]})
    empty.write(lambda w: w.append(f"models.{table}", row))
    with empty.reading() as r:
        assert models_moved(r, 0)
        assert not models_moved(r, 1)


@dataclass
class Shown:
    """A lake with a published set, and the question whether it holds."""

    lake: Lake
    day: date
    publication: Publication
    as_of: datetime
    last: datetime

    def holds(self, **changes: Any) -> bool:
        """The question as `run` asks it at the set's own moment, with these answers changed."""
        asked: dict[str, Any] = {
            "now": self.as_of, "as_of": None, "markets": MARKETS,
            "models": MODELS, "settings": settings().scoring_json(),
        }  # fmt: skip
        with self.lake.reading() as r:
            return holds(r, self.publication, **asked | changes)

    def arrives(self, known: datetime) -> None:
        """A report about nobody of the slate, known at a moment."""
        row = pl.DataFrame({"fact_id": [f"at {known}"], "known_at": [known], "date": [self.day]})
        self.lake.write(lambda w: w.append("league.injury", row))


def shown(lake: Lake, day: date) -> Shown:
    with lake.reading() as r:
        found = current_publication(r, day)
        assert found is not None
        held = standing(r, found)
    return Shown(lake, day, found, held.as_of, held.last_as_of)


@pytest.fixture
def chosen(tiny: Path, ground: Ground) -> Iterator[Shown]:
    """Published at noon: one market, two models."""
    with Lake.open(tiny) as lake:
        yield shown(lake, ground.days[1])


@pytest.fixture
def whole(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    """Published at noon: everything there is."""
    noon = clock.eastern(ground.days[1], 12)
    monkeypatch.setattr(clock, "now", lambda: noon)
    with Lake.open(shutil.copytree(ground.lake, tmp_path / "whole")) as lake:
        assert reconcile(lake, ground.days[1]).predicted > 0
        yield shown(lake, ground.days[1])


def test_a_set_holds_while_the_code_that_made_it_is_that_of_the_process(
    chosen: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    become_another_build(monkeypatch, "tipoff.models.families.breakout")
    assert chosen.holds(), "no model of that family is in it"
    become_another_build(monkeypatch, "tipoff.models.families.baseline")
    assert not chosen.holds()


def test_a_set_holds_while_every_feature_of_it_means_what_it_meant(
    chosen: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Rewritten, and nothing in it means anything else.
    become_another_build(monkeypatch, "tipoff.features.families.context")
    assert chosen.holds()
    adopt(monkeypatch, with_column(Column("extra", "p.n"), "player"))
    assert chosen.holds()
    adopt(monkeypatch, redefined("points_avg_last_5"))
    assert not chosen.holds()


@pytest.mark.parametrize(
    "other",
    sampled([{"required": False}, {"category": "team"}, {"varies_within_slate": False},
     {"fallback": "p.n < 2"}, {"why": "'few_games'"}], 2),
)  # fmt: skip
def test_a_set_holds_while_the_values_of_its_features_are_judged_as_they_were(
    chosen: Shown, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    become_another_build(monkeypatch, "tipoff.features.families.player")
    assert chosen.holds()
    before = CATALOGUE.hashes["points_avg_last_5"]
    adopt(monkeypatch, altered("points_avg_last_5", **other))
    assert CATALOGUE.hashes["points_avg_last_5"] == before
    assert not chosen.holds()


def test_a_set_holds_at_its_own_moment_and_not_with_other_settings_or_before_it(
    chosen: Shown,
) -> None:
    assert chosen.holds()
    assert not chosen.holds(settings="{}")
    assert chosen.holds(as_of=chosen.as_of)
    assert not chosen.holds(as_of=chosen.as_of - TICK)
    assert not chosen.holds(now=chosen.as_of - TICK)


def test_a_choice_holds_for_any_part_of_itself_that_names_both_market_and_model(
    chosen: Shown,
) -> None:
    one = list(MODELS[:1])
    assert chosen.holds(models=one)
    for asked in (
        {"markets": None, "models": None}, {"markets": None}, {"models": None},
        {"markets": [*MARKETS, "assists"]}, {"models": [*MODELS, "line"]},
        {"markets": ["assists"], "models": ["line"]}, {"markets": ["dunks"]},
    ):  # fmt: skip
        assert not chosen.holds(**asked), asked


def test_a_complete_set_holds_for_all_and_for_every_name_it_knows(whole: Shown) -> None:
    every: dict[str, Any] = {"markets": None, "models": None}
    assert whole.holds(**every)
    assert whole.holds(**every | {"markets": ["points", "assists"]})
    assert whole.holds(**every | {"models": ["ewma_hl8", "line"]})
    assert whole.holds(markets=["points"], models=["line"])
    assert not whole.holds(**every | {"markets": ["points", "dunks"]})
    assert not whole.holds(**every | {"models": ["ewma_hl8", "oracle"]})
    assert not whole.holds(markets=["dunks"], models=["line"])


@pytest.mark.parametrize(
    ("reason", "ok"),
    [("artifact", False), ("model_error", False), ("contract", True), ("out", True)],
)
def test_a_set_in_which_a_model_failed_does_not_hold_because_mending_leaves_no_row(
    chosen: Shown, reason: str, ok: bool
) -> None:
    row = {"run_id": chosen.publication.run_id, "model": "ewma_hl8", "market": "points",
           "reason": reason}  # fmt: skip
    chosen.lake.write(lambda w: w.append("forecast.refusal", pl.DataFrame([row])))
    assert chosen.holds() is ok
    another = pl.DataFrame([row | {"run_id": "another run", "reason": "artifact"}])
    chosen.lake.write(lambda w: w.append("forecast.refusal", another))
    assert chosen.holds() is ok


def test_what_becomes_known_by_the_last_second_before_the_tip_ends_a_set_and_later_news_does_not(
    chosen: Shown,
) -> None:
    late = chosen.last + timedelta(hours=2)
    with chosen.lake.reading() as r:
        quiet = not facts_moved(r, chosen.day, 10**9, chosen.as_of, chosen.last)
    chosen.arrives(chosen.last + TICK)
    assert chosen.holds(now=late) is quiet
    assert chosen.last == first_tipoff(chosen) - timedelta(seconds=1)
    chosen.arrives(chosen.last)
    assert not chosen.holds(now=late)
    assert not chosen.holds(now=chosen.last)
    assert chosen.holds(), "at its own moment nothing is new"


def first_tipoff(of: Shown) -> datetime:
    with of.lake.reading() as r:
        sql = "SELECT min(tipoff) FROM league.game WHERE game_date = $day"
        first: datetime = r.value(sql, {"day": of.day})
        return first


def test_a_new_model_ends_a_set_even_at_its_own_moment(chosen: Shown) -> None:
    row = pl.DataFrame({"model_id": ["new"]})
    chosen.lake.write(lambda w: w.append("models.version", row))
    assert not chosen.holds()


def test_a_late_row_ends_a_set_even_at_its_own_moment(chosen: Shown) -> None:
    chosen.arrives(chosen.as_of)
    assert not chosen.holds()


def test_a_lake_nobody_has_touched_is_not_asked_for_news(chosen: Shown) -> None:
    """Whatever is committed but the publication or its own verification is a touch."""

    def untouched() -> bool:
        with chosen.lake.reading() as r:
            return standing(r, chosen.publication).untouched

    assert untouched()
    event = pl.DataFrame({"event_id": ["e"], "kind": ["test"]})
    chosen.lake.write(lambda w: w.append("ops.event", event))
    assert not untouched()
    with chosen.lake.reading() as r:
        newest = r.newest_seq()
    record_verified(chosen.lake, chosen.publication, newest, chosen.as_of, build_of("code"))
    assert untouched()
    chosen.lake.write(lambda w: w.append("ops.event", event))
    assert not untouched()


def test_a_verification_moves_a_set_on_to_newer_facts_a_later_moment_and_other_code(
    chosen: Shown,
) -> None:
    with chosen.lake.reading() as r:
        before = standing(r, chosen.publication)
        run = r.query("SELECT * FROM forecast.run").row(0, named=True)
    assert (before.as_of, before.facts_seq, before.code_version, before.settings,
            before.complete) == (run["as_of"], run["facts_seq"], run["code_version"],
                                 run["settings"], False)  # fmt: skip
    later = chosen.as_of + timedelta(minutes=5)
    newer, older = build_of("newer"), build_of("older")
    record_verified(chosen.lake, chosen.publication, before.facts_seq + 7, later, newer)
    with chosen.lake.reading() as r:
        after = standing(r, chosen.publication)
    assert (after.as_of, after.facts_seq, after.code_version) == (
        later, before.facts_seq + 7, newer.code.fingerprint,
    )  # fmt: skip
    record_verified(chosen.lake, chosen.publication, 1, chosen.as_of - TICK, older)
    with chosen.lake.reading() as r:
        last = standing(r, chosen.publication)
    assert (last.as_of, last.facts_seq) == (before.as_of, before.facts_seq)
    assert (last.code_version, last.build) == (older.code.fingerprint, older.build_id)


def test_a_verification_of_another_publication_says_nothing(chosen: Shown) -> None:
    other = replace(chosen.publication, publication_id="pub_other")
    with chosen.lake.reading() as r:
        before = standing(r, chosen.publication)
    record_verified(chosen.lake, other, 10**6, chosen.last, build_of("other"))
    with chosen.lake.reading() as r:
        held = standing(r, chosen.publication)
    assert (held.as_of, held.code_version) == (chosen.as_of, before.code_version)
    assert held.facts_seq < 10**6


def test_a_verification_holds_when_another_publication_was_verified_after_it(
    chosen: Shown,
) -> None:
    other = replace(chosen.publication, publication_id="pub_other")
    newer = build_of("newer")
    record_verified(chosen.lake, chosen.publication, 10**6, chosen.last, newer)
    record_verified(chosen.lake, other, 10**6 + 1, chosen.last, build_of("other"))
    with chosen.lake.reading() as r:
        held = standing(r, chosen.publication)
    assert (held.as_of, held.code_version, held.facts_seq) == (
        chosen.last, newer.code.fingerprint, 10**6,
    )  # fmt: skip


def test_a_publication_of_a_run_that_is_not_stored_has_no_standing_and_says_what_to_do(
    chosen: Shown,
) -> None:
    lost = replace(chosen.publication, run_id="run_lost")
    with chosen.lake.reading() as r, pytest.raises(IntegrityError, match="run_lost") as raised:
        standing(r, lost)
    assert raised.value.next_step == "tipoff lake check"


def test_a_verification_is_an_event_of_the_moment_that_names_what_it_verified(
    chosen: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2030, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)
    record_verified(chosen.lake, chosen.publication, 5, KNOWN, build_of("code"))
    with chosen.lake.reading() as r:
        rows = r.rows("SELECT happened_at, kind, slate, detail::JSON->>'facts_seq',"
                      " detail::JSON->>'publication_id' FROM ops.event"
                      " WHERE kind <> 'import'")  # fmt: skip
    assert rows == [(at, "verified", chosen.day, "5", chosen.publication.publication_id)]


def test_the_pairs_of_a_set_are_those_predicted_and_those_refused(chosen: Shown) -> None:
    run = chosen.publication.run_id
    with chosen.lake.reading() as r:
        pairs = {(m, k) for m in MODELS for k in MARKETS}
        assert shown_pairs(r, chosen.publication) == pairs
    row = pl.DataFrame(
        {"run_id": [run, "other"], "model": ["gone", "x"], "market": ["assists"] * 2}
    )
    chosen.lake.write(lambda w: w.append("forecast.refusal", row))
    with chosen.lake.reading() as r:
        assert shown_pairs(r, chosen.publication) == pairs | {("gone", "assists")}
