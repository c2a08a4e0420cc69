"""What a publication stores, field by field, and what it refuses to store."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.builds import build_of
from tests.faults.fixtures import MARKETS, MODELS, gates_open
from tests.faults.league import Ground
from tests.forecast.test_reconciliation import correct_a_box_score
from tipoff import clock
from tipoff.errors import IntegrityError, PublicationConflict, UsageError
from tipoff.features import load_snapshot
from tipoff.fingerprint import SetCode
from tipoff.forecast import current_publication, find_slate, reconcile
from tipoff.forecast.build import wanted_set
from tipoff.forecast.builds import Build
from tipoff.forecast.identity import record_hashes
from tipoff.forecast.publish import RunSet, present, publish
from tipoff.forecast.reconciliation import _withdrawn
from tipoff.hashing import content_id
from tipoff.lake import Lake
from tipoff.models import code_of, eligible, retire
from tipoff.results.slate import PublicationInfo
from tipoff.results.work import RunReport
from tipoff.settings import settings

KEYS = ["game_id", "player_key", "market", "model"]


ASKED = {"markets": ["points", "steals"], "models": [*MODELS, "line"]}
"""Of the set made here: two markets, and a model that has no line in one of them."""


@pytest.fixture(autouse=True)
def _gates() -> Iterator[None]:
    with gates_open():
        yield


class Night:
    """A tiny league on the day of a slate, at noon: its clock, its lake, its tables."""

    def __init__(self, lake: Lake, day: date, patch: pytest.MonkeyPatch) -> None:
        self.lake, self.day, self.patch = lake, day, patch
        self.noon = self.at(clock.eastern(day, 12))
        with lake.reading() as r:
            self.first = find_slate(r, day, now=self.noon).first_tipoff

    def at(self, moment: datetime) -> datetime:
        """Set the clock."""
        self.patch.setattr(clock, "now", lambda: moment)
        return moment

    def run(self, **asked: Any) -> RunReport:
        """Reconcile, by two models in points unless asked otherwise."""
        return reconcile(self.lake, self.day, **{"markets": MARKETS, "models": MODELS} | asked)

    def frame(self, table: str) -> pl.DataFrame:
        """All rows of a table of forecasts, in the order they were stored."""
        with self.lake.reading() as r:
            return r.query(f"SELECT * FROM forecast.{table} ORDER BY recorded_seq")

    def newest(self, table: str) -> dict[str, Any]:
        """The newest row of a table."""
        return self.frame(table).row(-1, named=True)


@pytest.fixture
def night(tiny: Path, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    """A set was published at noon; a lake of one's own."""
    with Lake.open(tiny) as lake:
        yield Night(lake, ground.days[1], monkeypatch)


@pytest.fixture
def before(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    """Nothing is published yet; a lake of one's own."""
    with Lake.open(shutil.copytree(ground.lake, tmp_path / "before")) as lake:
        yield Night(lake, ground.days[1], monkeypatch)


@dataclass
class Made:
    """A first set, just published at noon by this process; the newest seq before it."""

    night: Night
    report: RunReport
    seq: int

    @property
    def code(self) -> SetCode:
        """The code of this process that made it."""
        with self.night.lake.reading() as r:
            seats = [s for m in ASKED["markets"] for s in eligible(r, self.night.day, m)]
        return code_of({s.family for s in seats if s.model in ASKED["models"]}, ASKED["markets"])


@pytest.fixture(scope="module")
def made(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = shutil.copytree(ground.lake, tmp_path_factory.mktemp("made") / "lake")
    with gates_open(), pytest.MonkeyPatch.context() as patch, Lake.open(folder) as lake:
        night = Night(lake, ground.days[1], patch)
        with lake.reading() as r:
            seq = r.newest_seq()
        yield Made(night, night.run(**ASKED), seq)


def test_a_publication_row_says_which_set_of_which_slate_when_and_why(made: Made) -> None:
    night, run = made.night, made.report.run_id
    assert night.newest("publication") == {
        "publication_id": content_id("pub", [night.day, 1, None, run]), "slate": night.day,
        "seq": 1, "parent": None, "run_id": run, "kind": "first",
        "reason": "first set of this slate", "committed_at": night.noon,
        "recorded_seq": made.seq + 1,
    }  # fmt: skip
    stored = {k: v for k, v in night.newest("publication").items() if k != "recorded_seq"}
    with night.lake.reading() as r:
        shown = current_publication(r, night.day)
        assert shown is not None
        assert asdict(shown) == stored
        assert current_publication(r, night.day + timedelta(days=1)) is None


def test_the_next_publication_names_its_parent_and_what_moved(night: Night) -> None:
    first = night.newest("publication")
    later = night.at(night.noon + timedelta(minutes=3))
    correct_a_box_score(night.lake, night.day)
    second = night.run()
    assert second.run_id != first["run_id"]
    assert night.newest("publication") == {
        "publication_id": content_id("pub", [night.day, 2, first["publication_id"], second.run_id]),
        "slate": night.day, "seq": 2, "parent": first["publication_id"], "run_id": second.run_id,
        "kind": "supersede", "reason": "changed: facts",
        "committed_at": later, "recorded_seq": first["recorded_seq"] + 2,
    }  # fmt: skip
    run = night.newest("run")
    assert (run["mode"], run["facts_seq"], run["as_of"]) == (
        "retry", first["recorded_seq"] + 1, later,
    )  # fmt: skip


def test_a_run_row_says_what_the_set_was_made_of_and_how_it_ended(made: Made) -> None:
    night, report = made.night, made.report
    with night.lake.reading() as r:
        games = find_slate(r, night.day, now=night.noon).games.height
        seats = [s for market in ASKED["markets"] for s in eligible(r, night.day, market)]
    roles = ["champion", "challenger", "shadow"]
    chosen = sorted((s for s in seats if s.model in ASKED["models"]),
                    key=lambda s: (roles.index(s.role), s.model, s.market == "steals"))  # fmt: skip
    predicted, refused = night.frame("prediction"), night.frame("refusal")
    made_from = {
        "slate": night.day, "as_of": night.noon, "snapshot_id": predicted["snapshot_id"][0],
        "code_version": made.code.fingerprint, "settings": settings().scoring_json(),
        "models": json.dumps([[s.model_id, s.market, s.role] for s in chosen]),
        "simulated": True, "first_tipoff": night.first, "games": games,
        "expected": predicted.height + refused.height, "predicted": predicted.height,
        "refused": refused.height,
    }  # fmt: skip
    refusals = ["|".join(row) for row in refused.select(*KEYS, "reason").iter_rows()]
    seals = sorted(predicted["record_hash"])
    run = content_id("run", [made_from | {"gate": 0.0}, seals, sorted(refusals)])
    assert night.newest("run") == made_from | {
        "run_id": run, "build_id": Build(made.code).build_id, "facts_seq": made.seq,
        "mode": "first", "complete": False,
        "backfill": False, "committed_at": night.noon, "recorded_seq": made.seq + 1,
    }  # fmt: skip
    players = made_from["expected"] / len(chosen)
    assert players == int(players) > 10
    assert report == RunReport(
        date=night.day, nothing_to_do=False,
        publication_id=night.newest("publication")["publication_id"], run_id=run,
        publication=PublicationInfo(
            seq=1, kind="first", reason="first set of this slate", parent=None
        ),
        as_of=night.noon, games=games, expected=made_from["expected"],
        predicted=predicted.height, simulated=True, backfill=False,
        refused=dict(Counter(refused["reason"].to_list())), refused_models={},
    )  # fmt: skip


def test_reasons_of_refusal_are_told_the_most_frequent_first(made: Made) -> None:
    told = list(made.report.refused.items())
    assert told == sorted(told, key=lambda item: (-item[1], item[0]))
    assert len(told) > 1
    again = made.night.run(**ASKED)
    assert again == made.report.model_copy(update={"nothing_to_do": True})
    assert list(again.refused) == list(made.report.refused)


def test_every_row_of_a_set_is_sealed_of_its_run_its_commit_and_its_code(made: Made) -> None:
    night = made.night
    predicted, refused = night.frame("prediction"), night.frame("refusal")
    assert predicted["record_hash"].to_list() == record_hashes(predicted)
    for frame in (predicted, refused):
        assert set(frame["run_id"]) == {made.report.run_id}
        assert set(frame["recorded_seq"]) == {made.seq + 1}
    assert set(predicted["code_version"]) == {made.code.fingerprint}
    assert set(predicted["as_of"]) == {night.noon}
    assert predicted["snapshot_id"].n_unique() == 1
    assert predicted["prediction_id"].n_unique() == predicted.height > 0
    for column in predicted.select(pl.col(pl.Float64)):
        assert not column.is_nan().any(), column.name
    with night.lake.reading() as r:
        snapshot = load_snapshot(r, predicted["snapshot_id"][0])
    assert predicted.join(snapshot.frame, on=["game_id", "player_key"], how="anti").height == 0


@pytest.mark.parametrize(
    ("minutes", "mode", "backfill"), [(-1, "first", False), (0, "backfill", True)]
)
def test_the_tip_off_itself_is_too_late_and_a_set_of_then_is_a_backfill(
    before: Night, minutes: int, mode: str, backfill: bool
) -> None:
    before.at(before.first + timedelta(minutes=minutes))
    report = before.run()
    row = before.newest("run")
    assert (row["mode"], row["backfill"], report.backfill) == (mode, backfill, backfill)
    again = before.run()
    assert (again.nothing_to_do, again.backfill) == (True, backfill)


def test_a_mode_asked_for_is_run_with_its_own_gate_and_the_same_set_is_not_published_again(
    night: Night,
) -> None:
    report = night.run(mode="final_retry")
    assert (report.nothing_to_do, report.publication.kind) == (False, "supersede")
    assert night.newest("run")["mode"] == "final_retry"
    assert night.run(mode="final_retry").nothing_to_do
    assert night.frame("publication").height == 2
    with pytest.raises(UsageError, match="is not a mode"):
        night.run(mode="")


def test_seats_are_those_asked_for_and_those_shown_champions_first_and_shadows_last(
    before: Night,
) -> None:
    night = before

    def chosen(markets: list[str] | None, models: list[str] | None) -> list[tuple[str, str]]:
        with night.lake.reading() as r:
            slate = find_slate(r, night.day, now=night.noon)
            shown = current_publication(r, night.day)
            wanted = wanted_set(r, slate, shown, markets, models, None, settings())
            everything = eligible(r, night.day)
        assert wanted.complete is (len(wanted.seats) == len(everything))
        assert json.loads(wanted.models_json) == [
            [s.model_id, s.market, s.role] for s in wanted.seats
        ]
        ranks = [["champion", "challenger", "shadow"].index(s.role) for s in wanted.seats]
        assert ranks == sorted(ranks)
        for role in set(ranks):
            names = [s.model for s, rank in zip(wanted.seats, ranks, strict=True) if rank == role]
            assert names == sorted(names)
        return sorted((s.model, s.market) for s in wanted.seats)

    with night.lake.reading() as r:
        every = sorted((s.model, s.market) for s in eligible(r, night.day))
    assert chosen(None, None) == every
    assert chosen(["assists"], None) == [p for p in every if p[1] == "assists"]
    assert chosen(None, ["last_5"]) == [p for p in every if p[0] == "last_5"]
    assert chosen(["assists"], ["last_5"]) == [("last_5", "assists")]
    night.run()
    shown = {(model, market) for model in MODELS for market in MARKETS}
    assert chosen(["assists"], ["last_5"]) == sorted({*shown, ("last_5", "assists")})
    with pytest.raises(UsageError, match="no market is called 'dunks'"):
        chosen(["points", "dunks"], None)
    with pytest.raises(UsageError, match="no model is called 'oracle'"):
        chosen(None, ["ewma_hl8", "oracle"])


def test_the_same_set_is_stored_once_however_often_it_is_published(night: Night) -> None:
    stored = {t: night.frame(t).height for t in ("run", "prediction", "refusal")}
    report = night.run(reason="shown once more")
    assert (report.publication.kind, report.publication.seq) == ("regenerate", 2)
    assert not report.nothing_to_do
    assert night.newest("publication")["reason"] == "shown once more"
    assert {t: night.frame(t).height for t in stored} == stored
    assert night.frame("publication").height == 2


def test_a_reason_given_for_the_first_set_is_kept_and_must_be_one_line(before: Night) -> None:
    with pytest.raises(UsageError):
        before.run(reason="two\nlines")
    with pytest.raises(UsageError):
        before.run(reason="")
    assert before.frame("publication").height == 0
    assert before.run(reason="by hand").publication.kind == "first"
    assert before.newest("publication")["reason"] == "by hand"


def test_withdrawn_models_are_told_with_their_reasons_and_one_out_of_a_market_by_its_name(
    night: Night,
) -> None:
    night.run(markets=["points", "assists"])
    retire(night.lake, MODELS[0], "worn out")
    retire(night.lake, MODELS[1], "weak there", ["assists"])
    report = night.run(models=["last_5"])
    assert report.publication.kind == "withdraw"
    assert night.newest("publication")["reason"] == (
        f"withdrawn: {MODELS[0]} (retired: worn out); {MODELS[1]} in assists (retired: weak there)"
    )


def test_a_model_of_which_nothing_is_left_is_a_withdrawal_whatever_became_of_it(
    night: Night,
) -> None:
    """Its file may be gone: no role of it says why."""
    run = night.newest("run")
    with night.lake.reading() as r:
        shown = current_publication(r, night.day)
        snapshot = load_snapshot(r, run["snapshot_id"])
    assert shown is not None
    rows, nothing = night.frame("prediction"), night.frame("refusal")

    def gone(left: pl.DataFrame) -> list[str]:
        return _withdrawn(night.lake, shown, RunSet(run, left, nothing, snapshot, build_of("any")))

    assert gone(rows) == []
    assert gone(rows.filter(pl.col("model") != MODELS[0])) == [MODELS[0]]
    assert gone(rows.clear()) == sorted(MODELS)
    moved = rows.with_columns(market=pl.lit("assists"))
    assert gone(moved) == [], "a night without lines in a market is no withdrawal"


ROWS = pl.DataFrame({"game_id": ["g"] * 3, "player_key": ["a", "b", "c"], "market": ["points"] * 3,
                     "model": ["m"] * 3})  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "predicted", "refused", "complete"),
    [
        (3, [0, 1], [2], True), (3, [0, 1, 2], [], True), (3, [], [0, 1, 2], True),
        (3, [0, 1], [], False), (2, [0, 1], [2], False), (3, [0, 1], [1], False),
        (2, [0, 1], [1], False), (3, [0, 1, 2], [2], False), (None, [0, 1, 2], [], False),
    ],
)  # fmt: skip
def test_a_set_is_complete_when_every_triple_ends_once(
    expected: int | None, predicted: list[int], refused: list[int], complete: bool
) -> None:
    made = RunSet({"expected": expected}, ROWS[predicted], ROWS[refused], None, build_of("any"))  # type: ignore[arg-type]
    if complete:
        made.check()
        return
    with pytest.raises(IntegrityError, match="triples expected"):
        made.check()


def test_now_is_never_before_the_newest_publication_of_any_slate(night: Night) -> None:
    for hours, seen in ((-1, 0), (0, 0), (1, 1)):
        night.at(night.noon + timedelta(hours=hours))
        with night.lake.reading() as r:
            assert present(r) == night.noon + timedelta(hours=seen)


def test_before_any_publication_it_is_now(before: Night) -> None:
    early = before.at(before.noon - timedelta(days=99))
    with before.lake.reading() as r:
        assert present(r) == early


def test_a_set_made_for_another_parent_or_half_a_set_stores_nothing(night: Night) -> None:
    run = night.newest("run")
    with night.lake.reading() as r:
        shown = current_publication(r, night.day)
        snapshot = load_snapshot(r, run["snapshot_id"])
    made, refused = (night.frame(t).drop("recorded_seq") for t in ("prediction", "refusal"))
    late = RunSet({**run, "run_id": "run_late"}, made, refused, snapshot, build_of("late"))
    assert shown is not None
    version = night.lake.version()
    for parent in (None, replace(shown, publication_id="pub_other")):
        with pytest.raises(PublicationConflict, match="published meanwhile"):
            publish(night.lake, late, parent=parent, kind="supersede", reason="late")
    lame = replace(late, predictions=made.head(3))
    with pytest.raises(IntegrityError, match="triples expected"):
        publish(night.lake, lame, parent=shown, kind="supersede", reason="half a set")
    assert night.lake.version() == version
